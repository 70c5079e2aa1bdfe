import { once } from 'node:events'
import { connect as openSocket, type Socket } from 'node:net'
import { type IClientOptions, type IConnackPacket, type IPublishPacket, type MqttClient, connect as start } from 'mqtt'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sharedAccess } from '../../../src/edges/mqtt/access.ts'
import { type Broker, startBroker } from '../../../src/edges/mqtt/broker.ts'

/** What MQTT 3.1.1 promises its clients, on topics of any name. */
const forbidden = 'private/topic'
let broker: Broker
const open: MqttClient[] = []

beforeAll(async () => {
  const access = sharedAccess()
  broker = await startBroker({
    ...{ host: '127.0.0.1', port: 0, maxPayload: 10_000, now: Date.now },
    access: { ...access, maySubscribe: (peer, filter) => filter !== forbidden && access.maySubscribe(peer, filter) },
    isRead: () => true,
    isRetained: () => true,
    onPublish: (_topic, _payload, _from, acknowledged) => acknowledged(),
    onRefused: () => {},
  })
})
afterAll(async () => {
  for (const client of open) await client.endAsync(true)
  await broker.close()
})

interface Connected {
  client: MqttClient
  sessionPresent: boolean
  /** `topic payload` in the order of arrival, with what came with them. */
  seen: string[]
  packets: IPublishPacket[]
}

async function connect(options: IClientOptions): Promise<Connected> {
  const client = start(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...options })
  open.push(client)
  const seen: string[] = []
  const packets: IPublishPacket[] = []
  client.on('message', (topic, payload, packet) => {
    seen.push(`${topic} ${payload}`)
    packets.push(packet)
  })
  client.on('error', () => {})
  const sessionPresent = await new Promise<boolean>((resolve, reject) => {
    client.once('connect', (answer: IConnackPacket) => resolve(answer.sessionPresent))
    client.once('error', reject)
  })
  return { client, sessionPresent, seen, packets }
}

const until = (condition: () => unknown) => vi.waitUntil(condition, { timeout: 20_000, interval: 5 })
/** Unlike `once`, takes an error before it as part of closing. */
const closeOf = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()))
/** Resolves when everything this client was sent before has come. */
async function settle({ client, seen }: Connected): Promise<void> {
  const topic = `settled/${Math.random()}`
  await client.subscribeAsync(topic)
  await client.publishAsync(topic, '', { qos: 1 })
  await until(() => seen.includes(`${topic} `))
  seen.splice(seen.indexOf(`${topic} `), 1)
}

test('messages of every quality of service come back to who subscribed', async () => {
  const own = await connect({ clientId: 'basic' })
  expect(own.sessionPresent).toBe(false)
  await own.client.subscribeAsync('basic/topic', { qos: 2 })
  for (const qos of [0, 1, 2] as const) await own.client.publishAsync('basic/topic', `quality ${qos}`, { qos })
  await until(() => own.seen.length === 3)
  expect(own.packets.map(({ payload, qos }) => `${payload} ${qos}`)).toEqual(['quality 0 0', 'quality 1 1', 'quality 2 2'])
})

test('a second CONNECT, and a protocol of another name, end the connection', async () => {
  const bytes = (name: string) => {
    const body = Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([4, 2, 0, 60, 0, 1]), Buffer.from('t')])
    return Buffer.concat([Buffer.from([0x10, body.length]), body])
  }
  const twice = await connect({ clientId: 'twice' })
  const closed = closeOf(twice.client)
  twice.client.stream.write(bytes('MQTT'))
  await closed
  const other = await connect({ clientId: 'other' })
  const socket = openSocket(broker.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.resume()
  socket.write(bytes('hj'))
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await settle(other)
})

test('retained messages wait for subscribers, until an empty one removes them', async () => {
  const publisher = await connect({ clientId: 'retaining' })
  const topics = [0, 1, 2].map((qos) => `kept/${qos}/here`)
  for (const [qos, topic] of topics.entries()) await publisher.client.publishAsync(topic, 'kept', { qos: qos as 0 | 1 | 2, retain: true })
  const first = await connect({ clientId: 'late' })
  await first.client.subscribeAsync('kept/+/+', { qos: 2 })
  await until(() => first.seen.length === 3)
  expect(first.packets.map(({ topic, retain, qos }) => `${topic} ${retain} ${qos}`).sort()).toEqual(
    topics.map((topic, qos) => `${topic} true ${qos}`),
  )
  for (const [qos, topic] of topics.entries()) await publisher.client.publishAsync(topic, '', { qos: qos as 0 | 1 | 2, retain: true })
  const second = await connect({ clientId: 'later' })
  await second.client.subscribeAsync('kept/#', { qos: 2 })
  await settle(second)
  expect(second.seen).toEqual([])
})

test('a will is sent when the connection is lost, and not after a goodbye', async () => {
  const watcher = await connect({ clientId: 'watcher' })
  await watcher.client.subscribeAsync('wills/#', { qos: 2 })
  const will = (name: string) => ({ topic: `wills/${name}`, payload: Buffer.from('gone'), qos: 1 as const, retain: false })
  const [lost, polite] = [
    await connect({ clientId: 'lost', will: will('lost') }),
    await connect({ clientId: 'polite', will: will('polite') }),
  ]
  await polite.client.endAsync()
  lost.client.stream.destroy()
  await until(() => watcher.seen.length > 0)
  await settle(watcher)
  expect(watcher.seen).toEqual(['wills/lost gone'])
})

