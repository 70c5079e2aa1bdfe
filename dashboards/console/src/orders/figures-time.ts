import { addDays } from '../../../../src/control/calendar-day.ts'
import type { UtcOffset } from '../city-time.ts'
import { wallTime } from '../time/wall-time.ts'

const DAY = 86_400_000
export const figureRanges = { '7d': 7 * DAY, '30d': 30 * DAY, '90d': 90 * DAY, '365d': 365 * DAY } as const
export type FigureRange = keyof typeof figureRanges
const LONGEST = 400 * DAY

/** What the address says is shown: one of the ranges up to now, or whole days of the city, the last one included. */
export type FiguresTime = { range: FigureRange } | { from: string; to: string }

export const isRange = (text: string | null): text is FigureRange => text !== null && Object.hasOwn(figureRanges, text)

export function readTime(query: URLSearchParams): FiguresTime {
  const [from, to, range] = [query.get('from'), query.get('to'), query.get('range')]
  if (from !== null && to !== null) return { from, to }
  return { range: isRange(range) ? range : '30d' }
}

/** Begin and end, ms; null where the days cannot be shown. */
export function boundsOf(time: FiguresTime, now: number, offset: UtcOffset): { from: number; to: number } | null {
  if ('range' in time) return { from: now - figureRanges[time.range], to: now }
  const midnight = (date: string) => wallTime(`${date}T00:00`, offset)
  const from = midnight(time.from)
  const to = midnight(time.to) === null ? null : midnight(addDays(time.to, 1))
  return from !== null && to !== null && to > from && to - from <= LONGEST ? { from, to } : null
}
