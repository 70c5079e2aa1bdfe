import { addDays, calendarDays, dateOf } from '../control/calendar-day.ts'
import { type Rotation, shiftsOn } from '../dispatch/duty.ts'
import { days } from '../telemetry/duration.ts'
import type { ReportPeriod, ReportSpan } from './duty-report.ts'

/** By which days, months and shifts are told. */
export interface ReportCalendar {
  /** Whose shifts are reported on; null: nobody works in shifts. */
  rotation: Rotation | null
  utcOffset: (at: number) => number
}

/** After a longer pause of the program reports of older times are made when somebody asks for them. */
const MADE_UP: Readonly<Record<ReportPeriod, number>> = { shift: days(3), day: days(7), month: days(62) }

const monthOf = (date: string): string => date.slice(0, 7)
/** Any month has 28 days at least, and 31 at most. */
const nextMonth = (month: string): string => monthOf(addDays(`${month}-28`, 4))

function monthSpan(month: string, utcOffset: ReportCalendar['utcOffset']): ReportSpan {
  const [first, next] = [`${month}-01`, `${nextMonth(month)}-01`].map((date) => calendarDays(date, date, utcOffset)[0]?.from as number)
  return { period: 'month', from: first as number, to: next as number }
}

/** The shifts that begin on a date, in order; two teams on the same one are one shift. */
function shiftSpans(date: string, { rotation, utcOffset }: ReportCalendar): ReportSpan[] {
  if (!rotation) return []
  const spans = shiftsOn(rotation, date, utcOffset).map(({ from, to }): ReportSpan => ({ period: 'shift', from, to }))
  const once = new Map(spans.map((span) => [`${span.from} ${span.to}`, span]))
  return [...once.values()].sort((a, b) => a.from - b.from || a.to - b.to)
}

/** Spans of one period that begin on a date, or with it. */
function spansOf(period: ReportPeriod, date: string, calendar: ReportCalendar): ReportSpan[] {
  const { utcOffset } = calendar
  switch (period) {
    case 'shift':
      return shiftSpans(date, calendar)
    case 'day':
      return calendarDays(date, date, utcOffset).map(({ from, to }) => ({ period, from, to }))
    case 'month':
      return [monthSpan(monthOf(date), utcOffset)]
  }
}

/** The shift, day or month that a time, ms, lies in; of shifts that overlap the one that began last. Null where nobody was on shift. */
export function spanAt(period: ReportPeriod, at: number, calendar: ReportCalendar): ReportSpan | null {
  const today = dateOf(at, calendar.utcOffset)
  const dates = period === 'shift' ? [addDays(today, -1), today] : [today]
  return dates.flatMap((date) => spansOf(period, date, calendar)).findLast(({ from, to }) => from <= at && at < to) ?? null
}

/** Spans of one period that ended after `since` and by `at`, ms, the oldest first; those of too long ago are left out. */
export function endedSpans(period: ReportPeriod, since: number, at: number, calendar: ReportCalendar): ReportSpan[] {
  const after = Math.max(since, at - MADE_UP[period])
  const last = dateOf(at, calendar.utcOffset)
  const found: ReportSpan[] = []
  // A span that ends after a moment began two days before it at most, or in the month before.
  let date =
    period === 'month' ? `${monthOf(addDays(dateOf(after, calendar.utcOffset), -31))}-01` : addDays(dateOf(after, calendar.utcOffset), -2)
  while (date <= last) {
    found.push(...spansOf(period, date, calendar).filter(({ to }) => to > after && to <= at))
    date = period === 'month' ? `${nextMonth(monthOf(date))}-01` : addDays(date, 1)
  }
  return found
}
