import { LamplighterError } from '../errors.ts'
import type { ImportProblem } from './import-problem.ts'
import { shownValue } from './import-problem.ts'
import { type PlantField, plainFields, plantField } from './plant-fields.ts'
import { slug } from './slug.ts'

/** How the columns of a foreign file become fields. */
export interface ImportMapping {
  /** Column of the file to field of ours; null passes the column over. Columns that are not named are found by their name. */
  columns?: Readonly<Record<string, string | null>>
  /** Makes ids from a column: a prefix and the slug of what stands there; `words` spells runs of other letters. */
  id?: { readonly from: string; readonly prefix?: string; readonly words?: Readonly<Record<string, string>> }
  /** Field to what it is where the file says nothing. */
  defaults?: Readonly<Record<string, string>>
  /** Takes blanks off both ends of every cell. */
  trim?: boolean
}

/** One row of a file, its cells by field. A field without a column is absent, an empty cell is ''. */
export interface ImportRow {
  row: number
  cells: ReadonlyMap<PlantField, string>
  /** Measured values that came along, by point; they are looked at and not taken. */
  measured?: ReadonlyMap<string, number>
  /** The row cannot be read; its cells mean nothing. */
  isBroken?: boolean
}

/** Reads columns as fields. Throws `invalid-request` when the mapping names a field that does not exist. */
export class ColumnMapper {
  readonly #mapping: ImportMapping
  readonly #defaults: [PlantField, string][]
  readonly #fields = new Map<string, PlantField | null>()
  readonly #columns = new Map<PlantField, string>()
  readonly #report: (problem: ImportProblem) => void

  constructor(mapping: ImportMapping, report: (problem: ImportProblem) => void) {
    this.#mapping = mapping
    this.#report = report
    const named = (field: string, what: string) => {
      const known = plantField(field)
      if (known) return known
      throw new LamplighterError(
        'invalid-request',
        `mapping: ${what} ${JSON.stringify(field)} is no field; there are ${plainFields.join(', ')}, rated.NAME and label.NAME.`,
      )
    }
    for (const [column, field] of Object.entries(mapping.columns ?? {}))
      this.#fields.set(column, field === null ? null : named(field, 'columns:'))
    this.#defaults = Object.entries(mapping.defaults ?? {}).map(([field, value]) => [named(field, 'defaults:'), value])
  }

  /** The column that gave a field, as the file names it. */
  column(field: PlantField): string {
    if (field === 'id' && this.#mapping.id) return this.#mapping.id.from
    return this.#columns.get(field) ?? field
  }

  /** Checks a header; false when no row under it can be read. */
  header(columns: readonly string[], row: number): boolean {
    const seen = new Set<PlantField>()
    let isGood = true
    for (const column of columns) {
      const field = this.#field(column, row)
      if (field && seen.has(field)) {
        this.#report({ row, column, value: '', reason: 'column-twice', about: field })
        isGood = false
      } else if (field) seen.add(field)
    }
    const source = this.#mapping.id?.from
    const missing = source === undefined ? (seen.has('id') ? null : 'id') : columns.includes(source) ? null : source
    if (missing !== null) this.#report({ row, column: '', value: shownValue(columns.join(', ')), reason: 'column-missing', about: missing })
    return isGood && missing === null
  }

  row(row: number, columns: readonly string[], values: readonly string[]): ImportRow {
    const cells = new Map<PlantField, string>()
    const { id, trim } = this.#mapping
    let label = ''
    columns.forEach((column, i) => {
      const value = trim ? (values[i] as string).trim() : (values[i] as string)
      if (column === id?.from) label = value
      const field = this.#field(column, row)
      if (field) cells.set(field, value)
    })
    if (id) cells.set('id', label === '' ? '' : `${id.prefix ?? ''}${slug(label, id.words)}`)
    for (const [field, value] of this.#defaults) if ((cells.get(field) ?? '').trim() === '') cells.set(field, value)
    return { row, cells }
  }

  #field(column: string, row: number): PlantField | null {
    const known = this.#fields.get(column)
    if (known !== undefined) {
      if (known) this.#columns.set(known, column)
      return known
    }
    const field = plantField(column) ?? null
    this.#fields.set(column, field)
    if (field) this.#columns.set(field, column)
    else if (column.trim() !== '' && column !== this.#mapping.id?.from)
      this.#report({ row, column: shownValue(column), value: '', reason: 'column-unknown', about: '' })
    return field
  }
}
