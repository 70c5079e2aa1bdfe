import { once } from 'node:events'
import { connect } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../../src/edges/http/live-schemas.ts'
import type { ClientEvents, Delta, Heartbeat, LiveReadings, ServerEvents } from '../../../src/edges/live/protocol.ts'
import { shownHash } from '../../../src/edges/live/shown-hash.ts'
import { minutes } from '../../../src/telemetry/duration.ts'
import { type City, startCity } from '../city.ts'
import { stateList, statesOf } from './told.ts'

type Client = Socket<ServerEvents, ClientEvents>

/** Twenty times as fast: a heartbeat each 50 ms. */
const fast = (work: () => void, delay: number) => {
  const timer = setTimeout(work, delay / 20)
  return () => clearTimeout(timer)
}

let city: City
const clients: Client[] = []

async function openCity(options: Parameters<typeof startCity>[0] = {}) {
  city = await startCity({ schedule: fast, ...options })
  await city.signIn()
  await city.ask('POST', '/api/facilities', { facilities: Array.from({ length: 5 }, (_, i) => ({ id: `T-${i}`, kind: 'tank' })) })
}

beforeEach(async () => {
  await openCity()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await city.stop()
})

function open(
  headers: Record<string, string> = { cookie: city.cookie() },
  transports: ('websocket' | 'polling')[] = ['websocket'],
): Client {
  const client: Client = io(city.url, { transports, extraHeaders: headers, reconnection: false, forceNew: true })
  clients.push(client)
  return client
}

async function connected(client: Client): Promise<Client> {
  await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject))
  return client
}

const next = <E extends keyof ServerEvents>(client: Client, event: E) =>
  new Promise<Parameters<ServerEvents[E]>>((resolve) => {
    // The types of the client's listeners do not follow a generic event name.
    const untyped = client as unknown as { once(event: string, listener: (...args: unknown[]) => void): void }
    untyped.once(event, (...args) => resolve(args as Parameters<ServerEvents[E]>))
  })

describe('who may connect', () => {
  test.each([
    ['without a cookie', () => ({})],
    ['with a made-up cookie', () => ({ cookie: 'lamplighter-session=made-up' })],
    ['from a page of another site', () => ({ cookie: city.cookie(), origin: 'https://evil.example' })],
  ])('nobody %s', async (_, headers) => {
    await expect(connected(open(headers()))).rejects.toThrow()
    await expect(connected(open(headers(), ['polling']))).rejects.toThrow()
  })

  test('who is signed in, from this server or from no page, over either transport', async () => {
    await connected(open())
    await connected(open({ cookie: city.cookie(), origin: city.url }))
    await connected(open({ cookie: city.cookie() }, ['polling']))
    expect(city.clients()).toBe(3)
  })

  test('not more than fit', async () => {
    await city.stop()
    await openCity({ maxClients: 1 })
    await connected(open())
    await expect(connected(open())).rejects.toThrow()
  })
})

test('a fault reaches the console as the delta after its snapshot', async () => {
  const client = await connected(open())
  await expect.poll(async () => (await city.ask('GET', '/api/plant')).body.ids.length).toBe(5)
  const { body: snapshot } = await city.ask('GET', '/api/snapshot')
  const delta = next(client, 'delta')
  city.report('T-1', { level: 9 })
  const [given] = await delta
  const { epoch, seq, alarms } = given
  expect([epoch, seq]).toEqual([snapshot.epoch, snapshot.seq + 1])
  expect(alarms).toMatchObject([{ facility: 'T-1', rule: 'high', state: 'unacknowledged' }])
  expect(statesOf(given)).toEqual([[city.services.plant.get('T-1')?.number, 'high']])
})

