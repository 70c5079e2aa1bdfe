import { compileGuard, draft, type GuardedOptions, guardAsData, guardPoints, NEVER, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface StuckOptions<P extends string, R extends string, N extends string> extends GuardedOptions<P, R, N> {
  point: P
  period: number
  tolerance: number
}

export function stuck<P extends string, R extends string, N extends string>(options: RuleOptions & StuckOptions<P, R, N>): RuleDraft<P> {
  const { point, period, tolerance, only } = options
  return draft('stuck', options, {
    points: [point, ...guardPoints(only)],
    parameters: { ...options.parameters, period, tolerance },
    only: guardAsData(only),
    // Since when the value has not moved, the value, when it was last read.
    slots: 3,
    timeSlots: [0, 2],
    judge([index, ...others]): Judge {
      const guard = only && compileGuard(only, others)
      return (view, at, wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        // Other points' reports say nothing of this one.
        if (Number.isNaN(value) || (view.times[index as number] as number) < view.lastReport) return UNKNOWN
        const open = guard ? guard(view, parameters) : true
        if (open === undefined) return UNKNOWN
        const period = parameters.period as number
        const moved = !(Math.abs(value - (memory[base + 1] as number)) <= (parameters.tolerance as number))
        // The same value before and after a long pause says nothing of the time between.
        const isAfterPause = !wasTrue && at - (memory[base + 2] as number) >= period
        memory[base + 2] = at
        if (moved || !open || isAfterPause) {
          memory[base] = at
          memory[base + 1] = value
          return NEVER
        }
        // Judged at a report only: without reports the facility is silent, not stuck; nor does it owe a change while its circuit is off.
        const since = Math.max(memory[base] as number, view.fedFrom)
        return wasTrue || at - since >= period ? at : NEVER
      }
    },
  })
}
