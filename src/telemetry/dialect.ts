import type { Rejection } from './rejection.ts'

/** A message as it came in. */
export interface Incoming {
  topic: string
  payload: Uint8Array
  /** ms since 1970, our clock. */
  received: number
  /** By which broker: `EMBEDDED`, or the id of a broker connection. */
  source: string
  /**
   * Whether its sender may report for a facility by a topic that does not name it, one of those that `filter` takes. Absent: everybody may who
   * may publish there, as on brokers of others.
   */
  mayReportFor?: ((facility: string, filter: string) => boolean) | undefined
  /** The other broker had kept it as retained, for however long: it is no news. */
  isRetained?: boolean
}

/** The source of what comes to the embedded broker. */
export const EMBEDDED = 'embedded'

/** What a message says in the native dialect, and what of it cannot be said. */
export interface Translation {
  messages: readonly NativeMessage[]
  rejections: readonly Rejection[]
}

export interface NativeMessage {
  /** A native topic of telemetry or status. */
  topic: string
  payload: string
}

export const NOTHING_SAID: Translation = { messages: [], rejections: [] }

/**
 * A way in which devices or other systems speak that is not the native one. What it translates is journaled, judged and stored as if it had come
 * in the native dialect, so that neither memory of a session nor a codec changed later makes a second reading of the journal another.
 */
export interface Dialect {
  readonly name: string
  /**
   * What a message says depends on those before it. When the journal did not take it, what it said is kept for when its sender repeats it, as
   * `translate` would take that for nothing new.
   */
  readonly hasSessions?: true
  /** Whether messages on this topic are its own. Cheap: it is asked of every message that is not native. */
  reads(topic: string, source: string): boolean
  /** Never throws on what a device sent. */
  translate(message: Incoming): Translation | Promise<Translation>
}

/** Sends towards devices, by the embedded broker or a broker connection. Throws nothing; what cannot be sent is logged. */
export type Send = (source: string, topic: string, payload: Uint8Array | string, options: SendOptions) => void

export interface SendOptions {
  qos: 0 | 1
  retain: boolean
  /** No broker that can help it delivers it from then on, ms since 1970. */
  expires?: number
}
