import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../src/alarms/alarm.ts'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { planFor, reconsider, SELF_HEALED } from '../../src/dispatch/order-plan.ts'
import { RELAPSE } from '../../src/dispatch/order-step.ts'
import { routeOf, usualRoutes } from '../../src/dispatch/route.ts'
import { aLiveAlarm } from '../alarms/fixtures.ts'

const alarm = (more: Partial<Alarm> = {}): Alarm => aLiveAlarm({ id: 7, activated: 1000, ...more })
const suppressed = (by: number): Alarm['suppressed'] => ({ cause: 'supply', by, since: 1, until: null })
const order = (more: Partial<Order> = {}): Order => ({
  ...newOrder({
    ...{ origin: 'alarm', class: 'severe', title: { zh: '', en: '' }, facilities: ['PS-1'], alarms: [7], reports: [] },
    ...{ group: 'g', district: '', domain: 'water', keyArea: false, created: 0, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
  }),
  id: 1,
  ...more,
})
const repaired = { at: 500, by: 'Anna', cause: '', minutes: 1, parts: [] }
const closed = order({ state: 'closed', closed: 600, repair: repaired })
const route = routeOf(usualRoutes, { domain: 'water', priority: 'high', district: '', keyArea: false, rule: '' })
const none = { own: null, ofGroup: null, last: () => null }

describe('what an alarm does to the orders', () => {
  test('a new order, or more of the one of its group', () => {
    expect(planFor(alarm(), route, none, 2000)).toEqual({ type: 'new' })
    const other = order({ alarms: [3] })
    expect(planFor(alarm(), route, { ...none, ofGroup: other }, 2000)).toEqual({ type: 'cover', order: other })
  })

  test.each<[string, Partial<Alarm>]>([
    ['has returned', { active: false }],
    ['is explained by another', { suppressed: suppressed(3) }],
    ['is out of service', { outOfService: true }],
    ['is shelved', { shelved: { at: 1, by: 'x', until: 9, reason: '' } }],
    ['is history', { historical: true }],
    ['is over', { ended: 5 }],
  ])('nothing when it %s', (_, more) => expect(planFor(alarm(more), route, none, 2000)).toEqual({ type: 'nothing' }))

  test('nothing when an order has it in hand, of which no other needs to be looked for, or no route makes one', () => {
    const last = () => {
      throw new Error('looked for')
    }
    for (const state of ['open', 'dispatched', 'accepted', 'repaired'] as const)
      expect(planFor(alarm(), route, { ...none, last, own: order({ state }) }, 2000)).toEqual({ type: 'nothing' })
    expect(planFor(alarm(), null, none, 2000)).toEqual({ type: 'nothing' })
  })

  test('a fault that comes back within 72 h opens its order again, one that only stands does not', () => {
    expect(planFor(alarm({ activated: 700 }), null, { ...none, own: closed }, 800)).toEqual({ type: 'relapse', order: closed })
    expect(planFor(alarm({ id: 8, activated: 700 }), route, { ...none, last: () => closed }, 800)).toEqual({
      type: 'relapse',
      order: closed,
    })
    expect(planFor(alarm({ activated: 400 }), route, { ...none, own: closed }, 800)).toEqual({ type: 'nothing' })
    expect(planFor(alarm({ activated: 700 + RELAPSE }), route, { ...none, own: closed }, 700 + RELAPSE)).toEqual({ type: 'new' })
  })

  test('a fault that still stands when somebody has said that it is mended makes no second order', () => {
    const verified = order({ state: 'verified', repair: repaired, verification: { at: 600, by: 'Dora', words: 'seen' } })
    expect(planFor(alarm({ activated: 400 }), route, { ...none, own: verified }, 800)).toEqual({ type: 'nothing' })
    expect(planFor(alarm({ activated: 700 }), route, { ...none, own: verified }, 800)).toEqual({ type: 'relapse', order: verified })
  })

  test('what somebody rejected is not made again until the fault has been away', () => {
    const rejected = order({ state: 'rejected', closed: 1500 })
    expect(planFor(alarm({ activated: 1000 }), route, { ...none, own: rejected }, 2000)).toEqual({ type: 'nothing' })
    expect(planFor(alarm({ activated: 1600 }), route, { ...none, own: rejected }, 2000)).toEqual({ type: 'new' })
  })
})

describe('what becomes of an order that nobody has in hand', () => {
  const cause = order({ id: 9, alarms: [3] })
  const find = (id: number) => (id === 3 ? cause : null)

  test('it goes into the order of what explains all of its alarms', () => {
    expect(reconsider(order(), [alarm({ suppressed: suppressed(3) }), alarm({ suppressed: suppressed(3) })], find, 0)).toEqual({
      ...{ type: 'merge', into: cause },
    })
    expect(reconsider(order(), [alarm({ suppressed: suppressed(3) }), alarm()], find, 0)).toBeNull()
    expect(reconsider(order(), [alarm({ suppressed: suppressed(4) })], find, 0)).toBeNull()
    expect(reconsider(cause, [alarm({ suppressed: suppressed(3) })], find, 0)).toBeNull()
  })

  test('it ends when the fault went by itself and stays away', () => {
    const gone = alarm({ active: false, returned: 100 })
    expect(reconsider(order(), [gone], find, 100 + SELF_HEALED)).toEqual({ type: 'self-healed' })
    expect(reconsider(order(), [gone], find, 99 + SELF_HEALED)).toBeNull()
    expect(reconsider(order(), [gone, alarm()], find, 100 + SELF_HEALED)).toBeNull()
  })

  test('not when a crew has it, nor when a citizen waits for it', () => {
    const gone = alarm({ active: false, returned: 100 })
    expect(reconsider(order({ state: 'accepted', holder: { crew: 'A', person: 'Anna' } }), [gone], find, 1e9)).toBeNull()
    expect(reconsider(order({ reports: [5] }), [gone], find, 1e9)).toBeNull()
  })
})
