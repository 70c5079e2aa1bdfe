import { io, type Socket } from 'socket.io-client'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OrderDetailSchema, OrderFiguresSchema } from '../../../src/edges/http/order-schemas.ts'
import {
  PublicPlaceSchema,
  PublicPlacesSchema,
  PublicReceiptSchema,
  PublicReportSchema,
  ReportDetailSchema,
  ReportPageSchema,
} from '../../../src/edges/http/report-schemas.ts'
import { serverEventSchemas } from '../../../src/edges/live/event-schemas.ts'
import type { LiveReports } from '../../../src/edges/live/protocol.ts'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { PERSONAL_KEPT } from '../../../src/services/reports/report-services.ts'
import { minutes } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'

let city: City
beforeEach(async () => {
  // Behind a proxy that is believed, so that a test can be many people.
  city = await startCity({ kinds: [tankKind, streetLight, lightCabinet], trustedProxies: ['127.0.0.0/8'] })
  city.clock.stoppedAt = Date.parse('2026-11-24T10:00+08:00')
  const lamp = (n: number, more: object) => ({
    ...{ id: `SL-${n}`, kind: 'street-light', name: `解放路 ${n}`, nameEn: `Jiefang ${n}`, district: 'North', road: '解放路' },
    ...{ position: [121.5 + n / 1000, 31.2] },
    ...more,
  })
  city.services.putFacilities(
    [
      { id: 'LC-1', kind: 'light-cabinet', name: 'Cabinet', district: 'North', road: '', position: [121.5, 31.2] },
      ...[1, 2, 3, 20].map((n) => lamp(n, n < 3 ? { fedBy: 'LC-1', circuit: 1 } : { fedBy: 'LC-1', circuit: 2 })),
      { id: 'T-1', kind: 'tank', name: 'Tank', district: 'North', road: '解放路', position: [121.5, 31.2] },
    ] as Parameters<City['services']['putFacilities']>[0],
    'test',
  )
})
afterEach(() => city.stop())

let made = 0
const madeId = () => `made-by-the-page-${++made}`
const hostOf = (n: number) => `198.51.${n >> 8}.${n & 255}`
const asPublic = (method: string, path: string, body?: unknown, address = '198.51.100.7') =>
  city.ask(method, path, body, { cookie: '', 'x-forwarded-for': address })
const report = (more: object = {}, address?: string) =>
  asPublic(
    'POST',
    '/api/public/reports',
    { id: madeId(), kind: 'dark', code: 'SL-1', words: '灯灭了', contact: '13800000000', ...more },
    address,
  )
const look = (number: string, address?: string) => asPublic('GET', `/api/public/reports/${encodeURIComponent(number)}`, undefined, address)

test('answers are what the document says', async () => {
  await city.signIn()
  const { number } = (await report()).body
  await report({ code: null, position: [121.5, 31.2] })
  const answers: [TSchema, unknown][] = [
    [PublicPlaceSchema, (await asPublic('GET', '/api/public/places/SL-1')).body],
    [PublicPlacesSchema, (await asPublic('GET', '/api/public/places?near=121.5,31.2')).body],
    [PublicReceiptSchema, (await report({ code: 'SL-2' })).body],
    [PublicReportSchema, (await look(number)).body],
    [ReportPageSchema, (await city.ask('GET', '/api/reports')).body],
    [ReportDetailSchema, (await city.ask('GET', '/api/reports/2')).body],
    [ReportDetailSchema, (await city.ask('POST', '/api/reports/2/close', { reason: 'why' })).body],
    [OrderDetailSchema, (await city.ask('GET', '/api/orders/1')).body],
    [OrderFiguresSchema, (await city.ask('GET', '/api/order-figures')).body],
  ]
  for (const [schema, body] of answers) expect([...Value.Errors(schema, body)]).toEqual([])
})

test('consoles of those who answer calls are told of each report at once, without contacts; others are not', async () => {
  const heard = new Map<string, LiveReports[]>()
  const clients: Socket[] = []
  for (const role of ['operator', 'crew'] as const) {
    await city.addPerson(`one ${role}`, role)
    await city.signIn(`one ${role}`)
    const client = io(city.url, { transports: ['websocket'], extraHeaders: { cookie: city.cookie() }, reconnection: false, forceNew: true })
    clients.push(client)
    heard.set(role, [])
    client.on('reports', (given: LiveReports) => heard.get(role)?.push(given))
    await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject))
  }
  await report()
  await expect.poll(() => heard.get('operator')?.length).toBe(1)
  const [told] = heard.get('operator') as [LiveReports]
  expect([...Value.Errors(serverEventSchemas.reports, told)]).toEqual([])
  expect(told.reports).toMatchObject([{ facility: 'SL-1', order: 1, hasContact: true }])
  expect(JSON.stringify(told)).not.toContain('13800000000')
  // Whatever is sent to the crew after this has come before it.
  await new Promise<void>((resolve) => clients[1]?.once('heartbeat', () => resolve()))
  expect(heard.get('crew')).toEqual([])
  for (const client of clients) client.close()
})

