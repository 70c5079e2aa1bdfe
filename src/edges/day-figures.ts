import type { CalendarDay } from '../control/calendar-day.ts'
import type { Facility } from '../facilities/plant.ts'
import type { DayCompleteness } from '../storage/completeness.ts'
import type { DayFigure, DayTotal } from '../storage/daily-totals.ts'

/** Dates of the city's calendar, YYYY-MM-DD, both inclusive. */
export interface DateRange {
  from: string
  to: string
}

export interface PointCompleteness {
  facility: Facility
  point: string
  days: DayCompleteness[]
}

export interface PointTotals {
  point: string
  figure: DayFigure
  unit: string
  /** Days that have values. */
  totals: DayTotal[]
  completeness: DayCompleteness[]
}

/** What telemetry amounts to by days of the city's calendar. Throws `invalid-request` for dates that are none and for more than fits an answer. */
export interface DayFigures {
  readonly timeZone: string
  /** What city time is ahead of UTC, ms. */
  utcOffset(at: number): number
  /** The date it is now. */
  today(): string
  days(range: DateRange): CalendarDay[]
  /** Of given points of one facility, else of all that it has ever reported. */
  completenessOf(facility: Facility, points: readonly string[] | undefined, range: DateRange): Promise<PointCompleteness[]>
  /** Of many facilities, each by the headline point of its kind, else by the points given. */
  completeness(facilities: readonly Facility[], points: readonly string[] | undefined, range: DateRange): Promise<PointCompleteness[]>
  /** Of given points of a facility, else of all that it has ever reported. */
  totals(facility: Facility, points: readonly string[] | undefined, range: DateRange): Promise<PointTotals[]>
  /** Of one point of many facilities, whatever their kinds, by their ids. */
  increases(facilities: readonly Facility[], point: string, range: DateRange): Promise<Map<string, DayTotal[]>>
}
