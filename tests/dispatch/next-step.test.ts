import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Crew, CrewPerson } from '../../src/dispatch/crew.ts'
import { type ChainPlace, chainStart, nextStep, wakeAt } from '../../src/dispatch/next-step.ts'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { stepOrder } from '../../src/dispatch/order-step.ts'
import { type Roster, type Route, routeOf, usualRoutes } from '../../src/dispatch/route.ts'

const MINUTE = 60_000
const crew = (id: string, more: Partial<Crew> = {}): Crew => ({
  ...{ id, name: id, districts: 'all', domains: 'all', vehicle: '', members: [`${id}1`], base: null, disabled: false },
  ...more,
})
const person = (account: string, skills: CrewPerson['skills']): [string, CrewPerson] => [account, { account, skills, phone: '', email: '' }]
const shift = { key: 'day', name: 'Day', from: 0, to: 0 }
const onDuty = (id: string) => ({
  ...{ rotation: 'r', team: { key: id, name: id, crew: id, people: [`${id}1`] }, shift, from: 0, to: 1e12, people: [`${id}1`] },
})
const roster = (crews: Crew[], skills: Record<string, CrewPerson['skills']> = {}, absent: string[] = []): Roster => ({
  crews,
  people: new Map(Object.entries(skills).map(([account, own]) => person(account, own))),
  duty: crews.filter(({ id }) => !absent.includes(id)).map(({ id }) => onDuty(id)),
})
const route: Route = {
  ...{ id: 'r', name: 'r', when: {}, makesOrder: true, class: 'severe', skills: [], quiet: false },
  chain: [
    { to: { type: 'crews' }, within: 10 * MINUTE },
    { to: { type: 'dispatcher' }, within: 5 * MINUTE },
    { to: { type: 'crews' }, within: 10 * MINUTE },
  ],
}
const order: Order = {
  ...newOrder({
    ...{ origin: 'alarm', class: 'severe', title: { zh: '', en: '' }, facilities: ['PS-1'], alarms: [1], reports: [] },
    ...{ group: 'facility PS-1', district: 'Harbour', domain: 'water', keyArea: false },
    ...{ created: 0, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
  }),
  id: 1,
}

/** Carries an order on by itself until `end`, ms; returns what happened when. */
function carry(from: Order, who: Roster, end: number) {
  const told: string[] = []
  let [current, place]: [Order, ChainPlace] = [from, chainStart]
  let at = 0
  while (at <= end) {
    const next = nextStep(current, route, place, who, at)
    if (next) {
      for (const event of next.events) {
        current = stepOrder(current, event)
        told.push(`${at / MINUTE} ${event.type}${event.type === 'dispatch' ? ` ${event.crews}` : ''}`)
      }
      if (next.tellsDesk) told.push(`${at / MINUTE} desk`)
      place = next.place
    }
    const wake = wakeAt(current, place)
    if (wake === null) break
    expect(wake).toBeGreaterThan(at)
    at = wake
  }
  return told
}

test('crews on duty are asked, then the desk, then the crews again, then the desk for ever', () => {
  expect(carry(order, roster([crew('A'), crew('B')]), 50 * MINUTE)).toEqual([
    '0 dispatch A,B',
    '10 pass-by',
    '10 desk',
    '15 dispatch A,B',
    '25 pass-by',
    '25 desk',
    '35 desk',
    '45 desk',
  ])
})

test('without anybody on duty the desk is told at once', () => {
  expect(carry(order, roster([crew('A')], {}, ['A']), 4 * MINUTE)).toEqual(['0 desk'])
})

test('a crew elsewhere, of another field, without the skill or that refused is not asked', () => {
  const all = roster(
    [crew('A', { districts: ['Hills'] }), crew('B', { domains: ['gas'] }), crew('C'), crew('D'), crew('E', { disabled: true }), crew('F')],
    { D1: ['confined-space'], F1: ['confined-space'] },
  )
  const next = nextStep({ ...order, declined: ['F'] }, { ...route, skills: ['confined-space'] }, chainStart, all, 0)
  expect(next?.events).toMatchObject([{ type: 'dispatch', crews: ['D'] }])
})

test('when all have refused it goes on at once', () => {
  const who = roster([crew('A'), crew('B')])
  const first = nextStep(order, route, chainStart, who, 0)
  let current = first?.events.reduce(stepOrder, order) as Order
  for (const id of ['A', 'B']) current = stepOrder(current, { type: 'decline', at: MINUTE, crew: id, by: id, reason: '' })
  expect(nextStep(current, route, first?.place as ChainPlace, who, MINUTE)).toMatchObject({ tellsDesk: true, place: { step: 1 } })
})

test('an order that somebody has, or that is over, is left alone', () => {
  const who = roster([crew('A')])
  const asked = nextStep(order, route, chainStart, who, 0)?.events.reduce(stepOrder, order) as Order
  const taken = stepOrder(asked, { type: 'accept', at: 1, crew: 'A', by: 'A1' })
  expect(nextStep(taken, route, { step: 0, until: 10 }, who, 1e9)).toBeNull()
  expect(wakeAt(taken, { step: 0, until: 10 })).toBeNull()
})

test('an order is never forgotten: as long as nobody takes it there is a moment at which somebody is told', () => {
  const steps = fc.constantFrom<Route['chain'][number]['to']>({ type: 'crews' }, { type: 'dispatcher' }, { type: 'crew', id: 'A' })
  fc.assert(
    fc.property(
      fc.array(fc.record({ to: steps, within: fc.integer({ min: MINUTE, max: 60 * MINUTE }) }), { maxLength: 5 }),
      fc.subarray(['A', 'B', 'C']),
      (chain, there) => {
        const who = roster(
          ['A', 'B', 'C'].map((id) => crew(id)),
          {},
          ['A', 'B', 'C'].filter((id) => !there.includes(id)),
        )
        let [current, place, at]: [Order, ChainPlace, number] = [order, chainStart, 0]
        let lastTold = 0
        for (let i = 0; i < 30; i++) {
          const next = nextStep(current, { ...route, chain }, place, who, at)
          if (next) {
            current = next.events.reduce(stepOrder, current)
            place = next.place
            expect(next.tellsDesk || next.events.some(({ type }) => type === 'dispatch')).toBe(true)
            expect(at - lastTold).toBeLessThanOrEqual(60 * MINUTE)
            lastTold = at
          }
          at = wakeAt(current, place) as number
        }
      },
    ),
  )
})

test('the usual routes: gas is danger for people who may work on it, a low alarm makes no order', () => {
  const of = (domain: string, priority: 'critical' | 'high' | 'medium' | 'low') =>
    routeOf(usualRoutes, { domain, priority, district: 'x', keyArea: false, rule: 'k/r' })
  expect(of('gas', 'critical')).toMatchObject({ class: 'danger', skills: ['gas'] })
  expect(of('water', 'critical')?.class).toBe('danger')
  expect(of('lighting', 'medium')).toMatchObject({ class: 'ordinary', quiet: true })
  expect(of('water', 'low')?.makesOrder).toBe(false)
})
