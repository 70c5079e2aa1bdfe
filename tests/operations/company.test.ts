import { describe, expect, test } from 'vitest'
import { isInScope } from '../../src/access/scope.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { type Company, companies, companyOf, isCompany, scopeOfCompany } from '../../src/operations/company.ts'

const facility = (kind: string, rated: Record<string, number> = {}) => {
  const found = kindByKey.get(kind)
  if (!found) throw new Error(`no kind ${kind}`)
  return { kind: found, rated, district: 'north' }
}

describe('companies', () => {
  test('each kind of facility belongs to one, and pumps of wet wells to the drainage company', () => {
    const whose = Object.fromEntries([...kindByKey.keys()].map((kind) => [kind, companyOf(facility(kind))]))
    expect(whose).toMatchObject({
      'street-light': 'lighting',
      'light-cabinet': 'lighting',
      'pump-station': 'water',
      'gas-station': 'gas',
      'sewage-plant': 'drainage',
      'waste-plant': 'waste',
      gateway: 'bureau',
    })
    expect(companyOf(facility('pump-station', { drainage: 1 }))).toBe('drainage')
    expect(companyOf(facility('pump-station', { drainage: 0 }))).toBe('water')
  })
  test('the scope of a company holds all that is its own', () => {
    const all = [...[...kindByKey.keys()].map((kind) => facility(kind)), facility('pump-station', { drainage: 1 })]
    for (const one of all) {
      expect(isInScope(scopeOfCompany(companyOf(one)), one)).toBe(true)
      expect(isInScope(scopeOfCompany('bureau'), one)).toBe(true)
    }
    expect(isInScope(scopeOfCompany('gas'), facility('pump-station'))).toBe(false)
  })
  test('are told from other words', () => {
    expect((Object.keys(companies) as Company[]).every(isCompany)).toBe(true)
    expect(isCompany('toString')).toBe(false)
  })
})
