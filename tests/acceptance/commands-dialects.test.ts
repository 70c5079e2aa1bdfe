import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CommandView } from '../../src/edges/http/command-schemas.ts'
import type { CommandTrialView, ProfileView } from '../../src/edges/http/dialect-schemas.ts'
import { DataType } from '../../src/telemetry/codecs/sparkplug/datatype.ts'
import { encodeCommand } from '../../src/telemetry/codecs/sparkplug/encode.ts'
import { decodePayload } from '../../src/telemetry/codecs/sparkplug/payload.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { type Desk, deskOf } from './commanding.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const EUI = '70b3d5b020073208'
const facilities = ['SL-radio', 'SL-spark', 'SL-plain', 'SL-mute'].map((id) => ({ id, kind: 'street-light', name: '' }))
const { folder, remove } = testFolder()
let server: ServerProcess
let client: Client
let desk: Desk
let devices: MqttClient
const heard: { topic: string; payload: Buffer }[] = []

const codec = `
function decodeUplink(input) { return { data: { level: input.bytes[0], power: input.bytes[1] } } }
function encodeDownlink(input) {
  if (input.data.value === 13) throw new Error('not of this lamp')
  return { fPort: 10, bytes: input.data.command === 'dim' ? [1, input.data.value] : [0] }
}`
const profile = (dialect: string, commands: object[], more: object = {}) => ({
  ...{ title: dialect, dialect, kind: 'street-light', codec: null, commands },
  ...more,
})
const fields = (prefix: string) => [
  { field: `${prefix}level`, point: 'dim-actual' },
  { field: `${prefix}power`, point: 'power' },
]

beforeAll(async () => {
  server = await startServer({ folder, facilities })
  client = await signIn(server.url)
  desk = await deskOf(client)
  await client.put('/api/vendor-codecs/acme', { title: 'Lamp', source: codec, samples: [], force: false, reason: 'first' })
  const radio = profile(
    'lorawan',
    [
      { command: 'dim', downlink: { fPort: 10 } },
      { command: 'follow-programme', downlink: { fPort: 10 } },
    ],
    {
      ...{ codec: 'acme', fields: fields('/') },
    },
  )
  const spark = profile('sparkplug', [{ command: 'dim', metric: 'level', scale: 2.55 }], {
    fields: [{ field: 'level', point: 'dim-actual', scale: 1 / 2.55 }],
  })
  const plain = profile('mapped', [{ command: 'dim', message: { topic: 'site/{site}/lamp/{lamp}/set', payload: '{"level":{value}}' } }], {
    ...{ fields: fields('/'), topics: { pattern: 'site/{site}/lamp/{lamp}/state', payload: 'json' } },
  })
  for (const [id, body] of Object.entries({ radio, spark, plain })) await client.put(`/api/device-profiles/${id}`, body)
  const bind = (dialect: string, address: string, facility: string, of: string) =>
    client.put('/api/device-bindings', { dialect, address, facility, profile: of })
  await bind('lorawan', EUI, 'SL-radio', 'radio')
  await bind('lorawan', '70b3d5b020073209', 'SL-mute', 'radio')
  await bind('sparkplug', 'City/Edge1/Lamp', 'SL-spark', 'spark')
  await bind('mapped', 'north/7', 'SL-plain', 'plain')
  devices = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
  devices.on('message', (topic, payload) => heard.push({ topic, payload }))
  await devices.subscribeAsync(
    ['application/+/device/+/command/down', 'spBv1.0/+/DCMD/#', 'site/+/lamp/+/set', 'facilities/+/+/commands'],
    { qos: 1 },
  )
})
afterAll(async () => {
  desk.socket.close()
  await devices.endAsync()
  await server.end('SIGTERM')
  remove()
})

const say = (topic: string, body: object | Buffer) =>
  devices.publishAsync(topic, body instanceof Buffer ? body : JSON.stringify(body), { qos: 1 })
const uplink = (level: number) =>
  say(`application/1/device/${EUI}/event/up`, {
    ...{
      deviceInfo: { devEui: EUI },
      fPort: 1,
      fCnt: 1,
      data: Buffer.from([level, level]).toString('base64'),
      time: new Date().toISOString(),
    },
  })
