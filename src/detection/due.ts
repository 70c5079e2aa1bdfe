import { offDelayOf, onDelayOf } from './chattering.ts'
import type { RuleSetting } from './rule.ts'
import type { Detection } from './state.ts'

const NEVER = Number.POSITIVE_INFINITY
const OFF = Number.NEGATIVE_INFINITY

/** Device time up to which the last report speaks. */
export const knownUntil = (state: Detection) => state.lastReport + state.patience

function dueOf(trueFrom: number, falseFrom: number, onDelay: number, offDelay: number): number {
  if (falseFrom === OFF) return trueFrom + onDelay
  // While the condition is on and the fault there, nothing is pending.
  return falseFrom === NEVER ? NEVER : Math.min(falseFrom + offDelay, trueFrom)
}

/** Our time at which the delay of a rule runs out; Infinity when none runs, or when its end is beyond what is `known`. */
export function ruleDue(state: Detection, index: number, known: number): number {
  const { values, layout, settings } = state
  const setting = settings[index] as RuleSetting
  const restless = state.restless?.get(index)
  const trueFrom = values[layout.trueFrom + index] as number
  const falseFrom = values[layout.falseFrom + index] as number
  const due = dueOf(trueFrom, falseFrom, onDelayOf(restless, setting), offDelayOf(restless, setting))
  if (index === layout.silence) return state.lastReceived + (due - state.lastHeard)
  return due <= known ? state.lastReceived + (due - state.lastReport) : NEVER
}

/** Our time at which the next delay or silence runs out, Infinity when nothing is pending. */
export function nextDue(state: Detection): number {
  const { values, layout, activeCount } = state
  const known = knownUntil(state)
  let next = state.isBehind ? state.lastReceived + state.patience : NEVER
  for (let i = 0; i < layout.rules; i++) {
    if (values[layout.trueFrom + i] === NEVER && activeCount === 0) continue
    const due = ruleDue(state, i, known)
    if (due < next) next = due
  }
  return next
}
