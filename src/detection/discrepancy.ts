import { draft, NEVER, UNKNOWN } from './draft.ts'
import type { Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface DiscrepancyOptions<P extends string> {
  command: P
  feedback: P
  tolerance?: number
}

export function discrepancy<P extends string>(options: RuleOptions & DiscrepancyOptions<P>): RuleDraft<P> {
  const { command, feedback, tolerance = 0 } = options
  return draft('discrepancy', options, {
    points: [feedback, command],
    parameters: { tolerance },
    slots: 0,
    figures:
      ([, wanted]) =>
      (view) => ({ expected: view.values[wanted as number] as number }),
    judge([actual, wanted]): Judge {
      return (view, at, _wasTrue, parameters) => {
        const difference = Math.abs((view.values[actual as number] as number) - (view.values[wanted as number] as number))
        return Number.isNaN(difference) ? UNKNOWN : difference > (parameters.tolerance as number) ? at : NEVER
      }
    },
  })
}
