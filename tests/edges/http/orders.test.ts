import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { io } from 'socket.io-client'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import type { Crew } from '../../../src/dispatch/crew.ts'
import {
  CrewAnswersSchema,
  CrewOrdersSchema,
  MOST_CREW_ORDERS,
  OrderCandidatesSchema,
  OrderDetailSchema,
  OrderFiguresSchema,
  OrderSchema,
} from '../../../src/edges/http/order-schemas.ts'
import { days, hours, minutes } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

let city: City
let admin = ''
let eva = ''
const desk = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: admin })
const crew = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: eva })

beforeEach(async () => {
  city = await startCity()
  eva = await signInLimited(city, 'eva', 'crew', WHOLE_CITY)
  await city.signIn()
  admin = city.cookie()
  const facilities = [1, 2, 3].map((n) => ({ id: `T-${n}`, kind: 'tank', name: `Tank ${n}`, district: 'North', position: [120.1, 30.2] }))
  await desk('POST', '/api/facilities', { facilities })
  const more = { districts: 'all', domains: 'all', vehicle: '', base: null, disabled: false } as const
  city.state.roster.putCrew({ id: 'A', name: 'Crew A', members: ['eva'], ...more })
  city.state.roster.putCrew({ id: 'B', name: 'Crew B', members: ['otto'], ...more })
})
afterEach(() => city.stop())

const make = async (facilities: string[] = ['T-1']) =>
  (await desk('POST', '/api/orders', { facilities, class: 'ordinary', title: 'Paint', note: 'rusty' })).body
const dispatched = async () => {
  const { id } = await make()
  const { status, body } = await desk('POST', `/api/orders/${id}/dispatch`, { version: 0, crews: ['A'], within: 10 })
  expect(status).toBe(200)
  return body
}
let actions = 0
const action = (order: number, type: string, more: object = {}) => ({ id: `action-${++actions}`, order, at: city.now(), type, ...more })
const picture = `${String.fromCharCode(0x52, 0x49, 0x46, 0x46, 1, 1, 1, 1, 0x57, 0x45, 0x42, 0x50)}${'x'.repeat(1000)}`
const put = (order: number, photo: string, bytes = picture, type = 'image/webp', by = 'A') =>
  city.ask('PUT', `/api/crew/orders/${order}/photos/${photo}?crew=${by}&at=${city.now()}`, bytes, { cookie: eva, 'content-type': type })

