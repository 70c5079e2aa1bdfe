import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { foldIntoBuckets, wholeBuckets } from '../../../src/storage/bucket-series.ts'
import { type Influxdb1Options, openInfluxdb1 } from '../../../src/storage/influxdb/influxdb1-telemetry-store.ts'
import { RowsRefused } from '../../../src/storage/refused-rows.ts'
import { days, hours, minutes, seconds } from '../../../src/telemetry/duration.ts'
import { findProgram } from '../../servers.ts'
import { contractKind, NOON, rowsOf, telemetryStoreContract } from '../telemetry-store.contract.ts'
import { makeCertificates } from './certificates.ts'
import { serve, serveThrough } from './fake-server.ts'
import { freePort, type OutsideServer, startInfluxd } from './server.ts'

const influxd = findProgram('influxd')
const open = (url: string, more: Partial<Influxdb1Options> = {}) =>
  openInfluxdb1({ url, database: 'lamplighter', kinds: [contractKind], timeout: 10_000, ...more })

async function refusedBy(write: Promise<void>) {
  const error = await write.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RowsRefused)
  return (error as RowsRefused).refused
}

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

describe.skipIf(!influxd)('with a server', () => {
  telemetryStoreContract('InfluxDB 1', async () => {
    const server = await startInfluxd(influxd as string)
    const store = open(server.url)
    return { store, reopen: async () => open(server.url), stop: () => server.stop() }
  })

  telemetryStoreContract('InfluxDB 1, every hour rolled up', async () => {
    const server = await startInfluxd(influxd as string)
    const openRolling = () => {
      const store = open(server.url)
      const write: typeof store.write = async (batches) => {
        await store.write(batches)
        await store.maintain(Number.POSITIVE_INFINITY)
      }
      return { ...store, write }
    }
    return { store: openRolling(), reopen: async () => openRolling(), stop: () => server.stop() }
  })

  describe('InfluxDB 1 store', () => {
    let server: OutsideServer
    beforeAll(async () => {
      server = await startInfluxd(influxd as string)
    }, 30_000)
    afterAll(() => server?.stop())
    const asked = { facilities: ['a'], kind: contractKind.key, points: ['flow', 'level'], from: NOON - 1000, to: NOON + 100_000 }
    const tell = async (q: string) =>
      (await (await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) })).json()) as {
        results: { series?: { values: unknown[][] }[] }[]
      }
    const valuesOf = async (q: string) => (await tell(q)).results[0]?.series?.[0]?.values ?? []
    const writeRaw = async (database: string, lines: string) =>
      expect((await fetch(`${server.url}/write?db=${database}&precision=ms`, { method: 'POST', body: lines })).status).toBe(204)

    test('rejects while the server is away and works when it is back', async () => {
      const store = open(server.url)
      await store.ping()
      await server.pause()
      const row = rowsOf(['away', NOON, { flow: 1 }])
      await expect(store.write([row])).rejects.toMatchObject({ code: 'store-unavailable' })
      await expect(store.range({ ...asked, facilities: ['away'] }, 10)).rejects.toMatchObject({ code: 'store-unavailable' })
      await expect(store.ping()).rejects.toMatchObject({ code: 'store-unavailable' })
      await server.resume()
      await store.write([row])
      expect((await store.range({ ...asked, facilities: ['away'] }, 10))[0]?.value).toEqual([1])
    })

    test('sets the database up with a later write when the server was away at the start', async () => {
      await server.pause()
      const store = open(server.url, { database: 'later', rawDays: 10_000, hourlyDays: 20_000, maintains: true })
      const row = rowsOf(['a', NOON, { flow: 1 }])
      await expect(store.write([row])).rejects.toMatchObject({ code: 'store-unavailable' })
      await server.resume()
      await store.write([row])
      expect((await store.range(asked, 10))[0]?.value).toEqual([1])
      expect(await valuesOf('SHOW RETENTION POLICIES ON later')).toEqual([
        ['lamplighter_raw', '240000h0m0s', '168h0m0s', 1, true],
        ['lamplighter_hours', '480000h0m0s', '720h0m0s', 1, false],
      ])
      await store.close()
    })

    test('retention follows the settings where the product made it and is left alone where others did', async () => {
      await open(server.url, { database: 'ours', rawDays: 10_000, hourlyDays: 0 }).ping()
      await open(server.url, { database: 'ours', rawDays: 11_000, hourlyDays: 12_000 }).ping()
      const kept = async (database: string) =>
        (await valuesOf(`SHOW RETENTION POLICIES ON ${database}`)).map(([name, length]) => [name, length])
      expect(await kept('ours')).toEqual([
        ['lamplighter_raw', '264000h0m0s'],
        ['lamplighter_hours', '288000h0m0s'],
      ])
      await tell('CREATE DATABASE theirs')
      await open(server.url, { database: 'theirs', rawDays: 11_000, hourlyDays: 0 }).ping()
      expect(await kept('theirs')).toEqual([
        ['autogen', '0s'],
        ['lamplighter_hours', '0s'],
      ])
    })

    test('raw values are kept for a shorter time only once the hours of the older ones are rolled up', async () => {
      const now = Date.now()
      const old = { ...asked, points: ['flow'], from: now - days(41), to: now - days(39) }
      const kept = async () => (await valuesOf('SHOW RETENTION POLICIES ON shorter'))[0]?.[1]
      const before = open(server.url, { database: 'shorter', rawDays: 0 })
      await before.write([rowsOf(['a', now - days(40), { flow: 7 }])])
      await before.close()
      const store = open(server.url, { database: 'shorter', rawDays: 30 })
      await store.ping()
      expect(await kept()).toBe('0s')
      await store.maintain(now)
      expect(await kept()).toBe('720h0m0s')
      expect((await store.buckets(old, { length: hours(1), origin: 0 }))[0]?.last).toEqual([7])
      await store.close()
    })

    test('grids finer than an hour show hours where raw values are gone', async () => {
      const now = Date.now()
      const start = Math.floor((now - days(40)) / hours(1)) * hours(1)
      const before = open(server.url, { database: 'gone', rawDays: 0 })
      await before.write([
        rowsOf(['a', start + minutes(10), { flow: 1 }], ['a', start + minutes(100), { flow: 2 }], ['a', now - 1000, { flow: 3 }]),
      ])
      await before.maintain(now + days(1))
      await before.close()
      const store = open(server.url, { database: 'gone', rawDays: 30, now: () => now })
      await store.maintain(now)
      const query = { ...asked, points: ['flow'], from: start, to: now }
      for (const length of [minutes(5), minutes(30)]) {
        const [series] = await store.buckets(query, { length, origin: 0 })
        expect(series?.at).toEqual([start, start + hours(1), Math.floor((now - 1000) / length) * length])
        expect(series?.last).toEqual([1, 2, 3])
      }
      await store.close()
    })

    test('refuses a database with booleans and texts of version 0.1.0 in words, but reads it', async () => {
      await tell('CREATE DATABASE old')
      await writeRaw('old', `pump-station,facility=a flow=1.5,running=true,mode="auto" ${NOON}`)
      const store = open(server.url, { database: 'old' })
      await expect(store.write([rowsOf(['a', NOON, { flow: 1 }])])).rejects.toMatchObject({
        code: 'store-unavailable',
        message: expect.stringMatching(/pump-station mode \(string\), pump-station running \(boolean\).*INFLUXDB_DATABASE/),
      })
      const read = await store.range({ ...asked, points: ['flow', 'running', 'mode'] }, 10)
      expect(read.map(({ value }) => value)).toEqual([[1.5], [1], [1]])
    })

    test('a field the server refuses for ever is named alone, and all else is written', async () => {
      const store = open(server.url, { database: 'mixed' })
      await store.ping()
      // Somebody else wrote the field with another type; a type holds for a week's shard.
      await writeRaw('mixed', `pump-station,facility=x level="high" ${NOON}`)
      const rows = Array.from({ length: 100 }, (_, i): [string, number, Record<string, number>] => [
        'a',
        NOON + i,
        i === 37 ? { level: 1 } : i % 30 === 0 ? { flow: i, level: i } : { flow: i },
      ])
      const refused = await refusedBy(store.write([rowsOf(...rows)]))
      const cells = refused.flatMap(({ batch }) => [...batch.at].map((at, i) => [at - NOON, batch.columns, batch.values[0]?.[i]]))
      expect(cells.sort(([a], [b]) => Number(a) - Number(b))).toEqual([0, 30, 37, 60, 90].map((i) => [i, ['level'], i === 37 ? 1 : i]))
      expect(refused[0]?.reason).toMatch(/^HTTP 400: .*field type conflict/)
      expect((await store.range({ ...asked, points: ['flow'] }, 1000))[0]?.at).toHaveLength(99)
    })

    test('rows older than the database keeps are counted and hold nothing up', async () => {
      const now = Date.now()
      const store = open(server.url, { database: 'short', rawDays: 30 })
      await store.write([rowsOf(['a', now - days(60), { flow: 1 }], ['a', now - 1000, { flow: 2 }])])
      expect(store.expired()).toBe(1)
      expect((await store.range({ ...asked, from: 0, to: now }, 10))[0]?.value).toEqual([2])
    })

    test('tells since when there may be rows', async () => {
      const store = open(server.url, { database: 'oldest' })
      expect(await store.oldest?.()).toBeNull()
      await store.write([rowsOf(['a', NOON + minutes(59), { flow: 1 }]), rowsOf(['a', NOON + days(1), { flow: 1 }])])
      expect(await store.oldest?.()).toBe(NOON)
    })

    test('a database dropped by somebody is made again', async () => {
      const store = open(server.url)
      await tell('DROP DATABASE lamplighter')
      const row = rowsOf(['again', NOON, { flow: 1 }])
      // The server may take one more write for the database it is dropping.
      const write = async () => {
        await store.write([row])
        expect((await store.range({ ...asked, facilities: ['again'] }, 10))[0]?.value).toEqual([1])
      }
      await vi.waitFor(write, { timeout: 10_000 })
    })

    describe('roll-ups', () => {
      const month = { facilities: ['a'], kind: contractKind.key, points: ['flow', 'mode'], from: NOON, to: NOON + days(30) }
      const grid = { length: hours(8), origin: 0 }

      test('answer for the hours that have ended, raw values for the others', async () => {
        const store = open(server.url, { database: 'rolled' })
        await store.write([rowsOf(['a', NOON, { flow: 1, mode: 2 }], ['a', NOON + 1000, { flow: 4 }], ['a', NOON + hours(1), { flow: 7 }])])
        expect(await store.maintain(NOON + hours(1) + minutes(30))).toBe(1)
        // What is read shows where it is from.
        const told = `pump-station,facility=a flow.min=-9 ${NOON}\npump-station,facility=a flow.min=-99 ${NOON + hours(1)}`
        await fetch(`${server.url}/write?db=rolled&rp=lamplighter_hours&precision=ms`, { method: 'POST', body: told })
        const [flow, mode] = await store.buckets(month, grid)
        expect(flow).toEqual({ facility: 'a', point: 'flow', at: [NOON - hours(4)], min: [-9], max: [7], mean: [4], last: [7], count: [3] })
        expect(mode).toMatchObject({ last: [2], count: [1] })
        expect((await store.buckets(month, { length: minutes(30), origin: 0 }))[0]?.min).toEqual([1, 7])
      })

      test('know after a crash which hours were written to', async () => {
        const first = open(server.url, { database: 'crashed' })
        await first.write([rowsOf(['a', NOON, { flow: 1 }], ['b', NOON, { flow: 2 }])])
        expect(await first.maintain(NOON + hours(2))).toBe(1)
        await first.write([rowsOf(['a', NOON + 1, { flow: 3 }])])
        const second = open(server.url, { database: 'crashed' })
        expect((await second.buckets(month, grid))[0]).toMatchObject({ max: [3], count: [2] })
        expect(await second.maintain(NOON + hours(2))).toBe(1)
        expect(await second.maintain(NOON + hours(2))).toBe(0)
        expect((await second.buckets({ ...month, facilities: ['a', 'b'] }, grid)).map(({ max }) => max)).toEqual([[3], [], [2], []])
        expect(await open(server.url, { database: 'crashed' }).maintain(NOON + hours(2))).toBe(0)
      })

      test('are made for a database that has values but none of them', async () => {
        await tell('CREATE DATABASE earlier')
        await writeRaw('earlier', `pump-station,facility=a flow=1 ${NOON}\npump-station,facility=a flow=3 ${NOON + days(2)}`)
        const store = open(server.url, { database: 'earlier', now: () => NOON + days(3) })
        expect((await store.buckets(month, grid))[0]).toMatchObject({ last: [1, 3] })
        expect(await store.maintain(NOON + days(4))).toBe(73)
        expect((await store.buckets(month, grid))[0]).toMatchObject({ last: [1, 3] })
      })

      test('of another time zone are not used', async () => {
        await open(server.url, { database: 'moved' }).ping()
        const warn = vi.fn()
        const store = open(server.url, { database: 'moved', gridOrigin: minutes(30), log: { warn, info: vi.fn() } })
        await store.write([rowsOf(['a', NOON, { flow: 1 }])])
        expect(await store.maintain(NOON + days(1))).toBe(0)
        expect(warn).toHaveBeenCalled()
      })

      test('equal buckets of raw values whatever is written late, folded in between, and opened again', async () => {
        const gridOrigin = minutes(30)
        let database = 0
        const facility = fc.constantFrom('p', 'q')
        const row = fc.tuple(facility, fc.integer({ min: 0, max: hours(12) / seconds(10) }), fc.integer({ min: -40, max: 40 }))
        const step = fc.oneof(
          { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), rows: fc.array(row, { minLength: 1, maxLength: 8 }) }) },
          { weight: 2, arbitrary: fc.record({ do: fc.constant('fold' as const), at: fc.integer({ min: 0, max: 14 }) }) },
          { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const) }) },
        )
        const grids = fc.constantFrom(hours(1), hours(2), hours(8), days(1))
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), grids, async (steps, length) => {
            const name = `random_${database++}`
            let store = open(server.url, { database: name, gridOrigin })
            for (const each of steps) {
              if (each.do === 'open') store = open(server.url, { database: name, gridOrigin })
              else if (each.do === 'fold') await store.maintain(NOON + hours(each.at))
              else
                await store.write([
                  rowsOf(
                    ...each.rows.map(([id, at, flow]): [string, number, Record<string, number>] => [
                      id,
                      NOON + seconds(10) * at,
                      { flow: flow / 4 },
                    ]),
                  ),
                ])
            }
            const query = { facilities: ['p', 'q'], kind: contractKind.key, points: ['flow'], from: NOON + hours(2), to: NOON + hours(11) }
            const grid = { length, origin: gridOrigin }
            const raw = await store.range(wholeBuckets(query, grid), 10_000)
            const rounded = (all: { mean: number[] }[]) =>
              all.map((one) => ({ ...one, mean: one.mean.map((mean) => Math.round(mean * 1e6)) }))
            expect(rounded(await store.buckets(query, grid))).toEqual(rounded(raw.map((series) => foldIntoBuckets(series, grid))))
          }),
          { numRuns: 25, seed: 11 },
        )
      }, 60_000)
    })

    const openssl = findProgram('openssl')
    test.skipIf(!openssl)('over TLS the server must show a certificate of the given authority and of its own name', async () => {
      const { ca, ...tls } = makeCertificates(openssl as string)
      const front = await serveThrough(server.url, { tls })
      stops.push(front.stop)
      const row = [rowsOf(['tls', NOON, { flow: 5 }])]
      const store = open(`https://localhost:${front.port}`, { ca })
      await store.write(row)
      expect((await store.range({ ...asked, facilities: ['tls'] }, 10))[0]?.value).toEqual([5])
      await expect(open(`https://localhost:${front.port}`).write(row)).rejects.toThrow(/certificate/)
      await expect(open(`https://127.0.0.1:${front.port}`, { ca }).write(row)).rejects.toThrow(/altnames|IP/)
    })
  })
})

