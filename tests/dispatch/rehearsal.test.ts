import { expect, test } from 'vitest'
import type { Crew } from '../../src/dispatch/crew.ts'
import type { NewOrder } from '../../src/dispatch/order.ts'
import { rehearse } from '../../src/dispatch/rehearsal.ts'
import { hindranceOf, type Roster, type Route } from '../../src/dispatch/route.ts'
import { facilitiesReached } from '../../src/dispatch/route-reach.ts'

const MINUTE = 60_000
const crew = (id: string, more: Partial<Crew> = {}): Crew => ({
  ...{ id, name: id, districts: 'all', domains: 'all', vehicle: '', members: [`${id}1`], base: null, disabled: false },
  ...more,
})
const shift = { key: 'day', name: 'Day', from: 0, to: 0 }
const onDuty = (id: string, ...people: string[]) => ({
  ...{ rotation: 'r', team: { key: id, name: id, crew: id, people }, shift, from: 0, to: 1e12, people },
})
const route: Route = {
  ...{ id: 'r', name: 'r', when: {}, makesOrder: true, class: 'severe', skills: ['gas'], quiet: false },
  chain: [
    { to: { type: 'crew', id: 'b' }, within: 5 * MINUTE },
    { to: { type: 'crews' }, within: 10 * MINUTE },
    { to: { type: 'dispatcher' }, within: 15 * MINUTE },
  ],
}
const draft: NewOrder = {
  ...{ origin: 'alarm', class: 'severe', title: { zh: '', en: '' }, facilities: ['PS-1'], alarms: [], reports: [] },
  ...{ group: 'facility PS-1', district: 'Harbour', domain: 'gas', keyArea: false },
  ...{ created: 0, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
}
const people = new Map(['a1', 'b1'].map((account) => [account, { account, skills: ['gas' as const], phone: '', email: '' }]))

test('asks those who are on duty when a step begins, and passes over what finds nobody', () => {
  const [a, b] = [crew('a'), crew('b')]
  const rosterAt = (at: number): Roster => ({ crews: [a, b], people, duty: at < 5 * MINUTE ? [onDuty('a', 'a1')] : [onDuty('b', 'b1')] })
  expect(rehearse(draft, route, rosterAt)).toEqual([
    { step: 1, at: 0, until: 10 * MINUTE, crews: ['a'], passed: [0] },
    { step: 2, at: 10 * MINUTE, until: 25 * MINUTE, crews: [], passed: [] },
    { step: 3, at: 25 * MINUTE, until: 40 * MINUTE, crews: [], passed: [] },
  ])
})

test('a crew that is not asked has one reason', () => {
  const duty = [onDuty('a', 'a1'), onDuty('a', 'x'), onDuty('c', 'x'), onDuty('d', 'a1')]
  const roster: Roster = { crews: [], people, duty }
  const need = { district: 'Harbour', domain: 'gas', skills: ['gas' as const], declined: ['d'] }
  const why = (one: Crew) => hindranceOf(one, roster, need)
  expect([
    ...[why(crew('a')), why(crew('a', { disabled: true })), why(crew('a', { districts: ['North'] }))],
    ...[why(crew('a', { domains: ['water'] })), why(crew('b')), why(crew('d')), why(crew('c'))],
  ]).toEqual([null, 'disabled', 'district', 'domain', 'off-duty', 'declined', 'skills'])
})

test('counts a facility for each route that takes one of its alarms', () => {
  const routes: Route[] = [
    { ...route, when: { priorities: ['critical'] } },
    { ...route, id: 's', when: { domains: ['gas'], rules: ['tank/low'] } },
    { ...route, id: 't', when: { keyArea: true } },
  ]
  const rules = [
    { rule: 'tank/high', priority: 'critical' as const },
    { rule: 'tank/low', priority: 'low' as const },
  ]
  const groups = [
    { domain: 'gas', district: 'A', keyArea: true, rules, count: 3 },
    { domain: 'water', district: 'A', keyArea: false, rules, count: 2 },
    { domain: 'water', district: 'B', keyArea: true, rules, count: 1 },
  ]
  expect(facilitiesReached(routes, groups)).toEqual([6, 3, 1])
})
