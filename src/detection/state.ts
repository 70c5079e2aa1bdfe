import { minutes } from '../telemetry/duration.ts'
import type { Latest } from '../telemetry/latest.ts'
import type { Restless } from './chattering.ts'
import type { DetectedFacility } from './detected-facility.ts'
import type { ClockStep } from './device-clock.ts'
import { expectedAt, isHeld, type Surroundings } from './expected.ts'
import type { Fork } from './fork.ts'
import type { ExpectedOfLevel, FacilityView, RuleParameters, RuleSetting } from './rule.ts'
import { defaultSettings } from './settings.ts'
import {
  BEHIND,
  CLOCK,
  CLOCK_OFFSET,
  CLOCK_SET,
  clearNumbers,
  LAST_HEARD,
  LAST_RECEIVED,
  LAST_REPORT,
  layoutOf,
  OFFLINE_SINCE,
  REPORTING_SINCE,
  SILENCE_TOLD_UNTIL,
  type StateLayout,
  TOLD_UNTIL,
  USUAL_INTERVAL,
} from './state-layout.ts'
import { type PatienceParameters, patience } from './usual-interval.ts'

/** A smaller offset may be the delay of the network; programmes and hours are given to the minute. */
const NOTABLE_OFFSET = minutes(1)

const NOTHING: ReadonlySet<Detection> = new Set()

/** Everything detection remembers of one facility. Steps change it in place and read no clock. */
export class Detection implements FacilityView, Latest {
  facility: DetectedFacility
  rated: Readonly<Record<string, number>>
  settings: readonly RuleSetting[]
  readonly layout: StateLayout
  readonly surroundings: Surroundings
  /** What feeds it and what reports for it, as far as they are registered. */
  feeder: Detection | null = null
  reporter: Detection | null = null
  /** What it feeds. */
  fed: ReadonlySet<Detection> = NOTHING
  /** All numbers of the state; the first are the values. */
  readonly values: Float64Array
  readonly times: Float64Array
  bad: Map<number, number> | null = null
  /** A step of its clock that may have happened; null when nothing speaks for one, which is nearly always. */
  step: ClockStep | null = null
  /** Rules that came lately, by their place; null when there is none, which is nearly always. */
  restless: Map<number, Restless> | null = null
  /** What was known before a gap that may still be filled; null while there is none. */
  fork: Fork | null = null
  /** Of what was known before a gap: rules that became active within it, by their place, and when; null of the present. */
  opened: Map<number, number> | null = null
  /** Nothing but signs of life was heard of it since the program last began to listen. */
  isResumed = false
  isNews = false
  fedFrom = Number.NEGATIVE_INFINITY
  /** Conditions that are on, so that a facility without any is passed over quickly. */
  activeCount = 0

  constructor(facility: DetectedFacility, surroundings: Surroundings = {}, numbers?: Float64Array) {
    const { kind } = facility
    this.layout = layoutOf(kind)
    this.facility = facility
    this.surroundings = surroundings
    this.rated = { ...kind.rated, ...facility.rated }
    this.settings = defaultSettings(kind, facility.rated)
    this.values = numbers ?? new Float64Array(this.layout.size)
    this.times = this.values.subarray(this.layout.points, 2 * this.layout.points)
    clearNumbers(this.values, this.layout)
  }

