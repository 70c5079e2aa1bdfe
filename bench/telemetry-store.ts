/*
 * What the telemetry stores take and answer, each with the same values in one run: a year of a few facilities, then a dense day of many, part of
 * which is still being written (8,000 values a second) while the typical questions are asked. The event loop of the main thread is watched
 * throughout. `node launch.mjs bench/telemetry-store.ts [--millions 20] [--quick]`
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
import { days, hours, minutes, seconds } from '../src/telemetry/duration.ts'
import { analog, text } from '../src/telemetry/point.ts'
import { findProgram } from '../tests/servers.ts'
import { startInfluxd } from '../tests/storage/influxdb/server.ts'

const POINTS = ['voltage', 'current', 'power', 'energy', 'temperature', 'pressure', 'flow', 'level']
const kind: StoredKind = { key: 'pump-station', points: new Map(POINTS.map((point) => [point, analog(text(point, point), '', [0, 1e6])])) }
/** Noon: the last 24 h are one day in order and one that is not over. */
const NOW = Date.UTC(2026, 0, 5, 12)
const LIVE_PER_SECOND = 1_000
/** A question that takes long is asked less often. */
const LONGEST_ASKING = seconds(20)

interface Plan {
  /** Days of history, of so many facilities that report every quarter of an hour. */
  history: number
  old: number
  /** Facilities that report every ten seconds in the last 24 h. */
  busy: number
  /** Facilities that report now. */
  city: number
  /** Times each question is asked. */
  asked: number
}

