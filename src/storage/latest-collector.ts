import type { LatestValues } from './telemetry-store.ts'

/** Gathers the newest value of each point of each facility from values in any order. */
export class LatestCollector {
  readonly #points: readonly string[]
  readonly #index: ReadonlyMap<string, number>
  readonly #rows = new Map<string, { at: Float64Array; value: Float64Array; good: Uint8Array }>()

  constructor(points: readonly string[]) {
    this.#points = points
    this.#index = new Map(points.map((point, i) => [point, i]))
  }

  /** Of two values of one time the good one counts; points that are not asked for are left out. */
  add(facility: string, point: string, at: number, value: number, good: boolean): void {
    const i = this.#index.get(point)
    if (i === undefined) return
    let row = this.#rows.get(facility)
    if (!row) {
      const length = this.#points.length
      row = { at: new Float64Array(length).fill(Number.NaN), value: new Float64Array(length), good: new Uint8Array(length) }
      this.#rows.set(facility, row)
    }
    const known = row.at[i] as number
    if (at < known || (at === known && !good)) return
    row.at[i] = at
    row.value[i] = value
    row.good[i] = Number(good)
  }

  values(): LatestValues {
    const length = this.#points.length
    const [at, value] = [new Float64Array(this.#rows.size * length), new Float64Array(this.#rows.size * length)]
    const good = new Uint8Array(this.#rows.size * length)
    let first = 0
    for (const row of this.#rows.values()) {
      at.set(row.at, first)
      value.set(row.value, first)
      good.set(row.good, first)
      first += length
    }
    return { facilities: [...this.#rows.keys()], points: this.#points, at, value, good }
  }
}
