import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { MqttAccess, Peer } from '../../../src/edges/mqtt/access.ts'
import { type Broker, type RefusedPublish, startBroker } from '../../../src/edges/mqtt/broker.ts'
import { facilityKinds } from '../../../src/facilities/index.ts'
import { Plant } from '../../../src/facilities/plant.ts'
import { deviceServices } from '../../../src/services/devices/device-services.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'

const facilities = [
  ['lamp-1', 'street-light', null],
  ['lamp-2', 'street-light', 'gw-1'],
  ['lamp-3', 'street-light', 'gw-2'],
  ['gw-1', 'gateway', null],
  ['gw-2', 'gateway', null],
  ['self', 'server', null],
] as const

const peers = ['device', 'gateway', 'service', 'shared'] as const
type PeerSort = (typeof peers)[number]
const names: Record<PeerSort, string> = { device: 'lamp-1', gateway: 'gw-1', service: 'platform', shared: 'trusted' }

/** Who may publish on a topic (w) and who may read it (r); none is named who may do neither. */
const topics: Record<string, Partial<Record<PeerSort, string>>> = {
  'facilities/street-light/lamp-1/telemetry': { device: 'w', shared: 'rw' },
  'facilities/street-light/lamp-1/status': { device: 'w', service: 'r', shared: 'rw' },
  'facilities/street-light/lamp-1/commands/dim': { device: 'r', shared: 'r' },
  'facilities/street-light/lamp-1/acknowledgements': { device: 'w', shared: 'rw' },
  'facilities/street-light/lamp-2/acknowledgements': { gateway: 'w', shared: 'rw' },
  'gateways/gw-1/acknowledgements': { gateway: 'w', shared: 'rw' },
  'gateways/gw-2/acknowledgements': { shared: 'rw' },
  'facilities/pump-station/lamp-1/telemetry': { shared: 'rw' },
  'facilities/street-light/lamp-2/telemetry': { gateway: 'w', service: 'w', shared: 'rw' },
  'facilities/street-light/lamp-2/commands/dim': { gateway: 'r', shared: 'r' },
  'facilities/street-light/lamp-3/telemetry': { shared: 'rw' },
  'facilities/street-light/lamp-3/status': { service: 'r', shared: 'rw' },
  'facilities/street-light/lamp-3/commands/dim': { shared: 'r' },
  'facilities/street-light/nobody/telemetry': { shared: 'rw' },
  'facilities/gateway/gw-1/telemetry': { gateway: 'w', shared: 'rw' },
  'facilities/gateway/gw-1/commands/x': { gateway: 'r', shared: 'r' },
  'gateways/gw-1/telemetry': { gateway: 'w', shared: 'rw' },
  'gateways/gw-1/status': { gateway: 'w', shared: 'rw' },
  'gateways/gw-1/commands/x': { gateway: 'r', shared: 'r' },
  'gateways/gw-2/telemetry': { shared: 'rw' },
  'gateways/gw-2/commands/x': { shared: 'r' },
  'gateways/lamp-1/telemetry': { shared: 'rw' },
  'facilities/server/self/telemetry': { shared: 'r' },
  'spBv1.0/City/NDATA/gw-1': { gateway: 'w', shared: 'rw' },
  'spBv1.0/City/NCMD/gw-1': { gateway: 'r', shared: 'rw' },
  'spBv1.0/City/NDATA/gw-2': { shared: 'rw' },
  'application/7/up': { service: 'rw', shared: 'rw' },
  'application/8/up': { shared: 'rw' },
  '$SYS/city/x': {},
}
/** What each may read in any case: when it comes, what was published before has come or never will. */
const marks: Record<PeerSort, string> = {
  device: 'facilities/street-light/lamp-1/commands/mark',
  gateway: 'gateways/gw-1/commands/mark',
  service: 'application/7/mark',
  shared: 'application/mark',
}
const matrix = peers.flatMap((peer) => Object.keys(topics).map((topic) => [peer, topic] as const))
const may = (peer: PeerSort, topic: string, what: 'r' | 'w') => topics[topic]?.[peer]?.includes(what) ?? false

const state = openStateStore(':memory:')
const services = deviceServices({ state, plant: plantOf(), deviceKey: new Uint8Array(32), now: Date.now })
const passwords = new Map<string, string>([['trusted', 'with everything']])
const taken: { topic: string; peer: Peer }[] = []
const refused: RefusedPublish[] = []
/** Lets everybody subscribe and receive, as an older registration may have. */
let isWide = false
let broker: Broker
let clients: MqttClient[] = []