describe('the desk', () => {
  test('makes an order, and is told of all that belongs to it', async () => {
    const made = await make(['T-1', 'T-2'])
    expect(Value.Check(OrderSchema, made)).toBe(true)
    const { body } = await desk('GET', `/api/orders/${made.id}`)
    expect(Value.Check(OrderDetailSchema, body)).toBe(true)
    expect(body.facilities.map(({ name, position }: { name: string; position: number[] }) => [name, position])).toEqual([
      ['Tank 1', [120.1, 30.2]],
      ['Tank 2', [120.1, 30.2]],
    ])
    expect(body.log.items).toMatchObject([{ type: 'create', by: 'admin', words: 'rusty' }])
  })
  test('makes one order of several alarms, called like the first, and no second one of the same', async () => {
    for (const id of ['T-1', 'T-2']) city.report(id, { level: 9 })
    const alarms = [...city.services.liveAlarms()].map(({ id }) => id)
    for (const order of [...city.services.orders.open()]) city.services.orders.reject({ id: order.id }, 'probe', 'admin')
    const { body } = await desk('POST', '/api/orders', { alarms, class: 'severe' })
    expect(body).toMatchObject({ facilities: ['T-1', 'T-2'], alarms, class: 'severe' })
    expect(body.title.en).not.toBe('')
    const again = await desk('POST', '/api/orders', { alarms: alarms.slice(0, 1), class: 'severe' })
    expect([again.status, again.body.detail]).toEqual([409, `Alarm ${alarms[0]} has order ${body.id} already.`])
  })
  test('does not change what was changed meanwhile', async () => {
    const { id } = await dispatched()
    const answer = await desk('POST', `/api/orders/${id}/reject`, { version: 0, reason: 'no fault' })
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringMatching(/changed meanwhile/)])
    expect((await desk('POST', `/api/orders/${id}/reject`, { version: 1, reason: 'no fault' })).body.state).toBe('rejected')
  })
  test('takes every step, and each is in the audit trail', async () => {
    const { id } = await dispatched()
    const step = async (name: string, body: object) => {
      const { version } = (await desk('GET', `/api/orders/${id}`)).body.order
      const answer = await desk('POST', `/api/orders/${id}/${name}`, { version, ...body })
      expect([name, answer.status]).toEqual([name, 200])
      return answer.body
    }
    expect((await step('recall', { reason: 'other' })).state).toBe('open')
    expect((await step('reclassify', { class: 'danger', reason: 'sparks' })).class).toBe('danger')
    expect((await step('close', { reason: 'seen' })).state).toBe('closed')
    expect((await step('reopen', { reason: 'again' })).state).toBe('open')
    const other = await make(['T-2', 'T-3'])
    const part = (await desk('POST', `/api/orders/${other.id}/split`, { version: 0, facilities: ['T-3'], reason: 'own' })).body
    expect(part.facilities).toEqual(['T-3'])
    expect((await step('merge', { into: other.id, reason: 'same' })).mergedInto).toBe(other.id)
    expect((await desk('POST', `/api/orders/${part.id}/note`, { text: 'look' })).body.notes).toBe(1)
    const { body } = await desk('GET', '/api/audit?limit=100')
    const done = body.items.map(({ action: name }: { action: string }) => name)
    for (const name of ['dispatch', 'recall', 'reclassify', 'close', 'reopen', 'split', 'merge', 'note'])
      expect(done).toContain(`order-${name}`)
  })
  test('is told whom an order could be given to, who is there, and until when phones are silent', async () => {
    const { roster } = city.services
    const shift = { key: 'all', name: 'All day', from: 0, to: 1440 }
    const team = { key: 'b', name: 'B', crew: 'B', people: ['eva'] }
    roster.putRotation({ id: 'r', name: 'R', shifts: [shift], teams: [team], start: '2026-01-01', cycle: { b: ['all'] } }, 'test')
    roster.putPerson({ account: 'eva', skills: [], phone: '138', email: '' }, 'test')
    const policy = roster.policy()
    const quiet = (isQuiet: boolean) => {
      const routes = policy.routes.map((route) => ({ ...route, quiet: isQuiet && route.class !== 'danger', skills: [] }))
      // All day but its last minute.
      roster.setPolicy({ ...policy, routes, quiet: { from: 0, to: 1439 } }, 'test', 'test')
    }
    quiet(true)
    const midnight = Math.floor((city.now() + hours(8)) / days(1)) * days(1) - hours(8)
    city.clock.stoppedAt = midnight + hours(2)
    city.clock.ahead = 0
    const { id } = await make()
    const { body } = await desk('GET', `/api/orders/${id}/crews`)
    expect(Value.Check(OrderCandidatesSchema, body)).toBe(true)
    expect(body.crews).toEqual([
      {
        ...{ id: 'B', name: 'Crew B', people: [{ account: 'eva', name: 'eva', phone: '138' }] },
        ...{ dutyUntil: midnight + days(1), hindrance: null },
      },
      { id: 'A', name: 'Crew A', people: [], dutyUntil: null, hindrance: 'off-duty' },
    ])
    const end = midnight + days(1) - minutes(1)
    expect([body.quietUntil, (await desk('GET', '/api/duty')).body.quietUntil]).toEqual([end, end])
    // Danger is told at once, and so is what may not wait.
    const danger = (await desk('POST', '/api/orders', { facilities: ['T-2'], class: 'danger', title: 'Wire' })).body.id
    expect((await desk('GET', `/api/orders/${danger}/crews`)).body.quietUntil).toBeNull()
    quiet(false)
    expect((await desk('GET', `/api/orders/${id}/crews`)).body.quietUntil).toBeNull()
    expect((await crew('GET', `/api/orders/${id}/crews`)).status).toBe(403)
  })

  test('lists by filter in pages, and as CSV in which no text is run', async () => {
    const made = [await make(), await make(['T-2']), await make(['T-3'])]
    const ids = async (query: string) => (await desk('GET', `/api/orders?${query}`)).body.items.map(({ id }: { id: number }) => id)
    expect(await ids('limit=2')).toEqual([made[2].id, made[1].id])
    expect(await ids(`limit=2&before=${made[1].id}`)).toEqual([made[0].id])
    expect(await ids('facility=T-2')).toEqual([made[1].id])
    expect(await ids('district=South')).toEqual([])
    expect(await ids('state=closed,open')).toHaveLength(3)
    expect((await desk('GET', '/api/orders?state=gone')).status).toBe(400)
    await desk('POST', '/api/orders', { facilities: ['T-1'], class: 'ordinary', title: '=1+1' })
    const csv = (await desk('GET', '/api/orders/export')).body as string
    expect(csv.split('\r\n').filter(Boolean)).toHaveLength(5)
    expect(csv).not.toMatch(/(^|,)=1/m)
  })
  test('finds the orders of an alarm', async () => {
    const ids = async (query: string) => (await desk('GET', `/api/orders?${query}`)).body.items.map(({ id }: { id: number }) => id)
    city.report('T-1', { level: 9 })
    const [alarm] = [...city.services.liveAlarms()]
    await make(['T-2'])
    expect(await ids(`alarm=${alarm?.id}`)).toEqual([city.services.orders.ofAlarm(alarm?.id as number)?.id])
    expect(await ids(`alarm=${alarm?.id}&state=closed`)).toEqual([])
    expect((await desk('GET', '/api/orders?alarm=999999')).status).toBe(404)
  })
  test('is told where the next trip gains most', async () => {
    const ordinary = await make()
    const danger = (await desk('POST', '/api/orders', { facilities: ['T-2'], class: 'danger', title: 'Leak' })).body
    const { body } = await desk('GET', '/api/order-queue')
    expect(body).toEqual({ items: [danger.id, ordinary.id].map((order) => ({ order, gain: 0, distance: 0 })), next: null })
  })
  test('is told how far the way is, from where the crew arrived last', async () => {
    await desk('POST', '/api/facilities', {
      facilities: [{ id: 'T-9', kind: 'tank', name: 'Far', district: 'North', position: [120.1, 30.3] }],
    })
    const { id } = await dispatched()
    const arrive = [action(id, 'accept'), action(id, 'arrive')]
    await crew('POST', '/api/crew/actions', { crew: 'A', actions: arrive })
    city.state.roster.putCrew({ ...(city.state.roster.crews().find((one) => one.id === 'B') as Crew), disabled: true })
    const [far, near] = [await make(['T-9']), await make(['T-2'])]
    const { body } = await desk('GET', '/api/order-queue')
    expect(body.items.map(({ order }: { order: number }) => order)).toEqual([near.id, far.id])
    expect(body.items[0].distance).toBe(0)
    expect(body.items[1].distance / 1000).toBeCloseTo(11.12, 1)
  })
  test('is told figures', async () => {
    const { id } = await dispatched()
    city.clock.ahead += 60_000
    await crew('POST', '/api/crew/actions', { crew: 'A', actions: [action(id, 'accept')] })
    const { body } = await desk('GET', '/api/order-figures')
    expect(Value.Check(OrderFiguresSchema, body)).toBe(true)
    expect(body.all.accept.count).toBe(1)
    expect(body.all.accept.median).toBeGreaterThanOrEqual(60_000)
    const keys = (list: { key: string }[]) => list.map(({ key }) => key)
    expect([keys(body.classes), keys(body.crews), keys(body.districts)]).toEqual([['danger', 'severe', 'ordinary'], ['A'], ['North']])
    const other = await make(['T-2'])
    await desk('POST', `/api/orders/${other.id}/reject`, { version: 0, reason: 'no fault' })
    const after = (await desk('GET', '/api/order-figures')).body
    expect([after.all.made, after.leftOut]).toEqual([1, 1])
  })
})

