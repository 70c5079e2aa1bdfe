import type { BlockList } from 'node:net'
import type { RejectionReason } from '../../telemetry/rejection.ts'
import type { Topic } from '../../telemetry/topic.ts'
import type { ConnectRefusal, MqttAccess, Peer, PeerCertificateNames } from './access.ts'
import type { BrokerBounds } from './bounded-aedes.ts'
import type { GateFault, GateLimits } from './connection-gate.ts'
import type { FrameFault } from './frame-guard.ts'
import type { LedgerRefusal } from './ledger.ts'
import type { ListenerFault } from './listeners.ts'
import type { NotQueued } from './outgoing-queues.ts'
import type { SessionEnd } from './sessions.ts'
import type { SubscriptionRefusal } from './subscription-bounds.ts'
import type { Rate } from './token-bucket.ts'

export interface RefusedPublish {
  topic: string
  /** Empty when the packet was cut off before it was read. */
  payload: Uint8Array
  clientId: string
  /** Who sent it; null when nobody is connected any more. */
  peer: Peer | null
  /** Absent when it was not read so far. */
  qos?: number
  retain?: boolean
  reason: Extract<RejectionReason, 'unknown-topic' | 'reserved-topic' | 'not-allowed' | 'payload-too-large'>
  detail: string
}

/** Why a connection was closed or not taken. */
export type ConnectionFault =
  | FrameFault['why']
  | ListenerFault
  | GateFault
  | ConnectRefusal
  | 'unsupported-version'
  | 'no-client-id'
  | 'connection-error'
  | 'client-error'

/** Whether it is retained is decided by then. */
export interface PublishedHow {
  qos: number
  retain: boolean
  /** What its topic names, when it is a native one. */
  native: Topic | undefined
}

export interface Publisher {
  clientId: string
  peer: Peer
}

/** Who is connected. */
export interface ConnectedClient {
  clientId: string
  peer: Peer
  address: string
  /** Title of the listener it came to; empty where nobody said. */
  listener: string
  /** Null when it showed none. */
  certificate: PeerCertificateNames | null
  /** Whether it asked for no session that outlives its connection. */
  clean: boolean
  /** Seconds; 0 = it need not be heard. */
  keepalive: number
  /** 3 is MQTT 3.1, 4 is MQTT 3.1.1. */
  version: number
  /** ms since 1970. */
  since: number
}

export interface RefusedConnect {
  /** What it said of itself, when it came so far. */
  clientId: string | undefined
  username: string | undefined
  address: string
  reason: ConnectionFault
  detail: string
}

/** How a connection ended: `goodbye` is a DISCONNECT, `too-slow` did not take what it was sent. */
export type DisconnectReason =
  | 'goodbye'
  | 'connection-lost'
  | 'keep-alive'
  | 'taken-over'
  | 'too-many-sessions'
  | 'too-many-unreleased'
  | 'revoked'
  | 'too-slow'
  | 'client-error'
  | FrameFault['why']

/** Told of what becomes of connections. */
export interface BrokerObserver {
  onConnect?(client: ConnectedClient): void
  onRefusedConnect?(refused: RefusedConnect): void
  onDisconnect?(client: ConnectedClient, reason: DisconnectReason, detail: string): void
  /** Once in a while, while a client sends faster than it may: `waited` is how long its messages had to wait since last told, ms. */
  onThrottled?(client: ConnectedClient, waited: number): void
}

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
  isRetained?(topic: string, native: Topic | undefined): boolean
  /** Topics on which no client may publish, as the service itself does; `native` is what a native one names. */
  isReserved?(native: Topic | undefined, topic: string): boolean
  /** Messages and (un)subscriptions that a peer may send before it is read slower; undefined or absent = as many as it likes. */
  rateOf?(peer: Peer): Rate | undefined
  /** ms until a connection must have sent its CONNECT. Default 5 s. */
  connectTimeout?: number
  /** Who may knock; the defaults hold for what is left out. */
  gate?: Partial<GateLimits>
  /** Addresses behind which there are many devices; by default this machine's. */
  isTrusted?(address: string): boolean
  /** What clients may make the broker keep; the defaults hold for what is left out. */
  bounds?: Partial<BrokerBounds>
  /**
   * A message or will on a topic that is read. PUBACK goes out when `acknowledged` is called, which must happen once; with an error, or when this
   * throws, the client is disconnected instead and sends again. `payload` is only good during the call, and so is `how`.
   */
  onPublish(topic: string, payload: Uint8Array, from: Publisher, acknowledged: (error?: Error) => void, how: PublishedHow): void
  /** A message that goes nowhere; it was acknowledged, unless it was too large to be read at all. */
  onRefused(refused: RefusedPublish): void
  onFault?(fault: ConnectionFault, detail: string): void
  observer?: BrokerObserver
  now: () => number
}

export interface BrokerFigures {
  connects: number
  /** By reason. */
  refusedConnects: ReadonlyMap<ConnectionFault, number>
  /** By reason. */
  disconnects: ReadonlyMap<DisconnectReason, number>
  /** How often a client was read slower, and for how long in all, ms. */
  throttled: number
  throttledTime: number
  /** Messages not forwarded to MQTT subscribers because these did not keep up. */
  dropped: number
  /** Sessions whose clients are away. */
  awaySessions: number
  /** Bytes that wait in sessions. */
  queuedBytes: number
  /** Messages not kept for sessions, by reason. */
  notQueued: ReadonlyMap<NotQueued, number>
  /** By reason. */
  refusedSubscriptions: ReadonlyMap<SubscriptionRefusal, number>
  /** Bytes that subscriptions take. */
  subscribedBytes: number
  /** Topics with a retained message. */
  retained: number
  /** Messages not kept as retained ones, by reason. */
  notRetained: ReadonlyMap<LedgerRefusal, number>
  /** By reason. */
  forgottenSessions: ReadonlyMap<SessionEnd, number>
}
