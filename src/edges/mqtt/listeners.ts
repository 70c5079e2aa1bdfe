import { lookup } from 'node:dns/promises'
import { type BlockList, createServer, isIPv6, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import { LamplighterError } from '../../errors.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { CertificateWatch } from '../tls/certificate-watch.ts'
import { peerNames } from '../tls/peer-names.ts'
import type { PeerCertificateNames } from './access.ts'
import { Pace, type PaceLimits } from './pace.ts'
import { readProxyHeader } from './proxy-protocol.ts'
import { plainAddress } from './senders.ts'
import { type WebSocketFault, type WebSocketOptions, webSocketGate } from './websocket.ts'

/** How a connection came. */
export interface ConnectionDetails {
  /** Of the client itself. */
  address: string
  /** Null when it gave none, or none that is verified. */
  certificate: PeerCertificateNames | null
  /** Title of the listener. */
  listener?: string
}

/** Why a connection ended before MQTT began on it. */
export type ListenerFault =
  | 'tls-failed'
  | 'certificate-refused'
  | 'handshake-timeout'
  | 'too-many-handshakes'
  | 'not-from-proxy'
  | 'proxy-header'
  | WebSocketFault

export interface ListenerOptions {
  /** What speaks there, for people. */
  title: string
  /** The settings that name host and port. */
  settings: readonly [host: string, port: string]
  host: string
  /** 0 = any free one. */
  port: number
  tls?: ListenerTls | undefined
  websocket?: WebSocketOptions | undefined
  /** Addresses of proxies. When given, each connection must come from one of them and begin with a header of the PROXY protocol. */
  proxies?: BlockList | undefined
  /** ms until a connection must be ready for MQTT. Default 30 s, of which a TLS handshake may take 10. */
  timeout?: number
  /** TLS handshakes. Default 500/s, some fifth of a core, and 10,000 waiting. */
  pace?: PaceLimits
}

export interface ListenerTls {
  certificates: CertificateWatch
  /** Whether clients show a certificate. One that is shown and cannot be verified ends the connection in any case. */
  clients: 'off' | 'optional' | 'required'
}

export interface Acceptance {
  accept(stream: Duplex, from: ConnectionDetails): void
  /** Whether this address may connect now; asked before anything dear is done for it. */
  admits?: ((address: string) => boolean) | undefined
  onFault?: ((fault: ListenerFault, detail: string, address: string) => void) | undefined
}

export interface Listener {
  readonly port: number
  /** Takes no more connections; those there are go on. Resolves when they have ended. */
  close(): Promise<void>
}

const HANDSHAKE_TIME = seconds(10)
/** Connections that have sent nothing yet; of more, the oldest goes. */
const MAX_QUIET = 10_000

/** A connection that is not ready for MQTT yet. */
interface Arrival {
  socket: Socket
  address: string
  certificate: PeerCertificateNames | null
  deadline: NodeJS.Timeout
}

/** Starts listening; throws `config-invalid` when it cannot. */
export async function openListener(options: ListenerOptions, acceptance: Acceptance): Promise<Listener> {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
  const reception = new Reception(options, acceptance)
  server.on('connection', (socket) => reception.receive(socket))
  try {
    await listen(server, options)
  } catch (error) {
    reception.close()
    throw error
  }
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      reception.close()
      return closed
    },
  }
}

/** Leads a connection through what stands before MQTT: the header of a proxy, TLS, WebSocket. */
class Reception {
  readonly #options: ListenerOptions
  readonly #acceptance: Acceptance
  readonly #arrivals = new Set<Arrival>()
  /** The oldest first. */
  readonly #quiet = new Set<Arrival>()
  readonly #pace: Pace
  readonly #tls: TlsServer | undefined
  readonly #detach: (() => void) | undefined
  /** By the address and port of the other side. */
  readonly #handshakes = new Map<string, Arrival>()
  readonly #upgrades = new WeakMap<Duplex, Arrival>()
  readonly #toWebSocket: ((connection: Duplex) => void) | undefined

