import { describe, expect, test } from 'vitest'
import { columnOf, passes } from '../../dashboards/console/src/orders/board-columns.ts'
import { closedSince } from '../../dashboards/console/src/orders/closed-since.ts'
import { heardOf, waitsForDesk } from '../../dashboards/console/src/orders/waits-for-desk.ts'
import { clockOf } from '../../dashboards/shared/order-clock.ts'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import type { OrderView } from '../../src/edges/http/order-schemas.ts'

const order = (more: Partial<Order> = {}): OrderView => {
  const { group: _, ...made } = newOrder({
    ...{ origin: 'alarm', class: 'ordinary', title: { zh: '灯灭', en: 'Lamp out' }, facilities: ['SL-1'], alarms: [], reports: [] },
    ...{
      group: 'g',
      district: 'North',
      domain: 'lighting',
      keyArea: false,
      created: 1000,
      createdBy: 'rule',
      arriveBy: 2000,
      repairBy: 3000,
    },
  })
  return { ...made, ...more, elsewhere: 0 } as unknown as OrderView
}

describe('what calls the desk', () => {
  const open = (id: number, more: Partial<Order> = {}) => order({ id, version: 1, class: 'severe', ...more })
  const ids = (...told: OrderView[]) => waitsForDesk(heardOf(new Map(), told)).map(({ id }) => id)

  test('is urgent and nobody has it, danger first', () => {
    expect(ids(open(1), open(2, { class: 'danger' }), open(3, { class: 'ordinary' }), open(4, { state: 'dispatched' }))).toEqual([2, 1])
  })

  test('is over once a crew is asked, whichever is heard first', () => {
    const asked = open(1, { state: 'dispatched', version: 2 })
    expect(ids(open(1), asked)).toEqual([])
    expect(ids(asked, open(1))).toEqual([])
    expect(waitsForDesk(heardOf(heardOf(new Map(), [open(1)]), [], [1]))).toEqual([])
    expect(heardOf(new Map(), [open(1, { state: 'closed' })]).size).toBe(0)
  })
})

describe('the board of orders', () => {
  test('has a column for every order that is not over, and for those closed not too long ago', () => {
    const states = [
      'open',
      'dispatched',
      'accepted',
      'on-the-way',
      'arrived',
      'repairing',
      'repaired',
      'verified',
      'rejected',
      'merged',
    ] as const
    expect(states.map((state) => columnOf({ state, closed: null }, 500))).toEqual([
      ...['open', 'dispatched', 'accepted', 'underWay', 'underWay', 'underWay', 'repaired', 'done', null, null],
    ])
    expect([499, 500].map((closed) => columnOf({ state: 'closed', closed }, 500))).toEqual([null, 'done'])
  })
  test('keeps what was closed for the present shift of the control room, and for 12 h at least', () => {
    const midnight = Date.parse('2026-11-25T00:00+08:00')
    const at = (hour: number) => midnight + hour * 3_600_000
    const shift = (from: number, to: number, crew: string | null = null) => ({ crew, from: at(from), to: at(to) })
    // The night shift sees at six what was closed before midnight, and the next shift what the night has done.
    expect(closedSince(at(6), [shift(-6, 6), shift(-4, 8)])).toBe(at(-6))
    expect(closedSince(at(9), [shift(8, 16)])).toBe(at(-3))
    // Crews have shifts of their own, and one of 24 h is longer than what is kept anyway.
    expect(closedSince(at(6), [shift(-16, 8, 'A')])).toBe(at(-6))
    expect(closedSince(at(6), [shift(-16, 8)])).toBe(at(-16))
    expect(closedSince(at(6), [])).toBe(at(-6))
  })
  test('shows the clock that runs', () => {
    const there = { dispatched: 1, accepted: 1, setOut: 1, arrived: 1, begun: null }
    expect(clockOf(order(), 2500)).toEqual({ type: 'arrive', left: -500 })
    expect(clockOf(order({ times: there }), 2500)).toEqual({ type: 'repair', left: 500 })
    expect(clockOf(order({ repair: { at: 1, by: 'Eva', cause: '', minutes: 1, parts: [] } }), 2500)).toBeNull()
  })
  test('lets through what all of a filter fits', () => {
    const all = { class: '', district: '', crew: '', q: '' }
    const held = order({ holder: { crew: 'A', person: 'Eva' } })
    expect(
      [all, { ...all, crew: 'A' }, { ...all, q: 'LAMP sl-1' }, { ...all, class: 'ordinary', district: 'North' }].map((one) =>
        passes(held, one),
      ),
    ).toEqual([true, true, true, true])
    expect(
      [
        { ...all, crew: 'B' },
        { ...all, q: 'lamp pump' },
        { ...all, district: 'South' },
        { ...all, class: 'danger' },
      ].map((one) => passes(held, one)),
    ).toEqual([false, false, false, false])
  })
})
