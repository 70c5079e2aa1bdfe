import { draft, NEVER, type Rated } from './draft.ts'
import type { ExpectedOfLevel, Judge, RuleDraft, RuleOptions } from './rule.ts'

export interface UnsaidOptions<P extends string, R extends string> {
  point: P
  /** What should be read at a light level from 0 (off) to 1. */
  expected: (level: number, rated: Rated<R>) => number
  /** What one that never said it is taken to read: where that is expected, nothing is missing. */
  assumed: number
}

export function unsaid<P extends string, R extends string>(options: RuleOptions & UnsaidOptions<P, R>): RuleDraft<P> {
  const { point, assumed } = options
  const ofLevel = options.expected as ExpectedOfLevel
  return draft(
    'deviation',
    { expects: true, ...options },
    {
      points: [point],
      parameters: {},
      slots: 0,
      judge([index]): Judge {
        return (view, at) => {
          if (!Number.isNaN(view.times[index as number] as number)) return NEVER
          const expected = view.expected(index as number, at, ofLevel)
          return Number.isNaN(expected) || expected === assumed ? NEVER : at
        }
      },
      figures:
        ([index]) =>
        (view, at) => ({ expected: view.expected(index as number, at, ofLevel) }),
    },
  )
}
