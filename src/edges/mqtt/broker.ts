import { lookup } from 'node:dns/promises'
import { createServer, type Server, type Socket } from 'node:net'
import type { AedesOptions, Client } from 'aedes'
import { LamplighterError } from '../../errors.ts'
import type { RejectionReason } from '../../telemetry/rejection.ts'
import { parseTopic, type Topic } from '../../telemetry/topic.ts'
import { BoundedAedes, type PublishPacket } from './bounded-aedes.ts'
import { createCredentialCheck } from './credentials.ts'
import { type FrameFault, FrameGuard, type FrameLimits } from './frame-guard.ts'

export interface RefusedPublish {
  topic: string
  /** Empty when the packet was cut off before it was read. */
  payload: Uint8Array
  clientId: string
  reason: Extract<RejectionReason, 'unknown-topic' | 'reserved-topic' | 'payload-too-large'>
  detail: string
}

/** Why a connection was closed or not taken. */
export type ConnectionFault = FrameFault['why'] | 'connection-error' | 'client-error' | 'too-many-connections'

export interface BrokerOptions {
  host: string
  /** 0 = any free one. */
  port: number
  /** Bytes. */
  maxPayload: number
  /** All clients must give these; anybody may connect when there is no user name. */
  username?: string
  password?: string
  /** Topics on which no client may publish: those of what the service reports itself. */
  isReserved?(topic: Topic): boolean
  /** ms until a connection must have sent its CONNECT. Default 5 s. */
  connectTimeout?: number
  /** Default 20,000. */
  maxConnections?: number
  /** Topics with a retained status; more are passed on without being kept. Default 250,000. */
  maxRetained?: number
  /**
   * A message or will on a topic of ours. PUBACK goes out when `acknowledged` is called, which must happen once; with an error, or when this
   * throws, the client is disconnected instead and sends again. `payload` is only good during the call.
   */
  onPublish(topic: string, payload: Uint8Array, clientId: string, acknowledged: (error?: Error) => void): void
  /** A message that goes nowhere; it was acknowledged, unless it was too large to be read at all. */
  onRefused(refused: RefusedPublish): void
  onFault?(fault: ConnectionFault, detail: string): void
  now: () => number
}

export interface Broker {
  readonly port: number
  clients(): number
  /** Messages not forwarded to MQTT subscribers because these did not keep up. */
  dropped(): number
  /** To subscribed clients, QoS 1. */
  publish(topic: string, payload: Uint8Array | string, retain?: boolean): Promise<void>
  /** Closes all connections; their wills are not published, for it is not they that went. */
  close(): Promise<void>
}

const drainTimeout = 5_000
const maxConnectBytes = 4_096
/** Beside the payload: header, topic, message id. */
const frameMargin = 1_024
const maxTopicLength = 512
const maxTopicLevels = 20
const identifierRejected = 2

