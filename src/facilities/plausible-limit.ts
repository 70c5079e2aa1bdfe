import type { Expression } from '../detection/expression.ts'
import type { Rule } from '../detection/rule.ts'
import type { AnalogPoint } from '../telemetry/point.ts'
import type { FacilityKind } from './facility-kind.ts'

/** The keys of the points that a parameter of a rule is compared with as it is. */
function pointsCompared({ type, points, condition, only }: Rule, name: string, keys: readonly string[]): string[] {
  const isLimit = (type === 'limit' && (name === 'high' || name === 'low')) || (type === 'mean' && name === 'high')
  const own = isLimit ? [keys[points[0] as number] as string] : []
  return [...own, ...[condition, only].flatMap((each) => (each ? comparedIn(each, name) : []))]
}

function comparedIn(expression: Expression, name: string): string[] {
  if ('all' in expression) return expression.all.flatMap((term) => comparedIn(term, name))
  if ('any' in expression) return expression.any.flatMap((term) => comparedIn(term, name))
  if ('not' in expression) return comparedIn(expression.not, name)
  if ('certainly' in expression) return comparedIn(expression.certainly, name)
  const operand = 'above' in expression ? expression.above : 'below' in expression ? expression.below : expression.is
  return operand === name && 'point' in expression ? [expression.point] : []
}

/** Why a limit says nothing about its point, in words: no reading can be beyond it, or none can be within. */
export function limitProblem({ table }: FacilityKind, rule: Rule, name: string, value: number): string | undefined {
  const points = pointsCompared(rule, name, table.keys).map((key) => table.points[table.index.get(key) as number] as AnalogPoint)
  const beyond = points.find(({ plausible }) => plausible && (value < plausible[0] || value > plausible[1]))
  return beyond && `is ${value}, and ${beyond.title.en} can only be ${beyond.plausible.join(' to ')} ${beyond.unit}`
}

/** Limits that rated values of a facility put where they say nothing, in words. */
export function ratedLimitProblems(kind: FacilityKind, rated: Readonly<Record<string, number>>): string[] {
  const all = { ...kind.rated, ...rated }
  return kind.rules.flatMap((rule) =>
    Object.entries(rule.ratedParameters(all)).flatMap(([name, value]) => {
      const problem = limitProblem(kind, rule, name, value)
      return problem ? [`by its rated values ${name} of ${rule.key} ${problem}`] : []
    }),
  )
}
