import { execFileSync } from 'node:child_process'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CommandView } from '../../src/edges/http/command-schemas.ts'
import type { Snapshot } from '../../src/edges/http/live-schemas.ts'
import type { ReadingsView } from '../../src/edges/http/reading-schemas.ts'
import type { FacilityDetail } from '../../src/edges/http/schemas.ts'
import { findProgram } from '../servers.ts'
import { decodeToText, encodeText, protoc } from '../telemetry/sparkplug/protoc.ts'
import { deskOf } from './commanding.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const facilities = [
  { id: 'PS-1', kind: 'pump-station', name: 'Pump station 1' },
  { id: 'PS-2', kind: 'pump-station', name: 'Pump station 2' },
  { id: 'SL-1', kind: 'street-light', name: 'Lamp 1' },
]
const mosquittoPub = findProgram('mosquitto_pub')
const { folder, remove } = testFolder()
let server: ServerProcess
let client: Client
let node: MqttClient | undefined
const heard: { topic: string; payload: Buffer }[] = []

beforeAll(async () => {
  server = await startServer({ folder, facilities })
  client = await signIn(server.url)
})
afterAll(async () => {
  node?.end(true)
  await server.end('SIGTERM')
  remove()
})

const says = (verb: string, text: string, device = '') =>
  execFileSync(mosquittoPub as string, ['-p', String(server.mqttPort), '-t', `spBv1.0/City/${verb}/Edge1${device}`, '-s'], {
    input: encodeText(text),
  })
const latest = async (id: string) => {
  const { latest: newest } = await client.get<FacilityDetail>(`/api/facilities/${id}`)
  return Object.fromEntries(newest.map(({ point, value, at }) => [point, [value, at]]))
}
const heardOn = (topic: string) => heard.filter((message) => message.topic === topic).map(({ payload }) => payload)

test.skipIf(!protoc || !mosquittoPub)(
  'a Sparkplug node is understood from its birth to its death',
  async () => {
    const profile = {
      ...{ title: 'Pump controller', dialect: 'sparkplug', kind: 'pump-station', codec: null },
      fields: [
        { field: 'Outlet/Pressure', point: 'outlet-pressure', unit: 'kPa' },
        { field: 'Pump/Run', point: 'run-command' },
      ],
    }
    await client.put('/api/device-profiles/pump-controller', profile)
    for (const [address, facility] of [
      ['City/Edge1', 'PS-1'],
      ['City/Edge1/Pump2', 'PS-2'],
    ]) {
      await client.put('/api/device-bindings', { dialect: 'sparkplug', address, facility, profile: 'pump-controller' })
    }
    const at = Date.now()
    const will = encodeText(`sent_at: ${at} measurements { name: "bdSeq" type: 4 as_long: 3 }`)
    node = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, {
      ...{ clientId: 'edge-1', reconnectPeriod: 0 },
      will: { topic: 'spBv1.0/City/NDEATH/Edge1', payload: Buffer.from(will), qos: 1, retain: false },
    })
    node.on('message', (topic, payload) => heard.push({ topic, payload }))
    await node.subscribeAsync(['spBv1.0/City/NCMD/Edge1', 'spBv1.0/STATE/lamplighter'], { qos: 1 })

    // The service tells nodes that it is there, also those that come later.
    await eventually(
      async () => heardOn('spBv1.0/STATE/lamplighter').map((state) => JSON.parse(state.toString())),
      ([state]) => state?.online === true && state.timestamp <= at,
    )

    // Nobody else says so on its own broker: what comes next would not be the first that nodes hear of it.
    await node.publishAsync('spBv1.0/STATE/lamplighter', '{"online":false,"timestamp":1}', { qos: 1 })

    // As after a restart: data of a node whose birth was not heard.
    says('NDATA', `sent_at: ${at} sequence: 9 measurements { alias: 1 taken_at: ${at} as_float: 400 }`)
    const [request] = await eventually(
      async () => heardOn('spBv1.0/City/NCMD/Edge1'),
      (requests) => requests.length === 1,
    )
    expect(decodeToText(request as Buffer)).toMatch(/name: "Node Control\/Rebirth"[\s\S]*as_boolean: true/)

    says(
      'NBIRTH',
      `sent_at: ${at} sequence: 0
      measurements { name: "bdSeq" taken_at: ${at} type: 4 as_long: 3 }
      measurements { name: "Node Control/Rebirth" taken_at: ${at} type: 11 as_boolean: false }
      measurements { name: "Outlet/Pressure" alias: 1 taken_at: ${at} type: 9 as_float: 410 }
      measurements { name: "Pump/Run" alias: 2 taken_at: ${at} type: 11 as_boolean: true }`,
    )
    says(
      'DBIRTH',
      `sent_at: ${at} sequence: 1 measurements { name: "Outlet/Pressure" alias: 3 taken_at: ${at} type: 2 null: true }`,
      '/Pump2',
    )
    says('DDATA', `sent_at: ${at + 1} sequence: 2 measurements { alias: 3 taken_at: ${at + 1} as_int: 65486 }`, '/Pump2')
    says(
      'NDATA',
      `sent_at: ${at + 2} sequence: 3
      measurements { alias: 1 taken_at: ${at - 60000} historical: true as_float: 390 }
      measurements { alias: 2 taken_at: ${at + 2} as_boolean: false }`,
    )
    await eventually(
      () => latest('PS-1'),
      (values) => values['run-command']?.[1] === at + 2,
    )
    expect(await latest('PS-1')).toEqual({ 'outlet-pressure': [0.41, at], 'run-command': [false, at + 2] })
    expect(await latest('PS-2')).toEqual({ 'outlet-pressure': [-0.05, at + 1] })
    const stored = await eventually(
      () => client.get<ReadingsView>(`/api/facilities/PS-1/readings?points=outlet-pressure&from=${at - 90_000}`),
      (view) => (view.series[0]?.at.length ?? 0) > 1,
    )
    expect(stored.series[0]).toMatchObject({ at: [at - 60_000, at], value: [0.39, 0.41], good: [true, true] })

    // The node is cut off: by its will both are offline, long before their silence would be noticed.
    node.stream.destroy()
    const silent = await eventually(
      async () => (await client.get<Snapshot>('/api/snapshot')).alarms.filter(({ rule }) => rule === 'communication-loss'),
      (alarms) => alarms.length === 2,
      50_000,
    )
    expect(silent.map(({ facility }) => facility).sort()).toEqual(['PS-1', 'PS-2'])
    const { counts } = await client.get<{ counts: { reason: string; count: number }[] }>('/api/rejections')
    expect(Object.fromEntries(counts.map(({ reason, count }) => [reason, count]))).toEqual({ 'before-birth': 1, 'reserved-topic': 1 })
    expect(heardOn('spBv1.0/STATE/lamplighter').map((state) => JSON.parse(state.toString()).online)).toEqual([true])
  },
  90_000,
)