test.skipIf(!influxd)('with users: a wrong password and a missing right are told, what a user may do is done', async () => {
  const server = await startInfluxd(influxd as string, undefined, true)
  stops.push(() => server.stop())
  const tell = async (q: string) => {
    const headers = { authorization: `Basic ${Buffer.from('root:secret').toString('base64')}` }
    const answer = await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q }), headers })
    expect(await answer.text()).not.toContain('error')
  }
  await tell(`CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES`)
  await tell(`CREATE USER li WITH PASSWORD 'pump' `)
  const row = [rowsOf(['a', NOON, { flow: 1 }])]
  const openAs = (username: string, text: string, more: Partial<Influxdb1Options> = {}) =>
    open(server.url, { username, password: { text, file: '' }, ...more })
  await expect(openAs('li', 'wrong').write(row)).rejects.toMatchObject({
    code: 'store-unavailable',
    message: expect.stringMatching(/401.*INFLUXDB_USERNAME/),
  })
  await expect(openAs('li', 'pump').write(row)).rejects.toMatchObject({
    code: 'store-unavailable',
    message: expect.stringMatching(/403.*not authorized/),
  })
  await tell('CREATE DATABASE lamplighter')
  await tell('GRANT ALL ON lamplighter TO li')
  const warn = vi.fn()
  const store = openAs('li', 'pump', { rawDays: 400, log: { warn, info: vi.fn() } })
  await store.write(row)
  expect(warn).toHaveBeenCalledWith(expect.anything(), expect.stringMatching(/may not set retention/))
  const asked = { facilities: ['a'], kind: contractKind.key, points: ['flow'], from: NOON, to: NOON + hours(1) }
  expect((await store.buckets(asked, { length: hours(1), origin: 0 }))[0]?.max).toEqual([1])
  await openAs('root', 'secret', { rawDays: 400 }).ping()
  await openAs('li', 'pump').write(row)
})

