import { HourCounts } from './hour-counts.ts'
import { makeRoom } from './make-room.ts'
import type { Message } from './message.ts'
import type { Rejection, RejectionReason } from './rejection.ts'
import { parseTopic } from './topic.ts'

export interface RejectedMessage {
  at: number
  reason: RejectionReason
  detail: string
  facility: string | null
  /** Device, or client id, that sent it; null where only the message is known. */
  sender: string | null
  topic: string
  /** First bytes of the payload. */
  payload: Uint8Array
}

export type Refused = Pick<Message, 'received' | 'topic' | 'payload'> & { sender?: string }
type Listener = (message: Refused, rejections: readonly Rejection[]) => void

const SAMPLES = 200
const SAMPLE_BYTES = 512
/** Kept of one subject, beside the newest of all. */
const SAMPLES_OF_SUBJECT = 5
/** Ids of facilities, gateways and senders of which samples are kept; what unknown ids can fill. */
const MAX_SUBJECTS = 5_000

/** Counts what was refused by reason and facility, and keeps the newest samples, of all and by whom they concern, for an engineer to look at. */
export class RejectionLog {
  readonly #counts = new HourCounts<RejectionReason>()
  readonly #byFacility = new Map<string, number>()
  #samples: RejectedMessage[] = []
  /** The one that was refused something longest ago first. */
  readonly #bySubject = new Map<string, RejectedMessage[]>()
  readonly #listeners: Listener[] = []

  add(message: Refused, rejections: readonly Rejection[]): void {
    const { received: at, sender = null } = message
    const topic = message.topic.slice(0, 256)
    const subject = parseTopic(topic)?.id
    // A copy, and no view as a Buffer would slice: what a sample is cut from may be a thousand times as long.
    const payload = new Uint8Array(message.payload.subarray(0, SAMPLE_BYTES))
    for (const { reason, detail, facility } of rejections) {
      this.#counts.add(reason, at)
      if (facility !== null) this.#byFacility.set(facility, (this.#byFacility.get(facility) ?? 0) + 1)
      const sample = { at, reason, detail, facility, sender, topic, payload }
      this.#samples.push(sample)
      for (const id of new Set([facility, subject, sender])) if (id) this.#keep(id, sample)
    }
    if (this.#samples.length > SAMPLES * 2) this.#samples = this.#samples.slice(-SAMPLES)
    for (const listener of this.#listeners) listener(message, rejections)
  }

  counts(): ReadonlyMap<RejectionReason, number> {
    return this.#counts.totals
  }
  lastHour(now: number): ReadonlyMap<RejectionReason, number> {
    return this.#counts.lastHour(now)
  }
  /** Since start; facilities are registered ones, so the map is bounded by the plant. */
  byFacility(): ReadonlyMap<string, number> {
    return this.#byFacility
  }
  /** Newest first. */
  samples(): readonly RejectedMessage[] {
    return this.#samples.slice(-SAMPLES).reverse()
  }
  /** What concerns any of these facilities, gateways or senders, newest first. */
  samplesOf(ids: Iterable<string>): readonly RejectedMessage[] {
    const found = new Set([...ids].flatMap((id) => this.#bySubject.get(id) ?? []))
    return [...found].sort((a, b) => b.at - a.at)
  }
  /** Told of each message of which something was refused. */
  onAdd(listener: Listener): void {
    this.#listeners.push(listener)
  }

  #keep(id: string, sample: RejectedMessage): void {
    const kept = this.#bySubject.get(id) ?? []
    this.#bySubject.delete(id)
    this.#bySubject.set(id, [...kept, sample].slice(-SAMPLES_OF_SUBJECT))
    makeRoom(this.#bySubject, MAX_SUBJECTS)
  }
}
