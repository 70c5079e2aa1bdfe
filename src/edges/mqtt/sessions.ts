import { EVERYBODY, type Holder } from './ledger.ts'

export interface SessionLimits {
  /** ms after which a session that nobody came back to is forgotten. */
  expiry: number
  /** Sessions whose clients are away. */
  away: number
  /** Sessions of one device, connected or away. */
  perDevice: number
  /** The same of strangers behind one address. */
  perAddress: number
}

/** `too-many`: of one device or address; `too-many-away`: of all. */
export type SessionEnd = 'expired' | 'too-many' | 'too-many-away'

/** Knows whose the sessions are, since when clients are away, and which of their sessions have been away too long or are too many. */
export class Sessions {
  readonly forgotten = new Map<SessionEnd, number>()
  readonly #limits: SessionLimits
  /** In the order in which they left. */
  readonly #left = new Map<string, number>()
  /** Of those that have a share of their own. */
  readonly #holders = new Map<string, Holder>()
  /** Client ids by holder, in the order in which they came. */
  readonly #held = new Map<string, string[]>()
  readonly #forget: (clientId: string) => void

  constructor(limits: SessionLimits, forget: (clientId: string) => void) {
    this.#limits = limits
    this.#forget = forget
  }

  /** Whose clients are away. */
  get size(): number {
    return this.#left.size
  }

  holderOf(clientId: string): Holder {
    return this.#holders.get(clientId) ?? EVERYBODY
  }

  /** Whoever has too many now loses the one that came first, of those whose clients are away if there are any. */
  come(clientId: string, holder: Holder): void {
    this.gone(clientId)
    if (holder.share === 'all') return
    const held = this.#held.get(holder.key) ?? []
    held.push(clientId)
    this.#held.set(holder.key, held)
    this.#holders.set(clientId, holder)
    const limit = holder.share === 'device' ? this.#limits.perDevice : this.#limits.perAddress
    while (held.length > limit) this.#end(held.find((each) => this.#left.has(each)) ?? (held[0] as string), 'too-many')
  }

  leave(clientId: string, now: number): void {
    this.#left.delete(clientId)
    this.#left.set(clientId, now)
    if (this.#left.size > this.#limits.away) this.#end(this.#left.keys().next().value as string, 'too-many-away')
  }

  /** Nothing of it is left to come back to. */
  gone(clientId: string): void {
    this.#left.delete(clientId)
    const holder = this.#holders.get(clientId)
    if (!holder) return
    this.#holders.delete(clientId)
    const held = this.#held.get(holder.key) ?? []
    held.splice(held.indexOf(clientId), 1)
    if (held.length === 0) this.#held.delete(holder.key)
  }

  /** Forgets what has expired. */
  tick(now: number): void {
    for (const [clientId, at] of this.#left) {
      if (now - at < this.#limits.expiry) return
      this.#end(clientId, 'expired')
    }
  }

  #end(clientId: string, why: SessionEnd): void {
    this.forgotten.set(why, (this.forgotten.get(why) ?? 0) + 1)
    this.gone(clientId)
    this.#forget(clientId)
  }
}
