import { expect, test } from 'vitest'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import { pumpStation } from '../../src/facilities/pump-station/index.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { facilityOf, readingsOf, seeded } from './simulated.ts'

/** Reports of a pump for `length` ms from `from`, each minute; its power is `factor` times what its flow and speed ask for. */
function play(
  detector: Detector,
  facility: ReturnType<typeof facilityOf>,
  from: number,
  length: number,
  factor: number,
  random: () => number,
) {
  const seen: { rule: string; at: number; active: boolean }[] = []
  const emit = ({ rule, at, active }: ConditionChange) => seen.push({ rule: rule.key, at, active })
  for (let at = from; at < from + length; at += minutes(1)) {
    // Speed and flow wander over the day, and the power follows them by the affinity laws.
    const speed = 0.8 + 0.15 * Math.sin((at / hours(24)) * 2 * Math.PI)
    const share = 0.75 + 0.2 * Math.sin((at / hours(7)) * 2 * Math.PI)
    const power = factor * 25 * (0.4 + 0.6 * share) * speed ** 3 * (1 + 0.02 * (random() - 0.5))
    const values = { flow: 200 * speed * share, power, 'current-a': 40, speed: 50 * speed }
    detector.advance(at, emit)
    detector.report({ facility, at, received: at, readings: readingsOf(pumpStation, values) }, emit)
  }
  return seen
}

test.each([1.12, 0.86])('a pump that takes %f times its usual power stands out within the hour, at any speed and flow', (factor) => {
  const facility = facilityOf(pumpStation)
  const detector = new Detector()
  detector.put(facility)
  const random = seeded(4)
  expect(play(detector, facility, 0, hours(72), 1, random)).toEqual([])
  const [first, ...others] = play(detector, facility, hours(72), hours(3), factor, random)
  expect(first).toMatchObject({ rule: 'behaviour-unusual', active: true })
  expect(first!.at).toBeLessThan(hours(73))
  expect(others).toEqual([])
})

test('five percent are no news', () => {
  const facility = facilityOf(pumpStation)
  const detector = new Detector()
  detector.put(facility)
  const random = seeded(4)
  play(detector, facility, 0, hours(72), 1, random)
  expect(play(detector, facility, hours(72), hours(6), 1.05, random)).toEqual([])
})
