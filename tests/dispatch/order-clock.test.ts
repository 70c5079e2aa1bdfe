import { expect, test } from 'vitest'
import { utcOffsets } from '../../src/control/local-time.ts'
import { deadlines, isWorkingDay, usualClocks } from '../../src/dispatch/order-clock.ts'

const offset = utcOffsets('Asia/Shanghai')
const none = { holidays: [], workdays: [] }
const at = (text: string) => Date.parse(`${text}+08:00`)
const severe = (from: string, calendar = none as Parameters<typeof deadlines>[2]) =>
  new Date(deadlines(usualClocks.severe, at(from), calendar, offset).repairBy + 8 * 3_600_000).toISOString().slice(0, 16)

test.each([
  ['Monday, within the week', '2026-11-23T15:00', '2026-11-26T15:00'],
  ['Friday: Saturday and Sunday do not count', '2026-11-27T15:00', '2026-12-02T15:00'],
  ['Saturday: it begins on Monday', '2026-11-28T09:00', '2026-12-02T24:00'],
])('severe from %s', (_, from, until) => {
  const expected = until.endsWith('24:00') ? '2026-12-03T00:00' : until
  expect(severe(from)).toBe(expected)
})

test('a holiday stops the clock, and a weekend day that makes up for it does not', () => {
  const calendar = { holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'], workdays: ['2026-10-10'] }
  expect(severe('2026-09-30T12:00', calendar)).toBe('2026-10-10T12:00')
  expect(isWorkingDay('2026-10-10', calendar)).toBe(true)
  expect(isWorkingDay('2026-10-01', calendar)).toBe(false)
})

test('danger and ordinary run through the night and the weekend', () => {
  const from = at('2026-11-28T23:30')
  expect(deadlines(usualClocks.danger, from, none, offset)).toEqual({ arriveBy: from + 30 * 60_000, repairBy: from + 3_600_000 })
  expect(deadlines(usualClocks.ordinary, from, none, offset).repairBy).toBe(from + 24 * 3_600_000)
})

test('a day on which clocks are set has its own length', () => {
  const berlin = utcOffsets('Europe/Berlin')
  // Friday 27 March 2026 12:00 to Wednesday 12:00, over the night of 29 March that has 23 hours.
  const from = Date.parse('2026-03-27T12:00+01:00')
  expect(deadlines(usualClocks.severe, from, none, berlin).repairBy).toBe(Date.parse('2026-04-01T12:00+02:00'))
})
