import { connect, type MqttClient } from 'mqtt'

export interface Outgoing {
  topic: string
  payload: string | Uint8Array
  retain?: boolean
}

export interface LinkCounts {
  /** Handed to the client at least once. */
  sent: number
  acknowledged: number
  /** Given up: pushed out of the full buffer, or refused by the broker. */
  dropped: number
}

export interface LinkOptions {
  url: string
  clientId: string
  username?: string | undefined
  password?: string | undefined
  /** Topic of the retained online/offline status; none when absent. */
  statusTopic?: string
  /** Subscribed to with each connection. */
  commands?: { topic: string; take: (payload: Uint8Array) => void }
  /** The same of tables of switching. */
  tables?: { topics: readonly string[]; take: (topic: string, payload: Uint8Array) => void }
  /** Published but not yet acknowledged at most. */
  window?: number
  /** Waiting at most; the oldest is dropped for a new one. */
  buffer?: number
  /** Counts shared by several links. */
  counts?: LinkCounts
  /** Told what is wrong with the connection, and null when it is well again. */
  onTrouble?: (problem: string | null) => void
}

const FIRST_RETRY = 500
const LONGEST_RETRY = 15_000
const CONNECT_TIMEOUT = 10_000
const STOP_TIMEOUT = 3000

/**
 * One MQTT client with QoS 1, a clean session, a bounded buffer and a bounded window.
 * Nothing is handed to mqtt.js while it is offline, because it sends such a backlog one message at a time.
 */
export class MqttLink {
  readonly counts: LinkCounts
  readonly #client: MqttClient
  readonly #window: number
  readonly #buffer: number
  readonly #waiting: Outgoing[] = []
  readonly #statusTopic: string | undefined
  #inFlight = 0
  #isStopped = false
  #wakers: (() => void)[] = []

  constructor(options: LinkOptions) {
    const { url, clientId, username, password, statusTopic, commands, tables, window = 32, buffer = 1000, onTrouble = () => {} } = options
    this.counts = options.counts ?? { sent: 0, acknowledged: 0, dropped: 0 }
    this.#window = window
    this.#buffer = buffer
    this.#statusTopic = statusTopic
    this.#client = connect(url, {
      clientId,
      clean: true,
      keepalive: 30,
      connectTimeout: CONNECT_TIMEOUT,
      reconnectPeriod: FIRST_RETRY * (1 + Math.random()),
      reconnectOnConnackError: true,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(statusTopic !== undefined && { will: { topic: statusTopic, payload: Buffer.from('offline'), qos: 1, retain: true } }),
    })
    if (commands) this.#client.on('message', (topic, payload) => topic === commands.topic && commands.take(payload))
    if (tables?.topics.length) this.#client.on('message', (topic, payload) => tables.topics.includes(topic) && tables.take(topic, payload))
    this.#client.on('error', (error) => onTrouble(describe(error)))
    // mqtt.js reads the period anew before each wait: double it, with jitter so that a thousand clients do not return at once.
    let wait = FIRST_RETRY
    this.#client.on('reconnect', () => {
      wait = Math.min(LONGEST_RETRY, wait * 2)
      this.#client.options.reconnectPeriod = wait * (0.5 + Math.random())
    })
    this.#client.on('connect', () => {
      wait = FIRST_RETRY
      this.#client.options.reconnectPeriod = FIRST_RETRY * (1 + Math.random())
      onTrouble(null)
      if (commands) this.#client.subscribe(commands.topic, { qos: 1 }, (error) => error && onTrouble(describe(error)))
      if (tables?.topics.length) this.#client.subscribe([...tables.topics], { qos: 1 }, (error) => error && onTrouble(describe(error)))
      if (this.#statusTopic) this.#client.publish(this.#statusTopic, 'online', { qos: 1, retain: true })
      this.#pump()
    })
  }

  get isConnected(): boolean {
    return this.#client.connected
  }

  /** Waiting and in flight. */
  get pending(): number {
    return this.#waiting.length + this.#inFlight
  }

  /** Takes a message for sending in order; drops the oldest waiting one when the buffer is full. */
  send(message: Outgoing): void {
    if (this.#isStopped) return
    if (this.#waiting.length >= this.#buffer) {
      this.#waiting.shift()
      this.counts.dropped++
    }
    this.#waiting.push(message)
    this.#pump()
  }

  /** Waits until fewer than `limit` messages are pending; `limit` 1 waits for the last acknowledgement. Rejects when `signal` aborts. */
  async below(limit: number, signal?: AbortSignal): Promise<void> {
    while (this.pending >= limit) {
      signal?.throwIfAborted()
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        this.#wakers.push(wake)
        signal?.addEventListener('abort', wake, { once: true })
      })
    }
    signal?.throwIfAborted()
  }

  /** Says offline and leaves; what is still unacknowledged after a short while is given up. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    const timeout = AbortSignal.timeout(STOP_TIMEOUT)
    if (this.#client.connected) {
      await this.below(1, timeout).catch(() => {})
      if (this.#statusTopic) {
        await Promise.race([
          this.#client.publishAsync(this.#statusTopic, 'offline', { qos: 1, retain: true }).catch(() => {}),
          new Promise<void>((resolve) => timeout.addEventListener('abort', () => resolve(), { once: true })),
        ])
      }
    }
    await this.#client.endAsync(!this.#client.connected).catch(() => {})
  }

  #pump(): void {
    while (this.#client.connected && this.#inFlight < this.#window) {
      const message = this.#waiting.shift()
      if (!message) break
      this.#inFlight++
      this.counts.sent++
      const payload = typeof message.payload === 'string' ? message.payload : Buffer.from(message.payload)
      this.#client.publish(message.topic, payload, { qos: 1, retain: message.retain ?? false }, (error) => {
        this.#inFlight--
        if (error) this.counts.dropped++
        else this.counts.acknowledged++
        this.#pump()
        const wakers = this.#wakers
        this.#wakers = []
        for (const wake of wakers) wake()
      })
    }
  }
}

function describe(error: Error & { code?: unknown; errors?: Error[] }): string {
  // A refused connection to "localhost" is an empty-worded error holding one per address.
  const message = error.message || error.errors?.map((inner) => inner.message).join('; ')
  return message || String(error.code ?? error)
}
