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

const isDate = (text: string | null): text is string => text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && Number.isFinite(Date.parse(text))

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

/** The local date of a time, YYYY-MM-DD. */
export function dateAt(at: number): string {
  const day = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${String(day.getFullYear()).padStart(4, '0')}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}

/** The local midnight at which a date begins, or one `after` it, ms since 1970. */
function midnight(date: string, after = 0): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(year, month - 1, day + after).getTime()
}

export interface ShownTime {
  from: number
  to: number
}

/** The time that a choice shows, ms since 1970. */
export function timeOf({ span, since, until }: Choice, now: number): ShownTime {
  const to = until === null ? now : Math.min(now, midnight(until, 1))
  if (span === 'dates') return { from: midnight(since as string), to: Math.max(to, midnight(since as string) + 1) }
  return { from: (until === null ? now : midnight(until, 1)) - lengths[span], to }
}

/** A curve has no more to show than the screen has columns; where a day is a few of them, a day is one, or its swing would hide the season. */
export function bucketsFor({ from, to }: ShownTime, width: number): number {
  const columns = Math.min(1200, Math.max(200, Math.round(width)))
  const days = Math.ceil((to - from) / DAY) + 1
  return days * 12 > columns && days <= columns ? days : columns
}

/** The same length just before (-1) or after (1); what would end after now ends now. */
export function moved(choice: Choice, by: 1 | -1, now: number): Choice {
  const { from, to } = timeOf(choice, now)
  if (choice.span !== 'dates') {
    const until = dateAt(by < 0 ? from - 1 : to + lengths[choice.span] - 1)
    return { ...choice, until: until >= dateAt(now) ? null : until }
  }
  const days = Math.round((midnight(choice.until as string, 1) - from) / DAY)
  const shift = (date: string) => dateAt(midnight(date, by * days))
  return { ...choice, since: shift(choice.since as string), until: shift(choice.until as string) }
}
