import { draft, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { ExpectedOfLevel, Judge, RuleDraft, RuleOptions, RuleParameters } from './rule.ts'

export interface DeviationOptions<P extends string, R extends string, N extends string> {
  point: P
  /** What should be read at a light level from 0 (off) to 1. */
  expected: (level: number, rated: Rated<R>) => number
  /** What is compared of the point's value; the value itself when absent. */
  actual?: (value: number, rated: Rated<R>, parameters: Readonly<Record<NoInfer<N>, number>>) => number
  /** Largest difference that is none. */
  tolerance: number
  /** What engineers may change beside the tolerance, handed to `actual`. */
  parameters?: Readonly<Record<N, number>>
}

export function deviation<P extends string, R extends string, N extends string>(
  options: RuleOptions & DeviationOptions<P, R, N>,
): RuleDraft<P> {
  const { point, tolerance, actual } = options
  const ofLevel = options.expected as ExpectedOfLevel
  const read = (value: number, rated: Readonly<Record<string, number>>, parameters: RuleParameters) =>
    actual ? actual(value, rated as Rated<R>, parameters as Readonly<Record<N, number>>) : value
  return draft(
    'deviation',
    { expects: true, ...options },
    {
      points: [point],
      parameters: { ...options.parameters, tolerance },
      slots: 0,
      judge([index]): Judge {
        return (view, at, _wasTrue, parameters) => {
          const value = view.values[index as number] as number
          if (Number.isNaN(value)) return UNKNOWN
          const expected = view.expected(index as number, at, ofLevel)
          // Where nothing is expected, nothing deviates.
          if (Number.isNaN(expected)) return NEVER
          return Math.abs(read(value, view.rated, parameters) - expected) > (parameters.tolerance as number) ? at : NEVER
        }
      },
      figures:
        ([index]) =>
        (view, at) => ({ expected: view.expected(index as number, at, ofLevel) }),
    },
  )
}
