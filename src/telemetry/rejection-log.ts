import type { Message } from './message.ts'
import type { Rejection, RejectionReason } from './rejection.ts'

export interface RejectedMessage {
  at: number
  reason: RejectionReason
  detail: string
  facility: string | null
  topic: string
  /** First bytes of the payload. */
  payload: Uint8Array
}

const SAMPLES = 200
const SAMPLE_BYTES = 512

/** Counts what was refused by reason and facility, and keeps the newest samples for an engineer to look at. */
export class RejectionLog {
  readonly #counts = new Map<RejectionReason, number>()
  readonly #byFacility = new Map<string, number>()
  #samples: RejectedMessage[] = []

  add(message: Pick<Message, 'received' | 'topic' | 'payload'>, rejections: readonly Rejection[]): void {
    for (const { reason, detail, facility } of rejections) {
      this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
      if (facility !== null) this.#byFacility.set(facility, (this.#byFacility.get(facility) ?? 0) + 1)
      const payload = message.payload.slice(0, SAMPLE_BYTES)
      this.#samples.push({ at: message.received, reason, detail, facility, topic: message.topic.slice(0, 256), payload })
    }
    if (this.#samples.length > SAMPLES * 2) this.#samples = this.#samples.slice(-SAMPLES)
  }

  counts(): ReadonlyMap<RejectionReason, number> {
    return this.#counts
  }
  /** Since start; facilities are registered ones, so the map is bounded by the plant. */
  byFacility(): ReadonlyMap<string, number> {
    return this.#byFacility
  }
  /** Newest first. */
  samples(): readonly RejectedMessage[] {
    return this.#samples.slice(-SAMPLES).reverse()
  }
}
