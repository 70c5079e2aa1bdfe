import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectSocket, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, connect as connectNow, type IClientOptions, type MqttClient } from 'mqtt'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type MqttAccess, sharedAccess } from '../../../src/edges/mqtt/access.ts'
import { type Broker, type BrokerOptions, defaultBounds, type RefusedPublish, startBroker } from '../../../src/edges/mqtt/broker.ts'
import { PER_MESSAGE } from '../../../src/edges/mqtt/outgoing-queues.ts'
import { openJournal } from '../../../src/storage/embedded/segment-journal.ts'
import { findProgram } from '../../servers.ts'

const telemetry = 'facilities/street-light/sl-1/telemetry'
const status = 'facilities/street-light/sl-1/status'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

interface Received {
  topic: string
  payload: string
  clientId: string
  acknowledge: (error?: Error) => void
}

/** A broker that notes what it gets, and acknowledges at once unless `hold`. */
async function start(options: Partial<BrokerOptions> & { hold?: boolean } = {}) {
  const received: Received[] = []
  const refused: RefusedPublish[] = []
  const faults: string[] = []
  const broker = await startBroker({
    host: '127.0.0.1',
    port: 0,
    maxPayload: 1_000,
    now: Date.now,
    access: sharedAccess(),
    onPublish(topic, payload, { clientId }, acknowledge) {
      received.push({ topic, payload: Buffer.from(payload).toString(), clientId, acknowledge })
      if (!options.hold) acknowledge()
    },
    onRefused: (one) => refused.push(one),
    onFault: (fault) => faults.push(fault),
    ...options,
  })
  stops.push(() => broker.close())
  return { broker, received, refused, faults }
}

async function connect(broker: Broker, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options }, false)
  client.on('error', () => {})
  stops.push(() => client.endAsync(true))
  return client
}

async function connectRaw(broker: Broker): Promise<Socket> {
  const socket = connectSocket(broker.port, '127.0.0.1')
  socket.on('error', () => {})
  stops.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Unlike `once`, takes an error before it as part of closing. */
const closeOf = (closing: MqttClient | Socket) =>
  new Promise<void>((resolve) => {
    ;(closing as Socket).once('close', () => resolve())
  })
const until = (condition: () => unknown) => vi.waitUntil(condition, { timeout: 10_000, interval: 5 })
/** A packet of less than 128 bytes. */
const packet = (type: number, ...parts: (string | number[])[]) => {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from([0, part.length, ...Buffer.from(part)]) : Buffer.from(part))),
  )
  return Buffer.concat([Buffer.from([type, body.length]), body])
}
const connectPacket = (clientId: string) => packet(0x10, 'MQTT', [4, 0, 0, 60], clientId)
const qos2Packet = (topic: string, messageId: number) => packet(0x34, topic, [0, messageId, 0x78])
/** Each client is a device: what stands before the colon of its id. */
const ofDevices = (): MqttAccess => ({
  ...sharedAccess(),
  authenticate: ({ clientId }) => ({ peer: { id: clientId.split(':')[0] as string, sort: 'device' } }),
})
/** Resolves when the broker has answered all that this client sent before. */
const settle = (client: MqttClient) => client.subscribeAsync('facilities/nobody/nothing/status')