let seq = 0
const spark = (verb: string, level: number | null, device = '/Lamp') => {
  const at = Date.now()
  const metrics = level === null ? [] : [{ name: 'level', timestamp: at, datatype: DataType.float, value: level }]
  return say(`spBv1.0/City/${verb}/Edge1${device}`, Buffer.concat([encodeCommand({ timestamp: at, metrics }), Buffer.from([0x18, seq++])]))
}
const value = async (facility: string) =>
  (await client.get<{ latest: { point: string; value: unknown }[] }>(`/api/facilities/${facility}`)).latest.find(
    ({ point }) => point === 'dim-actual',
  )?.value
const known = (facility: string) =>
  eventually(
    () => value(facility),
    (found) => found !== undefined,
  )
let ids = 0
const dim = async (facility: string, level: number) =>
  desk.execute(`dialect-command-${++ids}`.padEnd(20, '0'), await desk.arm('dim', [facility], { value: level }))
const next = (topic: RegExp) =>
  eventually(
    async () => heard.find((message) => topic.test(message.topic)),
    (found) => found !== undefined,
  ) as Promise<{ topic: string; payload: Buffer }>
const reached = (id: string, state: string) =>
  eventually(
    () => client.get<CommandView>(`/api/commands/${id}`),
    ({ targets }) => targets[0]?.state === state,
  )

