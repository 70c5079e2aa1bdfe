import type { BucketSeries, RangeQuery, RawSeries } from './telemetry-store.ts'

/** Length of a bucket, whole ms: so that at most `buckets` of them, the first at `from`, cover the range. */
export function bucketLength({ from, to }: Pick<RangeQuery, 'from' | 'to'>, buckets: number): number {
  return Math.max(1, Math.ceil((to - from) / Math.max(1, buckets)))
}

export const emptyBuckets = (point: string): BucketSeries => ({ point, at: [], min: [], max: [], mean: [], last: [], count: [] })

/** Puts the good values of a series, oldest first, in buckets. */
export function foldIntoBuckets(series: RawSeries, from: number, length: number): BucketSeries {
  const folded = emptyBuckets(series.point)
  let last = -1
  for (const [i, at] of series.at.entries()) {
    if (!series.good[i]) continue
    const value = series.value[i] as number
    const start = from + Math.floor((at - from) / length) * length
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
