import type { Scope } from '../access/scope.ts'
import type { StoredFlood } from '../alarms/flood-log.ts'
import type { FloodReview, IncidentSummary } from '../alarms/flood-review.ts'
import type { Incident, IncidentAlarm } from '../alarms/incident.ts'
import type { AlarmKpi } from '../alarms/kpi.ts'
import type { StandingAlarms } from '../alarms/standing.ts'
import type { FloodQuery } from '../storage/flood-store.ts'
import type { Page } from '../storage/state-store.ts'

export type { FloodReview, IncidentSummary }

/** What the alarm record tells of the alarm system itself: its load, its floods and how people cope. Times are ms. */
export interface AlarmSystem {
  /** The flood that goes on with its largest incidents; null when there is none. */
  floodNow(): FloodNow | null
  /** Alarms told to operators in the last ten minutes. */
  rate(): number
  /** Figures of a time, and what stands now, of facilities that are wanted. Throws `invalid-request` when the time is longer than the record. */
  kpi(from: number, to: number, wanted?: (facility: string) => boolean): Promise<AlarmKpi & { standing: StandingAlarms }>
  floods(query: FloodQuery): Page<StoredFlood>
  /** Throws `not-found`. */
  flood(id: number): StoredFlood
  incidentsOfFlood(id: number): Promise<Incidents>
  /** Alarms of a flood, or of one of its incidents, whose facility is in scope, in the order they came. Throws `not-found`. */
  floodAlarms(id: number, incident: string | undefined, scope: Scope): Promise<IncidentAlarm[]>
  /** What was made of a flood afterwards, or how far that is. */
  review(id: number): FloodReviewState
  /** Makes it anew. Refused while the flood goes on. */
  reviewAgain(id: number, by: string): void
  /** Ends or prevents the making of it. */
  cancelReview(id: number, by: string): void
  /** What came between two times to facilities in scope. */
  incidents(from: number, to: number, scope: Scope): Promise<Incidents>
}

export interface Incidents {
  /** The most urgent first. */
  incidents: readonly Incident[]
  /** False when there were more alarms than are looked at; then those that came first are. */
  complete: boolean
}

export interface FloodNow extends StoredFlood {
  /** Alarms told in the last ten minutes. */
  rate: number
  /** The most urgent and largest, as of `asOf`. */
  incidents: readonly IncidentSummary[]
  asOf: number
}

export interface FloodReviewState {
  /** flood: it goes on, a review comes after it; waiting, running: it is being made. */
  state: 'flood' | 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  /** Since when it is done, failed or cancelled. */
  at: number | null
  /** How much of it is made, 0 to 1. */
  share: number
  /** Why it failed. */
  reason: string | null
  review: FloodReview | null
}

/** Whoever makes the reviews. */
export interface FloodReviews {
  /** How much of a review is made, 0 to 1; null when it is not being made. */
  progress(id: number): number | null
  again(id: number): void
  cancel(id: number): void
}
