export interface PaceLimits {
  /** What may begin in a second. */
  perSecond: number
  /** What may wait for its turn. */
  waiting: number
}

/** Starts what costs time of the processor at no more than a steady pace, in the order it came. */
export class Pace {
  readonly #limits: PaceLimits
  readonly #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  /** In this slice of time. */
  #left: number

  constructor(limits: PaceLimits) {
    this.#limits = limits
    this.#left = this.#perSlice
  }

  get #perSlice(): number {
    return Math.max(1, Math.round((this.#limits.perSecond * SLICE) / 1000))
  }

  /** Runs it now or later; false when too many wait already. */
  add(run: () => void): boolean {
    const isTurn = this.#left > 0 && this.#waiting.length === 0
    if (!isTurn && this.#waiting.length >= this.#limits.waiting) return false
    this.#timer ??= setInterval(() => this.#next(), SLICE)
    if (isTurn) {
      this.#left--
      run()
    } else this.#waiting.push(run)
    return true
  }

  #next(): void {
    this.#left = this.#perSlice
    if (this.#waiting.length === 0) {
      this.stop()
      return
    }
    const turn = this.#waiting.splice(0, this.#left)
    this.#left -= turn.length
    for (const run of turn) run()
  }

  /** What waits is forgotten. */
  stop(): void {
    this.#waiting.length = 0
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

/** ms */
const SLICE = 50