  get latest(): Latest {
    return this
  }
  get lastReport(): number {
    return this.values[this.layout.header + LAST_REPORT] as number
  }
  set lastReport(at: number) {
    this.values[this.layout.header + LAST_REPORT] = at
  }
  /** When the latest report came in, by our clock; moved up after a pause, so that downtime is not silence. */
  get lastReceived(): number {
    return this.values[this.layout.header + LAST_RECEIVED] as number
  }
  set lastReceived(at: number) {
    this.values[this.layout.header + LAST_RECEIVED] = at
  }
  /**
   * Facility time at which it was heard last: the time of its last report, or later when that came too late: then what our clock showed
   * as it came in, corrected for the skew.
   */
  get lastHeard(): number {
    return this.values[this.layout.header + LAST_HEARD] as number
  }
  set lastHeard(at: number) {
    this.values[this.layout.header + LAST_HEARD] = at
  }
  /** Facility time the values were judged at last; it goes back only with the device's clock. */
  get clock(): number {
    return this.values[this.layout.header + CLOCK] as number
  }
  set clock(at: number) {
    this.values[this.layout.header + CLOCK] = at
  }
  get offlineSince(): number {
    return this.values[this.layout.header + OFFLINE_SINCE] as number
  }
  set offlineSince(at: number) {
    this.values[this.layout.header + OFFLINE_SINCE] = at
  }
  /** No change of a condition is dated before the ones told, even when the device's clock is set back. Of silence see below. */
  get toldUntil(): number {
    return this.values[this.layout.header + TOLD_UNTIL] as number
  }
  set toldUntil(at: number) {
    this.values[this.layout.header + TOLD_UNTIL] = at
  }
  /** The same of silence, which is told as we hear it, while late reports may still tell what happened before. */
  get silenceToldUntil(): number {
    return this.values[this.layout.header + SILENCE_TOLD_UNTIL] as number
  }
  set silenceToldUntil(at: number) {
    this.values[this.layout.header + SILENCE_TOLD_UNTIL] = at
  }
  /** How far our clock is ahead of the device's, with the least delay of the network, ms; NaN until it was measured. */
  get clockOffset(): number {
    return this.values[this.layout.header + CLOCK_OFFSET] as number
  }
  set clockOffset(offset: number) {
    this.values[this.layout.header + CLOCK_OFFSET] = offset
  }
  /** The last report came too late to act on, so newer ones are on their way. */
  get isBehind(): boolean {
    return this.values[this.layout.header + BEHIND] === 1
  }
  set isBehind(isBehind: boolean) {
    this.values[this.layout.header + BEHIND] = Number(isBehind)
  }
  /** Interval at which its reports usually come in, ms; NaN until one was seen. */
  get usualInterval(): number {
    return this.values[this.layout.header + USUAL_INTERVAL] as number
  }
  set usualInterval(interval: number) {
    this.values[this.layout.header + USUAL_INTERVAL] = interval
  }
  /** Device time since when its reports have come without a gap that would be a silence. */
  get reportingSince(): number {
    return this.values[this.layout.header + REPORTING_SINCE] as number
  }
  set reportingSince(at: number) {
    this.values[this.layout.header + REPORTING_SINCE] = at
  }
  /** By how much its clock was set since it is known, ms. */
  get clockSet(): number {
    return this.values[this.layout.header + CLOCK_SET] as number
  }
  set clockSet(by: number) {
    this.values[this.layout.header + CLOCK_SET] = by
  }
  /** How long it must be unheard to be silent, ms; Infinity for a kind whose silence is not judged. */
  get patience(): number {
    const setting = this.settings[this.layout.silence]
    return setting ? patience(this.usualInterval, setting.parameters as PatienceParameters & RuleParameters) : Number.POSITIVE_INFINITY
  }
  get skew(): number {
    return -this.clockOffset
  }

  steady(at: number): number {
    return at - this.clockSet
  }

  trueTime(at: number): number {
    const { clockOffset } = this
    return Math.abs(clockOffset) > NOTABLE_OFFSET ? at + clockOffset : at
  }

  localTime(at: number): number {
    const ours = this.trueTime(at)
    return ours + (this.surroundings.utcOffset?.(ours) ?? 0)
  }

  heldBack(circuit: number, level: number): number {
    let lamps = 0
    for (const { facility, values } of this.fed) {
      const { light } = facility.kind
      if (facility.circuit !== circuit || !light || !isHeld({ facility, values })) continue
      const asked = (values[light.command] as number) / 100
      if (!Number.isNaN(asked)) lamps += 1 - asked / level
    }
    return lamps
  }

  isAskedDark(circuit: number, at: number): boolean {
    const ours = this.trueTime(at)
    const { programme } = this.surroundings
    let lamps = 0
    for (const { facility, values } of this.fed) {
      if (facility.circuit !== circuit) continue
      const { light, rated } = facility.kind
      // What is no lamp draws what it likes, and one without a controller burns whenever it is fed.
      if (!light || (facility.rated.controller ?? rated.controller) === 0) return false
      const step = isHeld({ facility, values }) ? undefined : programme?.(facility, ours)
      if (step ? !step.isOwn || step.level > 0 : values[light.command] !== 0) return false
      lamps++
    }
    return lamps > 0
  }

  expected(point: number, at: number, ofLevel: ExpectedOfLevel | undefined): number {
    return expectedAt(this, point, at, ofLevel)?.value ?? Number.NaN
  }
}

export function isActive({ values, layout }: Detection, rule: number): boolean {
  return (values[layout.falseFrom + rule] as number) > Number.NEGATIVE_INFINITY
}

/** Makes the first judgement of a rule start from an alarm that is known to be active since `since`. */
export function assumeActive(state: Detection, rule: number, since: number): void {
  const { values, layout } = state
  if (!isActive(state, rule)) state.activeCount++
  values[layout.trueFrom + rule] = since
  values[layout.falseFrom + rule] = Number.POSITIVE_INFINITY
}

/** The facility's own time when our clock shows `now`: when it was heard last plus what has passed since that came in. */
export function facilityTime(state: Detection, now: number): number {
  return state.lastHeard + (now - state.lastReceived)
}

/** The inverse: what our clock shows at facility time `at`. */
export function ourTime(state: Detection, at: number): number {
  return state.lastReceived + (at - state.lastHeard)
}

/** Device time of the last report plus what has passed since it came in: as far as its values may be thought to have lasted. */
export function eventTime(state: Detection, now: number): number {
  return state.lastReport + (now - state.lastReceived)
}
