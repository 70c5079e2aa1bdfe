import { CITY_CENTRE } from '../simulators/city.ts'
import { Device } from '../simulators/device.ts'
import { seededRandom } from '../simulators/random.ts'
import { createWorld } from '../simulators/world.ts'
import { noGrid } from '../src/facilities/physics.ts'
import type { Facility } from '../src/facilities/plant.ts'
import { days, minutes } from '../src/telemetry/duration.ts'
import { encodeValue, type Point } from '../src/telemetry/point.ts'
import type { Reading, Report } from '../src/telemetry/report.ts'

/** What facilities send, over and over: each at its own moments, as often as its kind does. */
export interface Round {
  /** Who reports, ms after the beginning of a round. */
  reports: readonly { facility: Facility; after: number }[]
  /** ms */
  length: number
  readings: number
  /** What a facility reports at `at`, ms since 1970. */
  report: (facility: Facility, at: number) => Report
}

const SEED = 'round'
/** Values are simulated so far apart; a day later they come again. */
const STEP = minutes(10)
const STEPS = days(1) / STEP

/** Reports of healthy facilities, of `most` readings at most, in a city whose values go on from `start`. */
export function roundOf(facilities: readonly Facility[], start: number, most: number): Round {
  const random = seededRandom(SEED)
  const length = [...new Set(facilities.map(({ kind }) => kind.simulation.period))].reduce(leastCommonMultiple)
  const reports = facilities.flatMap((facility) => {
    const { period } = facility.kind.simulation
    const phase = Math.floor(random() * period)
    return Array.from({ length: length / period }, (_, i) => ({ facility, after: phase + i * period }))
  })
  reports.sort((a, b) => a.after - b.after)
  const days = new Map<string, readonly Reading[][]>()
  const dayOf = new Map(facilities.map((facility) => [facility, dayLike(facility, days, start, most)]))
  const report = (facility: Facility, at: number): Report => {
    const day = dayOf.get(facility) as readonly Reading[][]
    return { facility, at, received: at, readings: day[Math.floor((at - start) / STEP) % STEPS] as Reading[] }
  }
  const readings = reports.reduce((sum, { facility }) => sum + (dayOf.get(facility)?.[0]?.length ?? 0), 0)
  return { reports, length, readings, report }
}

const leastCommonMultiple = (a: number, b: number) => {
  let multiple = a
  while (multiple % b !== 0) multiple += a
  return multiple
}

/** Facilities of the same rated values share one. */
function dayLike(facility: Facility, days: Map<string, readonly Reading[][]>, start: number, most: number): readonly Reading[][] {
  const key = JSON.stringify([facility.kind.key, facility.rated])
  const day = days.get(key) ?? simulatedDay(facility, start, most)
  days.set(key, day)
  return day
}

function simulatedDay(facility: Facility, start: number, most: number): readonly Reading[][] {
  const { points, index } = facility.kind.table
  const world = createWorld({ position: CITY_CENTRE, seed: SEED })
  const device = new Device(
    { ...facility, id: facility.kind.key },
    { seed: SEED, grid: noGrid, moment: (at) => ({ ...world(at), fault: () => 0 }) },
  )
  return Array.from({ length: STEPS }, (_, i) =>
    Object.entries(device.step(start + i * STEP) ?? {})
      .slice(0, most)
      .map(([key, value]): Reading => {
        const point = index.get(key) as number
        return { point, value: encodeValue(points[point] as Point, value) as number, quality: 'good' }
      }),
  )
}
