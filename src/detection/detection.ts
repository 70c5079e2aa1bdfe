import type { DetectedFacility } from './detected-facility.ts'
import { isLate } from './device-clock.ts'
import type { FacilityMode } from './facility-mode.ts'
import { begunAt, nextWithin } from './hours.ts'
import type { Rule, RuleSetting } from './rule.ts'
import { type Detection, eventTime, facilityTime, isActive, patienceOf } from './state.ts'
import { awaitedVerdict, fedFrom } from './supply.ts'

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
}

export type Emit = (change: ConditionChange) => void

const NEVER = Number.POSITIVE_INFINITY
const OFF = Number.NEGATIVE_INFINITY

/** Takes note of an admitted report with something new in it and judges all rules at its time. */
export function observe(state: Detection, at: number, received: number, emit: Emit): void {
  state.isBehind = isLate(state, at, received)
  const heard = state.isBehind && !Number.isNaN(state.clockOffset) ? received - state.clockOffset : at
  // After a pause only the time in which we listened counts as silence.
  const heardUntil = state.isResumed ? Math.min(heard, facilityTime(state, received)) : heard
  settle(state, { heardUntil, until: at, inclusive: false }, emit)
  state.isResumed = false
  // A moment may be told in several messages.
  state.isNews = !(at <= state.lastReport)
  if (state.isNews) {
    skipUnknown(state, at)
    state.lastReport = at
    state.lastHeard = heard
    state.lastReceived = received
    // The first report after an offline will proves the link, whatever became of the greeting.
    state.offlineSince = Number.NaN
  }
  judge(state, Math.max(at, state.clock), emit)
  state.isNews = false
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
  if (Number.isNaN(state.lastReport)) return
  const at = Math.max(facilityTime(state, now), state.clock)
  state.clock = at
  if (state.feeder) state.fedFrom = fedFrom(state, at)
  const { values, layout, settings, facility } = state
  const isModeChanged = inForce(state).mode !== before.mode
  for (let i = 0; i < layout.rules; i++) {
    const setting = settings[i] as RuleSetting
    if (setting === before.settings[i] && !(isModeChanged && setting.modes)) continue
    const wasTrue = (values[layout.trueFrom + i] as number) <= at
    const { slots } = facility.kind.rules[i] as Rule
    const memory = layout.memories[i] as number
    const remembered = values.slice(memory, memory + slots)
    const trueFrom = verdict(state, i, state.lastReport, wasTrue)
    // The report was counted when it came.
    values.set(remembered, memory)
    if (trueFrom <= at) {
      if (!wasTrue) values[layout.trueFrom + i] = at
      if (isActive(state, i)) values[layout.falseFrom + i] = NEVER
    } else if (trueFrom > at) {
      values[layout.trueFrom + i] = trueFrom
      // What is switched off has nothing to wait for.
      if (isActive(state, i) && values[layout.falseFrom + i] === NEVER)
        values[layout.falseFrom + i] = setting.enabled ? at : at - setting.offDelay
    }
    settleRule(state, i, at, true, emit)
  }
}

function judge(state: Detection, at: number, emit: Emit): void {
  state.clock = at
  if (state.feeder) state.fedFrom = fedFrom(state, at)
  const { rules, silence } = state.layout
  for (let i = 0; i < rules; i++) {
    if (i !== silence) judgeRule(state, i, at, emit)
    else if (state.isNews) judgeSilence(state, state.lastHeard, emit)
  }
}

/** Silence is judged at the time we hear, which is ahead of the time of late reports. */
function judgeSilence(state: Detection, heard: number, emit: Emit): void {
  const { silence } = state.layout
  if (silence < 0) return
  const { fedFrom: fedThen } = state
  if (state.feeder && heard !== state.clock) state.fedFrom = fedFrom(state, heard)
  judgeRule(state, silence, heard, emit)
  state.fedFrom = fedThen
}

function judgeRule(state: Detection, index: number, at: number, emit: Emit): void {
  const { values, layout } = state
  const wasTrue = (values[layout.trueFrom + index] as number) <= at
  const trueFrom = verdict(state, index, at, wasTrue)
  if (trueFrom <= at) {
    if (!wasTrue) values[layout.trueFrom + index] = trueFrom
    if (state.activeCount > 0 && isActive(state, index)) values[layout.falseFrom + index] = NEVER
    settleRule(state, index, at, true, emit)
    return
  }
  if (trueFrom > at) {
    if (isActive(state, index) && values[layout.falseFrom + index] === NEVER) values[layout.falseFrom + index] = at
    values[layout.trueFrom + index] = trueFrom
  }
  if (wasTrue || (state.activeCount > 0 && isActive(state, index))) settleRule(state, index, at, true, emit)
}

/** The time since which the fault has been there, as `Judge` says it. */
function verdict(state: Detection, index: number, at: number, wasTrue: boolean): number {
  const { facility, layout, settings } = state
  const rule = facility.kind.rules[index] as Rule
  const setting = settings[index] as RuleSetting
  if (!setting.enabled) return NEVER
  // What was found while it was fed stays found; what was only suspected is explained by the switching.
  if (rule.whileFed && index !== layout.silence && state.fedFrom > at) return isActive(state, index) ? Number.NaN : NEVER
  const since = rule.judge(state, at, wasTrue, setting.parameters, state.values, layout.memories[index] as number)
  return setting.modes === null && setting.hours === null ? since : timely(state, setting, at, since)
}

