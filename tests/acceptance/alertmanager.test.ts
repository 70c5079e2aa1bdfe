import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import type { Alert } from '../../src/dispatch/alert.ts'
import type { ListedAlertSource } from '../../src/edges/alert-sources.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { usualAlertSource } from '../../src/facilities/external-system/alert-source.ts'
import { seconds } from '../../src/telemetry/duration.ts'
import { type Client, eventually, signIn, startServer, testFolder } from './server-process.ts'

const stops: (() => unknown)[] = []
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

const alert = (n: number, status: 'firing' | 'resolved', more: Record<string, string> = {}) => ({
  ...{ status, fingerprint: n.toString(16).padStart(16, '0'), generatorURL: 'http://prometheus:9090/graph' },
  ...{
    startsAt: new Date(Date.now() - 2000).toISOString(),
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : new Date().toISOString(),
  },
  labels: { alertname: `Alert${n}`, severity: 'critical', ...more },
  annotations: { summary: `机柜 ${n} 温度过高` },
})
const alarmsOf = async (client: Client) =>
  (await client.get<{ items: AlarmView[] }>('/api/alarms?facility=racks')).items.map(({ id, rule, state, active, occurrenceCount }) => ({
    ...{ id, rule, state, active, occurrenceCount },
  }))

test('alerts that were answered outlive a kill -9 as the alarms they were, and their ends are known after it', {
  timeout: 120_000,
}, async () => {
  const { folder, remove } = testFolder()
  stops.push(remove)
  let server = await startServer({ folder })
  stops.push(() => server.end('SIGKILL'))
  let client = await signIn(server.url)
  await client.put('/api/alert-sources/racks', { ...usualAlertSource, name: '机房监控' })
  const { token } = await client.post<{ token: string }>('/api/alert-sources/racks/token', {})
  const send = async (...alerts: object[]) => {
    const response = await fetch(`${server.url}/api/alertmanager/racks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ version: '4', groupKey: '{}', status: 'firing', receiver: 'lamps', alerts }),
    })
    return [response.status, await response.json()]
  }
  expect(await send(alert(1, 'firing'), alert(2, 'firing'), alert(0, 'firing', { alertname: 'Watchdog', severity: 'none' }))).toEqual([
    ...[200, { changed: 2, leftOut: 0 }],
  ])
  await server.end('SIGKILL')

  server = await startServer({ folder })
  client = await signIn(server.url)
  const after = await alarmsOf(client)
  expect(after.map(({ rule, state }) => `${rule} ${state}`).sort()).toEqual([
    'alert-critical:0000000000000001 unacknowledged',
    'alert-critical:0000000000000002 unacknowledged',
  ])
  expect((await client.get<AlarmView>(`/api/alarms/${after[0]?.id}`)).texts?.title.zh).toMatch(/^Alert\d: 机柜 \d 温度过高$/)
  // What the sender repeats is known, and nothing fires again.
  expect(await send(alert(1, 'firing'), alert(2, 'resolved'))).toEqual([200, { changed: 1, leftOut: 0 }])
  const ended = await eventually(
    () => alarmsOf(client),
    (alarms) => alarms.some(({ active }) => !active),
  )
  expect(ended.map(({ state, occurrenceCount }) => `${state} ${occurrenceCount}`).sort()).toEqual([
    'rtn-unacknowledged 1',
    'unacknowledged 1',
  ])
  const { items } = await client.get<{ items: ListedAlertSource[] }>('/api/alert-sources')
  expect(items).toMatchObject([{ id: 'racks', active: 1, leftOut: 0, token: { by: 'admin' } }])
  const forged = await fetch(`${server.url}/api/alertmanager/racks`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: `Bearer ${token}x` },
  })
  expect(forged.status).toBe(401)
  await server.end('SIGTERM')
})

test('an Alertmanager is told of an alarm while it stands, over a kill -9 too, and of its end', { timeout: 120_000 }, async () => {
  const got: Alert[] = []
  const alertmanager = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      got.push(...(JSON.parse(body) as Alert[]).filter(({ labels }) => labels.alertname === 'suction-low'))
      response.writeHead(200).end()
    })
  })
  await new Promise<void>((up) => alertmanager.listen(0, '127.0.0.1', up))
  stops.push(() => alertmanager.close())
  const { folder, remove } = testFolder()
  stops.push(remove)
  const env = { NOTIFY_ALLOWED_ADDRESSES: '127.0.0.1' }
  let server = await startServer({ folder, env, facilities: [{ id: 'PS-1', kind: 'pump-station', district: 'North' }] })
  stops.push(() => server.end('SIGKILL'))
  const client = await signIn(server.url)
  const began = Date.now()
  // Reports of the last five minutes, judged in their own time.
  const send = async (from: number, until: number, inlet: number) => {
    const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
    for (let at = began - seconds(from); at < began - seconds(until); at += seconds(10)) {
      await mqtt.publishAsync('facilities/pump-station/PS-1/telemetry', JSON.stringify({ at, values: { 'inlet-pressure': inlet } }), {
        qos: 1,
      })
    }
    await mqtt.endAsync()
  }
  await client.put('/api/channels/am', {
    ...{ name: 'Alertmanager', language: 'en', types: ['alarm'], districts: 'all', domains: 'all', template: null, disabled: false },
    settings: { type: 'alertmanager', url: `http://127.0.0.1:${(alertmanager.address() as AddressInfo).port}` },
    limits: { perMinute: 20, digestAbove: 3 },
  })
  const told = (from: number) =>
    eventually(
      async () => got.slice(from),
      (alerts) => alerts.length > 0,
    )
  await send(300, 150, 0.01)
  const [firing] = (await told(0)) as [Alert]
  expect(firing.labels).toMatchObject({ job: 'lamplighter', facility: 'PS-1', kind: 'pump-station', district: 'North' })
  expect(Date.parse(firing.endsAt)).toBeGreaterThan(Date.now())
  await server.end('SIGKILL')

  let known = got.length
  server = await startServer({ folder, env })
  const [after] = (await told(known)) as [Alert]
  expect([after.labels, after.startsAt]).toEqual([firing.labels, firing.startsAt])
  expect(Date.parse(after.endsAt)).toBeGreaterThan(Date.now())
  known = got.length
  await send(140, 0, 0.2)
  const [ended] = (await told(known)) as [Alert]
  expect([ended.labels, ended.startsAt]).toEqual([firing.labels, firing.startsAt])
  expect(Date.parse(ended.endsAt)).toBeLessThanOrEqual(Date.now())
  await server.end('SIGTERM')
})
