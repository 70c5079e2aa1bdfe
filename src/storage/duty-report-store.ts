import type { Company } from '../operations/company.ts'
import type { ReportFigure, ReportPeriod } from '../operations/duty-report.ts'
import type { Page } from './state-store.ts'

export type DutyReportState = 'waiting' | 'made' | 'failed'

/** What lists show of a report that is made. */
export interface DutyReportHead {
  /** Of a shift; empty for other periods. */
  shiftName: string
  figures: readonly ReportFigure[]
}

export interface DutyReportSignature {
  by: string
  at: number
  remark: string
}

/** A report, waiting to be made or frozen as it was made. Times in ms. */
export interface DutyReportRecord {
  id: number
  company: Company
  period: ReportPeriod
  from: number
  /** Exclusive; of a report that was made while its time went on, when that was. */
  to: number
  /** The time it is about had not ended. */
  isPartial: boolean
  state: DutyReportState
  /** Account; null: the calendar. */
  askedBy: string | null
  askedAt: number
  /** Report that it stands in place of, and why it was made again. */
  replaces: number | null
  reason: string
  /** Report that stands in its place now. */
  replacedBy: number | null
  madeAt: number | null
  head: DutyReportHead | null
  /** SHA-256 of the body, hexadecimal. */
  hash: string | null
  /** Why it could not be made. */
  problem: string
  /** Reports of devices of its time that came after it was made, and when the last of them came. */
  lateReports: number
  lateAt: number | null
  /** When it is to be sent; null: it is not. */
  sendAt: number | null
  sentAt: number | null
}

export type NewDutyReport = Pick<
  DutyReportRecord,
  'company' | 'period' | 'from' | 'to' | 'isPartial' | 'askedBy' | 'askedAt' | 'replaces' | 'reason'
>

/** What belongs to a report with its making. */
export interface MadeDutyReport {
  madeAt: number
  head: DutyReportHead
  body: string
  hash: string
  sendAt: number | null
}

export interface DutyReportQuery {
  companies: readonly Company[]
  period?: ReportPeriod
  /** Only those whose time begins at or after / before, ms. */
  from?: number
  to?: number
  /** Only those that nothing stands in place of. */
  newest?: boolean
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** Late reports of devices, by the report of their time. */
export interface LateCount {
  report: number
  reports: number
  /** Of the last one, ms. */
  at: number
}

/** Duty reports: what is made is never changed. */
export interface DutyReportStore {
  /** Returns its id; null when the calendar has asked for it before. */
  ask(report: NewDutyReport): number | null
  /** Freezes it. */
  made(id: number, made: MadeDutyReport): void
  failed(id: number, problem: string): void
  report(id: number): DutyReportRecord | undefined
  /** Undefined while it is not made. */
  body(id: number): string | undefined
  /** The next to be made: what people ask for first. */
  nextWaiting(): DutyReportRecord | undefined
  /** How many wait that people asked for. */
  waitingForPeople(): number
  /** Newest first. */
  list(query: DutyReportQuery): Page<DutyReportRecord>

  /** False when that account has signed it. */
  sign(id: number, signature: DutyReportSignature): boolean
  /** In order of time. */
  signatures(id: number): DutyReportSignature[]

  /** Made ones that nothing stands in place of, whose time ended after this, ms. */
  madeSince(ended: number): Pick<DutyReportRecord, 'id' | 'company' | 'from' | 'to'>[]
  /** Adds to what came late, and that all messages up to this position are counted. */
  addLate(counts: readonly LateCount[], through: number): void
  /** -1 in a new store. */
  lateThrough(): number

  /** Those that are to be sent by this time, ms, oldest first. */
  toSend(at: number, limit: number): DutyReportRecord[]
  sent(id: number, at: number): void

  /** Undefined while nobody has changed them. */
  settings(): string | undefined
  putSettings(body: string): void
  /** Since when reports are made by the calendar, ms: since it was first asked. */
  since(now: number): number

  /** Forgets at most so many reports of shifts that nobody has signed and that were made before this, ms. */
  pruneShifts(madeBefore: number, limit: number): void
}
