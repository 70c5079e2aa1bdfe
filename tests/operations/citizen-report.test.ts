import { describe, expect, test } from 'vitest'
import { newOrder, type Order, type OrderState, orderStates } from '../../src/dispatch/order.ts'
import {
  type CitizenReport,
  intake,
  isDangerous,
  publicState,
  publicStates,
  readReportNumber,
  reportNumber,
} from '../../src/operations/citizen-report.ts'

const DAY = 86_400_000
const report = (id: number, more: Partial<CitizenReport> = {}): CitizenReport => ({
  ...{
    id,
    number: 'AAAAA-AAAAA',
    at: id * DAY,
    kind: 'dark',
    source: 'page',
    enteredBy: null,
    facility: 'SL-1',
    position: null,
    group: 'g',
  },
  ...{ words: '', contact: '', duplicateOf: null, order: null, closed: null, reason: '' },
  ...more,
})
const order = (state: OrderState, more: Partial<Order> = {}): Order => ({
  ...newOrder({
    ...{ origin: 'report', class: 'ordinary', title: { zh: '', en: '' }, facilities: ['SL-1'], alarms: [], reports: [1], group: 'g' },
    ...{ district: '', domain: 'lighting', keyArea: false, created: 0, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
  }),
  ...{ id: 1, state },
  ...more,
})

describe('a report that comes in', () => {
  test('is a duplicate of the first open one of its lamps within 30 days', () => {
    const reports = [report(3, { duplicateOf: 2 }), report(2), report(4)]
    expect(intake(reports, null, 10 * DAY)).toEqual({ type: 'duplicate', of: reports[1] })
    expect(intake([report(1)], null, 31 * DAY)).toMatchObject({ type: 'duplicate' })
    expect(intake([report(1)], null, 31 * DAY + 1)).toEqual({ type: 'new' })
    expect(intake([report(1, { closed: 2 * DAY })], null, 3 * DAY)).toEqual({ type: 'new' })
  })

  test('joins the order there is, so that whoever reports it learns that it is known', () => {
    const known = order('dispatched')
    expect(intake([], known, DAY)).toEqual({ type: 'known', order: known })
    expect(intake([], order('closed'), DAY)).toEqual({ type: 'new' })
  })

  test('of what can kill is a danger', () => {
    expect([isDangerous('live-part'), isDangerous('dark')]).toEqual([true, false])
  })
})

describe('what the public is told', () => {
  test('has words for every state an order can have', () => {
    for (const state of Object.keys(orderStates) as OrderState[]) {
      expect(publicStates[publicState({ closed: null, reason: '' }, order(state))].zh).not.toBe('')
    }
  })

  test('follows the order, and ends without one too', () => {
    const of = (closed: number | null, reason: string, one: Order | null) => publicState({ closed, reason }, one)
    expect(of(null, '', null)).toBe('received')
    expect(of(null, '', order('on-the-way'))).toBe('crew-on-the-way')
    expect(of(9, '', order('closed', { repair: { at: 1, by: 'x', cause: '', minutes: 1, parts: [] } }))).toBe('done')
    expect(of(9, 'not ours', order('closed'))).toBe('not-repaired')
    expect(of(9, 'not ours', null)).toBe('not-repaired')
  })
})

test('numbers are read as people write them, and nothing else is', () => {
  const number = reportNumber(Uint8Array.from({ length: 10 }, (_, i) => i * 25))
  expect(number).toMatch(/^[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}$/)
  expect(readReportNumber(` ${number.toLowerCase().replace('-', ' ')} `)).toBe(number)
  expect([readReportNumber('12345'), readReportNumber('AAAAA-AAAA0'), readReportNumber('')]).toEqual([null, null, null])
})
