import { Detector } from '../src/detection/detector.ts'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { facilityKinds } from '../src/facilities/index.ts'
import { noGrid } from '../src/facilities/physics.ts'
import type { Facility } from '../src/facilities/plant.ts'
import { encodeValue, type Point } from '../src/telemetry/point.ts'
import type { Reading, Report } from '../src/telemetry/report.ts'
import { memoryInUse } from './memory.ts'

/** Readings per second through admission and a kind's own rules on one core, and how the cost grows with the plant. */
const quick = process.argv.includes('--quick')
const READINGS = quick ? 400_000 : 4_000_000
const START = 1_700_000_000_000
const STRIDE = 7919
const sizes = quick ? [1000, 10_000] : [1000, 10_000, 100_000]

const rows: Record<string, Record<string, number>> = {}
for (const kind of facilityKinds) {
  const row: Record<string, number> = { rules: kind.rules.length }
  let first = 0
  for (const size of sizes) {
    const before = await memoryInUse()
    const city = createCity(kind, size)
    const bytes = ((await memoryInUse()) - before) / size
    const nanoseconds = measure(city)
    first ||= nanoseconds
    row[`${size} facilities: readings/s`] = Math.round(1e9 / nanoseconds)
    row[`${size}: cost`] = Number((nanoseconds / first).toFixed(2))
    row[`${size}: bytes each`] = Math.round(bytes)
    // Otherwise the loop's own variables keep the city alive while the next one is weighed.
    city.facilities.length = 0
    for (let number = 0; number < size; number++) city.detector.remove(number)
    city.detector.resume(0)
  }
  rows[kind.key] = row
}
console.table(rows)

interface City {
  detector: Detector
  facilities: Facility[]
  readings: Reading[]
}

/** Facilities of a kind that have reported once. */
function createCity(kind: FacilityKind, size: number): City {
  const detector = new Detector()
  const described = {
    name: '',
    nameEn: '',
    district: '',
    road: '',
    roadClass: null,
    keyArea: false,
    owner: '',
    circuit: null,
    position: null,
    fedBy: null,
    gateway: null,
    labels: {},
    rated: {},
    mode: 'auto',
  } as const
  const facilities = Array.from({ length: size }, (_, number): Facility => ({ id: `${kind.key}-${number}`, number, kind, ...described }))
  const readings = sampleReadings(kind)
  for (const facility of facilities) {
    detector.put(facility)
    detector.report({ facility, at: START, received: START, readings }, () => {})
  }
  return { detector, facilities, readings }
}

/** ns of CPU per reading. */
function measure({ detector, facilities, readings }: City): number {
  const reports = Math.ceil(READINGS / readings.length)
  let before = process.cpuUsage()
  // The first fifth warms up the compiler and is not counted.
  for (let i = -Math.floor(reports / 5); i < reports; i++) {
    if (i === 0) before = process.cpuUsage()
    const at = START + (Math.floor((i + reports) / facilities.length) + 1) * 10_000
    // A stride that no size divides: neighbours in the plant do not report one after the other.
    const facility = facilities[((i + reports) * STRIDE) % facilities.length] as Facility
    const report: Report = { facility, at, received: at, readings }
    detector.report(report, () => {})
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / (reports * readings.length)
}

/** Eight readings such as a healthy facility sends. */
function sampleReadings(kind: FacilityKind): Reading[] {
  const step = kind.simulation.create({ id: 'bench', rated: kind.rated }, () => 0.5, noGrid)
  const values = step({
    at: 1_700_000_000_000,
    elapsed: 0,
    daylight: 0,
    temperature: 15,
    demand: 0.5,
    rain: 0,
    random: () => 0.5,
    fault: () => 0,
  })
  return kind.table.keys
    .flatMap((key, point) => {
      const value = encodeValue(kind.table.points[point] as Point, values?.[key])
      return value === undefined ? [] : [{ point, value, quality: 'good' as const }]
    })
    .slice(0, 8)
}
