import { days, hours, minutes } from '../../telemetry/duration.ts'

const KEPT = days(1)
/** Less says nothing of a day. */
const LEAST = hours(1)
const BETWEEN = minutes(10)

/** Remembers the free space of a day. */
export class DiskGrowth {
  /** Oldest first. */
  readonly #samples: { at: number; free: number }[] = []

  /** `free` in bytes, `at` in ms. */
  add(free: number, at: number): void {
    const last = this.#samples.at(-1)
    // A clock that was set back begins anew.
    if (last && at < last.at) this.#samples.length = 0
    if (last && at >= last.at && at - last.at < BETWEEN) return
    this.#samples.push({ at, free })
    while (this.#samples[0] && this.#samples[0].at < at - KEPT) this.#samples.shift()
  }

  /** Days until the disk is full if it goes on like this; null where that is not known yet, Infinity where nothing grows. */
  daysLeft(free: number, at: number): number | null {
    const first = this.#samples[0]
    if (!first || at - first.at < LEAST) return null
    const grown = first.free - free
    return grown > 0 ? (free / grown) * ((at - first.at) / days(1)) : Number.POSITIVE_INFINITY
  }
}
