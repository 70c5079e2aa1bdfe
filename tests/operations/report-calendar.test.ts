import { describe, expect, test } from 'vitest'
import { utcOffsets } from '../../src/control/local-time.ts'
import type { Rotation } from '../../src/dispatch/duty.ts'
import type { ReportPeriod } from '../../src/operations/duty-report.ts'
import { endedSpans, spanAt } from '../../src/operations/report-calendar.ts'

const rotation: Rotation = {
  ...{ id: 'desk', name: 'Desk', start: '2026-01-01' },
  shifts: [
    { key: 'day', name: 'Day', from: 480, to: 1200 },
    { key: 'night', name: 'Night', from: 1200, to: 480 },
  ],
  teams: ['a', 'b', 'c'].map((key) => ({ key, name: key, crew: null, people: [] })),
  cycle: { a: ['day'], b: ['night'], c: ['day'] },
}
const shanghai = { rotation, utcOffset: utcOffsets('Asia/Shanghai') }
const iso = (at: number) => new Date(at).toISOString().slice(0, 16)
const local = (time: string) => Date.parse(`${time}+08:00`)

describe('the span a time lies in', () => {
  test.each<[ReportPeriod, string, string, string]>([
    ['day', '2026-11-24T00:00', '2026-11-23T16:00', '2026-11-24T16:00'],
    ['day', '2026-11-24T23:59', '2026-11-23T16:00', '2026-11-24T16:00'],
    ['month', '2026-11-01T00:00', '2026-10-31T16:00', '2026-11-30T16:00'],
    ['month', '2027-01-31T12:00', '2026-12-31T16:00', '2027-01-31T16:00'],
    ['month', '2028-02-29T12:00', '2028-01-31T16:00', '2028-02-29T16:00'],
    ['shift', '2026-11-24T08:00', '2026-11-24T00:00', '2026-11-24T12:00'],
    ['shift', '2026-11-24T03:00', '2026-11-23T12:00', '2026-11-24T00:00'],
  ])('%s at %s', (period, at, from, to) => {
    const span = spanAt(period, local(at), shanghai)
    expect(span && [iso(span.from), iso(span.to)]).toEqual([from, to])
  })
  test('nobody was on shift before the first one, or where nobody works in shifts', () => {
    expect(spanAt('shift', local('2025-12-31T12:00'), shanghai)).toBeNull()
    expect(spanAt('shift', local('2026-11-24T12:00'), { ...shanghai, rotation: null })).toBeNull()
  })
})

test('a day on which clocks are set is as long as it is, and months follow each other without a gap', () => {
  const berlin = { rotation: null, utcOffset: utcOffsets('Europe/Berlin') }
  const length = (date: string) => {
    const span = spanAt('day', Date.parse(`${date}T12:00Z`), berlin)
    return span && (span.to - span.from) / 3_600_000
  }
  expect([length('2026-03-29'), length('2026-10-25'), length('2026-10-26')]).toEqual([23, 25, 24])
  const months = endedSpans('month', Date.parse('2026-09-15T00:00Z'), Date.parse('2026-11-15T00:00Z'), berlin)
  expect(months.map(({ from, to }) => [iso(from), iso(to)])).toEqual([
    ['2026-08-31T22:00', '2026-09-30T22:00'],
    ['2026-09-30T22:00', '2026-10-31T23:00'],
  ])
})

describe('spans that have ended', () => {
  const ended = (period: ReportPeriod, since: string, at: string) =>
    endedSpans(period, local(since), local(at), shanghai).map(({ to }) => iso(to + 8 * 3_600_000))
  test('come once each, oldest first, with the one that ends just now', () => {
    expect(ended('shift', '2026-11-23T08:00', '2026-11-24T20:00')).toEqual(['2026-11-23T20:00', '2026-11-24T08:00', '2026-11-24T20:00'])
    expect(ended('shift', '2026-11-23T08:00', '2026-11-24T19:59')).toEqual(['2026-11-23T20:00', '2026-11-24T08:00'])
    expect(ended('day', '2026-11-21T09:00', '2026-11-24T00:00')).toEqual(['2026-11-22T00:00', '2026-11-23T00:00', '2026-11-24T00:00'])
    expect(ended('month', '2026-11-21T09:00', '2026-12-01T00:00')).toEqual(['2026-12-01T00:00'])
  })
  test('nothing has ended while the first one goes on', () => {
    expect(ended('day', '2026-11-24T09:00', '2026-11-24T23:00')).toEqual([])
    expect(ended('month', '2026-11-24T09:00', '2026-11-30T23:59')).toEqual([])
  })
  test('after a long pause only the newest are made up for', () => {
    expect(ended('day', '2025-01-01T00:00', '2026-11-24T12:00')).toHaveLength(7)
    expect(ended('month', '2025-01-01T00:00', '2026-11-24T12:00')).toEqual(['2026-10-01T00:00', '2026-11-01T00:00'])
    expect(ended('shift', '2025-01-01T00:00', '2026-11-24T12:00')).toHaveLength(6)
  })
})
