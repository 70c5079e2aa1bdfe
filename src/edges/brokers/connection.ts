import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt'
import type { BrokerConnection } from '../../storage/broker-connection-store.ts'
import type { SendOptions } from '../../telemetry/dialect.ts'
import { seconds } from '../../telemetry/duration.ts'
import { acknowledgeLate, type Done } from './late-acknowledgement.ts'
import { filtersOf } from './settings.ts'

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
  /** Longest packet that is taken, bytes; a broker with MQTT 5 sends no longer ones, one with 3.1.1 knows of no limit. */
  maxPacket?: number | undefined
  /** Filters of earlier settings that the broker may still send by. */
  obsolete?: readonly string[] | undefined
  /** Told when the broker has let go of them. */
  onUnsubscribed?: (() => void) | undefined
  /** A message that came; `acknowledge` must be called once, or it throws. `isRetained`: the broker had kept it, for however long. */
  take(topic: string, payload: Uint8Array, acknowledge: Done, isRetained: boolean): void
  /** What the broker tells others when the connection is lost, asked for at each connect. */
  will?: (() => LastWill | null) | undefined
  onConnected?: (() => void) | undefined
  onLost?: (() => void) | undefined
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
  /** A message that could not be taken, until it is. */
  #held: { cancel: () => void } | null = null
  #sending = 0
  #isEnded = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#state = quiet('connecting', options.now())
    this.#client = connect(options.settings.url, {
      ...clientOptions(options.settings, options.maxPacket),
      ...this.#will(),
      manualConnect: true,
    })
    acknowledgeLate(
      this.#client,
      (packet, acknowledge) => {
        // Those behind one that cannot be taken come again, in their order.
        if (this.#held) return
        this.#state.received++
        this.#state.lastMessage = options.now()
        this.#take(packet, acknowledge)
      },
      (error, packet, acknowledge) => {
        this.#refuse(error)
        // With QoS 0 it does not come again, whatever is done.
        if (packet.qos > 0 && !this.#held && !this.#isEnded) this.#hold(packet, acknowledge)
      },
    )
    this.#client.on('connect', () => this.#connected())
    this.#client.on('close', () => this.#closed())
    this.#client.on('error', (error) => {
      this.#state.problem = describe(error)
    })
    this.#attempt(() => this.#client.connect())
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** False when it cannot be sent now; nothing waits for a broker that is away. Only MQTT 5 tells a broker until when it is good. */
  send(topic: string, payload: Uint8Array | string, { qos, retain, expires }: SendOptions): boolean {
    if (!this.#client.connected || this.#sending >= MAX_SENDING) {
      this.#state.unsent++
      return false
    }
    this.#sending++
    const left = expires === undefined ? undefined : Math.max(1, Math.floor((expires - this.#options.now()) / 1000))
    const properties = left === undefined ? {} : { properties: { messageExpiryInterval: left } }
    this.#client.publish(topic, Buffer.from(payload as Uint8Array), { qos, retain, ...properties }, (error) => {
      this.#sending--
      if (error) this.#state.unsent++
      else this.#state.sent++
    })
    return true
  }

  /** Ends in peace where the broker lets it, so that it tells nobody the last will, in 3 s at most; what is not acknowledged stays with the broker. */
  async end(): Promise<void> {
    this.#isEnded = true
    this.#cancel?.()
    this.#held?.cancel()
    const client = this.#client
    if (client.connected) {
      await within(END_TIMEOUT, [client.endAsync().catch(() => undefined), new Promise<void>((resolve) => client.once('close', resolve))])
    }
    // The peaceful end of mqtt.js waits for every acknowledgement, for ever, and then cannot be forced any more.
    client.stream?.destroy()
    this.#turn('off')
  }

  #will(): Pick<IClientOptions, 'will'> {
    const will = this.#options.will?.()
    return will ? { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } } : {}
  }

  /** A certificate that is none is noticed only here, and thrown. */
  #attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#state.problem = describe(error)
      this.#closed()
    }
  }

  #connected(): void {
    this.#state.problem = null
    this.#turn('connected')
    const { settings, obsolete = [], onUnsubscribed, onConnected } = this.#options
    if (obsolete.length > 0) this.#client.unsubscribe([...obsolete], (error) => !error && onUnsubscribed?.())
    const filters = filtersOf(settings)
    if (filters.length > 0) {
      this.#client.subscribe(filters, { qos: 1 }, (error, granted) => {
        const refused = granted?.filter(({ qos }) => qos >= 128).map(({ topic }) => topic) ?? []
        if (refused.length > 0) this.#state.problem = `The broker refuses the subscription to ${refused.join(', ')}.`
        else if (error && !this.#isEnded) this.#state.problem = describe(error)
      })
    }
    onConnected?.()
  }

  #closed(): void {
    if (this.#isEnded) return
    this.#held?.cancel()
    this.#held = null
    const { state, since } = this.#state
    // One that is cut off again and again keeps waiting longer, although it connects each time.
    if (state === 'connected' && this.#options.now() - since > LONGEST_WAIT) this.#wait = FIRST_WAIT
    this.#turn('away')
    this.#options.onLost?.()
    // mqtt.js forgets what was under way, and would never say so.
    for (const id of Object.keys(this.#client.outgoing)) this.#client.removeOutgoingMessage(Number(id))
    this.#cancel ??= this.#options.schedule(() => {
      this.#cancel = undefined
      if (this.#isEnded) return
      Object.assign(this.#client.options, this.#will())
      this.#attempt(() => this.#client.reconnect())
    }, this.#nextWait())
  }

  /** ms; many servers of a broker that was away must not come back in the same moment. */
  #nextWait(): number {
    const wait = this.#wait * (0.5 + this.#options.random())
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2)
    return wait
  }

  #take({ topic, payload, retain }: IPublishPacket, answered: Done): void {
    this.#options.take(topic, payload as Buffer, answered, retain)
  }

  #refuse(error: Error): void {
    this.#state.refused++
    this.#state.problem = error.message
  }

  /**
   * Tries a message again until it is taken. What came after it was not acknowledged, and the broker sends that again only to a new connection:
   * it is made once, when there is a use.
   */
  #hold(packet: IPublishPacket, acknowledge: () => void): void {
    const held = {
      cancel: this.#options.schedule(() => {
        const answered = (error?: Error) => {
          if (this.#held !== held) return
          if (error) {
            this.#refuse(error)
            this.#hold(packet, acknowledge)
            return
          }
          acknowledge()
          this.#wait = FIRST_WAIT
          const { stream } = this.#client
          // The acknowledgement goes out before.
          stream.end(() => stream.destroy())
        }
        try {
          this.#take(packet, answered)
        } catch (error) {
          answered(error instanceof Error ? error : new Error(String(error)))
        }
      }, this.#nextWait()),
    }
    this.#held = held
  }

  #turn(state: ConnectionState['state']): void {
    if (this.#state.state !== state) Object.assign(this.#state, { state, since: this.#options.now() })
  }
}

/** A connection of which nothing was heard yet; `since` in ms. */
export const quiet = (state: ConnectionState['state'], since: number): ConnectionState => ({
  ...{ state, since, problem: null, received: 0, refused: 0, sent: 0, unsent: 0, lastMessage: null },
})

/** Settles with the first of these, or after `limit` ms; then it gives undefined. */
export async function within<T>(limit: number, these: readonly Promise<T>[]): Promise<T | undefined> {
  let stop = () => {}
  const late = new Promise<undefined>((resolve) => {
    const timer = setTimeout(resolve, limit)
    stop = () => clearTimeout(timer)
  })
  return Promise.race([...these, late]).finally(stop)
}

/** mqtt.js' options for these settings; it never reconnects and never queues by itself. */
export function clientOptions(settings: BrokerConnection, maxPacket?: number): IClientOptions {
  const { protocol, clientId, username, password, ca, certificate, key } = settings
  return {
    protocolVersion: protocol === '5' ? 5 : 4,
    clientId,
    clean: false,
    // MQTT 5 forgets the session at once unless told how long it counts, s.
    ...(protocol === '5' && { properties: { sessionExpiryInterval: 7 * 24 * 3600, ...(maxPacket && { maximumPacketSize: maxPacket }) } }),
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
