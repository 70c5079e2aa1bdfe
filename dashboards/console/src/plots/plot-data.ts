import type { ReadingsView, SeriesView } from '../../../../src/edges/http/schemas.ts'

/** One point's curve over the common times; `null` breaks the line, `undefined` only means that this point has no sample there. */
export interface Curve {
  point: string
  mean: (number | null | undefined)[]
  min: (number | null | undefined)[]
  max: (number | null | undefined)[]
}

export interface PlotData {
  /** Seconds since 1970, rising. */
  times: number[]
  curves: Curve[]
}

/** A pause so many times the usual distance between samples is a gap. */
const GAP = 3.5

/** Brings the series of one answer onto common times and marks the gaps. */
export function plotData(readings: Pick<ReadingsView, 'series' | 'bucket'>, points: readonly string[]): PlotData {
  const series = points.map((point) => readings.series.find((candidate) => candidate.point === point) ?? { point, at: [] })
  const filled = series.map((one) => withGaps(one, readings.bucket ?? 0))
  const times = [...new Set(filled.flatMap(({ at }) => at))].sort((a, b) => a - b)
  const place = new Map(times.map((at, i) => [at, i]))
  const curves = filled.map((one): Curve => {
    const curve: Curve = { point: one.point, mean: Array(times.length), min: Array(times.length), max: Array(times.length) }
    one.at.forEach((at, i) => {
      const index = place.get(at) as number
      curve.mean[index] = one.mean[i] as number | null
      curve.min[index] = one.min[i] as number | null
      curve.max[index] = one.max[i] as number | null
    })
    return curve
  })
  return { times: times.map((at) => at / 1000), curves }
}

interface Filled {
  point: string
  at: number[]
  mean: (number | null)[]
  min: (number | null)[]
  max: (number | null)[]
}

function withGaps(series: SeriesView, bucket: number): Filled {
  const mean = series.mean ?? series.last ?? series.value ?? []
  const { min = mean, max = mean } = series
  const filled: Filled = { point: series.point, at: [], mean: [], min: [], max: [] }
  const longest = GAP * Math.max(bucket, usualDistance(series.at))
  series.at.forEach((at, i) => {
    const before = series.at[i - 1]
    if (before !== undefined && at - before > longest) {
      filled.at.push((at + before) / 2)
      for (const list of [filled.mean, filled.min, filled.max]) list.push(null)
    }
    if (series.count?.[i] === 0) return
    filled.at.push(at)
    filled.mean.push(mean[i] ?? null)
    filled.min.push(min[i] ?? null)
    filled.max.push(max[i] ?? null)
  })
  return filled
}

/** The median distance between neighbours. */
function usualDistance(at: readonly number[]): number {
  const distances = at.slice(1).map((time, i) => time - (at[i] as number))
  distances.sort((a, b) => a - b)
  return distances[distances.length >> 1] ?? 0
}

/** Lines of a rule's limits as they were frozen or are declared: `high`, `low`. */
export function limitsOf(parameters: Readonly<Record<string, number>>): number[] {
  return [parameters.high, parameters.low].filter((limit) => limit !== undefined)
}
