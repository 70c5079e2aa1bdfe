import { expect, test } from 'vitest'
import { parseTime } from '../../../src/edges/http/times.ts'

const noon = Date.UTC(2026, 2, 1, 12)

test.each([
  [noon, noon],
  [String(noon), noon],
  ['-1.5', -1.5],
  ['2026-03-01T12:00:00Z', noon],
  ['2026-03-01T12:00:00.250Z', noon + 250],
  ['2026-03-01T20:00+08:00', noon],
  ['2026-03-01T20:00 08:00', noon],
  ['2026-03-01', Date.UTC(2026, 2, 1)],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  ['2026-03-31T00:00:00+08:00', Date.UTC(2026, 2, 30, 16)],
])('%j is a time', (given, at) => expect(parseTime(given, 'from')).toBe(at))

test.each([
  '',
  'now',
  '2026-03-01T12:00:00',
  '2026-13-01',
  '2026-02-30',
  '2026-04-31T12:00:00Z',
  '2026-03-01T25:00:00Z',
  '1e3',
  '0x10',
  '99999999999999999',
  Number.NaN,
])('%j is none', (given) => expect(() => parseTime(given, 'from')).toThrow(/^from is no time; give ms/))
