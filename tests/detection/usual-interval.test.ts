import { describe, expect, test } from 'vitest'
import type { Detection } from '../../src/detection/state.ts'
import { learnInterval, patience, patienceBounds } from '../../src/detection/usual-interval.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000
const bounds = { period: minutes(15), ...patienceBounds({}) }

/** A facility that is rated to report every 5 min and reports as told; one in `lost` reports is lost. */
function reporting(shelvable = true) {
  const made = detectorWith((build) => ({
    silence: build.silence({ ...options, shelvable, period: minutes(15) }),
    gone: build.loss({ ...options, point: 'flow', period: minutes(15) }),
  }))
  let now = start
  let sent = 0
  return {
    ...made,
    now: () => now,
    every(interval: number, time: number, { lost = 0, flowEvery = 1 } = {}) {
      for (const until = now + time; now < until; now += interval) {
        sent++
        if (lost > 0 && sent % lost === 0) continue
        made.report(now, sent % flowEvery === 0 ? { level: 1, flow: 1 } : { level: 1 })
      }
    },
    /** How long after its last report it is silent, s. */
    silentAfter() {
      const { lastReport } = made.detector.state(1) as Detection
      made.tick(now + hours(5))
      return (Number(made.take().at(-1)?.split(' ')[1]) - lastReport) / 1000
    },
  }
}

describe('the time after which a facility is silent', () => {
  test.each([
    ['as rated', minutes(5), 0, 15 * 60],
    ['a little slower', minutes(7), 0, 15 * 60],
    ['as rated with one report in twenty lost', minutes(5), 20, 15 * 60],
  ])('is the one of its rule where it reports %s', (_, interval, lost, expected) => {
    const { every, take, silentAfter } = reporting()
    every(interval, hours(24), { lost })
    expect(take()).toEqual([])
    expect(silentAfter()).toBe(expected)
  })

  test('is shorter where it reports faster, but not shorter than one and a half rated intervals', () => {
    const fast = reporting()
    fast.every(minutes(2), hours(48))
    expect(fast.silentAfter()).toBeCloseTo(12 * 60)
    const faster = reporting()
    faster.every(seconds(10), hours(48))
    expect(faster.silentAfter()).toBe(7.5 * 60)
    expect(fast.take()).toEqual([])
  })

  test('is longer where it is set to a slower interval, after a few alarms at most', () => {
    const { every, take, silentAfter } = reporting()
    every(minutes(5), hours(24))
    every(minutes(16), hours(24))
    expect(take().length).toBeLessThanOrEqual(10)
    every(minutes(16), hours(48))
    expect(take()).toEqual([])
    expect(silentAfter()).toBeCloseTo(48 * 60)
  })

  test('is never longer where it protects lives', () => {
    const { every, silentAfter } = reporting(false)
    every(minutes(12), hours(48))
    expect(silentAfter()).toBe(15 * 60)
  })

  test('learns neither from outages nor from bursts', () => {
    const { every, report, now, take, silentAfter } = reporting()
    for (let day = 0; day < 5; day++) {
      every(minutes(5), hours(12))
      every(hours(8), hours(8))
      // A lamp tells each change of its dimming at once.
      for (let i = 0; i < 60; i++) report(now() - minutes(1) + i * 1000, { level: i })
    }
    take()
    every(minutes(5), hours(1))
    expect(silentAfter()).toBe(15 * 60)
  })
})

describe('a point', () => {
  test('is lost by how often it comes itself, and not by what the facility did not say', () => {
    const { every, take } = reporting()
    every(minutes(2), hours(24))
    every(minutes(2), minutes(14), { flowEvery: 1_000_000 })
    expect(take().map((change) => change.split(' ')[0])).toEqual(['gone+'])
    every(minutes(2), minutes(2))
    take()
    // After a gap of all its points it has its time again.
    const silent = reporting()
    silent.every(minutes(5), hours(24))
    silent.every(hours(3), hours(3))
    silent.take()
    silent.every(minutes(5), minutes(11), { flowEvery: 1_000_000 })
    expect(silent.take().map((change) => change.split(' ')[0])).toEqual(['silence+', 'silence-'])
  })

  test('that comes with one report in six is not lost', () => {
    const { every, take } = reporting()
    every(minutes(5), hours(48), { flowEvery: 6 })
    take()
    every(minutes(5), hours(48), { flowEvery: 6 })
    expect(take()).toEqual([])
  })
})

test('the bounds are parameters', () => {
  expect(patience(Number.NaN, bounds)).toBe(minutes(15))
  expect(patience(minutes(1), { ...bounds, shortestShare: 1 })).toBe(minutes(15))
  expect(patience(minutes(20), { ...bounds, longestShare: 2 })).toBe(minutes(30))
  expect(learnInterval(minutes(5), hours(2), bounds)).toBe(minutes(5))
})

test.each([
  ['what is longer, by nine hundredths at most', minutes(10), minutes(5.45)],
  ['no further than to it', minutes(5.1), minutes(5.1)],
  ['what is shorter by a hundredth, as far as it is long', minutes(2.5), minutes(4.975)],
  ['no further down than to it', minutes(4.999), minutes(4.999)],
  ['a burst by nothing', 0, minutes(5)],
  ['the longest that is no outage', hours(1), minutes(5.45)],
  ['an outage by nothing', hours(1) + 1, minutes(5)],
])('the usual interval follows %s', (_, interval, expected) => {
  expect(learnInterval(minutes(5), interval, bounds)).toBeCloseTo(expected, 6)
})

test('an interval that differs from the rated one by half of it is taken for it', () => {
  expect([patience(minutes(7.5), bounds), patience(minutes(7.6), bounds)]).toEqual([minutes(15), minutes(22.8)])
})
