import { type Position, solarElevation } from '../src/control/astronomical-clock.ts'
import { seededRandom } from './random.ts'

export interface Weather {
  /** 0 by night to 1 by day. */
  daylight: number
  /** Outdoor temperature, degC. */
  temperature: number
  /** Share of the day's peak demand for water and gas, 0 to 1. */
  demand: number
  /** mm/h */
  rain: number
}

export interface WorldOptions {
  position: Position
  /** Hours east of Greenwich people live by; from the longitude when absent. */
  utcOffset?: number
  seed: string
}

/** The surroundings all facilities share, as a pure function of time. */
export type World = (at: number) => Weather

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
  // Warm and cold spells of some days: a few slow waves.
  const spells = [2.3, 4.1, 7.7].map((period) => ({ period, phase: random() * 2 * Math.PI }))
  const northern = position[1] >= 0 ? 1 : -1
  return (at) => {
    const hour = (((at / MS_PER_HOUR + utcOffset) % HOURS_PER_DAY) + HOURS_PER_DAY) % HOURS_PER_DAY
    const day = at / MS_PER_HOUR / HOURS_PER_DAY
    const warmth = -northern * Math.cos((2 * Math.PI * ((day % DAYS_PER_YEAR) - 20)) / DAYS_PER_YEAR)
    const spell = spells.reduce((sum, { period, phase }) => sum + Math.sin((2 * Math.PI * day) / period + phase), 0)
    return {
      daylight: Math.min(1, Math.max(0, (solarElevation(at, position) + TWILIGHT) / (2 * TWILIGHT))),
      temperature: MEAN_TEMPERATURE + YEARLY_SWING * warmth + DAILY_SWING * Math.cos((2 * Math.PI * (hour - 15)) / HOURS_PER_DAY) + spell,
      demand: demandAt(hour),
      rain: 0,
    }
  }
}

/** Peaks before work and in the evening, a plateau by day, little by night. */
function demandAt(hour: number): number {
  const peak = (middle: number, width: number) => {
    const distance = Math.min(Math.abs(hour - middle), HOURS_PER_DAY - Math.abs(hour - middle))
    return Math.exp(-((distance / width) ** 2))
  }
  return Math.min(1, 0.25 + 0.6 * peak(7.5, 1.8) + 0.35 * peak(12.5, 2.5) + 0.7 * peak(19, 2.3))
}
