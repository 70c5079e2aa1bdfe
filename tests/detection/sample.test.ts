import { expect, test } from 'vitest'
import type { InForce } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { RuleSetting } from '../../src/detection/rule.ts'
import { saveDetection } from '../../src/detection/saved-state.ts'
import type { Detection } from '../../src/detection/state.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { detectorWith, texts, type Values } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const start = 1_700_000_000_000

/** A laboratory that measures the level, at most 5, and at most 8 while the flow is 12 or less. */
function laboratory() {
  const made = detectorWith((build) => ({
    high: build.sample({ ...options, point: 'level', high: 5, cold: { point: 'flow', upTo: 12, high: () => 8 } }),
  }))
  const { table } = made.facility.kind
  let now = start
  const pass = (time: number) => {
    now += time
    made.tick(now)
  }
  return {
    ...made,
    pass,
    now: () => now,
    enter(ago: number, values: Values) {
      pass(1000)
      const readings = Object.entries(values).map(([key, value]) => ({
        ...{ point: table.index.get(key) as number, value: Number(value), quality: 'good' as const },
      }))
      return made.detector.report({ facility: made.facility, at: start - ago, received: now, readings, entered: true }, made.emit)
    },
    tune(changes: Partial<RuleSetting>) {
      pass(1000)
      const { settings } = made.detector.inForce(1) as InForce
      const before = made.detector.use(1, settings.with(0, { ...(settings[0] as RuleSetting), ...changes })) as InForce
      made.detector.resettle(1, before, now, made.emit)
    },
    /** Changes as key, and how long before the start. */
    told: () => made.takeChanges().map(({ active, at, late }) => [active, start - at, late]),
  }
}

const limits = (high: number) => ({ parameters: { high, coldUpTo: 12, cold: 8 } })

test('a result of three days ago is a fault of three days ago, and over with the time of the next sample', () => {
  const { enter, told } = laboratory()
  enter(days(3), { level: 6 })
  expect(told()).toEqual([[true, days(3), false]])
  enter(days(2), { level: 5.1 })
  enter(days(1), { level: 5 })
  expect(told()).toEqual([[false, days(1), false]])
})

test('a correction ends what a wrong result began, and begins what it hid', () => {
  const { enter, told } = laboratory()
  enter(days(3), { level: 6 })
  enter(days(3), { level: 4 })
  expect(told()).toEqual([
    [true, days(3), false],
    [false, days(3), false],
  ])
  for (const level of [7, 3, 7, 3, 7]) enter(days(3), { level })
  expect(told().map(([active]) => active)).toEqual([true, false, true, false, true])
})

test('a limit that is lowered makes no fault of a result that was within it, one that is raised ends what it was', () => {
  const { enter, tune, told, now, pass } = laboratory()
  enter(days(1), { level: 4.5 })
  tune(limits(4))
  pass(hours(1))
  expect(told()).toEqual([])
  enter(hours(20), { level: 4.6 })
  expect(told()).toEqual([[true, hours(20), false]])
  tune(limits(6))
  expect(told()).toEqual([[false, start - now(), false]])
  tune(limits(4))
  tune({ enabled: false })
  tune({ enabled: true })
  expect(told().map(([active, ago]) => [active, ago])).toEqual([
    [true, hours(20)],
    [false, start - now() + 1000],
    [true, hours(20)],
  ])
})

test('a result that becomes known after a newer one is told with its date, and is over with that', () => {
  const { enter, told } = laboratory()
  enter(days(1), { level: 3 })
  enter(days(4), { level: 9 })
  expect(told()).toEqual([
    [true, days(4), false],
    [false, days(1), false],
  ])
  enter(days(3), { level: 4 })
  enter(hours(2), { level: 6 })
  enter(days(2), { level: 7 })
  expect(told()).toEqual([[true, hours(2), false]])
})

test('the limit is that of the moment in which the result became known; an unknown point beside excuses nothing', () => {
  const { enter, report, told, now, pass } = laboratory()
  enter(days(3), { level: 6 })
  report(now(), { flow: 10 })
  enter(days(2), { level: 6.5 })
  expect(told()).toEqual([
    [true, days(3), false],
    [false, days(2), false],
  ])
  pass(1000)
  report(now(), { flow: 20 })
  expect(told()).toEqual([])
  enter(days(1), { level: 6.5 })
  report(now(), { flow: 10 })
  expect(told()).toEqual([[true, days(1), false]])
})

test('reports of the device neither repeat nor end it, a restart neither', () => {
  const { enter, report, told, detector, facility, emit, pass, now } = laboratory()
  report(now(), { flow: 20 })
  enter(days(3), { level: 6 })
  expect(told()).toHaveLength(1)
  for (let minute = 1; minute <= 30; minute++) {
    pass(minutes(1))
    report(now(), { flow: 20 })
  }
  const state = detector.state(1) as Detection
  const again = new Detector()
  again.put(facility)
  again.restore(facility, saveDetection(state), state.layout.name)
  again.report({ facility, at: now() + 1000, received: now() + 1000, readings: [{ point: 1, value: 21, quality: 'good' }] }, emit)
  expect(told()).toEqual([])
})

test.each([-days(1), days(1)])('a clock of the facility that is wrong by %d ms, or is set, moves no sample', (skew) => {
  const { enter, report, told, detector, pass, now } = laboratory()
  for (let minute = 0; minute < 10; minute++) {
    pass(minutes(1))
    report(now() + skew, { flow: 20 }, -skew)
  }
  enter(hours(3), { level: 6 })
  expect(told()).toEqual([[true, hours(3), false]])
  // Set right.
  for (let minute = 0; minute < 10; minute++) {
    pass(minutes(1))
    report(now(), { flow: 20 })
  }
  expect(detector.state(1)?.times[0]).toBe(start - hours(3))
  enter(hours(3), { level: 4 })
  expect(told().map(([active]) => active)).toEqual([false])
})
