import { expect, test } from 'vitest'
import { afterDevices, afterStrike, type Conduct, GOOD_CONDUCT, isSuspended } from '../../../src/edges/vendor-codecs/conduct.ts'
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

test('one stop right after each pause makes the next twice as long, up to the longest', () => {
  let conduct = struck([AT, AT, AT])
  const pauses = [conduct.pause]
  for (let i = 0; i < 9; i++) {
    conduct = afterStrike(conduct, conduct.suspendedUntil)
    pauses.push(conduct.pause)
  }
  expect(pauses.map((pause) => pause / 1000)).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800])
})

test('several devices suspend a codec, one or two do not, nor do some of long ago', () => {
  const stopped = (...times: number[]) => times.map((time) => afterStrike(GOOD_CONDUCT, AT + time))
  const pauseAfter = (devices: Conduct[], at: number) => afterDevices(GOOD_CONDUCT, devices, AT + at).pause
  expect(pauseAfter(stopped(0, 1), 1)).toBe(0)
  expect(pauseAfter(stopped(0, 1, 2), 2)).toBe(seconds(10))
  expect(pauseAfter(stopped(0, 1, minutes(11)), minutes(11))).toBe(0)
})
