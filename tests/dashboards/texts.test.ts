import { describe, expect, test } from 'vitest'
import { alarmEn } from '../../dashboards/console/src/texts/alarm-en.ts'
import { alarmSystemEn } from '../../dashboards/console/src/texts/alarm-system-en.ts'
import { alarmSystemZh } from '../../dashboards/console/src/texts/alarm-system-zh.ts'
import { alarmZh } from '../../dashboards/console/src/texts/alarm-zh.ts'
import { codecsEn } from '../../dashboards/console/src/texts/codecs-en.ts'
import { codecsZh } from '../../dashboards/console/src/texts/codecs-zh.ts'
import { devicesEn } from '../../dashboards/console/src/texts/devices-en.ts'
import { devicesZh } from '../../dashboards/console/src/texts/devices-zh.ts'
import { dialectsEn } from '../../dashboards/console/src/texts/dialects-en.ts'
import { dialectsZh } from '../../dashboards/console/src/texts/dialects-zh.ts'
import { en } from '../../dashboards/console/src/texts/en.ts'
import { plantEn } from '../../dashboards/console/src/texts/plant-en.ts'
import { plantZh } from '../../dashboards/console/src/texts/plant-zh.ts'
import { readingsEn } from '../../dashboards/console/src/texts/readings-en.ts'
import { readingsZh } from '../../dashboards/console/src/texts/readings-zh.ts'
import { storageEn } from '../../dashboards/console/src/texts/storage-en.ts'
import { storageZh } from '../../dashboards/console/src/texts/storage-zh.ts'
import { zh } from '../../dashboards/console/src/texts/zh.ts'
import { facilityKinds } from '../../src/facilities/index.ts'

/** Every text with its path; functions are called with words to be found again. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, value(...Array.from({ length: value.length }, (_, i) => `<${i}>`))]]
  return Object.entries(value as object).flatMap(([key, inner]) => flatten(inner, `${path}.${key}`))
}

describe.each([
  ['wall', en, zh],
  ['plant', plantEn, plantZh],
  ['alarms', alarmEn, alarmZh],
  ['alarm system', alarmSystemEn, alarmSystemZh],
  ['readings', readingsEn, readingsZh],
  ['storage', storageEn, storageZh],
  ['devices', devicesEn, devicesZh],
  ['device profiles', dialectsEn, dialectsZh],
  ['codecs', codecsEn, codecsZh],
] as const)('catalogue of the %s', (_, inEnglish, inChinese) => {
  const [english, chinese] = [new Map(flatten(inEnglish)), new Map(flatten(inChinese))]

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
    // Names of keys on the keyboard, units, queries.
    expect(same.filter((key) => !/^\.keys\.|^\.rated\..*\.1$|^\.queryExamples\..*\.0$/.test(key))).toEqual([])
  })
})

test('every rated value and parameter of every kind has a name in both languages', () => {
  const nameless = facilityKinds.flatMap(({ key, rated, rules }) => [
    ...Object.keys(rated).filter((name) => !plantEn.rated[name] || !plantZh.rated[name]),
    ...rules
      .flatMap((rule) => Object.keys({ ...rule.parameters, ...rule.ratedParameters(rated) }))
      .filter((name) => !alarmEn.parameters[name] || !alarmZh.parameters[name])
      .map((name) => `${key}: ${name}`),
  ])
  expect([...new Set(nameless)]).toEqual([])
})