describe('publish', () => {
  test('PUBACK waits for the acknowledgement', async () => {
    const { broker, received } = await start({ hold: true })
    const client = await connect(broker, { clientId: 'device-1' })
    let isAcknowledged = false
    const publishing = client.publishAsync(telemetry, '{"a":1}', { qos: 1 }).then(() => {
      isAcknowledged = true
    })
    await until(() => received.length === 1)
    await settle(await connect(broker))
    expect(isAcknowledged).toBe(false)
    received[0]!.acknowledge()
    await publishing
    expect(received).toMatchObject([{ topic: telemetry, payload: '{"a":1}', clientId: 'device-1' }])
  })

  test('a message that could not be kept is not acknowledged but disconnects', async () => {
    const { broker, received } = await start({ hold: true })
    const client = await connect(broker)
    const closed = closeOf(client)
    client.publish(telemetry, 'x', { qos: 1 }, () => {})
    await until(() => received.length === 1)
    received[0]!.acknowledge(new Error('disk full'))
    await closed
    const throwing = await start({
      onPublish() {
        throw new Error('disk full')
      },
    })
    const other = await connect(throwing.broker)
    const otherClosed = closeOf(other)
    other.publish(telemetry, 'x', { qos: 1 }, () => {})
    await otherClosed
  })

  test.each([3, 4] as const)('protocol level %i, every quality of service', async (protocolVersion) => {
    const { broker, received } = await start()
    const protocolId = protocolVersion === 3 ? 'MQIsdp' : 'MQTT'
    const client = await connect(broker, { protocolVersion, protocolId })
    for (const qos of [0, 1, 2] as const) await client.publishAsync(telemetry, `q${qos}`, { qos })
    await until(() => received.length === 3)
    expect(received.map(({ payload }) => payload)).toEqual(['q0', 'q1', 'q2'])
  })

  test('PUBACK means on disk: with the journal, a message is readable there when its PUBACK comes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lamplighter-broker-'))
    stops.push(() => rmSync(folder, { recursive: true, force: true }))
    const journal = await openJournal({ folder, maxBytes: 1e8, maxAge: 1e9, now: Date.now })
    stops.push(() => journal.close())
    const waiting: ((error?: Error) => void)[] = []
    journal.onCommit((messages, error) => {
      for (const done of waiting.splice(0, messages.length)) done(error ?? undefined)
    })
    const { broker } = await start({
      onPublish(topic, payload, _clientId, acknowledge) {
        journal.append(topic, payload, Date.now())
        waiting.push(acknowledge)
      },
    })
    const client = await connect(broker)
    await Promise.all(
      Array.from({ length: 500 }, async (_, i) => {
        await client.publishAsync(telemetry, String(i), { qos: 1 })
        if (i % 100 === 99) {
          const payloads = (await journal.read(1, 1e7)).map(({ payload }) => Buffer.from(payload).toString())
          expect(payloads).toContain(String(i))
        }
      }),
    )
    expect((await journal.read(1, 1e7)).map(({ payload }) => Number(Buffer.from(payload).toString()))).toEqual(
      Array.from({ length: 500 }, (_, i) => i),
    )
  })

  test('an unknown topic and a large payload are acknowledged, reported and dropped', async () => {
    const { broker, received, refused } = await start()
    const subscriber = await connect(broker)
    await subscriber.subscribeAsync('#')
    const topics: string[] = []
    subscriber.on('message', (topic) => topics.push(topic))
    const client = await connect(broker, { clientId: 'gateway-1' })
    for (const qos of [0, 1, 2] as const) await client.publishAsync('home/kitchen', 'x', { qos })
    await client.publishAsync('$SYS/x', 'x', { qos: 1 })
    await client.publishAsync(telemetry, Buffer.alloc(1_001), { qos: 1 })
    await client.publishAsync(telemetry, 'good', { qos: 1 })
    await until(() => topics.length === 1)
    expect(topics).toEqual([telemetry])
    expect(received.map(({ payload }) => payload)).toEqual(['good'])
    expect(refused.some(({ payload }) => Buffer.isBuffer(payload))).toBe(false)
    expect(refused.map(({ topic, reason, clientId }) => `${topic} ${reason} ${clientId}`)).toEqual([
      'home/kitchen unknown-topic gateway-1',
      'home/kitchen unknown-topic gateway-1',
      'home/kitchen unknown-topic gateway-1',
      '$SYS/x unknown-topic gateway-1',
      `${telemetry} payload-too-large gateway-1`,
    ])
  })

  test('nobody publishes for the service itself, not as a will either', async () => {
    const { broker, received, refused } = await start({ isReserved: (native) => native?.id === 'lamplighter' })
    const own = ['facilities/server/lamplighter/telemetry', 'gateways/lamplighter/status']
    const client = await connect(broker, { will: { topic: own[1]!, payload: Buffer.from('offline'), qos: 1, retain: true } })
    await client.publishAsync(own[0]!, 'x', { qos: 1 })
    await client.publishAsync(telemetry, 'good', { qos: 1 })
    client.stream.destroy()
    await until(() => refused.length === 2)
    expect(refused.map(({ topic, reason }) => [topic, reason])).toEqual([own[1], own[0]].map((topic) => [topic, 'reserved-topic']))
    expect(received.map(({ payload }) => payload)).toEqual(['good'])
  })

  test('a topic of another dialect may be the service’s own too, and then reaches no subscriber', async () => {
    const { broker, refused } = await start({ isRead: () => true, isReserved: (_native, topic) => topic === 'host/state' })
    const subscriber = await connect(broker)
    const seen: string[] = []
    subscriber.on('message', (topic, payload) => seen.push(`${topic} ${payload}`))
    await subscriber.subscribeAsync('host/#', { qos: 1 })
    const client = await connect(broker)
    await client.publishAsync('host/state', 'gone', { qos: 1 })
    await client.publishAsync('host/other', 'x', { qos: 1 })
    await broker.publish('host/state', 'there', { qos: 1, retain: false })
    await until(() => seen.length === 2)
    expect(seen).toEqual(['host/other x', 'host/state there'])
    expect(refused.map(({ topic, reason }) => `${topic} ${reason}`)).toEqual(['host/state reserved-topic'])
  })

  test('messages reach MQTT subscribers, and the program can publish too', async () => {
    const { broker } = await start()
    const subscriber = await connect(broker)
    await subscriber.subscribeAsync({ 'facilities/#': { qos: 1 }, 'gateways/+/status': { qos: 0 } })
    const seen: string[] = []
    subscriber.on('message', (topic, payload) => seen.push(`${topic} ${payload}`))
    const client = await connect(broker)
    await client.publishAsync(telemetry, 'one', { qos: 1 })
    await client.publishAsync('gateways/g-1/status', 'two', { qos: 0 })
    await broker.publish('facilities/street-light/sl-1/command', 'three')
    await until(() => seen.length === 3)
    expect(seen.sort()).toEqual(['facilities/street-light/sl-1/command three', `${telemetry} one`, 'gateways/g-1/status two'])
  })

  test('what the program publishes has the quality of service it asks for, and is kept for later subscribers when it says so', async () => {
    const { broker } = await start()
    const seen: string[] = []
    const subscribe = async () => {
      const subscriber = await connect(broker)
      subscriber.on('message', (topic, payload, { qos, retain }) => seen.push(`${topic} ${payload} ${qos} ${retain}`))
      await subscriber.subscribeAsync('x/#', { qos: 1 })
    }
    await subscribe()
    await broker.publish('x/command', 'once', { qos: 0 })
    await broker.publish('x/state', 'kept', { retain: true })
    await until(() => seen.length === 2)
    await subscribe()
    await until(() => seen.length === 3)
    expect(seen).toEqual(['x/command once 0 false', 'x/state kept 1 false', 'x/state kept 1 true'])
  })

  test('only a status is retained, and so many of them', async () => {
    const { broker } = await start({ bounds: { retained: { ...defaultBounds.retained, messages: 1 } } })
    const client = await connect(broker)
    await client.publishAsync(telemetry, 'telemetry', { qos: 1, retain: true })
    await client.publishAsync(status, 'online', { qos: 1, retain: true })
    await client.publishAsync('facilities/street-light/sl-2/status', 'online', { qos: 1, retain: true })
    const late = await connect(broker)
    const seen: string[] = []
    late.on('message', (topic, _payload, { retain }) => seen.push(`${topic} ${retain}`))
    await late.subscribeAsync('#')
    await until(() => seen.length > 0)
    await settle(late)
    expect(seen).toEqual([`${status} true`])
    await client.publishAsync(status, '', { qos: 1, retain: true })
    await client.publishAsync('facilities/street-light/sl-2/status', 'online', { qos: 1, retain: true })
    const later = await connect(broker)
    const seenLater: string[] = []
    later.on('message', (topic) => seenLater.push(topic))
    await later.subscribeAsync('#')
    await until(() => seenLater.length > 0)
    expect(seenLater).toEqual(['facilities/street-light/sl-2/status'])
  })
})