  constructor(options: ListenerOptions, acceptance: Acceptance) {
    this.#options = options
    this.#acceptance = acceptance
    this.#pace = new Pace(options.pace ?? { perSecond: 500, waiting: 10_000 })
    if (options.tls) {
      const { certificates, clients } = options.tls
      const whom = clients === 'off' ? 'anybody' : 'clients'
      this.#tls = createTlsServer({
        ...certificates.contextFor(whom),
        requestCert: clients !== 'off',
        rejectUnauthorized: false,
        handshakeTimeout: Math.min(HANDSHAKE_TIME, options.timeout ?? HANDSHAKE_TIME),
      })
      this.#detach = certificates.attach(this.#tls, whom)
      this.#tls.on('secureConnection', (socket) => this.#secured(socket))
      this.#tls.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => this.#handshakeFailed(socket, error))
    }
    if (options.websocket) {
      this.#toWebSocket = webSocketGate(
        options.websocket,
        (stream, connection) => this.#ready(stream, this.#upgrades.get(connection)),
        (why, connection) => this.#fault(why, this.#upgrades.get(connection)),
      )
    }
  }

  receive(socket: Socket): void {
    const { proxies, tls, websocket, timeout = seconds(30) } = this.#options
    const address = plainAddress(socket.remoteAddress)
    if (!proxies && !tls && !websocket) {
      if (this.#acceptance.admits?.(address) === false) socket.destroy()
      else this.#acceptance.accept(socket, { address, certificate: null, listener: this.#options.title })
      return
    }
    const deadline = setTimeout(() => this.#end(arrival, 'handshake-timeout'), timeout)
    const arrival: Arrival = { socket, address, certificate: null, deadline }
    this.#arrivals.add(arrival)
    socket.on('error', ignore)
    socket.once('close', () => this.#forget(arrival))
    if (proxies) this.#fromProxy(arrival, proxies)
    else this.#admit(arrival)
  }

  /** Those that come on their way are ended. */
  close(): void {
    this.#detach?.()
    this.#pace.stop()
    for (const arrival of [...this.#arrivals]) {
      this.#forget(arrival)
      arrival.socket.destroy()
    }
  }

  #fromProxy(arrival: Arrival, proxies: BlockList): void {
    const { socket, address } = arrival
    if (!proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) {
      this.#end(arrival, 'not-from-proxy')
      return
    }
    let seen: Buffer = Buffer.alloc(0)
    const take = () => {
      const chunk: Buffer | null = socket.read()
      if (chunk === null) return
      seen = Buffer.concat([seen, chunk])
      const header = readProxyHeader(seen)
      if (header === 'incomplete') return
      socket.off('readable', take)
      if (header === 'malformed') {
        this.#end(arrival, 'proxy-header')
        return
      }
      if (header.length < seen.length) socket.unshift(seen.subarray(header.length))
      if (header.address !== null) arrival.address = plainAddress(header.address)
      this.#admit(arrival)
    }
    socket.on('readable', take)
  }

  #admit(arrival: Arrival): void {
    if (this.#acceptance.admits?.(arrival.address) === false) {
      this.#end(arrival)
      return
    }
    const { socket } = arrival
    if (!this.#tls) {
      this.#upgrade(socket, arrival)
      return
    }
    // A handshake has its turn when it has begun: who is silent costs no more than a socket.
    this.#quiet.add(arrival)
    if (this.#quiet.size > MAX_QUIET) for (const oldest of [...this.#quiet].slice(0, 1)) this.#end(oldest, 'too-many-handshakes')
    const begin = () => {
      this.#quiet.delete(arrival)
      // Who came and went, as those do who only see whether anybody listens.
      if (socket.readableLength === 0) {
        this.#end(arrival)
        return
      }
      if (!this.#pace.add(() => this.#handshake(arrival))) this.#end(arrival, 'too-many-handshakes')
    }
    if (socket.readableLength > 0) begin()
    else socket.once('readable', begin)
  }

  #handshake(arrival: Arrival): void {
    const { socket } = arrival
    if (socket.destroyed || socket.readableEnded) {
      this.#end(arrival)
      return
    }
    this.#handshakes.set(otherSide(socket), arrival)
    this.#tls?.emit('connection', socket)
  }

  #secured(socket: TLSSocket): void {
    const arrival = this.#handshakes.get(otherSide(socket))
    if (!arrival) {
      socket.destroy()
      return
    }
    socket.on('error', ignore)
    const shown = socket.getPeerX509Certificate()
    const { clients } = this.#options.tls as ListenerTls
    if (clients !== 'off' && !socket.authorized && (shown || clients === 'required')) {
      this.#fault('certificate-refused', arrival, shown ? String(socket.authorizationError) : 'none was shown')
      socket.destroy()
      return
    }
    if (clients !== 'off' && shown) arrival.certificate = peerNames(shown)
    this.#upgrade(socket, arrival)
  }

  #handshakeFailed(socket: TLSSocket, error: NodeJS.ErrnoException): void {
    const arrival = this.#handshakes.get(otherSide(socket))
    socket.destroy()
    if (!arrival) return
    if (error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT') this.#end(arrival, 'handshake-timeout')
    else this.#end(arrival, 'tls-failed', error.code ?? error.message)
  }

  #upgrade(stream: Duplex, arrival: Arrival): void {
    if (!this.#toWebSocket) {
      this.#ready(stream, arrival)
      return
    }
    this.#upgrades.set(stream, arrival)
    this.#toWebSocket(stream)
  }

  #ready(stream: Duplex, arrival: Arrival | undefined): void {
    if (!arrival || !this.#arrivals.has(arrival)) {
      stream.destroy()
      return
    }
    this.#forget(arrival)
    this.#acceptance.accept(stream, { address: arrival.address, certificate: arrival.certificate, listener: this.#options.title })
  }

  #end(arrival: Arrival, fault?: ListenerFault, detail?: string): void {
    if (fault && this.#arrivals.has(arrival)) this.#fault(fault, arrival, detail)
    this.#forget(arrival)
    arrival.socket.destroy()
  }

  #fault(fault: ListenerFault, arrival: Arrival | undefined, detail?: string): void {
    const address = arrival?.address ?? ''
    this.#acceptance.onFault?.(fault, [address, ...(detail ? [detail] : [])].join(': '), address)
  }

  #forget(arrival: Arrival): void {
    clearTimeout(arrival.deadline)
    this.#arrivals.delete(arrival)
    this.#quiet.delete(arrival)
    const side = otherSide(arrival.socket)
    if (this.#handshakes.get(side) === arrival) this.#handshakes.delete(side)
  }
}

const otherSide = ({ remoteAddress = '', remotePort = 0 }: Socket) => `${remoteAddress}|${remotePort}`

function ignore(): void {}

async function listen(server: Server, options: ListenerOptions): Promise<void> {
  const { host, port } = options
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
    throw new LamplighterError('config-invalid', explainListenError(options, error as NodeJS.ErrnoException), error)
  }
}

function explainListenError({ title, settings, host, port }: ListenerOptions, error: NodeJS.ErrnoException): string {
  const [hostSetting, portSetting] = settings
  if (error.code === 'EADDRINUSE') {
    return `${title} port ${port} on ${host} is in use by another program, perhaps another broker. Stop that program or set another ${portSetting}.`
  }
  if (error.code === 'EACCES')
    return `${title} port ${port} on ${host} needs more rights than this account has. Set a ${portSetting} above 1023.`
  return `${title} cannot listen on ${host}, port ${port}: ${error.message}. Set ${hostSetting} to an address of this machine, or 0.0.0.0 for all.`
}
