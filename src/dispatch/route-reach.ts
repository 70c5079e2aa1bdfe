import type { Priority } from '../detection/rule.ts'
import { type Route, type Routed, routeOf } from './route.ts'

/** Facilities that every route takes alike, and the alarms they can have. */
export interface Reachable extends Pick<Routed, 'domain' | 'district' | 'keyArea'> {
  count: number
  /** As `kind/rule`, with the priority each usually has. */
  rules: readonly { rule: string; priority: Priority }[]
}

/** By route, of how many facilities at least one alarm would go that way. */
export function facilitiesReached(routes: readonly Route[], groups: Iterable<Reachable>): number[] {
  const counts = routes.map(() => 0)
  for (const { count, rules, ...place } of groups) {
    const taken = new Set(rules.map((rule) => routeOf(routes, { ...place, ...rule })))
    for (const [i, route] of routes.entries()) if (taken.has(route)) counts[i] = (counts[i] ?? 0) + count
  }
  return counts
}
