import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImportProgress, importTelemetry } from '../../../../src/edges/exchange/telemetry/import.ts'
import { openMemoryTelemetryStore } from '../../../../src/storage/memory/telemetry-store.ts'
import { days, hours, minutes } from '../../../../src/telemetry/duration.ts'
import { findProgram } from '../../../servers.ts'
import { type OutsideServer, startInfluxd } from '../../../storage/influxdb/server.ts'
import { contractKind, NOON } from '../../../storage/telemetry-store.contract.ts'
import { contentOf, never, takingOptions } from './fixtures.ts'

const influxd = findProgram('influxd')

describe.skipIf(!influxd)('a running InfluxDB 1', () => {
  let server: OutsideServer
  beforeAll(async () => {
    server = await startInfluxd(influxd as string)
    for (const name of ['city', 'types', 'foreign'])
      await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q: `CREATE DATABASE ${name}` }) })
  }, 30_000)
  afterAll(() => server?.stop())
  const write = async (database: string, lines: string[]) => {
    const response = await fetch(`${server.url}/write?db=${database}&precision=ms`, { method: 'POST', body: lines.join('\n') })
    expect([response.status, await response.text()]).toEqual([204, ''])
  }
  const options = (more = {}) => takingOptions({ kind: null, ...more })

  test('all of it comes in, in slices, and a second time from where the first was stopped', async () => {
    const lines = Array.from(
      { length: 2000 },
      (_, i) => `pump-station,facility=PS-${i % 5} flow=${i % 100},running=${i % 2},mode=${i % 3} ${NOON + i * minutes(3)}`,
    )
    await write('city', lines)
    const source = { url: server.url, database: 'city' }
    const whole = openMemoryTelemetryStore()
    const report = await importTelemetry(source, options(), whole, { signal: never })
    expect(report).toMatchObject({
      rows: 2000,
      taken: 2000,
      values: 6000,
      facilities: 5,
      errors: 0,
      warnings: 0,
      from: NOON,
      to: NOON + 1999 * minutes(3),
    })

    const parts = openMemoryTelemetryStore()
    const stop = new AbortController()
    let through: ImportProgress['through']
    const onProgress = (progress: ImportProgress) => {
      through = progress.through
      if (progress.share > 0.4) stop.abort(new Error('enough'))
    }
    await expect(importTelemetry(source, options(), parts, { signal: stop.signal, onProgress })).rejects.toThrow('enough')
    const before = (await contentOf(parts)).length
    const rest = await importTelemetry({ ...source, ...(through && { through }) }, options(), parts, { signal: never })
    expect(before).toBeGreaterThan(0)
    expect(rest.rows).toBe(2000 - before)
    expect(await contentOf(parts)).toEqual(await contentOf(whole))
  })

  test('a part of the time, and booleans and strings as earlier releases wrote them', async () => {
    await write('types', [
      `pump-station,facility=a running=true,mode="manual",level.bad=746,level=3i ${NOON}`,
      `pump-station,facility=a running=false,mode="off" ${NOON + hours(1)}`,
      `pump-station,facility=a flow=2 ${NOON + days(30)}`,
      `windmill,facility=b flow=1 ${NOON}`,
    ])
    const store = openMemoryTelemetryStore()
    const source = { url: server.url, database: 'types', from: NOON, to: NOON + days(1) }
    await importTelemetry(source, options(), store, { signal: never })
    expect(await contentOf(store)).toEqual([`${NOON} a level.bad=746 level=3 mode=2 running=1`, `${NOON + hours(1)} a mode=0 running=0`])
  })

  test('what others wrote comes in by a mapping', async () => {
    await write('foreign', [`pumps,where=a,site=north Q=1,junk=2,hue="red" ${NOON}`])
    const mapping = { kinds: { pumps: contractKind.key }, facility: 'where', points: { Q: 'flow', junk: null, site: null } }
    const store = openMemoryTelemetryStore()
    const report = await importTelemetry({ url: server.url, database: 'foreign' }, options({ mapping }), store, { signal: never })
    expect(await contentOf(store)).toEqual([`${NOON} a flow=1`])
    expect(report.problems.map(({ reason, column }) => [reason, column])).toEqual([['point-unknown', 'hue']])
    await expect(importTelemetry({ url: server.url, database: 'foreign' }, options(), store, { signal: never })).rejects.toThrow(
      /No measurement of foreign/,
    )
  })

  test('a database that is not there is told', async () => {
    const source = { url: server.url, database: 'nowhere', measurements: ['pump-station'] }
    await expect(importTelemetry(source, options(), null, { signal: never })).rejects.toThrow(/cannot be asked: database not found/)
  })
})

