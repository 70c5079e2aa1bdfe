import { isOfPresent } from './fork.ts'
import { begunAt, nextWithin } from './hours.ts'
import type { Rule, RuleSetting } from './rule.ts'
import { type Detection, isActive } from './state.ts'

const NEVER = Number.POSITIVE_INFINITY

/** The time since which the fault has been there, as `Judge` says it. */
export function verdict(state: Detection, index: number, at: number, wasTrue: boolean): number {
  const { facility, layout, settings } = state
  const rule = facility.kind.rules[index] as Rule
  const setting = settings[index] as RuleSetting
  if (state.opened && isOfPresent(rule)) return Number.NaN
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
