import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DutyReportText, PartText } from '../../edges/duty-reports.ts'
import { scopeOfCompany } from '../../operations/company.ts'
import {
  MOST_ROWS,
  partsOf,
  type ReportFigure,
  type ReportPart,
  type ReportScope,
  type ReportSpan,
  type ReportTable,
} from '../../operations/duty-report.ts'
import type { DutyReportRecord } from '../../storage/duty-report-store.ts'
import { minutes } from '../../telemetry/duration.ts'

/** A part that takes longer is left out, so that it does not keep all reports waiting. */
const LONGEST_PART = minutes(10)

type Made = Pick<DutyReportText, 'company' | 'period' | 'from' | 'to' | 'isPartial' | 'shiftName' | 'timeZone' | 'behind' | 'replaces'>

/** Asks all parts for what they know, one after the other. A part that fails is named in the report, which has the others. */
export async function makeReport(
  about: Made,
  parts: readonly ReportPart[],
  now: () => number,
  signal: AbortSignal,
): Promise<DutyReportText> {
  const span: ReportSpan = { period: about.period, from: about.from, to: about.to }
  const scope: ReportScope = { ...scopeOfCompany(about.company), company: about.company }
  const told: PartText[] = []
  for (const part of partsOf(parts, about.company)) {
    signal.throwIfAborted()
    told.push(await partText(part, span, scope))
    await nextTurn()
  }
  signal.throwIfAborted()
  return { ...about, madeAt: now(), parts: told }
}

async function partText(part: ReportPart, span: ReportSpan, scope: ReportScope): Promise<PartText> {
  const { key } = part
  try {
    const tables = await within(part.tables(span, scope), LONGEST_PART)
    return { key, ...cut(tables), problem: '' }
  } catch (error) {
    return { key, tables: [], leftOut: {}, problem: error instanceof Error ? error.message : String(error) }
  }
}

function cut(tables: readonly ReportTable[]): Pick<PartText, 'tables' | 'leftOut'> {
  const long = tables.filter(({ rows }) => rows.length > MOST_ROWS)
  return {
    tables: tables.map((table) => ({ ...table, rows: table.rows.slice(0, MOST_ROWS) })),
    leftOut: Object.fromEntries(long.map(({ key, rows }) => [key, rows.length - MOST_ROWS])),
  }
}

async function within<T>(work: Promise<T>, longest: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${longest / minutes(1)} minutes.`)), longest)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The figures of all tables, each once, in their order. */
export const figuresOf = ({ parts }: DutyReportText): ReportFigure[] =>
  parts.flatMap(({ tables }) => tables.flatMap(({ figures = [] }) => figures))

/** Whether a report is of a time that lies behind and stands for itself, so that it may be signed and sent. */
export const isFinal = ({ state, isPartial, replacedBy }: DutyReportRecord): boolean =>
  state === 'made' && !isPartial && replacedBy === null
