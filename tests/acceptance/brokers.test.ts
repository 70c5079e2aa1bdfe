import { connect, connectAsync, type IClientOptions } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ListedBrokerConnection } from '../../src/edges/brokers/brokers.ts'
import type { CommandView } from '../../src/edges/http/command-schemas.ts'
import type { FacilityDetail } from '../../src/edges/http/schemas.ts'
import { startMosquitto } from '../edges/brokers/mosquitto.ts'
import { findProgram } from '../servers.ts'
import { deskOf } from './commanding.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const mosquitto = findProgram('mosquitto')
const facilities = [
  { id: 'SL-1', kind: 'street-light', name: 'Lamp 1', road: 'Yuhua Road' },
  { id: 'SL.2', kind: 'street-light', name: 'Lamp 2' },
]

describe.skipIf(!mosquitto)("somebody else's broker", () => {
  const { folder, remove } = testFolder()
  const stops: (() => unknown)[] = []
  let broker: Awaited<ReturnType<typeof startMosquitto>>
  let server: ServerProcess
  let client: Client

  beforeAll(async () => {
    broker = await startMosquitto(mosquitto as string)
    server = await startServer({ folder, facilities, env: { SERVER_ID: '' } })
    client = await signIn(server.url)
  })
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop()
    await server?.end('SIGTERM')
    await broker?.remove()
    remove()
  })

  const input = (more: object = {}) => ({
    ...{ title: 'City broker', enabled: true, url: `mqtt://127.0.0.1:${broker.port}`, protocol: '3.1.1', username: '', password: '' },
    ...{ clientId: 'lamplighter', topics: ['facilities/#', 'spBv1.0/#', 'other/#'], share: '', ca: '', certificate: '' },
    readAlong: { mode: 'off', query: '' },
    ...more,
  })
  async function other(options: IClientOptions = {}) {
    const one = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 100, ...options })
    stops.push(() => one.endAsync(true))
    const heard = new Map<string, string>()
    one.on('message', (topic, payload) => heard.set(topic, payload.toString()))
    return Object.assign(one, { heard })
  }
  const connection = async () => (await client.get<{ items: ListedBrokerConnection[] }>('/api/broker-connections')).items[0]
  const power = async () => (await client.get<FacilityDetail>('/api/facilities/SL-1')).latest.find(({ point }) => point === 'power')?.value

  test('it is tried before it counts, and what is wrong is told', async () => {
    const device = await other()
    await device.publishAsync('facilities/street-light/SL-1/telemetry', '{}', { qos: 1, retain: true })
    const trial = await client.post<object>('/api/broker-connections/city/try', input())
    expect(trial).toMatchObject({ connected: true, problem: null, refused: [], topics: [{ isRead: true }] })
    const wrong = await client.post<object>('/api/broker-connections/city/try', input({ url: 'mqtt://127.0.0.1:1' }))
    expect(wrong).toMatchObject({ connected: false, problem: expect.stringContaining('ECONNREFUSED') })
    expect(await connection()).toBeUndefined()
    await device.publishAsync('facilities/street-light/SL-1/telemetry', '', { qos: 1, retain: true })
  })

  test('what comes by it is read, through an outage and a new start of the service, and secrets are told nobody', async () => {
    const device = await other()
    await device.subscribeAsync('spBv1.0/STATE/#', { qos: 1 })
    const made = await client.put<ListedBrokerConnection>('/api/broker-connections/city', input({ username: 'u', password: 'secret-word' }))
    expect(JSON.stringify(made)).not.toContain('secret-word')
    await eventually(connection, (one) => one?.live.state === 'connected')
    await eventually(
      async () => device.heard.get('spBv1.0/STATE/lamplighter') ?? '',
      (state) => state.includes('"online":true'),
    )
    const report = (watts: number) =>
      device.publishAsync('facilities/street-light/SL-1/telemetry', JSON.stringify({ at: Date.now(), values: { power: watts } }), {
        qos: 1,
      })
    await report(81)
    await eventually(power, (value) => value === 81)

    await broker.stop()
    await eventually(connection, (one) => one?.live.state === 'away')
    await broker.start()
    await eventually(connection, (one) => one?.live.state === 'connected')
    await report(82)
    await eventually(power, (value) => value === 82)

    await server.end('SIGTERM')
    await eventually(
      async () => device.heard.get('spBv1.0/STATE/lamplighter') ?? '',
      (state) => state.includes('"online":false'),
    )
    await report(83)
    server = await startServer({ folder, facilities, env: { SERVER_ID: '' } })
    client = await signIn(server.url)
    await eventually(power, (value) => value === 83)
    const rejected = async () => (await client.get<{ counts: { reason: string }[] }>('/api/rejections')).counts.map(({ reason }) => reason)
    await device.publishAsync('other/topic', 'x', { qos: 1 })
    await eventually(rejected, (reasons) => reasons.includes('unknown-topic'))
  }, 60_000)

  test('others read along, and Home Assistant finds what there is; what is removed is cleared', async () => {
    const home = await other()
    await home.subscribeAsync(['lamplighter/#', 'homeassistant/#'], { qos: 1 })
    await client.put(
      '/api/broker-connections/city',
      input({ topics: ['facilities/#'], readAlong: { mode: 'home-assistant', query: 'kind=street-light' } }),
    )
    const state = async () => JSON.parse(home.heard.get('lamplighter/street-light/SL-1/state') ?? '{}')
    await eventually(state, ({ values }) => values?.power === 83)
    expect(home.heard.get('lamplighter/status')).toBe('online')
    const found = JSON.parse(home.heard.get('homeassistant/device/lamplighter_SL_dot_2/config') as string)
    expect(found).toMatchObject({
      device: { identifiers: ['lamplighter_SL_dot_2'], name: 'Lamp 2' },
      state_topic: 'lamplighter/street-light/SL.2/state',
      availability_topic: 'lamplighter/status',
      components: { power: { platform: 'sensor', device_class: 'power', unit_of_measurement: 'W', state_class: 'measurement' } },
    })
    await client.remove('/api/facilities/SL.2')
    await eventually(
      async () => home.heard.get('homeassistant/device/lamplighter_SL_dot_2/config'),
      (config) => config === '',
    )
    await client.remove('/api/broker-connections/city')
    await eventually(
      async () => [home.heard.get('lamplighter/status'), home.heard.get('lamplighter/street-light/SL-1/state')],
      (told) => told.every((payload) => payload === ''),
    )
  }, 30_000)

  test('what a broker had kept makes no reading of now, however often it is connected', async () => {
    await client.put('/api/device-profiles/zig', {
      ...{ title: 'Zig', dialect: 'mapped', kind: 'street-light', codec: null, fields: [{ field: '/power', point: 'power' }] },
      topics: { pattern: 'zig/{id}', facility: 'id', payload: 'json' },
    })
    const device = await other()
    const report = (watts: number) => device.publishAsync('zig/SL-1', JSON.stringify({ power: watts }), { qos: 1, retain: true })
    await report(71)
    const retained = async () =>
      (await client.get<{ counts: { reason: string; count: number }[] }>('/api/rejections')).counts.find(
        ({ reason }) => reason === 'retained',
      )
    await client.put('/api/broker-connections/zig', input({ clientId: 'zig', topics: ['zig/#'] }))
    await eventually(retained, (count) => count?.count === 1)
    await report(72)
    await eventually(power, (value) => value === 72)
    await client.put('/api/broker-connections/zig', input({ clientId: 'zig', topics: ['zig/#'], title: 'again' }))
    await eventually(retained, (count) => count?.count === 2)
    await report(73)
    await eventually(power, (value) => value === 73)
    await device.publishAsync('zig/SL-1', '', { qos: 1, retain: true })
  }, 30_000)

  test.each([
    { protocol: '5', late: 0 },
    // Nothing tells such a broker; the message itself does, for whoever reads it.
    { protocol: '3.1.1', late: 1 },
  ])(
    'a lamp that was away does nothing that has expired, over MQTT $protocol',
    async ({ protocol, late }) => {
      const lamp = 'SL-1'
      const id = `away-${protocol.replaceAll('.', '-')}`
      await client.put(`/api/device-profiles/${id}`, {
        ...{ title: 'Away', dialect: 'mapped', kind: 'street-light', codec: null, fields: [{ field: '/level', point: 'dim-actual' }] },
        topics: { pattern: `${id}/{id}/state`, facility: 'id', payload: 'json' },
        commands: [
          { command: 'dim', answerWithin: 5, message: { topic: `${id}/{id}/set`, payload: '{"level": {value}, "until": {expires}}' } },
        ],
      })
      const made = input({ clientId: id, topics: [`${id}/#`], protocol })
      await client.put(`/api/broker-connections/${id}`, made)
      const session = { clientId: `${id}-lamp`, clean: false, protocolVersion: 4 as const }
      const url = `mqtt://127.0.0.1:${broker.port}`
      const lampBefore = await connectAsync(url, session)
      await lampBefore.subscribeAsync(`${id}/${lamp}/set`, { qos: 1 })
      const armed = (level: number) => desk.arm('dim', [lamp], { value: level })
      const desk = await deskOf(client)
      await eventually(
        async () => {
          await lampBefore.publishAsync(`${id}/${lamp}/state`, '{"level": 100}', { qos: 1 })
          return armed(30)
        },
        ({ ready }) => ready === 1,
      )
      await lampBefore.endAsync()
      const { id: command } = await desk.execute(`expired-command-${late}`, await armed(30))
      await eventually(
        () => client.get<CommandView>(`/api/commands/${command}`),
        ({ targets }) => targets[0]?.state === 'failed',
      )
      // The broker counts whole seconds by its own clock.
      await new Promise((resolve) => setTimeout(resolve, 2500))
      const told: { level: number; isLate: boolean }[] = []
      const lampAfter = connect(url, session)
      stops.push(() => lampAfter.endAsync(true))
      lampAfter.on('message', (_topic, payload) => {
        const { level, until } = JSON.parse(String(payload))
        told.push({ level, isLate: until <= Date.now() })
      })
      await new Promise((resolve) => lampAfter.once('connect', resolve))
      await desk.execute(`later-command-00${late}`, await armed(60))
      await eventually(
        async () => told,
        (messages) => messages.some(({ level }) => level === 60),
      )
      const levels = (isLate: boolean) => [...new Set(told.filter((message) => message.isLate === isLate).map(({ level }) => level))]
      expect([levels(false), levels(true)]).toEqual([[60], late === 0 ? [] : [30]])
      desk.socket.close()
    },
    40_000,
  )
})