test('a place is told by its code, near a position and on a road; of anything else than lights there is nothing', async () => {
  const { status, body, headers } = await asPublic('GET', '/api/public/places/sl-1')
  expect([status, body]).toEqual([
    200,
    {
      ...{ code: 'SL-1', name: { zh: '解放路 1', en: 'Jiefang 1' }, road: '解放路', kind: 'street-light', position: [121.501, 31.2] },
      known: null,
    },
  ])
  expect([headers.get('set-cookie'), headers.get('cache-control')]).toEqual([null, 'no-store'])
  for (const code of ['T-1', 'nothing', '../../etc']) {
    expect((await asPublic('GET', `/api/public/places/${encodeURIComponent(code)}`)).status).toBe(404)
  }
  const codes = async (query: string) =>
    (await asPublic('GET', `/api/public/places?${query}`)).body.places.map(({ code }: { code: string }) => code)
  expect((await asPublic('GET', `/api/public/places/${encodeURIComponent('ｓｌ－１')}`)).body.code).toBe('SL-1')
  expect(await codes('near=121.5018,31.2')).toEqual(['SL-2', 'SL-1', 'SL-3', 'LC-1'])
  expect(await codes(`road=${encodeURIComponent('解放')}`)).toEqual(['SL-1', 'SL-2', 'SL-3', 'SL-20'])
  for (const query of ['', 'near=x', 'near=121.5', 'road=']) expect((await asPublic('GET', `/api/public/places?${query}`)).status).toBe(400)
})

test('a report is an order at once, counts once, is looked up by its number, and tells nothing of any person', async () => {
  const id = madeId()
  const first = await report({ id })
  expect([first.status, first.body]).toEqual([
    201,
    { number: expect.stringMatching(/^[2-9A-Z]{5}-[2-9A-Z]{5}$/), state: 'received', duplicate: false, known: false },
  ])
  expect((await report({ id })).body).toEqual(first.body)
  const { number } = first.body
  const found = await look(` ${number.toLowerCase().replace('-', ' ')}`)
  expect([found.status, found.body]).toEqual([
    200,
    {
      ...{ number, kind: 'dark', at: city.now(), state: 'received', since: city.now() },
      place: { zh: '解放路 1', en: 'Jiefang 1' },
    },
  ])
  expect((await report({ code: 'SL-2' })).body).toMatchObject({ duplicate: true, known: true })
  expect((await asPublic('GET', '/api/public/places/SL-2')).body.known).toEqual({ state: 'received', since: city.now(), isDanger: false })

  await city.signIn()
  const [order] = (await city.ask('GET', '/api/orders')).body.items
  expect(order).toMatchObject({ origin: 'report', facilities: ['SL-1', 'SL-2'], class: 'ordinary' })
  const detail = await city.ask('GET', `/api/orders/${order.id}`)
  const told = { at: city.now(), kind: 'dark', kindTitle: { zh: '灯不亮', en: 'Lamp is dark' }, words: '灯灭了', telemetry: 'unknown' }
  expect(detail.body.reports).toEqual([
    { ...told, id: 1, facility: 'SL-1', duplicateOf: null },
    { ...told, id: 2, facility: 'SL-2', duplicateOf: 1 },
  ])
  expect(JSON.stringify([detail.body, found.body])).not.toMatch(/13800000000/)
  expect(JSON.stringify(detail.body)).not.toContain(number)
  const figures = (await city.ask('GET', `/api/order-figures?to=${city.now() + 1}`)).body
  expect(figures.origins).toMatchObject([{ key: 'report', made: 1 }])
  const reject = { version: order.version, reason: 'It belongs to Ms Wang.' }
  expect((await city.ask('POST', `/api/orders/${order.id}/reject`, reject)).status).toBe(200)
  expect((await look(number)).body).toEqual({ ...found.body, state: 'not-repaired' })
})

