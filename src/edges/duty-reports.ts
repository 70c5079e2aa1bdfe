import type { Company } from '../operations/company.ts'
import type { ReportPeriod, ReportTable } from '../operations/duty-report.ts'
import type { DutyReportSettings } from '../operations/report-settings.ts'
import type { DutyReportQuery, DutyReportRecord, DutyReportSignature } from '../storage/duty-report-store.ts'
import type { Page } from '../storage/state-store.ts'

/** What one part of a report knew. */
export interface PartText {
  key: string
  tables: readonly ReportTable[]
  /** Rows that are left out, by key of the table. */
  leftOut: Readonly<Record<string, number>>
  /** Why there is nothing of it; empty when there is. */
  problem: string
}

/** What is frozen when a report is made. Times in ms. */
export interface DutyReportText {
  company: Company
  period: ReportPeriod
  from: number
  to: number
  isPartial: boolean
  /** Of a shift; empty for other periods. */
  shiftName: string
  madeAt: number
  /** By whose clock its times are told. */
  timeZone: string
  /** Messages that the time series had not taken when it was made, so that figures may lack them. */
  behind: number
  /** Report that it stands in place of. */
  replaces: { id: number; hash: string; lateReports: number } | null
  parts: readonly PartText[]
}

export type DutyReportSummary = DutyReportRecord & { signatures: readonly DutyReportSignature[] }

export interface DutyReport extends DutyReportSummary {
  /** Null while it is not made. */
  text: DutyReportText | null
  /** The text is still the one that was frozen. */
  isIntact: boolean
}

/** Reports of shifts, days and months. `by` is the account; methods throw `LamplighterError`. */
export interface DutyReports {
  list(query: DutyReportQuery): Page<DutyReportSummary>
  report(id: number): DutyReport
  /** Lets the report be made of the shift, day or month in which a time, ms, lies; of one that goes on, as far as it has come. */
  make(of: { company: Company; period: ReportPeriod; at: number }, by: string): DutyReportSummary
  /** Lets it be made once more, to stand in place of the first; it stays to be seen. */
  again(id: number, reason: string, by: string): DutyReportSummary
  sign(id: number, remark: string, by: string): DutyReport
  settings(): DutyReportSettings
  setSettings(settings: DutyReportSettings, by: string): DutyReportSettings
  /** Asks the calendar, makes what waits, sends what is due; called every few seconds. */
  tick(): void
  /** What is being made is given up, and made anew at the next start. */
  close(): void
}