/** Starts listening; throws `config-invalid` when it cannot. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
  const state = { closing: false }
  const aedes = new BoundedAedes({
    drainTimeout,
    connectTimeout: options.connectTimeout ?? 5_000,
    maxTopicLevels,
    ...authenticateClients(options),
    ...authorizeTopics(options, state, (packet) => aedes.swallow(packet)),
  })
  aedes.on('connectionError', (_client: Client, error: Error) => options.onFault?.('connection-error', error.message))
  aedes.on('clientError', (_client: Client, error: Error) => options.onFault?.('client-error', error.message))
  await aedes.listen()
  const sockets = acceptSockets(server, aedes, options)
  try {
    await listen(server, options.host, options.port)
  } catch (error) {
    aedes.close()
    throw error
  }
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    clients: () => aedes.connectedClients,
    dropped: () => aedes.dropped,
    publish: (topic, payload, retain = false) =>
      new Promise((resolve, reject) => {
        const packet: PublishPacket = { cmd: 'publish', qos: 1, dup: false, topic, payload: Buffer.from(payload as Uint8Array), retain }
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()))
      }),
    close: async () => {
      state.closing = true
      const closed = new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => aedes.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await lookup(host)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (error) {
    throw new LamplighterError('config-invalid', explainListenError(host, port, error as NodeJS.ErrnoException), error)
  }
}

function explainListenError(host: string, port: number, error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') {
    return `MQTT port ${port} on ${host} is in use by another program, perhaps another broker. Stop that program or set another MQTT_PORT.`
  }
  if (error.code === 'EACCES') return `MQTT port ${port} on ${host} needs more rights than this account has. Set an MQTT_PORT above 1023.`
  return `MQTT cannot listen on ${host}, port ${port}: ${error.message}. Set MQTT_HOST to an address of this machine, or 0.0.0.0 for all.`
}

function authenticateClients({ username, password }: BrokerOptions): AedesOptions {
  const isAllowed = createCredentialCheck(username, password)
  const nameless = new WeakSet<Client>()
  return {
    preConnect(client, packet, done) {
      // The session of a client without a name could never be resumed and would stay for ever.
      if (!packet.clientId && !packet.clean) nameless.add(client)
      done(null, true)
    },
    authenticate(client, name, word, done) {
      if (nameless.has(client))
        done(Object.assign(new Error('a client without id must ask for a clean session'), { returnCode: identifierRejected }), false)
      else done(null, isAllowed(name, word))
    },
  }
}

/** `swallow` makes a packet be acknowledged and go nowhere: an error would disconnect a gateway for one bad topic. */
function authorizeTopics(options: BrokerOptions, state: { closing: boolean }, swallow: (packet: PublishPacket) => void): AedesOptions {
  const retained = new Set<string>()
  const maxRetained = options.maxRetained ?? 250_000
  const mayRetain = (topic: string, payload: Uint8Array) => {
    if (payload.length === 0) retained.delete(topic)
    else if (retained.size < maxRetained) retained.add(topic)
    return payload.length === 0 || retained.has(topic)
  }
  return {
    authorizePublish(client, packet, done) {
      if (state.closing) return done(new Error('the broker is closing'))
      const { topic } = packet
      const payload = packet.payload as Buffer
      const clientId = client?.id ?? ''
      const known = topic.length <= maxTopicLength ? parseTopic(topic) : undefined
      const refusal = !known
        ? unknownTopic(topic)
        : options.isReserved?.(known)
          ? reservedTopic(topic)
          : payload.length > options.maxPayload
            ? tooLarge(payload.length, options.maxPayload)
            : undefined
      if (refusal) {
        swallow(packet)
        options.onRefused({ topic: topic.slice(0, maxTopicLength), payload: plainBytes(payload), clientId, ...refusal })
        return done(null)
      }
      // Only the last status of a facility is worth keeping for those who come later.
      if (packet.retain) packet.retain = (known?.type === 'status' || known?.type === 'gateway-status') && mayRetain(topic, payload)
      try {
        options.onPublish(topic, payload, clientId, (error) => done(error ?? null))
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
    authorizeSubscribe(_client, subscription, done) {
      // Aedes tells everybody's client ids under $SYS.
      done(null, subscription.topic.startsWith('$') ? null : subscription)
    },
  }
}

/** The same bytes, but not a Buffer, whose `slice` makes no copy: who keeps the beginning would keep all that the socket read. */
const plainBytes = ({ buffer, byteOffset, length }: Buffer) => new Uint8Array(buffer, byteOffset, length)

type Refusal = Pick<RefusedPublish, 'reason' | 'detail'>

const unknownTopic = (topic: string): Refusal => ({
  reason: 'unknown-topic',
  detail: `"${topic.slice(0, 100)}" is not a topic of telemetry or status`,
})
const reservedTopic = (topic: string): Refusal => ({
  reason: 'reserved-topic',
  detail: `"${topic.slice(0, 100)}" is reported by the service itself`,
})
const tooLarge = (bytes: number, limit: number): Refusal => ({
  reason: 'payload-too-large',
  detail: `${bytes} bytes, the limit is ${limit}`,
})

function acceptSockets(server: Server, aedes: BoundedAedes, options: BrokerOptions): Set<Socket> {
  const sockets = new Set<Socket>()
  const limits = { connect: maxConnectBytes, packet: options.maxPayload + frameMargin }
  server.maxConnections = options.maxConnections ?? 20_000
  server.on('drop', (drop) => options.onFault?.('too-many-connections', drop?.remoteAddress ?? ''))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    guardSocket(socket, limits, (fault) => {
      options.onFault?.(fault.why, socket.remoteAddress ?? '')
      if (fault.why === 'packet-too-large' && fault.topic !== undefined) {
        const { id } = (socket as Socket & { client: Client }).client
        const { topic, bytes } = fault
        options.onRefused({ topic, payload: new Uint8Array(), clientId: id ?? '', ...tooLarge(bytes, options.maxPayload) })
      }
    })
    aedes.handle(socket)
  })
  return sockets
}

/** Aedes takes what has come by `read`; there the guard sees it before the parser. */
function guardSocket(socket: Socket, limits: FrameLimits, onFault: (fault: FrameFault) => void): void {
  const guard = new FrameGuard(limits)
  const read = socket.read.bind(socket)
  let isCut = false
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size)
    if (chunk === null || isCut) return null
    const fault = guard.inspect(chunk)
    if (!fault) return chunk
    isCut = true
    onFault(fault)
    socket.destroy()
    return null
  }
}
