import { senderOf } from './senders.ts'
import { TokenBucket } from './token-bucket.ts'

export interface GateLimits {
  /** Connections at once. */
  connections: number
  /** The same from one address. */
  perAddress: number
  /** New connections from one address. */
  connectsPerMinute: number
}

/** Why a connection is not taken at all. */
export type GateFault = 'too-many-connections' | 'too-many-from-address' | 'too-many-connects'

/** Senders remembered at once. */
const MAX_SENDERS = 20_000
/** Who may knock, and how often. Times are ms of any one clock. */
export class ConnectionGate {
  readonly #limits: GateLimits
  readonly #isTrusted: (address: string) => boolean
  readonly #senders = new Map<string, TokenBucket>()
  readonly #connected = new Map<string, number>()
  #connections = 0

  /** Of trusted addresses, behind which there are many devices, only connections at once are counted. */
  constructor(limits: GateLimits, isTrusted: (address: string) => boolean) {
    this.#limits = limits
    this.#isTrusted = isTrusted
  }

  /** Says why an address may not connect now; asked once before each connection. */
  knock(address: string, now: number): GateFault | undefined {
    const isFull = this.#full(address)
    if (isFull || this.#isTrusted(address)) return isFull
    return this.#sender(senderOf(address), now).take(1, now) === 0 ? 'too-many-connects' : undefined
  }

  /** Takes a connection, to be followed by `leave`, or says why not. */
  enter(address: string): GateFault | undefined {
    const isFull = this.#full(address)
    if (isFull) return isFull
    this.#connections++
    if (!this.#isTrusted(address)) this.#connected.set(senderOf(address), this.#connectionsOf(address) + 1)
    return undefined
  }

  leave(address: string): void {
    this.#connections--
    if (this.#isTrusted(address)) return
    const left = this.#connectionsOf(address) - 1
    if (left > 0) this.#connected.set(senderOf(address), left)
    else this.#connected.delete(senderOf(address))
  }

  #connectionsOf(address: string): number {
    return this.#connected.get(senderOf(address)) ?? 0
  }

  #full(address: string): GateFault | undefined {
    if (this.#connections >= this.#limits.connections) return 'too-many-connections'
    return this.#connectionsOf(address) >= this.#limits.perAddress ? 'too-many-from-address' : undefined
  }

  /** Those that knocked last are remembered. */
  #sender(key: string, now: number): TokenBucket {
    const perMinute = this.#limits.connectsPerMinute
    const sender = this.#senders.get(key) ?? new TokenBucket({ perSecond: perMinute / 60, burst: perMinute }, now)
    this.#senders.delete(key)
    this.#senders.set(key, sender)
    if (this.#senders.size > MAX_SENDERS) this.#senders.delete(this.#senders.keys().next().value as string)
    return sender
  }
}
