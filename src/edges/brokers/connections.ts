import { randomUUID } from 'node:crypto'
import { connect } from 'mqtt'
import { LamplighterError } from '../../errors.ts'
import { parseFacilityQuery } from '../../facilities/facility-query.ts'
import type { BrokerConnection, ReadAlong, StoredBrokerConnection } from '../../storage/broker-connection-store.ts'
import type { StateStore } from '../../storage/state-store.ts'
import { minutes, seconds } from '../../telemetry/duration.ts'
import type { Change, Services } from '../services.ts'
import type { BrokerConnectionInput, Brokers, ConnectionTrial, ListedBrokerConnection } from './brokers.ts'
import { Connection, type ConnectionState, clientOptions, describe, type LastWill } from './connection.ts'
import { AVAILABILITY_TOPIC, ReadAlongPublisher } from './read-along.ts'

const MAX_CONNECTIONS = 32
const TRIAL_LISTENS = seconds(3)
const TRIAL_TIMEOUT = seconds(10)
const MAX_TRIAL_TOPICS = 20
/** A broker that is away for longer is a problem people are told of. */
const TOLERATED = minutes(1)

export interface ConnectionsParts {
  state: Pick<StateStore, 'brokerConnections' | 'audit' | 'transaction'>
  now: () => number
  schedule: (work: () => void, delay: number) => () => void
}

/** What lies behind the connections. */
export interface ConnectionsEntry {
  services: Told
  /** What came by a connection: takes or refuses it, and acknowledges it. */
  take(source: string, topic: string, payload: Uint8Array, acknowledge: (error?: Error) => void): void
  isRead(topic: string, source: string): boolean
  /** What a broker tells others when the connection is lost; asked for before each connect. */
  will(settings: BrokerConnection): LastWill | null
  onConnected(settings: BrokerConnection): void
  /** Still connected, for the last time. */
  onLeaving(settings: BrokerConnection): void
}

interface Open {
  settings: BrokerConnection
  connection: Connection
  readAlong: ReadAlongPublisher | null
}

type Told = Pick<Services, 'plant' | 'findFacilities' | 'latestValues' | 'facilityState'>

/** All connections to brokers of others, as they are set up. */
export class BrokerConnections implements Brokers {
  readonly #parts: ConnectionsParts
  readonly #open = new Map<string, Open>()
  #entry: ConnectionsEntry | undefined
  #trials = 0

  constructor(parts: ConnectionsParts) {
    this.#parts = parts
  }

  /** Connects. */
  start(entry: ConnectionsEntry): void {
    this.#entry = entry
    for (const settings of this.#parts.state.brokerConnections.all()) if (settings.enabled) this.#connect(settings)
  }

  /** To be told each change of the city. */
  readonly changed = (change: Pick<Change, 'facilities' | 'plant'>): void => {
    for (const { readAlong } of this.#open.values()) readAlong?.take(change)
  }

  send(source: string, topic: string, payload: Uint8Array | string, options: { qos: 0 | 1; retain: boolean }): boolean {
    return this.#open.get(source)?.connection.send(topic, payload, options) ?? false
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.#disconnect(id)))
  }

  list(): ListedBrokerConnection[] {
    return this.#parts.state.brokerConnections.all().map((stored) => this.#listed(stored))
  }

  put(id: string, input: BrokerConnectionInput, by: string): ListedBrokerConnection {
    const { state, now } = this.#parts
    const before = this.#stored(id)
    if (!before && state.brokerConnections.all().length >= MAX_CONNECTIONS) {
      throw new LamplighterError('action-refused', `There are ${MAX_CONNECTIONS} connections already, and there may be no more.`)
    }
    const stored = { ...whole(id, input, before), by, at: now() }
    check(stored)
    state.transaction(() => {
      state.brokerConnections.put(stored)
      const detail = `${stored.enabled ? 'on' : 'off'}, ${stored.url}, ${stored.topics.join(' ')}`
      state.audit({ at: stored.at, by, action: 'put-broker-connection', subject: id, detail })
    })
    void this.#disconnect(id)
    if (stored.enabled) this.#connect(stored)
    return this.#listed(stored)
  }

  remove(id: string, by: string): void {
    const { state, now } = this.#parts
    this.#known(id)
    state.transaction(() => {
      state.brokerConnections.remove(id)
      state.audit({ at: now(), by, action: 'remove-broker-connection', subject: id, detail: '' })
    })
    void this.#disconnect(id)
  }

  async tryOut(id: string, input: BrokerConnectionInput): Promise<ConnectionTrial> {
    const settings = whole(id, input, this.#stored(id))
    check(settings)
    if (this.#trials >= 2) throw new LamplighterError('action-refused', 'Others are trying connections. Try again in some seconds.')
    this.#trials++
    try {
      return await tryConnection(settings, (topic) => this.#entry?.isRead(topic, id) ?? false)
    } finally {
      this.#trials--
    }
  }

  problems(): string[] {
    return [...this.#open].flatMap(([id, { connection }]) => {
      const { state, since, problem } = connection.state
      if (state === 'connected') return problem ? [`Broker connection ${id}: ${problem}`] : []
      return this.#parts.now() - since > TOLERATED ? [`Broker connection ${id} is away: ${problem ?? 'no answer'}`] : []
    })
  }

  #stored(id: string): StoredBrokerConnection | undefined {
    return this.#parts.state.brokerConnections.all().find((one) => one.id === id)
  }

  #known(id: string): StoredBrokerConnection {
    const stored = this.#stored(id)
    if (!stored) throw new LamplighterError('not-found', `There is no broker connection ${id}; /api/broker-connections lists them.`)
    return stored
  }

  #listed({ password, key, ...rest }: StoredBrokerConnection): ListedBrokerConnection {
    const live = this.#open.get(rest.id)?.connection.state ?? off(rest.at)
    return { ...rest, hasPassword: password !== '', hasKey: key !== '', live: { ...live } }
  }

  #connect(settings: BrokerConnection): void {
    const entry = this.#entry
    if (!entry) return
    const { now, schedule } = this.#parts
    const { id, readAlong } = settings
    const connection = new Connection({
      settings,
      take: (topic, payload, acknowledge) => entry.take(id, topic, payload, acknowledge),
      // A connection has one will only, and nodes of Sparkplug rely on theirs.
      will: () => entry.will(settings) ?? (readAlong.mode === 'off' ? null : { topic: AVAILABILITY_TOPIC, payload: 'offline' }),
      onConnected: () => {
        this.#open.get(id)?.readAlong?.begin()
        entry.onConnected(settings)
      },
      ...{ now, schedule, random: Math.random },
    })
    this.#open.set(id, { settings, connection, readAlong: this.#publisher(readAlong, connection, entry.services) })
  }