test('a lamp on LoRaWAN gets a downlink made by its codec, acknowledges it, and shows it', async () => {
  await uplink(100)
  await known('SL-radio')
  const { id } = await dim('SL-radio', 40)
  const { topic, payload } = await next(/^application\//)
  const downlink = JSON.parse(String(payload))
  expect([topic, downlink]).toMatchObject([
    `application/1/device/${EUI}/command/down`,
    { devEui: EUI, confirmed: true, fPort: 10, data: Buffer.from([1, 40]).toString('base64') },
  ])
  await say(`application/1/device/${EUI}/event/ack`, { deviceInfo: { devEui: EUI }, acknowledged: true, queueItemId: downlink.id })
  await reached(id, 'confirmed')
  await uplink(40)
  await reached(id, 'effect-seen')
})

test('what the network server could not deliver has failed at once, and says why', async () => {
  heard.length = 0
  const { id } = await dim('SL-radio', 70)
  const downlink = JSON.parse(String((await next(/^application\//)).payload))
  const event = (name: string, body: object) =>
    say(`application/1/device/${EUI}/event/${name}`, { deviceInfo: { devEui: EUI }, time: new Date().toISOString(), ...body })
  await event('log', { level: 'ERROR', code: 'DOWNLINK_GATEWAY', description: 'COLLISION_PACKET' })
  await eventually(
    () => client.get<CommandView>(`/api/commands/${id}`),
    ({ targets }) => targets[0]?.state === 'sent' && targets[0].words?.en === 'DOWNLINK_GATEWAY: COLLISION_PACKET',
  )
  await event('ack', { queueItemId: downlink.id, fCntDown: 7 })
  const { targets } = await reached(id, 'failed')
  expect(targets[0]).toMatchObject({ problem: 'not-delivered', words: { en: 'not acknowledged by the device' } })
})

test('what the codec makes no downlink of has failed at once', async () => {
  const { targets } = await reached((await dim('SL-radio', 13)).id, 'failed')
  expect(targets[0]).toMatchObject({ problem: 'not-delivered', words: { en: expect.stringContaining('not of this lamp') } })
})

test('a lamp behind a Sparkplug node has a metric written, in its type and unit, and shows it', async () => {
  await spark('NBIRTH', null, '')
  await spark('DBIRTH', 255)
  await known('SL-spark')
  const { id } = await dim('SL-spark', 40)
  const { payload } = await next(/^spBv1.0\/City\/DCMD\/Edge1\/Lamp$/)
  expect(decodePayload(payload)).toMatchObject({
    payload: { metrics: [{ name: 'level', datatype: DataType.float, value: { wire: 'float', value: 102 } }] },
  })
  await spark('DDATA', 102)
  const { targets } = await reached(id, 'effect-seen')
  expect(targets[0]?.times.confirmed).toBeNull()
})

test('a lamp on plain topics is told on its own, and shows it', async () => {
  await say('site/north/lamp/7/state', { level: 100, power: 100 })
  await known('SL-plain')
  const { id } = await dim('SL-plain', 40)
  const { topic, payload } = await next(/^site\//)
  expect([topic, String(payload)]).toEqual(['site/north/lamp/7/set', '{"level":40}'])
  await say('site/north/lamp/7/state', { level: 40, power: 40 })
  await reached(id, 'effect-seen')
})

test('a profile shows what a device would be told, byte by byte, and tells it nothing', async () => {
  heard.length = 0
  const shown = async (id: string, address: string, command: string, level: number | null = null, more: object = {}) => {
    const { title, dialect, kind, codec, fields, topics, commands } = await client.get<ProfileView>(`/api/device-profiles/${id}`)
    const profile = { id, title, dialect, kind, codec, fields, ...(topics && { topics }), commands, ...more }
    return client.post<CommandTrialView>('/api/device-profiles/try-command', { profile, address, command, value: level })
  }
  expect(await shown('radio', EUI, 'dim', 40)).toMatchObject({
    ...{ line: 0, why: null, answers: true, answerWithin: minutes(15), effectWithin: minutes(2) },
    downlink: { fPort: 10, hex: '0128', confirmed: true },
    message: {
      source: 'embedded',
      topic: `application/1/device/${EUI}/command/down`,
      qos: 1,
      text: expect.stringContaining('"data":"ASg="'),
    },
  })
  expect(await shown('radio', '70:b3:d5:b0:20:07:32:09', 'dim', 40)).toMatchObject({
    ...{ downlink: { hex: '0128' }, message: null, answerWithin: null },
    why: { en: 'it has not been heard since the service was started' },
  })
  const written = await shown('spark', 'City/Edge1/Lamp', 'dim', 40)
  expect(written).toMatchObject({ message: { topic: 'spBv1.0/City/DCMD/Edge1/Lamp', qos: 0, text: null }, downlink: null, answers: false })
  expect(decodePayload(Buffer.from(written.message?.hex ?? '', 'hex'))).toMatchObject({
    payload: { metrics: [{ name: 'level', value: { value: 102 } }] },
  })
  const commands = [{ command: 'dim', message: { topic: 'site/{site}/lamp/{lamp}/set', payload: '{value} until {expires}' } }]
  const plain = await shown('plain', 'south/9', 'dim', 40, { commands })
  expect(plain.message).toMatchObject({ source: null, topic: 'site/south/lamp/9/set', text: expect.stringMatching(/^40 until \d{13}$/) })
  const slow = [{ command: 'dim', answerWithin: 3600, downlink: { fPort: 1, bytes: '01' } }]
  expect(await shown('radio', EUI, 'dim', 40, { commands: slow })).toMatchObject({ answerWithin: minutes(60), message: { qos: 1 } })
  expect((await shown('plain', 'south/9', 'on')).why?.en).toMatch(/no line/)
  expect((await shown('radio', EUI, 'dim', 13)).why?.en).toMatch(/not of this lamp/)
  await expect(shown('plain', 'south/9', 'dim', 400)).rejects.toThrow(/10 – 100 %/)
  await expect(shown('radio', 'elf', 'dim', 40)).rejects.toThrow(/no DevEUI/)
  await expect(shown('radio', EUI, 'dim', 40, { commands: [{ command: 'dim', downlink: { fPort: 1, bytes: 'x' } }] })).rejects.toThrow(
    /in hex/,
  )
  // Whatever had gone out would be here before what is said after it.
  await dim('SL-plain', 55)
  await next(/^site/)
  expect(heard).toHaveLength(1)
  heard.length = 0
})

test('what no profile maps, what was never heard, and what could not be given back is not told, and says why', async () => {
  const objection = async (command: string, facility: string, more: object = {}) => {
    const { ready, objections } = await desk.arm(command, [facility], more)
    return [ready, objections[0]?.problem, objections[0]?.words?.en]
  }
  expect(await objection('on', 'SL-spark')).toEqual([0, 'not-commandable', 'device profile spark says nothing of this command'])
  expect(await objection('dim', 'SL-mute', { value: 40 })).toEqual([
    0,
    'not-commandable',
    'it has not been heard since the service was started',
  ])
  expect(await objection('dim', 'SL-spark', { value: 40, minutes: 5 })).toEqual([
    ...[0, 'not-commandable', 'device profile spark says nothing of this command'],
  ])
  expect(await objection('dim', 'SL-radio', { value: 40, minutes: 5 })).toEqual([1, undefined, undefined])
  expect(heard.filter(({ topic }) => topic.startsWith('facilities/'))).toEqual([])
})
