import type { CitizenReport } from '../operations/citizen-report.ts'
import type { Page } from './state-store.ts'

/** `waiting`: open, and neither with an order nor a duplicate, so that it is for the desk. */
export const reportStates = ['open', 'waiting', 'closed'] as const

export interface ReportQuery {
  state?: (typeof reportStates)[number]
  /** Only those of facilities of these districts and domains. */
  districts?: readonly string[]
  domains?: readonly string[]
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** Citizens' reports. */
export interface ReportStore {
  /** Its `id` is ignored; returns the one it has from now on. Fails when there is one of its `number` or `madeId`. */
  insert(report: CitizenReport): number
  update(report: CitizenReport): void
  report(id: number): CitizenReport | undefined
  ofNumber(number: string): CitizenReport | undefined
  ofMadeId(madeId: string): CitizenReport | undefined
  /** Open ones of a group that are no duplicates, oldest first. */
  firstsOf(group: string): CitizenReport[]
  /** The newest of a group that went into an order and is no duplicate, closed or not. */
  newestWithOrder(group: string): CitizenReport | undefined
  /** Those that went into an order and are no duplicates, oldest first. */
  ofOrder(order: number): CitizenReport[]
  /** Oldest first. */
  duplicatesOf(report: number): CitizenReport[]
  countDuplicates(report: number): number
  /** Open ones that have an order. */
  underWay(): CitizenReport[]
  /** Newest first. */
  list(query: ReportQuery): Page<CitizenReport>
  counts(): { open: number; waiting: number }
  /**
   * Forgets how to reach whoever reported what was closed before this, ms, or came in before it and is open still: one that nobody can place
   * may never be closed. Words are needed until a report is closed, and are forgotten as long after it.
   */
  erasePersonal(before: number): void
  /** Forgets at most so many reports that were closed before this, ms. */
  prune(closedBefore: number, limit: number): void
}
