import { hours, minutes, seconds } from '../telemetry/duration.ts'

interface Failures {
  count: number
  last: number
}

const FORGET_AFTER = hours(1)
const LONGEST_WAIT = minutes(5)
/** Keys remembered at once; the one tried longest ago makes room. */
const MAX_KEYS = 10_000

/** Makes guesses wait: after some free tries each failure doubles the time before the next one. Keys are names or addresses. */
export class LoginLimits {
  readonly #failures = new Map<string, Failures>()
  readonly #freeTries: number
  readonly #longestWait: number
  readonly #forgetAfter: number

  /** Waits in ms: past `longestWait` they grow no more, and failures are forgotten `forgetAfter` the last one. */
  constructor(freeTries: number, longestWait = LONGEST_WAIT, forgetAfter = FORGET_AFTER) {
    this.#freeTries = freeTries
    this.#longestWait = longestWait
    this.#forgetAfter = forgetAfter
  }

  /** Ms until this key may try again, 0 when it may now. */
  wait(key: string, now: number): number {
    const failures = this.#failures.get(key)
    if (!failures || now - failures.last > this.#forgetAfter) return 0
    const over = failures.count - this.#freeTries
    if (over < 0) return 0
    const pause = Math.min(seconds(1) * 2 ** over, this.#longestWait)
    // A clock set back must not lock anybody out for longer than the pause.
    return Math.max(0, Math.min(pause, failures.last + pause - now))
  }

  /** Counted before the password is looked at, so that tries at the same time count as well; `succeeded` takes it back. */
  tried(key: string, now: number): void {
    const failures = this.#failures.get(key)
    const count = failures && now - failures.last <= this.#forgetAfter ? failures.count : 0
    this.#failures.delete(key)
    this.#failures.set(key, { count: count + 1, last: now })
    if (this.#failures.size > MAX_KEYS) this.#failures.delete(this.#failures.keys().next().value as string)
  }

  succeeded(key: string): void {
    this.#failures.delete(key)
  }
}
