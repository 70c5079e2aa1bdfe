import type { RefusedRows } from './refused-rows.ts'
import type { TelemetryRows } from './telemetry-store.ts'

/** Rows of one kind that a store refused for ever. */
export interface SetAsideBatch {
  /** Sorts by time. */
  id: string
  /** When it was set aside, ms since 1970. */
  at: number
  /** Name of the store that refused it. */
  store: string
  kind: string
  /** What the store said last. */
  reason: string
  rows: number
  values: number
  bytes: number
  /** Whether its file is damaged, so that only what can be read of it is shown and it cannot be written again. */
  damaged: boolean
}

export interface SetAsideStats {
  batches: number
  rows: number
  values: number
  bytes: number
  maxBatches: number
  maxBytes: number
  /** Rows that were given up because there was no room for more, since the first start. */
  givenUp: number
  /** Batches whose file is damaged. */
  damaged: number
}

/** What is left of a batch after it was written again: nothing when all was stored. */
export type RetryOutcome = { stored: true; rows: number } | { stored: false; rows: number; reason: string }

/** Rows that the store refuses for ever, kept until somebody decides. Bounded: the oldest batches are given up and counted. */
export interface SetAside {
  /** Durable when it resolves. */
  add(refused: readonly RefusedRows[]): Promise<void>
  /** Oldest first, only those behind the id `after`. */
  list(after: string | null, limit: number): { items: SetAsideBatch[]; next: string | null; total: number }
  /** Throws `not-found`. */
  get(id: string): SetAsideBatch
  /** The rows of a batch; of a damaged one those that can be read. Throws `not-found`. */
  read(id: string): Promise<TelemetryRows>
  /** Offers a batch to the store again: what it takes is removed, what it refuses stays with its new reason. Throws `not-found`, `store-unavailable`,
   * and `action-refused` for a damaged batch. */
  retry(id: string): Promise<RetryOutcome>
  /** Throws `not-found`. */
  remove(id: string): Promise<void>
  stats(): SetAsideStats
}
