import type { ManyReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import type { ShownTime } from '../time/time-window.ts'

/** One series of an answer: parallel arrays with an entry for each bucket that has values, oldest first. */
export interface HistorySeries {
  facility: string
  point: string
  at: number[]
  min: number[]
  max: number[]
  mean: number[]
  last: number[]
  count: number[]
  /** Starts of buckets with values that were flagged impossible, and how many; none where they were not counted. */
  flagged: { at: number; count: number }[]
}

export interface History {
  /** Length of a bucket, ms. */
  bucket: number
  /** Flagged values were counted. */
  isFlagged: boolean
  series: readonly HistorySeries[]
}

const DAY = 86_400_000
/** As the server bounds an answer, the lowest and the highest value of a bucket each as one. */
const MOST_VALUES = 30_000
/** Over a longer time flagged values are not counted. */
export const MOST_FLAGGED = DAY
/** Asked for anew, for what came late: so many buckets of what is there already. */
const AGAIN = 3

/** A curve has no more to show than the screen has columns; where a day is a few of them, a day is one, or its swing would hide the season. */
export function bucketsFor({ from, to }: ShownTime, width: number, series = 1): number {
  const columns = Math.min(1200, Math.max(200, Math.round(width)), Math.floor(MOST_VALUES / 2 / series))
  const days = Math.ceil((to - from) / DAY) + 1
  return days * 12 > columns && days <= columns ? days : columns
}

export function historyOf({ at, bucket, series }: ManyReadingsView): History {
  return {
    bucket,
    isFlagged: series.some(({ flagged }) => flagged !== undefined),
    series: series.map(({ facility, point, count, min, max, mean, last, flagged = [] }) => {
      const read = count.flatMap((n, i) => (n > 0 ? [i] : []))
      const column = (values: readonly (number | null)[]) => read.map((i) => values[i] as number)
      return {
        ...{
          facility,
          point,
          at: column(at),
          min: column(min),
          max: column(max),
          mean: column(mean),
          last: column(last),
          count: column(count),
        },
        flagged: flagged.flatMap((n, i) => (n > 0 ? [{ at: at[i] as number, count: n }] : [])),
      }
    }),
  }
}

/** From when on to ask again, so that what is shown up to `to` goes on. */
export const tailFrom = ({ bucket }: History, to: number): number => to - AGAIN * bucket

/** What is shown from `from` on: the same, with all buckets from `first` on replaced by those of a later answer of the same length. */
export function withTail(history: History, tail: History, first: number, from: number): History {
  const series = history.series.map((one, i): HistorySeries => {
    const next = tail.series[i] as HistorySeries
    const begin = one.at.findIndex((at) => at > from - history.bucket)
    const end = one.at.findIndex((at) => at >= first)
    const [after, before] = [begin < 0 ? one.at.length : begin, end < 0 ? one.at.length : end]
    const join = (of: (series: HistorySeries) => readonly number[]) => [...of(one).slice(after, before), ...of(next)]
    return {
      facility: one.facility,
      point: one.point,
      at: join(({ at }) => at),
      min: join(({ min }) => min),
      max: join(({ max }) => max),
      mean: join(({ mean }) => mean),
      last: join(({ last }) => last),
      count: join(({ count }) => count),
      flagged: [...one.flagged.filter(({ at }) => at > from - history.bucket && at < first), ...next.flagged],
    }
  })
  return { ...history, series }
}
