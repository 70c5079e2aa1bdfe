import { expect, test } from 'vitest'
import { nothingConfigured, type ProgrammeVersion } from '../../../src/control/programme-set.ts'
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
  ).map((span) => [new Date(span.from + hours(8)).toISOString().slice(0, 16), (span.until - span.from) / hours(1)])

test('what is left of the present night is compared, and the coming one although it is of the same kind', () => {
  expect(nights(at, at + days(20))).toEqual([
    ['2026-12-10T09:00', 3],
    ['2026-12-10T12:00', 24],
  ])
})

test('nights of each kind are compared once in either half of the year', () => {
  const found = nights(at, Number.POSITIVE_INFINITY, 'dim', 'dark')
  expect(found.slice(0, 3)).toEqual([
    ['2026-12-10T09:00', 3],
    ['2026-12-10T12:00', 24],
    ['2026-12-12T12:00', 24],
  ])
  expect(found.map(([begin]) => String(begin).slice(0, 7))).toEqual(['2026-12', '2026-12', '2026-12', '2027-06', '2027-06'])
})

test('nothing is compared outside of the span', () => {
  expect(nights(at, at + hours(1))).toEqual([['2026-12-10T09:00', 1]])
  expect(nights(at, at)).toEqual([])
})
