import type { PointTable } from '../telemetry/point.ts'
import type { Report } from '../telemetry/report.ts'
import { badColumn } from './column-name.ts'
import type { TelemetryRows } from './telemetry-store.ts'

/** What must be known of a kind to lay its readings out in columns. */
export interface BufferedKind {
  readonly key: string
  readonly table: PointTable
}

/** Columns of one kind; rows are appended by copying, so that no report outlives the call. */
class KindRows {
  readonly #kind: BufferedKind
  readonly #facilities: string[] = []
  readonly #places = new Map<number, number>()
  /** Column of each point, and behind them of each point's flagged values; absent until first used. */
  readonly #columns: (Float64Array | undefined)[]
  #facility = new Uint32Array(256)
  #at = new Float64Array(256)
  rows = 0

  constructor(kind: BufferedKind) {
    this.#kind = kind
    this.#columns = new Array(kind.table.keys.length * 2)
  }

  append(report: Report): void {
    const row = this.rows
    if (row === this.#at.length) this.#grow()
    const { number, id } = report.facility
    let place = this.#places.get(number)
    if (place === undefined) {
      place = this.#facilities.push(id) - 1
      this.#places.set(number, place)
    }
    this.#facility[row] = place
    this.#at[row] = report.at
    for (const column of this.#columns) if (column) column[row] = Number.NaN
    for (const { point, value, quality } of report.readings) this.#column(quality === 'good' ? point : point + this.#points)[row] = value
    this.rows++
  }

  view(): TelemetryRows {
    const { key, table } = this.#kind
    const used = [...this.#columns.keys()].filter((i) => this.#columns[i])
    return {
      kind: key,
      facilities: this.#facilities,
      facility: this.#facility.subarray(0, this.rows),
      at: this.#at.subarray(0, this.rows),
      columns: used.map((i) => table.keys[i] ?? badColumn(table.keys[i - this.#points] as string)),
      values: used.map((i) => this.#columns[i]!.subarray(0, this.rows)),
      rows: this.rows,
    }
  }

  get #points(): number {
    return this.#kind.table.keys.length
  }

  #column(index: number): Float64Array {
    let column = this.#columns[index]
    if (!column) {
      column = new Float64Array(this.#at.length).fill(Number.NaN)
      this.#columns[index] = column
    }
    return column
  }

  #grow(): void {
    const size = this.#at.length * 2
    const copy = <T extends Float64Array | Uint32Array>(into: T, from: T): T => {
      into.set(from)
      return into
    }
    this.#at = copy(new Float64Array(size), this.#at)
    this.#facility = copy(new Uint32Array(size), this.#facility)
    for (const [i, column] of this.#columns.entries()) if (column) this.#columns[i] = copy(new Float64Array(size).fill(Number.NaN), column)
  }
}

/** Readings on their way to the store, in columns per kind. */
export class RowBuffer {
  readonly #kinds: ReadonlyMap<string, BufferedKind>
  readonly #rows = new Map<string, KindRows>()
  /** Number of values appended. */
  values = 0
  /** Journal positions of the messages whose readings are here, `to` exclusive. */
  readonly from: number
  to: number
  /** When the first reading came, ms of the owner's clock. */
  readonly begun: number
  /** Set when the buffer must not grow any more. */
  closed = false
  /** How often the store refused it, and when it may be offered again. */
  tries = 0
  notBefore = 0

  constructor(kinds: ReadonlyMap<string, BufferedKind>, from = 0, begun = 0) {
    this.#kinds = kinds
    this.from = from
    this.to = from
    this.begun = begun
  }

  append(report: Report): void {
    const { key } = report.facility.kind
    let rows = this.#rows.get(key)
    if (!rows) {
      rows = new KindRows(this.#kinds.get(key) ?? report.facility.kind)
      this.#rows.set(key, rows)
    }
    rows.append(report)
    this.values += report.readings.length
  }

  /** Views of what was appended; valid as long as the buffer is. */
  batches(): TelemetryRows[] {
    return [...this.#rows.values()].map((rows) => rows.view())
  }
}
