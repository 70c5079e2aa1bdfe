import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  AlarmKpiSchema,
  FloodDetailSchema,
  FloodSchema,
  IncidentAlarmsSchema,
  IncidentsSchema,
  type IncidentView,
} from '../../../src/edges/http/flood-schemas.ts'
import { SnapshotSchema } from '../../../src/edges/http/live-schemas.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'

let city: City
const tanks = Array.from({ length: 30 }, (_, i) => ({ id: `T-${10 + i}`, kind: 'tank', district: 'North', road: `Road ${i % 3}` }))
const fits = (schema: TSchema, value: unknown) => expect(Value.Errors(schema, value)).toEqual([])
const get = async (path: string) => (await city.ask('GET', path)).body

beforeAll(async () => {
  city = await startCity()
  await city.signIn()
  city.clock.stoppedAt = Date.UTC(2026, 2, 1)
  await city.ask('POST', '/api/facilities', { facilities: [{ id: 'S', kind: 'tank' }] })
  const { status } = await city.ask('POST', '/api/facilities', {
    facilities: tanks.map((tank, i) => (i < 20 ? { ...tank, fedBy: 'S' } : tank)),
  })
  expect(status).toBe(200)
})
afterAll(() => city.stop())

const pass = (ms: number) => {
  city.clock.ahead += ms
  city.tick()
}

test('without a flood there is none', async () => {
  expect(await get('/api/floods')).toEqual({ items: [], next: null })
  expect((await get('/api/snapshot')).flood).toBeNull()
  expect(await city.ask('GET', '/api/floods/1')).toMatchObject({ status: 404, body: { code: 'not-found' } })
})

test('a flood is one, on the wall at once, with the tree of what was behind it', async () => {
  for (const { id } of tanks) {
    city.report(id, { level: 9 })
    pass(100)
  }
  const snapshot = await get('/api/snapshot')
  fits(SnapshotSchema, snapshot)
  expect(snapshot.flood).toMatchObject({ id: 1, ended: null, alarms: 30, peak: 30, rate: 30 })
  const { items } = await get('/api/floods')
  expect(items).toHaveLength(1)
  fits(FloodSchema, items[0])
  const detail = await get('/api/floods/1')
  fits(FloodDetailSchema, detail)
  expect(detail).toMatchObject({ flood: { id: 1 }, complete: true })
  expect(
    detail.incidents.map(({ cause, alarms, parent, children, ownCount }: IncidentView) => [cause.type, alarms, parent, children, ownCount]),
  ).toEqual([['feeder', 20, null, 0, 20], ...[4, 3, 3].map((count) => ['road', count, null, 0, count])])
  expect(detail.incidents[0].firstOut.facility).toBe('T-10')
  expect(detail.count).toBe(4)
})

test('all its alarms can be read in pages, also those of one incident', async () => {
  const first = await get('/api/floods/1/alarms?limit=20')
  fits(IncidentAlarmsSchema, first)
  expect([first.items.length, first.total, first.next]).toEqual([20, 30, 20])
  const rest = await get(`/api/floods/1/alarms?after=${first.next}`)
  expect([...first.items, ...rest.items].map(({ facility }) => facility)).toEqual(tanks.map(({ id }) => id))
  expect(rest.next).toBeNull()
  const { incidents } = await get('/api/floods/1')
  const own = await get(`/api/floods/1/alarms?incident=${encodeURIComponent(incidents[1].key)}&limit=4`)
  expect([own.total, own.next, own.items.length]).toEqual([4, null, 4])
  expect(await city.ask('GET', '/api/floods/1/alarms?incident=none')).toMatchObject({ status: 404 })
})

test('while it goes on its alarms are read once and its tree is made once for all who ask, and once more when something changes', async () => {
  const activations = vi.spyOn(city.state.floods, 'activations')
  const ask = () => Promise.all(['', '/alarms?limit=5', '/alarms?limit=5&after=5'].map((rest) => get(`/api/floods/1${rest}`)))
  const before = await ask()
  expect(activations).not.toHaveBeenCalled()
  pass(seconds(1))
  const { incidents } = (await get('/api/snapshot')).flood
  expect(incidents.map(({ key }: IncidentView) => key)).toEqual(before[0].incidents.map(({ key }: IncidentView) => key))
  await city.ask('POST', '/api/alarms/1/comment', { text: 'seen' })
  expect(await ask()).toEqual(before)
  expect(activations.mock.calls.map(([{ after }]) => after.id)).toEqual([30])
  activations.mockRestore()
})

