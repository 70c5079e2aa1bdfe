import { compileGuard, draft, type GuardedOptions, guardAsData, guardPoints, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'

export interface RateOptions<P extends string, R extends string, N extends string> extends GuardedOptions<P, R, N> {
  point: P
  perMinute: number
  window: number
  /** Only a fall from at least, or a rise from at most, this value counts: below it there is nothing to lose. */
  from?: number | ((rated: Rated<R>) => number)
}

/** Samples a window is divided into; more follow a ramp more closely and cost memory. */
const RATE_SAMPLES = 6
const msPerMinute = 60_000

type RateParameters = RuleParameters & { window: number; perMinute: number }

function isFast(slope: number, before: number, { perMinute, from }: RateParameters): boolean {
  if (perMinute >= 0) return slope > perMinute && !(from !== undefined && before > from)
  return slope < perMinute && !(from !== undefined && before < from)
}

export function rate<P extends string, R extends string, N extends string>(options: RuleOptions & RateOptions<P, R, N>): RuleDraft<P> {
  const { point, perMinute, window, from, only } = options
  return draft('rate', options, {
    points: [point, ...guardPoints(only)],
    parameters: { ...options.parameters, perMinute, window, ...(typeof from === 'number' && { from }) },
    ratedParameters: (rated) => (typeof from === 'function' ? { from: from(rated as Rated<R>) } : {}),
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
        const { window } = parameters as RateParameters
        // memory: pairs (time, value), oldest first, at least window / RATE_SAMPLES apart; NaN behind the last.
        let count = 0
        while (count < RATE_SAMPLES && !Number.isNaN(memory[base + count * 2] as number)) count++
        while (taken - (memory[base + 2] as number) >= window) {
          memory.copyWithin(base, base + 2, base + count * 2)
          count--
          memory[base + count * 2] = UNKNOWN
        }
        const before = memory[base + 1] as number
        const span = taken - (memory[base] as number)
        const slope = span >= window / 2 ? ((value - before) / span) * msPerMinute : 0
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
        return isFast(slope, before, parameters as RateParameters) ? at : NEVER
      }
    },
  })
}
