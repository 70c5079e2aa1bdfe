import { expect, test } from 'vitest'
import { afterStrike, type Conduct, GOOD_CONDUCT, isSuspended } from '../../../src/edges/vendor-codecs/conduct.ts'
import { hours, minutes, seconds } from '../../../src/telemetry/duration.ts'

const AT = Date.UTC(2026, 10, 29)
const struck = (times: number[]) => times.reduce<Conduct>(afterStrike, GOOD_CONDUCT)

test.each([
  ['once', [0], 0],
  ['twice', [0, 1], 0],
  ['three times', [0, 1, 2], seconds(10)],
  ['three times, with time to be forgiven between them', [0, minutes(1), minutes(2)], 0],
  ['again after its pause', [0, 1, 2, seconds(10) + 2], seconds(20)],
  ['again after an hour', [0, 1, 2, hours(2), hours(2) + 1, hours(2) + 2], seconds(10)],
  ['for ever', [0, ...Array.from({ length: 20 }, (_, i) => i + 1)], minutes(30)],
])('a codec stopped %s', (_name, times, pause) => {
  const conduct = struck(times.map((time) => AT + time))
  const last = AT + (times.at(-1) as number)
  expect(isSuspended(conduct, last)).toBe(pause > 0)
  if (pause > 0) expect(conduct.suspendedUntil).toBe(last + pause)
  expect(isSuspended(conduct, last + pause)).toBe(false)
})
