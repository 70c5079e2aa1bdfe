import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode } from 'cborg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Snapshot } from '../../src/edges/http/live-schemas.ts'
import type { FacilityDetail } from '../../src/edges/http/schemas.ts'
import { findProgram } from '../servers.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const facilities = [
  { id: 'GS-1', kind: 'gas-station', name: 'Gas station 1' },
  { id: 'GS-2', kind: 'gas-station', name: 'Gas station 2' },
  { id: 'GS-3', kind: 'gas-station', name: 'Gas station 3' },
  { id: 'L-7', kind: 'street-light', name: 'Lamp 7' },
]
const { folder, remove } = testFolder()
const mosquittoPub = findProgram('mosquitto_pub') as string
let server: ServerProcess
let client: Client

beforeAll(async () => {
  server = await startServer({ folder, facilities, env: { MQTT_MAX_PAYLOAD: '4096' } })
  client = await signIn(server.url)
})
afterAll(async () => {
  await server.end('SIGTERM')
  remove()
})

/** As a foreign client sends it; returns when the broker has acknowledged it. */
function publish(topic: string, payload: Uint8Array | string): void {
  const file = join(folder, 'payload')
  writeFileSync(file, payload)
  execFileSync(mosquittoPub, ['-p', String(server.mqttPort), '-q', '1', '-t', topic, '-f', file])
}
const latest = async (id: string) => {
  const { latest } = await client.get<FacilityDetail>(`/api/facilities/${id}`)
  return Object.fromEntries(latest.map(({ point, value, at }) => [point, [value, at]]))
}
const has = (point: string) => (values: Record<string, unknown>) => values[point] !== undefined

const eui = '70b3d5b020073208'
const uplinkTopic = `application/6f1b7a52/device/${eui}/event/up`
const envelope = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/lorawan/chirpstack-v4-up.json'), 'utf8'))
/** An uplink of a gas detector, heard now by one gateway. */
const uplink = (at: number, percent: number) => {
  const time = `${new Date(at).toISOString().slice(0, -1)}172638+00:00`
  return JSON.stringify({
    ...envelope,
    time,
    rxInfo: [{ gatewayId: 'g', rssi: -90, snr: 5 }],
    object: { gas: { lel: String(percent / 100) } },
  })
}

