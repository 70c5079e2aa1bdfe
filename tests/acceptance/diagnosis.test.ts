import { execFileSync } from 'node:child_process'
import { request } from 'node:http'
import { connect, connectAsync, type IClientOptions } from 'mqtt'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { DiagnosisView, TappedView, TrafficView } from '../../src/edges/http/traffic-schemas.ts'
import type { TapOutcome } from '../../src/edges/traffic.ts'
import { findProgram } from '../servers.ts'
import { type Client, eventually, PASSWORD, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const facilities = [
  { id: 'GW-1', kind: 'gateway', name: 'Gateway 1' },
  { id: 'PS-1', kind: 'pump-station', name: 'Pump station 1' },
  { id: 'PS-2', kind: 'pump-station', name: 'Pump station 2', gateway: 'GW-1' },
]
const topic = (id: string, type = 'telemetry') => `facilities/pump-station/${id}/${type}`
const good = () => JSON.stringify({ at: Date.now(), values: { 'outlet-pressure': 0.41 } })
const mosquittoPub = findProgram('mosquitto_pub')

const { folder, remove } = testFolder()
let server: ServerProcess
let client: Client
const secrets = new Map<string, string>()
const stops: (() => unknown)[] = []

beforeAll(async () => {
  server = await startServer({
    folder,
    facilities,
    env: {
      MQTT_USERNAME: 'platform',
      MQTT_PASSWORD: 'shared-secret',
      MQTT_DEVICE_RATE: '20',
      MQTT_DEVICE_BURST: '5',
      MQTT_WEBSOCKET: 'ws',
      MQTT_WEBSOCKET_HOST: '127.0.0.1',
      MQTT_WEBSOCKET_PORT: '0',
    },
  })
  client = await signIn(server.url)
  for (const id of ['GW-1', 'PS-1']) {
    await client.put(`/api/devices/${id}`, {})
    const { secret } = await client.post<{ secret: string }>(`/api/devices/${id}/credentials`, { type: 'password' })
    secrets.set(id, secret)
  }
})
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})
afterAll(async () => {
  await server.end('SIGTERM')
  remove()
})

const login = (id: string, more: IClientOptions = {}): IClientOptions => ({
  ...{ clientId: id, username: id, password: secrets.get(id) as string, reconnectPeriod: 0, ...more },
})
async function device(id: string, more: IClientOptions = {}) {
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, login(id, more), false)
  stops.push(() => mqtt.endAsync(true))
  return mqtt
}
const diagnosis = (id: string) => client.get<DiagnosisView>(`/api/devices/${id}/diagnosis`)

/** An open tap of a session of its own, and what it has told. */
async function tap(query: string) {
  const headers = { 'content-type': 'application/json', origin: server.url }
  const signedIn = await fetch(`${server.url}/api/session`, {
    ...{ method: 'POST', headers, body: JSON.stringify({ name: 'admin', password: PASSWORD }) },
  })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const response = await fetch(`${server.url}/api/traffic/tap?${query}`, { headers: { cookie } })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  const events: { event: string; data: Record<string, unknown> }[] = []
  const read = async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true })
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, event, data] = text.slice(0, end).match(/^event: (\w+)\ndata: (.*)$/) ?? []
        text = text.slice(end + 2)
        if (event && data) events.push({ event, data: JSON.parse(data) })
      }
    }
  }
  const over = read().catch(() => {})
  const of = <T>(event: string) => events.filter((one) => one.event === event).map(({ data }) => data as T)
  await eventually(
    async () => of('open'),
    (found) => found.length === 1,
  )
  const close = async () => {
    await fetch(`${server.url}/api/session`, { method: 'DELETE', headers: { origin: server.url, cookie } })
    await over
  }
  stops.push(close)
  return { of, over, close }
}

