import type { Rejection } from '../telemetry/rejection.ts'
import type { RejectedMessage } from '../telemetry/rejection-log.ts'
import type { BrokerObserver, ConnectedClient, ConnectionFault, DisconnectReason, Publisher } from './mqtt/broker-options.ts'

/** All times are ms since 1970, our clock, and all counts since the start of the program unless said otherwise. */
export interface ConnectionState {
  /** Open ones now. */
  connections: number
  connects: number
  /** The last time it was let in, and how; the end of that may be known. */
  last: ConnectedClient
  lastDisconnect: { at: number; reason: DisconnectReason; detail: string } | null
  flow: FlowState
  /** How long its messages had to wait because it sent too fast, ms. */
  throttled: number
  lastThrottled: number | null
  /** Topic filters it is subscribed to now. */
  subscriptions: readonly string[]
}

export interface FlowState {
  messages: number
  bytes: number
  /** Messages a minute, an exponential average of 5 minutes. */
  perMinute: number
  last: number | null
}

/** What was refused to one who wanted to connect. */
export interface RefusedConnects {
  /** The user name, or without one the client id; null where nobody said who they are. */
  id: string | null
  clientId: string | null
  address: string
  at: number
  reason: ConnectionFault
  detail: string
  /** Of this id by reason; of nobody none is counted. */
  counts: ReadonlyMap<ConnectionFault, number>
}

/** What an engineer asks of a device in the field. */
export interface Diagnosis {
  id: string
  /** Since when it is counted. */
  since: number
  /** Of the device itself; null when it was not connected since the start. */
  connection: ConnectionState | null
  /** By topics of its own, whoever published on them. */
  topics: readonly { topic: string; clientId: string; flow: FlowState }[]
  refused: RefusedConnects | null
  /** Newest first; of a gateway also those of what it reports for. */
  rejected: readonly RejectedMessage[]
}

/** `in`: what comes from devices; `out`: what this service sends them. */
export type Direction = 'in' | 'out'

export interface TapOrder {
  /** MQTT topic filter. */
  filter: string
  /** The embedded broker or the id of a broker connection; all when absent. */
  source?: string | undefined
  direction?: Direction | undefined
}

export interface TappedMessage {
  /** Numbers the messages of one run. */
  id: number
  at: number
  direction: Direction
  source: string
  topic: string
  /** Null where it is not known. */
  clientId: string | null
  /** Whom the connection belongs to, as far as they had to say. */
  peer: string | null
  qos: number | null
  retain: boolean | null
  /** Size of the payload, bytes. */
  bytes: number
  /** First bytes of it. */
  payload: Uint8Array
}

/** What became of a message; told whenever more of it is known. */
export interface TapOutcome {
  id: number
  /** On disk as so many native messages, 0 when it says nothing of any facility; null while it is not. */
  journaled: number | null
  rejections: readonly Pick<Rejection, 'reason' | 'detail'>[]
  /** Why it was not acknowledged, so that its sender sends it again. */
  problem: string | null
}

export interface TapListener {
  message(message: TappedMessage): void
  outcome(outcome: TapOutcome): void
  /** Messages that were passed over because there were too many a second. */
  skipped(count: number): void
}

export interface Tap {
  /** When it ends by itself. */
  readonly until: number
  /** Tells what was skipped; to be called each second. */
  tick(): void
  close(): void
}

type Acknowledge = (error?: Error) => void

/** What comes and goes: who is connected and what is refused, for engineers to look at. */
export interface Traffic {
  diagnosis(id: string): Diagnosis
  /** Connections refused: by reason in the last hour (those since the start are figures of the broker), and the newest. */
  refusedLastHour(): ReadonlyMap<ConnectionFault, number>
  refusedConnects(): readonly RefusedConnects[]
  taps(): number
  /** Throws `action-refused` when too many are open, `invalid-request` for what is no filter. */
  tap(order: TapOrder, by: string, listener: TapListener): Tap

  /** For brokers. */
  readonly observer: BrokerObserver
  /** Told how to learn what a client is subscribed to. */
  onSubscriptions(ask: (clientId: string) => readonly string[]): void
  /** A message that was taken from a client of the embedded broker. */
  published(topic: string, bytes: number, from: Publisher): void
  /**
   * A message that will be acknowledged, or rejected, by what becomes of it; returns the acknowledgement to be called in place of the given one,
   * which is the given one while nobody taps. `payload` is only good during the call.
   */
  came(message: Passing, acknowledge: Acknowledge): Acknowledge
  /** A message that goes nowhere. */
  refused(message: Passing, why: Pick<Rejection, 'reason' | 'detail'>): void
  sent(message: Passing): void
  /** What a message of another dialect says in the native one. */
  translated(message: { topic: string; payload: Uint8Array }, natives: readonly { topic: string; payload: string }[]): void
}

/** A message on its way. */
export interface Passing {
  topic: string
  payload: Uint8Array
  source: string
  from?: Publisher | undefined
  qos?: number | undefined
  retain?: boolean | undefined
}
