interface Sender {
  id: string
}

interface Message {
  messageId?: number | undefined
}

/** Nobody reads what it holds: Aedes asks whether there is one. */
const KNOWN = {}
const UNKNOWN = new Error('no such packet')

/**
 * Ids of QoS 2 messages that their senders have not released, in place of Aedes' store, which keeps the whole messages. Of a session that
 * comes back and begins more than may be open, the oldest ids are forgotten.
 */
export class UnreleasedIds {
  readonly #most: number
  readonly #ids = new Map<string, Set<number>>()

  /** `most`: of one session. */
  constructor(most: number) {
    this.#most = most
  }

  /** Of all sessions. */
  get size(): number {
    let size = 0
    for (const ids of this.#ids.values()) size += ids.size
    return size
  }

  store({ id }: Sender, { messageId = 0 }: Message): void {
    const ids = this.#ids.get(id) ?? new Set<number>()
    ids.delete(messageId)
    ids.add(messageId)
    if (ids.size > this.#most) ids.delete(ids.values().next().value as number)
    this.#ids.set(id, ids)
  }

  /** Throws when there is none. */
  get({ id }: Sender, { messageId = 0 }: Message): object {
    if (!this.#ids.get(id)?.has(messageId)) throw UNKNOWN
    return KNOWN
  }

  /** Throws when there is none. */
  release({ id }: Sender, { messageId = 0 }: Message): void {
    const ids = this.#ids.get(id)
    if (!ids?.delete(messageId)) throw UNKNOWN
    if (ids.size === 0) this.#ids.delete(id)
  }

  forget({ id }: Sender): void {
    this.#ids.delete(id)
  }
}
