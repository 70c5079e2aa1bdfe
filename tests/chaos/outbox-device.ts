import { connect, type MqttClient } from 'mqtt'

export interface OutboxDeviceOptions {
  url: string
  clientId: string
  topic: string
  /** ms without the PUBACK of the oldest message, or without CONNACK, after which a connection is given up. */
  patience: number
  /** s. */
  keepalive?: number
  /** Messages sent and not yet acknowledged at most. */
  window?: number
  /** Messages kept for sending at most; more are not taken. */
  limit?: number
  onAcknowledged: (at: number) => void
}

interface Kept {
  at: number
  payload: string
  /** When it was sent on the present connection. */
  sent: number | null
  isAcknowledged: boolean
}

const RECONNECT_AFTER = 200

/** A device as it should be: keeps what it measured until that was acknowledged, and after a new connection sends it again, in order. */
export class OutboxDevice {
  readonly #options: Required<OutboxDeviceOptions>
  /** Oldest first; the first is not acknowledged. */
  readonly #outbox: Kept[] = []
  #client: MqttClient | undefined
  #isConnected = false
  #inFlight = 0
  /** Place in the outbox of the first message that was not sent on this connection. */
  #next = 0
  #isStopped = false
  #retry: NodeJS.Timeout | undefined
  readonly #watch: NodeJS.Timeout
  connections = 0
  /** Messages sent once more. */
  repeated = 0

  constructor(options: OutboxDeviceOptions) {
    this.#options = { keepalive: 10, window: 16, limit: 100_000, ...options }
    this.#watch = setInterval(() => this.#giveUpSilent(), options.patience / 4)
    this.#connect()
  }

  get waiting(): number {
    return this.#outbox.length
  }

  /** False when the outbox is full. */
  report(at: number, values: Record<string, unknown>): boolean {
    if (this.#outbox.length >= this.#options.limit) return false
    this.#outbox.push({ at, payload: JSON.stringify({ at, values }), sent: null, isAcknowledged: false })
    this.#pump()
    return true
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#retry)
    clearInterval(this.#watch)
    this.#client?.end(true)
  }

  #connect(): void {
    const { url, clientId, patience, keepalive } = this.#options
    const client = connect(url, { clientId, clean: true, keepalive, connectTimeout: patience, reconnectPeriod: 0 })
    this.#client = client
    client.on('error', () => {})
    client.on('connect', () => {
      this.connections++
      this.#isConnected = true
      this.#inFlight = 0
      this.#next = 0
      for (const kept of this.#outbox) {
        if (kept.sent !== null) this.repeated++
        kept.sent = null
      }
      this.#pump()
    })
    client.once('close', () => {
      if (client !== this.#client) return
      this.#leave(client)
    })
  }

  #leave(client: MqttClient): void {
    this.#isConnected = false
    this.#client = undefined
    client.end(true)
    if (!this.#isStopped) this.#retry = setTimeout(() => this.#connect(), RECONNECT_AFTER)
  }

  #giveUpSilent(): void {
    const oldest = this.#outbox[0]
    const client = this.#client
    if (!client || !this.#isConnected || !oldest || oldest.sent === null) return
    if (performance.now() - oldest.sent > this.#options.patience) this.#leave(client)
  }

  #pump(): void {
    const client = this.#client
    if (!client || !this.#isConnected) return
    while (this.#inFlight < this.#options.window && this.#next < this.#outbox.length) {
      const kept = this.#outbox[this.#next++]!
      kept.sent = performance.now()
      this.#inFlight++
      client.publish(this.#options.topic, kept.payload, { qos: 1 }, (error) => {
        if (client !== this.#client || error) return
        this.#inFlight--
        this.#acknowledged(kept)
        this.#pump()
      })
    }
  }

  #acknowledged(kept: Kept): void {
    kept.isAcknowledged = true
    this.#options.onAcknowledged(kept.at)
    while (this.#outbox[0]?.isAcknowledged) {
      this.#outbox.shift()
      this.#next--
    }
  }
}
