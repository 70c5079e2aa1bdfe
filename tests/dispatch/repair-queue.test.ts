import { describe, expect, test } from 'vitest'
import type { Crew } from '../../src/dispatch/crew.ts'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { centreOf, compareTrips, lampGain, metresBetween, type Trip, tripDistance } from '../../src/dispatch/repair-queue.ts'
import { ONE_FAILURE, orderOfGroup, workGroup } from '../../src/dispatch/work-group.ts'

const order = (id: number, more: Partial<Order> = {}): Order => ({
  ...newOrder({
    ...{ origin: 'alarm', class: 'ordinary', title: { zh: '', en: '' }, facilities: ['SL-1'], alarms: [], reports: [] },
    ...{ group: 'g', district: '', domain: 'lighting', keyArea: false, created: 0, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
  }),
  id,
  ...more,
})
const trip = (id: number, more: Partial<Order> = {}, gain = 1, distance: number | null = 100): Trip => ({
  order: order(id, more),
  gain,
  distance,
})

test('danger, then key areas, then gain, then the way', () => {
  const trips = [
    trip(1, {}, 5, 10),
    trip(2, {}, 40),
    trip(3, { keyArea: true }),
    trip(4, { class: 'danger' }),
    trip(5, {}, 5, null),
    trip(6, {}, 5, 5),
  ]
  expect([...trips].sort(compareTrips).map(({ order: { id } }) => id)).toEqual([4, 3, 2, 6, 1, 5])
})

test('of what must be mended in the same hour the nearest first, else what is due sooner', () => {
  const hour = 3_600_000
  const trips = [
    trip(1, { repairBy: 5 * hour }, 1, 10),
    trip(2, { repairBy: 4.9 * hour }, 1, 300),
    trip(3, { repairBy: 4.1 * hour }, 1, 500),
    trip(4, { repairBy: 4.2 * hour }, 1, null),
    trip(5, { repairBy: 4.5 * hour }, 1, 500),
  ]
  expect([...trips].sort(compareTrips).map(({ order: { id } }) => id)).toEqual([2, 3, 5, 4, 1])
})

describe('the way to an order', () => {
  const crew = (id: string, more: Partial<Crew> = {}): Crew => ({
    ...{ id, name: id, districts: 'all', domains: 'all', vehicle: '', members: [], base: null, disabled: false },
    ...more,
  })
  const far = crew('far', { base: [114, 40] })
  const near = crew('near', { base: [114, 38.5] })
  const way = (
    crews: Crew[],
    more: Partial<Order> = {},
    arrived: [string, [number, number]][] = [],
    centre: [number, number] | null = null,
  ) => tripDistance(order(1, { district: 'North', ...more }), [114, 38], { crews, arrived: new Map(arrived), centre })
  const km = (metres: number | null) => Math.round((metres as number) / 1000)

  test('begins where the nearest crew arrived last, else at its base, else in the middle of the district', () => {
    expect(km(way([far, near]))).toBe(56)
    expect(km(way([far, near], {}, [['far', [114, 38.1]]]))).toBe(11)
    expect(km(way([crew('new')], {}, [], [114, 38.2]))).toBe(22)
  })
  test('is that of a crew that is asked, or else works there', () => {
    expect(km(way([far, near], { offer: { crews: ['far'], at: 0, until: 1, step: 0 } }))).toBe(222)
    expect(km(way([far, crew('south', { ...near, districts: ['South'] }), crew('off', { ...near, disabled: true })]))).toBe(222)
  })
  test('is unknown without a place or a crew', () => {
    expect([way([]), way([crew('new')]), tripDistance(order(1), null, { crews: [near], arrived: new Map(), centre: null })]).toEqual([
      null,
      null,
      null,
    ])
  })
  test('the middle of places', () => {
    expect([
      centreOf([
        [114, 38],
        [116, 39],
      ]),
      centreOf([]),
    ]).toEqual([[115, 38.5], null])
  })
})

test('lamps that carry a road over its target count more', () => {
  const road = { lit: 96, shouldBeLit: 100, target: 0.98 }
  expect(lampGain(road, 1)).toBe(1)
  expect(lampGain(road, 2)).toBe(20)
  expect(lampGain({ ...road, lit: 99 }, 1)).toBe(1)
})

test('a degree of latitude is 111 km', () => {
  expect(metresBetween([114, 38], [114, 39]) / 1000).toBeCloseTo(111.19, 1)
})

test('lamps of a circuit are one repair, stations one each', () => {
  const lamp = { id: 'SL-1', domain: 'lighting', road: 'Quay', fedBy: 'LC-1', circuit: 2 }
  expect(workGroup(lamp)).toBe(workGroup({ ...lamp, id: 'SL-2' }))
  expect(workGroup({ ...lamp, circuit: 3 })).not.toBe(workGroup(lamp))
  expect(workGroup({ ...lamp, fedBy: null })).toBe('road Quay')
  expect(workGroup({ ...lamp, domain: 'water' })).toBe('facility SL-1')
})

test('a fault joins the oldest order of its group that is not repaired yet', () => {
  const orders = [order(1, { state: 'closed' }), order(2, { state: 'repaired' }), order(4), order(3), order(5, { group: 'other' })]
  expect(orderOfGroup(orders, 'g', 'ordinary', 0)?.id).toBe(3)
  expect(orderOfGroup(orders.slice(0, 2), 'g', 'ordinary', 0)).toBeNull()
})

test('what is dangerous waits with nothing that is not', () => {
  const orders = [order(1, { class: 'ordinary' }), order(2, { class: 'danger' })]
  expect(orderOfGroup(orders, 'g', 'danger', 0)?.id).toBe(2)
  expect(orderOfGroup(orders.slice(0, 1), 'g', 'danger', 0)).toBeNull()
  expect(orderOfGroup(orders, 'g', 'ordinary', 0)?.id).toBe(1)
})

test('lamps of several circuits that go dark one after another are one failure of their feeder, until a crew has it', () => {
  const group = 'fed-by LC-1 circuit 2'
  const other = order(1, { group: 'fed-by LC-1 circuit 1', created: 0 })
  expect(orderOfGroup([other], group, 'ordinary', ONE_FAILURE)?.id).toBe(1)
  expect(orderOfGroup([other], group, 'ordinary', ONE_FAILURE + 1)).toBeNull()
  expect(orderOfGroup([{ ...other, state: 'accepted' }], group, 'ordinary', 0)).toBeNull()
  expect(orderOfGroup([{ ...other, group: 'fed-by LC-11 circuit 1' }], group, 'ordinary', 0)).toBeNull()
  expect(orderOfGroup([other, order(2, { group })], group, 'ordinary', 0)?.id).toBe(2)
})
