import type { TelemetryRows } from './telemetry-store.ts'

/** Gathers rows that are read one after the other. */
export class RowCollector {
  readonly #kind: string
  readonly #numbers = new Map<string, number>()
  readonly #facility: number[] = []
  readonly #at: number[] = []
  readonly #columns = new Map<string, number[]>()

  constructor(kind: string) {
    this.#kind = kind
  }

  get size(): number {
    return this.#at.length
  }

  begin(facility: string, at: number): void {
    let number = this.#numbers.get(facility)
    if (number === undefined) {
      number = this.#numbers.size
      this.#numbers.set(facility, number)
    }
    this.#facility.push(number)
    this.#at.push(at)
  }

  /** A value of the row begun last; NaN leaves it out. */
  set(column: string, value: number): void {
    if (Number.isNaN(value)) return
    let values = this.#columns.get(column)
    if (!values) {
      values = []
      this.#columns.set(column, values)
    }
    const row = this.#at.length - 1
    while (values.length < row) values.push(Number.NaN)
    values[row] = value
  }

  rows(): TelemetryRows {
    const rows = this.#at.length
    const values = [...this.#columns.values()].map((column) => {
      const whole = new Float64Array(rows).fill(Number.NaN)
      whole.set(column)
      return whole
    })
    return {
      kind: this.#kind,
      facilities: [...this.#numbers.keys()],
      facility: Uint32Array.from(this.#facility),
      at: Float64Array.from(this.#at),
      columns: [...this.#columns.keys()],
      values,
      rows,
    }
  }
}
