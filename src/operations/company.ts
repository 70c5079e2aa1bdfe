import { includesScope, type Scope } from '../access/scope.ts'
import type { Domain } from '../facilities/facility-kind.ts'
import type { Facility } from '../facilities/plant.ts'
import type { Text } from '../telemetry/point.ts'

/** Who runs a part of the city, and the bureau above them. */
export const companies = {
  bureau: { zh: '公用事业局', en: 'Public-facilities bureau' },
  lighting: { zh: '路灯管理中心', en: 'Street-light centre' },
  water: { zh: '供水公司', en: 'Water company' },
  gas: { zh: '燃气公司', en: 'Gas company' },
  drainage: { zh: '排水公司', en: 'Drainage company' },
  waste: { zh: '垃圾处理中心', en: 'Waste-treatment centre' },
} as const satisfies Record<string, Text>
export type Company = keyof typeof companies

export const isCompany = (text: string): text is Company => Object.hasOwn(companies, text)

const ofDomain: Readonly<Record<Domain, Company>> = {
  lighting: 'lighting',
  cabinets: 'lighting',
  water: 'water',
  gas: 'gas',
  sewage: 'drainage',
  waste: 'waste',
  network: 'bureau',
}

/** Whose a facility is; pumps of wet wells are the drainage company's. What belongs to no company is the bureau's own. */
export function companyOf({ kind, rated }: Pick<Facility, 'kind' | 'rated'>): Company {
  const company = ofDomain[kind.domain]
  return company === 'water' && (rated.drainage ?? kind.rated.drainage) === 1 ? 'drainage' : company
}

/** All that a company's facilities may be of; of the domains that two share each has only its own facilities. */
export function scopeOfCompany(company: Company): Scope {
  if (company === 'bureau') return { districts: 'all', domains: 'all' }
  const own = (Object.keys(ofDomain) as Domain[]).filter((domain) => ofDomain[domain] === company)
  return { districts: 'all', domains: company === 'drainage' ? ['water', ...own] : own }
}

/** Companies all of whose facilities may be in a part of the city: whose reports whoever is limited to it may see. */
export const companiesIn = (scope: Scope): Company[] =>
  (Object.keys(companies) as Company[]).filter((company) => includesScope(scope, scopeOfCompany(company)))
