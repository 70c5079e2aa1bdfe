export interface SessionLimits {
  /** ms after which a session that nobody came back to is forgotten. */
  expiry: number
  /** Sessions whose clients are away. */
  away: number
}

/** Knows since when the clients of kept sessions are away, and which of them have been away too long or are too many. */
export class AwaySessions {
  readonly #limits: SessionLimits
  /** In the order in which they left. */
  readonly #left = new Map<string, number>()
  readonly #forget: (clientId: string) => void

  constructor(limits: SessionLimits, forget: (clientId: string) => void) {
    this.#limits = limits
    this.#forget = forget
  }

  get size(): number {
    return this.#left.size
  }

  leave(clientId: string, now: number): void {
    this.#left.delete(clientId)
    this.#left.set(clientId, now)
    if (this.#left.size > this.#limits.away) this.#end(this.#left.keys().next().value as string)
  }

  come(clientId: string): void {
    this.#left.delete(clientId)
  }

  /** Forgets what has expired. */
  tick(now: number): void {
    for (const [clientId, at] of this.#left) {
      if (now - at < this.#limits.expiry) return
      this.#end(clientId)
    }
  }

  #end(clientId: string): void {
    this.#left.delete(clientId)
    this.#forget(clientId)
  }
}
