import { days, hours, minutes, seconds } from '../telemetry/duration.ts'
import type { BucketSeries, Grid, RawSeries, SeriesQuery } from './telemetry-store.ts'

/** Lengths a clock and a calendar know, so that what is folded once serves many questions. */
const LENGTHS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(seconds),
  ...[1, 2, 5, 10, 15, 30].map(minutes),
  ...[1, 2, 3, 4, 6, 8, 12].map(hours),
  ...[1, 7].map(days),
]
const WEEK = days(7)

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1)

/** Where the grids of a city begin, ms: at a midnight before a Monday of its standard time. `utcOffset` gives what local time is ahead of UTC, ms. */
export const calendarOrigin = (utcOffset: (at: number) => number): number => MONDAY - utcOffset(MONDAY)

type Span = Pick<SeriesQuery, 'from' | 'to'>

/** The start of the bucket that a time lies in, ms. */
export const bucketStart = (at: number, { length, origin }: Grid): number => origin + Math.floor((at - origin) / length) * length

/** How far behind a multiple of the length the buckets begin, ms. */
export const offsetOf = (origin: number, length: number): number => ((origin % length) + length) % length

/** The time of all buckets that a time touches. */
export function wholeBuckets<T extends Span>(query: T, grid: Grid): T {
  const before = bucketStart(query.to, grid)
  return { ...query, from: bucketStart(query.from, grid), to: before < query.to ? before + grid.length : before }
}

const countOf = (span: Span, grid: Grid): number => {
  const { from, to } = wholeBuckets(span, grid)
  return Math.round((to - from) / grid.length)
}

/** The finest grid of a usual length that covers the time with at most `buckets` buckets, but two are always allowed; past a week, of whole weeks. */
export function gridFor(span: Span, buckets: number, origin: number): Grid {
  const most = Math.max(2, buckets)
  const usual = LENGTHS.find((length) => countOf(span, { length, origin }) <= most)
  if (usual !== undefined) return { length: usual, origin }
  let length = Math.ceil((span.to - span.from) / most / WEEK) * WEEK
  while (countOf(span, { length, origin }) > most) length += WEEK
  return { length, origin }
}

/** Whether a grid may have this length, ms: of others no roll-up serves, so that a year of them would be folded from single readings. */
export const isUsualLength = (length: number): boolean => LENGTHS.includes(length) || (length > 0 && length % WEEK === 0)

export const emptyBuckets = (facility: string, point: string): BucketSeries => ({
  ...{ facility, point },
  ...{ at: [], min: [], max: [], mean: [], last: [], count: [] },
})

/** Puts the good values of a series, oldest first, in buckets. */
export function foldIntoBuckets(series: RawSeries, grid: Grid): BucketSeries {
  const folded = emptyBuckets(series.facility, series.point)
  let last = -1
  for (const [i, at] of series.at.entries()) {
    if (!series.good[i]) continue
    const value = series.value[i] as number
    const start = bucketStart(at, grid)
    if (folded.at[last] !== start) {
      last = folded.at.push(start) - 1
      for (const column of [folded.min, folded.max, folded.last]) column.push(value)
      folded.mean.push(0)
      folded.count.push(0)
    }
    const count = (folded.count[last] as number) + 1
    folded.count[last] = count
    folded.min[last] = Math.min(folded.min[last] as number, value)
    folded.max[last] = Math.max(folded.max[last] as number, value)
    folded.last[last] = value
    folded.mean[last] = (folded.mean[last] as number) + (value - (folded.mean[last] as number)) / count
  }
  return folded
}
