import type { EffectiveRuleView } from '../../../../src/edges/http/rule-schemas.ts'
import type { KindView } from '../../../../src/edges/http/schemas.ts'
import type { PlotLimit } from '../plots/plot.tsx'
import { limitsOf } from '../plots/plot-data.ts'
import { inForceOf, usualOf } from '../rules/in-force.ts'

export type Limits = ReadonlyMap<string, PlotLimit[]>

/** Rules of a kind with what is in force of them; as declared where nobody said otherwise. Rules that are off are left out. */
function judging(kind: KindView, inForce: readonly EffectiveRuleView[] | null) {
  const known = new Map(inForce?.map((one) => [one.rule, inForceOf(one)]))
  return kind.rules.map((rule) => ({ rule, ...(known.get(rule.key) ?? usualOf(rule)) })).filter(({ enabled }) => enabled)
}

/** Limits of a facility's rules as they are in force, by the point they judge. */
export function limitsByPoint(kind: KindView, inForce: readonly EffectiveRuleView[] | null): Limits {
  const found = new Map<string, PlotLimit[]>()
  for (const { rule, parameters, priority } of judging(kind, inForce)) {
    const point = rule.points[0]
    if (rule.type !== 'limit' || point === undefined) continue
    const own = limitsOf(parameters).map((value): PlotLimit => ({ value, priority, point }))
    found.set(point, [...(found.get(point) ?? []), ...own])
  }
  return found
}

/** Ms after which a value counts as old, as the rule about silence has it; null without one. */
export const oldAfterOf = (kind: KindView, inForce: readonly EffectiveRuleView[] | null): number | null =>
  judging(kind, inForce).find(({ rule }) => rule.type === 'silence')?.parameters.period ?? null
