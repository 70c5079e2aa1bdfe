import { describe, expect, test } from 'vitest'
import type { Activation, KeptPlan } from '../../src/operations/emergency-plan.ts'
import type { EmergencyStore } from '../../src/storage/emergency-store.ts'

const plan: KeptPlan = {
  ...{ id: 'storm', name: '台风', nameEn: 'Typhoon', kind: 'extreme-weather', area: 'district=North', priorities: [], measuresWithin: 60 },
  ...{ light: null, rounds: null, duty: [], contacts: [], checklist: [], instructions: '', version: 1, changedBy: 'Anna', changedAt: 1.5 },
}
const activation: Activation = {
  ...{ id: 0, plan, area: plan.area, drill: false, reason: 'wind', by: 'Anna', at: 10.5, ended: null },
  ...{ done: {}, reached: {}, calls: [], told: [] },
}
const over = (at: number) => ({ ended: { at, by: 'Bert', note: 'calm' } })

/** What every store of emergency plans must do; `emergencies` gives the empty one of a test. */
export function describeEmergencies(emergencies: () => EmergencyStore): void {
  describe('emergency plans', () => {
    test('keeps plans by id', () => {
      for (const one of [plan, { ...plan, id: 'flood' }, { ...plan, name: '大风' }]) emergencies().putPlan(one)
      expect(emergencies().plans()).toEqual([
        { ...plan, id: 'flood' },
        { ...plan, name: '大风' },
      ])
      emergencies().removePlan('storm')
      expect(
        emergencies()
          .plans()
          .map(({ id }) => id),
      ).toEqual(['flood'])
    })

    test('tells which were active when', () => {
      const first = emergencies().addActivation(activation)
      const second = emergencies().addActivation({ ...activation, at: 20 })
      emergencies().update({ ...activation, id: first, ...over(30) })
      const ids = (found: readonly Activation[]) => found.map(({ id }) => id)
      expect(emergencies().activation(first)).toEqual({ ...activation, id: first, ...over(30) })
      expect(emergencies().activation(second + 1)).toBeUndefined()
      expect(ids(emergencies().active())).toEqual([second])
      expect([10, 10.5, 25, 30].map((at) => ids(emergencies().activeAt(at)))).toEqual([[], [first], [first, second], [second]])
      expect(ids(emergencies().activeBetween(0, 20))).toEqual([first])
      expect(ids(emergencies().activeBetween(30, 40))).toEqual([first, second])
    })

    test('lists activations and their log newest first, in pages', () => {
      const ids = [1, 2, 3].map((at) =>
        emergencies().addActivation({ ...activation, at, plan: { ...plan, id: at === 2 ? 'flood' : 'storm' } }),
      )
      const page = emergencies().activations({ before: Number.MAX_SAFE_INTEGER, limit: 2 })
      expect(page.items.map(({ id }) => id)).toEqual([ids[2], ids[1]])
      expect(emergencies().activations({ before: page.next as number, limit: 2 })).toMatchObject({ items: [{ id: ids[0] }], next: null })
      expect(emergencies().activations({ plan: 'flood', before: Number.MAX_SAFE_INTEGER, limit: 2 }).items).toHaveLength(1)
      const entry = { id: 0, activation: ids[0] as number, at: 5, by: 'Anna', type: 'note', words: '开始', data: { item: 'look', n: 2 } }
      for (const at of [5, 6]) emergencies().log({ ...entry, at })
      expect(emergencies().logOf(ids[0] as number, Number.MAX_SAFE_INTEGER, 1)).toMatchObject({
        items: [{ at: 6, data: { item: 'look', n: 2 } }],
      })
      expect(emergencies().logOf(ids[1] as number, Number.MAX_SAFE_INTEGER, 1).items).toEqual([])
    })
  })
}