test('a console that fetches one snapshot and counts deltas ends up with what the server has', async () => {
  const client = await connected(open())
  const deltas: Delta[] = []
  client.on('delta', (delta) => void deltas.push(delta))
  const snapshot: Snapshot = (await city.ask('GET', '/api/snapshot')).body
  for (let i = 0; i < 300; i++) {
    city.report(`T-${i % 5}`, { level: (i * 7) % 10, valve: i % 3 === 0 })
    if (i % 40 === 0) await new Promise(setImmediate)
  }
  let final: Snapshot = snapshot
  await expect
    .poll(async () => {
      final = (await city.ask('GET', '/api/snapshot')).body
      return deltas.at(-1)?.seq === final.seq && final.alarms.length === [...city.services.liveAlarms()].length
    })
    .toBe(true)
  const alarms = new Map(snapshot.alarms.map((alarm) => [alarm.id, alarm]))
  const states = stateList(snapshot)
  const later = deltas.filter(({ seq }) => seq > snapshot.seq)
  expect(later.map(({ seq }) => seq)).toEqual(later.map((_, i) => snapshot.seq + 1 + i))
  for (const delta of later) {
    for (const alarm of delta.alarms) {
      if (alarm.ended === null) alarms.set(alarm.id, alarm)
      else alarms.delete(alarm.id)
    }
    for (const [number, state] of statesOf(delta)) states[number] = state
  }
  expect([...alarms.values()].sort((a, b) => a.id - b.id)).toEqual(final.alarms.toSorted((a, b) => a.id - b.id))
  expect(states).toEqual(stateList(final))
  expect(final.hash).toBe(shownHash(alarms.values(), Buffer.from(final.states, 'base64')))
})

test('the heartbeat tells time, number of the last delta and the rate of alarms', async () => {
  const client = await connected(open())
  city.report('T-1', { level: 9 })
  city.report('T-2', { level: 9 })
  await expect.poll(async () => (await next(client, 'heartbeat'))[0].rate).toBe(2)
  const [beat]: [Heartbeat] = await next(client, 'heartbeat')
  const { body: snapshot } = await city.ask('GET', '/api/snapshot')
  expect(beat).toMatchObject({ epoch: snapshot.epoch, seq: snapshot.seq })
  expect(Math.abs(beat.at - city.now())).toBeLessThan(minutes(1))
})

test('a new facility is told as another version of the plant, which is what is served then', async () => {
  const client = await connected(open())
  const plant = new Promise<string>((resolve) => client.on('delta', (delta) => delta.plant !== null && resolve(delta.plant)))
  await city.ask('POST', '/api/facilities', { facilities: [{ id: 'T-9', kind: 'tank' }] })
  const version = await plant
  const { body, headers } = await city.ask('GET', '/api/plant')
  expect(body).toMatchObject({ version, ids: expect.arrayContaining(['T-9']) })
  expect((await city.ask('GET', '/api/snapshot')).body.plant).toBe(version)
  const again = await city.ask('GET', '/api/plant', undefined, { 'if-none-match': headers.get('etag') as string })
  expect([again.status, again.body]).toEqual([304, ''])
  // What is no part of it changes nothing of it.
  await city.ask('PUT', '/api/facilities/T-9/mode', { mode: 'maintenance', reason: 'test' })
  expect((await city.ask('GET', '/api/plant')).body.version).toBe(version)
})

test('what consoles ask for is counted by why', async () => {
  await city.ask('GET', '/api/snapshot')
  await city.ask('GET', '/api/snapshot?reason=hash')
  expect((await city.ask('GET', '/api/snapshot?reason=other')).status).toBe(400)
  const { body } = await city.ask('GET', '/metrics')
  expect(body).toContain('lamplighter_console_snapshots_total{reason="start"} 1')
  expect(body).toContain('lamplighter_console_snapshots_total{reason="hash"} 1')
  expect(body).toContain('lamplighter_consoles 0')
})

