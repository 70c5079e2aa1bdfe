import { type Budget, type Holder, Ledger, type LedgerRefusal } from './ledger.ts'

export interface SubscriptionLimits {
  /** Filters of one session. */
  filters: number
  /** Bytes of one filter. */
  length: number
  /** With what the broker builds around a filter. */
  bytes: Budget
}

export type SubscriptionRefusal = 'not-allowed' | 'filter-too-long' | 'too-many-filters' | LedgerRefusal

interface Granted {
  holder: Holder
  filters: Set<string>
}

/** Measured: a filter stands in two trees, with a node and a map for each level in each, and with what delivers its messages. */
const PER_FILTER = 1_600
const PER_LEVEL = 400
const costOf = (filter: string) => PER_FILTER + filter.split('/').length * PER_LEVEL + 2 * filter.length

/** The filters of all sessions, counted from when they are granted: Aedes knows of them only later. */
export class SubscriptionBounds {
  readonly #limits: SubscriptionLimits
  readonly #ledger: Ledger
  readonly #sessions = new Map<string, Granted>()

  constructor(limits: SubscriptionLimits) {
    this.#limits = limits
    this.#ledger = new Ledger(limits.bytes)
  }

  get bytes(): number {
    return this.#ledger.total
  }

  /** Says why a session may not have a filter, or notes that it has it. */
  add(clientId: string, holder: Holder, filter: string): SubscriptionRefusal | undefined {
    const granted = this.#sessions.get(clientId) ?? { holder, filters: new Set() }
    if (granted.filters.has(filter)) return undefined
    if (Buffer.byteLength(filter) > this.#limits.length) return 'filter-too-long'
    if (granted.filters.size >= this.#limits.filters) return 'too-many-filters'
    const refusal = this.#ledger.take(granted.holder, costOf(filter))
    if (refusal) return refusal
    granted.filters.add(filter)
    this.#sessions.set(clientId, granted)
    return undefined
  }

  remove(clientId: string, filter: string): void {
    const granted = this.#sessions.get(clientId)
    if (!granted?.filters.delete(filter)) return
    this.#ledger.give(granted.holder, costOf(filter))
    if (granted.filters.size === 0) this.#sessions.delete(clientId)
  }

  forget(clientId: string): void {
    const granted = this.#sessions.get(clientId)
    if (!granted) return
    for (const filter of granted.filters) this.#ledger.give(granted.holder, costOf(filter))
    this.#sessions.delete(clientId)
  }
}
