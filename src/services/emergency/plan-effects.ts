import type { Priority } from '../../detection/rule.ts'
import { ruleIndex } from '../../detection/rule-key.ts'
import { dutyAt } from '../../dispatch/duty.ts'
import type { PlanEffects } from '../../edges/emergency-plans.ts'
import { parseFacilityQuery } from '../../facilities/facility-query.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { Activation } from '../../operations/emergency-plan.ts'
import { dutyUnderPlans } from '../../operations/emergency-plan-duty.ts'
import type { ServiceParts } from '../parts.ts'
import { type ActivePlans, facilitiesIn, isInArea } from './active-plans.ts'
import type { PlanLever } from './plan-levers.ts'

type Parts = Pick<ServiceParts, 'plant' | 'rules' | 'register' | 'desk' | 'state' | 'utcOffset'> & {
  activePlans: ActivePlans
  levers: readonly PlanLever[]
}

/** What an activation would do, were it no drill; it has no id yet. `problems` are told besides. */
export function planEffects(draft: Activation, parts: Parts, problems: readonly string[], at: number): PlanEffects {
  const { plant, desk, activePlans, levers } = parts
  const { plan, area, calls } = draft
  const facilities = facilitiesIn(area, plant)
  const count = (key: PlanLever['key']) => levers.find((lever) => lever.key === key)?.count(plan, area) ?? null
  const ids = new Set(facilities.map(({ id }) => id))
  const orders = [...desk.book.open()].filter((order) => order.facilities.some((id) => ids.has(id)))
  return {
    facilities: facilities.length,
    byKind: byKind(facilities),
    alarms: raisedAlarms(draft, facilities, parts),
    orders: plan.measuresWithin === null ? null : orders.length,
    ...{ lights: count('light'), rounds: count('rounds') },
    secondPerson: levers.flatMap((lever) => lever.needs(draft, at)),
    ...dutyDifference(draft, parts, at),
    told: plan.contacts.flatMap(({ name }, i) => (calls.includes(i) ? [] : [name])),
    toCall: plan.contacts.flatMap(({ name }, i) => (calls.includes(i) ? [name] : [])),
    items: plan.checklist.length,
    overlaps: activePlans
      .all()
      .filter((other) => facilities.some((facility) => isInArea(parseFacilityQuery(other.area), facility)))
      .map(({ id, plan: { name }, drill }) => ({ id, name, drill })),
    problems: [...(facilities.length === 0 ? ['There is no facility in this area.'] : []), ...problems],
  }
}

function byKind(facilities: readonly Facility[]): { kind: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { kind } of facilities) counts.set(kind.key, (counts.get(kind.key) ?? 0) + 1)
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count)
}

function raisedAlarms({ plan, area }: Activation, facilities: readonly Facility[], { rules, register }: Parts) {
  const with_ = rules.with(rules.groups, rules.overrides)
  const query = parseFacilityQuery(area)
  with_.raise([...rules.raises, ...plan.priorities.map((raise) => ({ activation: Number.MAX_SAFE_INTEGER, area: query, ...raise }))])
  const counts = new Map<string, { from: Priority; to: Priority; count: number }>()
  for (const facility of facilities) {
    const alarms = [...register.of(facility.id)]
    if (alarms.length === 0) continue
    const settings = with_.settingsOf(facility)
    for (const { rule, basePriority: from } of alarms) {
      const to = settings[ruleIndex(facility.kind.rules, rule)]?.priority ?? from
      if (to === from) continue
      const found = counts.get(`${from} ${to}`) ?? { from, to, count: 0 }
      found.count++
      counts.set(`${from} ${to}`, found)
    }
  }
  return [...counts.values()]
}

function dutyDifference(draft: Activation, { state, utcOffset }: Parts, at: number) {
  const rotations = state.roster.rotations()
  const active = state.emergencies.activeAt(at)
  const planned = dutyAt(rotations, state.roster.exceptions(at), at, utcOffset)
  const people = (activations: readonly Activation[]) =>
    new Set(dutyUnderPlans(planned, rotations, activations, at).flatMap((duty) => duty.people))
  const [before, after] = [people(active), people([...active, { ...draft, drill: false }])]
  const missing = (of: ReadonlySet<string>, from: ReadonlySet<string>) => [...of].filter((one) => !from.has(one)).sort()
  return { dutyAdded: missing(after, before), dutyGone: missing(before, after) }
}
