import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Spread } from '../../src/alarms/spread.ts'

const spreadOf = (lengths: number[]) => {
  const spread = new Spread()
  for (const length of lengths) spread.add(length)
  return spread
}

test('of nothing there is no quantile', () => {
  expect([spreadOf([]).count, spreadOf([]).quantile(0.5)]).toEqual([0, null])
})
test('less than a millisecond is none at all', () => {
  expect(spreadOf([0, 0.9, 5000]).quantile(0.5)).toBe(0)
  expect(spreadOf([1]).quantile(0.5)).toBeGreaterThanOrEqual(1)
})
test('a quantile is that of the sorted lengths within one per cent', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40_000_000_000 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(lengths, fc.constantFrom(0, 0.1, 0.5, 0.9, 1), (list, q) => {
      const sorted = list.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(q * list.length)) - 1] as number
      const found = spreadOf(list).quantile(q) as number
      expect(Math.abs(found / exact - 1)).toBeLessThan(0.0101)
      expect(spreadOf(list).count).toBe(list.length)
    }),
  )
})
