import { senderOf } from '../../edges/mqtt/senders.ts'
import type { StateStore } from '../../storage/state-store.ts'

/** Senders of a minute that get a record each; those beyond get one together. */
const MOST_SENDERS = 10
const SHOWN_IDS = 5
const LONGEST_ID = 64

interface Refused {
  count: number
  ids: Set<string>
}

/** Brings refused claims into the audit trail in sums, as anybody may cause as many as he likes, under ids that he makes up. */
export class RefusedClaims {
  #senders = new Map<string, Refused>()
  #others: Refused = nobody()

  note(id: string, address: string): void {
    const refused = this.#of(senderOf(address))
    refused.count++
    if (refused.ids.size <= SHOWN_IDS) refused.ids.add(id.slice(0, LONGEST_ID))
  }

  /** Writes what there was since the last time; belongs to the caller's transaction. */
  write(state: Pick<StateStore, 'audit'>, at: number): void {
    const senders: [string, Refused][] = [...this.#senders]
    if (this.#others.count > 0) senders.push(['other addresses', this.#others])
    for (const [sender, { count, ids }] of senders) {
      const shown = [...ids].slice(0, SHOWN_IDS).join(', ')
      const subject = ids.size === 1 ? `device ${shown}` : 'devices'
      const detail = `${count} from ${sender}${ids.size === 1 ? '' : `, for ${shown}${ids.size > SHOWN_IDS ? ', …' : ''}`}`
      state.audit({ at, by: 'claim', action: 'claim-refused', subject, detail })
    }
    this.#senders = new Map()
    this.#others = nobody()
  }

  #of(sender: string): Refused {
    const known = this.#senders.get(sender)
    if (known) return known
    if (this.#senders.size >= MOST_SENDERS) return this.#others
    const refused = nobody()
    this.#senders.set(sender, refused)
    return refused
  }
}

const nobody = (): Refused => ({ count: 0, ids: new Set() })