function plantOf(): Plant {
  const plant = new Plant()
  for (const [number, [id, key, gateway]] of facilities.entries()) {
    const kind = facilityKinds.find((one) => one.key === key)!
    plant.put({
      ...{ number, id, kind, name: id, nameEn: '', district: '', road: '', roadClass: null, keyArea: false, owner: '', position: null },
      ...{ fedBy: null, circuit: null, gateway, labels: {}, rated: {}, mode: 'auto' },
    })
  }
  return plant
}

beforeAll(async () => {
  services.put('lamp-1', {}, 'admin')
  services.put('gw-1', { topics: ['spBv1.0/City/NDATA/gw-1'], subscriptions: ['spBv1.0/City/NCMD/gw-1'] }, 'admin')
  const filters = ['facilities/street-light/lamp-2/telemetry', 'application/7/#']
  services.put('platform', { sort: 'service', topics: filters, subscriptions: ['facilities/+/+/status', 'application/7/#'] }, 'admin')
  services.put('thief', { sort: 'service' }, 'admin')
  for (const id of ['lamp-1', 'gw-1', 'platform', 'thief'])
    passwords.set(id, services.addCredential(id, { type: 'password' }, 'admin').secret!)
  const strict = services.access({ isOpen: false, username: 'trusted', password: passwords.get('trusted')! })
  const access: MqttAccess = {
    ...strict,
    maySubscribe: (peer, filter) => isWide || strict.maySubscribe(peer, filter),
    mayReceive: (peer, topic) => isWide || strict.mayReceive(peer, topic),
  }
  broker = await startBroker({
    ...{ host: '127.0.0.1', port: 0, maxPayload: 1_000, now: Date.now, access },
    isRead: (topic) => /^(spBv1.0|application)\/|\/acknowledgements$/.test(topic),
    isReserved: (native) => native?.id === 'self',
    isRetained: () => true,
    onPublish(topic, _payload, { peer }, acknowledge) {
      taken.push({ topic, peer })
      acknowledge()
    },
    onRefused: (one) => refused.push(one),
  })
})
afterAll(async () => {
  await broker.close()
  state.close()
})

/** A client of the peer, and the topics of what it receives. */
async function connect(id: string, options: IClientOptions = {}): Promise<{ client: MqttClient; got: string[] }> {
  const given = { username: id, password: passwords.get(id)!, clientId: `${id}:1`, reconnectPeriod: 0, ...options }
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, given, false)
  clients.push(client)
  client.on('error', () => {})
  const got: string[] = []
  client.on('message', (topic) => got.push(topic))
  return { client, got }
}
const subscribe = (client: MqttClient, topic: string) => client.subscribeAsync(topic, { qos: 1 }).catch(() => [])
const until = (condition: () => unknown) => vi.waitUntil(condition, { timeout: 10_000, interval: 2 })
const leave = async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)))
  clients = []
  isWide = false
  await until(() => broker.clients() === 0)
}
/** What came before the mark. */
async function afterMark(peer: PeerSort, { client, got }: { client: MqttClient; got: string[] }): Promise<string[]> {
  await subscribe(client, marks[peer])
  await broker.publish(marks[peer], 'mark')
  await until(() => got.includes(marks[peer]))
  return got.filter((topic) => topic !== marks[peer])
}

