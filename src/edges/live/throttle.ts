/** Runs `work` after `delay` ms; the function returned calls it off. */
export type Schedule = (work: () => void, delay: number) => () => void

export interface ThrottleOptions {
  /** Least ms between two flushes that had something to send. */
  interval: number
  now: () => number
  schedule: Schedule
  /** Sends what has gathered; false when there was nothing. */
  flush: () => boolean
}

/** The first change goes out at once, those that follow closely go out together. */
export class Throttle {
  readonly #options: ThrottleOptions
  #last = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  constructor(options: ThrottleOptions) {
    this.#options = options
  }

  request(): void {
    if (this.#cancel) return
    const { interval, now, schedule } = this.#options
    const wait = this.#last + interval - now()
    // A clock that was set back would make it wait for as long as it was set back.
    if (wait <= 0 || wait > interval) this.#flush()
    else this.#cancel = schedule(() => this.#flush(), wait)
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #flush(): void {
    this.#cancel = undefined
    if (this.#options.flush()) this.#last = this.#options.now()
  }
}
