import { statSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { exportInThread, importInThread } from '../../../../src/edges/exchange/telemetry/exchange-in-thread.ts'
import type { ExportOrder } from '../../../../src/edges/exchange/telemetry/export.ts'
import type { TelemetryFormat } from '../../../../src/edges/exchange/telemetry/formats.ts'
import type { ScanQuery, TelemetryRows } from '../../../../src/storage/telemetry-store.ts'
import { analog, digital, type Point, text } from '../../../../src/telemetry/point.ts'

// Exports rows that are made as they are asked for, imports the file, and prints what came and the memory it took.
const [format, count, file] = process.argv.slice(2) as [TelemetryFormat, string, string]
const rows = Number(count)
const START = Date.UTC(2026, 0, 1)
const FACILITIES = Array.from({ length: 1000 }, (_, i) => `SL-${i}`)
const label = text('x', 'x')
const points = new Map<string, Point>([
  ...['voltage', 'current', 'power', 'level'].map((key): [string, Point] => [key, analog(label, '', [0, 1000])]),
  ['relay', digital(label, label, label)],
])
const kind = { key: 'street-light', points }

/** A hundred rows a second. */
async function scan({ from, to }: ScanQuery): Promise<TelemetryRows> {
  const first = Math.max(0, Math.ceil((from - START) / 10))
  const length = Math.max(0, Math.min(rows, Math.ceil((to - START) / 10)) - first)
  const column = (value: (i: number) => number) => Float64Array.from({ length }, (_, i) => value(first + i))
  return {
    kind: kind.key,
    facilities: FACILITIES,
    facility: Uint32Array.from({ length }, (_, i) => (first + i) % FACILITIES.length),
    at: column((i) => START + 10 * i),
    columns: [...points.keys()],
    values: [...points.values()].map(({ type }, p) =>
      column((i) => (type === 'boolean' ? i % 2 : Math.round(1e4 * ((i * (p + 1)) % 997)) / 1e4)),
    ),
    rows: length,
  }
}

let imported = 0
const write = async (batches: readonly TelemetryRows[]) => {
  for (const batch of batches) imported += batch.rows
}
const store = { telemetry: { scan, write, range: async () => [] }, remote: null }
const before = process.memoryUsage().rss
let most = 0
const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
const signal = new AbortController().signal
const order: ExportOrder = {
  ...{ kind, format, facilities: null, points: [...points.keys()], withFlagged: false, hasMark: true, timeZone: null },
  ...{ from: START, to: START + 10 * rows },
}
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const began = performance.now()
const exported = await exportInThread(order, store, { file }, { signal })
const between = performance.now()
const options = {
  kinds: new Map([[kind.key, kind]]),
  kind: kind.key,
  plant: new Map(),
  keepUnknown: true,
  mapping: {},
  oldest: { others: 0, kinds: {} },
  newest: 1e15,
}
await importInThread({ path: file, format, encoding: 'utf-8' }, options, false, store, { signal })
clearInterval(watching)
const seconds = { export: (between - began) / 1000, import: (performance.now() - between) / 1000 }
const delayMs = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }
console.log(JSON.stringify({ exported: exported.rows, imported, grown: most - before, bytes: statSync(file).size, seconds, delayMs }))
