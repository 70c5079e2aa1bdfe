import { describe, expect, test } from 'vitest'
import type { Channel } from '../../src/dispatch/channel.ts'
import { afterSuccess, type Delivery, usualLimits } from '../../src/dispatch/delivery.ts'
import type { DeliveryStore, StoredNotice } from '../../src/storage/delivery-store.ts'

const channel: Channel = {
  ...{
    id: 'desk',
    name: '调度群',
    settings: { type: 'wecom', url: 'https://x' },
    language: 'zh',
    types: ['order.unanswered'],
    districts: 'all',
  },
  ...{ domains: ['gas'], template: null, limits: usualLimits, disabled: false },
}
const notice: StoredNotice = {
  ...{
    id: 0,
    key: 'k1',
    at: 1.5,
    type: 'order.offered',
    urgent: true,
    title: { zh: '题', en: 't' },
    text: { zh: '文', en: 'x' },
    path: '/orders/1',
  },
  ...{ district: 'North', domain: 'gas', data: { order: 1 } },
}
const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  ...{
    id: 0,
    target: 'desk',
    notice: 1,
    urgent: false,
    created: 1.5,
    state: 'waiting',
    attempts: 0,
    notBefore: 2.5,
    delivered: null,
    problem: '',
  },
  ...more,
})

/** What every store of deliveries must do; `deliveries` gives the empty one of a test. */
export function describeDeliveries(deliveries: () => DeliveryStore): void {
  describe('deliveries', () => {
    test('keeps channels, and a notice once', () => {
      deliveries().putChannel(channel)
      deliveries().putChannel({ ...channel, disabled: true })
      expect(deliveries().channels()).toEqual([{ ...channel, disabled: true }])
      deliveries().removeChannel('desk')
      expect(deliveries().channels()).toEqual([])
      const id = deliveries().addNotice(notice)
      expect(deliveries().notice(id)).toEqual({ ...notice, id })
      expect(() => deliveries().addNotice(notice)).toThrow(expect.objectContaining({ code: 'action-refused' }))
    })

    test('lists what waits, and everything by state and target in pages', () => {
      const of = deliveries().addNotice(notice)
      const ids = [delivery(), delivery({ target: 'push:Anna', urgent: true }), delivery()].map((one) =>
        deliveries().add({ ...one, notice: of }),
      )
      const first = deliveries().delivery(ids[0] as number) as Delivery
      expect(first).toEqual({ ...delivery(), notice: of, id: ids[0] })
      deliveries().update(afterSuccess(first, 9.5))
      expect(
        deliveries()
          .waiting()
          .map(({ id }) => id),
      ).toEqual(ids.slice(1))
      expect(deliveries().list({ state: 'delivered', limit: 5 })).toEqual({
        items: [{ ...first, state: 'delivered', delivered: 9.5, attempts: 1 }],
        next: null,
      })
      expect(deliveries().list({ target: 'desk', limit: 1 })).toMatchObject({ items: [{ id: ids[2] }], next: ids[2] })
      expect(deliveries().counts()).toEqual([
        { target: 'desk', state: 'delivered', count: 1 },
        { target: 'desk', state: 'waiting', count: 1 },
        { target: 'push:Anna', state: 'waiting', count: 1 },
      ])
    })

    test('forgets what is over and old, with its notice when nobody else waits for it', () => {
      const [one, two] = [deliveries().addNotice(notice), deliveries().addNotice({ ...notice, key: 'k2' })] as [number, number]
      deliveries().add(delivery({ notice: one, state: 'delivered' }))
      deliveries().add(delivery({ notice: two, state: 'dead' }))
      const waits = deliveries().add(delivery({ notice: two }))
      deliveries().prune(1.5, 10)
      expect(deliveries().list({ limit: 10 }).items).toHaveLength(3)
      deliveries().prune(2, 10)
      expect(
        deliveries()
          .list({ limit: 10 })
          .items.map(({ id }) => id),
      ).toEqual([waits])
      expect([deliveries().notice(one), deliveries().notice(two)?.key]).toEqual([undefined, 'k2'])
    })
  })
}
