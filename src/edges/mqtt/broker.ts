import type { BlockList } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Aedes, AedesOptions, Client, ConnectPacket } from 'aedes'
import { days } from '../../telemetry/duration.ts'
import type { RejectionReason } from '../../telemetry/rejection.ts'
import { parseTopic, type Topic } from '../../telemetry/topic.ts'
import { type Admission, type ConnectRefusal, connectRefusals, type MqttAccess, type Peer } from './access.ts'
import { BoundedAedes, type BrokerBounds, type PublishPacket } from './bounded-aedes.ts'
import { type FrameFault, FrameGuard, type FrameLimits } from './frame-guard.ts'
import { type ConnectionDetails, type ListenerFault, openListener } from './listeners.ts'

export interface RefusedPublish {
  topic: string
  /** Empty when the packet was cut off before it was read. */
  payload: Uint8Array
  clientId: string
  /** Who sent it; null when nobody is connected any more. */
  peer: Peer | null
  reason: Extract<RejectionReason, 'unknown-topic' | 'reserved-topic' | 'not-allowed' | 'payload-too-large'>
  detail: string
}

/** Why a connection was closed or not taken. */
export type ConnectionFault =
  | FrameFault['why']
  | ListenerFault
  | ConnectRefusal
  | 'connection-error'
  | 'client-error'
  | 'too-many-connections'

export interface Publisher {
  clientId: string
  peer: Peer
}

const MEGABYTE = 1_048_576

export interface BrokerOptions {
  host: string
  /** 0 = any free one. */
  port: number
  /** Addresses of proxies from which alone connections come, each with a header of the PROXY protocol. */
  proxies?: BlockList | undefined
  /** Bytes. */
  maxPayload: number
  access: MqttAccess
  /** Whether a topic that is not native is read by anybody; none is when absent. */
  isRead?(topic: string): boolean
  /** Whether the last message of a topic is kept for those who subscribe later, when its sender asks for it. By default only a status is. */
  isRetained?(topic: string): boolean
  /** Topics on which no client may publish: those of what the service reports itself. */
  isReserved?(topic: Topic): boolean
  /** ms until a connection must have sent its CONNECT. Default 5 s. */
  connectTimeout?: number
  /** Default 20,000. */
  maxConnections?: number
  /** What clients may make the broker keep; the defaults hold for what is left out. */
  bounds?: Partial<BrokerBounds>
  /**
   * A message or will on a topic that is read. PUBACK goes out when `acknowledged` is called, which must happen once; with an error, or when this
   * throws, the client is disconnected instead and sends again. `payload` is only good during the call.
   */
  onPublish(topic: string, payload: Uint8Array, from: Publisher, acknowledged: (error?: Error) => void): void
  /** A message that goes nowhere; it was acknowledged, unless it was too large to be read at all. */
  onRefused(refused: RefusedPublish): void
  onFault?(fault: ConnectionFault, detail: string): void
  now: () => number
}

export interface BrokerFigures {
  /** Sessions whose clients are away. */
  awaySessions: number
  /** Bytes that wait in sessions. */
  queuedBytes: number
  /** Messages not kept for sessions whose queue was full. */
  notQueued: number
  /** Topics with a retained message. */
  retained: number
  /** Subscribers disconnected because they left their messages lying. */
  frozen: number
}

export interface Broker {
  readonly port: number
  clients(): number
  /** Takes a connection that another listener has made ready. */
  accept(stream: Duplex, from: ConnectionDetails): void
  /** Messages not forwarded to MQTT subscribers because these did not keep up. */
  dropped(): number
  figures(): BrokerFigures
  /** To subscribed clients, with QoS 1 and not retained unless said otherwise. */
  publish(topic: string, payload: Uint8Array | string, options?: { qos?: 0 | 1; retain?: boolean }): Promise<void>
  /** Closes all connections; their wills are not published, for it is not they that went. */
  close(): Promise<void>
}

const drainTimeout = 5_000
/** ms between two looks at what clients leave lying. */
const TICK = 250
const defaultBounds: BrokerBounds = {
  retained: { messages: 250_000, bytes: 256 * MEGABYTE },
  queues: { messages: 1_000, bytes: 64 * MEGABYTE },
  sessions: { expiry: days(7), away: 20_000 },
  readers: { behind: 128 * 1024, total: 64 * MEGABYTE, patience: 1_000 },
  subscriptions: 100,
}
const maxConnectBytes = 4_096
/** Beside the payload: header, topic, message id. */
const frameMargin = 1_024
/** Bytes of the longest packet. */
export const packetLimit = (maxPayload: number): number => maxPayload + frameMargin
const maxTopicLength = 512
const maxTopicLevels = 20
const identifierRejected = 2
const notAuthorized = 5
type AuthenticateDone = Parameters<NonNullable<AedesOptions['authenticate']>>[3]

