/** Who makes the broker keep something. */
export interface Holder {
  key: string
  /** What it may take of a budget: what one device may, what the strangers of one address may, or all of it. */
  share: 'device' | 'address' | 'all'
}

/** The service itself, and whoever comes from a trusted address with no credentials of a device. */
export const EVERYBODY: Holder = { key: '', share: 'all' }

/** Bytes. */
export interface Budget {
  total: number
  perDevice: number
  perAddress: number
}

/** `share-full`: the holder has taken its share; `full`: all have taken the total. */
export type LedgerRefusal = 'share-full' | 'full'

/** Accounts for memory, so that no holder takes more than its share and all together no more than there is. */
export class Ledger {
  readonly #budget: Budget
  readonly #taken = new Map<string, number>()
  #total = 0

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get total(): number {
    return this.#total
  }

  /** Says why there is no room, or takes it. */
  take(holder: Holder, bytes: number): LedgerRefusal | undefined {
    const { total, perDevice, perAddress } = this.#budget
    const limit = holder.share === 'device' ? perDevice : perAddress
    if (holder.share !== 'all' && (this.#taken.get(holder.key) ?? 0) + bytes > limit) return 'share-full'
    if (this.#total + bytes > total) return 'full'
    this.#add(holder, bytes)
    return undefined
  }

  give(holder: Holder, bytes: number): void {
    this.#add(holder, -bytes)
  }

  #add({ key, share }: Holder, bytes: number): void {
    this.#total += bytes
    if (share === 'all') return
    const left = (this.#taken.get(key) ?? 0) + bytes
    if (left > 0) this.#taken.set(key, left)
    else this.#taken.delete(key)
  }
}
