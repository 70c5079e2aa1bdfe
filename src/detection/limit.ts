import { compileGuard, draft, type GuardedOptions, guardAsData, guardPoints, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface LimitOptions<P extends string, R extends string, N extends string> extends GuardedOptions<P, R, N> {
  point: P
  high?: number | ((rated: Rated<R>) => number)
  low?: number | ((rated: Rated<R>) => number)
  deadband?: number
}

export function limit<P extends string, R extends string, N extends string>(options: RuleOptions & LimitOptions<P, R, N>): RuleDraft<P> {
  const { point, high, low, deadband = 0, only } = options
  return draft('limit', options, {
    points: [point, ...guardPoints(only)],
    parameters: { ...options.parameters, deadband, ...(typeof high === 'number' && { high }), ...(typeof low === 'number' && { low }) },
    ratedParameters: (rated) => ({
      ...(typeof high === 'function' && { high: high(rated as Rated<R>) }),
      ...(typeof low === 'function' && { low: low(rated as Rated<R>) }),
    }),
    only: guardAsData(only),
    slots: 0,
    judge([index, ...others]): Judge {
      const guard = only && compileGuard(only, others)
      return (view, at, wasTrue, parameters) => {
        const value = view.values[index as number] as number
        if (Number.isNaN(value)) return UNKNOWN
        if (guard) {
          const open = guard(view, parameters)
          if (open === undefined) return UNKNOWN
          if (!open) return NEVER
        }
        const margin = wasTrue ? (parameters.deadband as number) : 0
        return value > (parameters.high ?? NEVER) - margin || value < (parameters.low ?? -NEVER) + margin ? at : NEVER
      }
    },
  })
}
