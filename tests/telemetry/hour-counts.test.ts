import { expect, test } from 'vitest'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { HourCounts } from '../../src/telemetry/hour-counts.ts'

test('counts since the start, and of them those of the last hour', () => {
  const counts = new HourCounts<'a' | 'b'>()
  const start = Date.UTC(2026, 0, 1)
  counts.add('a', start)
  counts.add('a', start + minutes(30))
  counts.add('b', start + minutes(59))
  expect(counts.lastHour(start + minutes(59))).toEqual(
    new Map([
      ['a', 2],
      ['b', 1],
    ]),
  )
  expect(counts.lastHour(start + minutes(60))).toEqual(
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
  )
  expect(counts.lastHour(start + hours(3))).toEqual(new Map())
  expect(counts.totals).toEqual(
    new Map([
      ['a', 2],
      ['b', 1],
    ]),
  )
})

test('a clock set back makes nothing count twice or be lost', () => {
  const counts = new HourCounts<string>()
  counts.add('a', hours(10))
  counts.add('a', hours(9))
  expect(counts.lastHour(hours(10))).toEqual(new Map([['a', 2]]))
})
