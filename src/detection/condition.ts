import { compileGuard, draft, type Guard, guardAsData, guardPoints, NEVER, type Rated, UNKNOWN } from './draft.ts'
import type { Expression } from './expression.ts'
import type { FacilityView, Judge, RuleDraft, RuleOptions } from './rule.ts'

export type ConditionOptions<P extends string, R extends string, N extends string> = {
  /** What engineers may change, handed to `when`. */
  parameters?: Readonly<Record<N, number>>
  /** Why what it looks for is no fault at facility time `at`; an alarm that stands then goes on. */
  explained?: (view: FacilityView, at: number) => boolean
  /** What the first point should read, for a condition that compares it with that; frozen with the alarm. */
  expected?: (values: readonly number[], rated: Rated<R>, parameters: Readonly<Record<NoInfer<N>, number>>) => number
} & (Guard<P, R, NoInfer<N>> | ConditionAsData<P, R, NoInfer<N>>)

interface ConditionAsData<P extends string, R extends string, N extends string> {
  /** Points to show before those the expression names. */
  points?: readonly P[]
  when: Expression<P, R, N>
}

export function condition<P extends string, R extends string, N extends string>(
  options: RuleOptions & ConditionOptions<P, R, N>,
): RuleDraft<P> {
  const { when, points: first = [], expected, explained } = options
  const only = typeof when === 'function' ? (options as Guard<P, R, N>) : when
  const asked = guardPoints(only)
  const points = [...new Set([...first, ...asked])]
  return draft('condition', options, {
    points,
    parameters: { ...options.parameters },
    condition: guardAsData(only),
    slots: 0,
    figures:
      expected === undefined
        ? null
        : (indices) => (view, _at, parameters) => {
            const values = indices.map((index) => view.values[index] as number)
            const due = expected(values, view.rated as Rated<R>, parameters as Readonly<Record<N, number>>)
            return Number.isNaN(due) ? {} : { expected: due }
          },
    judge(indices): Judge {
      const indexOf = (point: P) => indices[points.indexOf(point)] as number
      const holds = compileGuard(only, asked.map(indexOf))
      return (view, at, wasTrue, parameters) => {
        const now = holds(view, parameters)
        if (now && explained?.(view, at)) return wasTrue ? UNKNOWN : NEVER
        return now === undefined ? UNKNOWN : now ? at : NEVER
      }
    },
  })
}
