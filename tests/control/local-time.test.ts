import { expect, test } from 'vitest'
import { utcOffsets } from '../../src/control/local-time.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'

test.each([
  ['Asia/Shanghai', '2026-06-05T12:00:00Z', hours(8)],
  ['UTC', '2026-06-05T12:00:00Z', 0],
  ['Asia/Kathmandu', '2026-06-05T12:07:31.250Z', hours(5) + minutes(45)],
  ['America/St_Johns', '2026-01-05T12:00:00Z', -hours(3) - minutes(30)],
  // Summer time began at 01:00 UTC on 29 March 2026 and ended on 25 October.
  ['Europe/Berlin', '2026-03-29T00:59:59.999Z', hours(1)],
  ['Europe/Berlin', '2026-03-29T01:00:00Z', hours(2)],
  ['Europe/Berlin', '2026-10-25T00:59:59Z', hours(2)],
  ['Europe/Berlin', '2026-10-25T01:00:00Z', hours(1)],
])('%s is at %s ahead of UTC by %d ms', (zone, time, offset) => {
  expect(utcOffsets(zone)(Date.parse(time))).toBe(offset)
})

test('asked for more quarters of an hour than it remembers, it says the same', () => {
  const offset = utcOffsets('Europe/Berlin')
  const summer = Date.parse('2026-07-01T00:00:00Z')
  for (let i = 0; i < 3000; i++) expect(offset(summer + i * minutes(15))).toBe(hours(2))
  expect(offset(Date.parse('2026-01-01T00:00:00Z'))).toBe(hours(1))
  expect(offset(summer)).toBe(hours(2))
})
