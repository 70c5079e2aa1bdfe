import type { FacilityVersion } from '../facilities/facility-version.ts'
import type { FacilityDescription } from '../facilities/plant.ts'

/** A facility as it is to be, and what that changes. */
export interface StagedFacility {
  description: FacilityDescription
  changes: FacilityVersion['changes']
}

/**
 * Facilities of a large import, put aside until they are complete. Sealing decides: before it a stop of the program leaves nothing of
 * them, after it the next opening of the store takes over the rest. So all or nothing needs no transaction that holds everything up.
 */
export interface FacilityStaging {
  stage(id: string, facilities: readonly StagedFacility[]): void
  /** From here on the import is going to be completed; its versions carry this cause. */
  seal(id: string, cause: Pick<FacilityVersion, 'at' | 'by' | 'reason'>): void
  /** Makes the next facilities of a sealed import registered ones, with a version each; none when it is complete. */
  takeNext(id: string, limit: number): (StagedFacility & { number: number })[]
  /** Forgets what was staged and not sealed. */
  drop(id: string): void
}
