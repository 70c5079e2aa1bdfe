import { afterEach, describe, expect, test } from 'vitest'
import { cellText, isMissed, valueText } from '../../dashboards/console/src/operations/companies/cells.ts'
import { pathOf, rangeOf } from '../../dashboards/console/src/operations/companies/curve-geometry.ts'
import { language } from '../../dashboards/console/src/settings.ts'

afterEach(() => {
  language.value = 'en'
})

describe('cells of the companies', () => {
  test('are written by the format of their column, and a dash where nobody knows', () => {
    language.value = 'en'
    expect(valueText(1234.56, { unit: 'm³', digits: 1 })).toBe('1,234.6 m³')
    expect(valueText(0.9712, { format: 'share', digits: 1 })).toBe('97.1 %')
    expect(valueText(5_400_000, { format: 'length' })).toBe('1h 30m')
    expect(valueText(null, { unit: 'm³' })).toBe('–')
    expect(cellText({ en: 'running', zh: '运行' }, {})).toBe('running')
    language.value = 'zh'
    expect(cellText({ en: 'running', zh: '运行' }, {})).toBe('运行')
  })
  test('a figure misses a target it does not reach or exceeds; one that nobody knows misses none', () => {
    expect([isMissed(0.96, { atLeast: 0.97 }), isMissed(0.97, { atLeast: 0.97 })]).toEqual([true, false])
    expect([isMissed(1, { atMost: 0 }), isMissed(0, { atMost: 0 }), isMissed(null, { atMost: 0 }), isMissed(9, undefined)]).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})

describe('a curve', () => {
  const plane = { width: 100, height: 50 }
  test('spans what is known and its limits, and never begins below zero for what is never negative', () => {
    const range = rangeOf([[1, null, 3]], [5])
    expect([range?.low.toFixed(2), range?.high.toFixed(2)]).toEqual(['0.68', '5.32'])
    expect(rangeOf([[0, 100]], [])?.low).toBe(0)
    expect(rangeOf([[-10, 10]], [])?.low).toBeLessThan(-10)
    expect(rangeOf([[null]], [3])).toBeNull()
  })
  test('is broken where nothing is known', () => {
    expect(pathOf([0, 10, 20, 30, 40], [0, 10, null, 5, null], { low: 0, high: 10 }, plane)).toBe('M0.0 50.0h0.5L25.0 0.0M75.0 25.0h0.5')
  })
})
