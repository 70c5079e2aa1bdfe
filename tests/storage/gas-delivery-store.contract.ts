import { describe, expect, test } from 'vitest'
import type { GasDelivery } from '../../src/operations/gas-delivery.ts'
import type { StateStore } from '../../src/storage/state-store.ts'

const delivery = (more: Partial<GasDelivery> = {}): GasDelivery => ({
  ...{ id: 0, station: 'gas-1', at: 10.5, tonnes: 20.25, state: 'planned', note: '第二车', by: 'Eva', changed: 1 },
  ...more,
})

/** What every store of deliveries of gas must do; `state` gives the empty one of a test. */
export function describeGasDeliveries(state: () => Pick<StateStore, 'gasDeliveries'>): void {
  describe('deliveries of gas', () => {
    test('are kept whole, changed, found and forgotten', () => {
      const { gasDeliveries: store } = state()
      const ids = [delivery(), delivery({ station: 'gas-2', at: 20 }), delivery({ at: 30, state: 'cancelled' })].map((one) =>
        store.insert(one),
      )
      expect(store.find(ids[0] as number)).toEqual(delivery({ id: ids[0] as number }))
      store.update(delivery({ id: ids[1] as number, station: 'gas-2', at: 25, tonnes: 18, state: 'arrived', by: 'Bao', changed: 2 }))
      const found = (query: object) => store.list({ ...query, limit: 9 }).items.map(({ at }) => at)
      expect(found({})).toEqual([30, 25, 10.5])
      expect([found({ station: 'gas-2' }), found({ state: 'cancelled' }), found({ from: 10.5, to: 25 })]).toEqual([[25], [30], [10.5]])
      const first = store.list({ limit: 2 })
      expect(store.list({ before: first.next as number, limit: 2 })).toMatchObject({ items: [{ at: 10.5 }], next: null })
      store.prune(26, 1)
      expect(found({})).toEqual([30, 25])
      store.prune(26, 5)
      expect([found({}), store.find(ids[0] as number)]).toEqual([[30], undefined])
    })
  })
}
