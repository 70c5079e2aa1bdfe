import type { DailyTotalsView } from '../../../../src/edges/http/day-schemas.ts'
import type { ManyReadingsView } from '../../../../src/edges/http/reading-schemas.ts'
import { get } from '../live/api.ts'

/** `from` and `to` ms since 1970; at most `buckets` buckets. */
export const getHistory = (facility: string, points: readonly string[], from: number, to: number, buckets: number) =>
  get<ManyReadingsView>('/api/readings', { series: `${facility}:${points.join(',')}`, from: Math.floor(from), to: Math.ceil(to), buckets })

/** `from` and `to` dates, both inclusive. */
export const getDailyTotals = (facility: string, points: readonly string[], from: string, to: string) =>
  get<DailyTotalsView>('/api/daily-totals', { facility, points: points.join(','), from, to })
