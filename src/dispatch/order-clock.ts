import { addDays, type CalendarDay, calendarDays, dateOf } from '../control/calendar-day.ts'
import { days, hours, minutes } from '../telemetry/duration.ts'
import type { OrderClass } from './order.ts'

/** Days that are worked otherwise than the week says, as dates YYYY-MM-DD. */
export interface WorkCalendar {
  /** Weekdays that nobody works. */
  holidays: readonly string[]
  /** Weekend days that are worked, to make up for a holiday. */
  workdays: readonly string[]
}

/** The same with more dates in one of its lists; a date of the other list moves over. */
export function withDates(calendar: WorkCalendar, dates: readonly string[], as: keyof WorkCalendar): WorkCalendar {
  const other = as === 'holidays' ? 'workdays' : 'holidays'
  return {
    ...calendar,
    [as]: [...new Set([...calendar[as], ...dates])].sort(),
    [other]: calendar[other].filter((date) => !dates.includes(date)),
  }
}

/** How long a class allows, ms. */
export interface ClassClock {
  arrive: number
  repair: number
  /** Its repair clock runs on working days only. */
  onWorkingDays: boolean
}

/** Ordinary faults within 24 h, severe ones within 3 working days, danger made safe within an hour; on the spot within 30 min in town (CJJ 89). */
export const usualClocks: Readonly<Record<OrderClass, ClassClock>> = {
  danger: { arrive: minutes(30), repair: hours(1), onWorkingDays: false },
  severe: { arrive: hours(2), repair: days(3), onWorkingDays: true },
  ordinary: { arrive: hours(4), repair: hours(24), onWorkingDays: false },
}

/** A calendar without a working day for so long is a mistake, not a holiday. */
const LONGEST_HOLIDAY = 366

export function isWorkingDay(date: string, { holidays, workdays }: WorkCalendar): boolean {
  if (workdays.includes(date)) return true
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !holidays.includes(date)
}

/** When an order of this clock that began at `at`, ms, must be reached and repaired; `utcOffset` gives what city time is ahead of UTC, ms. */
export function deadlines(
  clock: ClassClock,
  at: number,
  calendar: WorkCalendar,
  utcOffset: (at: number) => number,
): { arriveBy: number; repairBy: number } {
  const repairBy = clock.onWorkingDays ? afterWorking(clock.repair, at, calendar, utcOffset) : at + clock.repair
  return { arriveBy: at + clock.arrive, repairBy }
}

/** The moment at which so many ms of working days have passed. */
function afterWorking(length: number, at: number, calendar: WorkCalendar, utcOffset: (at: number) => number): number {
  let left = length
  let date = dateOf(at, utcOffset)
  for (let day = 0; day < LONGEST_HOLIDAY; day++, date = addDays(date, 1)) {
    if (!isWorkingDay(date, calendar)) continue
    const { from, to } = calendarDays(date, date, utcOffset)[0] as CalendarDay
    const begin = Math.max(at, from)
    if (left <= to - begin) return begin + left
    left -= to - begin
  }
  return at + length
}
