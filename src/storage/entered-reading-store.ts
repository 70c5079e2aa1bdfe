import type { FacilityScope } from '../access/scope.ts'
import type { PointValue } from '../telemetry/point.ts'
import type { Page } from './state-store.ts'

/** A value that a person took and wrote down. Times in ms since 1970. */
export interface EnteredReading {
  facility: string
  point: string
  /** When it was taken. */
  at: number
  value: PointValue
  by: string
  /** Where it comes from, in one word: a laboratory, a round, a file. */
  source: string
  /** When it was entered. */
  entered: number
  /** What was entered before for the same time; null where this is the first value. */
  replaced: PointValue | null
}

export interface EnteredReadingQuery {
  /** Only those of facilities that are registered and in scope. */
  within?: FacilityScope | undefined
  facility?: string
  point?: string
  source?: string
  /** Taken at or after / before, ms. */
  from?: number
  to?: number
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** What people entered, one value for each facility, point and time. */
export interface EnteredReadingStore {
  /** Inserts, or replaces the value of the same facility, point and time, which then counts as entered last. */
  put(reading: EnteredReading): void
  find(facility: string, point: string, at: number): EnteredReading | undefined
  /** Those entered last first. */
  list(query: EnteredReadingQuery): Page<EnteredReading & { id: number }>
  /** Forgets up to `limit` readings entered before this, ms. */
  prune(before: number, limit: number): void
}
