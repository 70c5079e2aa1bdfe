import type { DutyReportSummaryView, ReportFigureView } from '../../../../src/edges/http/duty-report-schemas.ts'
import { companies } from '../../../../src/operations/company.ts'
import { type ReportFigure, reportPeriods } from '../../../../src/operations/duty-report.ts'
import { cellText, isMissed, type ReportReader, spanText } from '../../../../src/operations/report-words.ts'
import { cityOffset } from '../city-time.ts'
import { language, say } from '../settings.ts'
import { dr } from '../texts/duty-reports.ts'

/** How this console reads reports: in its language, by the clock of the city. */
export const reader = (): ReportReader => ({ utcOffset: cityOffset(), language: language.value })

type Named = Pick<DutyReportSummaryView, 'company' | 'period' | 'from' | 'to' | 'head'>

export const nameOf = ({ company, period, head, ...span }: Named): string =>
  `${say(companies[company])} · ${say(reportPeriods[period])} ${spanText({ ...span, period, shiftName: head?.shiftName ?? '' }, reader())}`

const asFigure = (figure: ReportFigureView) => figure as ReportFigure

/** What a figure says, with its unit. */
export function figureText({ value, ...figure }: ReportFigureView): string {
  const words = cellText(value, asFigure({ ...figure, value }), reader())
  return figure.unit && value !== null ? `${words} ${figure.unit}` : words
}

/** What it should be, in words; empty where nothing is asked of it. */
export function targetText(figure: ReportFigureView): string {
  const { target } = figure
  if (!target) return ''
  if ('atLeast' in target) return dr().atLeast(figureText({ ...figure, value: target.atLeast }))
  return target.atMost === 0 ? dr().none0 : dr().atMost(figureText({ ...figure, value: target.atMost }))
}

export const misses = (figure: ReportFigureView): boolean => isMissed(asFigure(figure))
/** Those that have a target and a value to hold against it. */
export const judged = (figures: readonly ReportFigureView[]) => figures.filter(({ value, target }) => value !== null && target)
