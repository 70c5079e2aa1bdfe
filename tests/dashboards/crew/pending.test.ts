import { describe, expect, test } from 'vitest'
import { actingCrew, barPlace, bySection, callsTo, nextSteps, offersTo, sectionOf } from '../../../dashboards/crew/src/order/my-orders.ts'
import { afterAnswers, newerOf, shownOrders } from '../../../dashboards/crew/src/order/pending.ts'
import { detail, did, orderView, photo } from './orders.ts'

const show = (...entries: Parameters<typeof shownOrders>[1]) => shownOrders([detail(orderView())], entries, 5000)[0]!

describe('an order with what waits done to it', () => {
  test('is as the server will have it', () => {
    const { order, waiting } = show(
      ...[did(1, { type: 'accept' }), did(2, { type: 'set-out' }), photo(3), did(4, { type: 'note', text: 'wet' })],
      did(5, { type: 'repair', cause: 'fuse', minutes: 5, parts: [] }),
    )
    expect(order).toMatchObject({ state: 'repaired', holder: { crew: 'A', person: 'eva' }, notes: 1, photos: 1, repair: { cause: 'fuse' } })
    expect(order.times).toMatchObject({ accepted: 1001, setOut: 1002, arrived: 1005 })
    expect(waiting).toHaveLength(5)
    expect('group' in order).toBe(false)
  })

  test('moves by nothing that does not fit, nor by what belongs to another order', () => {
    expect(show(did(1, { type: 'arrive' })).order.state).toBe('dispatched')
    expect(show(did(1, { type: 'accept' }, { order: 2 }))).toMatchObject({ order: { state: 'dispatched' }, waiting: [] })
  })

  test('given back is with nobody', () => {
    const { order } = show(did(1, { type: 'accept' }), did(2, { type: 'hand-back', reason: 'no parts' }))
    expect([order.state, sectionOf(order, ['A'])]).toEqual(['open', 'gone'])
  })
})

test('an answer that was overtaken by another changes nothing back', () => {
  const later = { ...orderView(), version: 3 }
  expect(newerOf([detail(later)], [detail({ ...orderView(), version: 2 })])[0]?.order.version).toBe(3)
  expect(newerOf([detail(later)], [detail({ ...orderView(), version: 4 })])[0]?.order.version).toBe(4)
  expect(newerOf([detail(later)], [])).toEqual([])
})

describe('an order of which the server has answered', () => {
  const steps = [did(1, { type: 'accept' }), did(2, { type: 'arrive' }), did(3, { type: 'begin' })]
  const answered = (versions: readonly number[], outcome: 'done' | 'unchanged' | 'kept' = 'done') =>
    steps.map((entry, i) => ({ entry, answer: { outcome, version: versions[i] as number } }))

  test('has what counted done to it, in the version of the server', () => {
    expect(afterAnswers(orderView({ version: 2 }), answered([3, 4, 5]), 5000)).toMatchObject({ state: 'repairing', version: 5 })
    expect(afterAnswers(orderView({ version: 2 }), answered([3, 3, 3], 'kept'), 5000)).toMatchObject({ state: 'dispatched', version: 2 })
  })

  test('is never ahead of the server, which others may have brought there by fewer steps', () => {
    const known = afterAnswers(orderView({ version: 2 }), answered([4, 4, 4], 'unchanged'), 5000)
    expect(known.version).toBe(4)
    const refuted = orderView({ version: 5, state: 'accepted', offer: null, holder: { crew: 'A', person: 'eva' } })
    expect(newerOf([detail(known)], [detail(refuted)])[0]?.order.state).toBe('accepted')
  })

  test('counts nothing twice that the list told before the answer came', () => {
    const note = { entry: did(1, { type: 'note', text: 'wet' }), answer: { outcome: 'done' as const, version: 3 } }
    expect(afterAnswers(orderView({ version: 3, notes: 1 }), [note], 5000)).toMatchObject({ notes: 1, version: 3 })
  })
})

describe('my orders', () => {
  const held = { offer: null, holder: { crew: 'A', person: 'eva' } }
  const all = [
    orderView({ id: 1, class: 'ordinary' }),
    orderView({ id: 2, class: 'danger' }),
    orderView({ id: 3, state: 'accepted', ...held }),
    orderView({ id: 4, state: 'repairing', ...held }),
    orderView({ id: 5, state: 'repaired', ...held }),
    orderView({ id: 6, state: 'accepted', offer: null, holder: { crew: 'B', person: 'otto' } }),
  ]

  test('lie in sections, the most urgent and the furthest first', () => {
    const found = bySection(shownOrders(all.map(detail), [], 5000), ['A'])
    const ids = Object.fromEntries(Object.entries(found).map(([name, some]) => [name, some.map(({ order }) => order.id)]))
    expect(ids).toEqual({ offered: [2, 1], mine: [4, 3], done: [5], gone: [6] })
  })

  test('have the usual step first, and none for others', () => {
    expect(all.map((order) => nextSteps(order, ['A'])[0])).toEqual(['accept', 'accept', 'set-out', 'repair', undefined, undefined])
    expect(nextSteps(orderView({ state: 'arrived', ...held }), ['A'])).toEqual(['begin', 'repair'])
    expect(all.map((order) => barPlace(order))).toEqual([-1, -1, 0, 3, 4, 0])
  })

  test('are taken in the name of the crew that is asked or has it', () => {
    expect(actingCrew(all[0]!, ['C', 'A'])).toBe('A')
    expect(actingCrew(all[5]!, ['A'])).toBeUndefined()
  })

  test('call again when telemetry says that they are not mended', () => {
    const logged = (order: (typeof all)[number], type: string) => {
      const entry = { ...{ id: 9, order: order.id, at: 1, recorded: 1, by: 'telemetry', crew: '', words: '' }, type, state: order.state }
      return { ...detail(order), log: { items: [entry], next: null } }
    }
    expect(callsTo([logged(all[3]!, 'refute')], ['A'])).toMatchObject([{ name: '4 refuted 9', order: 4, type: 'refuted' }])
    expect(callsTo([logged(all[3]!, 'note')], ['A'])).toEqual([])
    expect(callsTo([logged(all[3]!, 'refute')], ['B'])).toEqual([])
    expect(callsTo([detail(all[1]!)], ['A'])).toMatchObject([{ order: 2, class: 'danger', type: 'offered' }])
  })

  test('are news each time they are offered', () => {
    const names = (orders: typeof all, crew = 'A') => offersTo(orders, [crew]).map(({ name }) => name)
    expect(names(all)).toEqual(['1 1000', '2 1000'])
    expect(names([orderView({ offer: { crews: ['A'], at: 7000, until: 9000, step: 1 } })])).toEqual(['1 7000'])
    expect(names(all, 'B')).toEqual([])
  })
})
