import { describe, expect, test } from 'vitest'
import { parseFacilityQuery } from '../../src/facilities/facility-query.ts'
import type { Facility } from '../../src/facilities/plant.ts'
import { type PriorityRaise, raisedBy, raisedPriority } from '../../src/facilities/priority-raise.ts'
import { RuleBook } from '../../src/facilities/rule-book.ts'
import type { RuleOverride } from '../../src/facilities/rule-settings.ts'
import { tankKind } from '../tank-kind.ts'

const tank = (id: string, district = 'North'): Facility => ({
  ...{
    id,
    number: 1,
    kind: tankKind,
    name: id,
    nameEn: '',
    district,
    road: '',
    roadClass: null,
    keyArea: false,
    owner: '',
    position: null,
  },
  ...{ fedBy: null, circuit: null, gateway: null, mode: 'auto', rated: {}, labels: {} },
})
const raise = (activation: number, more: Partial<Omit<PriorityRaise, 'area'>> & { area?: string } = {}): PriorityRaise => {
  const { area = 'district=North', ...rest } = more
  return { activation, domains: 'all', rules: 'all', to: 'one-step', ...rest, area: parseFacilityQuery(area) }
}
const low: RuleOverride = {
  ...{ id: 1, version: 5, kind: 'tank', group: null, facility: 'T-1', rule: 'high', changes: { priority: 'low' } },
  ...{ reason: '', by: '', at: 0 },
}
const book = (raises: readonly PriorityRaise[], overrides: readonly RuleOverride[] = []) => {
  const made = new RuleBook([], overrides)
  made.raise(raises)
  return made
}
const high = (of: RuleBook, facility = tank('T-1')) => of.effective(facility).find(({ rule }) => rule.key === 'high')

describe('what emergency plans raise', () => {
  test.each([
    ['low', 'one-step', 'medium'],
    ['high', 'one-step', 'critical'],
    ['critical', 'one-step', 'critical'],
    ['low', 'high', 'high'],
    ['critical', 'high', 'critical'],
  ] as const)('%s becomes, by %s, %s', (from, to, raised) => expect(raisedPriority(from, to)).toBe(raised))

  test('lies over what engineers changed, and leaves it as it is', () => {
    const [plain, raised] = [book([], [low]), book([raise(7, { to: 'critical' })], [low])]
    expect(high(plain)).toMatchObject({ priority: { value: 'low', source: { from: 'facility' } }, version: '1+5' })
    expect(high(raised)).toMatchObject({
      priority: { value: 'critical', source: { from: 'plan', activation: 7, override: null } },
      version: '1+5^7',
    })
    expect(raised.raiseOf(tank('T-1'), 'high')).toEqual({ activation: 7, from: 'low', to: 'critical' })
    raised.raise([])
    expect(raised.settingsOf(tank('T-1'))).toEqual(plain.settingsOf(tank('T-1')))
    expect(raised.raiseOf(tank('T-1'), 'high')).toBeNull()
  })

  test('the strongest of several counts, of equal ones the older', () => {
    const [step, top, later] = [raise(3), raise(4, { to: 'critical', rules: ['tank/high'] }), raise(5, { to: 'critical' })]
    expect(high(book([step, top, later], [low]))?.priority.source.activation).toBe(4)
    expect(high(book([later, top], [low]))?.priority.source.activation).toBe(4)
    expect(high(book([step], [low]))?.priority).toMatchObject({ value: 'medium', source: { activation: 3 } })
  })

  test('holds for the facilities, domains and rules that are meant, and for none of the service', () => {
    const usual = high(book([]))?.priority.value
    expect(high(book([raise(1, { to: 'critical' })]), tank('T-1', 'South'))?.priority.value).toBe(usual)
    expect(high(book([raise(1, { to: 'critical', domains: ['gas'] })]))?.priority.value).toBe(usual)
    expect(high(book([raise(1, { to: 'critical', rules: ['tank/low'] })]))?.priority.value).toBe(usual)
    const itself = { ...tank('T-1'), kind: { ...tankKind, reportsItself: true } }
    expect(high(book([raise(1, { to: 'critical' })]), itself)?.priority.value).toBe(usual)
  })

  test('facilities of the same settings share what is raised, and a tried change knows of it too', () => {
    const one = book([raise(1, { to: 'critical' })])
    expect(one.settingsOf(tank('T-1'))).toBe(one.settingsOf(tank('T-2')))
    const tried = one.with([], [low])
    expect(high(tried)?.priority).toMatchObject({ value: 'critical', source: { activation: 1 } })
    expect(high(one)?.version).toBe('1^1')
  })

  test.each([
    ['1', null],
    ['2+12', null],
    ['2+12^7', 7],
  ])('a version %s says by what it was raised: %s', (version, activation) => expect(raisedBy(version)).toBe(activation))
})
