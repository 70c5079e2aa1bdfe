import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Crew } from '../../../src/dispatch/crew.ts'
import type { CrewAction } from '../../../src/dispatch/crew-action.ts'
import { usualDispatchPolicy } from '../../../src/dispatch/dispatch-policy.ts'
import type { Order } from '../../../src/dispatch/order.ts'
import type { OrderNotice } from '../../../src/dispatch/order-notice.ts'
import { OrderDesk } from '../../../src/services/dispatch/order-desk.ts'
import { type City, startCity } from '../../edges/city.ts'

const MINUTE = 60_000
const crew = (id: string): Crew => ({
  ...{ id, name: id, districts: 'all', domains: 'all', vehicle: '', members: [`${id}1`], base: null, disabled: false },
})

describe('orders of a running city', () => {
  let city: City
  let notices: OrderNotice[]
  const told = () => notices.splice(0).map(({ type, crews }) => [type, ...crews].join(' '))
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 5000) {
      city.clock.ahead += Math.min(5000, left)
      city.tick()
    }
  }
  const only = (): Order => {
    const open = [...city.services.orders.open()]
    expect(open).toHaveLength(1)
    return open[0] as Order
  }
  let actions = 0
  const by = (id: string, action: Partial<CrewAction> & Pick<CrewAction, 'type'>, order = only().id) =>
    city.services.orders.act([{ id: `action-${++actions}`, order, at: city.now(), ...action } as CrewAction], id, `${id}1`)[0]
  const repair = { type: 'repair', cause: 'valve', minutes: 10, parts: [] } as const

  beforeEach(async () => {
    city = await startCity()
    city.clock.stoppedAt = Date.parse('2026-11-24T10:00+08:00')
    const { roster } = city.state
    for (const id of ['A', 'B']) roster.putCrew(crew(id))
    const day = { key: 'day', name: 'Day', from: 0, to: 24 * 60 }
    const teams = ['A', 'B'].map((id) => ({ key: id, name: id, crew: id, people: [`${id}1`] }))
    roster.putRotation({ id: 'r', name: 'All day', shifts: [day], teams, start: '2026-01-01', cycle: { A: ['day'], B: ['day'] } })
    city.services.putFacilities(
      [1, 2].map((n) => ({ id: `T-${n}`, kind: 'tank', name: `Tank ${n}`, district: 'North' })),
      'test',
    )
    notices = []
    city.services.orders.onChange((change) => void notices.push(...change.notices))
  })
  afterEach(() => city.stop())

  test('an alarm makes an order, crews on duty are asked at once, the first one has it, the other is told', () => {
    city.report('T-1', { level: 9 })
    expect(only()).toMatchObject({
      state: 'dispatched',
      class: 'severe',
      facilities: ['T-1'],
      createdBy: 'rule',
      offer: { crews: ['A', 'B'] },
    })
    expect(told()).toEqual(['offered A B'])
    expect(by('A', { type: 'accept' })).toMatchObject({ outcome: 'done' })
    expect(told()).toEqual(['taken B'])
    expect(by('B', { type: 'accept' })).toMatchObject({ outcome: 'kept', why: expect.stringContaining('taken by A') })
    expect(only().holder).toEqual({ crew: 'A', person: 'A1' })
  })

  test('nobody answers: the desk is told, for ever', () => {
    city.report('T-1', { level: 9 })
    // Or it would become more urgent, and be carried on as such.
    city.services.acknowledge([{ id: only().alarms[0] as number }], 'Otto', '')
    told()
    pass(11 * MINUTE)
    expect(told()).toEqual(['unanswered'])
    pass(16 * MINUTE)
    expect(told()).toEqual(['unanswered'])
  })

  test('a repair is verified by what is reported afterwards, and closed', () => {
    city.report('T-1', { level: 9 })
    by('A', { type: 'accept' })
    const { id } = only()
    by('A', repair)
    pass(2 * MINUTE)
    expect(only().state).toBe('repaired')
    for (let i = 0; i < 12; i++) {
      city.report('T-1', { level: 4 })
      pass(MINUTE)
    }
    expect(city.services.orders.order(id)).toMatchObject({ state: 'closed', verification: { by: 'telemetry' } })
    expect(told()).toContain('verified A')
    expect([...city.services.orders.logOf(id, 1e9, 20).items].reverse().map(({ type }) => type)).toEqual([
      ...['create', 'dispatch', 'accept', 'repair', 'verify', 'close'],
    ])
  })

  test('a fault that stands refutes the repair; one that comes back within 72 h opens the order again', () => {
    city.report('T-1', { level: 9 })
    by('A', { type: 'accept' })
    const { id } = only()
    by('A', repair)
    for (let i = 0; i < 16; i++) {
      city.report('T-1', { level: 9 })
      pass(MINUTE)
    }
    expect(only()).toMatchObject({ state: 'repairing', holder: { crew: 'A' } })
    expect(told()).toContain('refuted A')
    by('A', repair)
    for (let i = 0; i < 12; i++) {
      city.report('T-1', { level: 4 })
      pass(MINUTE)
    }
    expect(city.services.orders.order(id)?.state).toBe('closed')
    told()
    city.report('T-1', { level: 9 })
    expect(only()).toMatchObject({ id, state: 'dispatched', relapses: 1 })
    // Its clocks run from now on, or it would be overdue as it begins.
    expect(only().arriveBy).toBe(city.now() + usualDispatchPolicy.clocks.severe.arrive)
    expect(told()).toEqual(expect.arrayContaining(['relapsed', 'offered A B']))
  })

  test('a fault that goes by itself before anybody has it closes its order and calls the crews off', () => {
    city.report('T-1', { level: 9 })
    const { id } = only()
    pass(5000)
    city.report('T-1', { level: 4 })
    told()
    pass(9 * MINUTE)
    expect(only().id).toBe(id)
    pass(2 * MINUTE)
    expect(city.services.orders.order(id)).toMatchObject({ state: 'closed', repair: null })
    expect(told()).toContain('unanswered')
  })

  test('an action sent twice counts once, and its answer is the same', () => {
    city.report('T-1', { level: 9 })
    const { id } = only()
    const action = { id: 'twice', order: id, at: city.now(), type: 'accept' } as const
    const [first] = city.services.orders.act([action], 'A', 'A1')
    expect(city.services.orders.act([action, action], 'A', 'A1')).toEqual([first, first])
    expect(city.services.orders.logOf(id, 1e9, 20).items.filter(({ type }) => type === 'accept')).toHaveLength(1)
  })

  test('desk: merge, split, reclassify, recall, reject with a reason, and what was seen too early is refused', () => {
    const { orders } = city.services
    city.report('T-1', { level: 9 })
    city.report('T-2', { level: 9 })
    const [one, two] = [...orders.open()] as [Order, Order]
    told()
    const merged = orders.merge({ id: two.id, version: two.version }, one.id, 'same valve', 'Dora')
    expect(merged).toMatchObject({ state: 'merged', mergedInto: one.id })
    expect(told()).toEqual(['withdrawn A B'])
    expect(only()).toMatchObject({ facilities: ['T-1', 'T-2'], alarms: [...one.alarms, ...two.alarms] })
    expect(() => orders.recall({ id: one.id, version: one.version }, 'old', 'Dora')).toThrow(/changed meanwhile/)
    const part = orders.split({ id: one.id }, ['T-2'], 'another place', 'Dora')
    expect(part).toMatchObject({ facilities: ['T-2'], alarms: two.alarms, state: 'open' })
    expect(orders.order(one.id)).toMatchObject({ facilities: ['T-1'], alarms: one.alarms })
    expect(orders.reclassify({ id: one.id }, 'danger', 'children near', 'Dora')).toMatchObject({
      ...{ class: 'danger', repairBy: one.created + usualDispatchPolicy.clocks.danger.repair },
    })
    by('B', { type: 'accept' }, one.id)
    told()
    expect(orders.recall({ id: one.id }, 'needed elsewhere', 'Dora')).toMatchObject({ state: 'open', holder: null })
    expect(told()).toEqual(['withdrawn B'])
    // The desk has its time before crews are asked again by themselves.
    pass(9 * MINUTE)
    expect(orders.order(one.id)?.state).toBe('open')
    expect(() => orders.reject({ id: one.id }, '', 'Dora')).toThrow(/reason/)
    expect(orders.reject({ id: one.id }, 'not ours', 'Dora').state).toBe('rejected')
    const trail = city.state.auditTrail({ limit: 20, by: 'Dora' }).items.map(({ action }) => action)
    expect(trail).toEqual(['order-reject', 'order-recall', 'order-reclassify', 'order-split', 'order-merge'])
  })

  test('an order by hand; dispatched to one crew it goes to no other', () => {
    const { orders } = city.services
    const input = { facilities: ['T-1'], class: 'ordinary', title: { zh: '刷漆', en: 'Paint it' }, note: 'rusty' } as const
    const made = orders.create(input, { districts: 'all', domains: 'all' }, 'Dora')
    expect(made).toMatchObject({ origin: 'person', createdBy: 'Dora' })
    expect(() => orders.create(input, { districts: ['South'], domains: 'all' }, 'Dora')).toThrow(/no facility T-1/)
    expect(() => orders.dispatch({ id: made.id }, ['Z'], MINUTE, 'Dora')).toThrow(/no crew Z/)
    expect(orders.dispatch({ id: made.id }, ['B'], MINUTE, 'Dora').offer?.crews).toEqual(['B'])
    expect(by('A', { type: 'accept' }, made.id)).toMatchObject({ outcome: 'kept' })
  })

  test('clocks that run out are told of once', () => {
    city.report('T-1', { level: 9 })
    by('A', { type: 'accept' })
    told()
    pass(125 * MINUTE)
    expect(told()).toEqual(['arrival-overdue A'])
    const again = new OrderDesk(city.parts)
    again.book.onChange((change) => void notices.push(...change.notices))
    again.start()
    expect(told()).toEqual([])
  })

  test('an alarm whose order the end of a run prevented has one at the next start', () => {
    city.listeners.splice(0)
    city.report('T-1', { level: 9 })
    expect([...city.services.orders.open()]).toEqual([])
    const again = new OrderDesk(city.parts)
    again.start()
    expect([...again.book.open()]).toMatchObject([{ facilities: ['T-1'], state: 'dispatched' }])
    const third = new OrderDesk(city.parts)
    third.start()
    expect([...third.book.open()]).toHaveLength(1)
  })
})
