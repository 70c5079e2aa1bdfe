import type { Reading } from '../telemetry/report.ts'
import { offDelayOf } from './chattering.ts'
import { calm, settle, settleRule, skipUnknown } from './delays.ts'
import type { DetectedFacility } from './detected-facility.ts'
import { isLate } from './device-clock.ts'
import type { FacilityMode } from './facility-mode.ts'
import type { Rule, RuleParameters, RuleSetting } from './rule.ts'
import { judgeAlike } from './settings.ts'
import { type Detection, eventTime, facilityTime, isActive } from './state.ts'
import { fedFrom } from './supply.ts'
import { learnInterval, type PatienceParameters } from './usual-interval.ts'
import { verdict } from './verdict.ts'

/** A rule became active or normal, at an event time of the facility's own clock, ms. */
export interface ConditionChange {
  facility: DetectedFacility
  rule: Rule
  setting: RuleSetting
  active: boolean
  at: number
  /** Judged from data that came too late to act on. */
  late: boolean
  /** It comes and goes too often: the longer on-delay in force since then; null when it does not. */
  chattering: { since: number; onDelay: number } | null
  /**
   * Only of what is judged from reports that came after newer ones: since when the rule was active. It belongs to a record of its own and
   * never to a live alarm.
   */
  historySince?: number
}

export type Emit = (change: ConditionChange) => void

const NEVER = Number.POSITIVE_INFINITY

/**
 * Takes note of an admitted report with something new in it and judges all rules at its time. Returns true when reports come in time again
 * after late ones.
 */
export function observe(state: Detection, at: number, received: number, emit: Emit): boolean {
  const wasBehind = state.isBehind
  state.isBehind = isLate(state, at, received)
  const heard = state.isBehind && !Number.isNaN(state.clockOffset) ? received - state.clockOffset : at
  // After a pause only the time in which we listened counts as silence.
  const heardUntil = state.isResumed ? Math.min(heard, facilityTime(state, received)) : heard
  settle(state, { heardUntil, until: at, inclusive: false }, emit)
  calm(state, at, emit)
  // A moment may be told in several messages.
  state.isNews = !(at <= state.lastReport)
  if (state.isNews) {
    skipUnknown(state, at)
    learnUsual(state, at, received)
    state.lastReport = at
    state.lastHeard = heard
    state.lastReceived = received
    // The first report after an offline will proves the link, whatever became of the greeting.
    state.offlineSince = Number.NaN
    state.isResumed = false
  }
  judge(state, Math.max(at, state.clock), emit)
  state.isNews = false
  return wasBehind && !state.isBehind
}

/** Learns by when its reports come in how often they usually do, and since when they have come without a gap. */
function learnUsual(state: Detection, at: number, received: number): void {
  const { layout, settings } = state
  const isGap = !(at - state.lastReport <= state.patience)
  if (isGap || state.isResumed) state.reportingSince = at
  const setting = settings[layout.silence]
  // What was switched off or could not be heard says nothing of how often it reports.
  if (!setting || state.isResumed || (isGap && state.feeder && fedFrom(state, at) > state.lastReport)) return
  state.usualInterval = learnInterval(
    state.usualInterval,
    received - state.lastReceived,
    setting.parameters as PatienceParameters & RuleParameters,
  )
}

/** Takes note that a facility is heard although nothing new can be taken from what it says. */
export function observeSign(state: Detection, received: number, emit: Emit): void {
  const now = facilityTime(state, received)
  settle(state, { heardUntil: now, until: eventTime(state, received), inclusive: false }, emit)
  state.offlineSince = Number.NaN
  state.lastHeard = now
  state.lastReceived = received
  judgeSilence(state, now, emit)
}

/** What a person entered of one time, `taken`: the newest of its points, and what is older than that. */
export interface Entered {
  taken: number
  fresh: ReadonlySet<number>
  older: readonly Reading[]
}

/**
 * Judges what a person entered when it was entered, however old it is: a result of days ago is news. It is no report of the facility, so
 * that only rules over these points are judged, and neither silence nor what else was reported last.
 */
export function observeEntered(state: Detection, { taken, fresh, older }: Entered, received: number, emit: Emit): void {
  const isHeard = !Number.isNaN(state.lastReport)
  const at = isHeard ? Math.max(eventTime(state, received), state.clock) : received
  if (isHeard) settle(state, { heardUntil: facilityTime(state, received), until: at, inclusive: true }, emit)
  state.facility.kind.rules.forEach((rule, index) => {
    if (index === state.layout.silence) return
    if (rule.points.some((point) => fresh.has(point))) judgeRule(state, index, at, emit)
    for (const reading of older)
      if (rule.ofSamples && rule.points[0] === reading.point) judgeOlder(state, index, { ...reading, taken }, at, emit)
  })
}

/** A result that became known after newer ones is told with its date, and is over with the newest. */
function judgeOlder(state: Detection, index: number, { point, value, taken }: Reading & { taken: number }, at: number, emit: Emit): void {
  const { values, times, layout, facility } = state
  if (isActive(state, index)) return
  const memory = layout.memories[index] as number
  const newest = [
    values[point] as number,
    times[point] as number,
    values.slice(memory, memory + (facility.kind.rules[index] as Rule).slots),
  ] as const
  values[point] = value
  times[point] = taken
  judgeRule(state, index, at, emit)
  values[point] = newest[0]
  times[point] = newest[1]
  values.set(newest[2], memory)
  judgeRule(state, index, at, emit)
}

