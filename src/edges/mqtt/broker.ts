import type { Duplex } from 'node:stream'
import type { Aedes, Client } from 'aedes'
import { days, seconds } from '../../telemetry/duration.ts'
import { admitClients } from './admission.ts'
import { BoundedAedes, type BrokerBounds, type PublishPacket } from './bounded-aedes.ts'
import type { BrokerFigures, BrokerOptions, ConnectedClient } from './broker-options.ts'
import { ConnectionGate, type GateLimits } from './connection-gate.ts'
import { Connections } from './connections.ts'
import { GuardedStream } from './guarded-stream.ts'
import { GuessLimits } from './guess-limits.ts'
import { EVERYBODY, type Holder } from './ledger.ts'
import { type Acceptance, openListener } from './listeners.ts'
import { lightenParser } from './parser-list.ts'
import { PublishRates } from './publish-rates.ts'
import { senderOf, trustedAddresses } from './senders.ts'
import { Topics } from './topics.ts'

export type * from './broker-options.ts'

export interface PublishOptions {
  qos?: 0 | 1
  retain?: boolean
  /** It does not wait any longer for clients that are away, ms since 1970. */
  expires?: number | undefined
}

export interface Broker {
  readonly port: number
  clients(): number
  /** Takes what other listeners have made ready. */
  readonly acceptance: Acceptance
  figures(): BrokerFigures
  /** Topic filters a connected client is subscribed to. */
  subscriptions(clientId: string): readonly string[]
  /** To subscribed clients, with QoS 1 and not retained unless said otherwise. */
  publish(topic: string, payload: Uint8Array | string, options?: PublishOptions): Promise<void>
  /** Closes all connections; their wills are not published, for it is not they that went. */
  close(): Promise<void>
}

const MEGABYTE = 1_048_576
/** ms between two looks at what clients leave lying. */
const TICK = 250
const drainTimeout = seconds(5)
const maxConnectBytes = 4_096
/** Beside the payload: header, topic, message id. */
const frameMargin = 1_024
/** Bytes of the longest packet. */
export const packetLimit = (maxPayload: number): number => maxPayload + frameMargin
const maxTopicLevels = 20

export const defaultBounds: BrokerBounds = {
  retained: { messages: 250_000, bytes: { total: 256 * MEGABYTE, perDevice: 128 * MEGABYTE, perAddress: 64 * MEGABYTE } },
  queues: { messages: 1_000, bytes: { total: 128 * MEGABYTE, perDevice: 4 * MEGABYTE, perAddress: 32 * MEGABYTE } },
  sessions: { expiry: days(7), away: 20_000, perDevice: 8, perAddress: 1_000 },
  readers: { behind: 128 * 1024, total: 64 * MEGABYTE, patience: seconds(1) },
  subscriptions: { filters: 100, length: 512, bytes: { total: 256 * MEGABYTE, perDevice: MEGABYTE, perAddress: 32 * MEGABYTE } },
  unreleased: 100,
}
export const defaultGate: GateLimits = { connections: 20_000, perAddress: 1_000, connectsPerMinute: 60 }

