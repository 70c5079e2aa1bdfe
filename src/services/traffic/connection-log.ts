import type {
  BrokerObserver,
  ConnectedClient,
  ConnectionFault,
  DisconnectReason,
  Publisher,
  RefusedConnect,
} from '../../edges/mqtt/broker-options.ts'
import type { ConnectionState, FlowState, RefusedConnects } from '../../edges/traffic.ts'
import { type Flow, newFlow, passed, perMinute } from '../../telemetry/flow.ts'
import { HourCounts } from '../../telemetry/hour-counts.ts'
import { makeRoom } from '../../telemetry/make-room.ts'

/** More than may be connected, so that those who are are known. */
const MAX_CLIENTS = 100_000
const MAX_TOPICS = 100_000
/** Ids that were refused; anybody can make some up. */
const MAX_REFUSED = 5_000
const NEWEST = 100
const MAX_ID = 128

interface Client {
  connections: number
  connects: number
  last: ConnectedClient
  lastDisconnect: { at: number; reason: DisconnectReason; detail: string } | null
  flow: Flow
  throttled: number
  lastThrottled: number | null
}

interface Refused extends Omit<RefusedConnects, 'counts'> {
  counts: Map<ConnectionFault, number>
}

/** Who was connected, who was refused, and how much each sends, in bounded memory: what is oldest is forgotten. */
export class ConnectionLog implements Required<BrokerObserver> {
  readonly #now: () => number
  /** Devices by their id. */
  readonly #devices = new Map<string, Client>()
  /** All others by their client id. */
  readonly #others = new Map<string, Client>()
  readonly #topics = new Map<string, { clientId: string; flow: Flow }>()
  readonly #refused = new Map<string, Refused>()
  #newest: RefusedConnects[] = []
  readonly #faults = new HourCounts<ConnectionFault>()

  constructor(now: () => number) {
    this.#now = now
  }

  onConnect(client: ConnectedClient): void {
    const [clients, key] = this.#place(client)
    const before = clients.get(key)
    const known = before ?? {
      ...{ connections: 0, connects: 0, last: client, lastDisconnect: null },
      ...{ flow: newFlow(this.#now()), throttled: 0, lastThrottled: null },
    }
    known.connections++
    known.connects++
    known.last = client
    clients.delete(key)
    clients.set(key, known)
    if (!before) makeRoom(clients, MAX_CLIENTS, ({ connections }) => connections === 0)
  }

  onDisconnect(client: ConnectedClient, reason: DisconnectReason, detail: string): void {
    const known = this.#clientOf(client)
    if (!known) return
    known.connections = Math.max(0, known.connections - 1)
    known.lastDisconnect = { at: this.#now(), reason, detail }
  }

  onThrottled(client: ConnectedClient, waited: number): void {
    const known = this.#clientOf(client)
    if (!known) return
    known.throttled += waited
    known.lastThrottled = this.#now()
  }

  onRefusedConnect({ clientId, username, address, reason, detail }: RefusedConnect): void {
    const at = this.#now()
    this.#faults.add(reason, at)
    const said = { clientId: clientId?.slice(0, MAX_ID) || null, address, at, reason, detail }
    const id = username?.slice(0, MAX_ID) || said.clientId
    let counts: Map<ConnectionFault, number> = new Map()
    // Who comes with another's client id, or with the wrong name, is looked for under both.
    for (const key of new Set([id, said.clientId])) {
      if (key === null) continue
      const known: Refused = { ...said, id, counts: this.#refused.get(key)?.counts ?? new Map() }
      known.counts.set(reason, (known.counts.get(reason) ?? 0) + 1)
      if (key === id) counts = known.counts
      this.#refused.delete(key)
      this.#refused.set(key, known)
      makeRoom(this.#refused, MAX_REFUSED)
    }
    this.#newest.push({ ...said, id, counts })
    if (this.#newest.length > NEWEST * 2) this.#newest = this.#newest.slice(-NEWEST)
  }

  published(topic: string, bytes: number, { clientId, peer }: Publisher): void {
    const now = this.#now()
    const client = peer.sort === 'device' ? this.#devices.get(peer.id) : this.#others.get(clientId)
    if (client) passed(client.flow, bytes, now)
    let known = this.#topics.get(topic)
    if (!known) {
      known = { clientId, flow: newFlow(now) }
      this.#topics.set(topic, known)
      makeRoom(this.#topics, MAX_TOPICS)
    }
    known.clientId = clientId
    passed(known.flow, bytes, now)
  }

  /** Of a device, or of the client of another sort that has this id as its client id. */
  connection(id: string): Omit<ConnectionState, 'subscriptions'> | null {
    const found = this.#devices.get(id) ?? this.#others.get(id)
    return found ? { ...found, flow: this.#state(found.flow) } : null
  }

  ofTopic(topic: string): { topic: string; clientId: string; flow: FlowState } | undefined {
    const found = this.#topics.get(topic)
    return found && { topic, clientId: found.clientId, flow: this.#state(found.flow) }
  }

  refusedOf(id: string): RefusedConnects | null {
    return this.#refused.get(id) ?? null
  }

  /** Newest first. */
  newestRefused(): readonly RefusedConnects[] {
    return this.#newest.slice(-NEWEST).reverse()
  }

  refusedLastHour(): ReadonlyMap<ConnectionFault, number> {
    return this.#faults.lastHour(this.#now())
  }

  #place({ clientId, peer }: Publisher): [clients: Map<string, Client>, key: string] {
    return peer.sort === 'device' ? [this.#devices, peer.id] : [this.#others, clientId]
  }

  #clientOf(client: Publisher): Client | undefined {
    const [clients, key] = this.#place(client)
    return clients.get(key)
  }

  #state(flow: Flow): FlowState {
    const { messages, bytes, last } = flow
    return { messages, bytes, perMinute: perMinute(flow, this.#now()), last: Number.isNaN(last) ? null : last }
  }
}
