import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { WHOLE_CITY } from '../src/access/scope.ts'
import type { App } from '../src/app.ts'
import { addDays, calendarDays, dateOf } from '../src/control/calendar-day.ts'
import type { ReadingInput } from '../src/edges/entered-readings.ts'
import { kindByKey } from '../src/facilities/index.ts'
import { round } from '../src/facilities/physics.ts'
import { days, hours, minutes, seconds } from '../src/telemetry/duration.ts'
import { CITY_CENTRE, type CityFacility } from './city.ts'
import { Device, type SimulatedFacilityInput } from './device.ts'
import { Grid } from './grid.ts'
import { simulatedFacilities } from './plant-source.ts'
import { seededRandom } from './random.ts'
import { createWorld } from './world.ts'

interface Past {
  /** What is known of it, ms before the end. */
  length: number
  /** Steps of the simulation and of what is kept of it, ms. */
  step: number
  kept: number
}

/** The use of gas is forecast from weeks; of the others some days are enough to look at. */
const pasts: Readonly<Record<string, Past>> = {
  'gas-station': { length: days(28), step: minutes(2), kept: minutes(30) },
  'pump-station': { length: days(4), step: seconds(20), kept: minutes(10) },
  'sewage-plant': { length: days(4), step: minutes(1), kept: minutes(10) },
  'waste-plant': { length: days(4), step: minutes(2), kept: minutes(10) },
}
const IMPORTED_WITHIN = minutes(2)
const LABORATORY_DAYS = 3
/** Local hour at which samples are taken. */
const SAMPLED = 8

interface DemoCity {
  city: readonly CityFacility[]
  seed: string
  /** Who entered it. */
  by: string
  /** ms */
  end: number
}

/** What stations and plants of a new demo measured before it begins, what its laboratory found, and what gas is on its way. */
export async function liveCompanies(app: App, { city, seed, by, end }: DemoCity): Promise<void> {
  const facilities = simulatedFacilities(city, kindByKey)
  for (const [kind, past] of Object.entries(pasts)) {
    const own = facilities.filter((facility) => facility.kind.key === kind)
    if (own.length > 0) await bringIn(app, Readable.from(linesOf(own, past, seed, end)), kind, by)
  }
  const random = seededRandom(`${seed}:laboratory`)
  const plants = facilities.filter(({ kind }) => kind.key === 'sewage-plant')
  await app.services.enteredReadings.enter(plants.flatMap(({ id }) => resultsOf(id, app, random, end, by)))
  for (const { id, kind, rated } of facilities) {
    if (kind.key === 'gas-station' && { ...kind.rated, ...rated }.tank === 1) planDeliveries(app, id, end, by)
  }
  await app.services.companyFigures.tellExpectedUse()
}

/** One JSON line for each report that is kept. */
function* linesOf(
  facilities: readonly SimulatedFacilityInput[],
  { length, step, kept }: Past,
  seed: string,
  end: number,
): Generator<Buffer> {
  const world = createWorld({ position: CITY_CENTRE, seed })
  const moment = (at: number) => ({ ...world(at), fault: () => 0 })
  const grid = new Grid(facilities, (_, at) => moment(at))
  for (const [number, facility] of facilities.entries()) {
    const device = new Device(facility, { seed, grid: grid.of(number), moment })
    for (let at = end - length; at < end; at += step) {
      const values = device.step(at)
      if (values && (at - end) % kept === 0) yield Buffer.from(`${JSON.stringify({ at, facility: facility.id, values })}\n`)
    }
  }
}

/** As somebody brings in a file: looked at first, then written. Throws when it does not end. */
async function bringIn({ services: { telemetryImports } }: App, content: Readable, kind: string, by: string): Promise<void> {
  const { id } = await telemetryImports.start(content, { name: `${kind}.jsonl`, by, kind, format: 'json-lines' })
  const until = async (state: string) => {
    const deadline = Date.now() + IMPORTED_WITHIN
    for (;;) {
      const job = telemetryImports.get(id)
      if (job.state === state) return
      if (job.trouble !== null || Date.now() > deadline)
        throw new Error(`the past of ${kind} could not be brought in: ${job.trouble ?? job.state}`)
      await sleep(50)
    }
  }
  await until('checked')
  telemetryImports.commit(id, by)
  await until('committed')
}

/** What a good plant sends into the river, mg/L; coliforms per litre, moisture of the sludge in %. */
const usual: Readonly<Record<string, [value: number, digits: number]>> = {
  'lab-cod': [31, 1],
  'effluent-bod5': [5.6, 1],
  'lab-ss': [5.4, 1],
  'lab-nh3-n': [1.9, 2],
  'lab-tn': [8.8, 2],
  'lab-tp': [0.26, 3],
  'lab-ph': [7.1, 2],
  'lab-coliforms': [420, 0],
  'sludge-moisture': [75.4, 1],
}

function resultsOf(facility: string, { services: { dayFigures } }: App, random: () => number, end: number, by: string): ReadingInput[] {
  const today = dateOf(end, dayFigures.utcOffset)
  return calendarDays(addDays(today, -LABORATORY_DAYS), today, dayFigures.utcOffset)
    .map(({ from }) => from + hours(SAMPLED))
    .filter((at) => at < end)
    .flatMap((at) =>
      Object.entries(usual).map(([point, [value, digits]]): ReadingInput => {
        return { facility, point, at, by, source: 'laboratory', value: round(value * (0.95 + 0.1 * random()), digits) }
      }),
    )
}

/** One came, one is overdue, two are on their way. */
function planDeliveries({ services: { gasDeliveries } }: App, station: string, end: number, by: string): void {
  const plan = (at: number, tonnes: number, note: string) => gasDeliveries.add({ station, at, tonnes, note }, by, WHOLE_CITY)
  const first = plan(end - days(2), 40, '两车 LNG, two lorries')
  gasDeliveries.change(first.id, { state: 'arrived' }, by, WHOLE_CITY)
  plan(end - hours(3), 20, '途中受阻？ held up?')
  plan(end + hours(20), 40, '两车 LNG, two lorries')
  plan(end + days(3), 60, '三车 LNG, three lorries')
}
