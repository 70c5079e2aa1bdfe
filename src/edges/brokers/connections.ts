import { LamplighterError } from '../../errors.ts'
import type { BrokerConnection, StoredBrokerConnection } from '../../storage/broker-connection-store.ts'
import type { StateStore } from '../../storage/state-store.ts'
import type { SendOptions } from '../../telemetry/dialect.ts'
import { minutes } from '../../telemetry/duration.ts'
import type { Change, Services } from '../services.ts'
import type { BrokerConnectionInput, Brokers, ConnectionTrial, ListedBrokerConnection } from './brokers.ts'
import { Connection, type ConnectionState, describe, type LastWill, quiet } from './connection.ts'
import { AVAILABILITY_TOPIC, isReadAlongTopic, ReadAlongPublisher } from './read-along.ts'
import { check, filtersOf, isSameSession, whole } from './settings.ts'
import { leaveBroker, tryConnection } from './visit.ts'

const MAX_CONNECTIONS = 32
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
  /** Longest packet that is taken, bytes. */
  maxPacket: number
  /** What came by a connection: takes or refuses it, and acknowledges it. `isRetained`: that broker had kept it, for however long. */
  take(source: string, topic: string, payload: Uint8Array, acknowledge: (error?: Error) => void, isRetained: boolean): void
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
  /** Those that cannot even be begun. */
  readonly #unusable = new Map<string, ConnectionState>()
  /** Changes under way, which must not overtake each other: two connections under one client id push each other out. */
  readonly #changes = new Map<string, Promise<unknown>>()
  #entry: ConnectionsEntry | undefined
  #trials = 0
  #isClosed = false

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

  send(source: string, topic: string, payload: Uint8Array | string, options: SendOptions): boolean {
    return this.#open.get(source)?.connection.send(topic, payload, options) ?? false
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#changes.values(), ...[...this.#open.keys()].map((id) => this.#disconnect(id))])
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
    const settings = whole(id, input, before)
    check(settings)
    const left = before && !isSameSession(before, settings) ? before : null
    const filters = filtersOf(settings)
    const obsolete = before && !left ? [...(before.obsolete ?? []), ...filtersOf(before)].filter((one) => !filters.includes(one)) : []
    const stored = { ...settings, obsolete: [...new Set(obsolete)], by, at: now() }
    state.transaction(() => {
      state.brokerConnections.put(stored)
      const detail = `${stored.enabled ? 'on' : 'off'}, ${stored.url}, ${stored.topics.join(' ')}`
      state.audit({ at: stored.at, by, action: 'put-broker-connection', subject: id, detail })
    })
    void this.#change(id, left, by)
    return this.#listed(stored)
  }

  remove(id: string, by: string): Promise<string | null> {
    const { state, now } = this.#parts
    const known = this.#known(id)
    state.transaction(() => {
      state.brokerConnections.remove(id)
      state.audit({ at: now(), by, action: 'remove-broker-connection', subject: id, detail: '' })
    })
    return this.#change(id, known, by)
  }

  async tryOut(id: string, input: BrokerConnectionInput, by: string): Promise<ConnectionTrial> {
    const { state, now } = this.#parts
    const settings = whole(id, input, this.#stored(id))
    check(settings)
    if (this.#trials >= 2) throw new LamplighterError('action-refused', 'Others are trying connections. Try again in some seconds.')
    this.#trials++
    try {
      state.transaction(() => state.audit({ at: now(), by, action: 'try-broker-connection', subject: id, detail: settings.url }))
      return await tryConnection(settings, (topic) => this.#entry?.isRead(topic, id) ?? false)
    } finally {
      this.#trials--
    }
  }

  problems(): string[] {
    const states = [...[...this.#open].map(([id, { connection }]) => [id, connection.state] as const), ...this.#unusable]
    return states.flatMap(([id, { state, since, problem }]) => {
      if (state === 'connected') return problem ? [`Broker connection ${id}: ${problem}`] : []
      return this.#parts.now() - since > TOLERATED ? [`Broker connection ${id} is away: ${problem ?? 'no answer'}`] : []
    })
  }

  #stored(id: string): StoredBrokerConnection | undefined {
    return this.#parts.state.brokerConnections.get(id)
  }

  #known(id: string): StoredBrokerConnection {
    const stored = this.#stored(id)
    if (!stored) throw new LamplighterError('not-found', `There is no broker connection ${id}; /api/broker-connections lists them.`)
    return stored
  }

  #listed({ password, key, obsolete: _, ...rest }: StoredBrokerConnection): ListedBrokerConnection {
    const { id, enabled, at } = rest
    const live = this.#open.get(id)?.connection.state ?? this.#unusable.get(id) ?? quiet(enabled ? 'connecting' : 'off', at)
    return { ...rest, hasPassword: password !== '', hasKey: key !== '', live: { ...live } }
  }

  /** Connects as it is stored now. `left`: settings under which the broker keeps a session that nobody comes back to. Gives why that goes on. */
  #change(id: string, left: BrokerConnection | null, by: string): Promise<string | null> {
    const change = (this.#changes.get(id) ?? Promise.resolve()).then(async () => {
      await this.#disconnect(id)
      const problem = left && this.#entry ? await this.#leave(left, by) : null
      const stored = this.#stored(id)
      if (stored?.enabled && !this.#isClosed) this.#connect(stored)
      return problem
    })
    this.#changes.set(id, change)
    const done = () => this.#changes.get(id) === change && this.#changes.delete(id)
    change.then(done, done)
    return change
  }

  async #leave(left: BrokerConnection, by: string): Promise<string | null> {
    const { state, now } = this.#parts
    const { id, url } = left
    if (state.brokerConnections.all().some((one) => isSameSession(one, left))) return null
    const told = state.brokerConnections.told(id)
    const problem = await leaveBroker(left, told.length > 0 ? [...told, AVAILABILITY_TOPIC] : [])
    state.transaction(() => {
      state.brokerConnections.tell(id, [])
      const detail = problem === null ? url : `${url} keeps messages for ${left.clientId}, and what others read along: ${problem}`
      state.audit({ at: now(), by, action: 'leave-broker', subject: id, detail })
    })
    return problem
  }

  #connect(settings: StoredBrokerConnection): void {
    const entry = this.#entry
    if (!entry) return
    const { state, now, schedule } = this.#parts
    const { id, readAlong, obsolete } = settings
    try {
      const connection = new Connection({
        ...{ settings, obsolete, maxPacket: entry.maxPacket },
        onUnsubscribed: () => {
          const stored = this.#stored(id)
          if (stored?.at === settings.at) state.transaction(() => state.brokerConnections.put({ ...stored, obsolete: [] }))
        },
        take: (topic, payload, acknowledge, isRetained) => {
          // What it tells others itself may come back by a wide filter.
          if (readAlong.mode !== 'off' && isReadAlongTopic(topic)) acknowledge()
          else entry.take(id, topic, payload, acknowledge, isRetained)
        },
        // A connection has one will only, and nodes of Sparkplug rely on theirs.
        will: () => entry.will(settings) ?? (readAlong.mode === 'off' ? null : { topic: AVAILABILITY_TOPIC, payload: 'offline' }),
        onConnected: () => {
          this.#open.get(id)?.readAlong?.begin()
          entry.onConnected(settings)
        },
        onLost: () => this.#open.get(id)?.readAlong?.pause(),
        ...{ now, schedule, random: Math.random },
      })
      this.#open.set(id, { settings, connection, readAlong: this.#publisher(settings, connection, entry.services) })
    } catch (error) {
      // One that cannot be used keeps the others, and the service, from nothing.
      this.#unusable.set(id, { ...quiet('away', now()), problem: describe(error) })
    }
  }

  #publisher({ id, readAlong: settings }: BrokerConnection, connection: Connection, services: Told): ReadAlongPublisher | null {
    const { schedule, state } = this.#parts
    const memory = {
      told: state.brokerConnections.told(id),
      remember: (topics: string[]) => state.transaction(() => state.brokerConnections.tell(id, topics)),
    }
    if (settings.mode === 'off' && memory.told.length === 0) return null
    return new ReadAlongPublisher({
      ...{ settings, services, schedule, memory },
      send: (topic, payload, options) => connection.send(topic, payload, options),
    })
  }

  async #disconnect(id: string): Promise<void> {
    this.#unusable.delete(id)
    const open = this.#open.get(id)
    if (!open) return
    open.readAlong?.end()
    this.#entry?.onLeaving(open.settings)
    this.#open.delete(id)
    await open.connection.end()
  }
}
