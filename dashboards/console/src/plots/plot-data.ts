import type { ReadingsView, SeriesView } from '../../../../src/edges/http/reading-schemas.ts'

/** One point's curve over the common times; `null` breaks the line, `undefined` only means that this point has no sample there. */
export interface Curve {
  point: string
  mean: (number | null | undefined)[]
  min: (number | null | undefined)[]
  max: (number | null | undefined)[]
  /** A longer pause than this is a gap, ms. */
  longest?: number
  /** When values came that were flagged impossible, ms since 1970. */
  flagged?: readonly number[]
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
  return linesData(
    series,
    readings.bucket ?? 0,
    points.map((point) => stepped.has(point)),
  )
}

/** The same for any series, the flagged ones with the times of what was flagged; `bucket` ms, 0 for single readings. */
export function linesData(
  series: readonly (SeriesView & { flagged?: readonly { at: number }[] })[],
  bucket: number,
  stepped: readonly boolean[],
): PlotData {
  const filled = series.map((one, i) => withGaps(stepped[i] ? lastOnly(one) : one, bucket))
  const times = [...new Set(filled.flatMap(({ at }) => at))].sort((a, b) => a - b)
  const place = new Map(times.map((at, i) => [at, i]))
  const curves = filled.map((one, line): Curve => {
    const curve: Curve = {
      point: one.point,
      mean: Array(times.length),
      min: Array(times.length),
      max: Array(times.length),
      longest: one.longest,
      flagged: series[line]?.flagged?.map(({ at }) => at + bucket / 2) ?? [],
    }
    one.at.forEach((at, i) => {
      const index = place.get(at) as number
      curve.mean[index] = one.mean[i] as number | null
      curve.min[index] = one.min[i] as number | null
      curve.max[index] = one.max[i] as number | null
    })
    for (const list of [curve.mean, curve.min, curve.max]) widenGaps(list)
    return curve
  })
  return { times: times.map((at) => at / 1000), curves }
}

/** A gap reaches to the samples beside it, also where other curves have some in between. */
function widenGaps(values: (number | null | undefined)[]): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== null) continue
    for (let before = i - 1; before >= 0 && values[before] === undefined; before--) values[before] = null
    while (i + 1 < values.length && values[i + 1] == null) values[++i] = null
  }
}

interface Filled {
  point: string
  at: number[]
  mean: (number | null)[]
  min: (number | null)[]
  max: (number | null)[]
  longest: number
}

function lastOnly({ point, at, count, last, value }: SeriesView): SeriesView {
  return { point, at, ...(count && { count }), ...((last ?? value) && { value: last ?? value }) }
}

function withGaps(series: SeriesView, bucket: number): Filled {
  const mean = series.mean ?? series.last ?? series.value ?? []
  const { min = mean, max = mean } = series
  const isDense = median(series.count ?? []) >= DENSE
  const longest = isDense ? bucket * 1.5 : GAP * Math.max(bucket, usualDistance(series.at))
  const filled: Filled = { point: series.point, at: [], mean: [], min: [], max: [], longest }
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

/** Times, ms since 1970, in which nothing came of any curve. */
export function silences({ times, curves }: PlotData, bucket: number, from: number, to: number): { from: number; to: number }[] {
  const covered = curves.flatMap((curve) => runsOf(times, curve.mean, bucket)).sort((a, b) => a.from - b.from)
  const longest = Math.max(bucket, Math.min(...curves.map(({ longest = 0 }) => longest || Number.POSITIVE_INFINITY)))
  const found: { from: number; to: number }[] = []
  let reached = from
  for (const run of [...covered, { from: to, to }]) {
    if (run.from - reached > longest) found.push({ from: reached, to: Math.min(run.from, to) })
    reached = Math.max(reached, run.to)
  }
  return found
}

/** From the first to the end of the last bucket of each stretch without a gap. */
function runsOf(times: readonly number[], values: readonly (number | null | undefined)[], bucket: number): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  let isOpen = false
  for (const [i, value] of values.entries()) {
    if (value === undefined) continue
    const at = (times[i] as number) * 1000
    if (value === null) isOpen = false
    else if (isOpen) (runs.at(-1) as { to: number }).to = at + bucket
    else {
      runs.push({ from: at, to: at + bucket })
      isOpen = true
    }
  }
  return runs
}

export interface Sample {
  /** Ms since 1970. */
  at: number
  mean: number
  min: number
  max: number
  /** The line had ended by the time asked for: this is the last there was. */
  isOver: boolean
  /** Since then values came, all of them flagged impossible. */
  isFlagged: boolean
}

/** What a curve said last at a time, ms since 1970; null before its first sample. */
export function sampleBefore({ times, curves }: PlotData, line: number, at: number): Sample | null {
  const curve = curves[line]
  let isOver = false
  for (let i = lastUpTo(times, at / 1000); curve && i >= 0; i--) {
    const mean = curve.mean[i]
    if (mean === undefined) continue
    if (mean === null) isOver = true
    else {
      const sampled = (times[i] as number) * 1000
      const old = at - sampled > Math.max(curve.longest ?? 0, 1)
      const isFlagged = curve.flagged?.some((time) => time > sampled && time <= at) ?? false
      return { at: sampled, mean, min: curve.min[i] ?? mean, max: curve.max[i] ?? mean, isOver: isOver || old, isFlagged }
    }
  }
  return null
}

/** The place of the last of rising times that is not after `at`; -1 when all are. */
function lastUpTo(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
