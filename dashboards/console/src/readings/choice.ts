import { addDays, type CalendarDay, calendarDays, countDays, dateOf } from '../../../../src/control/calendar-day.ts'
import type { UtcOffset } from '../city-time.ts'

/** What somebody looks at of a facility's readings, as it stands in the address. */
export interface Choice {
  points: readonly string[]
  span: Span | 'dates'
  /** Last day of the time, YYYY-MM-DD; null: up to now. */
  until: string | null
  /** First day, where days were chosen one by one. */
  since: string | null
}

const DAY = 86_400_000
const lengths = { day: DAY, week: 7 * DAY, month: 30 * DAY, year: 365 * DAY } as const
export type Span = keyof typeof lengths
export const spans = Object.keys(lengths) as Span[]
export const isSpan = (text: string | null): text is Span => text !== null && Object.hasOwn(lengths, text)

/** More curves could not be told apart. */
export const MOST_POINTS = 6

const isDate = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && Number.isFinite(Date.parse(text)) && new Date(text).toISOString().startsWith(text)

/** Reads the address; points the kind has not are left out, and `headline` is shown where none is left. */
export function choiceOf(query: URLSearchParams, known: readonly string[], headline: string): Choice {
  const wanted = new Set((query.get('points') ?? '').split(',').filter((point) => known.includes(point)))
  const points = wanted.size > 0 ? [...wanted].slice(0, MOST_POINTS) : [headline]
  const [span, since, until] = [query.get('span'), query.get('since'), query.get('until')]
  if (span === 'dates' && isDate(since) && isDate(until) && since <= until) return { points, span, since, until }
  return { points, span: isSpan(span) ? span : 'day', since: null, until: isDate(until) ? until : null }
}

/** What the address says of a choice; null for what it need not. */
export const addressOf = ({ points, span, since, until }: Choice): Record<string, string | null> => ({
  points: points.join(','),
  span,
  since,
  until,
})

/** When a date begins, or one `after` it, ms since 1970. */
function startOf(date: string, offset: UtcOffset, after = 0): number {
  const day = addDays(date, after)
  return (calendarDays(day, day, offset)[0] as CalendarDay).from
}

export interface ShownTime {
  from: number
  to: number
}

/** The time that a choice shows, ms since 1970; its dates are those of the zone that is so far ahead of UTC. */
export function timeOf({ span, since, until }: Choice, now: number, offset: UtcOffset): ShownTime {
  const end = until === null ? now : startOf(until, offset, 1)
  if (span !== 'dates') return { from: end - lengths[span], to: Math.min(now, end) }
  const from = startOf(since as string, offset)
  return { from, to: Math.max(Math.min(now, end), from + 1) }
}

/** A curve has no more to show than the screen has columns; where a day is a few of them, a day is one, or its swing would hide the season. */
export function bucketsFor({ from, to }: ShownTime, width: number): number {
  const columns = Math.min(1200, Math.max(200, Math.round(width)))
  const days = Math.ceil((to - from) / DAY) + 1
  return days * 12 > columns && days <= columns ? days : columns
}

/** The same length just before (-1) or after (1); what would end after now ends now. */
export function moved(choice: Choice, by: 1 | -1, now: number, offset: UtcOffset): Choice {
  const { from, to } = timeOf(choice, now, offset)
  if (choice.span !== 'dates') {
    const until = dateOf(by < 0 ? from - 1 : to + lengths[choice.span] - 1, offset)
    return { ...choice, until: until >= dateOf(now, offset) ? null : until }
  }
  const [since, until] = [choice.since as string, choice.until as string]
  const days = by * countDays(since, until)
  return { ...choice, since: addDays(since, days), until: addDays(until, days) }
}
