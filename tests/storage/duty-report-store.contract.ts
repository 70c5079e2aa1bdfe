import { describe, expect, test } from 'vitest'
import type { DutyReportStore, MadeDutyReport, NewDutyReport } from '../../src/storage/duty-report-store.ts'

const day: NewDutyReport = {
  ...{ company: 'gas', period: 'day', from: 1000.5, to: 2000, isPartial: false, askedBy: null, askedAt: 2100, replaces: null, reason: '' },
}
const figures = [{ key: 'alarms', title: { zh: '报警', en: 'Alarms' }, value: 3 }]
const made: MadeDutyReport = { madeAt: 2200, head: { shiftName: '夜班', figures }, body: '{"words":"煤气"}', hash: 'abc', sendAt: null }

/** What every store of duty reports must do; `reports` gives the empty one of a test. */
export function describeDutyReports(reports: () => DutyReportStore): void {
  const ask = (more: Partial<NewDutyReport> = {}) => reports().ask({ ...day, ...more }) as number
  const makeOne = (more: Partial<NewDutyReport> = {}, how: Partial<MadeDutyReport> = {}) => {
    const id = ask(more)
    reports().made(id, { ...made, ...how })
    return id
  }

  describe('duty reports', () => {
    test('are asked for, made, and then stay as they are', () => {
      const id = ask()
      const waiting = { ...day, id, state: 'waiting', madeAt: null, head: null, hash: null, problem: '', sendAt: null, sentAt: null }
      expect(reports().report(id)).toEqual({ ...waiting, replacedBy: null, lateReports: 0, lateAt: null })
      expect(reports().body(id)).toBeUndefined()
      reports().made(id, made)
      expect(reports().report(id)).toMatchObject({ state: 'made', madeAt: 2200, head: made.head, hash: 'abc' })
      reports().made(id, { ...made, body: '{}', hash: 'def' })
      reports().failed(id, 'no')
      expect(reports().report(id)).toMatchObject({ state: 'made', hash: 'abc', problem: '' })
      expect(reports().body(id)).toBe(made.body)
      expect(reports().report(99)).toBeUndefined()
    })
    test('the calendar asks once for each; people as often as they like, and are served first', () => {
      const id = ask()
      for (let again = 0; again < 3; again++) expect(reports().ask(day)).toBeNull()
      expect(ask({ period: 'shift' })).toBe(id + 1)
      const others = [ask({ company: 'water' }), ask({ period: 'month' }), ask({ from: 5 })]
      expect(reports().nextWaiting()).toMatchObject({ id })
      const own = [ask({ askedBy: 'Otto' }), ask({ askedBy: 'Otto' })]
      expect(new Set([id, ...others, ...own]).size).toBe(6)
      expect(reports().nextWaiting()).toMatchObject({ id: own[0], askedBy: 'Otto' })
      expect(reports().waitingForPeople()).toBe(2)
      reports().failed(own[0] as number, 'store away')
      expect(reports().report(own[0] as number)).toMatchObject({ state: 'failed', problem: 'store away' })
      expect(reports().nextWaiting()).toMatchObject({ id: own[1] })
    })
    test('are listed newest first by company, period and time, in pages', () => {
      const [a, b, c] = [ask(), ask({ company: 'water' }), ask({ period: 'month', from: 7000 })]
      const ids = (query: Partial<Parameters<DutyReportStore['list']>[0]>) =>
        reports()
          .list({ companies: ['gas', 'water'], limit: 10, ...query })
          .items.map(({ id }) => id)
      expect(ids({})).toEqual([c, b, a])
      expect(ids({ companies: ['water'] })).toEqual([b])
      expect(ids({ companies: ['waste'] })).toEqual([])
      expect(ids({ period: 'day' })).toEqual([b, a])
      expect([ids({ from: 7000 }), ids({ to: 7000 })]).toEqual([[c], [b, a]])
      const page = reports().list({ companies: ['gas', 'water'], limit: 2 })
      expect(page.next).toBe(b)
      expect(ids({ before: page.next as number })).toEqual([a])
    })
    test('one that is made again stands in place of the other', () => {
      const first = makeOne()
      const second = makeOne({ askedBy: 'Otto', replaces: first, reason: 'late data' })
      expect(reports().report(first)).toMatchObject({ replacedBy: second })
      expect(reports().report(second)).toMatchObject({ replaces: first, reason: 'late data', replacedBy: null })
      const { items } = reports().list({ companies: ['gas'], newest: true, limit: 10 })
      expect(items.map(({ id }) => id)).toEqual([second])
      expect(
        reports()
          .madeSince(0)
          .map(({ id }) => id),
      ).toEqual([second])
    })
    test('are signed once by each', () => {
      const id = makeOne()
      expect(reports().sign(id, { by: 'Otto', at: 20, remark: '' })).toBe(true)
      expect(reports().sign(id, { by: 'Olga', at: 10, remark: '已阅' })).toBe(true)
      expect(reports().sign(id, { by: 'Otto', at: 30, remark: 'again' })).toBe(false)
      expect(reports().signatures(id)).toEqual([
        { by: 'Olga', at: 10, remark: '已阅' },
        { by: 'Otto', at: 20, remark: '' },
      ])
    })
    test('what comes late is counted up, with how far messages are counted', () => {
      reports().since(5)
      expect(reports().lateThrough()).toBe(-1)
      const id = makeOne()
      reports().addLate([{ report: id, reports: 3, at: 40 }], 100)
      reports().addLate([{ report: id, reports: 2, at: 50.5 }], 90)
      expect(reports().report(id)).toMatchObject({ lateReports: 5, lateAt: 50.5 })
      expect(reports().lateThrough()).toBe(100)
      expect(reports().madeSince(1999)).toHaveLength(1)
      expect(reports().madeSince(2000)).toEqual([])
    })
    test('are to be sent at their time, once', () => {
      const late = makeOne({}, { sendAt: 500 })
      const early = makeOne({ company: 'water' }, { sendAt: 400 })
      makeOne({ company: 'waste' })
      const due = (at: number) =>
        reports()
          .toSend(at, 10)
          .map(({ id }) => id)
      expect([due(399), due(400), due(500)]).toEqual([[], [early], [early, late]])
      reports().sent(early, 450)
      expect(due(500)).toEqual([late])
      expect(reports().report(early)).toMatchObject({ sendAt: 400, sentAt: 450 })
    })
    test('settings are kept, and since when the calendar counts', () => {
      expect(reports().settings()).toBeUndefined()
      reports().putSettings('{"a":1}')
      reports().putSettings('{"a":2}')
      expect(reports().settings()).toBe('{"a":2}')
      expect([reports().since(7.5), reports().since(8)]).toEqual([7.5, 7.5])
    })
    test('old reports of shifts go when nobody signed them, a few at a time; others stay', () => {
      const shift = (from: number) => makeOne({ period: 'shift', from })
      const [a, b, signed] = [shift(1), shift(2), shift(3)]
      reports().sign(signed as number, { by: 'Otto', at: 1, remark: '' })
      const month = makeOne({ period: 'month' })
      reports().pruneShifts(2200, 10)
      expect(reports().report(a as number)).toBeDefined()
      reports().pruneShifts(2201, 1)
      const left = [a, b, signed, month].filter((id) => reports().report(id as number))
      expect(left).toHaveLength(3)
      reports().pruneShifts(2201, 10)
      expect([a, b, signed, month].filter((id) => reports().report(id as number))).toEqual([signed, month])
    })
  })
}
