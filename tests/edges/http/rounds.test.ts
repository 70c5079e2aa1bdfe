import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { round } from '../../../src/facilities/round/index.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

const MINUTE = 60_000
const SIX = Date.parse('2026-11-29T06:00+08:00')
const position = [121.5, 31.2]

let city: City
let dora = ''
let anna = ''
let ids = 0

const plan = {
  ...{ name: '消杀', nameEn: 'Disinfection', kind: 'disinfection', company: 'waste', weekdays: [1, 2, 3, 4, 5, 6, 7], crew: 'spray' },
  windows: [{ from: 360, to: 390 }],
  stops: [
    { facility: 'T-1', readings: [{ facility: 'T-1', point: 'level' }] },
    { key: 'gate', name: '大门', nameEn: 'Gate', position },
  ],
}
const asDora = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: dora })
const asAnna = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: anna })
const near = { position, accuracy: 10 }
const send = async (checkIn: object) =>
  (await asAnna('POST', '/api/crew/check-ins', { checkIns: [{ id: `check-in-${++ids}-00000000`, at: city.now(), ...checkIn }] })).body
    .answers[0]
const first = async () => (await asDora('GET', '/api/rounds?plan=spray')).body.items.at(-1)

beforeAll(async () => {
  city = await startCity({ kinds: [tankKind, round] })
  city.clock.stoppedAt = SIX - MINUTE
  await city.signIn()
  dora = city.cookie()
  anna = await signInLimited(city, 'anna', 'crew', WHOLE_CITY)
  city.services.putFacilities([{ id: 'T-1', kind: 'tank', district: 'North', position: [121.5, 31.2] }], 'admin')
  city.state.roster.putCrew({
    ...{ id: 'spray', name: 'Spray', members: ['anna'], domains: 'all', districts: 'all', vehicle: '', base: null, disabled: false },
  })
  expect((await asDora('PUT', '/api/round-plans/spray', plan)).status).toBe(200)
})
afterAll(() => city.stop())
beforeEach(() => {
  city.clock.stoppedAt = SIX + MINUTE
})

test('a plan is told with what is usual filled in, and where its rounds stand', async () => {
  const { items, tightenings } = (await asDora('GET', '/api/round-plans')).body
  expect(items).toMatchObject([
    {
      id: 'spray',
      proof: 'either',
      radius: 50,
      lateAfter: 30,
      missedAfter: 90,
      stopCount: 2,
      elsewhere: 0,
      today: { planned: 1, done: 0, open: 1 },
    },
  ])
  expect([items[0].stops.map(({ key }: { key: string }) => key), tightenings]).toEqual([['T-1', 'gate'], []])
})

test('a phone is told all that it needs, and a walk with codes, position and a reading is done', async () => {
  const { rounds } = (await asAnna('GET', '/api/crew/rounds')).body
  const [{ round: open, stops }] = rounds
  expect([open.plan, stops.map(({ name }: { name: object }) => name)]).toEqual([
    'spray',
    [
      { zh: 'T-1', en: 'T-1' },
      { zh: '大门', en: 'Gate' },
    ],
  ])
  expect(stops[0].readings).toMatchObject([{ facility: 'T-1', point: 'level', type: 'number' }])
  const [{ path }] = (await asDora('GET', '/api/round-plans/spray/labels')).body.items
  expect((await asAnna('GET', '/api/round-plans/spray/labels')).status).toBe(403)
  expect(await send({ round: open.id, stop: 'gate' })).toMatchObject({ outcome: 'refused', problem: 'no-proof' })
  const readings = [{ facility: 'T-1', point: 'level', value: 4 }]
  expect(await send({ round: open.id, stop: 'T-1', code: `https://lamp.example${path}`, readings })).toMatchObject({
    ...{ outcome: 'done', problem: null, round: { visited: 1, state: 'open' } },
  })
  expect(await send({ round: open.id, stop: 'gate', place: near })).toMatchObject({ outcome: 'done', round: { visited: 2, state: 'done' } })
  const { checkIns } = (await asDora('GET', `/api/rounds/${open.id}`)).body
  expect(checkIns).toMatchObject([
    { stop: 'T-1', by: 'anna', shown: 'code', readings, doubts: [] },
    { stop: 'gate', by: 'anna', shown: 'position', distance: 0, place: near },
  ])
  expect(JSON.stringify((await asAnna('GET', `/api/rounds/${open.id}`)).body)).not.toContain(path.split('/').at(-1))
})

test('areas and the map are told where somebody was', async () => {
  const coverage = (await asDora('GET', `/api/round-coverage?by=plan&from=${SIX - MINUTE}&to=${SIX + MINUTE}`)).body.items
  expect(coverage).toMatchObject([{ area: 'spray', planned: 2, visited: 2, places: 2, seen: 2 }])
  const { visits, open } = (await asDora('GET', '/api/round-visits?since=0')).body
  expect([visits.map(({ place }: { place: string }) => place).sort(), open]).toEqual([['T-1', 'spray:gate'], []])
  expect((await asDora('GET', '/api/round-coverage?by=plan&from=5&to=5')).status).toBe(400)
})

test('a round that is not to be walked is called off with a reason, by who may', async () => {
  expect((await asDora('PUT', '/api/round-plans/evening', { ...plan, windows: [{ from: 900, to: 930 }] })).status).toBe(200)
  const { id } = (await asDora('GET', '/api/rounds?plan=evening&state=open')).body.items.at(-1)
  expect((await asAnna('POST', `/api/rounds/${id}/call-off`, { reason: 'no' })).status).toBe(403)
  expect((await asDora('POST', `/api/rounds/${id}/call-off`, { reason: 'Storm' })).body.state).toBe('called-off')
  expect((await asDora('POST', `/api/rounds/${id}/call-off`, { reason: 'Storm' })).status).toBe(409)
})

test('says in words what stands against a plan', async () => {
  const put = (more: object) => asDora('PUT', '/api/round-plans/other', { ...plan, ...more })
  for (const more of [{ crew: 'nobody' }, { stops: [{ facility: 'T-9' }] }, { stops: [{}] }, { windows: [] }, { area: 'x x x' }])
    expect((await put(more)).status, JSON.stringify(more)).toBe(400)
  expect((await put({ missedAfter: 30 })).body.detail).toMatch(/late before it is missed/)
  expect((await asDora('DELETE', '/api/round-plans/spray')).status).toBe(204)
  expect((await first()).state).toBe('done')
})
