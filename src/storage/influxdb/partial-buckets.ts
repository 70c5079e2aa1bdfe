import { emptyBuckets } from '../bucket-series.ts'
import type { BucketSeries } from '../telemetry-store.ts'

/** What a part of the time gives to a bucket; `at` is the start of the bucket. */
export interface PartialBucket {
  at: number
  min: number
  max: number
  sum: number
  count: number
  last: number
}

/** Adds a part to a series; the parts of a bucket come in the order of their times. */
export function addPartialBucket(series: BucketSeries, { at, min, max, sum, count, last }: PartialBucket): void {
  const i = series.at.length - 1
  if (series.at[i] !== at) {
    series.at.push(at)
    series.min.push(min)
    series.max.push(max)
    series.mean.push(sum / count)
    series.last.push(last)
    series.count.push(count)
    return
  }
  const before = series.count[i] as number
  const mean = series.mean[i] as number
  series.count[i] = before + count
  series.min[i] = Math.min(series.min[i] as number, min)
  series.max[i] = Math.max(series.max[i] as number, max)
  series.mean[i] = mean + (sum - mean * count) / (before + count)
  series.last[i] = last
}

/** An empty series for each facility and point, points of the first facility first, and how to find one. */
export function seriesFor(facilities: readonly string[], points: readonly string[]) {
  const all = facilities.flatMap((facility) => points.map((point) => emptyBuckets(facility, point)))
  const facilityIndex = new Map(facilities.map((facility, i) => [facility, i]))
  const pointIndex = new Map(points.map((point, i) => [point, i]))
  const find = (facility: string, point: string): BucketSeries | undefined => {
    const [f, p] = [facilityIndex.get(facility), pointIndex.get(point)]
    return f === undefined || p === undefined ? undefined : all[f * points.length + p]
  }
  return { all, find }
}
