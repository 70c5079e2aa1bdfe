/** The time that plots show. Lengths in ms, times in ms since 1970. */
export interface TimeWindow {
  length: number
  /** null: live, up to now. */
  end: number | null
}

export interface ShownTime {
  from: number
  /** Exclusive. */
  to: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Lengths to choose from, by what stands for them in the address. */
export const spans = {
  '15m': 15 * MINUTE,
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
  '90d': 90 * DAY,
  '365d': 365 * DAY,
} as const
export type Span = keyof typeof spans

export const SHORTEST = MINUTE
export const LONGEST = 5 * 366 * DAY

const units: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY }
const SPAN = /^(\d{1,5})([mhd])$/

const withinBounds = (length: number): number => Math.min(LONGEST, Math.max(SHORTEST, Math.round(length)))

/** A length as the address has it: `90m`, `6h`, `7d`. */
export function spanText(length: number): string {
  const known = (Object.keys(spans) as Span[]).find((span) => spans[span] === length)
  if (known) return known
  const [unit, of] = Object.entries(units).findLast(([, size]) => length % size === 0) ?? ['m', MINUTE]
  return `${Math.max(1, Math.round(length / of))}${unit}`
}

function spanOf(text: string | null): number | null {
  const [, count, unit] = SPAN.exec(text ?? '') ?? []
  const length = Number(count) * (units[unit ?? ''] ?? 0)
  return length >= SHORTEST && length <= LONGEST ? length : null
}

const timeOf = (text: string | null): number | null => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null)

/** Reads `span=` or `from=&to=` of the address; `standard` where they say nothing that can be shown. */
export function windowOf(query: URLSearchParams, standard: number): TimeWindow {
  const [from, to] = [timeOf(query.get('from')), timeOf(query.get('to'))]
  if (from !== null && to !== null && to - from >= SHORTEST && to - from <= LONGEST) return { length: to - from, end: to }
  return { length: spanOf(query.get('span')) ?? standard, end: null }
}

/** What the address says of a window; null for what it need not. */
export const addressOf = ({ length, end }: TimeWindow): Record<'span' | 'from' | 'to', string | null> =>
  end === null
    ? { span: spanText(length), from: null, to: null }
    : { span: null, from: String(Math.round(end - length)), to: String(Math.round(end)) }

export const sameWindow = (one: TimeWindow, other: TimeWindow): boolean => one.length === other.length && one.end === other.end

export const shownTime = ({ length, end }: TimeWindow, now: number): ShownTime => ({ from: (end ?? now) - length, to: end ?? now })

/** A fixed window over a time, which may be the wrong way round; what is shorter than can be shown grows around its middle. */
export function fixed(from: number, to: number): TimeWindow {
  const length = withinBounds(Math.abs(to - from))
  return { length, end: Math.round((from + to + length) / 2) }
}

/** Half a window earlier (-1) or later (1). It stays fixed and ends now at the latest. */
export function panned({ length, end }: TimeWindow, by: 1 | -1, now: number): TimeWindow {
  if (end === null && by > 0) return { length, end }
  return { length, end: Math.round(Math.min(Math.max(now, end ?? now), (end ?? now) + (by * length) / 2)) }
}

/** Half as long (`by` 0.5) or twice (2): around its middle where it is fixed, up to now where it is live. */
export function zoomed({ length, end }: TimeWindow, by: number, now: number): TimeWindow {
  const next = withinBounds(length * by)
  if (end === null) return { length: next, end }
  return { length: next, end: Math.round(Math.min(Math.max(now, end), end + (next - length) / 2)) }
}

/** The next longer (1) or shorter (-1) of the spans to choose from; its own length at an end. */
export function nextSpan(length: number, by: 1 | -1): number {
  const lengths = Object.values(spans)
  return (by > 0 ? lengths.find((one) => one > length) : lengths.findLast((one) => one < length)) ?? length
}

/** What a strip above the plots shows, so that one sees where the window lies: five times as long, not beyond now. */
export function surroundings(window: TimeWindow, now: number): ShownTime {
  const { from, to } = shownTime(window, now)
  const end = Math.max(to, Math.min(now, to + 2 * window.length))
  return { from: Math.min(from, end - 5 * window.length), to: end }
}

/** Where `at` lies in a time, 0 to 1, its ends for what lies outside. */
export const shareOf = (at: number, { from, to }: ShownTime): number => Math.min(1, Math.max(0, (at - from) / (to - from)))