test('of a device: how it is connected, what it sends, how it went', async () => {
  const mqtt = await device('PS-1', { keepalive: 30 })
  await mqtt.subscribeAsync(topic('PS-1', 'commands/#'))
  for (let i = 0; i < 3; i++) await mqtt.publishAsync(topic('PS-1'), good(), { qos: 1 })
  const found = await diagnosis('PS-1')
  expect(found).toMatchObject({
    registered: true,
    facility: { kind: 'pump-station', gateway: null, lastReceived: expect.any(Number), clockSkew: expect.any(Number) },
    connection: {
      ...{ connected: true, sort: 'device', account: 'PS-1', clientId: 'PS-1', address: '127.0.0.1', listener: 'MQTT' },
      ...{ protocol: 'MQTT 3.1.1', keepAlive: 30, certificate: null, subscriptions: [topic('PS-1', 'commands/#')] },
      flow: { messages: 3 },
    },
    topics: [{ topic: topic('PS-1'), clientId: 'PS-1', flow: { messages: 3 } }],
  })
  expect(found.connection?.flow.perMinute).toBeGreaterThan(0)
  await mqtt.endAsync()
  const gone = await eventually(
    () => diagnosis('PS-1'),
    ({ connection }) => connection?.connected === false,
  )
  expect(gone.connection).toMatchObject({
    lastDisconnect: { reason: 'goodbye', help: expect.stringMatching(/goodbye/) },
    subscriptions: [],
  })
})

test('a wrong password is refused without words, and the engineer sees why, when and from where', async () => {
  const before = (await diagnosis('PS-1')).refused?.counts[0]?.count ?? 0
  const mqtt = connect(`mqtt://127.0.0.1:${server.mqttPort}`, login('PS-1', { password: 'guessed' }))
  stops.push(() => mqtt.endAsync(true))
  await new Promise((resolve) => mqtt.once('error', resolve))
  const { refused } = await diagnosis('PS-1')
  expect(refused).toMatchObject({
    id: 'PS-1',
    clientId: 'PS-1',
    address: '127.0.0.1',
    reason: 'wrong-credentials',
    help: expect.stringMatching(/password is wrong/),
  })
  expect(refused?.counts).toMatchObject([{ reason: 'wrong-credentials', count: before + 1 }])
  const traffic = await client.get<TrafficView>('/api/traffic')
  expect(traffic.refusals.find(({ reason }) => reason === 'wrong-credentials')).toMatchObject({ lastHour: expect.any(Number) })
  expect(traffic.refused[0]).toMatchObject({ id: 'PS-1', reason: 'wrong-credentials' })
})

test('an unknown id that knocks is known by what was refused to it, and one that never did is not', async () => {
  const mqtt = connect(`mqtt://127.0.0.1:${server.mqttPort}`, login('PS-1', { clientId: 'NEW-7', username: 'NEW-7', password: 'x' }))
  stops.push(() => mqtt.endAsync(true))
  await new Promise((resolve) => mqtt.once('error', resolve))
  expect(await diagnosis('NEW-7')).toMatchObject({
    registered: false,
    facility: null,
    connection: null,
    refused: { reason: 'wrong-credentials' },
  })
  await expect(diagnosis('NEW-8')).rejects.toThrow(/404/)
})

test('wrong topic, broken JSON and unknown point are with the device and its gateway, in bytes', async () => {
  const gateway = await device('GW-1')
  await gateway.publishAsync(topic('PS-2'), '{"at":', { qos: 1 })
  await gateway.publishAsync(topic('PS-2'), Buffer.from([0xff, 0xfe]), { qos: 1 })
  await gateway.publishAsync(topic('PS-1'), good(), { qos: 1 })
  await gateway.publishAsync('somewhere/else', 'x', { qos: 1 })
  const behind = await eventually(
    () => diagnosis('PS-2'),
    ({ rejected }) => rejected.length >= 2,
  )
  expect(behind.facility?.gateway).toBe('GW-1')
  expect(behind.rejected).toMatchObject([
    { reason: 'not-utf8', payloadHex: 'fffe' },
    {
      reason: 'malformed-json',
      facility: 'PS-2',
      topic: topic('PS-2'),
      payload: '{"at":',
      payloadHex: Buffer.from('{"at":').toString('hex'),
      help: expect.any(String),
    },
  ])
  const { rejected } = await diagnosis('GW-1')
  expect(rejected.map(({ reason }) => reason).sort()).toEqual(['malformed-json', 'not-allowed', 'not-utf8', 'unknown-topic'])
  expect(rejected.find(({ reason }) => reason === 'not-allowed')).toMatchObject({ sender: 'GW-1', topic: topic('PS-1') })
})

test('who sends too fast is seen to wait', async () => {
  const mqtt = await device('PS-1')
  await Promise.all(Array.from({ length: 30 }, () => mqtt.publishAsync(topic('PS-1'), good(), { qos: 1 })))
  const { connection } = await diagnosis('PS-1')
  expect(connection?.throttledSeconds).toBeGreaterThan(0)
  expect(connection?.lastThrottled).toEqual(expect.any(Number))
})

