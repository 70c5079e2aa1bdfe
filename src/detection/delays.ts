import { awaitedVerdict } from './awaited-verdict.ts'
import { chatteringOf, isQuiet, mayChatter, noteActivation, offDelayOf, onDelayOf } from './chattering.ts'
import type { ConditionChange, Emit } from './detection.ts'
import { knownUntil } from './due.ts'
import { isOfPresent } from './fork.ts'
import type { Rule, RuleSetting } from './rule.ts'
import { type Detection, eventTime, facilityTime, isActive } from './state.ts'
import { fedFrom } from './supply.ts'
import { verdict } from './verdict.ts'

const NEVER = Number.POSITIVE_INFINITY
const OFF = Number.NEGATIVE_INFINITY

/** How far delays may run: silence to `heardUntil`, the others to the event time `until`. */
export interface Passed {
  heardUntil: number
  until: number
  inclusive: boolean
}

/**
 * Lets delays run. A condition is as the last report left it for as long as silence takes to be one; beyond that nobody knows, so the delays
 * of all but silence stand still.
 */
export function settle(state: Detection, { heardUntil, until, inclusive }: Passed, emit: Emit): void {
  const { values, layout } = state
  const known = knownUntil(state)
  for (let i = 0; i < layout.rules; i++) {
    if (values[layout.trueFrom + i] === NEVER && state.activeCount === 0) continue
    if (i === layout.silence) settleRule(state, i, heardUntil, inclusive, emit)
    else if (until > known) settleRule(state, i, known, true, emit)
    else settleRule(state, i, until, inclusive, emit)
  }
}

/** Lets time pass up to `now` of our clock. Returns true when late reports have ended with it: what they said last is what is known now. */
export function passTime(state: Detection, now: number, emit: Emit): boolean {
  const heardUntil = facilityTime(state, now)
  settle(state, { heardUntil, until: eventTime(state, now), inclusive: true }, emit)
  if (!state.isBehind || heardUntil < state.lastHeard + state.patience) return false
  state.isBehind = false
  return true
}

/** The time of which nothing was known before the report at `at` is no part of a delay. */
export function skipUnknown(state: Detection, at: number): void {
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

export function settleRule(state: Detection, index: number, until: number, inclusive: boolean, emit: Emit): void {
  const { values, layout } = state
  const setting = state.settings[index] as RuleSetting
  const restless = state.restless?.get(index)
  const falseFrom = layout.falseFrom + index
  const trueFrom = layout.trueFrom + index
  const passed = (due: number) => due < until || (inclusive && due === until)
  if (isActive(state, index)) {
    const due = (values[falseFrom] as number) + offDelayOf(restless, setting)
    const back = values[trueFrom] as number
    if (back <= due && passed(back)) values[falseFrom] = NEVER
    else if (passed(due)) {
      values[falseFrom] = OFF
      state.activeCount--
      tell(state, index, false, due, emit)
    }
  }
  if (!isActive(state, index)) {
    const onDelay = onDelayOf(restless, setting)
    let due = (values[trueFrom] as number) + onDelay
    if (passed(due) && index === layout.silence) {
      // Nothing was reported since, but what feeds it or reports for it may have changed what its silence means.
      values[trueFrom] = silentFrom(state, index, due - onDelay)
      due = (values[trueFrom] as number) + onDelay
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
  const rule = facility.kind.rules[index] as Rule
  const at = dateOf(state, rule, isSilence, active, due)
  if (isSilence) state.silenceToldUntil = at
  else if (!rule.ofSamples) state.toldUntil = at
  if (active && mayChatter(rule)) {
    state.restless ??= new Map()
    state.restless.set(index, noteActivation(state.restless.get(index), due, at))
  }
  const setting = settings[index] as RuleSetting
  const change = { facility, rule, setting, active, at, chattering: chatteringOf(state.restless?.get(index), setting) }
  if (!state.opened) emit({ ...change, late: state.isBehind && !isOfPresent(rule) && !rule.ofSamples })
  else tellHistory(state.opened, index, change, emit)
}

/** A fault found in a sample has its date, one of reports none before what was told. */
function dateOf(state: Detection, { ofSamples, points: [point] }: Rule, isSilence: boolean, active: boolean, due: number): number {
  if (!ofSamples) return Math.max(due, isSilence ? state.silenceToldUntil : state.toldUntil)
  const taken = state.times[point as number] as number
  return active ? taken : Math.max(due, taken)
}

/** Of the past only what began in it is told: what was there before is in the present, whose alarm tells of it. */
function tellHistory(opened: Map<number, number>, index: number, change: Omit<ConditionChange, 'late'>, emit: Emit): void {
  if (change.active) opened.set(index, change.at)
  const historySince = opened.get(index)
  if (!change.active) opened.delete(index)
  if (historySince !== undefined) emit({ ...change, late: true, historySince })
}

/** A rule that has not come for long enough has its own delays again; one that chattered is told to do so no more. */
export function calm(state: Detection, at: number, emit: Emit): void {
  const { restless, facility, settings } = state
  if (!restless) return
  for (const [index, one] of restless) {
    if (!isQuiet(one, at)) continue
    restless.delete(index)
    if (Number.isNaN(one.since) || state.opened) continue
    const change = { facility, rule: facility.kind.rules[index] as Rule, setting: settings[index] as RuleSetting }
    emit({ ...change, active: isActive(state, index), at: Math.max(at, state.toldUntil), late: state.isBehind, chattering: null })
  }
  if (restless.size === 0) state.restless = null
}

function silentFrom(state: Detection, index: number, at: number): number {
  if (!state.feeder && !state.reporter) return at
  state.fedFrom = fedFrom(state, at)
  const judged = verdict(state, index, at, false)
  return Number.isNaN(judged) ? at : Math.max(at, judged, awaitedVerdict(state, judged))
}
