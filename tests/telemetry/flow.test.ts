import { expect, test } from 'vitest'
import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { newFlow, passed, perMinute } from '../../src/telemetry/flow.ts'

test.each([
  ['each second', seconds(1), 60],
  ['each 10 seconds', seconds(10), 6],
  ['each minute', minutes(1), 1],
])('messages %s are so many a minute, soon and in the long run', (_, interval, rate) => {
  const flow = newFlow(0)
  for (let now = interval; now <= minutes(60); now += interval) {
    passed(flow, 10, now)
    if (now >= minutes(2)) {
      const measured = perMinute(flow, now)
      expect(measured / rate).toBeGreaterThan(0.99)
      expect(measured / rate).toBeLessThan(1.25)
    }
  }
  expect([flow.messages, flow.bytes, flow.last]).toEqual([minutes(60) / interval, (10 * minutes(60)) / interval, minutes(60)])
})

test('silence makes the rate fade, and none was ever there without messages', () => {
  const flow = newFlow(0)
  expect(perMinute(flow, minutes(1))).toBe(0)
  for (let now = 0; now < minutes(30); now += seconds(1)) passed(flow, 1, now)
  expect(perMinute(flow, minutes(35))).toBeCloseTo(60 / Math.E, 0)
  expect(perMinute(flow, minutes(90))).toBeLessThan(0.001)
})
