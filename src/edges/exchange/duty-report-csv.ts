import { stringify } from 'csv-stringify/sync'
import { LamplighterError } from '../../errors.ts'
import { companies } from '../../operations/company.ts'
import { type ReportCell, type ReportColumn, type ReportTable, reportPeriods } from '../../operations/duty-report.ts'
import { type ReportReader, spanText, timeText } from '../../operations/report-words.ts'
import type { DutyReportText } from '../duty-reports.ts'
import { csvFormat } from './csv-writing.ts'
import { guardFormula } from './formula-guard.ts'

type Cell = string | number | null

const MINUTE = 60_000
const tablesOf = ({ parts }: DutyReportText): ReportTable[] => parts.flatMap(({ tables }) => tables)

/** What a spreadsheet computes with: shares as percent, lengths of time in minutes, numbers in full. */
function cell(value: ReportCell, { format }: ReportColumn, reader: ReportReader): Cell {
  if (value === null) return null
  if (typeof value === 'object') return guardFormula(value[reader.language])
  if (typeof value === 'string') return guardFormula(value)
  if (format === 'time') return timeText(value, reader)
  if (format === 'share') return Number((100 * value).toPrecision(12))
  return format === 'length' ? Number((value / MINUTE).toPrecision(12)) : value
}

function heading({ title, unit, format }: ReportColumn, { language }: ReportReader): string {
  const minutes = language === 'zh' ? '分' : 'min'
  const measure = format === 'share' ? '%' : format === 'length' ? minutes : unit
  return guardFormula(measure ? `${title[language]} (${measure})` : title[language])
}

const rowsOf = ({ columns, rows }: ReportTable, reader: ReportReader): Cell[][] => [
  columns.map((column) => heading(column, reader)),
  ...rows.map((row) => row.map((value, i) => cell(value, columns[i] as ReportColumn, reader))),
]

/** The tables of a report one after the other, each under its title, or the one that is asked for alone. Throws `not-found` for none. */
export function dutyReportCsv(report: DutyReportText, reader: ReportReader, table?: string): string {
  const tables = tablesOf(report)
  if (table !== undefined) {
    const found = tables.find(({ key }) => key === table)
    if (!found) throw new LamplighterError('not-found', `The report has no table ${JSON.stringify(table)}.`)
    return stringify(rowsOf(found, reader), csvFormat)
  }
  const { language } = reader
  const head = [[companies[report.company][language], reportPeriods[report.period][language], spanText(report, reader), report.timeZone]]
  const all = tables.flatMap((one): Cell[][] => [[], [guardFormula(one.title[language])], ...rowsOf(one, reader)])
  return stringify([...head, ...all], csvFormat)
}
