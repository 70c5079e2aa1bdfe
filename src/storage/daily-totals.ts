import type { CalendarDay } from '../control/calendar-day.ts'
import { integralOf } from '../telemetry/integral.ts'
import type { Point } from '../telemetry/point.ts'
import { foldBuckets, hoursTimesMean, increaseOf, placeOf } from './day-fold.ts'
import type { BucketSeries } from './telemetry-store.ts'

/** How the figure of a day is made: what a counter rose by, a rate times the hours it was read, or the mean of the values read. */
export const dayFigures = ['increase', 'integral', 'mean'] as const
export type DayFigure = (typeof dayFigures)[number]

/** The figure that says most about a day of a point, and its unit. */
export function dayFigureOf(point: Point): { figure: DayFigure; unit: string } {
  if (point.type === 'number' && point.counter) return { figure: 'increase', unit: point.unit }
  const integral = point.type === 'number' ? integralOf(point.unit) : undefined
  return integral ? { figure: 'integral', unit: integral.unit } : { figure: 'mean', unit: point.unit }
}

export interface DayTotal {
  date: string
  /** What `dayFigureOf` says. */
  total: number
  min: number
  max: number
  mean: number
  last: number
}

interface TotalOptions {
  point: Point
  /** Length of the buckets, ms. */
  length: number
  /** ms in which the point usually reports once. */
  interval: number
}

/** The figures of each day that has values. The buckets each lie in one day; of a counter those of before tell where it stood. */
export function dailyTotals(series: BucketSeries, days: readonly CalendarDay[], options: TotalOptions): DayTotal[] {
  return days.flatMap(({ date, from, to }) => {
    const [first, end] = [placeOf(series, from), placeOf(series, to)]
    const values = foldBuckets(series, first, end)
    if (!values) return []
    const { min, max, mean, last } = values
    return [{ date, total: totalOf(series, first, end, mean, { ...options, day: to - from }), min, max, mean, last }]
  })
}

function totalOf(
  series: BucketSeries,
  first: number,
  end: number,
  mean: number,
  { point, ...spans }: TotalOptions & { day: number },
): number {
  const { figure } = dayFigureOf(point)
  if (figure === 'mean') return mean
  if (figure === 'integral') return hoursTimesMean(series, first, end, spans) * (integralOf(point.unit)?.perHour ?? 0)
  if (point.type !== 'number' || point.counter !== 'today') return increaseOf(series, first, end, series.last[first - 1])
  // It began at 0 whenever it was heard first, and at midnight it may still say what it said the day before.
  return Math.max(increaseOf(series, first, end, undefined), series.last[end - 1] as number)
}
