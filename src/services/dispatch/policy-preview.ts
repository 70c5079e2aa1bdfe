import { quietUntilAt } from '../../dispatch/delivery.ts'
import type { DispatchPolicy } from '../../dispatch/dispatch-policy.ts'
import { deadlines } from '../../dispatch/order-clock.ts'
import { isUrgent } from '../../dispatch/order-notice.ts'
import { rehearse } from '../../dispatch/rehearsal.ts'
import { hindranceOf, type Route, routeOf } from '../../dispatch/route.ts'
import { facilitiesReached, type Reachable } from '../../dispatch/route-reach.ts'
import type { DispatchTrial, ImaginedFault, PolicyPreview, TrialStep } from '../../edges/roster.ts'
import { LamplighterError } from '../../errors.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { ServiceParts } from '../parts.ts'
import { groupOf } from './alarm-orders.ts'

type Parts = Pick<ServiceParts, 'plant' | 'kinds' | 'desk' | 'utcOffset'>

const indexOf = (routes: readonly Route[], route: Route | null): number | null => (route ? routes.indexOf(route) : null)

/** What a policy would do with the city as it is, and with one fault that somebody imagines. Throws `not-found`, `invalid-request`. */
export function policyPreview(
  policy: DispatchPolicy,
  fault: ImaginedFault | undefined,
  { plant, kinds, desk, utcOffset }: Parts,
): Omit<PolicyPreview, 'problems'> {
  const { routes } = policy
  const facilities = facilitiesReached(routes, groups())
  const orders = routes.map(() => 0)
  for (const order of desk.book.open()) {
    const place = indexOf(routes, desk.routeOf(order, routes))
    if (place !== null && place >= 0) orders[place] = (orders[place] ?? 0) + 1
  }
  return {
    reach: routes.map((_, i) => ({ facilities: facilities[i] ?? 0, orders: orders[i] ?? 0 })),
    trial: fault ? trialOf(fault) : null,
  }

  /** Facilities by what routes ask of them. */
  function groups(): Iterable<Reachable> {
    const found = new Map<string, Reachable>()
    for (const { kind, district, keyArea } of plant) {
      // The service's own faults make no orders.
      if (kind.reportsItself) continue
      const key = JSON.stringify([kind.key, district, keyArea])
      const rules = found.get(key)?.rules ?? kind.rules.map((rule) => ({ rule: `${kind.key}/${rule.key}`, priority: rule.priority }))
      found.set(key, { ...{ domain: kind.domain, district, keyArea, rules }, count: (found.get(key)?.count ?? 0) + 1 })
    }
    return found.values()
  }

  function trialOf({ facility: id, priority, rule, at }: ImaginedFault): DispatchTrial {
    const facility = plant.get(id)
    if (!facility) throw new LamplighterError('not-found', `There is no facility ${id}.`)
    const { district, keyArea, kind } = facility
    if (rule !== '' && !kinds.get(kind.key)?.rules.some(({ key }) => key === rule)) {
      throw new LamplighterError('invalid-request', `Facilities of kind ${kind.key} have no rule ${rule}.`)
    }
    const routed = { domain: kind.domain, district, keyArea, priority, rule: rule && `${kind.key}/${rule}` }
    const route = routeOf(routes, routed)
    if (!route?.makesOrder) return { route: indexOf(routes, route), order: null, quietUntil: null }
    const clock = deadlines(policy.clocks[route.class], at, policy.calendar, utcOffset)
    return {
      route: routes.indexOf(route),
      order: { class: route.class, ...clock, steps: stepsOf(facility, route, at, clock) },
      quietUntil: route.quiet && !isUrgent('offered', route) ? quietUntilAt(policy.quiet, at, utcOffset) : null,
    }
  }

  function stepsOf(facility: Facility, route: Route, at: number, clock: ReturnType<typeof deadlines>): TrialStep[] {
    const { id, district, keyArea, kind } = facility
    const draft = {
      ...{ origin: 'alarm' as const, class: route.class, title: { zh: '', en: '' }, facilities: [id], alarms: [], reports: [] },
      ...{ group: groupOf(facility), district, domain: kind.domain, keyArea, created: at, createdBy: 'rule', ...clock },
    }
    const need = { district, domain: kind.domain, skills: route.skills, declined: [] }
    return rehearse(draft, route, (moment) => desk.roster(moment)).map((step) => {
      const roster = desk.roster(step.at)
      const there = (crew: string) => roster.duty.flatMap(({ team, people }) => (team.crew === crew ? people : []))
      const others = roster.crews.flatMap((crew) => {
        const why = hindranceOf(crew, roster, need)
        return why === null ? [] : [{ crew: crew.id, why }]
      })
      return { ...step, people: Object.fromEntries(step.crews.map((crew) => [crew, there(crew)])), others }
    })
  }
}
