import { addDays, countDays } from '../../../../../src/control/calendar-day.ts'

/** Days up to today. */
export const dayRanges = { '2d': 2, '7d': 7, '30d': 30, '90d': 90 } as const
export type DayRange = keyof typeof dayRanges

/** Told every five minutes; longer times by days. */
export const MOST_PLOTTED = 7
const MOST_DAYS = 400

/** Dates of the city, both inclusive. */
export interface Dates {
  range: DayRange | null
  from: string
  to: string
}

/** What the address says is shown: one of the ranges up to `today`, or given dates; null where those cannot be shown. */
export function datesOf(query: URLSearchParams, today: string): Dates | null {
  const [from, to, range] = [query.get('from'), query.get('to'), query.get('range') ?? '2d']
  if (from !== null && to !== null) return isTime(from, to) ? { range: null, from, to } : null
  const known = (Object.hasOwn(dayRanges, range) ? range : '2d') as DayRange
  return { range: known, from: addDays(today, 1 - dayRanges[known]), to: today }
}

function isTime(from: string, to: string): boolean {
  try {
    const days = countDays(from, to)
    return days > 0 && days <= MOST_DAYS
  } catch {
    return false
  }
}

export const isPlotted = ({ from, to }: Dates): boolean => countDays(from, to) <= MOST_PLOTTED