describe('a phone of a crew', () => {
  test('is told of what its crews are asked or have, with all it needs offline', async () => {
    const { id } = await dispatched()
    await make(['T-2'])
    const { body } = await crew('GET', '/api/crew/orders')
    expect(Value.Check(CrewOrdersSchema, body)).toBe(true)
    expect(body.crews).toEqual([{ id: 'A', name: 'Crew A' }])
    expect(body.orders.map(({ order }: { order: { id: number } }) => order.id)).toEqual([id])
    expect(body.orders[0].facilities[0]).toMatchObject({ name: 'Tank 1', position: [120.1, 30.2], state: 'no-report' })
    city.report('T-1', { level: 9 })
    expect((await crew('GET', '/api/crew/orders')).body.orders[0].facilities[0].state).toBe('high')
  })
  test('is told of what it has in hand however much is offered after it', async () => {
    const { id } = await dispatched()
    await crew('POST', '/api/crew/actions', { crew: 'A', actions: [action(id, 'accept')] })
    const { orders } = city.services
    const title = { zh: '油漆', en: 'Paint' }
    for (let i = 0; i < MOST_CREW_ORDERS; i++) {
      const made = orders.create({ facilities: ['T-2'], class: 'ordinary', title, note: '' }, WHOLE_CITY, 'admin')
      orders.dispatch({ id: made.id }, ['A'], 600_000, 'admin')
    }
    const told = (await crew('GET', '/api/crew/orders')).body.orders.map(({ order }: { order: { id: number } }) => order.id)
    expect([told.length, told.includes(id)]).toEqual([MOST_CREW_ORDERS, true])
  })
  test('is told of what its crews have repaired for a day', async () => {
    const { id } = await dispatched()
    const done = async () => (await crew('GET', '/api/crew/orders')).body.done.map(({ order }: { order: { id: number } }) => order.id)
    const all = [action(id, 'accept'), action(id, 'repair', { cause: 'fuse', minutes: 5, parts: [] })]
    await crew('POST', '/api/crew/actions', { crew: 'A', actions: all })
    expect(await done()).toEqual([])
    const { version } = (await desk('GET', `/api/orders/${id}`)).body.order
    expect((await desk('POST', `/api/orders/${id}/verify`, { version, words: 'seen' })).status).toBe(200)
    expect(await done()).toEqual([id])
    city.clock.ahead += 24 * 3_600_000
    eva = await signInLimited(city, 'eva', 'crew', WHOLE_CITY)
    expect(await done()).toEqual([])
  })
  test('is told who has it and where it stands when its action moves nothing', async () => {
    const { id } = await make()
    await desk('POST', `/api/orders/${id}/dispatch`, { version: 0, crews: ['A', 'B'], within: 10 })
    city.services.orders.act([{ id: 'accept-by-b', order: id, at: city.now(), type: 'accept' }], 'B', 'otto')
    const { body } = await crew('POST', '/api/crew/actions', { crew: 'A', actions: [action(id, 'accept')] })
    expect(Value.Check(CrewAnswersSchema, body)).toBe(true)
    expect(body.answers).toMatchObject([{ outcome: 'kept', state: 'accepted', holder: 'B', version: 2 }])
  })
  test('sends what it did in order, and twice counts once', async () => {
    const { id } = await dispatched()
    const all = [
      ...[action(id, 'accept'), action(id, 'set-out'), action(id, 'arrive'), action(id, 'begin'), action(id, 'note', { text: 'wet' })],
      action(id, 'repair', { cause: 'fuse', minutes: 5, parts: [{ name: 'fuse', count: 1 }] }),
    ]
    const send = () => crew('POST', '/api/crew/actions', { crew: 'A', actions: all })
    const first = (await send()).body
    expect(first.answers.map(({ outcome }: { outcome: string }) => outcome)).toEqual(Array(6).fill('done'))
    const outcomes = (answers: { outcome: string; why: string }[]) => answers.map(({ outcome, why }) => [outcome, why])
    expect(outcomes((await send()).body.answers)).toEqual(outcomes(first.answers))
    const { order } = (await desk('GET', `/api/orders/${id}`)).body
    expect(order).toMatchObject({ state: 'repaired', notes: 1, holder: { crew: 'A', person: 'eva' }, repair: { cause: 'fuse' } })
  })
  test('speaks only for a crew its person belongs to', async () => {
    const { id } = await dispatched()
    const answer = await crew('POST', '/api/crew/actions', { crew: 'B', actions: [action(id, 'accept')] })
    expect([answer.status, answer.body.code]).toEqual([403, 'not-allowed'])
    expect((await put(id, 'photo-0001', picture, 'image/webp', 'B')).status).toBe(403)
    expect(
      (await crew('POST', '/api/crew/actions', { crew: 'A', actions: Array.from({ length: 101 }, () => action(id, 'accept')) })).status,
    ).toBe(400)
  })
  test('sends a photo that is on disk before it is answered, counted once with its action in either order', async () => {
    const { id } = await dispatched()
    const sent = await put(id, 'photo-0001')
    expect([sent.status, sent.body]).toMatchObject([200, { id: 'photo-0001', order: id, by: 'eva', type: 'image/webp' }])
    expect(readdirSync(join(city.folder, 'photos'))).toEqual(['photo-0001'])
    await Promise.all([put(id, 'photo-0001'), put(id, 'photo-0001')])
    const acts = ['photo-0001', 'photo-0002'].map((photo) => action(id, 'photo', { photo }))
    await crew('POST', '/api/crew/actions', { crew: 'A', actions: acts })
    await Promise.all([put(id, 'photo-0002'), put(id, 'photo-0002')])
    const { order, photos } = (await desk('GET', `/api/orders/${id}`)).body
    expect([order.photos, photos.length]).toEqual([2, 2])
    const shown = await desk('GET', `/api/orders/${id}/photos/photo-0001`)
    expect([shown.status, shown.headers.get('content-type'), shown.body]).toEqual([200, 'image/webp', Buffer.from(picture).toString()])
  })
  test('takes a photo again whose file was lost', async () => {
    const { id } = await dispatched()
    await put(id, 'photo-0001')
    rmSync(join(city.folder, 'photos', 'photo-0001'))
    expect((await desk('GET', `/api/orders/${id}/photos/photo-0001`)).status).toBe(404)
    await put(id, 'photo-0001')
    expect((await desk('GET', `/api/orders/${id}/photos/photo-0001`)).status).toBe(200)
    expect((await desk('GET', `/api/orders/${id}`)).body.order.photos).toBe(1)
  })
  test('keeps nothing that is no picture, is too large, or is of another order', async () => {
    const { id } = await dispatched()
    const other = await make(['T-2'])
    expect((await put(id, 'photo-0003', '<svg onload="x">')).status).toBe(400)
    expect((await put(id, 'photo-0003', picture + 'x'.repeat(400 * 1024))).status).toBe(413)
    expect((await put(id, '..%2F..%2Fstate')).status).toBe(400)
    expect((await put(id, 'photo-0003')).status).toBe(200)
    expect((await put(other.id, 'photo-0003')).status).toBe(409)
    expect((await desk('GET', `/api/orders/${other.id}/photos/photo-0003`)).status).toBe(404)
  })
})

