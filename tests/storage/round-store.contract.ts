import { describe, expect, test } from 'vitest'
import type { CheckIn, Round } from '../../src/operations/round.ts'
import type { RoundPlan } from '../../src/operations/round-plan.ts'
import type { RoundStore } from '../../src/storage/round-store.ts'

const plan = (id: string, more: Partial<RoundPlan> = {}): RoundPlan => ({
  ...{ id, name: '巡查', nameEn: '', kind: 'patrol', company: 'lighting', district: '', stops: [], area: 'kind=light-cabinet' },
  ...{ windows: [{ from: 0, to: 60 }], weekdays: [1], crew: null, proof: 'either', radius: 50, share: 1, lateAfter: 30, missedAfter: 90 },
  ...{ disabled: false, since: 1.5, ...more },
})
const round = (more: Partial<Round> = {}): Round => ({
  ...{
    id: 0,
    plan: 'p',
    name: { zh: '巡查', en: 'Patrol' },
    kind: 'patrol',
    company: 'lighting',
    key: 'k1',
    begins: 10,
    due: 20,
    late: 30,
    over: 40,
    crew: null,
    proof: 'either',
    radius: 50,
    stops: [],
    least: 1,
  },
  ...{ emergency: null, state: 'open', visited: 0, started: null, lastVisit: null, ended: null, ...more },
})
const checkIn = (id: string, more: Partial<CheckIn> = {}): CheckIn => ({
  ...{ id, round: 1, stop: 's', facility: 's', by: 'anna', at: 15, received: 16, shown: 'position', scanned: null },
  ...{ place: { position: [1, 2], accuracy: 5 }, distance: 3, doubts: [], readings: [], note: '', ...more },
})

/** What every store of rounds must do; `rounds` gives the empty one of a test. */
export function describeRounds(rounds: () => RoundStore): void {
  const insert = (more: Partial<Round> = {}): Round => {
    const id = rounds().insert(round(more))
    return round({ ...more, id: id as number })
  }
  const visit = (one: CheckIn, place = one.stop) =>
    rounds().addCheckIn({ checkIn: one, place, district: 'North', road: 'Quay', keyArea: true })

  describe('rounds', () => {
    test('plans and tightenings are kept, changed and removed', () => {
      rounds().putPlan(plan('b'))
      rounds().putPlan(plan('a'))
      rounds().putPlan(plan('b', { crew: 'x' }))
      expect(rounds().plans()).toEqual([plan('a'), plan('b', { crew: 'x' })])
      rounds().removePlan('a')
      expect([rounds().plan('a'), rounds().plan('b')]).toEqual([undefined, plan('b', { crew: 'x' })])
      const tightening = { plan: 'E-1', query: 'district=North', factor: 2, by: 'eva', at: 7 }
      rounds().putTightening({ ...tightening, factor: 3 })
      rounds().putTightening(tightening)
      expect(rounds().tightenings()).toEqual([tightening])
      rounds().removeTightening('E-1')
      expect(rounds().tightenings()).toEqual([])
    })

    test('a round of a window is made once, and changed whole', () => {
      const one = insert()
      expect(rounds().insert(round({ begins: 99 }))).toBeUndefined()
      expect(rounds().round(one.id)).toEqual(one)
      const moved = { ...one, begins: 11, late: 31, over: 41, state: 'done' as const, ended: 12 }
      rounds().update(moved)
      expect([rounds().round(one.id), rounds().open()]).toEqual([moved, []])
      const [later, sooner] = [insert({ key: 'k3', begins: 30 }), insert({ key: 'k2', begins: 20 })]
      expect(rounds().open()).toEqual([sooner, later])
      expect(rounds().ofPlan('p', 20)).toEqual([sooner, later])
      expect(rounds().keysOf('p', 20)).toEqual(['k2', 'k3'])
      const { stops: _, ...sketch } = sooner
      expect(rounds().sketchesOf('p', 20)[0]).toEqual(sketch)
      expect([rounds().overdue(39), rounds().overdue(40)]).toEqual([[], [sooner, later]])
      rounds().remove(later.id)
      expect(rounds().ofPlan('p', 0)).toEqual([moved, sooner])
    })

    test('lists the newest first, in pages, by what is asked for', () => {
      const [a, b, c] = [
        insert(),
        insert({ key: 'k2', plan: 'q', begins: 20, late: 60 }),
        insert({ key: 'k3', crew: 'x', state: 'missed' }),
      ]
      const list = (query: object) => rounds().list({ limit: 10, ...query }).items
      expect(list({})).toEqual([c, b, a])
      expect([list({ plans: ['q'] }), list({ crew: 'x' }), list({ states: ['open'] }), list({ lateAt: 30 })]).toEqual([
        [b],
        [c],
        [b, a],
        [a],
      ])
      expect([list({ from: 20 }), list({ to: 20 })]).toEqual([[b], [c, a]])
      const first = rounds().list({ limit: 2 })
      expect([first.items, rounds().list({ limit: 2, before: first.next as number })]).toEqual([[c, b], { items: [a], next: null }])
    })

    test('check-ins are kept as they were told, and the last of a person and of a place are found', () => {
      const [a, b] = [insert(), insert({ key: 'k2' })]
      const [first, second, third] = [
        checkIn('c1', { round: a.id }),
        checkIn('c2', { round: b.id, at: 25 }),
        checkIn('c3', { round: b.id, at: 20, stop: 't', by: 'bao' }),
      ]
      for (const one of [first, second, third]) visit(one)
      expect(() => visit(first)).toThrow()
      expect([rounds().checkIn('c1'), rounds().checkIn('c9'), rounds().checkInsOf(b.id)]).toEqual([first, undefined, [third, second]])
      expect([rounds().lastOf('anna', 24), rounds().lastOf('anna', 25), rounds().lastOf('anna', 1)]).toEqual([first, second, undefined])
      const where = { district: 'North', road: 'Quay', keyArea: true }
      expect(rounds().visits(15, 25)).toEqual([
        { checkIn: first, place: 's', ...where },
        { checkIn: third, place: 't', ...where },
      ])
      expect(
        rounds()
          .lastVisits(0, 10)
          .map(({ checkIn: { id } }) => id),
      ).toEqual(['c2', 'c3'])
      expect(
        rounds()
          .lastVisits(0, 1)
          .map(({ checkIn: { id } }) => id),
      ).toEqual(['c2'])
      expect(rounds().lastVisits(26, 10)).toEqual([])
    })

    test('forgets what was over long ago with its check-ins, the oldest first, and nothing that is open', () => {
      const [old, older, open] = [
        insert({ over: 50, state: 'done' }),
        insert({ key: 'k2', over: 45, state: 'done' }),
        insert({ key: 'k3' }),
      ]
      visit(checkIn('c1', { round: old.id }))
      visit(checkIn('c2', { round: older.id }))
      rounds().prune(60, 1)
      expect([rounds().round(older.id), rounds().checkIn('c2'), rounds().checkIn('c1')?.round]).toEqual([undefined, undefined, old.id])
      rounds().prune(50, 9)
      expect(rounds().round(old.id)).toEqual(old)
      rounds().prune(60, 9)
      expect(rounds().list({ limit: 9 }).items).toEqual([open])
    })
  })
}