const names = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}-${i}`)

interface Reporters {
  ids: readonly string[]
  from: number
  to: number
  period: number
}

/** Values that wander by small steps, as those of meters do. */
class Wandering {
  readonly #now: Float64Array
  #seed = 1

  constructor(facilities: number) {
    this.#now = Float64Array.from({ length: facilities * POINTS.length }, (_, i) => 100 + (i % 17))
  }

  next(facility: number, point: number): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    const i = facility * POINTS.length + point
    this.#now[i] = Math.round(((this.#now[i] as number) + ((this.#seed >>> 28) - 7.5) / 10) * 10) / 10
    return this.#now[i] as number
  }
}

/** All of them report in each period, in writes of so many rows. */
function* batches({ ids, from, to, period }: Reporters, size: number, values = new Wandering(ids.length)): Generator<TelemetryRows> {
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
  for (let at = from; at < to; at += period)
    for (let facility = 0; facility < ids.length; facility++) {
      batch.facility[rows] = facility
      batch.at[rows] = at + (facility % 1000)
      for (const [p, column] of columns.entries()) column[rows] = values.next(facility, p)
      if (++rows === size) {
        yield { ...batch, rows }
        rows = 0
      }
    }
  if (rows > 0) yield { ...batch, rows }
}

async function load(store: TelemetryStore, reporters: Reporters, valuesAWrite: number): Promise<{ values: number; perSecond: number }> {
  let values = 0
  let spent = 0
  for (const batch of batches(reporters, valuesAWrite / POINTS.length)) {
    // Making the values is not what is measured.
    const began = performance.now()
    await store.write([batch])
    spent += performance.now() - began
    values += batch.rows * POINTS.length
  }
  return { values, perSecond: Math.round((values / spent) * 1000) }
}

/** Writes 8,000 values each second until it is stopped; tells how many, and how long a write took at the 99th percentile, ms. */
function writeLive(store: TelemetryStore, ids: readonly string[]): () => Promise<{ values: number; p99: number }> {
  let isOver = false
  const times: number[] = []
  const work = async () => {
    const reports = batches({ ids, from: NOW, to: NOW + hours(12), period: seconds(10) }, LIVE_PER_SECOND)
    for (let due = performance.now(); !isOver; due += 1000) {
      await pause(Math.max(0, due - performance.now()))
      const next = reports.next().value as TelemetryRows
      const began = performance.now()
      await store.write([next])
      times.push(performance.now() - began)
    }
  }
  const working = work()
  return async () => {
    isOver = true
    await working
    return { values: times.length * LIVE_PER_SECOND * POINTS.length, p99: percentile(times, 0.99) }
  }
}

const percentile = (times: readonly number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] as number

const shown = (times: readonly number[]) => `${percentile(times, 0.5).toFixed(1)} / ${percentile(times, 0.99).toFixed(1)}`

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )
}

interface Opened {
  store: TelemetryStore
  folder: string
  /** Puts in order what can be, as of a time, ms. */
  settle(now: number): Promise<void>
  close(): Promise<void>
}

async function openEmbedded(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const store = await openEmbeddedTelemetryStore({ folder, kinds: [kind], retentionDays: 100_000, hoursDays: 100_000 })
  return {
    ...{ store, folder },
    async settle(now) {
      const { failed } = await store.compact(now)
      if (failed.length > 0) throw new Error(JSON.stringify(failed))
    },
    async close() {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function openInflux(program: string): Promise<Opened> {
  const server = await startInfluxd(program)
  const store = await openInfluxdb1({ url: server.url, database: 'bench', kinds: [kind], timeout: seconds(120) })
  return {
    ...{ store, folder: server.folder },
    async settle() {
      // Its size counts once what it had in its log is compressed.
      const deadline = Date.now() + seconds(10)
      while (sizeOf(join(server.folder, 'wal')) > 1e5 && Date.now() < deadline) await pause(200)
    },
    async close() {
      await store.close()
      await server.stop()
    },
  }
}

async function measure(name: string, { store, folder, settle, close }: Opened, plan: Plan): Promise<Record<string, string>> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  try {
    const old = names('old', plan.old)
    const [busy, city] = [names('busy', plan.busy), names('city', plan.city)]
    const history = await load(store, { ids: old, from: NOW - days(plan.history), to: NOW, period: minutes(15) }, 40_000)
    await settle(NOW)
    const before = sizeOf(folder)
    const dense = await load(store, { ids: busy, from: NOW - days(1), to: NOW - hours(6), period: seconds(10) }, 40_000)
    const often = await load(store, { ids: busy, from: NOW - hours(6), to: NOW, period: seconds(10) }, 5_000)
    const now = await load(store, { ids: city, from: NOW - minutes(20), to: NOW, period: minutes(10) }, 40_000)
    const began = performance.now()
    await settle(NOW)
    const settled = (performance.now() - began) / 1000
    const stop = writeLive(store, city)
    const ask = async (question: (i: number) => Promise<unknown>): Promise<string> => {
      const times: number[] = []
      const deadline = performance.now() + LONGEST_ASKING
      for (let i = 0; i < plan.asked && (i < 3 || performance.now() < deadline); i++) {
        const asked = performance.now()
        await question(i)
        times.push(performance.now() - asked)
        await pause(20)
      }
      return shown(times)
    }
    const one = (ids: readonly string[], i: number, span: number) => ({
      ...{ kind: kind.key, facilities: [ids[(i * 7) % ids.length] as string], points: [POINTS[i % POINTS.length] as string] },
      ...{ from: NOW - span, to: NOW },
    })
    const folded = (ids: readonly string[], i: number, span: number, buckets: number) => {
      const query = one(ids, i, span)
      return store.buckets(query, gridFor(query, buckets, Date.UTC(2024, 0, 1)))
    }
    const answers = {
      '24 h raw ms': await ask((i) => store.range(one(busy, i, days(1)), 100_000)),
      '24 h in 300 ms': await ask((i) => folded(busy, i, days(1), 300)),
      '30 d in 300 ms': await ask((i) => folded(old, i, days(30), 300)),
      [`${plan.history} d in 1200 ms`]: await ask((i) => folded(old, i, days(plan.history), 1200)),
      [`latest of ${plan.city} ms`]: await ask(() => store.latest(kind.key, NOW - days(1))),
    }
    const live = await stop()
    let isSettled = false
    const settling = settle(NOW + days(2)).then(() => {
      isSettled = true
    })
    const meanwhile: number[] = []
    for (let i = 0; !isSettled; i++) {
      const asked = performance.now()
      await store.range(one(busy, i, days(1)), 100_000)
      meanwhile.push(performance.now() - asked)
      await pause(20)
    }
    await settling
    const bytes = (sizeOf(folder) - before) / (dense.values + often.values + now.values + live.values)
    return {
      store: name,
      values: `${((history.values + dense.values + often.values + now.values + live.values) / 1e6).toFixed(1)} M`,
      'values/s by 5,000': String(often.perSecond),
      'values/s by 40,000': String(dense.perSecond),
      'in order s': settled.toFixed(1),
      'bytes/value': bytes.toFixed(2),
      ...answers,
      '24 h raw, while put in order ms': shown(meanwhile),
      'live write p99 ms': live.p99.toFixed(0),
      'loop p99 ms': (delay.percentile(99) / 1e6).toFixed(1),
    }
  } finally {
    delay.disable()
    await close()
  }
}

const { values: args } = parseArgs({ options: { quick: { type: 'boolean', default: false }, millions: { type: 'string', default: '20' } } })
const history = args.quick ? 31 : 365
const old = args.quick ? 5 : 20
const wanted = args.quick ? 1e6 : Number(args.millions) * 1e6 - history * 96 * old * POINTS.length
const busy = Math.max(8, Math.round(wanted / (days(1) / seconds(10)) / POINTS.length))
const plan: Plan = { history, old, busy, city: 10_000, asked: args.quick ? 10 : 100 }
const influxd = findProgram('influxd')
const rows = [await measure('embedded', await openEmbedded(), plan)]
if (influxd) rows.push(await measure('InfluxDB 1', await openInflux(influxd), plan))
// A column for each store: there are more figures than fit beside each other.
console.log('Times of answers: median / 99th percentile')
console.table(
  Object.fromEntries(
    Object.keys(rows[0] ?? {})
      .filter((figure) => figure !== 'store')
      .map((figure) => [figure, Object.fromEntries(rows.map((row) => [row.store, row[figure]]))]),
  ),
)
