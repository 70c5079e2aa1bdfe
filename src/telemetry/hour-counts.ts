import { hours, minutes } from './duration.ts'

const MINUTES = hours(1) / minutes(1)

/** Counts by key: since the start, and in the hour that has passed, by whole minutes. Keys come from closed lists; times are ms of one clock. */
export class HourCounts<K> {
  readonly totals = new Map<K, number>()
  /** The oldest first. */
  #minutes: { minute: number; counts: Map<K, number> }[] = []

  add(key: K, now: number): void {
    increase(this.totals, key, 1)
    const minute = Math.floor(now / minutes(1))
    let last = this.#minutes.at(-1)
    // A clock set back counts in the newest minute.
    if (!last || last.minute < minute) {
      last = { minute, counts: new Map() }
      this.#minutes.push(last)
      if (this.#minutes.length > MINUTES) this.#minutes.shift()
    }
    increase(last.counts, key, 1)
  }

  lastHour(now: number): Map<K, number> {
    const from = Math.floor(now / minutes(1)) - MINUTES
    const sums = new Map<K, number>()
    this.#minutes = this.#minutes.filter(({ minute }) => minute > from)
    for (const { counts } of this.#minutes) for (const [key, count] of counts) increase(sums, key, count)
    return sums
  }
}

function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}
