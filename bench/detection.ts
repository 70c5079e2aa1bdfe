import { fork } from 'node:child_process'
import { once } from 'node:events'
import { CITY_CENTRE } from '../simulators/city.ts'
import { cityOfLamps, simulatedFacilities } from '../simulators/plant-source.ts'
import { lightingProgrammes } from '../src/control/lighting-programme.ts'
import { Detector } from '../src/detection/detector.ts'
import { layoutOf } from '../src/detection/state-layout.ts'
import { facilityKinds, kindByKey } from '../src/facilities/index.ts'
import type { Facility } from '../src/facilities/plant.ts'
import { memoryInUse } from './memory.ts'
import { type Round, roundOf } from './round.ts'

/**
 * Readings per second through admission, rules and ticks on one core: of the city the demo runs, as often and as many at a time as its
 * facilities report them, and of each kind alone with eight readings a report, as the plant grows; and how many bytes a facility takes.
 */
const MARK = 1_000_000
const CITY = 'the demo city'
const AT_A_TIME = 8
const quick = process.argv.includes('--quick')
const READINGS = quick ? 100_000 : 4_000_000
/** Part of the reports that warms up the compiler first and is not counted. */
const WARM_UP = 0.2
const START = Date.parse('2026-03-01T19:00:00+08:00')
const SEED = 'bench'
/** A size for which the city is as it is in the demo. */
const LAMPS = 2000
const sizes = quick ? [1000] : [1000, 10_000, 100_000]
/** Two plants of this size must fit into memory. */
const LARGEST_WEIGHED = 10_000

type Row = Record<string, number>

async function report(): Promise<void> {
  const rows: Record<string, Row> = {}
  // Each in a process of its own: what the one before left behind neither counts as memory nor makes code slower.
  for (const name of [CITY, ...facilityKinds.map(({ key }) => key)]) {
    const child = fork(import.meta.filename, [name, ...process.argv.slice(2)])
    child.on('message', (row: Row) => {
      rows[name] = row
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`${name} could not be measured`)
  }
  console.table(rows)
  for (const size of sizes) {
    const reached = rows[CITY]?.[speedOf(size)] as number
    console.log(
      `${CITY}, ${size} facilities: ${(reached / 1e6).toFixed(2)} million readings/s on a core; mark ${MARK / 1e6}: ${reached >= MARK ? 'reached' : 'missed'}`,
    )
  }
}

function speedOf(size: number): string {
  return `${size}: readings/s`
}

async function measureAll(name: string): Promise<Row> {
  const row: Row = {}
  for (const size of sizes) {
    const facilities = name === CITY ? cityOf(size) : alike(name, size)
    const round = roundOf(facilities, START, name === CITY ? Number.POSITIVE_INFINITY : AT_A_TIME)
    row['readings a report'] = Number((round.readings / round.reports.length).toFixed(1))
    row['bytes of numbers'] ??= Math.round(numbersOf(facilities) / facilities.length)
    if (size <= LARGEST_WEIGHED) row[`${size}: bytes each`] = Math.round((await weigh(facilities, round)) / facilities.length)
    row[speedOf(size)] = Math.round(1e9 / measure(facilities, round))
  }
  return row
}

/** Bytes of what is saved of them. */
function numbersOf(facilities: readonly Facility[]): number {
  return facilities.reduce((sum, { kind }) => sum + Float64Array.BYTES_PER_ELEMENT * layoutOf(kind).size, 0)
}

/** The demo's mix, about `size` in all. */
function cityOf(size: number): Facility[] {
  const { length } = cityOfLamps(LAMPS, SEED)
  return simulatedFacilities(cityOfLamps(Math.round((size * LAMPS) / length), SEED), kindByKey).map(numbered)
}

function alike(key: string, size: number): Facility[] {
  const registrations = Array.from({ length: size }, (_, i) => ({ id: `${key}-${i}`, kind: key, name: key, position: CITY_CENTRE }))
  return simulatedFacilities(registrations, kindByKey).map(numbered)
}

const numbered = (facility: Omit<Facility, 'number'>, number: number): Facility => ({ ...facility, number })

function detectorOf(facilities: readonly Facility[], round: Round): Detector {
  const detector = new Detector({ programme: lightingProgrammes() })
  for (const facility of facilities) detector.put(facility)
  for (const facility of facilities) detector.report(round.report(facility, START), ignore)
  return detector
}

const ignore = () => {}

/**
 * Bytes in memory of what is known of facilities that have reported once: what a second such plant takes. Memory is taken in chunks for many
 * facilities of a kind, which few do not fill.
 */
async function weigh(facilities: readonly Facility[], round: Round): Promise<number> {
  const plants = [detectorOf(facilities, round)]
  const before = await memoryInUse()
  plants.push(detectorOf(facilities, round))
  const bytes = (await memoryInUse()) - before
  if (plants.some((detector) => detector.state(0) === undefined)) throw new Error('a plant was lost while it was weighed')
  return bytes
}

/** ns of CPU per reading. */
function measure(facilities: readonly Facility[], round: Round): number {
  const detector = detectorOf(facilities, round)
  const { reports, length } = round
  const counted = Math.ceil((READINGS * reports.length) / round.readings)
  const warmUp = Math.ceil(counted * WARM_UP)
  let before = process.cpuUsage()
  for (let i = 0; i < warmUp + counted; i++) {
    if (i === warmUp) before = process.cpuUsage()
    const { facility, after } = reports[i % reports.length] as Round['reports'][number]
    const at = START + (Math.floor(i / reports.length) + 1) * length + after
    detector.advance(at, ignore)
    detector.report(round.report(facility, at), ignore)
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000 * reports.length) / (counted * round.readings)
}

if (process.send) process.send(await measureAll(process.argv[2] as string))
else await report()
