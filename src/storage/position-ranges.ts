/** Positions from `from` on, `to` exclusive. */
export interface PositionRange {
  from: number
  to: number
}

/** A set of positions as disjoint ranges that do not touch, lowest first. */
export class PositionRanges {
  readonly #ranges: PositionRange[] = []

  get size(): number {
    return this.#ranges.length
  }

  get first(): PositionRange | undefined {
    return this.#ranges[0]
  }

  get last(): PositionRange | undefined {
    return this.#ranges.at(-1)
  }

  /** Number of positions in all ranges. */
  count(): number {
    return this.#ranges.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  add(from: number, to: number): void {
    if (from >= to) return
    const start = this.#indexOf((range) => range.to >= from)
    const end = this.#indexOf((range) => range.from > to)
    const touched = this.#ranges.slice(start, end)
    const range = { from: Math.min(from, touched[0]?.from ?? from), to: Math.max(to, touched.at(-1)?.to ?? to) }
    this.#ranges.splice(start, touched.length, range)
  }

  remove(from: number, to: number): void {
    if (from >= to) return
    const start = this.#indexOf((range) => range.to > from)
    const end = this.#indexOf((range) => range.from >= to)
    const left = this.#ranges.slice(start, end).flatMap((range) => [
      { from: range.from, to: Math.min(range.to, from) },
      { from: Math.max(range.from, to), to: range.to },
    ])
    this.#ranges.splice(start, Math.max(0, end - start), ...left.filter((range) => range.from < range.to))
  }

  /** Index of the first range that `holds`, given that all behind it do as well. */
  #indexOf(holds: (range: PositionRange) => boolean): number {
    let low = 0
    for (let high = this.#ranges.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (holds(this.#ranges[middle] as PositionRange)) high = middle
      else low = middle + 1
    }
    return low
  }
}
