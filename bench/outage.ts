/*
 * What the way to the store does after an outage: how far live readings are behind and how fast the backlog is stored, with what memory and how
 * responsive the process stays. Messages go through the journal, are decoded and stored; detection is left out.
 * `node launch.mjs bench/outage.ts [--store embedded|influxdb1] [--rate 8000] [--outage 60] [--fault away|hanging|slow]`
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { LamplighterError } from '../src/errors.ts'
import { kindByKey } from '../src/facilities/index.ts'
import { Plant } from '../src/facilities/plant.ts'
import { openJournal } from '../src/storage/embedded/segment-journal.ts'
import { openEmbeddedTelemetryStore } from '../src/storage/embedded/telemetry-store.ts'
import { openInfluxdb1 } from '../src/storage/influxdb/influxdb1-telemetry-store.ts'
import { createStoreWriter } from '../src/storage/store-writer.ts'
import type { TelemetryRows, TelemetryStore } from '../src/storage/telemetry-store.ts'
import { decodeNative } from '../src/telemetry/codecs/native.ts'
import { days, minutes } from '../src/telemetry/duration.ts'
import type { Message } from '../src/telemetry/message.ts'
import { findProgram } from '../tests/servers.ts'
import { startInfluxd } from '../tests/storage/influxdb/server.ts'

const { values: args } = parseArgs({
  options: {
    store: { type: 'string', default: 'embedded' },
    rate: { type: 'string', default: '8000' },
    outage: { type: 'string', default: '60' },
    fault: { type: 'string', default: 'away' },
  },
})
const [rate, outage] = [Number(args.rate), Number(args.outage) * 1000]
const FACILITIES = 2_000
const POINTS = ['flow', 'inlet-pressure', 'outlet-pressure', 'current-a', 'current-b', 'current-c', 'power', 'speed']
/** How long a black hole keeps a write, and how long each write of a slow store takes beside its own time, ms. */
const HANGING = 30_000
const SLOW = 1_000

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-outage-'))
const kind = kindByKey.get('pump-station')
if (!kind) throw new Error('no pump stations')
const stored = [{ key: kind.key, points: new Map(kind.table.keys.map((name, i) => [name, kind.table.points[i] as never])) }]
const influxd = args.store === 'influxdb1' ? await startInfluxd(findProgram('influxd') as string) : null
const inner: TelemetryStore = influxd
  ? await openInfluxdb1({ url: influxd.url, database: 'lamplighter', kinds: stored, timeout: 30_000 })
  : await openEmbeddedTelemetryStore({
      folder: join(folder, 'telemetry'),
      kinds: stored,
      retentionDays: 400,
      log: { warn: console.warn, error: console.error },
    } as unknown as Parameters<typeof openEmbeddedTelemetryStore>[0])

let isAway = false
const store = {
  async write(batches: readonly TelemetryRows[]) {
    if (isAway && args.fault === 'hanging') await pause(HANGING)
    if (isAway) throw new LamplighterError('store-unavailable', 'away')
    if (args.fault === 'slow') await pause(SLOW)
    await inner.write(batches)
  },
}

const plant = new Plant()
for (let i = 0; i < FACILITIES; i++) {
  plant.put({
    ...{ number: i, id: `PS-${i}`, kind, name: '', nameEn: '', district: '', road: '', roadClass: null, keyArea: false, owner: '' },
    ...{ position: null, fedBy: null, circuit: null, gateway: null, labels: {}, rated: {}, mode: 'auto' as const },
  })
}
const limits = { maxPayload: 65_536, maxFuture: minutes(5), maxAge: days(400) }
const decode = (message: Message) => decodeNative(message, plant, limits).reports
const journal = await openJournal({ folder: join(folder, 'journal'), maxBytes: 8e9, maxAge: days(3), now: Date.now })
let noted = -1
const note = (position: number): void => {
  noted = position
}
const writer = createStoreWriter({
  store,
  journal,
  decode,
  kinds: [kind],
  state: { storedThrough: () => noted, setStoredThrough: note },
  now: () => performance.now(),
  schedule: (work, delay) => {
    const timer = setTimeout(work, delay)
    return () => clearTimeout(timer)
  },
  random: Math.random,
  setAside: async (refused) => console.error('refused', refused[0]?.reason),
})
journal.onCommit((messages, error) => {
  if (error) throw error
  for (const message of messages) {
    for (const report of decode(message)) writer.append(report, message.position)
    writer.reached(message.position)
  }
})

