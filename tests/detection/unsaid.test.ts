import { describe, expect, test } from 'vitest'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'medium', point: 'level', expected: () => Number.NaN, assumed: 0 } as const

describe('a point that was never said', () => {
  const city = (asked: number | undefined) => detectorWith((build) => ({ it: build.unsaid(options) }), { commanded: () => asked })

  test('is missing while something else than assumed is asked of it, until it is said, whatever it reads', () => {
    const { report, take } = city(7)
    report(1000, { flow: 1 })
    expect(take()).toEqual(['it+ 1000'])
    report(2000, { flow: 1, level: 3 })
    report(3000, { flow: 1 })
    expect(take()).toEqual(['it- 2000'])
  })

  test.each([
    ['nothing is asked', undefined],
    ['what is assumed is asked', 0],
  ])('is not missing where %s', (_, asked) => {
    const { report, take } = city(asked)
    report(1000, { flow: 1 })
    expect(take()).toEqual([])
  })

  test('that was said impossibly is the matter of its sensor', () => {
    const { report, take } = city(7)
    report(1000, { level: 11 })
    expect(take()).not.toContain('it+ 1000')
  })
})