test('readings of the watched facility come, and of no other', async () => {
  const client = await connected(open())
  const seen: LiveReadings[] = []
  client.on('readings', (readings) => void seen.push(readings))
  city.report('T-1', { level: 3, valve: true })
  client.emit('watch', 'T-1')
  await expect.poll(() => seen.length).toBe(1)
  expect(seen[0]?.readings.map(([point, value, , good]) => [point, value, good])).toEqual([
    ['level', 3, true],
    ['valve', true, true],
  ])
  city.report('T-2', { level: 5 })
  city.report('T-1', { level: 4 })
  await expect.poll(() => seen.at(-1)?.readings.find(([point]) => point === 'level')?.[1]).toBe(4)
  const count = seen.length
  client.emit('watch', null)
  await next(client, 'heartbeat')
  await next(client, 'heartbeat')
  city.report('T-1', { level: 5 })
  client.emit('watch', 'T-2')
  await expect.poll(() => seen.at(-1)?.facility).toBe('T-2')
  expect(seen.slice(count).map(({ facility }) => facility)).toEqual(['T-2'])
})

test('nonsense from a client disturbs nobody', async () => {
  const client = await connected(open())
  const raw = client as unknown as Socket
  for (const args of [[{}], [], [[1]], ['no such facility'], ['x'.repeat(3000)], [7, () => {}]]) raw.emit('watch', ...args)
  raw.emit('constructor', 1)
  raw.emit('no-such-event', { a: 1 })
  await next(client, 'heartbeat')
  expect(client.connected).toBe(true)
  const greedy = await connected(open())
  const gone = new Promise((resolve) => greedy.once('disconnect', resolve))
  for (let i = 0; i < 100; i++) greedy.emit('watch', 'T-1')
  await gone
  const huge = await connected(open())
  const hugeGone = new Promise((resolve) => huge.once('disconnect', resolve))
  ;(huge as unknown as Socket).emit('watch', 'x'.repeat(100_000))
  await hugeGone
  expect(client.connected).toBe(true)
})

describe('when the session ends', () => {
  test('by signing out, the console is told and let go', async () => {
    const client = await connected(open())
    const told = next(client, 'signed-out')
    const gone = new Promise((resolve) => client.once('disconnect', resolve))
    await city.ask('DELETE', '/api/session')
    await told
    expect(await gone).toBe('io server disconnect')
  })

  test('an open console keeps it alive for twelve hours, not longer', async () => {
    const client = await connected(open())
    const cookie = city.cookie()
    const session = () => city.ask('GET', '/api/session', undefined, { cookie })
    for (let i = 0; i < 3; i++) {
      city.clock.ahead += minutes(25)
      // Two rounds of looking at sessions.
      for (let beats = 0; beats < 10; beats++) await next(client, 'heartbeat')
    }
    expect((await session()).status).toBe(200)
    const told = next(client, 'signed-out')
    city.clock.ahead += minutes(12 * 60)
    await told
    expect((await session()).status).toBe(401)
  })
})

test('a console that stops reading is dropped, the others go on', async () => {
  await city.stop()
  await openCity({ maxWaiting: 200_000 })
  const client = await connected(open())
  let last: Delta | undefined
  client.on('delta', (delta) => {
    last = delta
  })
  const { hostname, port } = new URL(city.url)
  const frozen = connect(Number(port), hostname)
  frozen.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${city.cookie()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  )
  await once(frozen, 'data')
  // A masked text frame with "40": join the main namespace.
  frozen.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]))
  await once(frozen, 'data')
  frozen.pause()
  await expect.poll(() => city.clients()).toBe(2)

  city.report('T-1', { level: 9 })
  await expect.poll(() => last?.alarms.length).toBe(1)
  const id = [...city.services.liveAlarms()][0]?.id as number
  const text = 'x'.repeat(1_000_000)
  for (let i = 1; i <= 12 && city.clients() > 1; i++) {
    city.services.comment({ id }, 'admin', text)
    await expect.poll(() => last?.alarms[0]?.commentCount).toBe(i)
  }
  // Sooner than it would be missed for not answering pings.
  await expect.poll(() => city.clients()).toBe(1)
  expect(client.connected).toBe(true)
  expect((await city.ask('GET', '/metrics')).body).toContain('lamplighter_consoles_dropped_total 1')
  frozen.destroy()
})

test('stopping lets consoles go at once, for them to come back', async () => {
  const client = await connected(open())
  const gone = new Promise((resolve) => client.once('disconnect', resolve))
  await city.stop()
  expect(['transport close', 'transport error']).toContain(await gone)
  await openCity()
})