describe('wills', () => {
  const will = { topic: status, payload: Buffer.from('offline'), qos: 1 as const, retain: true }

  test('a lost client leaves its will once, a client that says goodbye none', async () => {
    const { broker, received } = await start()
    const lost = await connect(broker, { clientId: 'lost', will })
    const polite = await connect(broker, { clientId: 'polite', will: { ...will, payload: Buffer.from('polite') } })
    await polite.endAsync()
    lost.stream.destroy()
    await until(() => received.length > 0)
    const late = await connect(broker)
    const seen: string[] = []
    late.on('message', (_topic, payload) => seen.push(String(payload)))
    await late.subscribeAsync('facilities/#')
    await until(() => seen.length > 0)
    await settle(late)
    expect(seen).toEqual(['offline'])
    expect(received.map(({ topic, payload, clientId }) => [topic, payload, clientId])).toEqual([[status, 'offline', 'lost']])
  })

  test('a will on another topic is refused', async () => {
    const { broker, received, refused } = await start()
    const client = await connect(broker, { will: { ...will, topic: 'home/kitchen' } })
    client.stream.destroy()
    await until(() => refused.length > 0)
    expect(refused).toMatchObject([{ topic: 'home/kitchen', reason: 'unknown-topic' }])
    expect(received).toEqual([])
  })

  test('closing the broker is quick and leaves no wills', async () => {
    const { broker, received } = await start()
    await Promise.all(Array.from({ length: 20 }, (_, i) => connect(broker, { clientId: `c${i}`, will })))
    await connectRaw(broker)
    expect(broker.clients()).toBe(20)
    await broker.close()
    expect(broker.clients()).toBe(0)
    expect(received).toEqual([])
  })
})

