import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../src/alarms/alarm.ts'
import type { Rotation } from '../../src/dispatch/duty.ts'
import { endingShift, type HandoverFacts, handoverNote, MOST_LISTED } from '../../src/dispatch/handover.ts'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { aLiveAlarm } from '../alarms/fixtures.ts'

const HOUR = 3_600_000
const utc = () => 0
const rotation: Rotation = {
  ...{ id: 'desk', name: 'Desk', start: '2026-11-01' },
  shifts: [
    { key: 'day', name: 'Day', from: 480, to: 1200 },
    { key: 'night', name: 'Night', from: 1200, to: 480 },
  ],
  teams: ['a', 'b'].map((key) => ({ key, name: key, crew: null, people: [] })),
  cycle: { a: ['day'], b: ['night'] },
}

describe('the shift that is handed over', () => {
  const at = (time: string) => endingShift(rotation, Date.parse(`2026-11-03T${time}Z`), utc)
  test.each([
    ['19:30', 'day'],
    ['20:00', 'day'],
    ['20:20', 'day'],
    ['07:30', 'night'],
    ['08:20', 'night'],
    ['15:00', 'day'],
  ])('at %s it is that of the %s', (time, shift) => {
    expect(at(time)?.shift).toBe(shift)
  })
  test('there is none before the first', () => {
    expect(endingShift(rotation, Date.parse('2026-11-01T07:59Z'), utc)).toBeNull()
  })
})

const order = (id: number, more: Partial<Order>): Order => ({
  ...newOrder({
    ...{ origin: 'person', class: 'ordinary', title: { zh: '灯', en: 'Lamp' }, facilities: ['L-1'], alarms: [], reports: [], group: 'g' },
    ...{ district: 'North', domain: 'lighting', keyArea: false, created: 0, createdBy: 'Otto', arriveBy: 4 * HOUR, repairBy: 24 * HOUR },
  }),
  id,
  ...more,
})
const facts: HandoverFacts = {
  ...{ at: 5 * HOUR, alarms: [], facility: () => undefined, title: () => ({ zh: '', en: '' }), modes: [], rules: [], orders: [] },
  ...{ crewName: (id: string) => `crew ${id}`, criticals: [], floods: [], relapses: [], silences: [], made: 0, closed: 0, reports: [] },
}

test('a title that somebody wrote in one language is read in both', () => {
  const orders = [order(1, { title: { zh: '补漆', en: ' ' } }), order(2, { title: { zh: '', en: 'Paint' } })]
  expect(handoverNote({ ...facts, orders }).orders.items.map(({ title }) => title)).toEqual([
    { zh: '补漆', en: '补漆' },
    { zh: 'Paint', en: 'Paint' },
  ])
})

test('an alarm whose fault is gone but that nobody has acknowledged says so', () => {
  const alarms = [aLiveAlarm({ id: 1, returned: HOUR }), aLiveAlarm({ id: 2, active: false, returned: 2 * HOUR })]
  const { items } = handoverNote({ ...facts, alarms }).standing
  expect(items.map(({ id, returned, acknowledgedBy }) => [id, returned, acknowledgedBy])).toEqual([
    [1, null, null],
    [2, 2 * HOUR, null],
  ])
})

test('orders stand by danger, then by their clock, and say when one has run out', () => {
  const arrived = { dispatched: 0, accepted: 0, setOut: 0, arrived: HOUR, begun: null }
  const orders = [
    order(1, {}),
    order(2, { holder: { crew: 'a', person: 'Anna' }, state: 'arrived', times: arrived, repairBy: 23 * HOUR }),
    order(3, { class: 'danger', state: 'repaired', repairBy: HOUR }),
    order(4, { class: 'danger', state: 'arrived', times: arrived, repairBy: 5 * HOUR }),
  ]
  expect(handoverNote({ ...facts, orders }).orders.items.map(({ id, crew, isLate }) => [id, crew, isLate])).toEqual([
    [3, null, false],
    [4, null, true],
    [2, 'crew a', false],
    [1, null, true],
  ])
  expect(handoverNote({ ...facts, orders, made: 7, closed: 5 }).orderCounts).toEqual({ made: 7, closed: 5, overdue: 2 })
})

test('what happened stands in the order of time, and long lists are counted', () => {
  const silences = Array.from({ length: MOST_LISTED + 1 }, (_, i) => ({ at: 10 + i, by: 'Otto', detail: '' }))
  const floods = [{ id: 1, recognised: 9, ended: null, alarms: 30, peak: 20 }]
  const { events } = handoverNote({ ...facts, silences, floods, relapses: [{ at: 11.5, order: 7, title: { zh: '', en: '' } }] })
  expect(events.total).toBe(MOST_LISTED + 3)
  expect(events.items).toHaveLength(MOST_LISTED)
  expect(events.items.slice(0, 4).map(({ type, at }) => [type, at])).toEqual([
    ['flood', 9],
    ['silence', 10],
    ['silence', 11],
    ['relapse', 11.5],
  ])
})

test('only what does not run by itself is out of service', () => {
  const modes = (['out-of-service', 'auto', 'manual'] as const).map((mode) => ({ facility: mode, name: '', district: 'North', mode }))
  expect(handoverNote({ ...facts, modes }).outOfService.items.map(({ mode }) => mode)).toEqual(['manual', 'out-of-service'])
})

test("citizens' reports that wait for the desk are told, the oldest first", () => {
  const title = { zh: '漏电', en: 'Bare wire' }
  const report = (id: number, at: number, facility: string) => ({ id, at, title, facility, district: 'North', callerWaits: id === 1 })
  const facility = (id: string) => (id === 'L-1' ? { name: 'Lamp 1', district: 'North' } : undefined)
  const { reports } = handoverNote({ ...facts, facility, reports: [report(2, 20, ''), report(1, 10, 'L-1')] })
  expect(reports).toEqual({
    total: 2,
    items: [
      { ...report(1, 10, 'L-1'), name: 'Lamp 1' },
      { ...report(2, 20, ''), name: '' },
    ],
  })
})

test('alarms that are in no list are counted by what hides them, each once, as the wall counts its shelf', () => {
  const shelved = { at: 0, by: 'Otto', until: HOUR, reason: 'known', comment: '' }
  const suppressed = { cause: 'supply', by: 1, until: null } as unknown as Alarm['suppressed']
  const alarms = [
    aLiveAlarm({ id: 1 }),
    aLiveAlarm({ id: 2, shelved }),
    aLiveAlarm({ id: 3, suppressed }),
    aLiveAlarm({ id: 4, shelved, suppressed }),
    aLiveAlarm({ id: 5, shelved, outOfService: true }),
  ]
  const { aside, shelved: listed } = handoverNote({ ...facts, alarms })
  expect(aside).toEqual({ shelved: 1, 'suppressed-by-design': 2, 'out-of-service': 1 })
  expect(listed.total).toBe(3)
})
