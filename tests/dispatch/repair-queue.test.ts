import { expect, test } from 'vitest'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { compareTrips, lampGain, metresBetween, type Trip } from '../../src/dispatch/repair-queue.ts'
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