describe('who may connect', () => {
  const secured = { username: 'lamp', password: 'light' }

  test('user name and password, when they are set', async () => {
    const { broker } = await start({ access: sharedAccess('lamp', 'light') })
    const client = await connect(broker, secured)
    expect(client.connected).toBe(true)
    for (const wrong of [{}, { username: 'lamp' }, { username: 'lamp', password: 'dark' }, { username: 'other', password: 'light' }]) {
      await expect(connect(broker, wrong)).rejects.toThrow('Not authorized')
    }
  })

  test('MQTT 5 is refused cleanly', async () => {
    const { broker, faults } = await start()
    const socket = await connectRaw(broker)
    socket.write(Buffer.from('101000044d5154540502003c0000036162', 'hex'))
    socket.write(Buffer.from('63', 'hex'))
    const [answer] = await once(socket, 'data')
    expect(answer).toEqual(Buffer.from([0x20, 3, 0, 0x84, 0]))
    await closeOf(socket)
    await expect(connect(broker, { protocolVersion: 5 })).rejects.toThrow('Unsupported Protocol Version')
    expect(faults).toEqual(['unsupported-version', 'unsupported-version'])
  })

  test('no id and no clean session is refused with the reason', async () => {
    const { broker } = await start()
    const socket = await connectRaw(broker)
    socket.write(Buffer.from('100c00044d5154540400003c0000', 'hex'))
    const [answer] = await once(socket, 'data')
    expect(answer).toEqual(Buffer.from([0x20, 2, 0, 2]))
    await closeOf(socket)
  })

  test('$SYS cannot be subscribed', async () => {
    const { broker } = await start()
    const client = await connect(broker)
    await expect(client.subscribeAsync('$SYS/#')).rejects.toThrow()
    expect(client.connected).toBe(true)
  })

  test('more connections than the limit are not taken', async () => {
    const { broker, faults } = await start({ gate: { connections: 1 } })
    await connect(broker)
    const socket = await connectRaw(broker)
    await closeOf(socket)
    expect(faults).toContain('too-many-connections')
  })
})

describe('frames', () => {
  test('another first packet, or a large CONNECT, closes the connection', async () => {
    const { broker, faults } = await start()
    for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from([0x10, 0xff, 0xff, 0x7f])]) {
      const socket = await connectRaw(broker)
      socket.write(bytes)
      await closeOf(socket)
    }
    expect(faults.filter((fault) => fault !== 'connection-error')).toEqual(['not-connect', 'connect-too-large'])
    expect(broker.clients()).toBe(0)
  })

  test('a CONNECT that does not come, or byte by byte and never whole, closes the connection', async () => {
    const { broker, faults } = await start({ connectTimeout: 200 })
    const silent = await connectRaw(broker)
    const slow = await connectRaw(broker)
    const bytes = Buffer.from('101000044d5154540402003c', 'hex')
    let at = 0
    const trickle = setInterval(() => slow.write(bytes.subarray(at++, at)), 30)
    await Promise.all([closeOf(silent), closeOf(slow)])
    clearInterval(trickle)
    expect(faults).toContain('connection-error')
  })

  test('an endless PUBLISH closes the connection and is reported with its topic', async () => {
    const { broker, refused, faults } = await start()
    const client = await connect(broker, { clientId: 'big' })
    const closed = closeOf(client)
    client.publish(telemetry, Buffer.alloc(3_000), { qos: 1 }, () => {})
    await closed
    expect(faults).toContain('packet-too-large')
    expect(refused).toMatchObject([{ topic: telemetry, reason: 'payload-too-large', clientId: 'big' }])
  })

  test('sockets that send without end before CONNECT cost no memory', async () => {
    const { broker, faults } = await start()
    const before = process.memoryUsage().rss
    const sockets = await Promise.all(Array.from({ length: 10 }, () => connectRaw(broker)))
    await Promise.all(
      sockets.map(async (socket) => {
        socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
        socket.write(Buffer.alloc(2_000_000))
        await closeOf(socket)
      }),
    )
    expect(faults.filter((fault) => fault === 'connect-too-large')).toHaveLength(10)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })
})

