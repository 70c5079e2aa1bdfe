import { setImmediate as nextTurn } from 'node:timers/promises'

/** ms of work after which the event loop may go round. */
const SLICE = 5

/** Keeps long work from holding up everything else: after each item, `if (slices.isOver()) await slices.next()`. */
export class Slices {
  #until = performance.now() + SLICE

  isOver(): boolean {
    return performance.now() >= this.#until
  }
  /** Comes back when the event loop has gone round; throws when `signal` has been given meanwhile. */
  async next(signal?: AbortSignal): Promise<void> {
    await nextTurn()
    signal?.throwIfAborted()
    this.#until = performance.now() + SLICE
  }
}
