import { createHmac, randomBytes } from 'node:crypto'
import { LoginLimits } from '../login-limits.ts'
import { senderOf } from './senders.ts'

/** Different wrong passwords of one account from one address before the next one waits. */
const FREE_GUESSES = 15
/** Remembered at once. */
const MAX_WRONG = 50_000
const MAX_KNOWN = 50_000

/**
 * Makes guesses at a password that a person thought up wait, by account and address, so that nobody elsewhere keeps its owner out. Who comes
 * with the same wrong password again and again guesses nothing and makes no neighbour wait. Times are ms of any one clock.
 */
export class GuessLimits {
  readonly #isTrusted: (address: string) => boolean
  readonly #limits = new LoginLimits(FREE_GUESSES)
  /** Digests, so that no password stays in memory. */
  readonly #wrong = new Set<string>()
  readonly #known = new Set<string>()
  readonly #key = randomBytes(32)

  /** Behind trusted addresses there are many devices; nobody waits there. */
  constructor(isTrusted: (address: string) => boolean) {
    this.#isTrusted = isTrusted
  }

  mayGuess(account: string, address: string, now: number): boolean {
    const pair = pairOf(account, address)
    return this.#isTrusted(address) || this.#known.has(pair) || this.#limits.wait(pair, now) === 0
  }

  failed(account: string, address: string, password: Uint8Array, now: number): void {
    const pair = pairOf(account, address)
    const digest = createHmac('sha256', this.#key).update(`${pair} `).update(password).digest('base64')
    if (!this.#wrong.has(digest)) this.#limits.tried(pair, now)
    remember(this.#wrong, digest, MAX_WRONG)
  }

  /** From now on this account does not wait at this address. */
  succeeded(account: string, address: string): void {
    const pair = pairOf(account, address)
    this.#limits.succeeded(pair)
    remember(this.#known, pair, MAX_KNOWN)
  }
}

const pairOf = (account: string, address: string) => `${senderOf(address)} ${account}`

/** The one used longest ago makes room. */
function remember(set: Set<string>, key: string, most: number): void {
  set.delete(key)
  set.add(key)
  if (set.size > most) set.delete(set.values().next().value as string)
}
