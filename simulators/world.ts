import { type Position, solarElevation } from '../src/control/astronomical-clock.ts'
import type { SimulatedMoment } from '../src/facilities/facility-kind.ts'
import { seededRandom } from './random.ts'
import { coldness, rainfall } from './weather.ts'

/** What all facilities share at a moment. */
export type Surroundings = Omit<SimulatedMoment, 'fault' | 'ordered'>

export interface WorldOptions {
  position: Position
  /** Hours east of Greenwich people live by; from the longitude when absent. */
  utcOffset?: number
  seed: string
}

/** The surroundings all facilities share, as a pure function of time. */
export type World = (at: number) => Surroundings

const MS_PER_HOUR = 3_600_000
const HOURS_PER_DAY = 24
const DAYS_PER_YEAR = 365.2422
/** Mean temperature of a temperate city, its yearly and daily swing, degC. */
const MEAN_TEMPERATURE = 14
const YEARLY_SWING = 13
const DAILY_SWING = 5
/** Daylight grows over civil twilight and as much again, degrees of solar elevation. */
const TWILIGHT = 6

export function createWorld({ position, utcOffset = Math.round(position[0] / 15), seed }: WorldOptions): World {
  const random = seededRandom(`${seed}:weather`)
  // Warm and cool days: a few slow waves; real cold comes in spells of its own.
  const waves = [2.3, 4.1, 7.7].map((period) => ({ period, phase: random() * 2 * Math.PI }))
  const northern = position[1] >= 0 ? 1 : -1
  const warmthAt = (day: number) => -northern * Math.cos((2 * Math.PI * ((day % DAYS_PER_YEAR) - 20)) / DAYS_PER_YEAR)
  const rainAt = rainfall(seed, warmthAt)
  const coldAt = coldness(seed, warmthAt)
  const look = (at: number): Surroundings => {
    const hours = at / MS_PER_HOUR + utcOffset
    const hour = ((hours % HOURS_PER_DAY) + HOURS_PER_DAY) % HOURS_PER_DAY
    const day = hours / HOURS_PER_DAY
    const warmth = warmthAt(day)
    const wave = waves.reduce((sum, { period, phase }) => sum + Math.sin((2 * Math.PI * day) / period + phase), 0)
    const daily = DAILY_SWING * Math.cos((2 * Math.PI * (hour - 15)) / HOURS_PER_DAY)
    return {
      daylight: Math.min(1, Math.max(0, (solarElevation(at, position) + TWILIGHT) / (2 * TWILIGHT))),
      temperature: MEAN_TEMPERATURE + YEARLY_SWING * warmth + daily + wave - coldAt(day),
      demand: demandAt(hour, isWeekend(day)) * (0.92 + 0.08 * warmth),
      rain: rainAt(day),
    }
  }
  // Many facilities are stepped and asked at one moment.
  let last = { at: Number.NaN, seen: look(0) }
  return (at) => {
    if (last.at !== at) last = { at, seen: look(at) }
    return last.seen
  }
}

/** 1970 began on a Thursday. */
const isWeekend = (day: number) => (((Math.floor(day) + 3) % 7) + 7) % 7 >= 5

/** Peaks before work (later and flatter when there is none) and in the evening, a plateau by day, little by night. */
function demandAt(hour: number, isFree: boolean): number {
  const peak = (middle: number, width: number) => {
    const distance = Math.min(Math.abs(hour - middle), HOURS_PER_DAY - Math.abs(hour - middle))
    return Math.exp(-((distance / width) ** 2))
  }
  const morning = isFree ? 0.5 * peak(9, 2.2) : 0.6 * peak(7.5, 1.8)
  return Math.min(1, 0.25 + morning + 0.35 * peak(12.5, 2.5) + 0.7 * peak(19, 2.3))
}