test.skipIf(!protoc || !mosquittoPub)(
  'a command to a node that died is refused, or waits and goes again when the node is reborn, and shows what became of it',
  async () => {
    const profile = {
      ...{ title: 'Lamp', dialect: 'sparkplug', kind: 'street-light', codec: null, fields: [{ field: 'Level', point: 'dim-actual' }] },
      commands: [{ command: 'dim', metric: 'Level' }],
    }
    await client.put('/api/device-profiles/lamp', profile)
    await client.put('/api/device-bindings', { dialect: 'sparkplug', address: 'City/Edge2', facility: 'SL-1', profile: 'lamp' })
    const desk = await deskOf(client)
    const topic = 'spBv1.0/City/NCMD/Edge2'
    /** A session of the node; what it is told, and how it is cut off. */
    const live = async (session: number, level: number) => {
      const at = Date.now()
      const told: string[] = []
      const edge = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, {
        ...{ clientId: 'edge-2', reconnectPeriod: 0 },
        will: {
          ...{ topic: 'spBv1.0/City/NDEATH/Edge2', qos: 1, retain: false },
          payload: Buffer.from(encodeText(`sent_at: ${at} measurements { name: "bdSeq" type: 4 as_long: ${session} }`)),
        },
      })
      edge.on('message', (_topic, payload) => told.push(decodeToText(payload)))
      await edge.subscribeAsync(topic, { qos: 1 })
      await edge.publishAsync(
        'spBv1.0/City/NBIRTH/Edge2',
        Buffer.from(
          encodeText(`sent_at: ${at} sequence: 0
          measurements { name: "bdSeq" taken_at: ${at} type: 4 as_long: ${session} }
          measurements { name: "Level" taken_at: ${at} type: 9 as_float: ${level} }`),
        ),
      )
      const commands = () => told.filter((text) => text.includes('"Level"'))
      return { edge, commands, cutOff: () => edge.stream.destroy() }
    }
    const target = async (id: string) => (await client.get<CommandView>(`/api/commands/${id}`)).targets[0]
    const armed = () => desk.arm('dim', ['SL-1'], { value: 40 })
    const ready = (count: number) => eventually(armed, (arming) => arming.ready === count)

    const first = await live(1, 100)
    const { id } = await desk.execute('sparkplug-command-1', await ready(1))
    await eventually(
      async () => first.commands().length,
      (count) => count === 1,
    )
    first.cutOff()
    // It died before it did anything: another command is refused, and this one says why it waits.
    expect((await ready(0)).objections).toMatchObject([
      { problem: 'not-commandable', words: { en: 'it is offline since its last death message' } },
    ])
    await eventually(
      () => target(id),
      (found) => found?.words?.en === 'it is offline since its last death message',
    )
    expect(await target(id)).toMatchObject({ state: 'sent', attempts: 1 })

    // Its birth says that it was not done, so it is told again; the next report shows it.
    const second = await live(2, 100)
    const [again] = await eventually(
      async () => second.commands(),
      (texts) => texts.length > 0,
    )
    expect(again).toMatch(/as_float: 40/)
    expect(await target(id)).toMatchObject({ state: 'sent', attempts: 2, words: null })
    second.cutOff()
    await ready(0)
    // It was done before the node was cut off: the birth shows that, and nothing is told again.
    const third = await live(3, 40)
    await eventually(
      () => target(id),
      (found) => found?.state === 'effect-seen',
    )
    await ready(1)
    expect(third.commands()).toEqual([])
    desk.socket.close()
    third.edge.end(true)
  },
  60_000,
)

test('nodes are told when the service stops', async () => {
  const other = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, { reconnectPeriod: 0 })
  const states: { online: boolean; timestamp: number }[] = []
  other.on('message', (_topic, payload) => states.push(JSON.parse(payload.toString())))
  const gone = new Promise<void>((resolve) => other.once('close', () => resolve()))
  await other.subscribeAsync('spBv1.0/STATE/lamplighter', { qos: 1 })
  await eventually(
    async () => states,
    ({ length }) => length === 1,
  )
  await server.end('SIGTERM')
  await gone
  expect(states.map(({ online }) => online)).toEqual([true, false])
  expect(states[1]?.timestamp).toBeGreaterThan(states[0]?.timestamp as number)
})