/** Takes note of what a will or greeting said. */
export function observeLink(state: Detection, online: boolean, received: number, emit: Emit): void {
  if (Number.isNaN(state.lastReport) || Number.isNaN(state.offlineSince) === online) return
  const now = facilityTime(state, received)
  settle(state, { heardUntil: now, until: eventTime(state, received), inclusive: true }, emit)
  state.offlineSince = online ? Number.NaN : now
  judgeSilence(state, now, emit)
}

/** Judges anew what depends on whether the facility is fed, after its circuit was switched. */
export function observeSupply(state: Detection, received: number, emit: Emit): void {
  if (Number.isNaN(state.lastReport)) return
  const now = facilityTime(state, received)
  const at = Math.max(eventTime(state, received), state.clock)
  settle(state, { heardUntil: now, until: at, inclusive: true }, emit)
  state.fedFrom = fedFrom(state, at)
  // The values are those of the last report, so only the end of a duty and silence can follow from the switching alone.
  for (const rule of state.layout.fedRules) {
    if (rule === state.layout.silence) judgeSilence(state, now, emit)
    else if (state.fedFrom > at) judgeRule(state, rule, at, emit)
  }
}

/** What decides beside the reports how a facility is judged. */
export interface InForce {
  readonly settings: readonly RuleSetting[]
  readonly mode: FacilityMode
}

export const inForce = ({ settings, facility }: Detection): InForce => ({ settings, mode: facility.mode ?? 'auto' })

/** Judges the latest report anew by what is in force now and was not `before`: a fault it finds begins now, one it does not find ends now. */
export function rejudge(state: Detection, before: InForce, now: number, emit: Emit): void {
  const isHeard = !Number.isNaN(state.lastReport)
  const at = isHeard ? Math.max(facilityTime(state, now), state.clock) : now
  if (isHeard) state.clock = at
  if (state.feeder) state.fedFrom = fedFrom(state, at)
  const { values, layout, settings, facility } = state
  const isModeChanged = inForce(state).mode !== before.mode
  for (let i = 0; i < layout.rules; i++) {
    const setting = settings[i] as RuleSetting
    if (judgeAlike(setting, before.settings[i]) && !(isModeChanged && setting.modes)) continue
    // Of what never reported nothing is known but what people entered.
    if (!isHeard && !facility.kind.rules[i]?.ofSamples) continue
    const wasTrue = (values[layout.trueFrom + i] as number) <= at
    const { slots } = facility.kind.rules[i] as Rule
    const memory = layout.memories[i] as number
    const remembered = values.slice(memory, memory + slots)
    const trueFrom = verdict(state, i, isHeard ? state.lastReport : at, wasTrue)
    // The report was counted when it came.
    values.set(remembered, memory)
    if (trueFrom <= at) {
      if (!wasTrue) values[layout.trueFrom + i] = at
      if (isActive(state, i)) values[layout.falseFrom + i] = NEVER
    } else if (trueFrom > at) {
      values[layout.trueFrom + i] = trueFrom
      // What is switched off has nothing to wait for.
      if (!setting.enabled && isActive(state, i)) values[layout.falseFrom + i] = at - offDelayOf(state.restless?.get(i), setting)
      else if (isActive(state, i) && values[layout.falseFrom + i] === NEVER) values[layout.falseFrom + i] = at
    }
    settleRule(state, i, at, true, emit)
  }
}

function judge(state: Detection, at: number, emit: Emit): void {
  state.clock = at
  if (state.feeder) state.fedFrom = fedFrom(state, at)
  const { rules, silence } = state.layout
  for (let i = 0; i < rules; i++) {
    if (i !== silence || (state.isNews && state.lastHeard === at)) judgeRule(state, i, at, emit)
    else if (state.isNews) judgeSilence(state, state.lastHeard, emit)
  }
}

/** Silence is judged at the time we hear, which is ahead of the time of late reports. */
function judgeSilence(state: Detection, heard: number, emit: Emit): void {
  const { silence } = state.layout
  if (silence < 0) return
  const { fedFrom: fedThen } = state
  if (state.feeder) state.fedFrom = fedFrom(state, heard)
  judgeRule(state, silence, heard, emit)
  state.fedFrom = fedThen
}

function begin(state: Detection, index: number, trueFrom: number): void {
  state.values[state.layout.trueFrom + index] = trueFrom
  const restless = state.restless?.get(index)
  if (restless) restless.last = trueFrom
}

function judgeRule(state: Detection, index: number, at: number, emit: Emit): void {
  const { values, layout } = state
  const wasTrue = (values[layout.trueFrom + index] as number) <= at
  const trueFrom = verdict(state, index, at, wasTrue)
  if (trueFrom <= at) {
    if (!wasTrue) begin(state, index, trueFrom)
    if (state.activeCount > 0 && isActive(state, index)) values[layout.falseFrom + index] = NEVER
    settleRule(state, index, at, true, emit)
    return
  }
  if (trueFrom > at) {
    if (isActive(state, index) && values[layout.falseFrom + index] === NEVER) values[layout.falseFrom + index] = goneFrom(state, index, at)
    values[layout.trueFrom + index] = trueFrom
  }
  if (wasTrue || (state.activeCount > 0 && isActive(state, index))) settleRule(state, index, at, true, emit)
}

/** A sample that is within its limit says so of the time at which it was taken. */
function goneFrom({ facility, times }: Detection, index: number, at: number): number {
  const { ofSamples, points } = facility.kind.rules[index] as Rule
  return ofSamples ? Math.min(at, times[points[0] as number] as number) : at
}