test('an order that changes is told to those who may see orders of their part', async () => {
  const { id } = await make()
  const seen: unknown[] = []
  const sue = await signInLimited(city, 'sue', 'operator', { districts: ['South'], domains: 'all' })
  const client = io(city.url, { transports: ['websocket'], extraHeaders: { cookie: admin }, reconnection: false, forceNew: true })
  const other = io(city.url, {
    ...{ transports: ['websocket'], reconnection: false, forceNew: true },
    extraHeaders: { cookie: sue },
  })
  const others: unknown[] = []
  other.on('orders', (changed) => others.push(changed))
  await Promise.all([client, other].map((one) => new Promise<void>((resolve) => one.once('connect', resolve))))
  const told = new Promise<void>((resolve) =>
    client.on('orders', (changed) => {
      seen.push(changed)
      resolve()
    }),
  )
  const reached = new Promise((resolve) => other.once('heartbeat', resolve))
  await desk('POST', `/api/orders/${id}/note`, { text: 'look' })
  await Promise.all([told, reached])
  for (const one of [client, other]) one.close()
  expect(Value.Check(Type.Object({ orders: Type.Array(OrderSchema) }), seen[0])).toBe(true)
  expect(seen).toMatchObject([{ orders: [{ id, notes: 1 }] }])
  expect(others).toEqual([])
})

