import type { Priority, RuleSetting } from '../detection/rule.ts'
import type { Facility } from './plant.ts'
import { RuleBook } from './rule-book.ts'
import type { FacilityGroup, RuleOverride, RuleScope } from './rule-settings.ts'
import type { RuleVersion } from './rule-version.ts'

/** What a limit is from a time on; null: the rule does not judge. */
export interface LimitStep {
  /** ms since 1970 */
  at: number
  value: number | null
  priority: Priority
}

/** A limit of a point over a time, as it was in force; the first step is at its start. */
export interface LimitLine {
  rule: string
  point: string
  side: 'high' | 'low'
  steps: LimitStep[]
}

interface LimitsAsked {
  facility: Facility
  groups: readonly FacilityGroup[]
  /** In force now. */
  overrides: readonly RuleOverride[]
  /** Changes of the rules, newest first; those before `from` do not matter. */
  versions: readonly RuleVersion[]
  from: number
  to: number
}

const sides = ['high', 'low'] as const

/**
 * The limits of a facility over a time, `to` exclusive, ms since 1970. Rated values and membership of groups are taken as they are now; what
 * engineers changed is undone back to when it counted.
 */
export function limitLines({ facility, groups, overrides, versions, from, to }: LimitsAsked): LimitLine[] {
  const memberships = new Set(new RuleBook(groups).groupsOf(facility))
  // A city has thousands of changes that do not concern this one, and every one that does is gone back through below.
  const isOfIt = ({ kind, group, facility: id }: RuleScope) =>
    kind === facility.kind.key && (id === null || id === facility.id) && (group === null || memberships.has(group))
  const own = versions.filter(isOfIt)
  const times = [from, ...own.map(({ at }) => at).filter((at) => at > from && at < to)].sort((a, b) => b - a)
  const ownGroups = groups.filter(({ name }) => memberships.has(name))
  const settings = [...overridesOver(overrides.filter(isOfIt), own, new Set(times))]
    .map(([at, inForce]) => ({ at, of: new RuleBook(ownGroups, inForce).settingsOf(facility) }))
    .reverse()
  return facility.kind.rules.flatMap((rule, i) =>
    sides.flatMap((side): LimitLine[] => {
      const point = rule.type === 'limit' ? facility.kind.table.keys[rule.points[0] as number] : undefined
      if (point === undefined) return []
      const steps = settings.map(({ at, of }) => stepOf(at, of[i] as RuleSetting, side))
      return steps.some(({ value }) => value !== null) ? [{ rule: rule.key, point, side, steps: changesOf(steps) }] : []
    }),
  )
}

const stepOf = (at: number, { enabled, parameters, priority }: RuleSetting, side: 'high' | 'low'): LimitStep => ({
  at,
  value: enabled ? (parameters[side] ?? null) : null,
  priority,
})

const changesOf = (steps: readonly LimitStep[]): LimitStep[] =>
  steps.filter(({ value, priority }, i) => i === 0 || value !== steps[i - 1]?.value || priority !== steps[i - 1]?.priority)

const placeOf = ({ kind, group, facility, rule }: Pick<RuleVersion, 'kind' | 'group' | 'facility' | 'rule'>) =>
  JSON.stringify([kind, group, facility, rule])

/** The overrides as they were at some times, the latest first as the times are; `versions` newest first. */
export function* overridesOver(
  overrides: readonly RuleOverride[],
  versions: readonly RuleVersion[],
  times: Iterable<number>,
): Generator<[at: number, inForce: RuleOverride[]]> {
  const byPlace = new Map(overrides.map((override) => [placeOf(override), override]))
  const left = versions.toSorted((a, b) => b.at - a.at).values()
  let next = left.next()
  for (const at of times) {
    for (; !next.done && next.value.at > at; next = left.next()) undo(next.value, byPlace)
    yield [at, [...byPlace.values()]]
  }
}

function undo(version: RuleVersion, byPlace: Map<string, RuleOverride>): void {
  const { id, kind, group, facility, rule, before, reason, by, at } = version
  if (before === null) byPlace.delete(placeOf(version))
  else byPlace.set(placeOf(version), { id, version: id, kind, group, facility, rule, changes: before, reason, by, at })
}
