import type { StoredFlood, FloodStore as WatchedFloods } from '../alarms/flood-log.ts'
import type { IncidentAlarm } from '../alarms/incident.ts'
import type { Page } from './state-store.ts'

/** Floods and the reviews made of them. */
export interface FloodStore extends WatchedFloods {
  flood(id: number): StoredFlood | undefined
  /** Newest first; `from`, `to`: those that went on at some time between, ms. */
  floods(query: FloodQuery): Page<StoredFlood>
  /** The review as JSON text; undefined before there is one. */
  review(id: number): string | undefined
  /** null: there is none any more. */
  putReview(id: number, review: string | null): void
  /** Ended floods of which there is no review, oldest first. */
  unreviewed(limit: number): StoredFlood[]
  /** Activations, and ends of suppression, that were recorded after a step and before a time, in order; what explains them is as it is now. */
  activations(query: ActivationQuery): StoredActivation[]
}

export interface FloodQuery {
  from?: number
  to?: number
  /** Only those with a lower id. */
  before?: number
  limit: number
}

export interface ActivationQuery {
  after: { recorded: number; id: number }
  to: number
  limit: number
}

/** A step of the alarm record, and the alarm it moved. */
export interface StoredActivation {
  id: number
  recorded: number
  alarm: IncidentAlarm
}
