import { compileGuard, draft, type GuardedOptions, guardAsData, guardPoints, NEVER, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface RateOptions<P extends string, R extends string, N extends string> extends GuardedOptions<P, R, N> {
  point: P
  perMinute: number
  window: number
}

/** Samples a window is divided into; more follow a ramp more closely and cost memory. */
const RATE_SAMPLES = 6
const msPerMinute = 60_000

export function rate<P extends string, R extends string, N extends string>(options: RuleOptions & RateOptions<P, R, N>): RuleDraft<P> {
  const { point, perMinute, window, only } = options
  return draft('rate', options, {
    points: [point, ...guardPoints(only)],
    parameters: { ...options.parameters, perMinute, window },
    only: guardAsData(only),
    slots: RATE_SAMPLES * 2,
    timeSlots: Array.from({ length: RATE_SAMPLES }, (_, i) => 2 * i),
    judge([index, ...others]): Judge {
      const guard = only && compileGuard(only, others)
      return (view, at, _wasTrue, parameters, memory, base) => {
        const value = view.values[index as number] as number
        const taken = view.times[index as number] as number
        // Other points' reports say nothing of this one.
        if (Number.isNaN(value) || taken < view.lastReport) return UNKNOWN
        const { window, perMinute } = parameters as { window: number; perMinute: number }
        // memory: pairs (time, value), oldest first, at least window / RATE_SAMPLES apart; NaN behind the last.
        let count = 0
        while (count < RATE_SAMPLES && !Number.isNaN(memory[base + count * 2] as number)) count++
        while (taken - (memory[base + 2] as number) >= window) {
          memory.copyWithin(base, base + 2, base + count * 2)
          count--
          memory[base + count * 2] = UNKNOWN
        }
        const first = memory[base] as number
        const span = taken - first
        const slope = span >= window / 2 ? ((value - (memory[base + 1] as number)) / span) * msPerMinute : 0
        if (count === 0 || taken - (memory[base + (count - 1) * 2] as number) >= window / RATE_SAMPLES) {
          if (count === RATE_SAMPLES) {
            memory.copyWithin(base, base + 2, base + RATE_SAMPLES * 2)
            count--
          }
          memory[base + count * 2] = taken
          memory[base + count * 2 + 1] = value
        }
        // After a gap the difference says nothing about a rate.
        if (span > window * 2) return NEVER
        const open = guard ? guard(view, parameters) : true
        if (open === undefined) return UNKNOWN
        if (!open) return NEVER
        return perMinute >= 0 ? (slope > perMinute ? at : NEVER) : slope < perMinute ? at : NEVER
      }
    },
  })
}