/** Starts listening; throws `config-invalid` when it cannot. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  let isClosing = false
  const connections = new Connections(options)
  const topics = new Topics(options, connections)
  const isTrusted = options.isTrusted ?? trustedAddresses()
  const gate = new ConnectionGate({ ...defaultGate, ...options.gate }, isTrusted)
  const guesses = new GuessLimits(isTrusted)
  const rates = new PublishRates(options, connections)
  const aedes: BoundedAedes = new BoundedAedes({
    bounds: { ...defaultBounds, ...options.bounds },
    now: options.now,
    holderOf: (client) => holderOf(connections.of(client)?.client, isTrusted),
    onTooMany: (client) => {
      const connection = connections.of(client)
      if (connection) connection.end ??= 'too-many-sessions'
    },
    drainTimeout,
    connectTimeout: options.connectTimeout ?? seconds(5),
    maxTopicLevels,
    ...admitClients({ options, connections, guesses, rates, topics, clientOf: (id) => clientsOf(aedes)[id] }),
    ...topics.authorize(
      () => isClosing,
      (packet) => aedes.swallow(packet),
    ),
  })
  connections.follow(aedes)
  options.access.onRevoked((device, credential) => {
    for (const client of Object.values(clientsOf(aedes))) {
      const connection = connections.of(client)
      const peer = connection?.client?.peer
      if (!connection || peer?.sort !== 'device' || peer.id !== device) continue
      if (credential !== undefined && peer.credential !== credential) continue
      connection.end ??= 'revoked'
      client.close()
    }
  })
  await aedes.listen()
  const streams = new Set<Duplex>()
  const accept = acceptStreams(aedes, streams, { options, connections, gate, topics })
  const admits = (address: string) => {
    const refusal = gate.knock(address, options.now())
    if (refusal) connections.refused(refusal, address, address)
    return refusal === undefined
  }
  const ticking = setInterval(() => aedes.tick(), TICK)
  const acceptance: Acceptance = {
    accept,
    admits,
    onFault: (fault, detail, address) => connections.refused(fault, address, detail),
  }
  const { host, port, proxies } = options
  const opening = openListener({ title: 'MQTT', settings: ['MQTT_HOST', 'MQTT_PORT'], host, port, proxies }, acceptance)
  const listener = await opening.catch((error: unknown) => {
    clearInterval(ticking)
    aedes.close()
    throw error
  })
  return {
    port: listener.port,
    acceptance,
    clients: () => aedes.connectedClients,
    figures: () => ({
      ...connections.figures(),
      dropped: aedes.dropped,
      awaySessions: aedes.sessions.size,
      queuedBytes: aedes.queues.bytes,
      notQueued: aedes.queues.missed,
      refusedSubscriptions: aedes.refusedSubscriptions,
      subscribedBytes: aedes.subscriptions.bytes,
      retained: aedes.retainedMessages.size,
      notRetained: aedes.retainedMessages.missed,
      forgottenSessions: aedes.sessions.forgotten,
    }),
    subscriptions: (clientId) => Object.keys((clientsOf(aedes)[clientId] as unknown as Subscribed | undefined)?.subscriptions ?? {}),
    publish: (topic, payload, { qos = 1, retain = false, expires } = {}) =>
      new Promise((resolve, reject) => {
        const own = Buffer.from(payload as Uint8Array)
        if (expires !== undefined) aedes.expire(own, expires)
        const packet: PublishPacket = { cmd: 'publish', qos, dup: false, topic, payload: own, retain }
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()))
      }),
    close: async () => {
      isClosing = true
      clearInterval(ticking)
      const closed = listener.close()
      await new Promise<void>((resolve) => aedes.close(resolve))
      for (const stream of streams) stream.destroy()
      await closed
    },
  }
}

interface Subscribed {
  subscriptions: Record<string, unknown>
}

/** Aedes' declaration leaves them out. */
const clientsOf = (aedes: Aedes) => (aedes as unknown as { clients: Record<string, Client> }).clients

function holderOf(connected: ConnectedClient | undefined, isTrusted: (address: string) => boolean): Holder {
  if (connected?.peer.sort === 'device') return { key: connected.peer.id, share: 'device' }
  const address = connected?.address ?? ''
  return isTrusted(address) ? EVERYBODY : { key: `from ${senderOf(address)}`, share: 'address' }
}

interface AcceptParts {
  options: BrokerOptions
  connections: Connections
  gate: ConnectionGate
  topics: Topics
}

function acceptStreams(aedes: Aedes, streams: Set<Duplex>, { options, connections, gate, topics }: AcceptParts): Acceptance['accept'] {
  const limits = { connect: maxConnectBytes, packet: packetLimit(options.maxPayload) }
  return (stream, from) => {
    const refusal = gate.enter(from.address)
    if (refusal) {
      stream.destroy()
      connections.refused(refusal, from.address, from.address)
      return
    }
    streams.add(stream)
    stream.once('close', () => {
      streams.delete(stream)
      gate.leave(from.address)
    })
    const guarded = new GuardedStream(stream, limits, (fault) => {
      connection.end = fault.why
      if (!connection.client) {
        connection.isRefused = true
        connections.refused(fault.why, from.address, from.address)
        return
      }
      const { clientId, peer } = connection.client
      options.onFault?.(fault.why, from.address)
      if (fault.why === 'packet-too-large' && fault.topic !== undefined) topics.cutOff(fault.topic, fault.bytes, clientId, peer)
    })
    const connection = { from, stream: guarded, client: undefined, end: undefined, isRefused: false } as Parameters<Connections['add']>[1]
    connections.add(stream, connection)
    lightenParser(aedes.handle(stream) as unknown as Client)
  }
}
