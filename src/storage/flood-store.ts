import type { StoredFlood, FloodStore as WatchedFloods } from '../alarms/flood-log.ts'
import type { Page } from './state-store.ts'

/** Floods and the reviews made of them. */
export interface FloodStore extends WatchedFloods {
  flood(id: number): StoredFlood | undefined
  /** Newest first; `from`, `to`: those that went on at some time between, ms. */
  floods(query: FloodQuery): Page<StoredFlood>
  /** The review as JSON text; undefined before there is one. */
  review(id: number): string | undefined
  putReview(id: number, review: string): void
  /** Ended floods of which there is no review, oldest first. */
  unreviewed(limit: number): StoredFlood[]
}

export interface FloodQuery {
  from?: number
  to?: number
  /** Only those with a lower id. */
  before?: number
  limit: number
}
