import { describe, expect, test } from 'vitest'
import type { ProgrammeOverride, ProgrammeSet } from '../../src/control/programme-set.ts'
import type { StateStore } from '../../src/storage/state-store.ts'

const set = (holiday: string): ProgrammeSet => ({ programmes: [], calendars: [], assignments: [], conditions: [], holidays: [holiday] })
const override = (more: Partial<ProgrammeOverride> = {}): ProgrammeOverride => ({
  ...{ id: 0, query: 'road="裕华路"', level: 62.5, programme: null, from: 10.5, until: 20, reason: '大雾', by: 'Eva', made: 9 },
  ...{ ended: null, endedBy: null, plan: null, condition: null },
  ...more,
})

/** What every store of lighting programmes must do; `state` gives the empty one of a test. */
export function describeProgrammes(state: () => Pick<StateStore, 'programmes'>): void {
  describe('lighting programmes', () => {
    test('keep the version that was in force, and forget those before it', () => {
      const { programmes: store } = state()
      for (const at of [10, 20, 30]) store.addVersion(set(`day ${at}`), at, 'Eva')
      const kept = () => store.versions().map(({ at, by, holidays }) => [at, by, ...holidays])
      store.prune(20, 9)
      expect(kept().map(([at]) => at)).toEqual([10, 20, 30])
      store.prune(25, 9)
      expect(kept()).toEqual([
        [20, 'Eva', 'day 20'],
        [30, 'Eva', 'day 30'],
      ])
    })

    test('keep overrides whole, end them once, and forget those that are long over', () => {
      const { programmes: store } = state()
      const ids = [override(), override({ level: null, programme: 'half', until: 40, plan: '3', condition: 'fog' })].map((one) =>
        store.addOverride(one),
      )
      store.endOverride(ids[0] as number, 15, 'Bao')
      store.endOverride(ids[0] as number, 16, 'Cai')
      expect(store.overrides()).toEqual([
        override({ id: ids[0] as number, ended: 15, endedBy: 'Bao' }),
        override({ id: ids[1] as number, level: null, programme: 'half', until: 40, plan: '3', condition: 'fog' }),
      ])
      store.prune(30, 9)
      expect(store.overrides().map(({ id }) => id)).toEqual([ids[1]])
    })

    test('keep the newest table that was wanted of each before a moment, and what came after, a few at a time', () => {
      const { programmes: store } = state()
      for (const [facility, at] of [['a', 1], ['b', 2], ['a', 3], ['a', 5], ['a', 9]] as const) store.addWanted(facility, at, at) // biome-ignore format: one row
      const kept = () => store.wanted().map(({ facility, at, table }) => `${facility}${at}:${table}`)
      expect(kept()).toEqual(['a1:1', 'b2:2', 'a3:3', 'a5:5', 'a9:9'])
      store.prune(6, 1)
      expect(kept()).toEqual(['b2:2', 'a3:3', 'a5:5', 'a9:9'])
      store.prune(6, 9)
      expect(kept()).toEqual(['b2:2', 'a5:5', 'a9:9'])
    })

    test('keep one download of each device', () => {
      const { programmes: store } = state()
      const download = { facility: 'a', table: 4_000_000_000, until: 20, at: 1, sent: null, attempts: 0 }
      store.putDownload(download)
      store.putDownload({ ...download, sent: 2.5, attempts: 1 })
      expect(store.downloads()).toEqual([{ ...download, sent: 2.5, attempts: 1 }])
      store.removeDownload('a')
      expect(store.downloads()).toEqual([])
    })
  })
}
