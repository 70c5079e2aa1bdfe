import type { Client } from 'aedes'
import { seconds } from '../../telemetry/duration.ts'
import type { BrokerOptions, ConnectedClient } from './broker-options.ts'
import type { Connections } from './connections.ts'
import type { PublishPace } from './guarded-stream.ts'
import { TokenBucket } from './token-bucket.ts'

/** ms between two notices of one client that sends too fast. */
const NOTICE_EVERY = seconds(10)
/** Devices remembered at once. */
const MAX_BUCKETS = 50_000

/** How fast each client may send. A device keeps its bucket when it connects again; connections of a service have one each. */
export class PublishRates {
  readonly #rateOf: BrokerOptions['rateOf']
  readonly #connections: Connections
  readonly #buckets = new Map<string, TokenBucket>()

  constructor({ rateOf }: BrokerOptions, connections: Connections) {
    this.#rateOf = rateOf
    this.#connections = connections
  }

  of(client: Client, connected: ConnectedClient): PublishPace | undefined {
    const rate = this.#rateOf?.(connected.peer)
    if (!rate) return undefined
    const now = performance.now()
    const { id, sort } = connected.peer
    const bucket = sort === 'device' ? (this.#buckets.get(id) ?? new TokenBucket(rate, now)) : new TokenBucket(rate, now)
    if (sort === 'device') this.#remember(id, bucket)
    const { counts } = this.#connections
    let waited = 0
    let noticeAt = 0
    return {
      bucket,
      onWait: (ms) => {
        counts.throttled++
        counts.throttledTime += ms
        waited += ms
        const at = performance.now()
        if (at < noticeAt) return
        noticeAt = at + NOTICE_EVERY
        this.#connections.throttled(connected, waited)
        waited = 0
      },
      onRead: () => (client as unknown as { _keepaliveTimer: NodeJS.Timeout | null })._keepaliveTimer?.refresh(),
    }
  }

  #remember(id: string, bucket: TokenBucket): void {
    this.#buckets.delete(id)
    this.#buckets.set(id, bucket)
    if (this.#buckets.size > MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value as string)
  }
}
