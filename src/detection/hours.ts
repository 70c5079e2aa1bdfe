import { days, minutes } from '../telemetry/duration.ts'

/**
 * Hours of local time, in minutes since midnight: from `from` until before `until` (at most 1440), past midnight when `until` is not later.
 * ISO weekdays, 1 = Monday; hours past midnight belong to the day on which they began.
 */
export interface Hours {
  readonly from: number
  readonly until: number
  readonly weekdays: readonly number[]
}

export const MINUTES_A_DAY = 1440
const DAY = days(1)
const MINUTE = minutes(1)

/** 1 January 1970 was a Thursday. */
const weekdayOf = (day: number) => ((((day + 3) % 7) + 7) % 7) + 1

/** When the hours last began, at local time `local` (ms); NaN outside of them. */
export function begunAt({ from, until, weekdays }: Hours, local: number): number {
  const today = Math.floor(local / DAY)
  const time = local - today * DAY
  const isOverMidnight = until <= from
  const day = isOverMidnight && time < until * MINUTE ? today - 1 : today
  const start = day * DAY + from * MINUTE
  const end = (isOverMidnight ? day + 1 : day) * DAY + until * MINUTE
  return local >= start && local < end && weekdays.includes(weekdayOf(day)) ? start : Number.NaN
}

/** The first moment from local time `local` (ms) on that is within the hours; Infinity without weekdays. */
export function nextWithin(hours: Hours, local: number): number {
  if (!Number.isNaN(begunAt(hours, local))) return local
  const today = Math.floor(local / DAY)
  for (let day = today; day <= today + 7; day++) {
    const start = day * DAY + hours.from * MINUTE
    if (start >= local && hours.weekdays.includes(weekdayOf(day))) return start
  }
  return Number.POSITIVE_INFINITY
}

/** Whether hours leave out nothing of others; null = always. */
export function coversHours(hours: Hours, others: Hours | null): boolean {
  for (let local = 0; local < 7 * DAY; local += MINUTE) {
    const isWithin = others === null || !Number.isNaN(begunAt(others, local))
    if (isWithin && Number.isNaN(begunAt(hours, local))) return false
  }
  return true
}
