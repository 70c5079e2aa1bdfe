import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import type { BrokerConnection } from '../../storage/broker-connection-store.ts'
import { seconds } from '../../telemetry/duration.ts'
import { acknowledgeLate } from './late-acknowledgement.ts'

const FIRST_WAIT = seconds(1)
const LONGEST_WAIT = seconds(60)
const CONNECT_TIMEOUT = seconds(10)
const END_TIMEOUT = seconds(3)
/** Messages of ours under way to the broker; past it they are not sent. */
const MAX_SENDING = 1_000

/** How a connection is, for those who look after it. */
export interface ConnectionState {
  state: 'off' | 'connecting' | 'connected' | 'away'
  /** When it came into this state, ms. */
  since: number
  /** Why it is away, or what of it does not work; null when all is well. */
  problem: string | null
  received: number
  /** Messages that nobody reads, or that could not be taken. */
  refused: number
  sent: number
  /** Not sent because the broker was away or slow. */
  unsent: number
  /** When the last message came, ms. */
  lastMessage: number | null
}

export interface LastWill {
  topic: string
  payload: string
}

export interface ConnectionOptions {
  settings: BrokerConnection
  /** A message that came; `acknowledge` must be called once, or it throws. */
  take(topic: string, payload: Uint8Array, acknowledge: (error?: Error) => void): void
  /** What the broker tells others when the connection is lost, asked for at each connect. */
  will?: (() => LastWill | null) | undefined
  onConnected?: (() => void) | undefined
  now: () => number
  schedule: (work: () => void, delay: number) => () => void
  random: () => number
}

/** A client of somebody else's broker: takes what it subscribes to, acknowledges when that is on disk, and comes back however often it is cut off. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #client: MqttClient
  #state: ConnectionState
  #wait = FIRST_WAIT
  #cancel: (() => void) | undefined
  #sending = 0
  #isEnded = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { now } = options
    this.#state = { state: 'connecting', since: now(), problem: null, received: 0, refused: 0, sent: 0, unsent: 0, lastMessage: null }
    this.#client = connect(options.settings.url, { ...clientOptions(options.settings), ...this.#will(), manualConnect: true })
    acknowledgeLate(
      this.#client,
      ({ topic, payload }, acknowledge) => {
        this.#state.received++
        this.#state.lastMessage = now()
        options.take(topic, payload as Buffer, acknowledge)
      },
      (error) => this.#refused(error),
    )
    this.#client.on('connect', () => this.#connected())
    this.#client.on('close', () => this.#closed())
    this.#client.on('error', (error) => {
      this.#state.problem = describe(error)
    })
    this.#client.connect()
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** False when it cannot be sent now; nothing waits for a broker that is away. */
  send(topic: string, payload: Uint8Array | string, { qos, retain }: { qos: 0 | 1; retain: boolean }): boolean {
    if (!this.#client.connected || this.#sending >= MAX_SENDING) {
      this.#state.unsent++
      return false
    }
    this.#sending++
    this.#client.publish(topic, Buffer.from(payload as Uint8Array), { qos, retain }, (error) => {
      this.#sending--
      if (error) this.#state.unsent++
      else this.#state.sent++
    })
    return true
  }

  /** Ends in peace, so that the broker tells nobody the last will; what is not acknowledged stays with the broker. */
  async end(): Promise<void> {
    this.#isEnded = true
    this.#cancel?.()
    const forced = setTimeout(() => this.#client.end(true), END_TIMEOUT)
    await this.#client.endAsync(!this.#client.connected).catch(() => undefined)
    clearTimeout(forced)
    this.#turn('off')
  }

  #will(): Pick<IClientOptions, 'will'> {
    const will = this.#options.will?.()
    return will ? { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } } : {}
  }

  #connected(): void {
    this.#wait = FIRST_WAIT
    this.#state.problem = null
    this.#turn('connected')
    const { topics, share } = this.#options.settings
    const filters = topics.map((topic) => (share ? `$share/${share}/${topic}` : topic))
    if (filters.length > 0) {
      this.#client.subscribe(filters, { qos: 1 }, (error, granted) => {
        const refused = granted?.filter(({ qos }) => qos >= 128).map(({ topic }) => topic) ?? []
        if (refused.length > 0) this.#state.problem = `The broker refuses the subscription to ${refused.join(', ')}.`
        else if (error && !this.#isEnded) this.#state.problem = describe(error)
      })
    }
    this.#options.onConnected?.()
  }

  #closed(): void {
    if (this.#isEnded) return
    this.#turn('away')
    if (this.#cancel) return
    // Many servers of a broker that was away must not come back in the same moment.
    const wait = this.#wait * (0.5 + this.#options.random())
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2)
    this.#cancel = this.#options.schedule(() => {
      this.#cancel = undefined
      if (this.#isEnded) return
      Object.assign(this.#client.options, this.#will())
      this.#client.reconnect()
    }, wait)
  }

  /** The broker sends again what was not acknowledged, but only to a new connection. */
  #refused(error: Error): void {
    this.#state.refused++
    this.#state.problem = error.message
    if (this.#client.connected && !this.#isEnded) this.#client.stream.destroy()
  }

  #turn(state: ConnectionState['state']): void {
    if (this.#state.state !== state) Object.assign(this.#state, { state, since: this.#options.now() })
  }
}

/** mqtt.js' options for these settings; it never reconnects and never queues by itself. */
export function clientOptions({ protocol, clientId, username, password, ca, certificate, key }: BrokerConnection): IClientOptions {
  return {
    protocolVersion: protocol === '5' ? 5 : 4,
    clientId,
    clean: false,
    // MQTT 5 forgets the session at once unless told how long it counts, s.
    ...(protocol === '5' && { properties: { sessionExpiryInterval: 7 * 24 * 3600 } }),
    keepalive: 30,
    connectTimeout: CONNECT_TIMEOUT,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(username && { username, password }),
    ...(ca && { ca }),
    ...(certificate && { cert: certificate, key }),
  }
}

export function describe(error: unknown): string {
  if (error instanceof AggregateError) return describe(error.errors[0])
  return error instanceof Error ? error.message || error.name : String(error)
}
