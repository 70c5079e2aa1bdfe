import { emptyBuckets, offsetOf } from '../bucket-series.ts'
import type { BucketSeries, Grid } from '../telemetry-store.ts'

/** Gathers folded values that come in the order of their times; the first bucket of an answer may go on with the last of the one before. */
export class BucketCollector {
  readonly #grid: Grid
  readonly #points: number
  readonly #series: BucketSeries[]

  constructor(facilities: readonly string[], points: readonly string[], grid: Grid) {
    this.#grid = grid
    this.#points = points.length
    this.#series = facilities.flatMap((facility) => points.map((point) => emptyBuckets(facility, point)))
  }

  /** Columns: the facility's place, the bucket's number, then least, greatest, sum, last value and count of each point. */
  add([facilities = new Float64Array(), buckets, ...values]: readonly Float64Array[]): void {
    const { length, origin } = this.#grid
    const offset = offsetOf(origin, length)
    for (let row = 0; row < facilities.length; row++) {
      const at = offset + (buckets?.[row] as number) * length
      for (let point = 0; point < this.#points; point++) {
        const [min, max, sum, last, count] = [0, 1, 2, 3, 4].map((part) => values[point * 5 + part]?.[row] as number)
        if (!Number.isNaN(count))
          addBucket(this.#series[(facilities[row] as number) * this.#points + point] as BucketSeries, at, {
            ...{ min, max, sum, last, count },
          } as Folded)
      }
    }
  }

  series(): BucketSeries[] {
    return this.#series
  }
}

interface Folded {
  min: number
  max: number
  sum: number
  last: number
  count: number
}

function addBucket(into: BucketSeries, at: number, { min, max, sum, last, count }: Folded): void {
  const end = into.at.length - 1
  if (into.at[end] === at) {
    const before = into.count[end] as number
    into.min[end] = Math.min(into.min[end] as number, min)
    into.max[end] = Math.max(into.max[end] as number, max)
    into.mean[end] = ((into.mean[end] as number) * before + sum) / (before + count)
    into.last[end] = last
    into.count[end] = before + count
  } else {
    into.at.push(at)
    into.min.push(min)
    into.max.push(max)
    into.mean.push(sum / count)
    into.last.push(last)
    into.count.push(count)
  }
}
