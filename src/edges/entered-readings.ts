import type { Scope } from '../access/scope.ts'
import type { EnteredReading, EnteredReadingQuery } from '../storage/entered-reading-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { PointValue } from '../telemetry/point.ts'

/** A value that a person took; `at` in ms since 1970. */
export interface ReadingInput {
  facility: string
  point: string
  value: PointValue
  at: number
  by: string
  source: string
}

/** Readings that one call takes. */
export const MOST_ENTERED = 5000

export interface EnterOutcome {
  entered: number
  /** Of a time for which another value was entered before. */
  corrected: number
  /** As it was entered before. */
  known: number
}

/** What people measured by hand or in a laboratory: it goes the road of all readings, and who entered it is kept. */
export interface EnteredReadings {
  /**
   * All or nothing, and the same again changes nothing. Resolves when it is on disk. Throws `invalid-request` naming each reading that cannot
   * be taken, a facility out of scope like one that there is not, and what the journal throws.
   */
  enter(readings: readonly ReadingInput[], scope?: Scope): Promise<EnterOutcome>
  /** Those entered last first. */
  list(query: Omit<EnteredReadingQuery, 'within'>, scope: Scope): Page<EnteredReading & { id: number }>
}