/** Starts listening; throws `config-invalid` when it cannot. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const state = { closing: false }
  const aedes = new BoundedAedes({
    bounds: { ...defaultBounds, ...options.bounds },
    now: options.now,
    drainTimeout,
    connectTimeout: options.connectTimeout ?? 5_000,
    maxTopicLevels,
    ...authenticateClients(options),
    ...authorizeTopics(options, state, (packet) => aedes.swallow(packet)),
  })
  aedes.on('connectionError', (_client: Client, error: Error) => options.onFault?.('connection-error', error.message))
  aedes.on('clientError', (_client: Client, error: Error) => options.onFault?.('client-error', error.message))
  options.access.onRevoked((id) => {
    for (const client of Object.values(clientsOf(aedes))) if (peers.get(client)?.id === id) client.close()
  })
  await aedes.listen()
  const { accept, streams } = acceptStreams(aedes, options)
  const ticking = setInterval(() => aedes.tick(), TICK)
  const { host, port, proxies, onFault } = options
  const opening = openListener({ title: 'MQTT', settings: ['MQTT_HOST', 'MQTT_PORT'], host, port, proxies }, { accept, onFault })
  const listener = await opening.catch((error: unknown) => {
    clearInterval(ticking)
    aedes.close()
    throw error
  })
  return {
    port: listener.port,
    accept,
    clients: () => aedes.connectedClients,
    dropped: () => aedes.dropped,
    figures: () => ({
      awaySessions: aedes.sessions.size,
      queuedBytes: aedes.queues.bytes,
      notQueued: aedes.queues.missed,
      retained: aedes.retainedMessages.size,
      frozen: aedes.frozen,
    }),
    publish: (topic, payload, { qos = 1, retain = false } = {}) =>
      new Promise((resolve, reject) => {
        const packet: PublishPacket = { cmd: 'publish', qos, dup: false, topic, payload: Buffer.from(payload as Uint8Array), retain }
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()))
      }),
    close: async () => {
      state.closing = true
      clearInterval(ticking)
      const closed = listener.close()
      await new Promise<void>((resolve) => aedes.close(resolve))
      for (const stream of streams) stream.destroy()
      await closed
    },
  }
}

/** Aedes' declaration leaves them out. */
const clientsOf = (aedes: Aedes) => (aedes as unknown as { clients: Record<string, Client> }).clients

/** Whom each connection belongs to, once it has been let in. */
const peers = new WeakMap<Client, Peer>()
/** How each connection came. */
const origins = new WeakMap<Duplex, ConnectionDetails>()

function authenticateClients({ access, onFault }: BrokerOptions): AedesOptions {
  const attempts = new WeakMap<Client, ConnectPacket>()
  const refuse = (done: AuthenticateDone, returnCode: number, why: string) => done(Object.assign(new Error(why), { returnCode }), false)
  return {
    preConnect(client, packet, done) {
      attempts.set(client, packet)
      done(null, true)
    },
    authenticate(client, username, password, done) {
      const packet = attempts.get(client)
      // The session of a client without a name could never be resumed and would stay for ever.
      if (!packet?.clientId && !packet?.clean) return refuse(done, identifierRejected, 'a client without id must ask for a clean session')
      const { address, certificate } = origins.get(client.conn) ?? { address: '', certificate: null }
      const will = packet.will ? { topic: packet.will.topic } : null
      const attempt = { clientId: packet.clientId ?? '', username, password, certificate, address, will }
      const decide = (admission: Admission) => {
        if ('refused' in admission) {
          onFault?.(admission.refused, `${attempt.clientId} from ${address}`)
          return refuse(done, notAuthorized, connectRefusals[admission.refused])
        }
        peers.set(client, admission.peer)
        done(null, true)
      }
      const admission = access.authenticate(attempt)
      if (admission instanceof Promise) void admission.then(decide)
      else decide(admission)
    },
  }
}

