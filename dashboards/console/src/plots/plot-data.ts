import type { ReadingsView, SeriesView } from '../../../../src/edges/http/reading-schemas.ts'

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
/** So many reports in a usual bucket, and an empty one is a gap. */
const DENSE = 3

/** Brings the series of one answer onto common times and marks the gaps. A `stepped` point (on/off, states) has no means between its values. */
export function plotData(
  readings: Pick<ReadingsView, 'series' | 'bucket'>,
  points: readonly string[],
  stepped: ReadonlySet<string> = new Set(),
): PlotData {
  const series = points.map((point) => readings.series.find((candidate) => candidate.point === point) ?? { point, at: [] })
  const filled = series.map((one) => withGaps(stepped.has(one.point) ? lastOnly(one) : one, readings.bucket ?? 0))
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

function lastOnly({ point, at, count, last, value }: SeriesView): SeriesView {
  return { point, at, ...(count && { count }), ...((last ?? value) && { value: last ?? value }) }
}

function withGaps(series: SeriesView, bucket: number): Filled {
  const mean = series.mean ?? series.last ?? series.value ?? []
  const { min = mean, max = mean } = series
  const filled: Filled = { point: series.point, at: [], mean: [], min: [], max: [] }
  const isDense = median(series.count ?? []) >= DENSE
  const longest = isDense ? bucket * 1.5 : GAP * Math.max(bucket, usualDistance(series.at))
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

/** 0 of none. */
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0

/** The median distance between neighbours. */
const usualDistance = (at: readonly number[]): number => median(at.slice(1).map((time, i) => time - (at[i] as number)))

/** Samples with a gap or an end on both sides: they have no line and need a dot. */
export function lonely(curve: ArrayLike<number | null | undefined>): number[] {
  const shown = Array.from(curve).flatMap((value, i) => (value === undefined ? [] : [{ value, i }]))
  const isThere = (sample: { value: number | null } | undefined) => sample !== undefined && sample.value !== null
  return shown.flatMap((sample, n) => (isThere(sample) && !isThere(shown[n - 1]) && !isThere(shown[n + 1]) ? [sample.i] : []))
}

/** Lines of a rule's limits as they were frozen or are declared: `high`, `low`. */
export function limitsOf(parameters: Readonly<Record<string, number>>): number[] {
  return [parameters.high, parameters.low].filter((limit) => limit !== undefined)
}