test('it ends, is listed by time, and its alarms are incidents of any time', async () => {
  pass(minutes(10))
  expect((await get('/api/snapshot')).flood).toBeNull()
  const [flood] = (await get('/api/floods')).items
  expect(flood.ended - flood.started).toBe(minutes(10) + 25 * 100)
  expect((await get(`/api/floods?to=${flood.started}`)).items).toEqual([])
  expect((await get(`/api/floods?from=${flood.ended - 1}`)).items).toHaveLength(1)
  const during = await get('/api/incidents')
  fits(IncidentsSchema, during)
  expect(during.count).toBe(4)
  expect((await get('/api/floods/1')).incidents).toEqual(during.incidents)
  expect((await get(`/api/incidents?to=${flood.started - 1}`)).incidents).toEqual([])
  expect(await city.ask('GET', '/api/incidents?from=2026-01-01')).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
})

test('the figures of a day name what the standards ask for', async () => {
  const [alarm] = city.services.liveAlarms()
  pass(seconds(30))
  await city.ask('POST', `/api/alarms/${alarm?.id}/acknowledge`, { comment: '' })
  pass(seconds(1))
  const kpi = await get('/api/alarm-kpi')
  fits(AlarmKpiSchema, kpi)
  expect(kpi).toMatchObject({
    ...{ operators: 1, alarms: 30, hidden: 0, byPriority: { critical: 0, high: 30, medium: 0, low: 0 } },
    rate: { peak: 30, aboveFlood: 1 / 144 },
    floods: { count: 1 },
    standing: { standing: 30, unacknowledged: 29 },
    people: [{ name: 'admin', count: 1 }],
    targets: { rate: 1, floodRate: 10 },
  })
  expect(kpi.top.sources).toHaveLength(10)
  expect(await city.ask('GET', '/api/alarm-kpi?from=2020-01-01')).toMatchObject({ status: 400 })
  expect(await city.ask('GET', '/api/alarm-kpi?from=2026-03-02&to=2026-03-02')).toMatchObject({ status: 400 })
})

test('operators and limits are those of the policy', async () => {
  const policy = await get('/api/alarm-policy')
  expect(policy.floods).toEqual({ operators: 1, begin: 10, end: 5 })
  await city.ask('PUT', '/api/alarm-policy', {
    policy: { ...policy, floods: { operators: 3, begin: 1, end: 1 } },
    reason: 'three on shift',
  })
  expect((await get('/api/alarm-kpi')).operators).toBe(3)
  await city.ask('POST', '/api/facilities', { facilities: ['A', 'B', 'C', 'D'].map((id) => ({ id, kind: 'tank' })) })
  for (const id of ['A', 'B', 'C']) city.report(id, { level: 9 })
  expect((await get('/api/snapshot')).flood).toBeNull()
  city.report('D', { level: 9 })
  expect((await get('/api/floods')).items).toMatchObject([{ id: 2, alarms: 4 }, { id: 1 }])
})

test('figures for the machines', async () => {
  const { body } = await city.ask('GET', '/metrics')
  expect(body).toMatch(/^lamplighter_flood_active 1$/m)
  expect(body).toMatch(/^lamplighter_alarms_last_10_minutes 4$/m)
})

test('alarms that came before the clock of the server was set back are in the figures of now', async () => {
  const count = async () => (await get('/api/alarm-kpi')).alarms
  const before = await count()
  const recorded = () => [...city.state.alarmRecordsBetween(0, Number.MAX_SAFE_INTEGER)].filter(({ announced }) => announced).length
  expect(before).toBe(recorded())
  city.clock.ahead += minutes(30)
  city.report('T-39', { level: 9 })
  city.clock.ahead -= minutes(30)
  expect([...city.services.liveAlarms()].some(({ facility, rule }) => facility === 'T-39' && rule === 'high')).toBe(true)
  expect(recorded()).toBeGreaterThan(before)
  expect(await count()).toBe(recorded())
  const until = city.now() - minutes(5)
  expect((await get(`/api/alarm-kpi?to=${until}`)).alarms).toBeLessThanOrEqual(before)
})