describe('InfluxDB 1 store against answers', () => {
  const row = [rowsOf(['a', NOON, { flow: 1 }])]
  const policies = {
    body: JSON.stringify({
      results: [
        {
          statement_id: 0,
          series: [
            {
              columns: ['name', 'duration', 'default'],
              values: [
                ['lamplighter_raw', '0s', true],
                ['lamplighter_hours', '0s', false],
              ],
            },
          ],
        },
      ],
    }),
  }
  const setUpAnswers = (path: string, body: string) => {
    if (!path.startsWith('/query')) return undefined
    const q = new URLSearchParams(body).get('q') ?? ''
    return q.startsWith('SHOW RETENTION') ? policies : { body: '{"results":[{"statement_id":0}]}' }
  }

  test('an absent server is an unavailable store', async () => {
    await expect(open(`http://127.0.0.1:${await freePort()}`).ping()).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('a password file is read again when the server refuses what it held', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secret-'))
    stops.push(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'password')
    writeFileSync(file, 'old\n')
    let right = 'old'
    const { url, requests, stop } = await serve(({ path, body, headers }) => {
      const expected = `Basic ${Buffer.from(`li:${right}`).toString('base64')}`
      if (headers.authorization !== expected) return { status: 401, body: '{"error":"authorization failed"}' }
      return setUpAnswers(path, body) ?? { status: 204, body: '' }
    })
    stops.push(stop)
    const store = open(url, { username: 'li', password: { text: 'unused', file } })
    await store.write(row)
    right = 'new'
    await expect(store.write(row)).rejects.toThrow(/401.*authorization failed.*INFLUXDB_PASSWORD/)
    writeFileSync(file, 'new\n')
    const before = requests.length
    await store.write(row)
    expect(requests.slice(before).map(({ path }) => path.split('?')[0])).toEqual(['/write', '/write'])
    rmSync(file)
    right = 'newest'
    await expect(store.write(row)).rejects.toThrow(/file .* cannot be read/)
    writeFileSync(file, 'newest')
  })

  test.each([
    [500, '{"error":"disk full"}', /cannot be written/],
    [403, '{"error":"not allowed"}', /403: not allowed.*lacks that right/],
    [404, '{"error":"database not found"}', /404/],
    [400, '{"error":"partial write: max-series-per-database limit exceeded: (1000000) dropped=1"}', /max-series.*raise or remove/],
  ])('HTTP %i %s lets the rows wait', async (status, body, words) => {
    const { url, stop } = await serve((request) => setUpAnswers(request.path, request.body) ?? { status, body })
    stops.push(stop)
    await expect(open(url).write(row)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(words),
    })
  })

  test('lines whose text the server repeats are given back in a few requests, all others are written together', async () => {
    const written: string[] = []
    const { url, requests, stop } = await serve(({ path, body }) => {
      const answer = setUpAnswers(path, body)
      if (answer || path.includes('rp=')) return answer ?? { status: 204 }
      const lines = body.split('\n')
      const unreadable = lines.filter((line) => line.includes('level='))
      if (unreadable.length === 0) written.push(...lines)
      const said = unreadable.map((line) => `unable to parse '${line}': invalid number`).join('\n')
      return unreadable.length > 0 ? { status: 400, body: JSON.stringify({ error: said }) } : { status: 204 }
    })
    stops.push(stop)
    const rows = Array.from({ length: 300 }, (_, i): [string, number, Record<string, number>] => [
      'a',
      NOON + i,
      i % 3 ? { flow: i } : { level: i },
    ])
    const refused = await refusedBy(open(url).write([rowsOf(...rows)]))
    expect(refused.map(({ batch }) => batch.rows)).toEqual([100])
    expect(written).toHaveLength(200)
    expect(requests.filter(({ path }) => path.startsWith('/write') && !path.includes('rp=')).length).toBeLessThan(8)
  })

  test('a server that says nothing, or stops in the midst of an answer, is given up', async () => {
    const { url, stop } = await serve(({ body }) => (body.includes('LIMIT+1') ? 'never' : 'half'))
    stops.push(stop)
    const store = open(url, { timeout: 100 })
    await expect(store.range({ facilities: ['a'], kind: contractKind.key, points: ['flow'], from: 0, to: 1 }, 1)).rejects.toThrow(
      /no answer within/,
    )
    await expect(store.scan({ kind: contractKind.key, from: 0, to: 1 })).rejects.toThrow(/no answer within/)
  })

  test('an answer that would not fit in memory is refused in words', async () => {
    const values = Array.from({ length: 10_000 }, (_, i) => [i, 'a', 1])
    const chunk = JSON.stringify({ results: [{ statement_id: 0, series: [{ columns: ['time', 'facility', 'flow'], values }] }] })
    const { url, stop } = await serve(() => ({ body: `${chunk}\n`.repeat(260) }))
    stops.push(stop)
    await expect(open(url).scan({ kind: contractKind.key, from: 0, to: 1 })).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringMatching(/more than 5,000,000 values/),
    })
  })
})
