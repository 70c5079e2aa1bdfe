import type { OrderClass } from '../dispatch/order.ts'
import type { Facility } from '../facilities/plant.ts'
import type { CitizenReport, PublicState, ReportKind } from '../operations/citizen-report.ts'
import type { ReportQuery } from '../storage/report-store.ts'
import type { Page } from '../storage/state-store.ts'

/** A place that citizens may name, and what is known of a fault there. */
export interface PublicPlace {
  facility: Facility
  /** Null: nobody has told of one. */
  known: { state: PublicState; since: number; isDanger: boolean } | null
}

/** What somebody tells, by the page or by telephone. */
export interface ReportInput {
  madeId: string
  kind: ReportKind
  /** Id of a facility as it stands on the pole; in letters of either case. */
  code: string | null
  position: readonly [number, number] | null
  words: string
  contact: string
  language: 'zh' | 'en'
  callerWaits: boolean
}

/** What became of a report, and what whoever knows its number is told. */
export interface FollowedReport {
  report: CitizenReport
  /** The report it is a duplicate of; itself when it is none. */
  first: CitizenReport
  /** Of the order it went into, after all merging. */
  order: number | null
  state: PublicState
  since: number
  duplicates: number
}

/** How many came in since the start, by what became of them as they came in. */
export type ReportOutcome = 'order' | 'join' | 'relapse' | 'duplicate' | 'wait'
export interface ReportFigures {
  taken: ReadonlyMap<ReportOutcome, number>
  open: number
  /** Open ones without an order, for the desk. */
  waiting: number
}

/** Reports of citizens. `by` is an account; methods throw `LamplighterError`. */
export interface Reports {
  /** Undefined for what there is not, and for what the public has nothing to do with. */
  place(code: string): PublicPlace | undefined
  /** Nearest first. */
  placesNear(position: readonly [number, number]): PublicPlace[]
  /** Part of the name of a road, in order of ids. */
  placesOn(road: string): PublicPlace[]

  /** The same `madeId` again is answered with what there is. `by`: who took the call; null from the page. Throws `place-unknown`. */
  take(input: ReportInput, by: string | null): FollowedReport
  /** One that was taken before. */
  taken(madeId: string): FollowedReport | undefined
  ofNumber(number: string): FollowedReport | undefined
  report(id: number): FollowedReport | undefined
  list(query: ReportQuery): Page<FollowedReport>
  /** Those that went into an order, each with its duplicates behind it. */
  ofOrder(order: number): FollowedReport[]

  /** The reason is told to whoever reported it. */
  close(id: number, reason: string, by: string): FollowedReport
  /** An order by hand, or the one there is for this fault; for a report without a facility, with the one that it is about. */
  makeOrder(id: number, what: { facility?: string; class?: OrderClass }, by: string): FollowedReport
  /** Brings counts of what the public did into the audit trail, and forgets contacts that are needed no more; to be called now and then. */
  tick(): void
  /** Counts a report of the page that was not taken, for the audit trail. */
  noteRefused(): void

  figures(): ReportFigures
  /** New or changed ones. */
  onChange(listener: (reports: readonly FollowedReport[]) => void): void
}
