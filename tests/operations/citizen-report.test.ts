import { describe, expect, test } from 'vitest'
import { newOrder, type Order, type OrderState, orderStates } from '../../src/dispatch/order.ts'
import {
  type CitizenReport,
  intake,
  isDangerous,
  type KnownFault,
  type PublicState,
  publicSince,
  publicState,
  publicStates,
  readReportNumber,
  reportGroup,
  reportKinds,
  reportNumber,
  reportRemark,
  telemetryWord,
  withFirst,
  withOrder,
} from '../../src/operations/citizen-report.ts'

const DAY = 86_400_000
const report = (id: number, more: Partial<CitizenReport> = {}): CitizenReport => ({
  ...{ id, number: 'AAAAA-AAAAA', madeId: `made-${id}`, at: id * DAY, kind: 'dark', source: 'page', enteredBy: null, facility: 'SL-1' },
  ...{ position: null, group: 'g', district: '', domain: 'lighting', words: '', contact: '', language: 'zh', callerWaits: false },
  ...{ telemetry: 'unknown', known: false, duplicateOf: null, order: null, closed: null, closedBy: null, reason: '' },
  ...more,
})
const repair = { at: 1, by: 'x', cause: '', minutes: 1, parts: [] }
const order = (state: OrderState, more: Partial<Order> = {}): Order => ({
  ...newOrder({
    ...{ origin: 'report', class: 'ordinary', title: { zh: '', en: '' }, facilities: ['SL-1'], alarms: [], reports: [1], group: 'g' },
    ...{ district: '', domain: 'lighting', keyArea: false, created: 0, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
  }),
  ...{ id: 1, state },
  ...more,
})
const nothing: KnownFault = { firsts: [], order: null, lasts: [], isExplained: false }
const firsts = (...list: [CitizenReport, Order | null][]) => list.map(([one, its]) => ({ report: one, order: its }))

describe('a report that comes in', () => {
  test('is a duplicate of the first open one of its lamps within 30 days', () => {
    const known = { ...nothing, firsts: firsts([report(2), null], [report(4), null]) }
    expect(intake(report(10), known, 'all')).toEqual({ type: 'duplicate', of: report(2) })
    const old = { ...nothing, firsts: firsts([report(1), null]) }
    expect(intake(report(31), old, 'all').type).toBe('duplicate')
    expect(intake(report(9, { at: 31 * DAY + 1 }), old, 'all').type).toBe('order')
  })

  test('of another lamp is no duplicate of what a crew calls repaired; of the same lamp it is', () => {
    const known = { ...nothing, firsts: firsts([report(1), order('repaired')]) }
    expect(intake(report(2), known, 'all').type).toBe('duplicate')
    expect(intake(report(2, { facility: 'SL-2' }), known, 'all').type).toBe('order')
    expect(intake(report(2, { facility: 'SL-2' }), { ...known, firsts: firsts([report(1), order('repairing')]) }, 'all').type).toBe(
      'duplicate',
    )
  })

  test('that hurries more than what was reported before is no duplicate of it', () => {
    const known = { ...nothing, firsts: firsts([report(1, { kind: 'other' }), order('open')]) }
    expect(intake(report(2, { kind: 'damaged' }), known, 'all').type).toBe('order')
    expect(intake(report(2, { kind: 'other' }), known, 'all').type).toBe('duplicate')
  })

  test('joins the order there is, whatever the policy', () => {
    const open = order('dispatched')
    expect(intake(report(1), { ...nothing, order: open, isExplained: true }, 'off')).toEqual({ type: 'join', order: open })
    expect(intake(report(1), { ...nothing, order: order('repaired') }, 'all').type).toBe('order')
  })

  test('opens the order again whose repair did not hold within 72 h, at that lamp only', () => {
    const last = order('closed', { repair, closed: 2 * DAY })
    expect(intake(report(5), { ...nothing, lasts: [order('rejected'), last] }, 'all')).toEqual({ type: 'relapse', order: last })
    expect(intake(report(5, { facility: 'SL-2' }), { ...nothing, lasts: [order('rejected'), last] }, 'all').type).toBe('order')
    expect(intake(report(6), { ...nothing, lasts: [order('rejected'), last] }, 'all').type).toBe('order')
    expect(intake(report(5), { ...nothing, lasts: [{ ...last, repair: null }] }, 'all').type).toBe('order')
    expect(intake(report(5), { ...nothing, lasts: [order('rejected'), last] }, 'off').type).toBe('wait')
  })

  test.each([
    ['all', 'dark', false, 'order'],
    ['all', 'dark', true, 'wait'],
    ['all', 'live-part', true, 'order'],
    ['danger', 'dark', false, 'wait'],
    ['danger', 'live-part', false, 'order'],
    ['off', 'live-part', false, 'wait'],
  ] as const)('by policy %s, %s, explained by an alarm: %s: %s', (policy, kind, isExplained, type) => {
    expect(intake(report(1, { kind }), { ...nothing, isExplained }, policy).type).toBe(type)
  })

  test('without a facility waits for the desk, however dangerous', () => {
    expect(intake(report(1, { facility: null, kind: 'live-part' }), nothing, 'all').type).toBe('wait')
  })

  test('goes with the lamps of its circuit where it is dark, with its own pole where it is broken, and alone where it can kill', () => {
    const lamp = { id: 'SL-1', domain: 'lighting', road: '解放路', fedBy: 'LC-1', circuit: 2 }
    expect([reportGroup('dark', lamp), reportGroup('damaged', lamp), reportGroup('live-part', lamp)]).toEqual([
      ...['fed-by LC-1 circuit 2', 'facility SL-1', 'danger facility SL-1'],
    ])
    expect((Object.keys(reportKinds) as CitizenReport['kind'][]).filter(isDangerous)).toEqual(['live-part', 'cabinet-open'])
  })
})

describe('what telemetry says', () => {
  test('contradicts a dark lamp that burns, confirms one that does not, and says nothing of a bare wire', () => {
    expect(telemetryWord('dark', 'lit', false)).toBe('disagrees')
    expect(telemetryWord('dark', 'dark', false)).toBe('confirms')
    expect(telemetryWord('dark', 'unknown', false)).toBe('unknown')
    expect(telemetryWord('flickering', 'lit', true)).toBe('confirms')
    expect(telemetryWord('live-part', 'dark', true)).toBe('unknown')
    expect(reportRemark({ id: 7, kind: 'dark', telemetry: 'disagrees' })).toBe('report 7: Lamp is dark; telemetry says that the lamp burns')
  })
})

describe('a report of an order', () => {
  const linked = report(1, { order: 1 })

  test('ends with it and comes back with it, but not where a person has closed it', () => {
    const closed = withOrder(linked, order('closed', { closed: 9 }))
    expect(closed).toMatchObject({ closed: 9, closedBy: 'order', reason: '' })
    expect(withOrder(closed, order('closed', { closed: 9 }))).toBe(closed)
    expect(withOrder(closed, order('dispatched'))).toEqual(linked)
    expect(withOrder(linked, order('arrived'))).toBe(linked)
    expect(withOrder(linked, order('arrived', { id: 2 }))).toEqual({ ...linked, order: 2 })
    const byHand = report(1, { order: 1, closed: 5, closedBy: 'desk', reason: 'not ours' })
    expect(withOrder(byHand, order('open'))).toBe(byHand)
  })

  test('takes its duplicates with it', () => {
    const duplicate = report(2, { duplicateOf: 1 })
    const closed = withFirst(duplicate, { closed: 9, reason: 'not ours' })
    expect(closed).toMatchObject({ closed: 9, closedBy: 'first', reason: 'not ours' })
    expect(withFirst(closed, { closed: null, reason: '' })).toEqual(duplicate)
    const byHand = report(2, { closed: 3, closedBy: 'desk' })
    expect(withFirst(byHand, { closed: 9, reason: '' })).toBe(byHand)
  })
})

describe('what the public is told', () => {
  test('has words for every state an order can have', () => {
    for (const state of Object.keys(orderStates) as OrderState[]) {
      expect(publicStates[publicState(report(1), order(state))].zh).not.toBe('')
    }
  })

  test('follows the order, and ends without one too', () => {
    const of = (more: Partial<CitizenReport>, one: Order | null): PublicState => publicState(report(1, more), one)
    expect(of({}, null)).toBe('received')
    expect(of({}, order('on-the-way'))).toBe('crew-on-the-way')
    expect(of({ closed: 9, closedBy: 'order' }, order('closed', { repair }))).toBe('done')
    expect(of({ closed: 9, closedBy: 'order' }, order('closed'))).toBe('not-repaired')
    expect(of({ closed: 9, closedBy: 'order' }, order('rejected'))).toBe('not-repaired')
    expect(of({ closed: 9, closedBy: 'desk', reason: 'not ours' }, order('closed', { repair }))).toBe('not-repaired')
    expect(of({ closed: 9, closedBy: 'desk', reason: 'not ours' }, null)).toBe('not-repaired')
  })

  test('says since when, not before it was reported', () => {
    const times = { dispatched: 3 * DAY, accepted: null, setOut: 5 * DAY, arrived: null, begun: null }
    expect(publicSince(report(1), null)).toBe(DAY)
    expect(publicSince(report(1), order('dispatched', { times }))).toBe(3 * DAY)
    expect(publicSince(report(4), order('dispatched', { times }))).toBe(4 * DAY)
    expect(publicSince(report(1), order('on-the-way', { times }))).toBe(5 * DAY)
    expect(publicSince(report(1, { closed: 9 * DAY, closedBy: 'desk' }), order('open'))).toBe(9 * DAY)
  })
})

test('numbers are read as people write them, and nothing else is', () => {
  const number = reportNumber(Uint8Array.from({ length: 10 }, (_, i) => i * 25))
  expect(number).toMatch(/^[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}$/)
  expect(readReportNumber(` ${number.toLowerCase().replace('-', ' ')} `)).toBe(number)
  expect(readReportNumber('Ｋ７Ｑ２Ｍ－９ｘｒｔ４')).toBe('K7Q2M-9XRT4')
  expect([readReportNumber('12345'), readReportNumber('AAAAA-AAAA0'), readReportNumber('')]).toEqual([null, null, null])
})
