import { compileGuard, draft, type Guard, guardPoints, NEVER, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface ConditionOptions<P extends string, R extends string, N extends string> extends Guard<P, R, NoInfer<N>> {
  consecutive?: number
  /** What engineers may change, handed to `when`. */
  parameters?: Readonly<Record<N, number>>
}

export function condition<P extends string, R extends string, N extends string>(
  options: RuleOptions & ConditionOptions<P, R, N>,
): RuleDraft<P> {
  const { consecutive = 1 } = options
  return draft('condition', options, {
    points: guardPoints(options),
    parameters: { ...options.parameters, ...(consecutive > 1 && { consecutive }) },
    slots: consecutive > 1 ? 2 : 0,
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
