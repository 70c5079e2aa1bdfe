export interface Rate {
  /** What comes back each second. */
  perSecond: number
  /** What may be taken at once after a rest. */
  burst: number
}

/** Lets through so many a second in the long run, and a burst after a rest. Times are ms of any one clock. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes as many as there are, `wanted` at most; returns how many. */
  take(wanted: number, now: number): number {
    this.#fill(now)
    const taken = Math.min(wanted, Math.floor(this.#tokens))
    this.#tokens -= taken
    return taken
  }

  /** ms until there is one. */
  wait(now: number): number {
    this.#fill(now)
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#rate.perSecond) * 1000)
  }

  #fill(now: number): void {
    // A clock that was set back takes nothing away.
    const elapsed = Math.max(0, now - this.#at)
    this.#at = now
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (elapsed / 1000) * this.#rate.perSecond)
  }
}
