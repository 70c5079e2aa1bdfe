/*
 * No InfluxDB 2 server is available to tests. What is written goes to VictoriaMetrics, which speaks the same write API but keeps only numbers
 * (booleans as 0 and 1, no strings) and knows neither buckets nor Flux. Flux queries are checked as text against a server that gives recorded answers.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { openInfluxdb2 } from '../../../src/storage/influxdb/influxdb2-telemetry-store.ts'
import { RowsRefused } from '../../../src/storage/refused-rows.ts'
import { findProgram } from '../../servers.ts'
import { contractKind, latestOf, NOON, rowsOf } from '../telemetry-store.contract.ts'
import { freePort, startOutsideServer } from './server.ts'

const open = (url: string) => openInfluxdb2({ url, org: 'city', bucket: 'b"x', token: 't', kinds: [contractKind], timeout: 5000 })

interface Recorded {
  method: string
  path: string
  body: string
}

type Answer = (request: Recorded) => { status?: number; body?: string; type?: string } | undefined

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function serve(answer: Answer): Promise<{ url: string; requests: Recorded[] }> {
  const requests: Recorded[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
    const recorded = { method: request.method ?? '', path: request.url ?? '', body }
    requests.push(recorded)
    const given = answer(recorded) ?? {}
    response.writeHead(given.status ?? 200, { 'content-type': given.type ?? 'application/json' }).end(given.body ?? '{}')
  }
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

const bucketExists: Answer = ({ path }) => (path.startsWith('/api/v2/buckets') ? { body: '{"buckets":[{"id":"1"}]}' } : undefined)

describe('InfluxDB 2 store', () => {
  const asked = { facilities: [`o'"a`], kind: contractKind.key, points: ['flow', 'running'], from: NOON, to: NOON + 60_000 }
  const filtered = (fields: string) => `from(bucket: "b\\"x")
  |> range(start: 2026-02-02T12:00:00.000Z, stop: 2026-02-02T12:01:00.000Z)
  |> filter(fn: (r) => r._measurement == "pump-station" and r.facility == "o'\\"a" and (${fields}))`

  const flux = (request: Recorded | undefined) => JSON.parse(request?.body ?? '{}').query as string
  const csv = (...tables: string[]) => ({
    type: 'text/csv',
    body: `${tables.map((table) => table.replaceAll('\n', '\r\n')).join('\r\n\r\n')}\r\n`,
  })
  const head = (type: string) =>
    `#datatype,string,long,dateTime:RFC3339,${type},string,string\n#group,false,false,false,false,true,true\n#default,_result,,,,,\n,result,table,_time,_value,_field,facility`

  test('makes the bucket when it is missing, and says what is wrong when it may not', async () => {
    const made = await serve(({ method, path }) => {
      if (method === 'GET' && path.startsWith('/api/v2/buckets')) return { status: 404, body: '{"code":"not found"}' }
      return path.startsWith('/api/v2/orgs') ? { body: '{"orgs":[{"id":"77"}]}' } : { status: 201 }
    })
    await open(made.url)
    expect(made.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v2/buckets?name=b%22x&org=city',
      'GET /api/v2/orgs?org=city',
      'POST /api/v2/buckets',
    ])
    expect(JSON.parse(made.requests[2]?.body ?? '')).toEqual({ name: 'b"x', orgID: '77', retentionRules: [] })
    const refused = await serve(() => ({ status: 401, body: '{"message":"unauthorized access"}' }))
    await expect(open(refused.url)).rejects.toThrow(/bucket "b"x" of "city" can neither be found nor made.*unauthorized/)
  })

  test('asks for a range in Flux and reads values of each type', async () => {
    const { url, requests } = await serve((request) =>
      request.path.startsWith('/api/v2/query')
        ? csv(
            `${head('double')}\n,,0,2026-02-02T12:00:00Z,1.5,flow,o\n,,0,2026-02-02T12:00:02Z,2,flow,o`,
            `${head('double')}\n,,1,2026-02-02T12:00:01Z,99,flow.bad,o`,
            `${head('boolean')}\n,,2,2026-02-02T12:00:00.5Z,true,running,o`,
          )
        : bucketExists(request),
    )
    const store = await open(url)
    expect(await store.range(asked, 100)).toEqual([
      { facility: `o'"a`, point: 'flow', at: [NOON, NOON + 1000, NOON + 2000], value: [1.5, 99, 2], good: [true, false, true] },
      { facility: `o'"a`, point: 'running', at: [NOON + 500], value: [1], good: [true] },
    ])
    expect(flux(requests.at(-1))).toBe(
      `${filtered('r._field == "flow" or r._field == "flow.bad" or r._field == "running" or r._field == "running.bad"')}\n  |> limit(n: 100)`,
    )
  })

  test('asks for buckets in one query of five folds', async () => {
    const folds = { min: 1, max: 3, mean: 2, last: 3, count: 2 }
    const { url, requests } = await serve((request) =>
      request.path.startsWith('/api/v2/query')
        ? csv(
            ...Object.entries(folds).map(([fold, value]) =>
              `${head(fold === 'count' ? 'long' : 'double')}\n,,0,2026-02-02T12:00:00Z,${value},flow,o`.replace('_result', fold),
            ),
          )
        : bucketExists(request),
    )
    const store = await open(url)
    const [flow] = await store.buckets({ ...asked, points: ['flow'], from: NOON + 7 }, { length: 10_000, origin: 4000 })
    expect(flow).toEqual({ facility: `o'"a`, point: 'flow', at: [NOON], min: [1], max: [3], mean: [2], last: [3], count: [2] })
    const sent = flux(requests.at(-1))
    expect(sent).toContain('range(start: 2026-02-02T11:59:54.000Z, stop: 2026-02-02T12:01:04.000Z)')
    expect(sent.split('\n').slice(3)).toEqual(
      Object.keys(folds).map(
        (fold) =>
          `data |> aggregateWindow(every: 10000ms, offset: 4000ms, fn: ${fold}, createEmpty: false, timeSrc: "_start") |> yield(name: "${fold}")`,
      ),
    )
  })

  test('asks for all of a kind in a time and puts the fields of a row together', async () => {
    const table = `${head('double')}
,,0,2026-02-02T12:00:01Z,2.5,flow,b
,,0,2026-02-02T12:00:00Z,1.5,flow,b
,,1,2026-02-02T12:00:01Z,7,level.bad,b
,,2,2026-02-02T12:00:01Z,3,flow,a`
    const { url, requests } = await serve((request) => bucketExists(request) ?? csv(table))
    const { kind, from, to } = asked
    const rows = await (await open(url)).scan({ kind, from, to })
    expect(flux(requests.at(-1))).toBe(`from(bucket: "b\\"x")
  |> range(start: 2026-02-02T12:00:00.000Z, stop: 2026-02-02T12:01:00.000Z)
  |> filter(fn: (r) => r._measurement == "pump-station")`)
    expect({ ...rows, facility: [...rows.facility], at: [...rows.at], values: rows.values.map((column) => [...column]) }).toEqual({
      kind,
      facilities: ['b', 'a'],
      facility: [0, 0, 1],
      at: [NOON, NOON + 1000, NOON + 1000],
      columns: ['flow', 'level.bad'],
      values: [
        [1.5, 2.5, 3],
        [Number.NaN, 7, Number.NaN],
      ],
      rows: 3,
    })
  })

  test('asks for the latest values', async () => {
    const { url, requests } = await serve((request) =>
      request.path.startsWith('/api/v2/query')
        ? csv(`${head('string')}\n,,0,2026-02-02T12:00:00Z,auto,mode,p1`, `${head('double')}\n,,1,2026-02-02T12:00:00Z,-5,flow.bad,p2`)
        : bucketExists(request),
    )
    const store = await open(url)
    expect(latestOf(await store.latest(contractKind.key, NOON - 1000))).toEqual([
      { facility: 'p1', point: 'mode', at: NOON, value: 1, good: true },
      { facility: 'p2', point: 'flow', at: NOON, value: -5, good: false },
    ])
    expect(flux(requests.at(-1))).toBe(
      'from(bucket: "b\\"x")\n  |> range(start: 2026-02-02T11:59:59.000Z)\n  |> filter(fn: (r) => r._measurement == "pump-station")\n  |> last()',
    )
  })

  test('sends lines once, names the refused rows and leaves the rest to the caller', async () => {
    let status = 503
    const { url, requests } = await serve((request) => {
      if (!request.path.startsWith('/api/v2/write')) return bucketExists(request)
      if (status !== 204) return { status, body: '{}' }
      return request.body.includes('flow=13') ? { status: 422, body: '{"message":"field type conflict"}' } : { status: 204, body: '' }
    })
    const store = await open(url)
    const rows = rowsOf(...Array.from({ length: 20 }, (_, i): [string, number, Record<string, number>] => ['a', NOON + i, { flow: i }]))
    await expect(store.write([rows])).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(requests.filter(({ path }) => path.includes('/write'))).toHaveLength(1)
    expect(requests.at(-1)?.path).toBe('/api/v2/write?org=city&bucket=b%22x&precision=ms')
    status = 204
    const error = await store.write([rows]).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(RowsRefused)
    expect((error as RowsRefused).refused.map(({ batch, reason }) => [batch.rows, batch.at[0], reason])).toEqual([
      [1, NOON + 13, 'HTTP 422: {"message":"field type conflict"}'],
    ])
  })

  test('an absent server is an unavailable store', async () => {
    await expect(open(`http://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  const program = findProgram('victoria-metrics')
  test.skipIf(!program)('numbers written reach a foreign server that speaks the write API', async () => {
    const server = await startOutsideServer(program as string, '/health', (folder, port) => [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${folder}`,
      '-retentionPeriod=100y',
    ])
    stops.push(() => server.stop())
    // The bucket is looked up elsewhere: this server has none.
    const front = await serve(bucketExists)
    const store = await open(front.url)
    await store.write([rowsOf(['a b', NOON, { flow: 1.5, running: 1 }], ['a b', NOON + 1000, { flow: 2.5, 'level.bad': 1e9 }])])
    const sent = front.requests.at(-1)
    const forwarded = await fetch(server.url + sent?.path, { method: 'POST', body: sent?.body ?? '' })
    expect(forwarded.status).toBe(204)
    await fetch(`${server.url}/internal/force_flush`)
    const exported = await fetch(
      `${server.url}/api/v1/export?match[]=${encodeURIComponent('{facility="a b"}')}&start=${NOON / 1000 - 1}&end=${NOON / 1000 + 9}`,
    )
    const series = (await text(exported.body as never))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { metric: Record<string, string>; values: number[]; timestamps: number[] })
    const found = Object.fromEntries(series.map(({ metric, values }) => [metric.__name__, values]))
    expect(found).toMatchObject({ 'pump-station_flow': [1.5, 2.5], 'pump-station_level.bad': [1e9] })
  })
})