/** `swallow` makes a packet be acknowledged and go nowhere: an error would disconnect a gateway for one bad topic. */
function authorizeTopics(options: BrokerOptions, state: { closing: boolean }, swallow: (packet: PublishPacket) => void): AedesOptions {
  return {
    authorizePublish(client, packet, done) {
      if (state.closing) return done(new Error('the broker is closing'))
      const { topic } = packet
      const payload = packet.payload as Buffer
      const clientId = client?.id ?? ''
      const peer = client ? (peers.get(client) ?? null) : null
      const known = topic.length <= maxTopicLength ? parseTopic(topic) : undefined
      const refusal = refusalOf(options, peer, topic, known, payload.length)
      if (refusal || !peer) {
        swallow(packet)
        if (refusal) options.onRefused({ topic: topic.slice(0, maxTopicLength), payload: plainBytes(payload), clientId, peer, ...refusal })
        return done(null)
      }
      if (packet.retain) packet.retain = options.isRetained?.(topic) ?? isStatus(known)
      try {
        options.onPublish(topic, payload, { clientId, peer }, (error) => done(error ?? null))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
    authorizeSubscribe(client, subscription, done) {
      const peer = client && peers.get(client)
      done(null, peer && options.access.maySubscribe(peer, subscription.topic) ? subscription : null)
    },
    authorizeForward(client, packet) {
      const peer = peers.get(client)
      return peer && options.access.mayReceive(peer, packet.topic) ? packet : null
    },
  }
}

const isStatus = (known: Topic | undefined) => known?.type === 'status' || known?.type === 'gateway-status'

/** The same bytes, but not a Buffer, whose `slice` makes no copy: who keeps the beginning would keep all that the socket read. */
const plainBytes = ({ buffer, byteOffset, length }: Buffer) => new Uint8Array(buffer, byteOffset, length)

type Refusal = Pick<RefusedPublish, 'reason' | 'detail'>

function refusalOf(options: BrokerOptions, peer: Peer | null, topic: string, known: Topic | undefined, bytes: number): Refusal | undefined {
  if (!known && (topic.length > maxTopicLength || !options.isRead?.(topic))) return unknownTopic(topic)
  if (known && options.isReserved?.(known)) return reservedTopic(topic)
  if (!peer || !options.access.mayPublish(peer, topic)) return notAllowed(topic, peer)
  return bytes > options.maxPayload ? tooLarge(bytes, options.maxPayload) : undefined
}

const unknownTopic = (topic: string): Refusal => ({
  reason: 'unknown-topic',
  detail: `"${topic.slice(0, 100)}" is not a topic of telemetry or status`,
})
const reservedTopic = (topic: string): Refusal => ({
  reason: 'reserved-topic',
  detail: `"${topic.slice(0, 100)}" is reported by the service itself`,
})
const notAllowed = (topic: string, peer: Peer | null): Refusal => ({
  reason: 'not-allowed',
  detail: `${peer?.id || 'this client'} may not publish on "${topic.slice(0, 100)}"`,
})
const tooLarge = (bytes: number, limit: number): Refusal => ({
  reason: 'payload-too-large',
  detail: `${bytes} bytes, the limit is ${limit}`,
})

function acceptStreams(aedes: BoundedAedes, options: BrokerOptions): Pick<Broker, 'accept'> & { streams: Set<Duplex> } {
  const streams = new Set<Duplex>()
  const limits = { connect: maxConnectBytes, packet: packetLimit(options.maxPayload) }
  const maxConnections = options.maxConnections ?? 20_000
  const accept = (stream: Duplex, from: ConnectionDetails) => {
    if (streams.size >= maxConnections) {
      stream.destroy()
      options.onFault?.('too-many-connections', from.address)
      return
    }
    streams.add(stream)
    stream.once('close', () => streams.delete(stream))
    origins.set(stream, from)
    guardStream(stream, limits, (fault) => {
      options.onFault?.(fault.why, from.address)
      if (fault.why === 'packet-too-large' && fault.topic !== undefined) {
        const { client } = stream as Duplex & { client: Client }
        const { topic, bytes } = fault
        const sender = { clientId: client.id ?? '', peer: peers.get(client) ?? null }
        options.onRefused({ topic, payload: new Uint8Array(), ...sender, ...tooLarge(bytes, options.maxPayload) })
      }
    })
    aedes.handle(stream)
  }
  return { accept, streams }
}

/** Aedes takes what has come by `read`; there the guard sees it before the parser. */
function guardStream(stream: Duplex, limits: FrameLimits, onFault: (fault: FrameFault) => void): void {
  const guard = new FrameGuard(limits)
  const read = stream.read.bind(stream)
  let isCut = false
  stream.read = (size?: number) => {
    const chunk: Buffer | null = read(size)
    if (chunk === null || isCut) return null
    const fault = guard.inspect(chunk)
    if (!fault) return chunk
    isCut = true
    onFault(fault)
    stream.destroy()
    return null
  }
}
