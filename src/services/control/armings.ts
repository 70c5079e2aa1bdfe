import { randomBytes } from 'node:crypto'
import type { Commander } from '../../edges/commands.ts'
import { minutes } from '../../telemetry/duration.ts'
import { sha256 } from '../sha256.ts'

/** What somebody has looked at may be done for so long, ms. */
export const ARMED_FOR = minutes(1)
/** Those that wait at once, of one account: more is no person who decides. */
const MOST_OF_ONE = 20

interface Kept<T> {
  armed: T
  expires: number
  by: Commander
}

/** What somebody has looked at and may say yes to once, in memory only: what the program forgets at its end must be looked at anew. */
export class Armings<T> {
  readonly #kept = new Map<string, Kept<T>>()

  /** The token, which is kept nowhere, and until when it is good, ms. */
  add(armed: T, by: Commander, at: number): { token: string; expires: number } {
    for (const [hash, { expires }] of this.#kept) if (expires <= at) this.#kept.delete(hash)
    const own = [...this.#kept].filter(([, kept]) => kept.by.account === by.account)
    for (const [hash] of own.slice(0, Math.max(0, own.length - MOST_OF_ONE + 1))) this.#kept.delete(hash)
    const token = randomBytes(32).toString('base64url')
    const expires = at + ARMED_FOR
    this.#kept.set(sha256(token), { armed, by, expires })
    return { token, expires }
  }

  /** Takes what a token stands for, which is gone then whatever comes of it; or says why it stands for nothing. */
  take(token: string, by: Commander, at: number): { armed: T } | string {
    const hash = sha256(token)
    const kept = this.#kept.get(hash)
    this.#kept.delete(hash)
    if (!kept) return 'The token is not one that is armed: it was used already, or the service was started anew.'
    const { expires, by: armer, armed } = kept
    if (expires <= at) return 'It was armed over a minute ago.'
    if (armer.account !== by.account || armer.name !== by.name) return 'Somebody else armed it.'
    if (armer.session !== by.session) return 'It was armed in another session.'
    if (armer.connection !== by.connection) return 'The live connection it was armed by is lost.'
    return { armed }
  }
}
