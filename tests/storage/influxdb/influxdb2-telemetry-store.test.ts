/*
 * No InfluxDB 2 server is available to tests. What is written goes to VictoriaMetrics, which speaks the same write API but knows neither buckets
 * nor Flux. Flux is checked as text against recorded answers, and its use by a model of the server that knows just these questions.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { foldIntoBuckets, wholeBuckets } from '../../../src/storage/bucket-series.ts'
import { sourceFlux } from '../../../src/storage/influxdb/flux.ts'
import { Influxdb2Client } from '../../../src/storage/influxdb/influxdb2-client.ts'
import { type Influxdb2Options, openInfluxdb2 } from '../../../src/storage/influxdb/influxdb2-telemetry-store.ts'
import { knownSpan, within } from '../../../src/storage/influxdb/influxql.ts'
import { Secret } from '../../../src/storage/influxdb/secret.ts'
import { RowsRefused } from '../../../src/storage/refused-rows.ts'
import { days, hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { findProgram } from '../../servers.ts'
import { contractKind, latestOf, NOON, rowsOf, telemetryStoreContract } from '../telemetry-store.contract.ts'
import { makeCertificates } from './certificates.ts'
import { type Answered, type Recorded, serve as serveFake } from './fake-server.ts'
import { startFluxServer } from './flux-server.ts'
import { freePort, startOutsideServer } from './server.ts'

const open = (url: string, more: Partial<Influxdb2Options> = {}) =>
  openInfluxdb2({ url, org: 'city', bucket: 'b"x', token: { text: 't', file: '' }, kinds: [contractKind], timeout: 5000, ...more })

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function serve(answer: (request: Recorded) => Answered | 'never' | 'half' | undefined, tls?: { key: string; cert: string }) {
  const server = await serveFake(answer, tls)
  stops.push(server.stop)
  return server
}

const bucketExists = ({ path }: Recorded): Answered | undefined =>
  path.startsWith('/api/v2/buckets') ? { body: '{"buckets":[{"id":"1"}]}' } : undefined
/** There is one bucket, none for roll-ups, and none can be made. */
const oneBucket = (request: Recorded): Answered | undefined =>
  request.path.includes('-hours') ||
  request.path.startsWith('/api/v2/orgs') ||
  (request.method === 'POST' && request.path === '/api/v2/buckets')
    ? { status: 403 }
    : bucketExists(request)

const rolling = (url: string, more: Partial<Influxdb2Options> = {}) => {
  const store = open(url, more)
  const write: typeof store.write = async (batches) => {
    await store.write(batches)
    await store.maintain(Number.POSITIVE_INFINITY)
  }
  return { ...store, write }
}

telemetryStoreContract('InfluxDB 2 by a model of its server', async () => {
  const server = await startFluxServer()
  return { store: open(server.url), reopen: async () => open(server.url), stop: async () => server.stop() }
})

