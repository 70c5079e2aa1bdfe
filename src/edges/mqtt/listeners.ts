import { lookup } from 'node:dns/promises'
import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { LamplighterError } from '../../errors.ts'
import type { PeerCertificateNames } from './access.ts'

/** How a connection came. */
export interface ConnectionDetails {
  /** Of the client itself. */
  address: string
  /** Null when it gave none, or none that is verified. */
  certificate: PeerCertificateNames | null
}

/** Why a connection ended before MQTT began on it. */
export type ListenerFault = never

export interface ListenerOptions {
  /** What speaks there, for people. */
  title: string
  /** The settings that name host and port. */
  settings: readonly [host: string, port: string]
  host: string
  /** 0 = any free one. */
  port: number
}

export interface Acceptance {
  accept(stream: Duplex, from: ConnectionDetails): void
  onFault?: ((fault: ListenerFault, address: string) => void) | undefined
}

export interface Listener {
  readonly port: number
  /** Takes no more connections; those there are go on. Resolves when they have ended. */
  close(): Promise<void>
}

/** Starts listening; throws `config-invalid` when it cannot. */
export async function openListener(options: ListenerOptions, { accept }: Acceptance): Promise<Listener> {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 })
  server.on('connection', (socket: Socket) => accept(socket, { address: plainAddress(socket.remoteAddress), certificate: null }))
  await listen(server, options)
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** An IPv4 address the same whichever kind of socket it came to; empty when the client has gone already. */
export const plainAddress = (address = ''): string => address.replace(/^::ffff:(?=\d+\.)/i, '')

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
