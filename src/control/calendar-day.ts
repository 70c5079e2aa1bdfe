import { LamplighterError } from '../errors.ts'
import { days } from '../telemetry/duration.ts'
import { parseIso } from '../telemetry/iso-time.ts'

const DAY = days(1)
const DATE = /^\d{4}-\d{2}-\d{2}$/

/** A day of a city's calendar: 23 or 25 hours long where clocks are set. Times in ms since 1970, `to` exclusive. */
export interface CalendarDay {
  /** YYYY-MM-DD */
  date: string
  from: number
  to: number
}

type UtcOffset = (at: number) => number

/** The date of a time, YYYY-MM-DD. `utcOffset` gives what local time is ahead of UTC, ms. */
export const dateOf = (at: number, utcOffset: UtcOffset): string => new Date(at + utcOffset(at)).toISOString().slice(0, 10)

/** The start of a date, given as its midnight in UTC. Where clocks skip midnight the day begins as they are set. */
function startOf(midnight: number, utcOffset: UtcOffset): number {
  const before = midnight - utcOffset(midnight - DAY)
  const after = midnight - utcOffset(midnight + DAY)
  const found = [before, after].filter((at) => at + utcOffset(at) === midnight)
  return found.length > 0 ? Math.min(...found) : before
}

/** How many days there are from one date to another, both inclusive; 0 when they are the wrong way round. Throws `invalid-request` for what is no date. */
export function countDays(from: string, to: string): number {
  return Math.max(0, Math.round((midnightOf(to, 'to') - midnightOf(from, 'from')) / DAY) + 1)
}

/** The days from one date to another, both inclusive. Throws `invalid-request` for what is no date. */
export function calendarDays(from: string, to: string, utcOffset: UtcOffset): CalendarDay[] {
  const count = countDays(from, to)
  const first = midnightOf(from, 'from')
  const starts = Array.from({ length: count + 1 }, (_, i) => startOf(first + i * DAY, utcOffset))
  return Array.from({ length: count }, (_, i) => ({
    date: new Date(first + i * DAY).toISOString().slice(0, 10),
    from: starts[i] as number,
    to: starts[i + 1] as number,
  }))
}

/** A date some days later, or earlier where `count` is negative. */
export const addDays = (date: string, count: number): string => new Date(midnightOf(date, 'date') + count * DAY).toISOString().slice(0, 10)

function midnightOf(date: string, field: string): number {
  const at = DATE.test(date) ? parseIso(date) : Number.NaN
  if (Number.isFinite(at)) return at
  throw new LamplighterError('invalid-request', `${field} is no date; give one of the calendar, such as 2026-03-01.`)
}
