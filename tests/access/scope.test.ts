import { describe, expect, test } from 'vitest'
import { facilityScope, isInScope, isOwnIn, isWhole, type Scope, scopeKey, WHOLE_CITY } from '../../src/access/scope.ts'
import { tankKind } from '../tank-kind.ts'

const gas = { ...tankKind, key: 'gas-tank', domain: 'gas' } as const
const service = { ...tankKind, key: 'server', domain: 'network', reportsItself: true } as const
const north: Scope = { districts: ['North'], domains: ['water'] }

describe('a scope', () => {
  test.each([
    ['its district and domain', tankKind, 'North', true, true],
    ['another district', tankKind, 'South', false, false],
    ['another domain', gas, 'North', false, false],
    ['no district', tankKind, '', false, false],
    ['the service itself', service, '', true, false],
  ])('of one district and domain, and %s', (_, kind, district, isSeen, isOwn) => {
    expect([isInScope(north, { kind, district }), isOwnIn(north, { kind, district })]).toEqual([isSeen, isOwn])
    expect([isInScope(WHOLE_CITY, { kind, district }), isOwnIn(WHOLE_CITY, { kind, district })]).toEqual([true, true])
  })

  test('that names nothing is in nothing, and one that is whole on one side only is limited', () => {
    const nothing: Scope = { districts: [], domains: 'all' }
    expect(isInScope(nothing, { kind: tankKind, district: 'North' })).toBe(false)
    expect([WHOLE_CITY, nothing, { districts: 'all', domains: ['gas'] } as Scope].map(isWhole)).toEqual([true, false, false])
  })

  test('is the same in whatever order it is written', () => {
    const key = scopeKey({ districts: ['a', 'b'], domains: ['gas', 'water'] })
    expect(scopeKey({ districts: ['b', 'a', 'a'], domains: ['water', 'gas'] })).toBe(key)
    expect(scopeKey({ districts: ['a,b'], domains: ['gas', 'water'] })).not.toBe(key)
    expect(scopeKey({ districts: ['all'], domains: 'all' })).not.toBe(scopeKey(WHOLE_CITY))
  })

  test('is told to a store by kinds', () => {
    const kinds = [tankKind, gas, service]
    expect(facilityScope(WHOLE_CITY, kinds)).toBeUndefined()
    expect(facilityScope(north, kinds)).toEqual({ districts: ['North'], kinds: ['tank'], always: ['server'] })
    expect(facilityScope({ ...north, domains: 'all' }, kinds)?.kinds).toEqual(['tank', 'gas-tank'])
  })
})
