import type { Duplex } from 'node:stream'
import type { Aedes, Client } from 'aedes'
import type { Peer } from './access.ts'
import type { BrokerFigures, BrokerOptions, ConnectedClient, ConnectionFault, DisconnectReason } from './broker-options.ts'
import type { GuardedStream } from './guarded-stream.ts'
import type { ConnectionDetails } from './listeners.ts'

export interface Connection {
  from: ConnectionDetails
  stream: GuardedStream
  /** Once it has logged in. */
  client: ConnectedClient | undefined
  /** Set before it is ended by us. */
  end: DisconnectReason | undefined
  /** A refusal was told already; what Aedes says of it is no news. */
  isRefused: boolean
}

/** The connections there are, what becomes of them, and how often. */
export class Connections {
  readonly counts = { connects: 0, throttled: 0, throttledTime: 0 }
  readonly #refused = new Map<ConnectionFault, number>()
  readonly #ended = new Map<DisconnectReason, number>()
  readonly #connections = new WeakMap<Duplex, Connection>()
  readonly #options: BrokerOptions

  constructor(options: BrokerOptions) {
    this.#options = options
  }

  add(stream: Duplex, connection: Connection): void {
    this.#connections.set(stream, connection)
  }

  of(client: Client): Connection | undefined {
    return this.#connections.get(client.conn)
  }

  peerOf(client: Client | null): Peer | null {
    return (client && this.of(client)?.client?.peer) ?? null
  }

  /** It was not taken, or thrown out before it had logged in. */
  refused(reason: ConnectionFault, address: string, detail: string, said: { clientId?: string; username?: string | undefined } = {}): void {
    count(this.#refused, reason)
    this.#options.onFault?.(reason, detail)
    this.#options.observer?.onRefusedConnect?.({ clientId: said.clientId, username: said.username, address, reason, detail })
  }

  throttled(client: ConnectedClient, waited: number): void {
    this.#options.observer?.onThrottled?.(client, waited)
  }

  /** Notes what Aedes says of the ends of connections. */
  follow(aedes: Aedes): void {
    aedes.on('client', (client) => {
      const connected = this.of(client)?.client
      if (!connected) return
      this.counts.connects++
      this.#options.access.connected?.(connected.peer)
      this.#options.observer?.onConnect?.(connected)
    })
    aedes.on('keepaliveTimeout', (client) => this.#mark(client, 'keep-alive'))
    aedes.on('connectionError', (client, error) => {
      const connection = this.of(client)
      if (connection && !connection.isRefused) this.refused('connection-error', connection.from.address, error.message)
    })
    const details = new WeakMap<Client, string>()
    aedes.on('clientError', (client, error) => {
      const connection = this.of(client)
      if (!connection?.client) {
        if (connection && !connection.isRefused) this.refused('client-error', connection.from.address, error.message)
        return
      }
      details.set(client, error.message)
      this.#mark(client, reasonOf(error))
      this.#options.onFault?.('client-error', error.message)
    })
    aedes.on('clientDisconnect', (client) => {
      const connection = this.of(client)
      if (!connection?.client) return
      const reason = isGoodbye(client) ? 'goodbye' : (connection.end ?? 'connection-lost')
      count(this.#ended, reason)
      this.#options.access.disconnected?.(connection.client.peer)
      this.#options.observer?.onDisconnect?.(connection.client, reason, details.get(client) ?? '')
    })
  }

  figures(): Pick<BrokerFigures, 'connects' | 'refusedConnects' | 'disconnects' | 'throttled' | 'throttledTime'> {
    return { ...this.counts, refusedConnects: this.#refused, disconnects: this.#ended }
  }

  #mark(client: Client, reason: DisconnectReason): void {
    const connection = this.of(client)
    if (connection) connection.end ??= reason
  }
}

const isGoodbye = (client: Client) => (client as unknown as { _disconnected: boolean })._disconnected

function reasonOf(error: NodeJS.ErrnoException): DisconnectReason {
  if (error.code) return 'connection-lost'
  if (error.message.startsWith('maxInflightInbound')) return 'too-many-unreleased'
  return /drain timeout|left its messages/.test(error.message) ? 'too-slow' : 'client-error'
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