test('a question that is given up is read no more', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<number>()
  let sent = 0
  const server = createServer((_, response) => {
    const head = ',result,table,_time,_value,_field,facility\r\n'
    response.writeHead(200, { 'content-type': 'text/csv' }).write(`#datatype,string,long,dateTime:RFC3339,double,string,string\r\n${head}`)
    const writing = setInterval(() => response.write(`,,0,2026-01-01T00:00:0${sent++ % 10}Z,1,flow,a\r\n`), 5)
    response.on('close', () => {
      clearInterval(writing)
      resolve(sent)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new Influxdb2Client({ url, org: 'city', token: new Secret({ text: 'x', file: '' }), timeout: 300, onMissing: () => {} })
  let taken = 0
  await expect(client.ask('from(bucket: "x")', () => taken++)).rejects.toThrow(/no answer within/)
  expect(await ended).toBeGreaterThanOrEqual(taken)
  expect(taken).toBeGreaterThan(0)
  server.close()
})

test.each([
  { from: -8.64e15, to: 8.64e15 + 1e9 },
  { from: 8.63e15, to: 8.64e15 },
  { from: -9e15, to: -8.64e15 },
])('times from $from to $to are cut to those that InfluxDB knows', (span) => {
  const { from, to } = knownSpan(span)
  expect(from).toBeLessThan(to)
  const nanoseconds = [from, to].map((at) => BigInt(at) * 1_000_000n)
  for (const time of nanoseconds) expect(BigInt.asIntN(64, time)).toBe(time)
  expect(sourceFlux({ bucket: 'b', measurement: 'm' }, span)).toContain(new Date(from).toISOString())
  expect(within(span)).toBe(`time >= ${from}ms AND time < ${to}ms`)
})

telemetryStoreContract('InfluxDB 2 by a model of its server, every hour rolled up', async () => {
  const server = await startFluxServer()
  return { store: rolling(server.url), reopen: async () => rolling(server.url), stop: async () => server.stop() }
})

describe('InfluxDB 2 roll-ups by a model of the server', () => {
  test('equal buckets of raw values whatever is written late, folded in between, and opened again', async () => {
    const gridOrigin = minutes(30)
    const row = fc.tuple(fc.constantFrom('p', 'q'), fc.integer({ min: 0, max: hours(12) / seconds(10) }), fc.integer({ min: -40, max: 40 }))
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), rows: fc.array(row, { minLength: 1, maxLength: 8 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('fold' as const), at: fc.integer({ min: 0, max: 14 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const) }) },
    )
    const grids = fc.constantFrom(hours(1), hours(2), hours(8), days(1))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), grids, async (steps, length) => {
        const { url, stop } = await startFluxServer()
        let store = open(url, { gridOrigin })
        for (const each of steps) {
          if (each.do === 'open') store = open(url, { gridOrigin })
          else if (each.do === 'fold') await store.maintain(NOON + hours(each.at))
          else {
            const rows = each.rows.map(([id, at, flow]): [string, number, Record<string, number>] => [
              id,
              NOON + seconds(10) * at,
              { flow: flow / 4 },
            ])
            await store.write([rowsOf(...rows)])
          }
        }
        const query = { facilities: ['p', 'q'], kind: contractKind.key, points: ['flow'], from: NOON + hours(2), to: NOON + hours(11) }
        const grid = { length, origin: gridOrigin }
        const raw = await store.range(wholeBuckets(query, grid), 10_000)
        const rounded = (all: { mean: number[] }[]) => all.map((one) => ({ ...one, mean: one.mean.map((mean) => Math.round(mean * 1e6)) }))
        expect(rounded(await store.buckets(query, grid))).toEqual(rounded(raw.map((series) => foldIntoBuckets(series, grid))))
        stop()
      }),
      { numRuns: 15, seed: 11 },
    )
  })

  test('know after a crash which hours were written to, and since when there are rows', async () => {
    const { url, stop } = await startFluxServer()
    stops.push(stop)
    const first = open(url)
    expect(await first.oldest?.()).toBeNull()
    await first.write([rowsOf(['a', NOON, { flow: 1 }], ['a', NOON + hours(5), { flow: 2 }])])
    expect(await first.oldest?.()).toBe(NOON)
    expect(await open(url).maintain(NOON + hours(3))).toBe(1)
    expect(await open(url).maintain(NOON + hours(9))).toBe(1)
    expect(await open(url).maintain(NOON + hours(9))).toBe(0)
  })
})

