import type { CityBox } from './city-box.ts'
import type { FacilityKind } from './facility-kind.ts'
import { changedFields, type FieldChange } from './facility-version.ts'
import { type CellValues, findKind, readCells } from './import-cells.ts'
import { checkLinks } from './import-links.ts'
import type { ImportRow } from './import-mapping.ts'
import { lookAtMeasured } from './import-measured.ts'
import { type ImportProblem, type ImportReason, shownValue } from './import-problem.ts'
import { descriptionOf, type Facility, type FacilityDescription, type Plant } from './plant.ts'
import type { PlantField } from './plant-fields.ts'
import { ratedRangeProblems } from './rated-range.ts'
import { describe, idPattern } from './registration.ts'

/** Rows of one file at most: their descriptions are in memory while they are checked. */
export const MAX_ROWS = 200_000

/** A facility as one row describes it, over what is registered. */
export interface ImportedFacility {
  row: number
  description: FacilityDescription
  /** As it was registered when the row was checked. */
  known: Facility | undefined
  /** What differs from `known`; empty for one that is new. */
  changed: readonly FieldChange[]
}

export interface PlantImportOptions {
  plant: Plant
  kinds: ReadonlyMap<string, FacilityKind>
  city: CityBox | null
  report: (problem: ImportProblem) => void
  /** The column that gave a field, as the file names it. */
  column: (field: PlantField) => string
}

/** Checks the rows of a file against each other, the kinds and the plant. Changes nothing. */
export class PlantImport {
  readonly #options: PlantImportOptions
  readonly #byId = new Map<string, ImportedFacility>()
  /** Ids of rows that could not be read to the end: they exist, whatever else is wrong with them. */
  readonly #unfinished = new Set<string>()
  #rows = 0

  constructor(options: PlantImportOptions) {
    this.#options = options
  }

  get rows(): number {
    return this.#rows
  }
  /** The facilities of the file by id, in the order of the rows. */
  get facilities(): ReadonlyMap<string, ImportedFacility> {
    return this.#byId
  }

  /** Takes a row; false when there are too many. */
  take(row: ImportRow): boolean {
    if (++this.#rows > MAX_ROWS) {
      this.#report(row.row, '', '', 'too-many-rows', String(MAX_ROWS))
      return false
    }
    if (row.isBroken) return true
    const { plant, kinds, city } = this.#options
    const found = (field: PlantField, value: string, reason: ImportReason, about = '') =>
      this.#report(row.row, this.#options.column(field), value, reason, about)
    const id = (row.cells.get('id') ?? '').trim()
    if (!idPattern.test(id)) {
      found('id', id, 'id-bad')
      return true
    }
    const known = plant.get(id)
    const kindName = row.cells.get('kind')?.trim() ?? ''
    const kind = kindName === '' ? known?.kind : findKind(kindName, kinds)
    if (!kind) {
      this.#unfinished.add(id)
      if (kindName === '') found('kind', '', 'column-missing', 'kind')
      else found('kind', kindName, 'kind-unknown', [...kinds.keys()].join(', '))
      return true
    }
    if (known && known.kind.key !== kind.key) found('kind', kindName, 'kind-changed', known.kind.key)
    const before = known && descriptionOf(known)
    const description = merge(id, kind.key, readCells(row, kind, city, found), before)
    for (const { name, value, least, greatest } of ratedRangeProblems(kind, description.rated, before?.rated))
      found(`rated.${name}`, String(value), 'rated-impossible', `${name} ${least}…${greatest}`)
    lookAtMeasured(row, kind, (point, value, reason, about) => this.#report(row.row, point, value, reason, about))
    const isBlank = (field: 'lon' | 'lat') => (row.cells.get(field) ?? '').trim() === ''
    if (description.position === null && isBlank('lon') && isBlank('lat')) found('lon', '', 'position-missing')
    this.#put({ row: row.row, description, known, changed: before ? changedFields(before, description) : [] })
    return true
  }

  #put(imported: ImportedFacility): void {
    const { id } = imported.description
    const first = this.#byId.get(id)
    if (!first) {
      this.#byId.set(id, imported)
      return
    }
    const differing = changedFields(first.description, imported.description)
    const reason =
      differing.length === 0 ? 'duplicate' : differing.some(({ field }) => field === 'position') ? 'label-at-two-places' : 'conflict'
    this.#report(imported.row, this.#options.column('id'), id, reason, String(first.row))
  }

  /** Checks what needs all rows: what feeds what, and who stands where. To be run to its end, in as many steps as suits. */
  *finish(): Generator<void> {
    if (this.#rows === 0) this.#report(1, '', '', 'file-empty', '')
    const { plant, kinds, column } = this.#options
    yield* checkLinks({
      imported: this.#byId,
      unfinished: this.#unfinished,
      plant,
      kinds,
      found: (row, field, value, reason, about) => this.#report(row, column(field), value, reason, about),
    })
  }

  #report(row: number, column: string, value: string, reason: ImportReason, about: string): void {
    this.#options.report({ row, column, value: shownValue(value), reason, about })
  }
}

function merge(
  id: string,
  kind: string,
  { labels, rated, ...values }: CellValues,
  known: FacilityDescription | undefined,
): FacilityDescription {
  return describe({ id, kind, ...values, labels: over(known?.labels, labels), rated: over(known?.rated, rated) }, known)
}

/** Labels and rated values that have no column stay. */
function over<T>(before: Readonly<Record<string, T>> = {}, given: Readonly<Record<string, T | null>>): Record<string, T> {
  const entries = Object.entries({ ...before, ...given }).filter((entry): entry is [string, T] => entry[1] !== null)
  return Object.fromEntries(entries)
}
