import { minutes } from '../telemetry/duration.ts'

/** A reading: ms and value. */
export interface Sample {
  at: number
  value: number
}

/** Time that a trend is made of, ms, and the least of it and of readings that make one. */
export const TREND_WINDOW = minutes(15)
const LEAST_SPAN = minutes(2)
const LEAST_SAMPLES = 4

/**
 * The slope of a line through readings, per hour (least squares), from those of the last quarter of an hour before the newest; NaN where there
 * are too few. Readings before `since`, ms, are of another state of the pump and left out.
 */
export function trend(samples: readonly Sample[], since = Number.NEGATIVE_INFINITY): number {
  const newest = samples.at(-1)?.at ?? Number.NaN
  const used = samples.filter(({ at }) => at >= Math.max(since, newest - TREND_WINDOW))
  const span = newest - (used[0]?.at ?? newest)
  if (used.length < LEAST_SAMPLES || span < LEAST_SPAN) return Number.NaN
  const mean = (of: (sample: Sample) => number) => used.reduce((sum, sample) => sum + of(sample), 0) / used.length
  const [time, value] = [mean(({ at }) => at), mean((sample) => sample.value)]
  const variance = mean(({ at }) => (at - time) ** 2)
  return (mean((sample) => (sample.at - time) * (sample.value - value)) / variance) * 3_600_000
}

/** A wet well now. Levels in m, area in m², flows in m³/h; NaN where nobody knows. */
export interface WetWell {
  level: number
  /** Level at which it spills over. */
  overflowAt: number
  /** m/h */
  trend: number
  area: number
  /** What its pump lifts now, and whether it runs. */
  pumped: number
  isRunning: boolean
  /** What its pump can lift. */
  capacity: number
}

export interface OverflowForecast {
  /** m³/h: what the trend says of the volume, and what is pumped besides. */
  inflow: number
  /** Inflow over what the pump can lift. */
  load: number
  /**
   * ms until it spills over as things go on, which is that a pump that rests will run before the well is full; Infinity while it then does not
   * rise, 0 where it spills.
   */
  overflowIn: number
  /** ms until it spills over if no pump runs from now on. */
  withoutPumps: number
}

/** A slower rise is none: sensors of levels read to a centimetre, m/h. */
const STILL = 0.05

/** Mass balance of a wet well: A dh/dt = inflow - pumped. */
export function overflowForecast({ level, overflowAt, trend: rise, area, pumped, isRunning, capacity }: WetWell): OverflowForecast {
  const inflow = Math.max(0, rise * area + pumped)
  const left = overflowAt - level
  const until = (speed: number) =>
    left <= 0 ? 0 : Number.isNaN(speed + left) ? Number.NaN : speed < STILL ? Number.POSITIVE_INFINITY : (left / speed) * 3_600_000
  return {
    inflow,
    load: inflow / capacity,
    overflowIn: until(isRunning ? rise : (inflow - capacity) / area),
    withoutPumps: until(inflow / area),
  }
}
