import type { BrokerConnection, StoredBrokerConnection } from '../../storage/broker-connection-store.ts'
import type { ConnectionState } from './connection.ts'

/** What is given of a connection; a secret that is left out stays as it is, but a password goes to no other address. */
export type BrokerConnectionInput = Omit<BrokerConnection, 'id' | 'password' | 'key'> & { password?: string; key?: string }

/** A connection as people see it, without its secrets. */
export type ListedBrokerConnection = Omit<StoredBrokerConnection, 'password' | 'key' | 'obsolete'> & {
  hasPassword: boolean
  hasKey: boolean
  live: ConnectionState
}

export interface ConnectionTrial {
  connected: boolean
  /** Why not, or what does not work; null when all does. */
  problem: string | null
  /** Filters that the broker refused. */
  refused: string[]
  /** Messages of the seconds that were listened; some of their topics, and whether anybody here reads them. */
  messages: number
  topics: { topic: string; isRead: boolean }[]
}

/** Connections to brokers of others. Methods throw `LamplighterError`; `by` is who asks. */
export interface Brokers {
  list(): ListedBrokerConnection[]
  /** Makes or changes one; it connects anew at once. */
  put(id: string, input: BrokerConnectionInput, by: string): ListedBrokerConnection
  /** Leaves the broker for good. Gives why the broker could not be told, so that it keeps what it has for us; null when it was. */
  remove(id: string, by: string): Promise<string | null>
  /** Connects with these settings for a few seconds, under a client id of its own, and takes nothing. */
  tryOut(id: string, input: BrokerConnectionInput, by: string): Promise<ConnectionTrial>
  /** Enabled ones that are away, in words. */
  problems(): string[]
}
