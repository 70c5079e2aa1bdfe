import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CITY_CENTRE } from '../simulators/city.ts'
import { Device } from '../simulators/device.ts'
import { createWorld } from '../simulators/world.ts'
import { utcOffsets } from '../src/control/local-time.ts'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { facilityKinds } from '../src/facilities/index.ts'
import { noGrid } from '../src/facilities/physics.ts'
import type { Facility } from '../src/facilities/plant.ts'
import { usualInterval } from '../src/services/due-reports.ts'
import { calendarOrigin } from '../src/storage/bucket-series.ts'
import { openEmbeddedTelemetryStore } from '../src/storage/embedded/telemetry-store.ts'
import { RowBuffer } from '../src/storage/row-buffer.ts'
import { days } from '../src/telemetry/duration.ts'
import { encodeValue, type Point } from '../src/telemetry/point.ts'

const help = `What a facility of each kind takes on disk in the embedded store: simulated days of healthy facilities that report as rated, put in
order as the store does by itself.

  node launch.mjs bench/sizing.ts [--days 2] [--values 1000000]

  --values   of a kind in a day, by as many facilities as that takes: files grow by 256 kB, which would show in small ones`

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '2' },
    values: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(help)
  process.exit(0)
}

const SEED = 'sizing'
/** Roll-ups of fewer facilities are smaller than what their files grow by. */
const MANY = 100
/** Past days, so that they are put in order. */
const start = Date.UTC(2026, 2, 2)
const length = Number(values.days)
const kindByKey = new Map(facilityKinds.map((kind) => [kind.key, kind]))
const world = createWorld({ position: CITY_CENTRE, seed: SEED })
const origin = calendarOrigin(utcOffsets('Asia/Shanghai'))

const facilityOf = (kind: FacilityKind, i: number) =>
  ({ number: i, id: `${kind.key}-${i}`, kind, rated: {}, fedBy: null, gateway: null, circuit: null }) as unknown as Facility

const deviceOf = (facility: Facility) =>
  new Device(facility, { seed: SEED, grid: noGrid, moment: (at) => ({ ...world(at), fault: () => 0 }) })

/** Values of a kind's facilities in that time, written day by day. */
async function measure(kind: FacilityKind) {
  const folder = mkdtempSync(join(tmpdir(), 'sizing-'))
  const points = new Map(kind.table.keys.map((key, i) => [key, kind.table.points[i] as Point]))
  const store = await openEmbeddedTelemetryStore({ folder, kinds: [{ key: kind.key, points }], retentionDays: 10_000, origin })
  const interval = usualInterval(facilityOf(kind, 0), Number.NaN) as number
  const perDay = (days(1) / interval) * Object.keys(deviceOf(facilityOf(kind, 0)).step(start) ?? {}).length
  const count = Math.ceil(Number(values.values) / perDay)
  const facilities = Array.from({ length: count }, (_, i) => facilityOf(kind, i))
  const devices = facilities.map((facility) => ({ facility, device: deviceOf(facility) }))
  let [rows, readings] = [0, 0]
  try {
    for (let day = start; day < start + days(length); day += days(1)) {
      const buffer = new RowBuffer(kindByKey)
      for (let at = day; at < day + days(1); at += interval) {
        for (const { facility, device } of devices) {
          const own = Object.entries(device.step(at) ?? {}).map(([key, value]) => {
            const point = kind.table.index.get(key) as number
            return { point, value: encodeValue(kind.table.points[point] as Point, value) as number, quality: 'good' as const }
          })
          if (own.length === 0) continue
          buffer.append({ facility, at, received: at, readings: own })
          rows++
          readings += own.length
        }
      }
      await store.write(buffer.batches())
    }
    await store.compact(start + days(length + 400))
    const { kept, bytes } = await store.stats()
    const raw = kept.filter(({ resolution }) => resolution === 'raw').reduce((sum, part) => sum + part.bytes, 0)
    return { interval, count, rows, readings, raw, rolled: bytes - raw }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

console.log(
  '| kind | report every | values a report | bytes a value | MB a facility and year | roll-ups, MB a facility and year |\n|---|---|---|---|---|---|',
)
for (const kind of facilityKinds) {
  if (kind.reportsItself) continue
  const { interval, count, rows, readings, raw, rolled } = await measure(kind)
  const perYear = (bytes: number) => ((bytes / count / length) * 365.25) / 1e6
  console.log(
    `| ${kind.key} | ${interval / 1000} s | ${(readings / rows).toFixed(0)} | ${(raw / readings).toFixed(2)} | ${perYear(raw).toFixed(2)} | ${count < MANY ? '–' : perYear(rolled).toFixed(2)} |`,
  )
}
