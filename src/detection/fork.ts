import { hours } from '../telemetry/duration.ts'
import { settle } from './delays.ts'
import type { Emit } from './detection.ts'
import { isLate } from './device-clock.ts'
import type { Rule } from './rule.ts'
import { Detection, isActive } from './state.ts'
import { fedFrom } from './supply.ts'

/** What was known of a facility before a gap in its reports, on which reports from within the gap that come later are judged. */
export interface Fork {
  readonly past: Detection
  /** Device time of the report that ended the gap. */
  readonly until: number
  /** Device time until which reports from within the gap are waited for. */
  keptUntil: number
}

/** Longer than gateways usually keep reports (24 h), with time to send them. */
const LONGEST_KEPT = hours(48)
/** Reports are sent faster than they are taken: while nothing comes from a gap it is waited for as long as it lasted, and this at least. */
const LEAST_KEPT = hours(1)
/** A gap is filled when its last report is no further from its end than this many usual intervals. */
const FILLED = 1.5

/** Keeps what was known before a gap that a report of `at` is about to end. A gap in which nothing was owed is none. */
export function beginFork(state: Detection, at: number, received: number, emit: Emit): void {
  const { lastReport, patience, fork } = state
  if (!(at - lastReport > patience)) return
  if (state.feeder && fedFrom(state, at) > lastReport) return
  // A short gap does not take the place of a long one that is still to be filled.
  if (fork) {
    if (fork.until - fork.past.lastReport > at - lastReport) return
    endFork(state, emit)
  }
  // What runs out in the gap is told of the present, so it must not run out in the past too.
  settle(state, { heardUntil: Number.NEGATIVE_INFINITY, until: at, inclusive: false }, emit)
  const kept = isLate(state, at, received) ? LONGEST_KEPT : Math.min(LONGEST_KEPT, Math.max(LEAST_KEPT, at - lastReport))
  state.fork = { past: pastOf(state), until: at, keptUntil: at + kept }
}

function pastOf(state: Detection): Detection {
  const { facility, surroundings, values, layout } = state
  const past = new Detection(facility, surroundings)
  past.values.set(values)
  past.bad = state.bad && new Map(state.bad)
  past.restless = state.restless && new Map([...state.restless].map(([index, one]) => [index, { ...one, times: [...one.times] }]))
  past.opened = new Map()
  past.isBehind = false
  facility.kind.rules.forEach((rule, index) => {
    if (!isOfPresent(rule)) return
    past.values[layout.trueFrom + index] = Number.POSITIVE_INFINITY
    past.values[layout.falseFrom + index] = Number.NEGATIVE_INFINITY
  })
  for (let i = 0; i < layout.rules; i++) if (isActive(past, i)) past.activeCount++
  return past
}

/** Until when a gap that a report of `until` ended is waited for at most. */
export const longestKept = (until: number): number => until + LONGEST_KEPT

/** Rules that judge when reports come in and not what they say. */
export const isOfPresent = ({ type }: Pick<Rule, 'type'>): boolean => type === 'silence' || type === 'clock-skew'

/** The state a late report at `at` is judged on; null when it is older than what is known there too, or from no gap. */
export function pastFor(state: Detection, at: number): Detection | null {
  const { fork } = state
  if (!fork || at >= fork.until || at <= fork.past.lastReport) return null
  // What comes from a gap is not all of it.
  fork.keptUntil = longestKept(fork.until)
  return asToday(fork.past, state)
}

/** What was known before a gap is judged by the settings and the plant of today. */
function asToday(past: Detection, { facility, rated, settings, feeder, reporter }: Detection): Detection {
  return Object.assign(past, { facility, rated, settings, feeder, reporter })
}

/** Whether the gap is filled, or nothing can be expected any more of it, at a report of device time `at`. */
export function isForkOver({ fork, usualInterval, patience }: Detection, at: number): boolean {
  if (!fork) return false
  const missing = fork.until - fork.past.lastReport
  // While the present goes on, what is missing without being a gap is not waited for.
  if (at > fork.until) return missing <= patience || at > fork.keptUntil
  return missing <= usualInterval * FILLED
}

/** Ends what was judged of a gap: what is still there at its end is there in the present too, and told there. */
export function endFork(state: Detection, emit: Emit): void {
  const { fork } = state
  if (!fork) return
  const { until } = fork
  const past = asToday(fork.past, state)
  settle(past, { heardUntil: Number.NEGATIVE_INFINITY, until, inclusive: false }, emit)
  for (const [index, since] of past.opened ?? []) {
    const setting = past.settings[index]
    const rule = state.facility.kind.rules[index]
    if (setting && rule)
      emit({
        facility: state.facility,
        rule,
        setting,
        active: false,
        at: Math.max(until, past.toldUntil),
        late: true,
        chattering: null,
        historySince: since,
      })
  }
  // Only now: who hears of the last changes looks there for what they are judged on.
  state.fork = null
}
