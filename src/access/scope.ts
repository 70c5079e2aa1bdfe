import type { Domain } from '../facilities/facility-kind.ts'
import type { Facility } from '../facilities/plant.ts'

/** The part of the city somebody is responsible for: what lies in one of the districts and is of one of the domains. */
export interface Scope {
  districts: string[] | 'all'
  domains: Domain[] | 'all'
}

export const WHOLE_CITY: Scope = { districts: 'all', domains: 'all' }

export const isWhole = ({ districts, domains }: Scope): boolean => districts === 'all' && domains === 'all'

/** The service itself concerns everybody. */
export function isInScope({ districts, domains }: Scope, { kind, district }: Pick<Facility, 'kind' | 'district'>): boolean {
  if (kind.reportsItself) return true
  return (districts === 'all' || districts.includes(district)) && (domains === 'all' || domains.includes(kind.domain))
}