/** A verdict as far as it falls into the modes and hours of the rule, which go on learning outside of them. */
function timely(state: Detection, { modes, hours }: RuleSetting, at: number, since: number): number {
  if (modes && !modes.includes(state.facility.mode ?? 'auto')) return NEVER
  if (!hours) return since
  const local = state.localTime(at)
  if (since > at && since < NEVER) return since + nextWithin(hours, state.localTime(since)) - state.localTime(since)
  const begun = begunAt(hours, local)
  // What was there before the hours began counts from their beginning.
  return Number.isNaN(begun) ? NEVER : since < NEVER ? Math.max(since, at + begun - local) : since
}

/** How far delays may run: silence to `heardUntil`, the others to the event time `until`. */
interface Passed {
  heardUntil: number
  until: number
  inclusive: boolean
}

/**
 * Lets delays run. A condition is as the last report left it for as long as silence takes to be one; beyond that nobody knows, so the delays
 * of all but silence stand still.
 */
function settle(state: Detection, { heardUntil, until, inclusive }: Passed, emit: Emit): void {
  const { values, layout } = state
  const known = knownUntil(state)
  for (let i = 0; i < layout.rules; i++) {
    if (values[layout.trueFrom + i] === NEVER && state.activeCount === 0) continue
    if (i === layout.silence) settleRule(state, i, heardUntil, inclusive, emit)
    else if (until > known) settleRule(state, i, known, true, emit)
    else settleRule(state, i, until, inclusive, emit)
  }
}

/** Lets time pass up to `now` of our clock. */
export function passTime(state: Detection, now: number, emit: Emit): void {
  settle(state, { heardUntil: facilityTime(state, now), until: eventTime(state, now), inclusive: true }, emit)
}

/** Device time up to which the last report speaks. */
const knownUntil = (state: Detection) => state.lastReport + patienceOf(state)

/** The time of which nothing was known before the report at `at` is no part of a delay. */
function skipUnknown(state: Detection, at: number): void {
  const known = knownUntil(state)
  if (!(at > known)) return
  const { values, layout } = state
  for (let i = 0; i < layout.rules; i++) {
    if (i === layout.silence) continue
    for (const place of [layout.trueFrom + i, layout.falseFrom + i]) {
      if ((values[place] as number) <= known && values[place] !== OFF) values[place] = (values[place] as number) + (at - known)
    }
  }
}

function settleRule(state: Detection, index: number, until: number, inclusive: boolean, emit: Emit): void {
  const { values, layout } = state
  const setting = state.settings[index] as RuleSetting
  const falseFrom = layout.falseFrom + index
  const trueFrom = layout.trueFrom + index
  const passed = (due: number) => due < until || (inclusive && due === until)
  if (isActive(state, index)) {
    const due = (values[falseFrom] as number) + setting.offDelay
    const back = values[trueFrom] as number
    if (back <= due && passed(back)) values[falseFrom] = NEVER
    else if (passed(due)) {
      values[falseFrom] = OFF
      state.activeCount--
      tell(state, index, false, due, emit)
    }
  }
  if (!isActive(state, index)) {
    let due = (values[trueFrom] as number) + setting.onDelay
    if (passed(due) && index === layout.silence) {
      // Nothing was reported since, but what feeds it or reports for it may have changed what its silence means.
      values[trueFrom] = silentFrom(state, index, due - setting.onDelay)
      due = (values[trueFrom] as number) + setting.onDelay
    }
    if (passed(due)) {
      values[falseFrom] = NEVER
      state.activeCount++
      tell(state, index, true, due, emit)
    }
  }
}

function tell(state: Detection, index: number, active: boolean, due: number, emit: Emit): void {
  const { facility, settings, layout } = state
  const isSilence = index === layout.silence
  const at = Math.max(due, isSilence ? state.silenceToldUntil : state.toldUntil)
  if (isSilence) state.silenceToldUntil = at
  else state.toldUntil = at
  emit({
    facility,
    rule: facility.kind.rules[index] as Rule,
    setting: settings[index] as RuleSetting,
    active,
    at,
    late: false,
    chattering: null,
  })
}

function silentFrom(state: Detection, index: number, at: number): number {
  if (!state.feeder && !state.reporter) return at
  state.fedFrom = fedFrom(state, at)
  const judged = verdict(state, index, at, false)
  return Number.isNaN(judged) ? at : Math.max(at, judged, awaitedVerdict(state))
}

/** Our time at which the next delay or silence runs out, Infinity when nothing is pending. */
export function nextDue(state: Detection): number {
  const { values, layout, settings } = state
  const known = knownUntil(state)
  let passing = NEVER
  for (let i = 0; i < layout.rules; i++) {
    const trueFrom = values[layout.trueFrom + i] as number
    if (trueFrom === NEVER && state.activeCount === 0) continue
    const { onDelay, offDelay } = settings[i] as RuleSetting
    const falseFrom = values[layout.falseFrom + i] as number
    // While the condition is on and the fault there, nothing is pending.
    const due = falseFrom === OFF ? trueFrom + onDelay : falseFrom === NEVER ? NEVER : Math.min(falseFrom + offDelay, trueFrom)
    if (i === layout.silence) passing = Math.min(passing, due - state.lastHeard)
    else if (due <= known) passing = Math.min(passing, due - state.lastReport)
  }
  return state.lastReceived + passing
}
