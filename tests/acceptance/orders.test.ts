import { randomBytes, randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import type { Static } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { playCrews } from '../../simulators/crew-player.ts'
import { usualDispatchPolicy } from '../../src/dispatch/dispatch-policy.ts'
import type { HandoverDraftView } from '../../src/edges/http/handover-schemas.ts'
import type { CrewOrdersView, OrderDetailView, OrderPageSchema, OrderView } from '../../src/edges/http/order-schemas.ts'
import type { ClientEvents, ServerEvents } from '../../src/edges/live/protocol.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { longitudeAt } from '../night-place.ts'
import { type LivingCity, livingCity, OWN_PASSWORD, putCrews } from './living-city.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'
import { hookServer, type ToldServer } from './told-servers.ts'

const night = longitudeAt(0, Date.now())
const position: [number, number] = [night, 0]
const CIRCUITS = 6
/** Two cabinets with four lamps on each of their circuits. */
const facilities = ['LC-1', 'LC-2'].flatMap((cabinet) => [
  { id: cabinet, kind: 'light-cabinet', district: 'Harbour', road: 'Quay', position, rated: { circuits: CIRCUITS, 'lamp-current': 0.6 } },
  ...Array.from({ length: 4 * CIRCUITS }, (_, i) => ({
    ...{ id: `SL-${cabinet.at(-1)}${String(i).padStart(2, '0')}`, kind: 'street-light', district: 'Harbour', road: 'Quay', position },
    ...{ fedBy: cabinet, circuit: (i % CIRCUITS) + 1, gateway: cabinet },
  })),
])

/** After so long telemetry has borne a repair out, whenever it was looked at. */
const PROVEN = minutes(20)

type Live = Socket<ServerEvents, ClientEvents>
type Page = Static<typeof OrderPageSchema>

/** A phone with its live connection. */
async function phoneOf(client: Client): Promise<{ client: Client; live: Live; seen: { order: OrderView; at: number }[] }> {
  const live = client.live()
  const seen: { order: OrderView; at: number }[] = []
  live.on('orders', (changed) => {
    for (const order of changed.orders) seen.push({ order, at: performance.now() })
  })
  await new Promise<void>((resolve, reject) => {
    live.on('connect', resolve)
    live.on('connect_error', reject)
  })
  return { client, live, seen }
}
type Phone = Awaited<ReturnType<typeof phoneOf>>

const detailOf = (client: Client, id: number) => client.get<OrderDetailView>(`/api/orders/${id}`)
const typesOf = ({ log }: OrderDetailView) => log.items.map(({ type }) => type).reverse()

describe('from a lamp that fails to an order that is closed', () => {
  let city: LivingCity
  let hook: ToldServer<{ type: string; data: { order: number; title: string } }>
  let anna: Phone
  let bert: Phone
  let desk: Phone

  const orderOf = async (facility: string): Promise<OrderView> => {
    const { items } = await city.admin.get<Page>(`/api/orders?facility=${facility}&limit=1`)
    return items[0]!
  }
  /** Breaks a lamp and waits for its order, dispatched. */
  const brokenLamp = async (facility: string) => {
    const mend = await city.breaks({ facility, fault: 'lamp-failure' })
    await city.pass(seconds(20))
    const order = await eventually(
      () => orderOf(facility),
      (found) => found?.state === 'dispatched',
    )
    return { order, mend }
  }
  const act = async (phone: Phone, crew: string, order: number, ...actions: ({ type: string } & Record<string, unknown>)[]) => {
    const made = actions.map((action) => ({ id: randomUUID(), order, at: city.now(), ...action }))
    const { answers } = await phone.client.post<{ answers: { outcome: string; why: string }[] }>('/api/crew/actions', {
      crew,
      actions: made,
    })
    return answers
  }
  const repair = { type: 'repair', cause: 'driver', minutes: 20, parts: [{ name: 'driver', count: 1 }] }
  const told = (order: number) => hook.got.filter(({ data }) => data.order === order).map(({ type }) => type.split('.').at(-1))

  beforeAll(async () => {
    hook = await hookServer()
    city = await livingCity({ facilities, position, env: { NOTIFY_ALLOWED_ADDRESSES: '127.0.0.1' } })
    anna = await phoneOf(await city.person('anna', 'crew'))
    bert = await phoneOf(await city.person('bert', 'crew'))
    desk = await phoneOf(city.admin)
    const chain = [
      { to: { type: 'crews' }, within: minutes(5) },
      { to: { type: 'dispatcher' }, within: minutes(5) },
      { to: { type: 'crews' }, within: minutes(60) },
    ] as const
    const routes = usualDispatchPolicy.routes.map((route) => (route.id === 'lamps' ? { ...route, chain } : route))
    await putCrews(city.admin, { A: 'anna', B: 'bert' }, { routes })
    await city.admin.put('/api/channels/hook', {
      ...{ name: 'Hook', settings: { type: 'webhook', url: `http://127.0.0.1:${hook.port}/`, secret: 'a secret of the test' } },
      ...{ language: 'en', types: 'all', districts: 'all', domains: 'all', template: null, disabled: false },
      limits: { perMinute: 600, digestAbove: 100 },
    })
  }, 120_000)
  afterAll(async () => {
    for (const phone of [anna, bert, desk]) phone?.live.close()
    await city?.stop()
    await hook?.close()
  })

  test('lamp, alarm, order, phone, accepted, arrived, mended, verified by telemetry, closed; figures and handover note show it', {
    timeout: 180_000,
  }, async () => {
    let alarmAt = 0
    desk.live.on('delta', ({ alarms }) => {
      if (alarmAt === 0 && alarms.some(({ facility }) => facility === 'SL-100')) alarmAt = performance.now()
    })
    const { order, mend } = await brokenLamp('SL-100')
    expect(order).toMatchObject({ origin: 'alarm', class: 'ordinary', facilities: ['SL-100'], offer: { crews: ['A', 'B'] } })
    await eventually(
      async () => anna.seen.find(({ order: { id, state } }) => id === order.id && state === 'dispatched'),
      (found) => found !== undefined,
    )
    const phoneAt = anna.seen.find(({ order: { id } }) => id === order.id)!.at
    console.info(`alarm on the wall to order on the phone: ${Math.round(phoneAt - alarmAt)} ms`)
    const { orders } = await anna.client.get<CrewOrdersView>('/api/crew/orders')
    expect(orders.find((one) => one.order.id === order.id)).toMatchObject({
      alarms: [{ facility: 'SL-100', rule: 'lamp-failure' }],
      facilities: [{ id: 'SL-100', position }],
    })
    const draft = () => city.admin.get<HandoverDraftView>('/api/handovers/draft?rotation=always')
    expect((await draft()).note.orders.items.map(({ id }) => id)).toContain(order.id)

    // An operator answers for the alarm; the order goes its own way.
    await city.admin.post(`/api/alarms/${order.alarms[0]}/acknowledge`, { comment: 'order made' })
    await act(anna, 'A', order.id, { type: 'accept' })
    await eventually(
      async () => bert.seen.some(({ order: { id, holder } }) => id === order.id && holder?.crew === 'A'),
      (isTold) => isTold,
    )
    await city.pass(minutes(10))
    await act(anna, 'A', order.id, { type: 'set-out' })
    await city.pass(minutes(8))
    await act(anna, 'A', order.id, { type: 'arrive' }, { type: 'begin' })
    await mend()
    await city.pass(minutes(1))
    await act(anna, 'A', order.id, repair)
    await city.pass(minutes(2))
    expect((await orderOf('SL-100')).state).toBe('repaired')
    await city.pass(PROVEN)
    const closed = await eventually(
      () => detailOf(city.admin, order.id),
      (found) => found.order.state === 'closed',
    )
    expect(closed.order).toMatchObject({ verification: { by: 'telemetry' }, holder: { crew: 'A', person: 'anna' }, relapses: 0 })
    expect(typesOf(closed)).toEqual(['create', 'dispatch', 'accept', 'set-out', 'arrive', 'begin', 'repair', 'verify', 'close'])
    expect(told(order.id)).toEqual(['offered', 'taken', 'verified'])

    const figures = await city.admin.get<{ all: Record<string, unknown>; crews: unknown[] }>('/api/order-figures')
    expect(figures.all).toMatchObject({ made: 1, closed: 1, repaired: 1, firstTime: 1, relapses: 0, arrive: { count: 1 } })
    expect((figures.all.arrive as { median: number }).median).toBeGreaterThanOrEqual(minutes(18))
    expect(figures.crews).toMatchObject([{ key: 'A', closed: 1 }])
    const { note } = await draft()
    expect(note.orders.items.map(({ id }) => id)).not.toContain(order.id)
    expect(note.standing.items.map(({ facility }) => facility)).not.toContain('SL-100')
  })

  test('it comes back within 72 h: the same order again, and not fixed the first time', { timeout: 180_000 }, async () => {
    const before = await orderOf('SL-100')
    expect(before.state).toBe('closed')
    const { order, mend } = await brokenLamp('SL-100')
    expect(order).toMatchObject({ id: before.id, relapses: 1, holder: null, repair: null, offer: { crews: ['A', 'B'] } })
    expect(told(order.id).slice(3)).toEqual(['relapsed', 'offered'])
    const { all } = await city.admin.get<{ all: unknown }>('/api/order-figures')
    expect(all).toMatchObject({ made: 1, closed: 0, firstTime: 0, relapses: 1 })
    const { note } = await city.admin.get<HandoverDraftView>('/api/handovers/draft?rotation=always')
    expect(note.events.items).toContainEqual(expect.objectContaining({ type: 'relapse', order: order.id }))
    await mend()
    await act(bert, 'B', order.id, { type: 'accept' }, repair)
    await city.pass(PROVEN)
    expect(await orderOf('SL-100')).toMatchObject({ id: before.id, state: 'closed', holder: { crew: 'B' }, relapses: 1 })
  })

  test('nobody accepts: the desk is told, then all crews are asked again, until one takes it', { timeout: 180_000 }, async () => {
    const { order, mend } = await brokenLamp('SL-101')
    await city.pass(minutes(5))
    expect(await orderOf('SL-101')).toMatchObject({ state: 'open', offer: null })
    await eventually(
      async () => told(order.id),
      (types) => types.join() === 'offered,unanswered',
    )
    await city.pass(minutes(5))
    expect(await orderOf('SL-101')).toMatchObject({ state: 'dispatched', offer: { crews: ['A', 'B'] } })
    const answers = await act(bert, 'B', order.id, { type: 'decline', reason: 'flat tyre' })
    expect(answers).toMatchObject([{ outcome: 'done' }])
    expect(await orderOf('SL-101')).toMatchObject({ state: 'dispatched', offer: { crews: ['A'] }, declined: ['B'] })
    await act(anna, 'A', order.id, { type: 'accept' }, repair)
    await mend()
    await city.pass(PROVEN)
    expect(await orderOf('SL-101')).toMatchObject({ state: 'closed', verification: { by: 'telemetry' } })
  })

  test('two crews accept at once: one has it, the other is told who, and nothing of what it does later moves it', {
    timeout: 180_000,
  }, async () => {
    const { order, mend } = await brokenLamp('SL-102')
    const [[a], [b]] = await Promise.all([act(anna, 'A', order.id, { type: 'accept' }), act(bert, 'B', order.id, { type: 'accept' })])
    expect([a?.outcome, b?.outcome].sort()).toEqual(['done', 'kept'])
    const [winner, loser] = a?.outcome === 'done' ? (['A', 'B'] as const) : (['B', 'A'] as const)
    expect((winner === 'A' ? b : a)?.why).toContain(`taken by ${winner}`)
    const late = await act(loser === 'B' ? bert : anna, loser, order.id, { type: 'arrive' }, repair)
    expect(late.map(({ outcome }) => outcome)).toEqual(['kept', 'kept'])
    expect(await orderOf('SL-102')).toMatchObject({ state: 'accepted', holder: { crew: winner } })
    await eventually(
      async () => told(order.id),
      (types) => types.join() === 'offered,taken',
    )
    await mend()
    await city.admin.post(`/api/orders/${order.id}/close`, { version: (await orderOf('SL-102')).version, reason: 'a trial' })
  })

  test('a second order for the same lamp is rejected as a duplicate, another one merged; the crew is told, and the fault makes no third', {
    timeout: 180_000,
  }, async () => {
    const { order, mend } = await brokenLamp('SL-103')
    const make = () =>
      city.admin.post<OrderView>('/api/orders', { facilities: ['SL-103'], class: 'ordinary', title: 'Dark, says a caller' })
    const duplicate = await make()
    const asked = await city.admin.post<OrderView>(`/api/orders/${duplicate.id}/dispatch`, {
      version: duplicate.version,
      crews: ['B'],
      within: 10,
    })
    await expect(city.admin.post(`/api/orders/${duplicate.id}/reject`, { version: asked.version, reason: '' })).rejects.toThrow(/400/)
    const rejected = await city.admin.post<OrderView>(`/api/orders/${duplicate.id}/reject`, {
      ...{ version: asked.version, reason: `duplicate of order ${order.id}` },
    })
    expect(rejected).toMatchObject({ state: 'rejected', offer: null })
    await eventually(
      async () => told(duplicate.id),
      (types) => types.at(-1) === 'withdrawn',
    )
    const other = await make()
    const merged = await city.admin.post<OrderView>(`/api/orders/${other.id}/merge`, {
      version: other.version,
      into: order.id,
      reason: 'same',
    })
    expect(merged).toMatchObject({ state: 'merged', mergedInto: order.id })
    await city.pass(minutes(8))
    const { items } = await city.admin.get<Page>('/api/orders?facility=SL-103')
    expect(items.map(({ id }) => id)).toEqual([other.id, duplicate.id, order.id])
    await mend()
  })

  test('crews that the simulator plays take an order and mend what it is for', { timeout: 180_000 }, async () => {
    const { order } = await brokenLamp('SL-104')
    const stop = new AbortController()
    const crews = [{ crew: 'B', account: 'bert', password: OWN_PASSWORD }]
    const played = playCrews({ url: city.app.url, faults: city.faults, crews, hurry: 100 }, stop.signal)
    await eventually(
      () => detailOf(city.admin, order.id),
      (found) => found.order.state === 'repaired',
    )
    stop.abort()
    await played
    expect((await orderOf('SL-104')).repair).toMatchObject({ cause: 'lamp-failure', by: 'bert' })
    await city.pass(PROVEN)
    expect(await orderOf('SL-104')).toMatchObject({ state: 'closed', verification: { by: 'telemetry' } })
  })
})

describe('a phone that is out of reach for an hour', () => {
  const { folder, remove } = testFolder()
  let server: ServerProcess | undefined
  afterAll(async () => {
    await server?.end('SIGKILL')
    remove()
  })
  const start = (ahead: number) =>
    startServer({
      ...{ folder, facilities, program: 'tests/acceptance/shifted-server.ts' },
      env: { CLOCK_AHEAD: String(ahead), SERVER_ID: '', TELEMETRY_STORE: 'embedded' },
    })

  test('sends five actions and three photos in order, each twice, partly after kill -9: all count once, at the time they were done', {
    timeout: 180_000,
  }, async () => {
    server = await start(0)
    let client = await signIn(server.url)
    await putCrews(client, { A: 'admin' })
    const made = await client.post<OrderView>('/api/orders', { facilities: ['SL-100'], class: 'ordinary', title: 'Dark' })
    const { id } = await client.post<OrderView>(`/api/orders/${made.id}/dispatch`, { version: made.version, crews: ['A'], within: 600 })
    const begun = Date.now()
    const since = (length: number) => begun + minutes(length)
    await client.post('/api/crew/actions', { crew: 'A', actions: [{ id: randomUUID(), order: id, at: begun, type: 'accept' }] })
    await server.end('SIGKILL')

    // What the phone keeps while nobody hears it.
    const action = (minute: number, type: string, more: object = {}) => {
      const body = { crew: 'A', actions: [{ id: randomUUID(), order: id, at: since(minute), type, ...more }] }
      return { minute, type, send: (to: Client) => to.post<unknown>('/api/crew/actions', body) }
    }
    const photo = (minute: number) => {
      const [name, bytes] = [randomUUID(), Buffer.concat([Buffer.from('RIFF____WEBPVP8 ', 'latin1'), randomBytes(250_000)])]
      const path = `/api/crew/orders/${id}/photos/${name}?crew=A&at=${since(minute)}`
      return { minute, type: 'photo', name, bytes, send: (to: Client) => to.put<unknown>(path, bytes, 'image/webp') }
    }
    const photos = [photo(25), photo(35), photo(45)]
    const outbox = [
      ...[
        action(5, 'set-out'),
        action(15, 'arrive'),
        action(20, 'begin'),
        photos[0]!,
        action(30, 'note', { text: 'wet joint' }),
        photos[1]!,
      ],
      ...[photos[2]!, action(50, 'repair', { cause: 'joint', minutes: 30, parts: [{ name: 'joint', count: 1 }] })],
    ]

    server = await start(hours(1))
    client = await signIn(server.url)
    const answers: unknown[] = []
    for (const one of outbox.slice(0, 4)) {
      answers.push(await one.send(client))
      await one.send(client)
    }
    // The fifth is on its way when the server dies; the phone knows of no answer to what it sent last.
    const lost = outbox[4]!.send(client).catch(() => undefined)
    await server.end('SIGKILL')
    await lost
    server = await start(hours(1))
    client = await signIn(server.url)
    const again = []
    for (const one of outbox.slice(2)) {
      again.push(await one.send(client))
      await one.send(client)
    }
    // What was answered before the end is answered the same after it, but for the server's own clock and how the order is by now.
    const told = (answer: unknown) =>
      JSON.stringify(answer, (key, value: unknown) => (key === 'at' || key === 'version' ? undefined : value))
    expect(again.slice(0, 2).map(told)).toEqual(answers.slice(2).map(told))

    const detail = await detailOf(client, id)
    expect(detail.order).toMatchObject({
      ...{ state: 'repaired', photos: 3, notes: 1, holder: { crew: 'A', person: 'admin' } },
      times: { accepted: begun, setOut: since(5), arrived: since(15), begun: since(20) },
      repair: { at: since(50), cause: 'joint', minutes: 30 },
    })
    const lines = detail.log.items.filter(({ crew }) => crew !== '').reverse()
    expect(lines.map(({ type, at }) => [type, at])).toEqual([['accept', begun], ...outbox.map(({ type, minute }) => [type, since(minute)])])
    expect(detail.photos.map(({ at }) => at)).toEqual([since(25), since(35), since(45)])
    for (const { name, bytes } of photos) {
      const kept = await client.bytes(`/api/orders/${id}/photos/${name}`)
      expect(kept.equals(bytes)).toBe(true)
    }
  })
})
