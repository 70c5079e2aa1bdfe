/*
 * What the road to InfluxDB costs: the same lines written by the store and by curl, for several sizes of a request, plain and packed; then a year of
 * one point in 1,200 buckets from raw values and from roll-ups, what folding costs, and the latest values of 10,000 facilities.
 * `node launch.mjs bench/influxdb.ts [--millions 2] [--days 365]`
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { gridFor } from '../src/storage/bucket-series.ts'
import { openInfluxdb1 } from '../src/storage/influxdb/influxdb1-telemetry-store.ts'
import { encodeLines } from '../src/storage/influxdb/line-protocol.ts'
import type { StoredKind, TelemetryRows } from '../src/storage/telemetry-store.ts'
import { days, hours, minutes, seconds } from '../src/telemetry/duration.ts'
import { analog, text } from '../src/telemetry/point.ts'
import { findProgram } from '../tests/servers.ts'
import { type OutsideServer, startInfluxd } from '../tests/storage/influxdb/server.ts'

const POINTS = ['voltage', 'current', 'power', 'energy', 'temperature', 'pressure', 'flow', 'level']
const kind: StoredKind = { key: 'pump-station', points: new Map(POINTS.map((point) => [point, analog(text(point, point), '', [0, 1e6])])) }
const START = Date.UTC(2026, 0, 5)

const { values: args } = parseArgs({ options: { millions: { type: 'string', default: '2' }, days: { type: 'string', default: '365' } } })
const VALUES = Number(args.millions) * 1e6
const DAYS = Number(args.days)

/** Rows of facilities that all report every ten seconds, with values that wander by small steps. */
function rowsOf(facilities: number, first: number, rows: number, points = POINTS, period = seconds(10)): TelemetryRows {
  const value = (row: number, p: number) => Math.round((100 + 20 * Math.sin((first + row) / 97 + p)) * 10) / 10
  return {
    kind: kind.key,
    facilities: Array.from({ length: facilities }, (_, i) => `pump-${i}`),
    facility: Uint32Array.from({ length: rows }, (_, i) => (first + i) % facilities),
    at: Float64Array.from({ length: rows }, (_, i) => START + Math.floor((first + i) / facilities) * period),
    columns: points,
    values: points.map((_, p) => Float64Array.from({ length: rows }, (_, row) => value(row, p))),
    rows,
  }
}

async function timed<T>(work: () => Promise<T>): Promise<[ms: number, result: T]> {
  const began = performance.now()
  const result = await work()
  return [performance.now() - began, result]
}

const perSecond = (values: number, ms: number) => Math.round((values / ms) * 1000)

async function writeByStore(url: string, size: number): Promise<{ rate: number; loop: number }> {
  const store = openInfluxdb1({ url, database: `store_${size}`, kinds: [kind], timeout: seconds(60) })
  await store.ping()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const rows = Math.floor(VALUES / POINTS.length)
  let spent = 0
  for (let first = 0; first < rows; first += size) {
    const batch = rowsOf(1000, first, Math.min(size, rows - first))
    delay.enable()
    spent += (await timed(() => store.write([batch])))[0]
    delay.disable()
  }
  await store.close()
  return { rate: perSecond(rows * POINTS.length, spent), loop: delay.percentile(99) / 1e6 }
}

async function writeByCurl(url: string, size: number, packed: boolean): Promise<number> {
  const database = `curl_${size}_${packed}`
  await fetch(`${url}/query`, { method: 'POST', body: new URLSearchParams({ q: `CREATE DATABASE ${database}` }) })
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const rows = Math.floor(VALUES / POINTS.length)
  const requests: string[] = []
  for (let first = 0; first < rows; first += size) {
    const file = join(folder, String(first))
    const lines = encodeLines(kind, rowsOf(1000, first, Math.min(size, rows - first))).join('\n')
    writeFileSync(file, packed ? gzipSync(lines, { level: 1 }) : lines)
    const header = packed ? '\nheader = "Content-Encoding: gzip"' : ''
    requests.push(`url = "${url}/write?db=${database}&precision=ms"\ndata-binary = "@${file}"\nheader = "Expect:"${header}\nfail\nsilent`)
  }
  const config = join(folder, 'config')
  writeFileSync(config, requests.join('\nnext\n'))
  const [ms, { status }] = await timed(async () => spawnSync('curl', ['-K', config]))
  if (status !== 0) throw new Error(`curl ended with ${status}`)
  rmSync(folder, { recursive: true })
  return perSecond(rows * POINTS.length, ms)
}

