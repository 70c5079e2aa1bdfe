import { dateOf } from '../../control/calendar-day.ts'
import { type Duty, duties, dutyNames } from '../../edges/company-figures.ts'
import type { Services } from '../../edges/services.ts'
import type { CompanyFigure, CompanyTable } from '../../operations/company-view.ts'
import type { ReportFigure, ReportPart, ReportTable } from '../../operations/duty-report.ts'
import type { ServiceParts } from '../parts.ts'

type Sources = Pick<ServiceParts, 'utcOffset'> & Pick<Services, 'companyFigures'>

/** What the companies are judged by, of the time of a report; a month has its days besides. */
export function companyReportParts({ companyFigures, utcOffset }: Sources): ReportPart[] {
  return dutyNames.map((duty: Duty) => ({
    key: duty,
    company: duties[duty],
    async tables(span, scope) {
      const { figures, tables } = await companyFigures.over(duty, span, scope)
      if (tables.every(({ rows }) => rows.length === 0)) return []
      const found = tables.map((table) => tableOf(duty, table))
      const first = found[0] && { ...found[0], figures: figures.map((figure) => figureOf(duty, figure)) }
      if (span.period !== 'month') return first ? [first, ...found.slice(1)] : []
      const days = await companyFigures.days(duty, { from: dateOf(span.from, utcOffset), to: dateOf(span.to - 1, utcOffset) }, scope)
      return first ? [first, ...found.slice(1), tableOf(duty, days)] : []
    },
  }))
}

const tableOf = (duty: Duty, { key, title, columns, rows, note }: CompanyTable): ReportTable => ({
  ...{ key: `${duty}.${key}`, title, columns, note },
  rows: rows.map(({ cells }) => cells),
})

/** Where it comes from stands in the note of its table. */
const figureOf = (duty: Duty, { at: _, origin: __, basis: ___, covers: ____, word: _____, ...figure }: CompanyFigure): ReportFigure => ({
  ...figure,
  key: `${duty}.${figure.key}`,
})
