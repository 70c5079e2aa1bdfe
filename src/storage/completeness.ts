import type { CalendarDay } from '../control/calendar-day.ts'
import { bucketStart } from './bucket-series.ts'
import type { BucketSeries, Grid } from './telemetry-store.ts'

/** Times in ms since 1970, `to` exclusive. */
export interface Span {
  from: number
  to: number
}

/** For how long reports are due in each bucket of a time, ms. */
export interface DueTime {
  /** Where the first bucket begins, and the length of each, ms. */
  first: number
  length: number
  time: Float64Array
}

/** Values of a point on a day. */
export interface DayCompleteness {
  date: string
  /** Values that were due. */
  expected: number
  /** Values that came, impossible ones left out; more than expected where a device also reports at once on a change. */
  received: number
  /** Those of them that count for what was due, at most `expected`. */
  counted: number
}

/** Lays the spans in which reports are due, rising and apart, on the buckets of days. */
export function dueTime(spans: readonly Span[], days: readonly CalendarDay[], grid: Grid): DueTime {
  const [begin, end] = [days[0]?.from ?? 0, days.at(-1)?.to ?? 0]
  const { length } = grid
  const first = bucketStart(begin, grid)
  const time = new Float64Array(Math.ceil((end - first) / length))
  for (const { from, to } of spans) {
    for (let at = Math.max(from, begin); at < Math.min(to, end); ) {
      const place = Math.floor((at - first) / length)
      const next = Math.min(to, end, first + (place + 1) * length)
      time[place] = (time[place] as number) + next - at
      at = next
    }
  }
  return { first, length, time }
}

/**
 * Expected and received values of each day of a point that reports every `interval` ms; nothing is due before `since`. In each bucket
 * one value more than is due counts, since reports do not fall in step with the clock, but no more: many values in one hour
 * are none of another.
 */
export function completenessOf(
  series: Pick<BucketSeries, 'at' | 'count'>,
  days: readonly CalendarDay[],
  due: DueTime,
  { interval, since }: { interval: number; since: number },
): DayCompleteness[] {
  const { first, length, time } = due
  let next = 0
  return days.map(({ date, from, to }) => {
    let [expected, received, counted] = [0, 0, 0]
    for (let place = Math.floor((from - first) / length); first + place * length < to; place++) {
      const start = first + place * length
      const share = Math.min(1, Math.max(0, start + length - since) / length)
      const dueHere = ((time[place] as number) * share) / interval
      while (next < series.at.length && (series.at[next] as number) < start) next++
      const here = series.at[next] === start ? (series.count[next] as number) : 0
      expected += dueHere
      received += here
      if (dueHere > 0) counted += Math.min(here, dueHere + 1)
    }
    // What is not due in full yet may still come, and a sum of parts may fall short of a whole by what floats cannot say.
    const whole = Math.floor(expected + 1e-6)
    return { date, expected: whole, received, counted: Math.min(whole, Math.floor(counted + 1e-6)) }
  })
}

/** Several days or points as one. */
export function addUp(all: readonly Omit<DayCompleteness, 'date'>[]): Omit<DayCompleteness, 'date'> {
  const sum = { expected: 0, received: 0, counted: 0 }
  for (const { expected, received, counted } of all) {
    sum.expected += expected
    sum.received += received
    sum.counted += counted
  }
  return sum
}