describe('who sends too fast is read slower', () => {
  const rateOf: BrokerOptions['rateOf'] = () => ({ perSecond: 200, burst: 10 })

  test('and loses nothing, while others go on', async () => {
    const told: string[] = []
    const observer: BrokerOptions['observer'] = { onThrottled: ({ clientId }) => told.push(clientId) }
    const { broker, received } = await start({ rateOf, observer })
    const [fast, slow] = [await connect(broker, { clientId: 'fast' }), await connect(broker, { clientId: 'slow' })]
    const sending = Promise.all(Array.from({ length: 100 }, (_, i) => fast.publishAsync(telemetry, String(i), { qos: 1 })))
    for (let i = 0; i < 5; i++) await slow.publishAsync(telemetry, 'x', { qos: 1 })
    expect(received.length).toBeLessThan(105)
    await sending
    const ofFast = received.filter(({ clientId }) => clientId === 'fast').map(({ payload }) => payload)
    expect(ofFast).toEqual(Array.from({ length: 100 }, (_, i) => String(i)))
    expect(broker.figures().throttled).toBeGreaterThan(0)
    expect(told).toEqual(['fast'])
  })

  test('also when it says goodbye behind its messages, and keeps its place when it comes back', async () => {
    const ends: string[] = []
    const { broker, received } = await start({
      access: { ...sharedAccess(), authenticate: ({ clientId }) => ({ peer: { id: clientId, sort: 'device' } }) },
      rateOf: () => ({ perSecond: 100, burst: 10 }),
      observer: { onDisconnect: ({ clientId }, reason) => ends.push(`${clientId} ${reason}`) },
    })
    const will = { topic: status, payload: Buffer.from('offline'), qos: 0 as const, retain: false }
    for (let round = 0; round < 2; round++) {
      const client = await connect(broker, { clientId: 'fast', will })
      for (let i = 0; i < 20; i++) client.publish(telemetry, String(i), { qos: 0 })
      client.end()
      await until(() => ends.length === round + 1)
    }
    expect(ends).toEqual(['fast goodbye', 'fast goodbye'])
    expect(received.map(({ payload }) => payload)).toEqual([0, 0].flatMap(() => Array.from({ length: 20 }, (_, i) => String(i))))
    expect(broker.figures().throttled).toBeGreaterThan(10)
  })

  test('also when it subscribes again and again, or to very much at once, while others go on', async () => {
    const told: string[] = []
    const { broker } = await start({
      maxPayload: 10_000,
      rateOf: () => ({ perSecond: 200, burst: 5 }),
      observer: { onThrottled: ({ clientId }) => told.push(clientId) },
    })
    const [often, much, quiet] = await Promise.all(['often', 'much', 'quiet'].map((clientId) => connect(broker, { clientId })))
    const filters = Array.from({ length: 90 }, (_, i) => `${'deep/'.repeat(10)}${i}`)
    const granted = await Promise.all([
      ...Array.from({ length: 40 }, () => often!.subscribeAsync('a/b')),
      much!.subscribeAsync(filters),
      quiet!.subscribeAsync('a/b'),
    ])
    expect(granted.flat().every(({ qos }) => qos === 0)).toBe(true)
    expect(broker.subscriptions('much')).toHaveLength(90)
    expect(new Set(told)).toEqual(new Set(['often', 'much']))
  })
})

test('what has to wait is never read while what came before is being parsed', async () => {
  const { broker, received } = await start({ rateOf: () => ({ perSecond: 50_000, burst: 1 }) })
  const client = await connect(broker)
  for (let i = 0; i < 300; i++) client.publish(telemetry, String(i), { qos: 0 })
  await client.publishAsync(telemetry, 'last', { qos: 1 })
  expect(received.map(({ payload }) => payload)).toEqual([...Array.from({ length: 300 }, (_, i) => String(i)), 'last'])
})

test('what comes in one piece with the CONNECT is read once it has logged in, at its pace', async () => {
  let letIn = () => {}
  const { broker, received } = await start({
    access: {
      ...sharedAccess(),
      authenticate: () => new Promise((resolve) => (letIn = () => resolve({ peer: { id: 'd', sort: 'device' } }))),
    },
    rateOf: () => ({ perSecond: 100, burst: 1 }),
  })
  const socket = await connectRaw(broker)
  const publish = (id: number) => {
    const body = Buffer.concat([Buffer.from([0, telemetry.length]), Buffer.from(telemetry), Buffer.from([0, id]), Buffer.from(String(id))])
    return Buffer.concat([Buffer.from([0x32, body.length]), body])
  }
  const connectBytes = Buffer.from('100d00044d5154540402003c000164', 'hex')
  socket.write(Buffer.concat([connectBytes, publish(1), publish(2), publish(3)]))
  await settle(await connect((await start()).broker))
  expect(received).toEqual([])
  letIn()
  await until(() => received.length === 3)
  expect(received.map(({ payload }) => payload)).toEqual(['1', '2', '3'])
  expect(broker.figures().throttled).toBeGreaterThanOrEqual(2)
})

