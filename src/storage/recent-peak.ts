/** The largest of what came in the last `length` ms, and at most as much longer again; it keeps two numbers. */
export class RecentPeak {
  readonly #length: number
  #since = Number.NEGATIVE_INFINITY
  #present = 0
  #before = 0

  constructor(length: number) {
    this.#length = length
  }

  /** `at`: ms of a clock that nobody sets. */
  add(value: number, at: number): void {
    this.#turn(at)
    this.#present = Math.max(this.#present, value)
  }

  peak(at: number): number {
    this.#turn(at)
    return Math.max(this.#present, this.#before)
  }

  #turn(at: number): void {
    if (at - this.#since < this.#length) return
    this.#before = at - this.#since < 2 * this.#length ? this.#present : 0
    this.#present = 0
    this.#since = at
  }
}
