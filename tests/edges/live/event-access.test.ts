import { readFileSync } from 'node:fs'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Permission, permissionsOf, type Role, roles } from '../../../src/access/permissions.ts'
import { type Scope, WHOLE_CITY } from '../../../src/access/scope.ts'
import type { Snapshot } from '../../../src/edges/http/live-schemas.ts'
import { connectionNeeds, eventAccess, mayUse } from '../../../src/edges/live/event-access.ts'
import { facilitiesOf } from '../../../src/edges/live/plant-columns.ts'
import type { ClientEvents, Delta, Heartbeat, LiveReadings, ServerEvents } from '../../../src/edges/live/protocol.ts'
import { type City, startCity } from '../city.ts'
import { limit, signInLimited } from '../limited.ts'
import { statesOf } from './told.ts'

const inA: Scope = { districts: ['A'], domains: 'all' }
const ofGas: Scope = { districts: 'all', domains: ['gas'] }

test('every event of the protocol stands in the table, and no other', () => {
  const protocol = readFileSync(new URL('../../../src/edges/live/protocol.ts', import.meta.url), 'utf8')
  const events = [...protocol.matchAll(/interface (?:Server|Client)Events \{(.*?)\n\}/gs)].flatMap(([, body]) =>
    [...(body as string).matchAll(/^ {2}'?([\w-]+)'?\(/gm)].map(([, name]) => name as string),
  )
  expect(Object.keys(eventAccess).sort()).toEqual([...new Set(events)].sort())
})

describe.each([...Object.keys(eventAccess), 'an event without an entry', 'constructor'])('%s', (event) => {
  test.each(Object.keys(roles) as Role[])('for %s, as the table says', (role) => {
    const entry = Object.hasOwn(eventAccess, event) ? eventAccess[event as keyof typeof eventAccess] : undefined
    const has = entry !== undefined && (entry.needs === 'session' || permissionsOf(role).has(entry.needs as Permission))
    expect(mayUse({ name: 'x', account: 'x', role, scope: WHOLE_CITY }, event)).toBe(has)
    expect(mayUse({ name: 'x', account: 'x', role, scope: inA }, event)).toBe(has && entry?.scope !== 'whole')
  })
})

describe('a live connection', () => {
  let city: City
  const clients: Client[] = []
  type Client = Socket<ServerEvents, ClientEvents>
  beforeAll(async () => {
    const schedule = (work: () => void, delay: number) => {
      const timer = setTimeout(work, delay / 20)
      return () => clearTimeout(timer)
    }
    city = await startCity({ schedule })
    await city.signIn()
    const facilities = ['A', 'B'].flatMap((district) => [1, 2].map((i) => ({ id: `${district}-${i}`, kind: 'tank', district })))
    await city.ask('POST', '/api/facilities', { facilities })
  })
  afterAll(async () => {
    for (const client of clients) client.close()
    vi.restoreAllMocks()
    await city.stop()
  })

  async function connect(cookie: string): Promise<Client> {
    const client: Client = io(city.url, { transports: ['websocket'], extraHeaders: { cookie }, reconnection: false, forceNew: true })
    clients.push(client)
    await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject))
    return client
  }
  const idsFor = async (cookie: string) =>
    facilitiesOf((await city.ask('GET', '/api/plant', undefined, { cookie })).body).map(({ id }) => id)
  const snapshotFor = async (cookie: string): Promise<Snapshot> => (await city.ask('GET', '/api/snapshot', undefined, { cookie })).body

  test('of every role that may read is taken', async () => {
    for (const role of Object.keys(roles) as Role[]) {
      const cookie = await signInLimited(city, `one ${role}`, role, WHOLE_CITY)
      if (permissionsOf(role).has(connectionNeeds)) expect((await connect(cookie)).connected).toBe(true)
      else await expect(connect(cookie)).rejects.toThrow()
    }
  })

  test('tells who is limited of their part only, and of no readings elsewhere', async () => {
    const cookie = await signInLimited(city, 'anna', 'viewer', inA)
    const client = await connect(cookie)
    const deltas: Delta[] = []
    const readings: LiveReadings[] = []
    client.on('delta', (delta) => deltas.push(delta))
    client.on('readings', (one) => readings.push(one))
    const snapshot = await snapshotFor(cookie)
    expect(await idsFor(cookie)).toEqual(['A-1', 'A-2'])
    const heartbeat = await new Promise<Heartbeat>((resolve) => client.once('heartbeat', resolve))
    expect([heartbeat.epoch, heartbeat.seq]).toEqual([snapshot.epoch, snapshot.seq])

    client.emit('watch', 'B-1')
    await new Promise<void>((resolve) => client.once('heartbeat', () => resolve()))
    city.report('B-1', { level: 9 })
    city.report('A-1', { level: 9 })
    await expect.poll(() => deltas.flatMap(({ alarms }) => alarms.map(({ facility }) => facility))).toEqual(['A-1'])
    expect(deltas.map(({ epoch, seq }) => [epoch, seq])).toEqual([[snapshot.epoch, snapshot.seq + 1]])
    expect(deltas.flatMap(statesOf)).toEqual([[city.services.plant.get('A-1')?.number, 'high']])
    expect(readings).toEqual([])

    // A facility that is watched while it moves away is watched no more.
    client.emit('watch', 'A-2')
    await expect.poll(() => readings.length).toBe(1)
    const moved = new Promise<void>((resolve) => client.on('delta', ({ plant }) => plant !== null && resolve()))
    const admin = await signInLimited(city, 'boss', 'admin', WHOLE_CITY)
    const facilities = [{ id: 'A-2', kind: 'tank', district: 'B' }]
    expect((await city.ask('POST', '/api/facilities', { facilities }, { cookie: admin })).status).toBe(200)
    await moved
    city.report('A-2', { level: 3 })
    await new Promise<void>((resolve) => client.once('heartbeat', () => resolve()))
    expect(readings).toHaveLength(1)
    expect(await idsFor(cookie)).toEqual(['A-1'])
  })

  test('passes over an event that is not in the table, and goes on', async () => {
    const client = await connect(await signInLimited(city, 'eve', 'viewer', WHOLE_CITY))
    ;(client as unknown as Socket).emit('reboot', 'now')
    client.emit('watch', 'A-1')
    const [{ facility }] = await new Promise<[LiveReadings]>((resolve) => client.once('readings', (one) => resolve([one])))
    expect(facility).toBe('A-1')
  })

  test('is let go when the account gets another role or scope, and comes back as that', async () => {
    const cookie = await signInLimited(city, 'otto', 'viewer', WHOLE_CITY)
    const client = await connect(cookie)
    const gone = new Promise<string>((resolve) => client.once('disconnect', (reason) => resolve(reason)))
    limit(city, 'otto', ofGas)
    // Not as signed out: the session goes on.
    expect(await gone).not.toBe('io server disconnect')
    expect(await idsFor(cookie)).toEqual([])
    await connect(cookie)
  })
})
