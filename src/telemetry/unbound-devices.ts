import type { ProfileDialect } from './device-profile.ts'

/** A device that was heard and is bound to no facility. */
export interface UnboundDevice {
  dialect: ProfileDialect
  address: string
  /** Of `mapped`: the profile whose pattern took the topic; else null. */
  profile: string | null
  /** ms since 1970 */
  first: number
  last: number
  messages: number
  /** What a profile is tried on: its newest sample, or else its first message. */
  topic: string
  payload: Uint8Array
}

const MOST_DEVICES = 500
const SAMPLE_BYTES = 4096

/** Remembers which unbound devices spoke lately; with more than it holds, the one silent for longest is forgotten. */
export class UnboundDevices {
  /** In the order of their newest messages. */
  readonly #devices = new Map<string, UnboundDevice>()

  /** `isSample`: a profile can be tried on the message. */
  note(
    { dialect, address, profile = null }: { dialect: ProfileDialect; address: string; profile?: string | null },
    { topic, payload, received }: { topic: string; payload: Uint8Array; received: number },
    isSample = true,
  ): void {
    const key = keyOf(dialect, address, profile)
    const known = this.#devices.get(key)
    this.#devices.delete(key)
    this.#devices.set(key, {
      ...{ dialect, address, profile, first: known?.first ?? received, last: received, messages: (known?.messages ?? 0) + 1 },
      ...(known && !isSample ? { topic: known.topic, payload: known.payload } : { topic, payload: payload.slice(0, SAMPLE_BYTES) }),
    })
    if (this.#devices.size > MOST_DEVICES) this.#devices.delete(this.#devices.keys().next().value as string)
  }

  /** To be called when a device was bound. */
  forget(dialect: ProfileDialect, address: string, profile: string | null): void {
    this.#devices.delete(keyOf(dialect, address, profile))
  }

  /** Newest first. */
  list(): UnboundDevice[] {
    return [...this.#devices.values()].reverse()
  }
}

const keyOf = (dialect: ProfileDialect, address: string, profile: string | null) => `${dialect} ${address} ${profile ?? ''}`