test('over WebSocket it is said by which listener, and who asks in the wrong way is known by address', async () => {
  const url = server.output().match(/ws:\/\/\S+/)?.[0] as string
  const mqtt = await connectAsync(url, login('GW-1'), false)
  stops.push(() => mqtt.endAsync(true))
  expect((await diagnosis('GW-1')).connection).toMatchObject({ listener: 'MQTT over WebSocket', address: '127.0.0.1' })
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': `${'x'.repeat(22)}==` }
  const refused = request(url.replace(/^ws/, 'http').replace('/mqtt', '/elsewhere'), { headers: upgrade })
  stops.push(() => refused.destroy())
  await new Promise((resolve) => refused.once('response', resolve).once('error', resolve).end())
  const { refused: newest } = await client.get<TrafficView>('/api/traffic')
  expect(newest[0]).toMatchObject({
    id: null,
    clientId: null,
    address: '127.0.0.1',
    reason: 'wrong-path',
    help: expect.stringMatching(/path/),
  })
})

test.skipIf(!mosquittoPub)('a tap shows what a foreign client sends and what becomes of it, and nothing of other topics', async () => {
  const { of } = await tap(`filter=${encodeURIComponent('facilities/+/PS-1/#')}`)
  const send = (to: string, payload: string) =>
    execFileSync(mosquittoPub as string, [
      ...['-p', String(server.mqttPort), '-i', 'PS-1', '-u', 'PS-1', '-P', secrets.get('PS-1') as string],
      ...['-q', '1', '-t', to, '-m', payload],
    ])
  const payload = good()
  send(topic('PS-1'), payload)
  send(topic('PS-1'), '{"at":')
  send('somewhere/else', 'x')
  const outcomes = await eventually(
    async () => of<TapOutcome>('outcome'),
    (found) => found.some(({ rejections }) => rejections.length > 0),
  )
  const messages = of<TappedView>('message')
  expect(messages).toMatchObject([
    { topic: topic('PS-1'), direction: 'in', source: 'embedded', clientId: 'PS-1', peer: 'PS-1', qos: 1, retain: false, payload },
    { payload: '{"at":', payloadHex: '7b226174223a', bytes: 6 },
  ])
  expect(outcomes.filter(({ id }) => id === messages[0]?.id)).toEqual([
    { id: messages[0]?.id, journaled: 1, rejections: [], problem: null },
  ])
  expect(outcomes.at(-1)).toMatchObject({ id: messages[1]?.id, journaled: 1, rejections: [{ reason: 'malformed-json' }] })
  const { items } = await client.get<{ items: { by: string; subject: string }[] }>('/api/audit?action=tap-traffic')
  expect(items[0]).toMatchObject({ by: 'admin', subject: 'facilities/+/PS-1/#' })
})

test('a tap tells 50 messages a second and counts the rest', async () => {
  const { of } = await tap('filter=%23')
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, { username: 'platform', password: 'shared-secret' })
  stops.push(() => mqtt.endAsync(true))
  const sent = 500
  for (let i = 0; i < sent; i++) mqtt.publish(topic('PS-1'), good(), { qos: 0 })
  await mqtt.publishAsync(topic('PS-1'), good(), { qos: 1 })
  const told = () => of('message').length
  const skipped = () => of<{ count: number }>('skipped').reduce((sum, { count }) => sum + count, 0)
  await eventually(
    async () => told() + skipped(),
    (sum) => sum === sent + 1,
  )
  expect(skipped()).toBeGreaterThanOrEqual(sent + 1 - 50 * 5)
})

test('a tap ends with its session, and frees its place', async () => {
  const opened = await Promise.all([1, 2].map(() => tap('filter=%23')))
  expect((await client.get<TrafficView>('/api/traffic')).taps).toBe(2)
  await expect(client.get('/api/traffic/tap?filter=%23')).rejects.toThrow(/409[\s\S]*open already/)
  await opened[0]?.close()
  expect(opened[0]?.of('over')).toEqual([{ reason: 'session' }])
  await eventually(
    () => client.get<TrafficView>('/api/traffic'),
    ({ taps }) => taps === 1,
  )
})

test('no filter, no tap', async () => {
  await expect(client.get(`/api/traffic/tap?filter=${encodeURIComponent('a/#/b')}`)).rejects.toThrow(/400/)
})

test('a server that stops waits for no tap', async () => {
  const { over } = await tap('filter=%23')
  stops.pop()
  await server.end('SIGTERM')
  await over
  server = await startServer({ folder, facilities })
})
