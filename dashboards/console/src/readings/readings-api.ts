import type { DailyTotalsView } from '../../../../src/edges/http/day-schemas.ts'
import { get } from '../live/api.ts'

/** `from` and `to` dates, both inclusive. */
export const getDailyTotals = (facility: string, points: readonly string[], from: string, to: string) =>
  get<DailyTotalsView>('/api/daily-totals', { facility, points: points.join(','), from, to })
