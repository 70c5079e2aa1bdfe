import { dateOf } from '../../control/calendar-day.ts'
import type { ReportPart, ReportScope, ReportSpan } from '../../operations/duty-report.ts'
import { SLOT } from '../../operations/lamp-history.ts'
import { lampTables } from '../../operations/lamp-report.ts'
import type { ReportSources } from './report-parts.ts'

/** What the street-light centre is judged by: shifts from what was seen every five minutes, longer times by days. */
export function lampPart({ lampHistory, state, utcOffset }: Pick<ReportSources, 'lampHistory' | 'state' | 'utcOffset'>): ReportPart {
  const tellers = ({ period, from, to }: ReportSpan, scope: ReportScope) => {
    const dates = { from: dateOf(from, utcOffset), to: dateOf(to - 1, utcOffset) }
    return {
      by: async (by: 'class' | 'key-area' | 'road') =>
        period === 'shift' ? await lampHistory.over(by, { from, to }, scope) : await lampHistory.days(by, dates, scope),
      slots: state.lampHistory.count(from, to),
    }
  }
  return {
    key: 'lamps',
    company: 'lighting',
    async tables(span, scope) {
      const { by, slots } = tellers(span, scope)
      const [classes, keyAreas, roads] = [await by('class'), await by('key-area'), await by('road')]
      const seen = Math.min(1, (slots * SLOT) / (span.to - span.from))
      return lampTables({ total: classes.total, classes: classes.rows, keyAreas: keyAreas.rows, roads: roads.rows, seen })
    },
  }
}
