/** Each bin is this much longer than the one before, so that a quantile is at most 1 % off. */
const GROWTH = 1.02
const LOG_GROWTH = Math.log(GROWTH)

/** Lengths of time, counted in bins that grow with their length: any number of them in little memory, quantiles within 1 %. */
export class Spread {
  readonly #bins = new Map<number, number>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** ms; what is shorter than 1 ms counts as none at all. */
  add(length: number): void {
    const bin = length < 1 ? -1 : Math.floor(Math.log(length) / LOG_GROWTH)
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1)
    this.#count++
  }

  /** The length that a share of `q` (0 to 1) of them do not exceed, ms; null when there are none. */
  quantile(q: number): number | null {
    let below = Math.max(1, Math.ceil(q * this.#count))
    for (const bin of [...this.#bins.keys()].sort((a, b) => a - b)) {
      below -= this.#bins.get(bin) as number
      if (below <= 0) return bin < 0 ? 0 : GROWTH ** (bin + 0.5)
    }
    return null
  }
}
