import { ProgrammeBook } from '../../control/programme-book.ts'
import { WantedTables } from '../../control/wanted-tables.ts'
import type { DetectedFacility } from '../../detection/detected-facility.ts'
import type { Surroundings } from '../../detection/expected.ts'
import type { Programmes } from '../../edges/programmes.ts'
import type { Plant } from '../../facilities/plant.ts'
import type { StateStore } from '../../storage/state-store.ts'
import type { ServiceParts } from '../parts.ts'
import { ProgrammeConditions } from './programme-conditions.ts'
import { ProgrammeDownloads, TABLE_POINT } from './programme-downloads.ts'
import { programmeServices } from './programme-services.ts'

type UtcOffset = (at: number) => number

/** What detection and all figures ask of lighting programmes: what was in force at any time, and which tables devices should run. */
export interface LightingBook {
  book: ProgrammeBook
  wanted: WantedTables
  surroundings: Required<Pick<Surroundings, 'programme' | 'commanded'>>
}

/** The lighting of a city as its state store remembers it. */
export function lightingBook(state: Pick<StateStore, 'programmes'>, plant: Plant, utcOffset: UtcOffset): LightingBook {
  const { programmes } = state
  const book = new ProgrammeBook({ utcOffset, plant }, { versions: programmes.versions(), overrides: programmes.overrides() })
  const wanted = new WantedTables(programmes.wanted())
  return { book, wanted, surroundings: { programme: book.reader(), commanded: tablesOf(wanted) } }
}

/** What a point by which a device tells its table should read. */
const tablesOf =
  (wanted: WantedTables) =>
  ({ id, kind }: DetectedFacility, point: number, at: number): number | undefined =>
    kind.table.keys[point] === TABLE_POINT ? wanted.at(id, at) : undefined

type LightingParts = Pick<ServiceParts, 'plant' | 'state' | 'detector' | 'dialects' | 'now' | 'utcOffset'> &
  LightingBook & {
    /** Retained. */
    publish: (topic: string, payload: string) => Promise<unknown>
    onTrouble: (error: unknown) => void
  }

export interface Lighting {
  programmes: Programmes
  /** Once a second. */
  tick(): void
}

/** Lighting programmes as people change them, and what goes on by itself. */
export function openLighting(parts: LightingParts): Lighting {
  const downloads = new ProgrammeDownloads(parts)
  const programmes = programmeServices({ ...parts, downloads })
  const conditions = new ProgrammeConditions({ ...parts, programmes })
  return {
    programmes,
    tick() {
      try {
        programmes.followHolidays()
        conditions.tick()
      } catch (error) {
        parts.onTrouble(error)
      }
      downloads.tick()
    },
  }
}
