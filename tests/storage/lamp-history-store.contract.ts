import { describe, expect, test } from 'vitest'
import { type LampPlace, type LightFigures, noLight, SLOT } from '../../src/operations/lamp-history.ts'
import type { LampHistoryStore } from '../../src/storage/lamp-history-store.ts'

const main: LampPlace = { district: '裕华区', road: '裕华路', roadClass: 'main', keyArea: true, feeder: 'LC-1' }
const nameless: LampPlace = { district: '', road: '', roadClass: null, keyArea: false, feeder: '' }
const light = (own: Partial<LightFigures>): LightFigures => ({ ...noLight(), ...own })
const AT = 6000 * SLOT

/** What every store of the history of lamps must do; `store` gives the empty one of a test. */
export function describeLampHistory(store: () => LampHistoryStore): void {
  describe('history of lamps', () => {
    test('keeps slots as they were, and adds them up by days and places', () => {
      const first = [
        { place: main, light: light({ lit: 20, dark: 2, drawn: 1999.5, full: 2400, facilities: 23, intact: 21 }) },
        { place: nameless, light: light({ estimated: 4, estimatedLit: 2.5, facilities: 4, intact: 4 }) },
      ]
      store().add(AT, '2026-03-01', first)
      store().add(AT + SLOT, '2026-03-01', [{ place: main, light: light({ lit: 22, facilities: 23, intact: 23 }) }])
      store().add(AT + 2 * SLOT, '2026-03-02', [{ place: main, light: light({ lit: 1, facilities: 23 }) }])
      const [slot, ...others] = store().slots(AT, AT + SLOT)
      expect(others).toEqual([])
      // Facilities are known by days only.
      expect(slot).toEqual({
        at: AT,
        late: false,
        places: first.map(({ place, light: own }) => ({ place, light: { ...own, facilities: 0, intact: 0 } })),
      })
      expect(store().days('2026-03-01', '2026-03-01')).toEqual([
        {
          date: '2026-03-01',
          slots: 2,
          place: main,
          light: light({ lit: 42, dark: 2, drawn: 1999.5, full: 2400, facilities: 46, intact: 44 }),
        },
        { date: '2026-03-01', slots: 1, place: nameless, light: first[1]?.light },
      ])
      expect(store().days('2026-03-02', '2026-03-09')).toMatchObject([{ date: '2026-03-02', slots: 1, light: { lit: 1 } }])
    })

    test('tells a slot that was worked out afterwards', () => {
      store().add(AT, '2026-03-01', [], true)
      store().add(AT + SLOT, '2026-03-01', [])
      expect([...store().slots(AT, AT + 2 * SLOT)].map(({ late }) => late)).toEqual([true, false])
    })

    test('counts a slot once, whatever it is given again', () => {
      const places = [{ place: main, light: light({ lit: 5, facilities: 5 }) }]
      store().add(AT, '2026-03-01', places)
      store().add(AT, '2026-03-01', places)
      expect(store().days('2026-03-01', '2026-03-01')).toMatchObject([{ slots: 1, light: { lit: 5 } }])
    })

    test('knows a slot in which nothing was lit from one that was not seen, and reads long times in their order', () => {
      for (let i = 0; i < 120; i++) store().add(AT + i * SLOT, '2026-03-01', [{ place: main, light: light({ lit: i, facilities: 1 }) }])
      const found = [...store().slots(AT, AT + 500 * SLOT)]
      expect(found.map(({ at }) => (at - AT) / SLOT)).toEqual(Array.from({ length: 120 }, (_, i) => i))
      expect(store().count(AT + SLOT, AT + 3 * SLOT)).toBe(2)
      expect(store().times(AT + SLOT, AT + 3 * SLOT)).toEqual([AT + SLOT, AT + 2 * SLOT])
      expect([found[0]?.places, found[119]?.places[0]?.light.lit]).toEqual([[], 119])
    })

    test('forgets what is older than it is kept, a little at a time', () => {
      for (let i = 0; i < 4; i++) store().add(AT + i * SLOT, `2026-03-0${i + 1}`, [{ place: main, light: light({ lit: 1 }) }])
      store().prune(AT + 3 * SLOT, '2026-03-03', 2)
      expect([...store().slots(0, AT + 9 * SLOT)].map(({ at }) => (at - AT) / SLOT)).toEqual([2, 3])
      expect(
        store()
          .days('2026-01-01', '2026-12-31')
          .map(({ date }) => date),
      ).toEqual(['2026-03-03', '2026-03-04'])
    })
  })
}