test('whoever is limited is told of what their crew is to do elsewhere, until it is theirs no more', async () => {
  const sol = await signInLimited(city, 'sol', 'crew', { districts: ['South'], domains: 'all' })
  const usual = { districts: 'all', domains: 'all', vehicle: '', base: null, disabled: false } as const
  city.state.roster.putCrew({ ...usual, id: 'S', name: 'South', members: ['sol'] })
  const { id } = await make()
  const client = io(city.url, { transports: ['websocket'], extraHeaders: { cookie: sol }, reconnection: false, forceNew: true })
  const told: unknown[] = []
  client.on('orders', (changed) => told.push(changed))
  await new Promise<void>((resolve) => client.once('connect', resolve))
  await desk('POST', `/api/orders/${id}/note`, { text: 'not theirs yet' })
  await desk('POST', `/api/orders/${id}/dispatch`, { version: 1, crews: ['S'], within: 10 })
  await desk('POST', `/api/orders/${id}/recall`, { version: 2, reason: 'another crew is nearer' })
  await vi.waitFor(() => expect(told).toHaveLength(2), { timeout: 15_000 })
  client.close()
  expect(told).toMatchObject([
    { orders: [{ id, facilities: ['T-1'], elsewhere: 0, state: 'dispatched' }], gone: [] },
    { orders: [], gone: [id] },
  ])
})

