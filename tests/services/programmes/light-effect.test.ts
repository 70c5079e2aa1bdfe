import { expect, test } from 'vitest'
import type { CalendarLine } from '../../../src/control/programme-calendar.ts'
import { nothingConfigured, type ProgrammeOverride, type ProgrammeVersion } from '../../../src/control/programme-set.ts'
import { comparedNights } from '../../../src/services/programmes/light-effect.ts'
import { days, hours } from '../../../src/telemetry/duration.ts'

const utcOffset = () => hours(8)
const at = Date.parse('2026-12-10T09:00+08:00')
const version = (weekend: string): ProgrammeVersion => ({
  ...{ ...nothingConfigured, id: 1, at: 0, by: 'test' },
  calendars: [{ id: 'c', name: 'C', nameEn: '', usual: 'dim', lines: [{ on: 'weekdays', weekdays: [6, 7], programme: weekend }] }],
})
const nights = (from: number, until: number, ...weekends: string[]) =>
  comparedNights(
    { versions: weekends.slice(0, 1).map(version), overrides: [] },
    { versions: weekends.slice(-1).map(version), overrides: [] },
    { from, until },
    utcOffset,
  ).nights.map((span) => [new Date(span.from + hours(8)).toISOString().slice(0, 16), (span.until - span.from) / hours(1)])

test('what is left of the present night is compared, and the coming one although it is of the same kind', () => {
  expect(nights(at, at + days(10))).toEqual([
    ['2026-12-10T09:00', 3],
    ['2026-12-10T12:00', 24],
  ])
})

test('nights of each kind are compared once, and once from each solstice on', () => {
  const found = nights(at, Number.POSITIVE_INFINITY, 'dim', 'dark')
  expect(found.slice(0, 3)).toEqual([
    ['2026-12-10T09:00', 3],
    ['2026-12-10T12:00', 24],
    ['2026-12-12T12:00', 24],
  ])
  expect(found.map(([begin]) => String(begin).slice(0, 10))).toEqual([
    ...['2026-12-10', '2026-12-10', '2026-12-12'],
    ...['2026-12-21', '2026-12-26', '2027-06-21', '2027-06-26'],
  ])
})

test('a night in which something is overridden is of a kind of its own', () => {
  const planned = { id: 7, from: at + days(9), until: at + days(11), made: at, ended: null } as ProgrammeOverride
  const { nights: found } = comparedNights(
    { versions: [version('dim')], overrides: [planned] },
    { versions: [version('dim')], overrides: [planned] },
    { from: at, until: Number.POSITIVE_INFINITY },
    utcOffset,
  )
  expect(found.some(({ from, until }) => from <= planned.from && until > planned.from)).toBe(true)
})

const dated = (lines: CalendarLine[]) =>
  comparedNights(
    { versions: [version('dim')], overrides: [] },
    { versions: [{ ...version('dim'), calendars: [{ id: 'c', name: 'C', nameEn: '', usual: 'dim', lines }] }], overrides: [] },
    { from: at, until: Number.POSITIVE_INFINITY },
    utcOffset,
  )

test('dates that a calendar names years ahead are compared', () => {
  const { nights: found } = dated([{ on: 'dates', from: '2029-03-01', to: '2029-04-30', programme: 'dark' }])
  expect(found.map(({ from }) => new Date(from + hours(8)).toISOString().slice(0, 10))).toContain('2029-03-01')
})

test('more kinds of nights than are compared are told', () => {
  const day = (i: number) => new Date(at + days(i)).toISOString().slice(0, 10)
  const lines = Array.from({ length: 45 }, (_, i): CalendarLine => ({ on: 'dates', from: day(i), to: day(i), programme: `p-${i}` }))
  expect(dated(lines).isAll).toBe(false)
  expect(dated(lines.slice(0, 5)).isAll).toBe(true)
})

test('nothing is compared outside of the span', () => {
  expect(nights(at, at + hours(1))).toEqual([['2026-12-10T09:00', 1]])
  expect(nights(at, at)).toEqual([])
})