test('whoever reported it sees each step of the crew, and that it is done when a person has seen the pole', async () => {
  city.state.roster.putCrew({
    ...{ id: 'A', name: 'A', districts: 'all', domains: 'all', vehicle: '', members: ['anna'], base: null, disabled: false },
  })
  const { number } = (await report({ kind: 'damaged' })).body
  await report({ kind: 'damaged' })
  const state = async () => {
    const { body } = await look(number)
    return [body.state, (city.now() - body.since) / minutes(1)]
  }
  await city.addPerson('anna', 'crew')
  await city.signIn()
  const order = (await city.ask('GET', '/api/orders/1')).body.order
  expect((await city.ask('POST', '/api/orders/1/dispatch', { version: order.version, crews: ['A'], within: 10 })).status).toBe(200)
  await city.signIn('anna')
  const crew = city.cookie()
  const told = (await city.ask('GET', '/api/crew/orders')).body.orders[0]
  expect(told.reports.map(({ words }: { words: string }) => words)).toEqual(['灯灭了', '灯灭了'])
  expect(JSON.stringify(told)).not.toMatch(/13800000000|contact/)
  const seen = [await state()]
  for (const type of ['accept', 'set-out', 'arrive', 'begin', 'repair']) {
    city.clock.ahead += minutes(5)
    const more = type === 'repair' ? { cause: 'knocked down', minutes: 30, parts: [] } : {}
    const action = { id: `action-${type}`, order: 1, at: city.now(), type, ...more }
    await city.ask('POST', '/api/crew/actions', { crew: 'A', actions: [action] }, { cookie: crew })
    seen.push(await state())
  }
  city.clock.ahead += minutes(1)
  seen.push(await state())
  expect(seen).toEqual([
    ...[
      ['crew-told', 0],
      ['crew-told', 0],
      ['crew-on-the-way', 0],
      ['crew-there', 0],
      ['crew-there', 0],
      ['repaired', 0],
      ['repaired', 1],
    ],
  ])
  // Telemetry cannot say of a pole that it stands.
  for (let i = 0; i < 20; i++) {
    city.clock.ahead += minutes(1)
    city.tick()
  }
  expect(await state()).toEqual(['repaired', 21])
  // A session does not last that long.
  await city.signIn()
  const { version } = (await city.ask('GET', '/api/orders/1')).body.order
  await city.ask('POST', '/api/orders/1/verify', { version, words: 'seen on the photo' })
  await city.ask('POST', '/api/orders/1/close', { version: version + 1 })
  expect(await state()).toEqual(['done', 0])
  expect(city.state.reports.list({ state: 'closed', limit: 9 }).items.map(({ closedBy }) => closedBy)).toEqual(['first', 'order'])
})

test('what cannot be a report is refused in words: without a place, of an unknown code, or junk', async () => {
  for (const [body, status, words] of [
    [{ code: null }, 422, 'code on the pole'],
    [{ code: 'SL-99' }, 422, 'has the code \\"SL-99\\"'],
    [{ code: 'T-1' }, 422, 'has the code'],
    [{ kind: 'ufo' }, 400, 'kind must be one of'],
    [{ id: 'short' }, 400, 'id'],
    [{ words: 'x'.repeat(501) }, 400, 'words'],
    [{ contact: 'x'.repeat(101) }, 400, 'contact'],
    [{ position: [200, 31] }, 400, 'position'],
    [{ order: 1 }, 400, 'unknown field order'],
    [{ words: 'x'.repeat(20_000) }, 413, ''],
  ] as const) {
    const answer = await report(body)
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(words)])
  }
  for (const junk of ['', 'null', '[]', '{"id":', '"x"']) expect((await asPublic('POST', '/api/public/reports', junk)).status).toBe(400)
  expect(city.state.reports.list({ limit: 9 }).items).toEqual([])
  expect((await report({ code: 'SL-99', position: [121.5, 31.2], words: ' a\u0000b\u202e \n c ' })).status).toBe(201)
  expect(city.state.reports.list({ limit: 9 }).items).toMatchObject([{ facility: null, position: [121.5, 31.2], words: 'a b  \n c' }])
})

test('reports are limited by address, by place and all together, and who has to wait is told how long', async () => {
  const from = async (count: number, what: (n: number) => object, addressOf: (n: number) => string) => {
    const answers = []
    for (let n = 0; n < count; n++) answers.push(await report(what(n), addressOf(n)))
    return answers
  }
  const known = { id: madeId(), code: 'SL-20' }
  expect((await report(known, '203.0.113.2')).status).toBe(201)
  const one = await from(
    21,
    (n) => ({ code: `SL-${(n % 3) + 1}` }),
    () => '203.0.113.1',
  )
  expect(one.map(({ status }) => status)).toEqual([...Array(20).fill(201), 429])
  expect(one.at(-1)?.headers.get('retry-after')).toBe('60')
  expect(one.at(-1)?.body).toMatchObject({ code: 'too-many-requests', detail: expect.stringContaining('Try again in 60 s') })
  city.clock.ahead += minutes(1)
  expect((await report({ code: 'SL-20' }, '203.0.113.1')).status).toBe(201)
  // Two of them are used.
  const place = await from(
    9,
    () => ({ code: 'SL-20' }),
    (n) => hostOf(n),
  )
  expect(place.map(({ status }) => status)).toEqual([...Array(8).fill(201), 429])
  expect(place.at(-1)?.body.detail).toContain('is known')
  const junction = { code: null, position: [121.5, 31.2] }
  const all = await from(
    330,
    () => junction,
    (n) => hostOf(1000 + n),
  )
  const refused = all.filter(({ status }) => status === 429)
  // 30 before, of which a minute brought back all.
  expect([all.length - refused.length, refused[0]?.headers.get('retry-after')]).toEqual([300 - 9, '1'])
  // Whoever did not hear the answer to theirs may ask again all the same.
  expect((await report(known, '203.0.113.2')).status).toBe(201)
})

