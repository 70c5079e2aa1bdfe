import type { Priority } from '../../detection/rule.ts'
import { hours, minutes } from '../../telemetry/duration.ts'
import type { Snapshot } from '../http/live-schemas.ts'

const BUCKET = minutes(15)
export const TIMELINE_SPAN = hours(24)

type Bucket = Snapshot['timeline'][number]

/** How many alarms were raised in each quarter of an hour of the last day. */
export class Timeline {
  readonly #buckets = new Map<number, Bucket>()

  /** `raised` is an event time, `now` the time we learned of it. */
  add(raised: number, priority: Priority, now: number): void {
    const at = Math.floor(raised / BUCKET) * BUCKET
    if (at <= now - TIMELINE_SPAN - BUCKET || at > now + BUCKET) return
    let bucket = this.#buckets.get(at)
    if (!bucket) {
      bucket = emptyBucket(at)
      this.#buckets.set(at, bucket)
    }
    bucket[priority]++
  }

  /** All buckets of the last day, oldest first, the present one last. */
  view(now: number): Bucket[] {
    const last = Math.floor(now / BUCKET) * BUCKET
    const first = last - TIMELINE_SPAN + BUCKET
    for (const at of this.#buckets.keys()) if (at < first) this.#buckets.delete(at)
    return Array.from(
      { length: TIMELINE_SPAN / BUCKET },
      (_, i) => this.#buckets.get(first + i * BUCKET) ?? emptyBucket(first + i * BUCKET),
    )
  }
}

const emptyBucket = (at: number): Bucket => ({ at, critical: 0, high: 0, medium: 0, low: 0 })