test('what becomes of connections is told, with the reason', async () => {
  const told: string[] = []
  let now = 1_000
  const { broker, refused } = await start({
    now: () => now,
    access: sharedAccess('lamp', 'light'),
    observer: {
      onConnect: ({ clientId, peer, clean, keepalive, version, since }) =>
        told.push(`+ ${clientId} ${peer.id} ${clean} ${keepalive} ${version} ${since}`),
      onRefusedConnect: ({ clientId, username, address, reason }) => told.push(`x ${clientId} ${username} ${address} ${reason}`),
      onDisconnect: ({ clientId }, reason) => told.push(`- ${clientId} ${reason}`),
    },
  })
  const good = { username: 'lamp', password: 'light', keepalive: 30 }
  const first = await connect(broker, { ...good, clientId: 'a' })
  const second = await connect(broker, { ...good, clientId: 'a', clean: false })
  await closeOf(first)
  second.stream.destroy()
  await until(() => told.length === 4)
  const third = await connect(broker, { ...good, clientId: 'c' })
  third.publish(telemetry, Buffer.alloc(5_000))
  await until(() => told.length === 6)
  for (let i = 0; i < 6; i++) await expect(connect(broker, { ...good, password: 'dark', clientId: 'b' })).rejects.toThrow('Not authorized')
  now += 60_000
  await (await connect(broker, { ...good, clientId: 'e', will: { topic: 'home/kitchen', payload: Buffer.from('x') } })).endAsync()
  expect(told).toEqual([
    '+ a lamp true 30 4 1000',
    '- a taken-over',
    '+ a lamp false 30 4 1000',
    '- a connection-lost',
    '+ c lamp true 30 4 1000',
    '- c packet-too-large',
    ...Array.from({ length: 6 }, () => 'x b lamp 127.0.0.1 wrong-credentials'),
    '+ e lamp true 30 4 61000',
    '- e goodbye',
  ])
  expect(refused.map(({ reason, clientId }) => `${clientId} ${reason}`)).toEqual(['c payload-too-large', 'e unknown-topic'])
  const { connects, refusedConnects, disconnects } = broker.figures()
  expect({ connects, ...Object.fromEntries(refusedConnects), ...Object.fromEntries(disconnects) }).toEqual({
    connects: 4,
    'wrong-credentials': 6,
    'taken-over': 1,
    'connection-lost': 1,
    'packet-too-large': 1,
    goodbye: 1,
  })
})

test('who guesses a password that a person thought up waits, also with the right one, and the answer is the same', async () => {
  let now = 0
  const { broker, faults } = await start({ access: sharedAccess('lamp', 'light'), now: () => now, isTrusted: () => false })
  const tryWith = (password: string) => connect(broker, { username: 'lamp', password, clientId: 'b' })
  for (let i = 0; i < 15; i++) await expect(tryWith(`dark${i}`)).rejects.toThrow('Connection refused: Not authorized')
  await expect(tryWith('light')).rejects.toThrow('Connection refused: Not authorized')
  expect(faults.filter((fault) => fault !== 'connection-error')).toEqual([...Array(15).fill('wrong-credentials'), 'too-many-tries'])
  now = 1_000
  expect((await tryWith('light')).connected).toBe(true)
})

test('credentials that nobody can guess get in, whatever was tried under the same name or from the same address', async () => {
  const access = { ...sharedAccess('lamp', 'random bits'), isGuessable: () => false }
  const { broker } = await start({ access, now: () => 0, isTrusted: () => false, gate: { connectsPerMinute: 100 } })
  const tryWith = (username: string, password: string) => connect(broker, { username, password })
  for (let i = 0; i < 16; i++) {
    await expect(tryWith('lamp', `dark${i}`)).rejects.toThrow('Not authorized')
    await expect(tryWith(`neighbour${i}`, 'stale')).rejects.toThrow('Not authorized')
  }
  expect((await tryWith('lamp', 'random bits')).connected).toBe(true)
})

test('so many connections a minute from one address', async () => {
  const { broker, faults } = await start({ isTrusted: () => false, gate: { connectsPerMinute: 3 }, now: () => 0 })
  for (let i = 0; i < 3; i++) await connect(broker)
  await closeOf(await connectRaw(broker))
  expect(faults).toEqual(['too-many-connects'])
  expect(broker.clients()).toBe(3)
})

test('a subscriber that stops reading does not stop telemetry', async () => {
  const { broker, received } = await start({ maxPayload: 100_000 })
  const frozen = await connect(broker, { clientId: 'frozen' })
  await frozen.subscribeAsync('facilities/#')
  frozen.stream.pause()
  ;(frozen.stream as Socket).pause()
  const client = await connect(broker)
  const payload = Buffer.alloc(90_000)
  for (let i = 0; i < 400; i++) await client.publishAsync(telemetry, payload, { qos: 1 })
  expect(received).toHaveLength(400)
  expect(broker.figures().dropped).toBeGreaterThan(0)
}, 20_000)

