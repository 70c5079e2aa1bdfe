import { compileGuard, draft, type Guard, guardPoints, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface ConditionOptions<P extends string, R extends string, N extends string> extends Guard<P, R, NoInfer<N>> {
  consecutive?: number
  /** What engineers may change, handed to `when`. */
  parameters?: Readonly<Record<N, number>>
  /** What the first point should read, for a condition that compares it with that; frozen with the alarm. */
  expected?: (values: readonly number[], rated: Rated<R>, parameters: Readonly<Record<NoInfer<N>, number>>) => number
}

export function condition<P extends string, R extends string, N extends string>(
  options: RuleOptions & ConditionOptions<P, R, N>,
): RuleDraft<P> {
  const { consecutive = 1, expected } = options
  return draft('condition', options, {
    points: guardPoints(options),
    parameters: { ...options.parameters, ...(consecutive > 1 && { consecutive }) },
    slots: consecutive > 1 ? 2 : 0,
    figures:
      expected === undefined
        ? null
        : (indices) => (view, _at, parameters) => {
            const values = indices.map((index) => view.values[index] as number)
            const due = expected(values, view.rated as Rated<R>, parameters as Readonly<Record<N, number>>)
            return Number.isNaN(due) ? {} : { expected: due }
          },
    judge(indices): Judge {
      const holds = compileGuard(options, indices)
      if (consecutive === 1) {
        return (view, at, _wasTrue, parameters) => {
          const now = holds(view, parameters)
          return now === undefined ? UNKNOWN : now ? at : NEVER
        }
      }
      return (view, at, wasTrue, parameters, memory, base) => {
        const now = holds(view, parameters)
        if (now === undefined) return UNKNOWN
        if (!now) {
          memory[base] = 0
          return NEVER
        }
        // memory: reports in a row, time of the last one counted.
        if (memory[base + 1] !== at) memory[base] = (memory[base] || 0) + 1
        memory[base + 1] = at
        return wasTrue || (memory[base] as number) >= (parameters.consecutive as number) ? at : NEVER
      }
    },
  })
}