test('InfluxDB 2 is asked with its token; a server that fails once is asked again', async () => {
  const asked: { authorization: string | undefined; q: string | null }[] = []
  let failures = 1
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    if (failures-- > 0) {
      response.statusCode = 503
      response.end('later')
      return
    }
    const q = new URLSearchParams(body).get('q')
    asked.push({ authorization: request.headers.authorization, q })
    const columns = ['time', 'facility', 'flow']
    response.end(JSON.stringify({ results: [{ series: [{ columns, values: [[NOON, 'a', 1]] }] }] }))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const source = {
    url: `http://127.0.0.1:${port}/`,
    database: 'bucket',
    token: 'secret',
    measurements: ['pump-station'],
    retentionPolicy: 'autogen',
  }
  const store = openMemoryTelemetryStore()
  await importTelemetry(source, takingOptions({ kind: null }), store, { signal: never })
  server.close()
  expect(await contentOf(store)).toEqual([`${NOON} a flow=1`])
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Token secret']))
  expect(asked[0]?.q).toBe('SELECT * FROM "autogen"."pump-station" ORDER BY time ASC LIMIT 1')
})

/** Answers as InfluxDB 1 does where it is told to give no more than `most` rows at once; one row each step of time. */
async function limitedServer(rows: number, step: number, most: number) {
  const timesBetween = (q: string) => {
    const [from, to] = ['>= ', '< '].map((sign) => Number(new RegExp(`time ${sign}(\\d+)ms`).exec(q)?.[1] ?? Number.NaN))
    const all = Array.from({ length: rows }, (_, i) => NOON + Math.floor(i * step))
    if (Number.isNaN(from)) return q.includes('DESC') ? all.toReversed() : all
    return all.filter((at) => at >= (from as number) && at < (to as number))
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const q = new URLSearchParams(body).get('q') ?? ''
    const asked = timesBetween(q).slice(0, Number(/LIMIT (\d+)/.exec(q)?.[1] ?? Number.POSITIVE_INFINITY))
    const values = asked.slice(0, most).map((at, i) => [at, `a${step < 1 ? i : ''}`, 1])
    const series = { columns: ['time', 'facility', 'flow'], values, ...(asked.length > most && { partial: true }) }
    response.end(JSON.stringify({ results: [{ series: [series] }] }))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const source = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, database: 'city', measurements: ['pump-station'] }
  return { source, stop: () => server.close() }
}

test('a server that gives only so many rows at once is asked for less, and nothing is lost', async () => {
  const { source, stop } = await limitedServer(5000, 1000, 300)
  const store = openMemoryTelemetryStore()
  const report = await importTelemetry(source, takingOptions({ kind: null }), store, { signal: never })
  stop()
  expect(report).toMatchObject({ rows: 5000, taken: 5000 })
  expect(await contentOf(store)).toHaveLength(5000)
})

test('more rows of one ms than such a server gives are told, not left out', async () => {
  const { source, stop } = await limitedServer(50, 0.01, 20)
  const failing = importTelemetry(source, takingOptions({ kind: null }), null, { signal: never })
  await expect(failing).rejects.toThrow(/answers no more than 20 rows at once \(max-row-limit\)/)
  stop()
})
