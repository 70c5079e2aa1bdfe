import { describe, expect, test } from 'vitest'
import type { FacilityDescription } from '../../src/facilities/plant.ts'
import type { EnteredReading } from '../../src/storage/entered-reading-store.ts'
import type { StateStore } from '../../src/storage/state-store.ts'

const reading = (more: Partial<EnteredReading> = {}): EnteredReading => ({
  ...{ facility: 'plant-1', point: 'lab-cod', at: 1.5, value: 31.2, by: 'Eva', source: 'laboratory', entered: 7.5, replaced: null },
  ...more,
})

/** What every store of entered readings must do; `state` gives the empty one of a test, `lamp` is a facility of that id. */
export function describeEnteredReadings(state: () => StateStore, lamp: FacilityDescription): void {
  describe('entered readings', () => {
    test('are kept once for each point and time, with the value they replaced', () => {
      const { enteredReadings: store } = state()
      store.put(reading())
      store.put(reading({ value: 30, replaced: 31.2, entered: 9 }))
      store.put(reading({ point: 'mode', value: 'auto' }))
      store.put(reading({ point: 'valve', value: true, replaced: false }))
      expect(store.find('plant-1', 'lab-cod', 1.5)).toEqual({ ...reading({ value: 30, replaced: 31.2, entered: 9 }), id: 2 })
      expect(store.find('plant-1', 'lab-cod', 2)).toBeUndefined()
      expect(store.list({ limit: 9 }).items.map(({ value, replaced }) => [value, replaced])).toEqual([
        [true, false],
        ['auto', null],
        [30, 31.2],
      ])
    })

    test('are found in pages, by facility, point, source, time and scope', () => {
      const { enteredReadings: store } = state()
      for (let at = 1; at <= 5; at++) store.put(reading({ at }))
      store.put(reading({ facility: 'lamp', source: 'round' }))
      const first = store.list({ facility: 'plant-1', limit: 3 })
      const rest = store.list({ facility: 'plant-1', before: first.next as number, limit: 3 })
      expect([...first.items, ...rest.items].map(({ at }) => at)).toEqual([5, 4, 3, 2, 1])
      expect(rest.next).toBeNull()
      const found = (query: object) => store.list({ ...query, limit: 9 }).items.map(({ facility, at }) => `${facility} ${at}`)
      expect(found({ point: 'lab-cod', from: 2, to: 4 })).toEqual(['plant-1 3', 'plant-1 2'])
      expect(found({ source: 'round' })).toEqual(['lamp 1.5'])
      state().putFacility(lamp)
      expect(found({ within: { districts: 'all', kinds: [lamp.kind], always: [] } })).toEqual(['lamp 1.5'])
    })

    test('are forgotten piece by piece, those entered first first', () => {
      const { enteredReadings: store } = state()
      for (const entered of [3, 1, 2, 4]) store.put(reading({ at: entered, entered }))
      store.prune(4, 2)
      expect(store.list({ limit: 9 }).items.map(({ entered }) => entered)).toEqual([4, 3])
      store.prune(4, 2)
      expect(store.list({ limit: 9 }).items.map(({ entered }) => entered)).toEqual([4])
    })
  })
}
