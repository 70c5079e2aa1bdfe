import type { DetectedFacility } from '../detection/detected-facility.ts'
import type { Surroundings } from '../detection/expected.ts'
import { ProgrammeBook, type ProgrammeBookParts, type ProgrammeHistory } from './programme-book.ts'
import { type WantedTable, WantedTables } from './wanted-tables.ts'

/** All that was asked of lamps and cabinets, and when, as plain data. */
export interface LightingHistory extends ProgrammeHistory {
  /** In order of time. */
  wanted: readonly WantedTable[]
}

/** The point by which a device says which table it runs. */
export const TABLE_POINT = 'programme-table'

/** What detection and all figures ask of lighting: what was in force at any time, and which tables devices should run. */
export interface Lighting {
  book: ProgrammeBook
  wanted: WantedTables
  surroundings: Required<Pick<Surroundings, 'programme' | 'commanded'>>
}

/** Nothing configured: full light from dusk to dawn. */
export const noLighting: LightingHistory = { versions: [], overrides: [], wanted: [] }

export function lightingOf({ versions, overrides, wanted: known }: LightingHistory, parts: ProgrammeBookParts): Lighting {
  const book = new ProgrammeBook(parts, { versions, overrides })
  const wanted = new WantedTables(known)
  const commanded = ({ id, kind }: DetectedFacility, point: number, at: number) =>
    kind.table.keys[point] === TABLE_POINT ? wanted.at(id, at) : undefined
  return { book, wanted, surroundings: { programme: book.reader(), commanded } }
}
