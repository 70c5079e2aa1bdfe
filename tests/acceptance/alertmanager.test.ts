import { afterAll, expect, test } from 'vitest'
import type { ListedAlertSource } from '../../src/edges/alert-sources.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { usualAlertSource } from '../../src/facilities/external-system/alert-source.ts'
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