test('whoever guesses numbers waits, in the same words for wrong and for impossible ones; others do not', async () => {
  const { number } = (await report()).body
  const guess = (n: number) => (n % 2 ? look('22222-22222', '203.0.113.9') : look('nonsense', '203.0.113.9'))
  const answers = []
  for (let n = 0; n < 11; n++) answers.push(await guess(n))
  expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(404), 429])
  expect(new Set(answers.slice(0, 10).map(({ body }) => JSON.stringify(body))).size).toBe(1)
  expect(answers[10]?.headers.get('retry-after')).toBe('1')
  // Also of the right number, which would tell that it is one.
  expect((await look(number, '203.0.113.9')).status).toBe(429)
  expect((await look(number, '203.0.113.10')).status).toBe(200)
})

test('the desk sees what waits for it, how to reach people, and closes with a reason that is told', async () => {
  await city.signIn()
  const call = { id: madeId(), kind: 'other', position: [121.5, 31.2], words: 'at the crossing', contact: '+86 21 5555', callerWaits: true }
  const taken = await city.ask('POST', '/api/reports', call)
  expect([taken.status, taken.body]).toMatchObject([
    201,
    { contact: '+86 21 5555', report: { source: 'telephone', enteredBy: 'admin', callerWaits: true, hasContact: true, facility: null } },
  ])
  expect((await city.ask('POST', '/api/reports', call)).body).toEqual(taken.body)
  const { id, number } = taken.body.report
  await report({ code: 'SL-1' })
  const list = async (query: string) => (await city.ask('GET', `/api/reports?${query}`)).body
  expect((await list('state=waiting')).items).toEqual([taken.body.report])
  expect((await list('limit=1')).next).toBe(2)
  expect((await list('district=North')).items).toMatchObject([{ facility: 'SL-1', order: 1, name: { zh: '解放路 1', en: 'Jiefang 1' } }])
  expect(JSON.stringify(await list(''))).not.toContain('5555')
  const made = await city.ask('POST', `/api/reports/${id}/order`, { facility: 'SL-20', class: 'severe' })
  expect(made.body.report).toMatchObject({ facility: 'SL-20', order: 2, state: 'received' })
  const closed = await city.ask('POST', `/api/reports/${id}/close`, { reason: ' The crossing is lit by the railway. ' })
  expect(closed.body.report).toMatchObject({ state: 'not-repaired', closedBy: 'desk' })
  expect((await city.ask('POST', `/api/reports/${id}/close`, { reason: 'again' })).status).toBe(409)
  expect((await look(number)).body).toMatchObject({ state: 'not-repaired', reason: 'The crossing is lit by the railway.' })
  city.clock.ahead += PERSONAL_KEPT + 1
  city.services.reports.tick()
  await city.signIn()
  expect((await city.ask('GET', `/api/reports/${id}`)).body).toMatchObject({ contact: '', report: { hasContact: false } })
})

test('figures for Prometheus count reports by what became of them', async () => {
  await report()
  await report({ code: 'SL-2' })
  await report({ code: null, position: [121.5, 31.2] })
  await city.signIn()
  const { body } = await city.ask('GET', '/metrics')
  for (const line of [
    'lamplighter_citizen_reports_total{outcome="order"} 1',
    'lamplighter_citizen_reports_total{outcome="duplicate"} 1',
    'lamplighter_citizen_reports_total{outcome="wait"} 1',
    'lamplighter_citizen_reports_open{state="waiting"} 1',
    'lamplighter_citizen_reports_open{state="under-way"} 2',
  ])
    expect(body).toContain(line)
})

test('the policy says which reports become orders by themselves; one that says nothing of it leaves that as it is', async () => {
  await city.signIn()
  const { reports, version, ...rest } = (await city.ask('GET', '/api/dispatch-policy')).body
  expect(reports).toBe('all')
  const put = (policy: object, seen: number) => city.ask('PUT', '/api/dispatch-policy', { policy, version: seen, reason: 'trial' })
  expect((await put({ ...rest, reports: 'off' }, version)).body.reports).toBe('off')
  expect((await put(rest, version + 1)).body.reports).toBe('off')
  expect((await put({ ...rest, reports: 'some' }, version + 2)).status).toBe(400)
  await report()
  expect((await city.ask('GET', '/api/orders')).body.items).toEqual([])
})
