import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { Surroundings } from '../../src/detection/expected.ts'
import type { RuleSetting } from '../../src/detection/rule.ts'
import { defaultSettings } from '../../src/detection/settings.ts'
import { layoutOf, Slabs } from '../../src/detection/state-layout.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { facilityKinds } from '../../src/facilities/index.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import type { Point } from '../../src/telemetry/point.ts'
import type { Reading, Report } from '../../src/telemetry/report.ts'
import { facilityOf, seeded } from '../facilities/simulated.ts'

/** `PROPERTY_RUNS=100000` looks harder. */
const numRuns = Math.ceil(Number(process.env.PROPERTY_RUNS ?? 2000) / 1000)

const start = Date.parse('2026-11-01T00:00:00Z')
const setAt = start + days(3)
const PATIENCE = minutes(30)

/** On and off every six hours; local time is eight hours ahead. */
const surroundings: Surroundings = {
  programme: (_, at) => {
    const step = Math.floor(at / hours(6))
    return { level: step % 2, from: step * hours(6), until: (step + 1) * hours(6) }
  },
  utcOffset: () => hours(8),
}
const office = { from: 9 * 60, until: 17 * 60, weekdays: [1, 2, 3, 4, 5] }

/**
 * Some rules are judged in office hours only. Nobody learns how often it reports, so that reports that cannot be judged while the clock is
 * found out change nothing of that.
 */
function settingsOf(kind: FacilityKind): RuleSetting[] {
  const asRated = { shortestShare: 1, longestShare: 1, period: PATIENCE }
  return defaultSettings(kind, {}).map((setting, index) => {
    const isByInterval = ['silence', 'loss'].includes(kind.rules[index]?.type ?? '')
    const timed = index % 5 === 0 ? { ...setting, hours: office } : setting
    return isByInterval ? { ...timed, parameters: { ...setting.parameters, ...asRated } } : timed
  })
}

/** What a point reads at a time: it swings through all that is plausible, stands still, or switches. */
function courseOf(point: Point, random: () => number): (at: number) => number {
  const [period, phase, reach] = [minutes(10) * 100 ** random(), random(), random()]
  const wave = (at: number) => Math.sin(2 * Math.PI * (at / period + phase))
  if (point.type !== 'number') {
    const { length } = point.states
    return (at) => Math.min(length - 1, Math.floor(((wave(at) + 1) / 2) * length))
  }
  const [low, high] = point.plausible
  const [from, to] = point.normal ?? point.plausible
  const middle = (from + to) / 2
  const swing = reach < 0.1 ? 0 : reach * (reach < 0.6 ? to - from : high - low)
  return (at) => Math.max(low, Math.min(high, middle + swing * wave(at)))
}

/** By true time: seldom for days, so that much is learned, and often around the moment at which the clock is set. */
function reportTimes(): number[] {
  const times: number[] = []
  for (let at = start; at < setAt + days(1); at += at > setAt - hours(1) && at < setAt + hours(2) ? seconds(15) : minutes(5)) times.push(at)
  return times
}

/** The fourth report after the clock was set back tells that it was; what those before it say is not judged. */
const foundAt = setAt + seconds(45)

/** What became active or normal, and when by our clock, of reports by a clock that is set by so many ms, without those that are not judged. */
function verdicts(kind: FacilityKind, seed: number, by: number, isSetBack: boolean): string[] {
  const facility = { ...facilityOf(kind), position: [114.5, 38] as const }
  const detector = new Detector(surroundings, slabs)
  detector.put(facility, settingsOf(kind))
  const random = seeded(seed)
  const { samples } = layoutOf(kind)
  const courses = kind.table.points.map((point) => courseOf(point, random))
  const seen: string[] = []
  // A delay that runs out before the clock is found to be set back is told then.
  const note = (now: number, { rule, active }: ConditionChange) => {
    const told = isSetBack && now >= setAt ? Math.max(now, foundAt) : now
    if (rule.type !== 'clock-skew') seen.push(`${new Date(told).toISOString()} ${rule.key} ${active}`)
  }
  for (const received of reportTimes()) {
    // Results of samples are entered, by the clock of the city.
    const readings = courses
      .map((course, point): Reading => ({ point, value: course(received), quality: 'good' }))
      .filter(({ point }) => !samples.has(point))
    const report: Report = { facility, at: received + (received >= setAt ? by : 0), received, readings }
    detector.advance(received, (change) => note(detector.ticked, change))
    const isJudged = !isSetBack || received < setAt || received >= foundAt
    if (by !== 0 || isJudged) detector.report(report, (change) => note(received, change))
  }
  detector.remove(facility.number)
  return seen.sort()
}

const slabs = new Slabs()
/** Minutes: ahead by less than what would be a silence, by more, and back; hours and programmes are given to the minute. */
const steps = fc.tuple(fc.integer({ min: 2, max: 29 }), fc.integer({ min: 31, max: 14 * 60 }), fc.integer({ min: -14 * 60, max: -2 }))

test.each(facilityKinds.map((kind) => [kind.key, kind] as const))('a set clock changes no verdict of a %s', (_, kind) => {
  fc.assert(
    fc.property(fc.nat(), steps, (seed, [little, much, back]) => {
      const unset = verdicts(kind, seed, 0, false)
      for (const ahead of [little, much]) expect(verdicts(kind, seed, minutes(ahead), false)).toEqual(unset)
      expect(verdicts(kind, seed, minutes(back), true)).toEqual(verdicts(kind, seed, 0, true))
    }),
    { numRuns },
  )
})
