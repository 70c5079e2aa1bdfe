import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, describe, expect, test } from 'vitest'
import type { AlarmView, FacilityDetail } from '../../src/edges/http/schemas.ts'
import { findProgram } from '../servers.ts'
import { startInfluxd } from '../storage/influxdb/server.ts'
import { type Client, eventually, signIn, startServer, testFolder } from './server-process.ts'

const influxd = findProgram('influxd')
const pump = 'facilities/pump-station/PS-1/telemetry'
const facilities = [{ id: 'PS-1', kind: 'pump-station' }]

const stops: (() => unknown)[] = []
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

const alarmsOf = (client: Client, rule: string) => async () =>
  (await client.get<{ items: AlarmView[] }>(`/api/alarms?facility=lamplighter&rule=${rule}`)).items
const isActive = (alarms: AlarmView[]) => alarms[0]?.active === true
const hasEnded = (alarms: AlarmView[]) => alarms[0]?.active === false

async function latest(client: Client): Promise<Record<string, unknown>> {
  const detail = await client.get<FacilityDetail>('/api/facilities/lamplighter')
  return Object.fromEntries(detail.latest.map(({ point, value }) => [point, value]))
}

test('the service is there by itself, reports, and lets nobody report for it; without an id it is not', {
  timeout: 60_000,
}, async () => {
  const { folder, remove } = testFolder()
  stops.push(remove)
  const first = await startServer({ folder, facilities })
  const client = await signIn(first.url)
  const values = await eventually(
    () => latest(client),
    (values) => Object.keys(values).length > 10,
  )
  expect(values).toMatchObject({ 'journal-writable': true, 'store-reachable': true, 'given-up-hour': 0 })
  expect(values.memory).toBeGreaterThan(20)
  const device = await connectAsync(`mqtt://127.0.0.1:${first.mqttPort}`)
  const forged = JSON.stringify({ at: Date.now(), values: { 'store-reachable': false, 'set-aside': 5 } })
  await device.publishAsync('facilities/server/lamplighter/telemetry', forged, { qos: 1 })
  await device.publishAsync('gateways/lamplighter/status', 'offline', { qos: 1 })
  const { counts } = await client.get<{ counts: { reason: string; count: number }[] }>('/api/rejections')
  expect(counts).toMatchObject([{ reason: 'reserved-topic', count: 2 }])
  expect(await latest(client)).toMatchObject({ 'store-reachable': true, 'set-aside': 0 })
  await device.endAsync()
  await first.end('SIGTERM')

  const bare = testFolder()
  stops.push(bare.remove)
  const second = await startServer({ folder: bare.folder, facilities, env: { SERVER_ID: '' } })
  const { items } = await (await signIn(second.url)).get<{ items: { id: string }[] }>('/api/facilities')
  expect(items.map(({ id }) => id)).toEqual(['PS-1'])
  await second.end('SIGTERM')
})

test.skipIf(!influxd)(
  'a database that is killed is an alarm, and so is the telemetry given up for it; the first ends when it is back',
  { timeout: 150_000, concurrent: true },
  async () => {
    const { folder, remove } = testFolder()
    stops.push(remove)
    const database = await startInfluxd(influxd as string)
    stops.push(() => database.stop())
    const env = { TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: database.url, JOURNAL_MAX_MB: '8' }
    const server = await startServer({ folder, facilities, env })
    stops.push(() => server.end('SIGKILL'))
    const client = await signIn(server.url)
    const changes = { onDelay: 3000, offDelay: 1000 }
    await client.put('/api/overrides', { scope: { kind: 'server' }, rule: 'store-away', changes, reason: 'trial' })
    await database.pause()
    const away = await eventually(alarmsOf(client, 'store-away'), isActive, 40_000)
    expect(away).toMatchObject([{ priority: 'high', evidence: { values: { 'store-reachable': false } } }])

    const device = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
    const padding = 'x'.repeat(60_000)
    for (let i = 0; i < 250; i++) {
      await device.publishAsync(pump, JSON.stringify({ at: Date.now(), values: { 'outlet-pressure': 0.4 }, padding }), { qos: 1 })
    }
    const [lost] = await eventually(alarmsOf(client, 'telemetry-given-up'), isActive, 40_000)
    expect(lost).toMatchObject({ priority: 'high', state: 'unacknowledged' })
    expect(lost?.evidence?.values['given-up-hour']).toBeGreaterThan(10)
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/lamplighter_journal_given_up_total [1-9]/)

    await database.resume()
    await eventually(alarmsOf(client, 'store-away'), hasEnded, 60_000)
    await device.endAsync()
  },
)

describe('a disk', { concurrent: true }, () => {
  const mountPoint = mkdtempSync(join(tmpdir(), 'lamplighter-disk-'))
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', mountPoint]).status === 0
  if (!isMounted) rmSync(mountPoint, { recursive: true })

  test.skipIf(!isMounted)(
    'that fills is an alarm while there is space, and when nothing is taken any more; both end when there is room (needs the right to mount)',
    { timeout: 180_000 },
    async () => {
      stops.push(() => {
        spawnSync('umount', ['-l', mountPoint])
        rmSync(mountPoint, { recursive: true })
      })
      const server = await startServer({ folder: mountPoint, facilities })
      stops.push(() => server.end('SIGKILL'))
      const client = await signIn(server.url)
      for (const rule of ['disk-nearly-full', 'journal-unwritable'])
        await client.put('/api/overrides', { scope: { kind: 'server' }, rule, changes: { offDelay: 1000 }, reason: 'trial' })
      const ballast = join(mountPoint, 'ballast')
      const leave = (bytes: number) => {
        const { bavail, bsize } = statfsSync(mountPoint)
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)))
      }
      leave(4e6)
      const [nearly] = await eventually(alarmsOf(client, 'disk-nearly-full'), isActive, 40_000)
      expect(nearly).toMatchObject({ priority: 'critical' })
      rmSync(ballast)
      leave(1e6)
      const [unwritable] = await eventually(alarmsOf(client, 'journal-unwritable'), isActive, 40_000)
      expect(unwritable).toMatchObject({ priority: 'critical' })
      const device = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, { reconnectPeriod: 0 })
      const isAcknowledged = device
        .publishAsync(pump, JSON.stringify({ at: Date.now(), values: { 'outlet-pressure': 0.4 } }), { qos: 1 })
        .then(
          () => true,
          () => false,
        )
      const ready = await fetch(`${server.url}/readyz`)
      expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('no telemetry is taken')])
      await device.endAsync(true)
      expect(await isAcknowledged).toBe(false)

      rmSync(ballast)
      await eventually(alarmsOf(client, 'journal-unwritable'), hasEnded, 60_000)
      await eventually(alarmsOf(client, 'disk-nearly-full'), hasEnded, 90_000)
      const again = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
      await again.publishAsync(pump, JSON.stringify({ at: Date.now(), values: { 'outlet-pressure': 0.4 } }), { qos: 1 })
      await again.endAsync()
    },
  )
})