describe.each(matrix)('a %s and %s', (peer, topic) => {
  const id = names[peer]

  test('publish: goes on only when it may, and the connection stays', async () => {
    const { client, got } = await connect(id)
    const before = [taken.length, refused.length] as const
    await client.publishAsync(topic, 'x', { qos: 1, retain: true })
    expect(taken.slice(before[0]).map((one) => one.topic)).toEqual(may(peer, topic, 'w') ? [topic] : [])
    expect(refused.length - before[1]).toBe(may(peer, topic, 'w') ? 0 : 1)
    await afterMark(peer, { client, got })
    await broker.publish(topic, '', { retain: true })
    await leave()
  })

  test('will: the same', async () => {
    const before = taken.length + refused.length
    const { client } = await connect(id, { will: { topic, payload: Buffer.from('gone'), qos: 1, retain: true } })
    client.stream.destroy()
    await until(() => taken.length + refused.length > before)
    const last = may(peer, topic, 'w') ? taken.at(-1) : refused.at(-1)
    expect(last).toMatchObject({ topic, peer: { id } })
    await broker.publish(topic, '', { retain: true })
    await leave()
  })

  test('subscribe: brings only what it may read', async () => {
    const one = await connect(id)
    const [grant] = await subscribe(one.client, topic)
    expect(grant?.qos ?? 128).toBe(may(peer, topic, 'r') ? 1 : 128)
    await broker.publish(topic, 'x')
    expect(await afterMark(peer, one)).toEqual(may(peer, topic, 'r') ? [topic] : [])
    await leave()
  })

  test('retained: the same', async () => {
    await broker.publish(topic, 'kept', { retain: true })
    const one = await connect(id)
    await subscribe(one.client, topic)
    expect(await afterMark(peer, one)).toEqual(may(peer, topic, 'r') ? [topic] : [])
    await broker.publish(topic, '', { retain: true })
    await leave()
  })

  test('resumed session: what waits, and what comes after, only when it may read it now', async () => {
    const clientId = `${id}:session`
    isWide = true
    const before = await connect(id, { clientId, clean: false })
    const [grant] = await subscribe(before.client, topic)
    expect(grant?.qos).toBe(1)
    await before.client.endAsync(true)
    await until(() => broker.clients() === 0)
    isWide = false
    await broker.publish(topic, 'waits')
    const one = await connect(id, { clientId, clean: false })
    await broker.publish(topic, 'comes')
    // At least once: what is still being fetched may come again.
    expect(new Set(await afterMark(peer, one))).toEqual(new Set(may(peer, topic, 'r') ? [topic] : []))
    if (may(peer, topic, 'r')) expect(one.got.length).toBeGreaterThanOrEqual(3)
    await one.client.unsubscribeAsync([topic, marks[peer]])
    await leave()
  })
})

describe.each(peers)('the client id of a %s', (peer) => {
  const id = names[peer]
  const thieves = [...Object.values(names), 'thief', undefined].filter((one) => one !== id)

  test.each(thieves)('is not taken by %s, and the owner stays', async (thief) => {
    const clientId = peer === 'shared' ? 'trusted-1' : id
    const owner = await connect(id, { clientId, clean: false })
    const login = thief === undefined ? {} : { username: thief, password: passwords.get(thief)! }
    for (const clean of [true, false]) {
      const attempt = connectAsync(`mqtt://127.0.0.1:${broker.port}`, { ...login, clientId, clean, reconnectPeriod: 0 }, false)
      await expect(attempt).rejects.toMatchObject({ code: 5 })
    }
    expect(await afterMark(peer, owner)).toEqual([])
    expect(owner.client.connected).toBe(true)
    await leave()
  })
})

describe.each(['device', 'gateway', 'service'] as const)('after revocation a %s', (peer) => {
  const id = names[peer]

  test('is disconnected at once, comes back by another credential only, and its will is the last it says', async () => {
    const [old] = services.get(id).credentials
    const [topic] = Object.keys(topics).filter((one) => may(peer, one, 'w')) as [string]
    const { client } = await connect(id, { will: { topic, payload: Buffer.from('gone'), qos: 1, retain: false } })
    const ended = new Promise<void>((resolve) => client.once('close', () => resolve()))
    const next = services.rotate(id, old!.id, 60_000, 'admin')
    const other = await connect(id, { clientId: `${id}:new`, password: next.secret! })
    services.revoke(id, old!.id, 'lost', 'admin')
    await ended
    expect(other.client.connected).toBe(true)
    await expect(connect(id)).rejects.toMatchObject({ code: 5 })
    passwords.set(id, next.secret!)
    await leave()
  })

  test('publishes and receives no more when it was removed', async () => {
    const { id: _, credentials, connections, lastConnected, lacksCredential, speaksFor, created, ...registration } = services.get(id)
    expect(credentials.length).toBeGreaterThan(0)
    expect([lacksCredential, connections]).toEqual([false, 0])
    const [topic] = Object.keys(topics).filter((one) => may(peer, one, 'w')) as [string]
    const { client, got } = await connect(id)
    await subscribe(client, marks[peer])
    expect(services.get(id).connections).toBe(1)
    const ended = new Promise<void>((resolve) => client.once('close', () => resolve()))
    const before = taken.length
    client.publish(topic, 'last words', { qos: 1 }, () => {})
    services.remove(id, 'scrapped', 'admin')
    await broker.publish(marks[peer], 'too late')
    await ended
    expect([taken.length - before, got]).toEqual([0, []])
    await expect(connect(id)).rejects.toMatchObject({ code: 5 })
    services.put(id, registration, 'admin')
    passwords.set(id, services.addCredential(id, { type: 'password' }, 'admin').secret!)
    await leave()
  })
})
