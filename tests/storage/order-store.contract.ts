import { describe, expect, test } from 'vitest'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { stepOrder } from '../../src/dispatch/order-step.ts'
import type { OrderLogEntry, OrderStore } from '../../src/storage/order-store.ts'

const order = (more: Partial<Order> = {}): Order => ({
  ...newOrder({
    ...{ origin: 'alarm', class: 'ordinary', title: { zh: '灯灭', en: 'Lamp out' }, facilities: ['SL-1'], alarms: [7], reports: [] },
    ...{ group: 'g', district: 'North', domain: 'lighting', keyArea: false, created: 1.5, createdBy: 'rule', arriveBy: 2, repairBy: 3 },
  }),
  ...more,
})
const entry: OrderLogEntry = { order: 1, at: 1.5, recorded: 2, by: 'Anna', crew: 'A', type: 'note', words: '漏水', state: 'open' }

/** What every store of orders must do; `orders` gives the empty one of a test. */
export function describeOrders(orders: () => OrderStore): void {
  describe('orders', () => {
    test('keeps all of an order, and its place in the chain while it is open', () => {
      const id = orders().insert(order())
      expect(orders().order(id)).toEqual({ ...order(), id })
      orders().putPlace(id, { step: 2, until: 9.5 })
      const asked = stepOrder(orders().order(id) as Order, { type: 'dispatch', crews: ['A'], at: 2, until: 3, step: 2 })
      orders().update(asked)
      expect(orders().open()).toEqual([{ order: asked, place: { step: 2, until: 9.5 } }])
      orders().update(stepOrder(asked, { type: 'reject', at: 3, by: 'Dora', reason: 'twice' }))
      expect(orders().open()).toEqual([])
      expect(orders().order(99)).toBeUndefined()
    })

    test('finds the newest order of an alarm, also one that was added and not one that was taken away', () => {
      const first = orders().insert(order({ alarms: [7, 8] }))
      const second = orders().insert(order({ alarms: [9] }))
      expect([orders().ofAlarm(8)?.id, orders().ofAlarm(9)?.id, orders().ofAlarm(1)]).toEqual([first, second, undefined])
      orders().update({ ...(orders().order(second) as Order), alarms: [8] })
      expect([orders().ofAlarm(8)?.id, orders().ofAlarm(9)]).toEqual([second, undefined])
    })

    test('lists by what is asked for, the newest first, in pages', () => {
      const ids = [
        order(),
        order({ district: 'South', created: 10 }),
        order({ domain: 'gas', state: 'dispatched', offer: { crews: ['A', 'B'], at: 1, until: 2, step: 0 }, facilities: ['GS-1', 'SL-2'] }),
      ].map((one) => orders().insert(one))
      const found = (query: Partial<Parameters<OrderStore['list']>[0]>) =>
        orders()
          .list({ limit: 10, ...query })
          .items.map(({ id }) => id)
      expect(found({})).toEqual([...ids].reverse())
      expect(found({ states: ['dispatched', 'closed'] })).toEqual([ids[2]])
      expect(found({ districts: ['South'] })).toEqual([ids[1]])
      expect(found({ domains: ['gas'] })).toEqual([ids[2]])
      expect(found({ crew: 'B' })).toEqual([ids[2]])
      const part = { districts: ['South'], domains: 'all' as const, crews: [] }
      expect(found({ seenBy: part })).toEqual([ids[1]])
      expect(found({ seenBy: { ...part, crews: ['X', 'B'] } })).toEqual([ids[2], ids[1]])
      expect(found({ seenBy: { ...part, crews: ['B'] }, districts: ['North'] })).toEqual([ids[2]])
      expect(found({ seenBy: { districts: 'all', domains: ['gas'], crews: [] } })).toEqual([ids[2]])
      expect(found({ facility: 'SL-2' })).toEqual([ids[2]])
      orders().update({ ...(orders().order(ids[1] as number) as Order), alarms: [12, 13] })
      expect([found({ alarm: 13 }), found({ alarm: 7 }), found({ alarm: 7, domains: ['gas'] }), found({ alarm: 1 })]).toEqual([
        ...[[ids[1]], [ids[2], ids[0]], [ids[2]], []],
      ])
      expect(found({ from: 10, to: 11 })).toEqual([ids[1]])
      const closed = [99, 100].map((at) => orders().insert(order({ state: 'closed', closed: at, created: 20 })))
      expect(found({ closedFrom: 100 })).toEqual([closed[1]])
      expect(found({ closedFrom: 99, states: ['closed'] })).toEqual([closed[1], closed[0]])
      const page = orders().list({ limit: 2, to: 20 })
      expect(page.next).toBe(ids[1])
      expect(orders().list({ limit: 2, to: 20, before: page.next as number })).toEqual({
        items: [orders().order(ids[0] as number)],
        next: null,
      })
    })

    test('finds the order a fault comes back to: closed not long ago, and not rejected', () => {
      const closed = orders().insert(order({ state: 'closed', closed: 100 }))
      orders().insert(order({ state: 'rejected', closed: 200 }))
      orders().insert(order({ group: 'other', state: 'closed', closed: 300 }))
      expect(orders().lastOfGroup('g', 99)?.id).toBe(closed)
      expect(orders().lastOfGroup('g', 100)).toBeUndefined()
    })

    test('keeps the log of an order, and reads what happened in a time over all of them', () => {
      const ids = [orders().insert(order()), orders().insert(order())] as [number, number]
      for (let i = 0; i < 3; i++) orders().log({ ...entry, order: ids[0], recorded: i })
      orders().log({ ...entry, order: ids[1], recorded: 2 })
      const log = orders().logOf(ids[0], Number.MAX_SAFE_INTEGER, 2)
      expect(log.items.map(({ recorded }) => recorded)).toEqual([2, 1])
      expect(orders().logOf(ids[0], log.next as number, 2).items).toMatchObject([{ ...entry, order: ids[0], recorded: 0 }])
      expect(
        orders()
          .logBetween(1, 3, 0, 2)
          .items.map(({ order: of, recorded }) => [of, recorded]),
      ).toEqual([
        [ids[0], 1],
        [ids[0], 2],
      ])
    })

    test('knows which crews had to do with an order', () => {
      const [first, second] = [orders().insert(order()), orders().insert(order())]
      orders().log({ ...entry, order: first, crew: '', type: 'dispatch', words: 'north-1, north-2' })
      orders().log({ ...entry, order: second, crew: 'south', type: 'note', words: 'north-1' })
      const asked = (of: number) => ['north-1', 'north-2', 'north', 'south'].filter((crew) => orders().wasAsked(of, crew))
      expect([asked(first), asked(second)]).toEqual([['north-1', 'north-2'], ['south']])
    })

    test('knows where each crew arrived last', () => {
      const [first, second] = [orders().insert(order()), orders().insert(order())]
      const say = (of: number, more: Partial<OrderLogEntry>) => orders().log({ ...entry, order: of, type: 'arrive', ...more })
      say(first, { at: 40, recorded: 41 })
      say(second, { at: 30, recorded: 50 })
      say(second, { at: 60, recorded: 60, type: 'kept' })
      say(second, { at: 61, recorded: 61, crew: '' })
      say(second, { at: 20, recorded: 20, crew: 'B' })
      expect(orders().arrivals(20)).toEqual([
        { crew: 'A', order: first, at: 40 },
        { crew: 'B', order: second, at: 20 },
      ])
      expect(orders().arrivals(45)).toEqual([{ crew: 'A', order: second, at: 30 }])
    })

    test('counts the orders with which something happened in a time', () => {
      const [first, second] = [orders().insert(order()), orders().insert(order())]
      for (const [of, type, recorded] of [
        [first, 'create', 1],
        [second, 'create', 2],
        [first, 'close', 2],
        [first, 'close', 3],
        [second, 'close', 9],
      ] as const)
        orders().log({ ...entry, order: of, type, recorded })
      expect(orders().logCounts(1, 9)).toEqual(
        new Map([
          ['close', 1],
          ['create', 2],
        ]),
      )
      expect(orders().logCounts(2, 3).get('create')).toBe(1)
    })

    test('remembers which actions were taken, until they are old', () => {
      const id = orders().insert(order())
      const taken = { id: 'a-1', order: id, outcome: 'kept', why: 'taken by B', at: 5.5 } as const
      orders().putTakenAction(taken)
      expect([orders().takenAction('a-1'), orders().takenAction('a-2')]).toEqual([taken, undefined])
      expect(() => orders().putTakenAction(taken)).toThrow(expect.objectContaining({ code: 'action-refused' }))
      orders().forgetTakenActions(6)
      expect(orders().takenAction('a-1')).toBeUndefined()
    })

    test('keeps what is known of photos', () => {
      const id = orders().insert(order())
      const photo = { id: 'p1', order: id, at: 3.5, by: 'Anna', bytes: 1000, type: 'image/jpeg' }
      orders().addPhoto(photo)
      expect([orders().photo('p1'), orders().photosOf(id), orders().photosOf(99)]).toEqual([photo, [photo], []])
    })
  })
}
