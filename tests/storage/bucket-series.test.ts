import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utcOffsets } from '../../src/control/local-time.ts'
import { bucketStart, calendarOrigin, gridFor, offsetOf, wholeBuckets } from '../../src/storage/bucket-series.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'

const shanghai = calendarOrigin(utcOffsets('Asia/Shanghai'))

describe('grids', () => {
  test('begin at a local midnight before a Monday', () => {
    expect(new Date(shanghai).toISOString()).toBe('2023-12-31T16:00:00.000Z')
    expect(new Date(calendarOrigin(utcOffsets('Asia/Kolkata'))).toISOString()).toBe('2023-12-31T18:30:00.000Z')
  })

  test.each([
    [minutes(10), 600, seconds(1)],
    [days(1), 1000, minutes(2)],
    [days(30), 300, hours(3)],
    [days(365), 1200, hours(8)],
    [days(365), 60, days(7)],
    [days(3650), 100, days(42)],
  ])('%i ms in %i buckets are folded by %i ms', (span, buckets, length) => {
    expect(gridFor({ from: shanghai, to: shanghai + span }, buckets, shanghai)).toEqual({ length, origin: shanghai })
  })

  test('cover any time with whole buckets, no more than asked for', () => {
    const time = fc.integer({ min: -days(20_000), max: days(40_000) })
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: days(8000) }), fc.integer({ min: 1, max: 4000 }), time, (from, span, buckets, origin) => {
        const asked = { from, to: from + span }
        const grid = gridFor(asked, buckets, origin)
        const whole = wholeBuckets(asked, grid)
        expect(whole.from).toBeLessThanOrEqual(asked.from)
        expect(whole.to).toBeGreaterThanOrEqual(asked.to)
        expect(asked.from - whole.from).toBeLessThan(grid.length)
        expect(whole.to - asked.to).toBeLessThan(grid.length)
        expect((whole.to - whole.from) / grid.length).toBeLessThanOrEqual(Math.max(2, buckets))
        expect(bucketStart(whole.from, grid)).toBe(whole.from)
        expect(Math.abs(whole.from - offsetOf(origin, grid.length)) % grid.length).toBe(0)
      }),
    )
  })
})
