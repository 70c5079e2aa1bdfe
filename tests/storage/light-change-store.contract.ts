import { describe, expect, test } from 'vitest'
import type { KeptLightChange } from '../../src/control/light-change.ts'
import type { StateStore } from '../../src/storage/state-store.ts'

const override = (plan?: string) => ({
  query: 'road=A',
  level: 0,
  programme: null,
  from: 1,
  until: 9,
  reason: '检修',
  ...(plan && { plan }),
})
const change = (id: string, more: Partial<KeptLightChange> = {}): KeptLightChange => ({
  ...{ id, change: { type: 'override', override: override() }, by: 'Eva', account: 'Eva', at: 10.5, state: 'in-force' },
  ...{ counts: { lamps: 2, cabinets: 0, darkerLamps: 2, darkerCabinets: 0 }, differences: [], token: 'x', basis: 'y' },
  ...{ approval: null, alone: ['L-1', 'L-2'], override: 3 },
  ...more,
})
const asked = { reasons: ['many-lamps'], expires: 40, lasts: null, decision: null } as const

/** What every store of changes of light must do; `state` gives the empty one of a test. */
export function describeLightChanges(state: () => Pick<StateStore, 'lightChanges' | 'programmes'>): void {
  describe('changes of light', () => {
    test('are kept whole, moved on, found and forgotten', () => {
      const { lightChanges: store } = state()
      const first = change('a')
      const waiting = change('b', { at: 20, state: 'waiting', approval: asked, alone: [], override: null })
      const planned = change('c', { at: 30, change: { type: 'override', override: override('7') }, account: 'Bao', alone: ['L-3'] })
      for (const one of [first, waiting, planned]) store.put(one)
      expect([store.find('a'), store.find('none'), store.waiting(), store.ofPlan('7')]).toEqual([first, undefined, [waiting], [planned]])
      const ids = (query: object) => store.list({ limit: 9, ...query }).items.map(({ id }) => id)
      expect([ids({}), ids({ waiting: true })]).toEqual([['c', 'b', 'a'], ['b']])
      const page = store.list({ limit: 2 })
      expect(ids({ before: page.next as number })).toEqual(['a'])
      store.prune(25, 9)
      expect(ids({})).toEqual(['c', 'b'])
      store.put({ ...waiting, state: 'declined' })
      expect([store.waiting(), store.find('b')?.state]).toEqual([[], 'declined'])
    })

    test('tell which lamps an account gave less light alone since a moment, each once', () => {
      const { lightChanges: store } = state()
      for (const one of [
        change('a'),
        change('b', { at: 20, alone: ['L-2', 'L-3'] }),
        change('c', { at: 30, account: 'Bao', alone: ['L-9'] }),
      ])
        store.put(one)
      expect([store.alone('Eva', 0).sort(), store.alone('Eva', 11).sort(), store.alone('Nobody', 0)]).toEqual([
        ['L-1', 'L-2', 'L-3'],
        ['L-2', 'L-3'],
        [],
      ])
    })

    test('tell of overrides that an account made alone as long as they are planned or in force', () => {
      const { lightChanges: store, programmes } = state()
      const kept = { ...override(), by: 'Eva', made: 1, ended: null, endedBy: null, plan: null, condition: null }
      const [planned, ended, over] = [100, 100, 40].map((until) => programmes.addOverride({ id: 0, ...kept, from: 30, until }))
      programmes.endOverride(ended as number, 35, 'Eva')
      store.put(change('a', { override: planned as number, alone: ['L-1'] }))
      store.put(change('b', { override: ended as number, alone: ['L-2'] }))
      store.put(change('c', { override: over as number, alone: ['L-3'] }))
      expect([store.alone('Eva', 39).sort(), store.alone('Eva', 50), store.alone('Eva', 100)]).toEqual([['L-1', 'L-3'], ['L-1'], []])
    })
  })
}