test('a subscriber that stops reading keeps nothing from the others', async () => {
  const { broker } = await start({ maxPayload: 100_000 })
  const frozen = await connect(broker, { clientId: 'frozen' })
  await frozen.subscribeAsync('facilities/#', { qos: 1 })
  frozen.stream.pause()
  ;(frozen.stream as Socket).pause()
  const live = await connect(broker, { clientId: 'live' })
  let seen = 0
  live.on('message', () => seen++)
  await live.subscribeAsync('facilities/#', { qos: 1 })
  const client = await connect(broker)
  for (let i = 0; i < 150; i++) {
    await client.publishAsync(telemetry, Buffer.alloc(90_000), { qos: 1 })
    await until(() => seen === i + 1)
  }
  await broker.publish('facilities/street-light/sl-1/commands/dim', '50')
  await until(() => seen === 151)
  expect(broker.figures().dropped).toBeGreaterThan(0)
}, 20_000)

describe('sessions', () => {
  const session = { clientId: 'wall', clean: false, protocolVersion: 4 as const }

  test('a refused filter is not kept beside a granted one', async () => {
    const { broker } = await start({ access: { ...sharedAccess(), maySubscribe: (_peer, filter) => filter !== telemetry } })
    const away = await connect(broker, session)
    await expect(away.subscribeAsync([telemetry, status], { qos: 1 })).rejects.toThrow()
    await away.endAsync()
    const client = await connect(broker)
    for (const topic of [telemetry, status]) await client.publishAsync(topic, 'x', { qos: 1 })
    expect(broker.figures().queuedBytes).toBe(PER_MESSAGE + status.length + 1)
  })

  test('filters of one client are bounded', async () => {
    const { broker } = await start({ bounds: { subscriptions: { ...defaultBounds.subscriptions, filters: 2 } } })
    const client = await connect(broker)
    await client.subscribeAsync(['a', 'b'])
    await expect(client.subscribeAsync('c')).rejects.toThrow()
    await client.subscribeAsync('a')
    await client.unsubscribeAsync('b')
    await client.subscribeAsync('c')
  })

  test('filters of one packet are bounded as well, and a long one is refused alone', async () => {
    const { broker } = await start()
    const client = await connect(broker, session)
    const filters = Array.from({ length: 150 }, (_, i) => `f/${i}`)
    await expect(client.subscribeAsync(filters, { qos: 1 })).rejects.toThrow()
    expect(broker.subscriptions('wall')).toHaveLength(100)
    await client.unsubscribeAsync(filters)
    await expect(client.subscribeAsync(['a'.repeat(513), 'a'.repeat(512)])).rejects.toThrow()
    expect(broker.subscriptions('wall')).toEqual(['a'.repeat(512)])
    expect([...broker.figures().refusedSubscriptions]).toEqual([
      ['too-many-filters', 50],
      ['filter-too-long', 1],
    ])
    await client.unsubscribeAsync('a'.repeat(512))
    await until(() => broker.figures().subscribedBytes === 0)
  })

  test('a device has a share of what the broker keeps, over all its sessions', async () => {
    const bounds = {
      sessions: { ...defaultBounds.sessions, perDevice: 2 },
      subscriptions: { ...defaultBounds.subscriptions, bytes: { total: 1e6, perDevice: 7_000, perAddress: 1e6 } },
    }
    const { broker } = await start({ bounds, access: ofDevices() })
    const [first, second] = [await connect(broker, { ...session, clientId: 'a:1' }), await connect(broker, { ...session, clientId: 'a:2' })]
    const ended = closeOf(first)
    await first.subscribeAsync('one')
    await expect(second.subscribeAsync(['one', 'two', 'three'])).rejects.toThrow()
    await (await connect(broker, { ...session, clientId: 'b:1' })).subscribeAsync('one')
    await connect(broker, { ...session, clientId: 'a:3' })
    await ended
    expect(broker.figures()).toMatchObject({ awaySessions: 0, disconnects: new Map([['too-many-sessions', 1]]) })
    expect(broker.figures().forgottenSessions).toEqual(new Map([['too-many', 1]]))
    await second.subscribeAsync('three')
    expect(second.connected).toBe(true)
  })

  test('a device has a share of the retained statuses', async () => {
    const bytes = { ...defaultBounds.retained.bytes, perDevice: 1_500 }
    const { broker } = await start({ bounds: { retained: { messages: 100, bytes } }, access: ofDevices() })
    const device = await connect(broker, { ...session, clientId: 'a:1' })
    for (const id of ['1', '2', '3']) await device.publishAsync(`facilities/x/${id}/status`, '{}', { qos: 1, retain: true })
    await settle(device)
    expect(broker.figures()).toMatchObject({ retained: 1, notRetained: new Map([['share-full', 2]]) })
  })

  test('QoS 2 messages that nobody releases are bounded, and nothing is kept of what goes nowhere', async () => {
    const { broker, refused } = await start({ bounds: { unreleased: 3 } })
    const begin = async (topic: string, count: number) => {
      const socket = await connectRaw(broker)
      const answers: Buffer[] = []
      socket.on('data', (chunk) => answers.push(chunk))
      socket.write(connectPacket(topic))
      for (let messageId = 1; messageId <= count; messageId++) {
        socket.write(qos2Packet(topic, messageId))
      }
      return { socket, recs: () => Buffer.concat(answers).length / 4 - 1 }
    }
    const forbidden = await begin('nowhere', 50)
    await until(() => forbidden.recs() === 50)
    expect(refused).toHaveLength(50)
    const stuck = await begin(telemetry, 4)
    await closeOf(stuck.socket)
    expect(stuck.recs()).toBeLessThanOrEqual(3)
    expect(broker.figures().disconnects).toEqual(new Map([['too-many-unreleased', 1]]))
  })

  test('one that nobody comes back to is forgotten with what waits for it', async () => {
    let now = 0
    const { broker } = await start({ now: () => now })
    const away = await connect(broker, session)
    await away.subscribeAsync('facilities/#', { qos: 1 })
    await away.endAsync()
    await (await connect(broker)).publishAsync(telemetry, 'x', { qos: 1 })
    expect(broker.figures()).toMatchObject({ awaySessions: 1, queuedBytes: PER_MESSAGE + telemetry.length + 1 })
    now = 8 * 86_400_000
    await until(() => broker.figures().awaySessions === 0)
    expect(broker.figures().queuedBytes).toBe(0)
    const back = connectNow(`mqtt://127.0.0.1:${broker.port}`, { ...session, reconnectPeriod: 0 })
    const sessionPresent = await new Promise((resolve) => back.once('connect', (answer) => resolve(answer.sessionPresent)))
    expect(sessionPresent).toBe(false)
    await back.endAsync()
  })
})

