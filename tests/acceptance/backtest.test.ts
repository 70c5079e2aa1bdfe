import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { days, minutes, seconds } from '../../src/telemetry/duration.ts'
import { eventually, PASSWORD, signIn, startServer, testFolder } from './server-process.ts'

const { folder, remove } = testFolder()
afterAll(remove)

interface Side {
  score: Record<string, number | null> | null
}

interface JobView {
  id: string
  state: string
  trouble: string | null
  result: {
    counts: Record<string, number>
    readings: number
    changes: number
    byRule: { rule: string }[]
    before: Side
    after: Side
  } | null
}

test('the running server tries other rules on its journal and on its time series, and on nothing else', async () => {
  const pumps = ['PS-1', 'PS-2'].map((id) => ({ id, kind: 'pump-station' }))
  const server = await startServer({ folder, facilities: pumps, env: { SERVER_ID: '' } })
  const client = await signIn(server.url)
  const session = await fetch(`${server.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'admin', password: PASSWORD }),
  })
  const cookie = (session.headers.get('set-cookie') ?? '').split(';', 1)[0] as string
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { cookie, ...(body !== undefined && { 'content-type': 'application/json' }) }
    const response = await fetch(server.url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
  const begun = Date.now() - minutes(1)
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
  for (let i = 0; i < 60; i++) {
    const at = begun + seconds(i)
    const pressure = i > 20 && i < 40 ? 0.9 : 0.4
    for (const { id } of pumps) {
      const body = JSON.stringify({ at, values: { 'outlet-pressure': id === 'PS-1' ? pressure : 0.4 } })
      await mqtt.publishAsync(`facilities/pump-station/${id}/telemetry`, body, { qos: 1 })
    }
  }
  await mqtt.endAsync()
  await eventually(
    async () => (await (await fetch(`${server.url}/metrics`)).text()).match(/^lamplighter_store_lag_messages(?:\{.*\})? (\d+)/m)?.[1],
    (lag) => lag === '0',
  )
  const proposals = [{ scope: { kind: 'pump-station' }, rule: 'outlet-pressure-high', changes: { enabled: false } }]
  const tried = async (request: object) => {
    const started = await ask('POST', '/api/backtests', { proposals, ...request })
    expect(started.status).toBe(202)
    return eventually(
      () => client.get<JobView>(`/api/backtests/${started.body.id}`),
      ({ state }) => state !== 'waiting' && state !== 'running',
    )
  }
  for (const request of [
    { source: 'journal' },
    { from: begun, lead: 0, query: 'id=PS-1' },
    { from: new Date(begun - days(300)).toISOString() },
  ]) {
    const job = await tried(request)
    expect(job).toMatchObject({ state: 'done', trouble: null, result: { counts: { lost: 1, after: 0 }, changes: 1 } })
    expect(job.result?.readings).toBe('query' in request ? 60 : 120)
    const { items } = await client.get<{ items: unknown[] }>(`/api/backtests/${job.id}/changes`)
    expect(items).toMatchObject([{ type: 'lost', facility: 'PS-1', rule: 'outlet-pressure-high', before: { hidden: false }, after: null }])
  }
  const labels = [
    { facility: 'PS-1', from: begun + seconds(20), to: new Date(begun + seconds(40)).toISOString(), rule: 'outlet-pressure-high' },
    { facility: 'PS-2', from: begun + seconds(1) },
  ]
  const scored = await tried({ source: 'journal', labels })
  expect(scored.result?.before.score).toMatchObject({ alarms: 1, trueAlarms: 1, labels: 2, detected: 1, precision: 1, recall: 0.5 })
  expect(scored.result?.after.score).toMatchObject({ alarms: 0, labels: 2, detected: 0, precision: null, recall: 0 })
  const ofOne = await tried({ source: 'journal', labels, query: 'id=PS-1' })
  expect(ofOne.result?.before.score).toMatchObject({ labels: 1, recall: 1 })
  expect((await tried({ source: 'journal' })).result?.before.score).toBeNull()
  expect((await ask('POST', '/api/backtests', { proposals: [{ ...proposals[0], rule: 'nope' }], source: 'journal' })).status).toBe(400)
  expect((await ask('POST', '/api/backtests', { proposals })).body.detail).toContain('needs from')
  expect((await ask('GET', '/api/backtests/nobody')).status).toBe(404)
  const [newest] = await client.get<JobView[]>('/api/backtests')
  expect((await ask('DELETE', `/api/backtests/${newest?.id}`)).status).toBe(204)
  expect((await ask('GET', `/api/backtests/${newest?.id}`)).status).toBe(404)
  expect(await client.get('/api/rules/export')).toEqual({ groups: [], overrides: [] })
  await server.end('SIGTERM')
})