  #publisher(settings: ReadAlong, connection: Connection, services: Told): ReadAlongPublisher | null {
    if (settings.mode === 'off') return null
    const { schedule } = this.#parts
    return new ReadAlongPublisher({
      ...{ settings, services, schedule },
      send: (topic, payload, options) => connection.send(topic, payload, options),
    })
  }

  async #disconnect(id: string): Promise<void> {
    const open = this.#open.get(id)
    if (!open) return
    open.readAlong?.end()
    this.#entry?.onLeaving(open.settings)
    this.#open.delete(id)
    await open.connection.end()
  }
}

const off = (since: number): ConnectionState => ({
  ...{ state: 'off', since, problem: null, received: 0, refused: 0, sent: 0, unsent: 0, lastMessage: null },
})

function whole(id: string, input: BrokerConnectionInput, before: BrokerConnection | undefined): BrokerConnection {
  return { ...input, id, password: input.password ?? before?.password ?? '', key: input.key ?? before?.key ?? '' }
}

/** Throws `invalid-request` with what does not go together. */
function check({ url, username, password, certificate, key, topics, share, readAlong }: BrokerConnection): void {
  const refuse = (detail: string) => {
    throw new LamplighterError('invalid-request', detail)
  }
  if (!URL.canParse(url) || !/^(mqtts?|wss?):\/\/[^/]/.test(url)) refuse('url: give mqtt://host, mqtts://host, ws://host or wss://host.')
  const { username: inUrl, password: alsoInUrl } = new URL(url)
  if (inUrl || alsoInUrl) refuse('url: give user name and password in their own fields; an address is shown to everybody.')
  if (username === '' && password !== '') refuse('password: it needs a user name.')
  if ((certificate === '') !== (key === '')) refuse('certificate and key go together.')
  if (share !== '' && /[/+#\s]/.test(share)) refuse('share: a name without blanks and /, +, #.')
  for (const topic of topics) {
    if (!isFilter(topic)) refuse(`topics: ${JSON.stringify(topic)} is no MQTT topic filter.`)
    if (topic.startsWith('$'))
      refuse('topics: those that begin with $ are the broker\'s own; give the name of a shared subscription as "share".')
  }
  if (readAlong.query) parseFacilityQuery(readAlong.query)
}

/** MQTT 3.1.1, 4.7.1: + takes a whole level, # the last one. */
function isFilter(filter: string): boolean {
  const levels = filter.split('/')
  return filter !== '' && levels.every((level, i) => level === '+' || (level === '#' && i === levels.length - 1) || !/[+#\0]/.test(level))
}

async function tryConnection(settings: BrokerConnection, isRead: (topic: string) => boolean): Promise<ConnectionTrial> {
  const trial: ConnectionTrial = { connected: false, problem: null, refused: [], messages: 0, topics: [] }
  const options = { ...clientOptions(settings), clientId: `lamplighter-trial-${randomUUID()}`, clean: true, connectTimeout: TRIAL_TIMEOUT }
  const client = connect(settings.url, { ...options, properties: {} })
  const seen = new Set<string>()
  client.on('message', (topic) => {
    trial.messages++
    if (seen.size < MAX_TRIAL_TOPICS) seen.add(topic)
  })
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve())
      client.once('error', reject)
      client.once('close', () => reject(new Error('The broker closed the connection.')))
    })
    trial.connected = true
    if (settings.topics.length > 0) {
      // Not with the others' share: a trial takes nothing from them.
      const granted = await client.subscribeAsync(settings.topics, { qos: 0 }).catch((error: unknown) => {
        trial.problem = describe(error)
        return []
      })
      trial.refused = granted.filter(({ qos }) => qos >= 128).map(({ topic }) => topic)
      await new Promise((resolve) => setTimeout(resolve, TRIAL_LISTENS))
    }
  } catch (error) {
    trial.problem = describe(error)
  } finally {
    client.removeAllListeners('close')
    client.on('error', () => {})
    await client.endAsync(true).catch(() => undefined)
  }
  trial.topics = [...seen].map((topic) => ({ topic, isRead: isRead(topic) }))
  return trial
}
