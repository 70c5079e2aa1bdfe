import type { Domain, FacilityKind } from '../facilities/facility-kind.ts'
import type { Facility } from '../facilities/plant.ts'

/** The part of the city somebody is responsible for: what lies in one of the districts and is of one of the domains. */
export interface Scope {
  districts: string[] | 'all'
  domains: Domain[] | 'all'
}

export const WHOLE_CITY: Scope = { districts: 'all', domains: 'all' }

export const isWhole = ({ districts, domains }: Scope): boolean => districts === 'all' && domains === 'all'

type Placed = Pick<Facility, 'kind' | 'district'>

/** The service itself concerns everybody. */
export function isInScope(scope: Scope, facility: Placed): boolean {
  return facility.kind.reportsItself || lies(facility, scope)
}

/** Whether somebody may register, change or remove it; the service itself only who is limited by nothing. */
export function isOwnIn(scope: Scope, facility: Placed): boolean {
  return isWhole(scope) || (!facility.kind.reportsItself && lies(facility, scope))
}

function lies({ kind, district }: Placed, { districts, domains }: Scope): boolean {
  return (districts === 'all' || districts.includes(district)) && (domains === 'all' || domains.includes(kind.domain))
}

/** The same for scopes that say the same, in whatever order. */
export function scopeKey({ districts, domains }: Scope): string {
  const named = (list: readonly string[] | 'all') => (list === 'all' ? list : [...new Set(list)].sort())
  return JSON.stringify([named(districts), named(domains)])
}

/** A scope as a store that knows no kinds can look for it: facilities of these kinds in these districts, and all of the kinds `always`. */
export interface FacilityScope {
  districts: readonly string[] | 'all'
  kinds: readonly string[]
  always: readonly string[]
}

/** Undefined where nothing limits. */
export function facilityScope(scope: Scope, kinds: Iterable<FacilityKind>): FacilityScope | undefined {
  if (isWhole(scope)) return undefined
  const all = [...kinds]
  const { districts, domains } = scope
  const isOf = ({ domain }: FacilityKind) => domains === 'all' || domains.includes(domain)
  const keys = (some: readonly FacilityKind[]) => some.map(({ key }) => key)
  return {
    districts,
    kinds: keys(all.filter((kind) => !kind.reportsItself && isOf(kind))),
    always: keys(all.filter(({ reportsItself }) => reportsItself)),
  }
}

/** Whether one scope lies within another. */
export function includesScope(scope: Scope, other: Scope): boolean {
  const covers = <T>(all: T[] | 'all', some: T[] | 'all') => all === 'all' || (some !== 'all' && some.every((one) => all.includes(one)))
  return covers(scope.districts, other.districts) && covers(scope.domains, other.domains)
}
