/** A connection to a broker of others, as people set it up. */
export interface BrokerConnection {
  id: string
  title: string
  enabled: boolean
  /** mqtt://, mqtts://, ws:// or wss://, with the port if it is not the usual one. */
  url: string
  protocol: '3.1.1' | '5'
  username: string
  /** As it was given: the broker wants it in plain. */
  password: string
  /** The broker keeps for this id what comes while the connection is away. */
  clientId: string
  /** MQTT filters of what is taken from the broker. */
  topics: string[]
  /** Name of a shared subscription, so that several servers share what comes; none when empty. */
  share: string
  /** PEM of the authorities that may sign the broker's certificate; the usual ones when empty. */
  ca: string
  /** PEM of our certificate and its key, where the broker asks for one; none when empty. */
  certificate: string
  key: string
  /** What others may read along on that broker. */
  readAlong: ReadAlong
}

export interface ReadAlong {
  /** `state`: a retained message per facility; `home-assistant`: and what Home Assistant finds it by. */
  mode: 'off' | 'state' | 'home-assistant'
  /** Which facilities, as in the list of facilities; all when empty. */
  query: string
}

export type StoredBrokerConnection = BrokerConnection & {
  /** Of the last change; `at` in ms since 1970. */
  by: string
  at: number
  /** Filters, as the broker knows them, that are wanted no more and that it may not have been told to forget. */
  obsolete?: string[]
}

/** Connections to brokers of others. Calls belong to the caller's transaction. */
export interface BrokerConnectionStore {
  /** By id. */
  all(): StoredBrokerConnection[]
  get(id: string): StoredBrokerConnection | undefined
  /** Inserts or replaces. */
  put(connection: StoredBrokerConnection): void
  /** Keeps what it has told others. */
  remove(id: string): void
  /** Topics that a connection has retained on the broker for others to read along. */
  told(id: string): string[]
  tell(id: string, topics: readonly string[]): void
}
