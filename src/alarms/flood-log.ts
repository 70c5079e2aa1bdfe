import type { AlarmRecord } from './alarm-log.ts'
import { type Flood, type FloodLimits, FloodWatch } from './flood.ts'

/** A flood that is kept; `id` 0 before it is. */
export interface StoredFlood extends Flood {
  id: number
}

/** Where floods are kept; a call has made the change durable when it returns, or belongs to the caller's transaction. */
export interface FloodStore {
  /** The one that has not ended. */
  running(): StoredFlood | undefined
  /** Adds or replaces one and returns its id. */
  put(flood: StoredFlood): number
  /** Our times of the alarms told in the last `span` ms before the newest step of the alarm record, in order. */
  annunciations(span: number): number[]
}

/** Follows the alarm record and keeps its floods in step with it: both are durable together, so after a crash the same flood goes on. */
export class FloodLog {
  readonly #store: FloodStore
  #watch: FloodWatch
  #id = 0
  #kept: Flood | null = null
  #changes = 0

  constructor(store: FloodStore, limits: FloodLimits) {
    this.#store = store
    this.#watch = new FloodWatch(limits)
    this.reload()
  }

  /** Takes what is known from the store again, after a transaction that did not go through. */
  reload(limits = this.#watch.limits): void {
    const running = this.#store.running()
    const { id = 0, ...flood } = running ?? {}
    this.#id = id
    this.#kept = running ? (flood as Flood) : null
    this.#watch = new FloodWatch(limits, this.#kept, this.#store.annunciations(limits.span))
  }

  /** The flood that goes on; null when there is none. */
  get running(): StoredFlood | null {
    return this.#kept && { id: this.#id, ...this.#kept }
  }
  /** Alarms told in the last span. */
  get rate(): number {
    return this.#watch.rate
  }
  /** Counts what it wrote. */
  get changes(): number {
    return this.#changes
  }
  get limits(): FloodLimits {
    return this.#watch.limits
  }

  /** Takes note of a step of an alarm. */
  note(record: AlarmRecord): void {
    if (record.announced) this.#keep(this.#watch.tell(record.recorded))
  }

  /** Whether the passing of time up to `now`, ms, changes anything. */
  isDue(now: number): boolean {
    return this.#watch.isDue(now)
  }

  /** Lets time pass, ms. */
  pass(now: number): void {
    this.#keep(this.#watch.pass(now))
  }

  /** Other limits count from now on. */
  use(limits: FloodLimits, now: number): void {
    this.#keep(this.#watch.use(limits, now))
  }

  #keep(ended: Flood | null): void {
    if (ended) {
      this.#changes++
      this.#store.put({ id: this.#id, ...ended })
      this.#id = 0
      this.#kept = null
    }
    const { flood } = this.#watch
    if (!flood || flood === this.#kept) return
    this.#changes++
    this.#id = this.#store.put({ id: this.#id, ...flood })
    this.#kept = flood
  }
}