describe('InfluxDB 2 store', () => {
  const asked = { facilities: [`o'"a`], kind: contractKind.key, points: ['flow', 'running'], from: NOON, to: NOON + 60_000 }
  const filtered = (fields: string) => `from(bucket: "b\\"x")
  |> range(start: 2026-02-02T12:00:00.000Z, stop: 2026-02-02T12:01:00.000Z)
  |> filter(fn: (r) => r._measurement == "pump-station" and (r.facility == "o'\\"a") and (${fields}))`

  const flux = (request: Recorded | undefined) => JSON.parse(request?.body ?? '{}').query as string
  const csv = (...tables: string[]) => ({
    type: 'text/csv',
    body: `${tables.map((table) => table.replaceAll('\n', '\r\n')).join('\r\n\r\n')}\r\n`,
  })
  const head = (type: string) =>
    `#datatype,string,long,dateTime:RFC3339,${type},string,string\n#group,false,false,false,false,true,true\n#default,_result,,,,,\n,result,table,_time,_value,_field,facility`

  test('makes buckets when they are missing, keeps to their retention, and says what is wrong when it may not', async () => {
    const made = await serve(({ method, path }) => {
      if (method === 'GET' && path.startsWith('/api/v2/buckets?name=b%22x&')) return { status: 404, body: '{"code":"not found"}' }
      if (method === 'GET' && path.startsWith('/api/v2/buckets'))
        return { body: '{"buckets":[{"id":"9","description":"made by Lamplighter","retentionRules":[{"everySeconds":86400}]}]}' }
      if (path.startsWith('/api/v2/orgs')) return { body: '{"orgs":[{"id":"77"}]}' }
      return path.startsWith('/api/v2/query') ? { type: 'text/csv', body: '' } : { status: method === 'POST' ? 201 : 200 }
    })
    await open(made.url, { rawDays: 400, hourlyDays: 0 }).ping()
    const managed = made.requests.filter(({ path }) => /buckets|orgs/.test(path))
    expect(managed.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v2/buckets?name=b%22x&org=city',
      'GET /api/v2/orgs?org=city',
      'POST /api/v2/buckets',
      'GET /api/v2/buckets?name=b%22x-hours&org=city',
      'PATCH /api/v2/buckets/9',
    ])
    expect(JSON.parse(managed[2]?.body ?? '')).toEqual({
      name: 'b"x',
      orgID: '77',
      description: 'made by Lamplighter',
      retentionRules: [{ type: 'expire', everySeconds: 400 * 86_400 }],
    })
    expect(JSON.parse(managed[4]?.body ?? '')).toEqual({ retentionRules: [] })
    const refused = await serve(() => ({ status: 401, body: '{"message":"unauthorized access"}' }))
    await expect(open(refused.url).ping()).rejects.toThrow(/bucket "b"x" of "city" can neither be found nor made.*unauthorized/)
  })

  test('asks for a range in Flux and reads values of each type', async () => {
    const { url, requests } = await serve((request) =>
      request.path.startsWith('/api/v2/query')
        ? csv(
            `${head('double')}\n,,0,2026-02-02T12:00:00Z,1.5,flow,"o'""a"\n,,0,2026-02-02T12:00:02Z,2,flow,"o'""a"`,
            `${head('double')}\n,,1,2026-02-02T12:00:01Z,99,flow.bad,"o'""a"`,
            `${head('boolean')}\n,,2,2026-02-02T12:00:00.5Z,true,running,"o'""a"`,
          )
        : oneBucket(request),
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
    const folds = { min: 1, max: 3, sum: 4, count: 2, last: 3 }
    const { url, requests } = await serve((request) =>
      request.path.startsWith('/api/v2/query')
        ? csv(
            ...Object.entries(folds).map(([fold, value]) =>
              `${head(fold === 'count' ? 'long' : 'double')}\n,,0,2026-02-02T11:59:54Z,${value},flow,"o'""a"`.replace('_result', fold),
            ),
          )
        : oneBucket(request),
    )
    const store = await open(url)
    const [flow] = await store.buckets({ ...asked, points: ['flow'], from: NOON + 7 }, { length: 10_000, origin: 4000 })
    expect(flow).toEqual({ facility: `o'"a`, point: 'flow', at: [NOON - 6000], min: [1], max: [3], mean: [2], last: [3], count: [2] })
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
    const { url, requests } = await serve((request) => oneBucket(request) ?? csv(table))
    const { kind, from, to } = asked
    const rows = await (await open(url)).scan({ kind, from, to })
    expect(flux(requests.at(-1))).toBe(`from(bucket: "b\\"x")
  |> range(start: 2026-02-02T12:00:00.000Z, stop: 2026-02-02T12:01:00.000Z)
  |> filter(fn: (r) => r._measurement == "pump-station")`)
    expect({ ...rows, facility: [...rows.facility], at: [...rows.at], values: rows.values.map((column) => [...column]) }).toEqual({
      kind,
      facilities: ['b', 'a'],
      facility: [0, 1, 0],
      at: [NOON, NOON + 1000, NOON + 1000],
      columns: ['flow', 'level.bad'],
      values: [
        [1.5, 3, 2.5],
        [Number.NaN, Number.NaN, 7],
      ],
      rows: 3,
    })
  })

  test('asks for the latest values', async () => {
    const { url, requests } = await serve((request) =>
      request.path.startsWith('/api/v2/query')
        ? csv(`${head('string')}\n,,0,2026-02-02T12:00:00Z,auto,mode,p1`, `${head('double')}\n,,1,2026-02-02T12:00:00Z,-5,flow.bad,p2`)
        : oneBucket(request),
    )
    const store = await open(url)
    expect(latestOf(await store.latest(contractKind.key, NOON - 1000))).toEqual([
      { facility: 'p1', point: 'mode', at: NOON, value: 1, good: true },
      { facility: 'p2', point: 'flow', at: NOON, value: -5, good: false },
    ])
    expect(flux(requests.at(-1))).toBe(
      'from(bucket: "b\\"x")\n  |> range(start: 2026-02-02T11:59:59.000Z, stop: 2200-01-01T00:00:00.000Z)\n  |> filter(fn: (r) => r._measurement == "pump-station")\n  |> last()',
    )
  })

  const writes = (requests: readonly Recorded[]) => requests.filter(({ path }) => path.startsWith('/api/v2/write'))
  const twenty = [rowsOf(...Array.from({ length: 20 }, (_, i): [string, number, Record<string, number>] => ['a', NOON + i, { flow: i }]))]
  const refusedBy = async (write: Promise<void>) => {
    const error = await write.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RowsRefused)
    return (error as RowsRefused).refused.map(({ batch, reason }) => [batch.rows, batch.at[0], reason])
  }

  test('sends lines once, names the refused rows and leaves the rest to the caller', async () => {
    let status = 503
    const { url, requests } = await serve((request) => {
      if (!request.path.startsWith('/api/v2/write')) return oneBucket(request)
      if (status !== 204) return { status, body: '{}' }
      return request.body.includes('flow=13') ? { status: 422, body: '{"message":"field type conflict"}' } : { status: 204, body: '' }
    })
    const store = open(url)
    await expect(store.write(twenty)).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(writes(requests)).toHaveLength(1)
    expect(requests.at(-1)?.path).toBe('/api/v2/write?org=city&bucket=b%22x&precision=ms')
    status = 204
    expect(await refusedBy(store.write(twenty))).toEqual([[1, NOON + 13, 'HTTP 422: field type conflict']])
  })

  test('a line that the server names is left out at once', async () => {
    const { url, requests } = await serve((request) => {
      if (!request.path.startsWith('/api/v2/write')) return oneBucket(request)
      const lines = request.body.split('\n')
      const wrong = lines.findIndex((line) => line.includes('flow=13'))
      return wrong < 0
        ? { status: 204 }
        : { status: 400, body: JSON.stringify({ code: 'invalid', message: 'unable to parse', line: wrong + 1 }) }
    })
    expect(await refusedBy(open(url).write(twenty))).toEqual([[1, NOON + 13, 'HTTP 400: unable to parse']])
    expect(writes(requests)[1]?.body.split('\n')).toHaveLength(19)
  })

  test('requests that are too large are halved', async () => {
    const { url, requests } = await serve((request) => {
      if (!request.path.startsWith('/api/v2/write')) return oneBucket(request)
      return { status: request.body.split('\n').length > 5 ? 413 : 204 }
    })
    await open(url).write(twenty)
    expect(writes(requests).map(({ body }) => body.split('\n').length)).toEqual([20, 10, 5, 5, 10, 5, 5])
  })

  test('a server that asks for time is left alone for it', async () => {
    let now = 0
    let status = 429
    const { url, requests } = await serve((request) => {
      if (!request.path.startsWith('/api/v2/write')) return oneBucket(request)
      return status === 204 ? { status } : { status, headers: { 'retry-after': '7' } }
    })
    const store = open(url, { now: () => now })
    await expect(store.write(twenty)).rejects.toThrow(/429/)
    now = 6_999
    await expect(store.write(twenty)).rejects.toMatchObject({ code: 'store-unavailable', message: expect.stringMatching(/left alone/) })
    expect(writes(requests)).toHaveLength(1)
    now = 7_000
    status = 204
    await store.write(twenty)
  })

  test('values of version 0.1.0 are not set aside but told of, and rows out of retention are passed over', async () => {
    let said =
      'failure writing points to database: partial write: field type conflict: input field "running" on measurement "pump-station" is type float, already exists as type boolean dropped=1'
    const { url } = await serve((request) =>
      request.path.startsWith('/api/v2/write')
        ? { status: 422, body: JSON.stringify({ code: 'unprocessable entity', message: said }) }
        : oneBucket(request),
    )
    const store = open(url)
    await expect(store.write(twenty)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(/INFLUXDB_BUCKET/),
    })
    said = 'failure writing points to database: partial write: points beyond retention policy dropped=3'
    await store.write(twenty)
    expect(store.expired()).toBe(3)
  })

  test('a token file is read again when the server refuses what it held', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secret-'))
    stops.push(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'token')
    writeFileSync(file, 'old\n')
    let right = 'old'
    const { url, requests } = await serve((request) => {
      if (request.headers.authorization !== `Token ${right}`) return { status: 401, body: '{"message":"unauthorized"}' }
      return request.path.startsWith('/api/v2/write') ? { status: 204 } : oneBucket(request)
    })
    const store = open(url, { token: { text: '', file } })
    await store.write(twenty)
    right = 'new'
    await expect(store.write(twenty)).rejects.toThrow(/401.*INFLUXDB_TOKEN/)
    writeFileSync(file, 'new')
    const before = requests.length
    await store.write(twenty)
    expect(requests).toHaveLength(before + 2)
  })

  test('sets up with a later write when the server was away at the start', async () => {
    const port = await freePort()
    const store = open(`http://127.0.0.1:${port}`)
    await expect(store.write(twenty)).rejects.toMatchObject({ code: 'store-unavailable' })
    await expect(store.scan({ kind: contractKind.key, from: 0, to: 1 })).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('a server that stops in the midst of an answer is given up', async () => {
    const { url } = await serve((request) => oneBucket(request) ?? 'half')
    await expect(open(url, { timeout: 200 }).scan({ kind: contractKind.key, from: 0, to: 1 })).rejects.toThrow(/InfluxDB cannot be asked/)
  })

  const openssl = findProgram('openssl')
  test.skipIf(!openssl)('over TLS the server must show a certificate of the given authority and of its own name', async () => {
    const { ca, ...tls } = makeCertificates(openssl as string)
    const { port } = await serve((request) => (request.path.startsWith('/api/v2/write') ? { status: 204 } : oneBucket(request)), tls)
    await open(`https://localhost:${port}`, { ca }).write(twenty)
    await expect(open(`https://localhost:${port}`).write(twenty)).rejects.toThrow(/certificate/)
    await expect(open(`https://127.0.0.1:${port}`, { ca }).write(twenty)).rejects.toThrow(/altnames|IP/)
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
    const front = await serve(oneBucket)
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
