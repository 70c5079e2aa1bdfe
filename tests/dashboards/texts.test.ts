import { describe, expect, test } from 'vitest'
import { en } from '../../dashboards/console/src/texts/en.ts'
import { zh } from '../../dashboards/console/src/texts/zh.ts'

/** Every text with its path; functions are called with words to be found again. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, value(...Array.from({ length: value.length }, (_, i) => `<${i}>`))]]
  return Object.entries(value as object).flatMap(([key, inner]) => flatten(inner, `${path}.${key}`))
}

describe('catalogues', () => {
  const [english, chinese] = [new Map(flatten(en)), new Map(flatten(zh))]

  test('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  test('use the same parameters', () => {
    for (const [key, text] of english) {
      const parameters = (found = '') => [...found.matchAll(/<\d>/g)].map(String).sort()
      expect(parameters(chinese.get(key)), key).toEqual(parameters(text))
    }
  })

  test('leave nothing untranslated', () => {
    const same = [...english].filter(([key, text]) => /[a-z]{3}/i.test(text) && chinese.get(key) === text).map(([key]) => key)
    // Names of keys on the keyboard.
    expect(same.filter((key) => !key.startsWith('.keys.'))).toEqual([])
  })
})
