import { describe, expect, test } from 'vitest'
import { newOrder } from '../../src/dispatch/order.ts'
import type { CitizenReport } from '../../src/operations/citizen-report.ts'
import type { ReportStore } from '../../src/storage/report-store.ts'
import type { StateStore } from '../../src/storage/state-store.ts'

let count = 0
export const sampleReport = (more: Partial<CitizenReport> = {}): CitizenReport => {
  count++
  return {
    ...{
      id: 0,
      number: `NUMBER-${count}`,
      madeId: `made-${count}`,
      at: 1.5,
      kind: 'dark',
      source: 'page',
      enteredBy: null,
      facility: 'SL-1',
    },
    ...{ position: [121.5, 31.2], group: 'g', district: 'North', domain: 'lighting', words: '灯灭了', contact: '13800000000' },
    ...{ language: 'zh', callerWaits: false, telemetry: 'unknown', known: false, duplicateOf: null, order: null, closed: null },
    ...{ closedBy: null, reason: '' },
    ...more,
  } as CitizenReport
}

/** What every store of citizens' reports must do; `store` gives the empty one of a test. */
export function describeReports(store: () => StateStore): void {
  const reports = (): ReportStore => store().reports
  const insert = (more: Partial<CitizenReport> = {}): CitizenReport => {
    const report = sampleReport(more)
    return { ...report, id: reports().insert(report) }
  }
  const anOrder = () =>
    store().orders.insert(
      newOrder({
        ...{ origin: 'report', class: 'ordinary', title: { zh: '', en: '' }, facilities: ['SL-1'], alarms: [], reports: [], group: 'g' },
        ...{ district: '', domain: 'lighting', keyArea: false, created: 1, createdBy: 'rule', arriveBy: 2, repairBy: 3 },
      }),
    )

  describe('reports of citizens', () => {
    test('keeps all of a report, and finds it by its number and by the id its page made', () => {
      const one = insert()
      expect(reports().report(one.id)).toEqual(one)
      expect(reports().ofNumber(one.number)).toEqual(one)
      expect(reports().ofMadeId(one.madeId)).toEqual(one)
      expect([reports().report(99), reports().ofNumber('x'), reports().ofMadeId('x')]).toEqual([undefined, undefined, undefined])
      const closed: CitizenReport = { ...one, closed: 9.5, closedBy: 'desk', reason: '不属本局', position: null, facility: null }
      reports().update(closed)
      expect(reports().report(one.id)).toEqual(closed)
    })

    test('has one report of each number and of each made id', () => {
      const one = insert()
      expect(() => reports().insert(sampleReport({ number: one.number }))).toThrow()
      expect(() => reports().insert(sampleReport({ madeId: one.madeId }))).toThrow()
    })

    test('tells first reports, their duplicates, and those of an order', () => {
      const first = insert({ order: anOrder() })
      const second = insert({ duplicateOf: first.id })
      insert({ closed: 3, closedBy: 'desk' })
      insert({ group: 'other' })
      const late = insert()
      expect(reports().firstsOf('g')).toEqual([first, late])
      expect(reports().duplicatesOf(first.id)).toEqual([second])
      expect([reports().countDuplicates(first.id), reports().countDuplicates(late.id)]).toEqual([1, 0])
      expect(reports().ofOrder(first.order as number)).toEqual([first])
      const closed = insert({ order: first.order, closed: 4, closedBy: 'order' })
      insert({ order: first.order, duplicateOf: first.id })
      expect(reports().newestWithOrder('g')).toEqual(closed)
      expect(reports().newestWithOrder('other')).toBeUndefined()
      expect(
        reports()
          .underWay()
          .map(({ id }) => id),
      ).toContain(first.id)
      expect(reports().counts()).toEqual({ open: 5, waiting: 2 })
    })

    test('lists by what is asked for, the newest first, in pages', () => {
      const ids = [
        insert({ order: anOrder() }),
        insert({ district: 'South', domain: 'cabinets' }),
        insert({ closed: 3, closedBy: 'desk', district: '', domain: '' }),
      ].map(({ id }) => id)
      const found = (query: Partial<Parameters<ReportStore['list']>[0]>) =>
        reports()
          .list({ limit: 10, ...query })
          .items.map(({ id }) => id)
      expect(found({})).toEqual([ids[2], ids[1], ids[0]])
      expect(found({ state: 'open' })).toEqual([ids[1], ids[0]])
      expect(found({ state: 'waiting' })).toEqual([ids[1]])
      expect(found({ state: 'closed' })).toEqual([ids[2]])
      expect(found({ districts: ['North'] })).toEqual([ids[0]])
      expect(found({ domains: ['cabinets'], state: 'open' })).toEqual([ids[1]])
      const page = reports().list({ limit: 2 })
      expect(page.next).toBe(ids[1])
      expect(reports().list({ limit: 2, before: page.next as number })).toMatchObject({ items: [{ id: ids[0] }], next: null })
    })

    test('forgets what people wrote of what was closed long ago, and of nothing else', () => {
      const [fresh, old] = [insert({ closed: 100, closedBy: 'order' }), insert({ closed: 99, closedBy: 'order' })]
      reports().erasePersonal(100)
      expect([fresh, old].map(({ id }) => reports().report(id))).toEqual([fresh, { ...old, contact: '', words: '' }])
    })

    test('forgets how to reach whoever reported what is open for as long, with a facility and without one, and keeps what they said', () => {
      const [fresh, ...old] = [
        insert({ at: 100 }),
        insert({ at: 99 }),
        insert({ at: 99, facility: null }),
        insert({ at: 99, order: anOrder() }),
      ]
      reports().erasePersonal(100)
      expect(reports().report(fresh.id)).toEqual(fresh)
      expect(old.map(({ id }) => reports().report(id))).toEqual(old.map((report) => ({ ...report, contact: '' })))
    })

    test('forgets what was closed very long ago, the duplicates of a report before it', () => {
      const first = insert({ closed: 98, closedBy: 'order' })
      const second = insert({ closed: 99, closedBy: 'order', duplicateOf: first.id })
      const kept = [insert(), insert({ closed: 100, closedBy: 'order' })]
      const left = () => [first, second, ...kept].filter(({ id }) => reports().report(id)).map(({ id }) => id)
      reports().prune(100, 1)
      expect(left()).toEqual([first, ...kept].map(({ id }) => id))
      reports().prune(100, 9)
      expect(left()).toEqual(kept.map(({ id }) => id))
    })
  })
}
