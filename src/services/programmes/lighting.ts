import type { Lighting } from '../../control/lighting-history.ts'
import type { LightChanges } from '../../edges/light-changes.ts'
import type { Programmes } from '../../edges/programmes.ts'
import type { ServiceParts } from '../parts.ts'
import { lightChangeServices } from './light-change-services.ts'
import { ProgrammeConditions } from './programme-conditions.ts'
import { ProgrammeDownloads } from './programme-downloads.ts'
import { programmeServices } from './programme-services.ts'
import { ProgrammeSwitching } from './programme-switching.ts'

type LightingParts = Pick<ServiceParts, 'plant' | 'state' | 'kinds' | 'detector' | 'commands' | 'dialects' | 'now' | 'utcOffset'> &
  Pick<Lighting, 'book' | 'wanted'> & {
    /** Retained. */
    publish: (topic: string, payload: string) => Promise<unknown>
    onTrouble: (error: unknown) => void
    lookFor?: number
  }

export interface OpenLighting {
  programmes: Programmes
  lightChanges: LightChanges
  /** Once a second. */
  tick(): void
  /** Some times a second: a piece of work that is too long to be done at once. */
  carryOn(): void
}

/** Lighting programmes as people change them, and what goes on by itself. */
export function openLighting(parts: LightingParts): OpenLighting {
  const downloads = new ProgrammeDownloads(parts)
  const programmes = programmeServices({ ...parts, downloads })
  const lightChanges = lightChangeServices({ ...parts, programmes })
  const switching = new ProgrammeSwitching(parts)
  const conditions = new ProgrammeConditions({ ...parts, programmes })
  return {
    programmes,
    lightChanges,
    carryOn: () => downloads.lookOn(),
    tick() {
      // Trouble of one must not keep the others from their work: circuits are switched whatever becomes of a calendar.
      const troubles: unknown[] = []
      for (const work of [
        () => programmes.followHolidays(),
        () => lightChanges.tick(),
        () => conditions.tick(),
        () => switching.tick(),
        () => downloads.tick(),
      ]) {
        try {
          work()
        } catch (error) {
          troubles.push(error)
        }
      }
      for (const trouble of troubles) parts.onTrouble(trouble)
    },
  }
}
