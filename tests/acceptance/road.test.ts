import { execFileSync } from 'node:child_process'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src/edges/http/live-schemas.ts'
import type { ReadingsView } from '../../src/edges/http/reading-schemas.ts'
import type { AlarmView, FacilityDetail } from '../../src/edges/http/schemas.ts'
import type { Delta, LiveReadings } from '../../src/edges/live/protocol.ts'
import { findProgram } from '../servers.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const facilities = [
  { id: 'PS-1', kind: 'pump-station', name: 'Pump station 1' },
  { id: 'GS-1', kind: 'gas-station', name: 'Gas station 1' },
]
const { folder, remove } = testFolder()
let server: ServerProcess
let client: Client

beforeAll(async () => {
  server = await startServer({ folder, facilities })
  client = await signIn(server.url)
})
afterAll(async () => {
  await server.end('SIGTERM')
  remove()
})

const topic = (kind: string, id: string) => `facilities/${kind}/${id}/telemetry`
const mosquittoPub = findProgram('mosquitto_pub')

describe('the whole road', () => {
  test.skipIf(!mosquittoPub)('a value published by a foreign client reaches a live client and the store', async () => {
    const socket = client.live()
    // The first answer to a watch is what is known so far: nothing.
    const heard = new Promise<LiveReadings>((resolve) => socket.on('readings', (news) => news.readings.length > 0 && resolve(news)))
    await new Promise<void>((resolve) => socket.on('connect', () => resolve()))
    socket.emit('watch', 'PS-1')
    // The server takes the watch before it takes the next message of this test over another connection.
    await client.get('/api/session')
    const at = Date.now()
    const payload = JSON.stringify({ at, values: { 'outlet-pressure': 0.41 } })
    execFileSync(mosquittoPub as string, ['-p', String(server.mqttPort), '-q', '1', '-t', topic('pump-station', 'PS-1'), '-m', payload])
    expect(await heard).toMatchObject({ facility: 'PS-1', readings: [['outlet-pressure', 0.41, at, true]] })
    socket.close()
    const detail = await client.get<FacilityDetail>('/api/facilities/PS-1')
    expect(detail).toMatchObject({ lastReport: at, latest: [{ point: 'outlet-pressure', value: 0.41, good: true }] })
    const stored = await eventually(
      () => client.get<ReadingsView>(`/api/facilities/PS-1/readings?points=outlet-pressure&from=${at - 1000}`),
      (view) => (view.series[0]?.at.length ?? 0) > 0,
    )
    expect(stored.series[0]).toMatchObject({ at: [at], value: [0.41], good: [true] })
  })

  test('a gas leak is on the wall at once, survives a kill, and does not fire again', async () => {
    const socket = client.live()
    const heard = new Promise<Delta>((resolve) => socket.on('delta', (delta) => delta.alarms.length > 0 && resolve(delta)))
    await new Promise<void>((resolve) => socket.on('connect', () => resolve()))
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
    const at = Date.now()
    await mqtt.publishAsync(topic('gas-station', 'GS-1'), JSON.stringify({ at, values: { 'ch4-1': 45 } }), { qos: 1 })
    const { alarms } = await heard
    expect(alarms[0]).toMatchObject({ facility: 'GS-1', priority: 'critical', state: 'unacknowledged', raised: at })
    socket.close()
    await mqtt.endAsync(true)

    const before = await client.get<Snapshot>('/api/snapshot')
    await client.post(`/api/alarms/${alarms[0]?.id}/acknowledge`, { comment: 'crew is on its way' })
    await server.end('SIGKILL')
    server = await startServer({ folder, facilities })
    client = await signIn(server.url)
    const after = await client.get<Snapshot>('/api/snapshot')
    expect(after.alarms.map((a) => [a.id, a.rule, a.occurrenceCount])).toEqual(before.alarms.map((a) => [a.id, a.rule, a.occurrenceCount]))
    expect(after.alarms.find((a) => a.id === alarms[0]?.id)?.acknowledged).toMatchObject({ by: 'admin', comment: 'crew is on its way' })
  })

  test('an alarm that protects lives is refused to the shelf, and says why', async () => {
    const { alarms } = await client.get<Snapshot>('/api/snapshot')
    const gas = alarms.find((a) => a.facility === 'GS-1') as AlarmView
    await expect(client.post(`/api/alarms/${gas.id}/shelve`, { minutes: 10, reason: 'noise' })).rejects.toThrow(
      /409[\s\S]*cannot be shelved/,
    )
  })

  test('bad messages are counted by reason with their bytes, and the good one after them is taken', async () => {
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
    const pump = topic('pump-station', 'PS-1')
    const at = Date.now()
    for (const [to, payload] of [
      [pump, '{"at":'],
      [pump, Buffer.from([0x7b, 0xff])],
      [pump, JSON.stringify({ at: at + 3_600_000, values: {} })],
      [pump, JSON.stringify({ at: 1, values: {} })],
      [pump, JSON.stringify({ at, values: { nonsense: 1, 'outlet-pressure': 'high' } })],
      [pump, '['.repeat(1000)],
      [pump, `${'['.repeat(100)}${']'.repeat(100)}`],
      [topic('pump-station', 'PS-99'), JSON.stringify({ at, values: {} })],
      ['somewhere/else', 'x'],
    ] as const) {
      await mqtt.publishAsync(to, payload, { qos: 1 })
    }
    await mqtt.publishAsync(pump, JSON.stringify({ at: at + 1, values: { 'outlet-pressure': 746 } }), { qos: 1 })
    await mqtt.endAsync()
    const { counts, samples } = await client.get<{ counts: { reason: string; count: number }[]; samples: { topic: string }[] }>(
      '/api/rejections',
    )
    const counted = Object.fromEntries(counts.map(({ reason, count }) => [reason, count]))
    expect(counted).toMatchObject({
      'malformed-json': 2,
      'not-utf8': 1,
      'time-in-future': 1,
      'time-too-old': 1,
      'unknown-point': 1,
      'wrong-type': 1,
      'too-deep': 1,
      'unknown-facility': 1,
      'unknown-topic': 1,
    })
    expect(samples.map((s) => s.topic)).toContain('somewhere/else')
    const detail = await client.get<FacilityDetail>('/api/facilities/PS-1')
    expect(detail.latest).toMatchObject([{ point: 'outlet-pressure', value: 746, good: false }])
    // Snapshots follow changes by the length of a delta.
    const { alarms } = await eventually(
      () => client.get<Snapshot>('/api/snapshot'),
      (snapshot) => snapshot.alarms.some((alarm) => alarm.facility === 'PS-1'),
    )
    expect(alarms.filter((a) => a.facility === 'PS-1').map((a) => a.rule)).toEqual(['sensor-fault'])
  })
})
