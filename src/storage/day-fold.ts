import type { CalendarDay } from '../control/calendar-day.ts'
import { hours, minutes } from '../telemetry/duration.ts'
import type { BucketSeries, Grid } from './telemetry-store.ts'

/** Lengths of buckets of which days are made: hours, or quarters where clocks are set by less than an hour. */
const PARTS = [hours(1), minutes(15)]

/** The grid whose buckets each lie in one of the days. */
export function gridOfDays(days: readonly CalendarDay[], origin: number): Grid {
  const isWhole = (length: number) => days.every(({ from, to }) => (from - origin) % length === 0 && (to - origin) % length === 0)
  return { length: PARTS.find(isWhole) ?? (PARTS.at(-1) as number), origin }
}

/** The place of the first bucket that does not begin before a time. */
export function placeOf(series: Pick<BucketSeries, 'at'>, at: number): number {
  let [low, high] = [0, series.at.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((series.at[middle] as number) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** What was read within a day. */
export interface DayValues {
  count: number
  min: number
  max: number
  /** Of the readings. */
  mean: number
  last: number
}

/** The buckets from place `first` to before `end` as one; null when there are none. */
export function foldBuckets(series: BucketSeries, first: number, end: number): DayValues | null {
  if (first >= end) return null
  const folded: DayValues = {
    ...{ count: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, mean: 0 },
    last: series.last[end - 1] as number,
  }
  for (let i = first; i < end; i++) {
    const count = series.count[i] as number
    folded.count += count
    folded.min = Math.min(folded.min, series.min[i] as number)
    folded.max = Math.max(folded.max, series.max[i] as number)
    folded.mean += ((series.mean[i] as number) - folded.mean) * (count / folded.count)
  }
  return folded
}

/**
 * By how much a counter rose within the buckets from place `first` to before `end`, from where it stood `before` them. A step back that
 * is not made up within its bucket is a reset, a roll-over or another meter: counting goes on from the lowest value after it, and what
 * it took to get there is not known.
 */
export function increaseOf(series: BucketSeries, first: number, end: number, before: number | undefined): number {
  let increase = 0
  let stood = before
  for (let i = first; i < end; i++) {
    const [min, max, last] = [series.min[i] as number, series.max[i] as number, series.last[i] as number]
    const from = stood ?? min
    increase += last >= from ? last - from : Math.max(0, max - from) + last - min
    stood = last
  }
  return increase
}

/**
 * Hours times the mean, over the time that was read: every reading stands for one usual interval, ms, but no two for the same time. In a
 * bucket one may be missing, since reports do not fall in step with the clock. `day` is the length of the day, ms, which is never exceeded.
 */
export function hoursTimesMean(
  series: BucketSeries,
  first: number,
  end: number,
  { length, interval, day }: { length: number; interval: number; day: number },
): number {
  let sum = 0
  let covered = Number.NEGATIVE_INFINITY
  let left = day
  for (let i = first; i < end; i++) {
    const at = series.at[i] as number
    const read = (series.count[i] as number) * interval
    const begin = Math.max(at, covered)
    const time = Math.min(left, interval < length ? timeInBucket(read, length, interval) : Math.min(read, at + length + interval - begin))
    covered = begin + time
    left -= time
    sum += (series.mean[i] as number) * (time / hours(1))
  }
  return sum
}

const timeInBucket = (read: number, length: number, interval: number) => (read + interval >= length ? length : read)