async function fresh<T>(influxd: string, work: (server: OutsideServer) => Promise<T>): Promise<T> {
  const server = await startInfluxd(influxd)
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}

async function medianOf(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  for (let i = 0; i < 9; i++) times.push((await timed(work))[0])
  return times.sort((a, b) => a - b)[4]?.toFixed(1) ?? ''
}

/** A value a minute for long, of a few facilities. */
async function askAYear({ url }: OutsideServer): Promise<Record<string, string>> {
  const store = openInfluxdb1({ url, database: 'year', kinds: [kind], timeout: seconds(60) })
  const FACILITIES = 4
  const rows = (DAYS * days(1) * FACILITIES) / minutes(1)
  const size = 40_000
  for (let first = 0; first < rows; first += size)
    await store.write([rowsOf(FACILITIES, first, Math.min(size, rows - first), ['power', 'flow'], minutes(1))])
  const query = { facilities: ['pump-1'], kind: kind.key, points: ['power'], from: START, to: START + days(DAYS) }
  const grid = gridFor(query, 1200, START)
  const raw = await medianOf(() => store.buckets(query, grid))
  const rawAnswer = await store.buckets(query, grid)
  const [folding, folded] = await timed(() => store.maintain(START + days(DAYS + 2)))
  const rolled = await medianOf(() => store.buckets(query, grid))
  const same = JSON.stringify((await store.buckets(query, grid)).map(({ min, max, count, last }) => ({ min, max, count, last })))
  if (same !== JSON.stringify(rawAnswer.map(({ min, max, count, last }) => ({ min, max, count, last })))) throw new Error('roll-ups differ')
  const late = rowsOf(FACILITIES, 0, 4, ['power'])
  await store.write([late])
  const dirty = await medianOf(() => store.buckets(query, grid))
  const [again] = await timed(() => store.maintain(START + days(DAYS + 2)))
  await store.close()
  return {
    'buckets of h': String(grid.length / hours(1)),
    'from raw ms': raw,
    'from roll-ups ms': rolled,
    'with a late hour ms': dirty,
    'hours folded': String(folded),
    'folding a year ms': folding.toFixed(0),
    'folding a late hour ms': again.toFixed(1),
  }
}

async function askLatest({ url }: OutsideServer): Promise<Record<string, string>> {
  const store = openInfluxdb1({ url, database: 'latest', kinds: [kind], timeout: seconds(60) })
  for (let report = 0; report < 20; report++) await store.write([rowsOf(10_000, report * 10_000, 10_000)])
  const latest = await medianOf(() => store.latest(kind.key, START - 1))
  const facilities = Array.from({ length: 100 }, (_, i) => `pump-${i * 100}`)
  const query = { facilities, kind: kind.key, points: ['power', 'flow'], from: START, to: START + minutes(10) }
  const together = await medianOf(() => store.range(query, 1000))
  const apart = await medianOf(async () => {
    for (const facility of facilities) await store.range({ ...query, facilities: [facility] }, 1000)
  })
  const [fold] = await timed(() => store.maintain(START + hours(2)))
  await store.close()
  return {
    'latest of 10,000 ms': latest,
    '100 facilities in one request ms': together,
    'in 100 requests ms': apart,
    'folding their hour ms': fold.toFixed(0),
  }
}

const influxd = findProgram('influxd')
if (influxd) {
  const written: Record<string, string | number>[] = []
  for (const size of VALUES > 0 ? [1_000, 5_000, 20_000] : []) {
    const curl = await fresh(influxd, ({ url }) => writeByCurl(url, size, false))
    const packed = await fresh(influxd, ({ url }) => writeByCurl(url, size, true))
    const { rate, loop } = await fresh(influxd, ({ url }) => writeByStore(url, size))
    const compared = { 'by curl values/s': curl, 'by curl, packed': packed, 'by the store values/s': rate, 'loop p99 ms': loop.toFixed(1) }
    written.push({ 'lines a write': size, ...compared })
  }
  if (written.length > 0) console.table(written)
  console.table([await fresh(influxd, askAYear)])
  console.table([await fresh(influxd, askLatest)])
} else console.log('influxd is not installed')
