import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, calendarDays, countDays, dateOf } from '../../src/control/calendar-day.ts'
import { utcOffsets } from '../../src/control/local-time.ts'
import { hours } from '../../src/telemetry/duration.ts'

test.each([
  ['Asia/Shanghai', '2026-03-01', '2026-02-28T16:00:00.000Z', 24],
  ['UTC', '2024-02-29', '2024-02-29T00:00:00.000Z', 24],
  ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
  ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
  ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
  ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T13:30:00.000Z', 23.5],
  // Clocks go from 24:00 to 1:00 there, so that this day has no midnight.
  ['Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00.000Z', 23],
  ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
])('in %s the day %s begins at %s and has %d hours', (zone, date, from, length) => {
  const [day] = calendarDays(date, date, utcOffsets(zone))
  expect([day?.date, new Date(day?.from ?? 0).toISOString(), ((day?.to ?? 0) - (day?.from ?? 0)) / hours(1)]).toEqual([date, from, length])
})

test.each([
  ['2026-03-01', '2026-03-01', 1],
  ['2026-03-02', '2026-03-01', 0],
  ['2024-02-01', '2024-03-01', 30],
  ['0001-01-01', '9999-12-31', 3_652_059],
])('from %s to %s there are %i days', (from, to, count) => {
  expect(countDays(from, to)).toBe(count)
})

test('days follow each other without a gap, and each holds the times of its date', () => {
  const zones = ['Asia/Shanghai', 'Europe/Berlin', 'Asia/Beirut', 'America/St_Johns', 'Australia/Lord_Howe'].map(utcOffsets)
  const property = fc.property(
    fc.constantFrom(...zones),
    fc.integer({ min: 0, max: 3000 }),
    fc.integer({ min: 0, max: 30 }),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    (utcOffset, start, count, part) => {
      const from = addDays('2022-01-01', start)
      const days = calendarDays(from, addDays(from, count), utcOffset)
      expect(days).toHaveLength(count + 1)
      for (const [i, day] of days.entries()) {
        expect(days[i + 1]?.from ?? day.to).toBe(day.to)
        expect(dateOf(day.from + Math.floor(part * (day.to - day.from)), utcOffset)).toBe(day.date)
      }
    },
  )
  fc.assert(property, { numRuns: 60 })
})

test.each(['2026-13-01', '2026-02-29', '1.3.2026', '20260301', ''])('%j is no date', (date) => {
  expect(() => calendarDays(date, '2026-03-01', () => 0)).toThrow(/from is no date/)
})