test('what waits for a session that is away is bounded', async () => {
  const { broker } = await start()
  const session = { clientId: 'wall', clean: false, protocolVersion: 4 as const }
  const away = await connect(broker, session)
  await away.subscribeAsync('facilities/#', { qos: 1 })
  await away.endAsync()
  const client = await connect(broker)
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 1_200; i++) await client.publishAsync(telemetry, String(i), { qos: 1 })
    const payloads: number[] = []
    const back = connectNow(`mqtt://127.0.0.1:${broker.port}`, { ...session, reconnectPeriod: 0 })
    back.on('message', (_topic, payload) => payloads.push(Number(String(payload))))
    await until(() => payloads.length === 1_000)
    await client.publishAsync(telemetry, '-1', { qos: 1 })
    await until(() => payloads.length === 1_001)
    expect(payloads).toEqual([...Array.from({ length: 1_000 }, (_, i) => i), -1])
    await back.endAsync()
  }
}, 20_000)

describe('starting', () => {
  test('a port in use and a wrong host are told with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    stops.push(() => other.close())
    const { port } = other.address() as { port: number }
    await expect(start({ port })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringMatching(`MQTT port ${port} .*in use.*set another MQTT_PORT`),
    })
    await expect(start({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('MQTT_HOST'),
    })
    await expect(start({ host: 'no.such.host.invalid' })).rejects.toMatchObject({ code: 'config-invalid' })
  })
})

const mosquittoPub = findProgram('mosquitto_pub')
describe.skipIf(!mosquittoPub)('with the Mosquitto clients', () => {
  const run = (program: string, broker: Broker, ...args: string[]) => {
    const child = spawn(program, ['-h', '127.0.0.1', '-p', String(broker.port), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    stops.push(() => child.kill())
    return child
  }

  test.each(['mqttv31', 'mqttv311'])('%s', async (version) => {
    const { broker, received } = await start()
    const subscriber = run(mosquittoPub!.replace('_pub', '_sub'), broker, '-V', version, '-t', 'facilities/#', '-C', '1', '-v')
    let output = ''
    subscriber.stdout.on('data', (data) => {
      output += data
    })
    // It does not say when it has subscribed.
    while (subscriber.exitCode === null) {
      const publisher = run(mosquittoPub!, broker, '-V', version, '-q', '1', '-t', telemetry, '-m', '{"v":1}')
      expect(await once(publisher, 'exit')).toEqual([0, null])
    }
    expect(received[0]).toMatchObject({ topic: telemetry, payload: '{"v":1}' })
    await until(() => output !== '')
    expect(output).toBe(`${telemetry} {"v":1}\n`)
  })

  test('MQTT 5 ends with an error, not by hanging', async () => {
    const { broker, received } = await start()
    const publisher = run(mosquittoPub!, broker, '-V', 'mqttv5', '-q', '1', '-t', telemetry, '-m', 'x')
    const [code] = await once(publisher, 'exit')
    expect(code).not.toBe(0)
    expect(received).toEqual([])
  })
})