let sent = 0
function send(): void {
  const at = Date.now()
  const id = `PS-${sent % FACILITIES}`
  const values = Object.fromEntries(POINTS.map((point, i) => [point, Math.round(100 * Math.abs(Math.sin(sent / 1000 + i))) / 100]))
  // Several reports of one facility within a millisecond must not be one row.
  journal.append(`facilities/pump-station/${id}/telemetry`, Buffer.from(JSON.stringify({ at: at + (sent % 7) / 10, values })), at)
  sent++
}

const start = performance.now()
const loop = monitorEventLoopDelay({ resolution: 5 })
const percentile = (numbers: readonly number[], part: number) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * part)] ?? 0

/** Sends at the rate until `isOver`; tells how far live readings were behind, and the memory. */
async function phase(name: string, isOver: (elapsed: number) => boolean): Promise<number> {
  const begun = performance.now()
  const lags: number[] = []
  let memory = 0
  let sampled = 0
  loop.reset()
  loop.enable()
  const [cpu, before] = [process.cpuUsage(), sent]
  for (let elapsed = 0; !isOver(elapsed); elapsed = performance.now() - begun) {
    const due = ((performance.now() - start) / 1000) * rate
    while (sent < due) send()
    if (performance.now() - sampled > 100) {
      sampled = performance.now()
      lags.push(writer.stats().liveLag)
      memory = Math.max(memory, process.memoryUsage.rss())
      void journal.release(writer.storedThrough() + 1)
    }
    await pause(2)
  }
  loop.disable()
  const elapsed = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage(cpu)
  console.log(
    [
      name.padEnd(10),
      `${elapsed.toFixed(1).padStart(6)} s`,
      `live lag p50 ${percentile(lags, 0.5).toFixed(0).padStart(6)} max ${Math.max(...lags)
        .toFixed(0)
        .padStart(6)} ms`,
      `rss ${(memory / 1e6).toFixed(0)} MB`,
      `loop p99 ${(loop.percentile(99) / 1e6).toFixed(1)} ms`,
      `cpu ${(((user + system) / 1e6 / elapsed) * 100).toFixed(0)} %`,
      `sent ${((sent - before) / elapsed).toFixed(0)}/s`,
    ].join(' | '),
  )
  return elapsed
}

console.log(`${args.store}, ${rate} messages/s of ${POINTS.length} values, store ${args.fault} for ${args.outage} s`)
await phase('normal', (elapsed) => elapsed > 5000)
isAway = args.fault !== 'slow'
await phase(args.fault, (elapsed) => elapsed > outage)
isAway = false
// The pause before the next try is part of the outage for whoever waits.
await phase('returning', () => writer.problems().length === 0)
const { backlog } = writer.stats()
const seconds = await phase('catching up', (elapsed) => !writer.stats().catchingUp || elapsed > 300_000)
if (writer.stats().catchingUp) console.log(`not caught up: ${writer.stats().backlog} messages left`)
else console.log(`${backlog} messages of backlog in ${seconds.toFixed(1)} s: ${(backlog / seconds).toFixed(0)}/s beside the live ones`)
await writer.close(10_000)
await journal.close()
await inner.close()
await influxd?.stop()
rmSync(folder, { recursive: true, force: true })
console.log(`noted through ${noted} of ${sent}, failures ${writer.stats().failures}, set aside ${writer.stats().setAside}`)
process.exit(0)