test('what a limited crew did for an order that was recalled meanwhile is in its log, with the picture', async () => {
  const sol = await signInLimited(city, 'sol', 'crew', { districts: ['South'], domains: 'all' })
  const usual = { districts: 'all', domains: 'all', vehicle: '', base: null, disabled: false } as const
  city.state.roster.putCrew({ ...usual, id: 'S', name: 'South', members: ['sol'] })
  const { id } = await make()
  const other = await make(['T-2'])
  await desk('POST', `/api/orders/${id}/dispatch`, { version: 0, crews: ['S'], within: 10 })
  await desk('POST', `/api/orders/${id}/recall`, { version: 1, reason: 'nobody answers' })
  const actions = [action(id, 'accept'), action(id, 'note', { text: 'fuse changed' }), action(other.id, 'note', { text: 'not theirs' })]
  const { body } = await city.ask('POST', '/api/crew/actions', { crew: 'S', actions }, { cookie: sol })
  expect(body.answers).toMatchObject([
    { outcome: 'kept', state: null, holder: null, version: null },
    { outcome: 'done', state: null },
    { outcome: 'kept', why: `There is no order ${other.id}.` },
  ])
  const send = (order: number, photo: string) =>
    city.ask('PUT', `/api/crew/orders/${order}/photos/${photo}?crew=S&at=${city.now()}`, picture, {
      ...{ cookie: sol, 'content-type': 'image/webp' },
    })
  expect([(await send(id, 'photo-0001')).status, (await send(other.id, 'photo-0002')).status]).toEqual([200, 404])
  const { log, photos } = (await desk('GET', `/api/orders/${id}`)).body
  expect(log.items.slice(0, 3).map(({ type, crew: by }: { type: string; crew: string }) => [type, by])).toEqual([
    ...[
      ['photo', 'S'],
      ['note', 'S'],
      ['kept', 'S'],
    ],
  ])
  expect(photos).toMatchObject([{ id: 'photo-0001', by: 'sol' }])
  expect((await desk('GET', `/api/orders/${other.id}`)).body.order).toMatchObject({ notes: 0, photos: 0 })
})

test('a phone hears of orders alone, for as long as it is there', async () => {
  const { id } = await make()
  const headers = { transports: ['websocket'], extraHeaders: { cookie: eva }, reconnection: false, forceNew: true }
  const phone = io(city.url, { ...headers, auth: { only: 'orders' } })
  const wall = io(city.url, headers)
  const heard: string[] = []
  phone.onAny((event) => heard.push(event))
  await Promise.all([phone, wall].map((one) => new Promise<void>((resolve) => one.once('connect', resolve))))
  const beat = new Promise((resolve) => wall.once('heartbeat', resolve))
  const delta = new Promise((resolve) => wall.once('delta', resolve))
  city.report('T-1', { level: 9 })
  await Promise.all([beat, delta])
  const told = new Promise((resolve) => phone.once('orders', resolve))
  await desk('POST', `/api/orders/${id}/note`, { text: 'look' })
  expect(await told).toMatchObject({ orders: [{ id, notes: 1 }] })
  expect(new Set(heard)).toEqual(new Set(['orders']))
  for (const one of [phone, wall]) one.close()
})
