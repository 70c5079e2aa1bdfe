import { minutes } from '../telemetry/duration.ts'

/** An alarm keeps what its points said from so long before its activation, ms. */
export const SAMPLES_BEFORE = minutes(10)
/** And to so long after it, ms. */
export const SAMPLES_AFTER = minutes(5)
/** Samples kept of one point; of more, the least and the greatest of each stretch stay. */
export const MAX_SAMPLES = 600
/** Activations of one alarm that keep their samples: the first and the newest ones. */
export const MAX_SAMPLED = 10
/** Points of one activation; the first ones of a rule are those an operator wants to see. */
export const MAX_SAMPLED_POINTS = 12

export interface Sample {
  /** Device time, ms. */
  at: number
  value: number
  /** False: flagged impossible. */
  good: boolean
}

/** What one point said, oldest first, in parallel arrays; values are numbers as `encodeValue` gives them. */
export interface PointSamples {
  point: string
  /** The newest one before the window, where the window begins with none: what a rare reporter stood at. */
  before: Sample | null
  at: number[]
  value: number[]
  good: boolean[]
}

/** What the points of an alarm said around one of its activations. */
export interface AlarmSamples {
  /** ms, inclusive. */
  from: number
  /** ms, exclusive. */
  to: number
  points: PointSamples[]
  /** When the facility reported at all, for a rule that looks at no point: its silence is the proof. Null for others. */
  reports: number[] | null
  /** Why nothing could be kept, in words; null when it could. */
  unavailable: string | null
}

/** An activation whose samples are to be kept. */
export interface SampledActivation {
  alarm: number
  /** Event time, ms. */
  activated: number
  /** Keys of points; none for a rule that looks at the facility as a whole. */
  points: readonly string[]
}

/** Cuts a series to at most `limit` samples: the least and the greatest of each stretch, in their order, so that no peak is lost. */
export function thinOut<T extends Pick<PointSamples, 'at' | 'value' | 'good'>>(series: T, limit: number): T {
  const count = series.at.length
  if (count <= limit) return series
  const stretches = Math.floor(limit / 2)
  const kept: number[] = []
  for (let stretch = 0; stretch < stretches; stretch++) {
    const end = Math.floor(((stretch + 1) * count) / stretches)
    let least = Math.floor((stretch * count) / stretches)
    let greatest = least
    for (let i = least; i < end; i++) {
      if ((series.value[i] as number) < (series.value[least] as number)) least = i
      if ((series.value[i] as number) > (series.value[greatest] as number)) greatest = i
    }
    kept.push(...new Set([Math.min(least, greatest), Math.max(least, greatest)]))
  }
  const pick = <V>(values: readonly V[]) => kept.map((i) => values[i] as V)
  return { ...series, at: pick(series.at), value: pick(series.value), good: pick(series.good) }
}