describe.skipIf(!mosquittoPub)('other dialects', () => {
  test('an uplink of an unbound device is offered for binding, and its next one is read and raises an alarm', async () => {
    const at = Date.now()
    publish(uplinkTopic, uplink(at, 2))
    const { items } = await client.get<{ items: { address: string; topic: string; text: string }[] }>('/api/device-bindings/unbound')
    expect(items).toMatchObject([{ address: eui, topic: uplinkTopic, text: uplink(at, 2) }])

    const fields = [{ field: '/gas/lel', point: 'ch4-1', scale: 100 }]
    await client.put('/api/device-profiles/gas-detector', {
      title: 'Gas detector',
      dialect: 'lorawan',
      kind: 'gas-station',
      codec: null,
      fields,
    })
    await client.put('/api/device-bindings', { dialect: 'lorawan', address: eui, facility: 'GS-1', profile: 'gas-detector' })
    publish(uplinkTopic, uplink(at, 2))
    const read = await eventually(() => latest('GS-1'), has('ch4-1'))
    expect(read).toEqual({ 'ch4-1': [2, at] })

    publish(uplinkTopic, uplink(at + 1, 45))
    const { alarms } = await eventually(
      () => client.get<Snapshot>('/api/snapshot'),
      ({ alarms }) => alarms.length > 0,
    )
    expect(alarms[0]).toMatchObject({ facility: 'GS-1', priority: 'critical', state: 'unacknowledged', raised: at + 1 })
  })

  test('an uplink that comes twice is one reading', async () => {
    const at = Date.now()
    for (let i = 0; i < 2; i++) publish(uplinkTopic, uplink(at, 44))
    await eventually(
      () => latest('GS-1'),
      (values) => (values['ch4-1'] as unknown[])[1] === at,
    )
    const metrics = () => fetch(`${server.url}/metrics`).then((answer) => answer.text())
    expect(await eventually(metrics, (text) => text.includes('duplicate_readings_total 1'))).toMatch(
      /^lamplighter_duplicate_readings_total 1$/m,
    )
  })

  test('a device that was let in for its own topic does not speak for the DevEUI of another', async () => {
    await client.put('/api/devices/box-9', { sort: 'device', topics: ['v3/city-lamps@ttn/devices/box-9/#'] })
    const { secret } = await client.post<{ secret: string }>('/api/devices/box-9/credentials', { type: 'password' })
    const before = await latest('GS-1')
    const ids = { device_id: 'box-9', application_ids: { application_id: 'city-lamps' }, dev_eui: eui }
    const said = { f_port: 1, frm_payload: 'AQ==', decoded_payload: { gas: { lel: '0.99' } } }
    const body = JSON.stringify({ end_device_ids: ids, received_at: new Date().toISOString(), uplink_message: said })
    const login = ['-i', 'box-9', '-u', 'box-9', '-P', secret]
    execFileSync(mosquittoPub, [
      ...['-p', String(server.mqttPort), ...login],
      ...['-q', '1', '-t', 'v3/city-lamps@ttn/devices/box-9/up', '-m', body],
    ])
    const { counts } = await client.get<{ counts: { reason: string; count: number }[] }>('/api/rejections')
    expect(counts).toContainEqual(expect.objectContaining({ reason: 'not-allowed', count: 1 }))
    expect(await latest('GS-1')).toEqual(before)
  })

  test('a vendor’s codec decodes the bytes, and one that never ends stops nobody', async () => {
    const good = 'function decodeUplink(input) { return { data: { lel: input.bytes[0] / 2, port: input.fPort } } }'
    const endless = 'function decodeUplink() { while (true) {} }'
    const devices = [
      { facility: 'GS-2', codec: 'gas-good', source: good, eui: '70b3d5b020073209' },
      { facility: 'GS-3', codec: 'gas-endless', source: endless, eui: '70b3d5b02007320a' },
    ]
    for (const { facility, codec, source, eui } of devices) {
      await client.put(`/api/vendor-codecs/${codec}`, { title: codec, source, samples: [], reason: 'new' })
      const fields = [{ field: '/lel', point: 'ch4-1' }]
      await client.put(`/api/device-profiles/${codec}`, { title: codec, dialect: 'lorawan', kind: 'gas-station', codec, fields })
      await client.put('/api/device-bindings', { dialect: 'lorawan', address: eui, facility, profile: codec })
    }
    const at = Date.now()
    for (let i = 0; i < 5; i++)
      for (const { eui } of devices.toReversed()) {
        const raw = { ...JSON.parse(uplink(at + i, 0)), object: undefined, data: Buffer.of(6 + i).toString('base64') }
        publish(`application/6f1b7a52/device/${eui}/event/up`, JSON.stringify({ ...raw, deviceInfo: { ...raw.deviceInfo, devEui: eui } }))
      }
    const read = await eventually(
      () => latest('GS-2'),
      (values) => (values['ch4-1'] as unknown[] | undefined)?.[1] === at + 4,
    )
    expect(read['ch4-1']).toEqual([5, at + 4])
    const failures = await eventually(
      () => client.get<{ figures: { failures: Record<string, number>; suspendedUntil: number | null } }>('/api/vendor-codecs/gas-endless'),
      ({ figures }) => Object.values(figures.failures).reduce((sum, count) => sum + count, 0) === 5,
    )
    expect(failures.figures.failures).toEqual({ 'codec-timeout': 3, 'device-suspended': 2 })
    expect(failures.figures.suspendedUntil).toBeNull()
    const { counts } = await client.get<{ counts: { reason: string; count: number }[] }>('/api/rejections')
    expect(counts).toContainEqual(expect.objectContaining({ reason: 'codec-suspended', count: 2 }))
  })

  test('a plain topic is read by its profile', async () => {
    await client.put('/api/device-profiles/site-lamp', {
      ...{ title: 'Lamp of the site', dialect: 'mapped', kind: 'street-light', codec: null },
      fields: [
        { field: '/mA', point: 'current', unit: 'mA' },
        { field: '/state', point: 'relay', enum: { ON: true, OFF: false } },
      ],
      topics: { pattern: 'site/{site}/lamp/{id}', facility: 'id', payload: 'json', time: { field: '/ts', format: 's' } },
    })
    const at = Math.floor(Date.now() / 1000)
    publish('site/north/lamp/L-7', JSON.stringify({ ts: at, mA: 262, state: 'ON', power: 999 }))
    expect(await eventually(() => latest('L-7'), has('current'))).toEqual({ current: [0.262, at * 1000], relay: [true, at * 1000] })
  })

  test('a payload within the limit is taken although what it says is longer in the native dialect', async () => {
    await client.put('/api/device-profiles/log-lamp', {
      ...{ title: 'Lamp with a log', dialect: 'mapped', kind: 'street-light', codec: null },
      fields: [
        { field: '/w', point: 'power' },
        { field: '/i', point: 'current' },
      ],
      topics: { pattern: 'log/{id}', facility: 'id', payload: 'cbor', reports: '', time: { field: '/t', format: 'ms' } },
    })
    const at = Date.now()
    const log = encode(Array.from({ length: 200 }, (_, i) => ({ t: at - 199 + i, ...(i < 20 ? { w: 40 } : { i: 0.5 }) })))
    expect(log.length).toBeLessThan(4096)
    publish('log/L-7', log)
    expect((await eventually(() => latest('L-7'), has('power'))).power).toEqual([40, at - 180])
  })

  test('a native report may be CBOR', async () => {
    const at = Date.now()
    publish('facilities/street-light/L-7/telemetry', encode({ at, values: { voltage: 229.5 } }))
    expect((await eventually(() => latest('L-7'), has('voltage'))).voltage).toEqual([229.5, at])
  })

  test('profiles and bindings survive a kill', async () => {
    await server.end('SIGKILL')
    server = await startServer({ folder, facilities })
    client = await signIn(server.url)
    const at = Date.now()
    publish(uplinkTopic, uplink(at, 43))
    const isRead = (values: Record<string, unknown>) => (values['ch4-1'] as unknown[] | undefined)?.[1] === at
    expect((await eventually(() => latest('GS-1'), isRead))['ch4-1']).toEqual([43, at])
  })
})
