/*
 * What the telemetry stores take and answer, side by side in one run: values written per second while the main thread's event loop is watched,
 * bytes per value on disk, and how long two typical questions take. The rate depends most on the values of a write, so it is measured for two sizes;
 * all stores get the same values. `node launch.mjs bench/telemetry-store.ts [--millions 4] [--quick]`
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gridFor } from '../src/storage/bucket-series.ts'
import { openEmbeddedTelemetryStore } from '../src/storage/embedded/telemetry-store.ts'
import { openInfluxdb1 } from '../src/storage/influxdb/influxdb1-telemetry-store.ts'
import type { StoredKind, TelemetryRows, TelemetryStore } from '../src/storage/telemetry-store.ts'
import { days, seconds } from '../src/telemetry/duration.ts'
import { analog, text } from '../src/telemetry/point.ts'
import { findProgram } from '../tests/servers.ts'
import { startInfluxd } from '../tests/storage/influxdb/server.ts'

const POINTS = ['voltage', 'current', 'power', 'energy', 'temperature', 'pressure', 'flow', 'level']
const kind: StoredKind = { key: 'pump-station', points: new Map(POINTS.map((point) => [point, analog(text(point, point), '', [0, 1e6])])) }
const START = Date.UTC(2026, 0, 5)
const SMALL = 5_000 / POINTS.length
const LARGE = 40_000 / POINTS.length
const PERIOD = seconds(10)
/** A day of one report every ten seconds. */
const REPORTS = days(1) / PERIOD

interface Figures {
  store: string
  'values a write': string
  'values/s': number | string
  'bytes/value': string
  'loop p99 ms': string
  '24 h raw ms': string
  '300 buckets ms': string
}

/** Every facility reports a day, all of them every ten seconds, with values that wander by small steps. */
function* batches(facilities: number, size: number): Generator<TelemetryRows> {
  const ids = Array.from({ length: facilities }, (_, i) => `pump-${i}`)
  const now = Float64Array.from({ length: facilities * POINTS.length }, (_, i) => 100 + (i % 17))
  let seed = 1
  const columns = POINTS.map(() => new Float64Array(size))
  const batch = {
    kind: kind.key,
    facilities: ids,
    facility: new Uint32Array(size),
    at: new Float64Array(size),
    columns: POINTS,
    values: columns,
  }
  let rows = 0
  for (let report = 0; report < REPORTS; report++) {
    for (let facility = 0; facility < facilities; facility++) {
      batch.facility[rows] = facility
      batch.at[rows] = START + report * PERIOD + facility
      for (const [p, column] of columns.entries()) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
        const i = facility * POINTS.length + p
        now[i] = Math.round(((now[i] as number) + ((seed >>> 28) - 7.5) / 10) * 10) / 10
        column[rows] = now[i] as number
      }
      if (++rows === size) {
        yield { ...batch, rows }
        rows = 0
      }
    }
  }
  if (rows > 0) yield { ...batch, rows }
}

async function medianOf(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  for (let i = 0; i < 9; i++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return (times.sort((a, b) => a - b)[4] as number).toFixed(1)
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )
}

async function load(store: TelemetryStore, facilities: number, size: number): Promise<{ perSecond: number; loop: string }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let values = 0
  let spent = 0
  delay.enable()
  for (const batch of batches(facilities, size)) {
    // Making the values is not what is measured.
    const began = performance.now()
    await store.write([batch])
    spent += performance.now() - began
    values += batch.rows * POINTS.length
  }
  delay.disable()
  return { perSecond: Math.round((values / spent) * 1000), loop: (delay.percentile(99) / 1e6).toFixed(1) }
}

async function ask(store: TelemetryStore): Promise<[raw: string, buckets: string]> {
  const query = { facilities: ['pump-7'], kind: kind.key, points: ['power'], from: START, to: START + days(1) }
  return [await medianOf(() => store.range(query, 100_000)), await medianOf(() => store.buckets(query, gridFor(query, 300, START)))]
}

const valuesOf = (facilities: number) => facilities * REPORTS * POINTS.length

async function measureEmbedded(facilities: number, size: number): Promise<Figures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const store = await openEmbeddedTelemetryStore({ folder, kinds: [kind], retentionDays: 100_000 })
  const { perSecond, loop } = await load(store, facilities, size)
  const figures = async (name: string, rate: number | string): Promise<Figures> => {
    const [raw, buckets] = await ask(store)
    const bytes = (sizeOf(folder) / valuesOf(facilities)).toFixed(2)
    const asked = { 'loop p99 ms': loop, '24 h raw ms': raw, '300 buckets ms': buckets }
    return { store: name, 'values a write': String(size * POINTS.length), 'values/s': rate, 'bytes/value': bytes, ...asked }
  }
  const open = await figures('embedded, day open', perSecond)
  await store.maintain(START + days(2))
  const sealed = await figures('embedded, day sealed', '')
  await store.close()
  rmSync(folder, { recursive: true })
  return [open, sealed]
}

async function measureInfluxdb(program: string, facilities: number, size: number): Promise<Figures> {
  const server = await startInfluxd(program)
  try {
    const store = await openInfluxdb1({ url: server.url, database: 'bench', kinds: [kind], timeout: seconds(30) })
    const { perSecond, loop } = await load(store, facilities, size)
    // Its size counts once what it had in its log is compressed.
    for (const deadline = Date.now() + seconds(10); sizeOf(join(server.folder, 'wal')) > 1e5 && Date.now() < deadline; ) await pause(200)
    const [raw, buckets] = await ask(store)
    const bytes = (sizeOf(server.folder) / valuesOf(facilities)).toFixed(2)
    const asked = { 'loop p99 ms': loop, '24 h raw ms': raw, '300 buckets ms': buckets }
    return { store: 'InfluxDB 1', 'values a write': String(size * POINTS.length), 'values/s': perSecond, 'bytes/value': bytes, ...asked }
  } finally {
    await server.stop()
  }
}

const { values: args } = parseArgs({ options: { quick: { type: 'boolean', default: false }, millions: { type: 'string', default: '4' } } })
const millions = args.quick ? 1 : Number(args.millions)
const facilities = Math.max(8, Math.round((millions * 1e6) / REPORTS / POINTS.length))
const influxd = findProgram('influxd')
const rows: Figures[] = []
for (const size of [SMALL, LARGE]) {
  rows.push(...(await measureEmbedded(facilities, size)))
  if (influxd) rows.push(await measureInfluxdb(influxd, facilities, size))
}
console.table(rows)