test('who is not heard for one and a half times its keepalive is lost, and leaves its will', async () => {
  const watcher = await connect({ clientId: 'keeper', keepalive: 0 })
  await watcher.client.subscribeAsync('keepalive/will', { qos: 2 })
  const will = { topic: 'keepalive/will', payload: Buffer.from('silent'), qos: 0 as const, retain: false }
  const silent = await connect({ clientId: 'silent', keepalive: 1, reschedulePings: false, will })
  ;(silent.client.stream as Socket).write = () => true
  await until(() => watcher.seen.length > 0)
  expect(watcher.seen).toEqual(['keepalive/will silent'])
})

test('without an id a client must ask for a clean session', async () => {
  const nameless = await connect({ clientId: '', clean: true })
  await settle(nameless)
  const socket = openSocket(broker.port, '127.0.0.1')
  socket.write(Buffer.from('100c00044d5154540400003c0000', 'hex'))
  const [answer] = await once(socket, 'data')
  expect(answer).toEqual(Buffer.from([0x20, 2, 0, 2]))
})

test('messages of quality 1 and 2 wait for a session whose client is away, in their order', async () => {
  const session = { clientId: 'away', clean: false }
  const away = await connect(session)
  await away.client.subscribeAsync('queued/#', { qos: 2 })
  await away.client.endAsync()
  const publisher = await connect({ clientId: 'queueing' })
  for (const qos of [0, 1, 2] as const) await publisher.client.publishAsync('queued/topic', `quality ${qos}`, { qos })
  const back = await connect(session)
  expect(back.sessionPresent).toBe(true)
  await settle(back)
  expect(back.seen.filter((one) => !one.endsWith('0'))).toEqual(['queued/topic quality 1', 'queued/topic quality 2'])
  await back.client.unsubscribeAsync('queued/#')
  await back.client.endAsync()
  const clean = await connect({ ...session, clean: true })
  expect(clean.sessionPresent).toBe(false)
})

test('one message, of the highest quality, for filters that overlap, or one for each', async () => {
  const own = await connect({ clientId: 'overlapping' })
  await own.client.subscribeAsync({ 'overlap/#': { qos: 2 }, 'overlap/+': { qos: 1 } })
  await own.client.publishAsync('overlap/topic', 'x', { qos: 2 })
  await settle(own)
  expect(own.packets.filter(({ topic }) => topic === 'overlap/topic').map(({ qos }) => qos)).toContain(2)
  expect(own.seen.length).toBeLessThanOrEqual(2)
})

test('what was not acknowledged is sent again, marked as a duplicate', async () => {
  const session = { clientId: 'again', clean: false }
  const first = await connect(session)
  await first.client.subscribeAsync('again/#', { qos: 2 })
  const sent: number[] = []
  first.client.handleMessage = ({ qos }, _done) => {
    // It never calls back, so that nothing is acknowledged.
    sent.push(qos)
  }
  const publisher = await connect({ clientId: 'unanswered' })
  await publisher.client.publishAsync('again/1', 'x', { qos: 1 })
  await until(() => sent.length === 1)
  const closed = closeOf(first.client)
  first.client.stream.destroy()
  await closed
  await publisher.client.publishAsync('again/2', 'y', { qos: 2 })
  const back = await connect(session)
  await until(() => back.seen.length === 2)
  expect(back.packets.map(({ topic, qos, dup }) => `${topic} ${qos} ${dup}`)).toEqual(['again/1 1 true', 'again/2 2 false'])
  await settle(back)
  expect(back.seen).toHaveLength(2)
})

test('a filter that is not allowed is refused, the others of its packet are not', async () => {
  const own = await connect({ clientId: 'refused' })
  const granted = await new Promise<unknown>((resolve) => {
    own.client.on('packetreceive', (packet) => packet.cmd === 'suback' && resolve(packet.granted))
    own.client.subscribe(['allowed/topic', forbidden], { qos: 2 }, () => {})
  })
  expect(granted).toEqual([2, 128])
  await own.client.publishAsync('allowed/topic', 'x', { qos: 1 })
  await own.client.publishAsync(forbidden, 'y', { qos: 1 })
  await settle(own)
  expect(own.seen).toEqual(['allowed/topic x'])
})

test('a wildcard in front matches no topic that begins with $', async () => {
  const own = await connect({ clientId: 'dollars' })
  await own.client.subscribeAsync(['#', '+/hidden'], { qos: 2 })
  own.seen.length = 0
  await own.client.publishAsync('$dollar/hidden', 'x', { qos: 1 })
  await own.client.publishAsync('dollar/hidden', 'y', { qos: 1 })
  await settle(own)
  expect(own.seen.filter((one) => one.includes('hidden'))).toEqual(['dollar/hidden y'])
})

test('after unsubscribing nothing comes on that filter, on the others it does', async () => {
  const own = await connect({ clientId: 'leaving' })
  const topics = ['left/a', 'left/b', 'left/c']
  await own.client.subscribeAsync(topics, { qos: 2 })
  await own.client.unsubscribeAsync('left/a')
  const publisher = await connect({ clientId: 'publishing' })
  for (const topic of topics) await publisher.client.publishAsync(topic, 'x', { qos: 1 })
  await settle(own)
  expect(own.seen.sort()).toEqual(['left/b x', 'left/c x'])
})
