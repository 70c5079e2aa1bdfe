import { createCredentialCheck } from './credentials.ts'
import type { Rate } from './token-bucket.ts'

/** Names in a verified client certificate. */
export interface PeerCertificateNames {
  commonName: string | undefined
  /** Subject alternative names, without their type. */
  altNames: readonly string[]
  /** SHA-256 of the certificate, lower-case hex without colons. */
  fingerprint?: string | undefined
}

/** What a client says of itself when it connects. */
export interface ConnectAttempt {
  clientId: string
  username: string | undefined
  password: Uint8Array | undefined
  /** Null when it gave none, or none that is verified. */
  certificate: PeerCertificateNames | null
  address: string
  will: { topic: string } | null
}

/** Whom a connection belongs to. */
export interface Peer {
  /** Id of the device, or name of the account; empty for anyone. */
  id: string
  /** `service`: an account of another program, trusted with every facility; `anyone`: nobody had to say who they are. */
  sort: 'device' | 'service' | 'anyone'
  /** Of a device: the credential by which it came. */
  credential?: number
  /** How fast it may send, when its registration says so. */
  rate?: Rate
}

/** Why a connection is refused. The client is told the same whichever it is. */
export const connectRefusals = {
  'wrong-credentials': 'The user name is unknown, or the password is wrong.',
  'client-id-taken': 'The client id does not belong to these credentials.',
  'wrong-certificate': 'The certificate belongs to no registered device.',
  revoked: 'The credentials were revoked or have expired.',
  'too-many-tries': 'Too many different wrong passwords of the shared account from this address; it must wait.',
} as const
export type ConnectRefusal = keyof typeof connectRefusals

export type Admission = { peer: Peer } | { refused: ConnectRefusal }

/** Who may connect to the broker and what for. */
export interface MqttAccess {
  /** Whether a person thought up the password that is asked for, so that guesses at it must wait; none is when absent. */
  isGuessable?(attempt: ConnectAttempt): boolean
  /** Never rejects. */
  authenticate(attempt: ConnectAttempt): Admission | Promise<Admission>
  mayPublish(peer: Peer, topic: string): boolean
  /** Whether it may report for a facility by a topic that it may publish on and that does not name it, one of those that `filter` takes. */
  mayReportFor(peer: Peer, facility: string, filter: string): boolean
  maySubscribe(peer: Peer, filter: string): boolean
  /** Asked for each message that goes to it, also for what an earlier session subscribed to. */
  mayReceive(peer: Peer, topic: string): boolean
  /** Told when a device may be connected no longer, or not by that credential. */
  onRevoked(listener: (device: string, credential?: number) => void): void
  /** Told of each connection that was let in, and of its end. */
  connected?(peer: Peer): void
  disconnected?(peer: Peer): void
}

const ANYONE: Peer = { id: '', sort: 'anyone' }

/** One name and password for all, or none at all: whoever connects may publish for every facility and read everything. */
export function sharedAccess(username?: string, password?: string): MqttAccess {
  const isAllowed = createCredentialCheck(username, password)
  const peer: Peer = username ? { id: username, sort: 'service' } : ANYONE
  return {
    isGuessable: (attempt) => username !== undefined && username !== '' && attempt.username === username,
    authenticate: (attempt) => (isAllowed(attempt.username, attempt.password) ? { peer } : { refused: 'wrong-credentials' }),
    mayPublish: () => true,
    mayReportFor: () => true,
    // Aedes tells everybody's client ids under $SYS.
    maySubscribe: (_peer, filter) => !filter.startsWith('$'),
    mayReceive: (_peer, topic) => !topic.startsWith('$'),
    onRevoked: () => {},
  }
}
