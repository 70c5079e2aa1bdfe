import fc from 'fast-check'
import { expect, test } from 'vitest'
import { thinOut } from '../../src/alarms/alarm-samples.ts'

const series = (value: number[]) => ({ at: value.map((_, i) => i * 1000), value, good: value.map((_, i) => i % 7 !== 0) })

test('a series that fits stays as it is', () => {
  const short = series([1, 2, 3])
  expect(thinOut(short, 3)).toBe(short)
})

test('a series that is too long keeps its order, its least and its greatest, and each sample its own quality', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 11, maxLength: 400 }), (values) => {
      const all = series(values)
      const thin = thinOut(all, 10)
      expect(thin.at.length).toBeLessThanOrEqual(10)
      expect(Math.min(...thin.value)).toBe(Math.min(...values))
      expect(Math.max(...thin.value)).toBe(Math.max(...values))
      expect(thin.at).toEqual([...new Set(thin.at)].sort((a, b) => a - b))
      for (const [i, at] of thin.at.entries()) {
        expect([thin.value[i], thin.good[i]]).toEqual([all.value[at / 1000], all.good[at / 1000]])
      }
    }),
  )
})
