import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import { Aedes, type AedesOptions, type Client, type PublishPacket, type Subscription } from 'aedes'
import { EVERYBODY, type Holder } from './ledger.ts'
import { type OutgoingPacket, OutgoingQueues, type QueueLimits } from './outgoing-queues.ts'
import { type RetainedLimits, RetainedMessages, type RetainedPacket } from './retained-messages.ts'
import { type SessionLimits, Sessions } from './sessions.ts'
import { type ReaderLimits, SlowReaders } from './slow-readers.ts'
import { SubscriptionBounds, type SubscriptionLimits, type SubscriptionRefusal } from './subscription-bounds.ts'
import { UnreleasedIds } from './unreleased-ids.ts'

export type { PublishPacket }

type Done = (error?: Error) => void
/** The signature Aedes itself calls; its declaration leaves the client out. */
type Publish = (this: Aedes, packet: PublishPacket, client: Client | null, done: Done) => void
type Deliver = (packet: PublishPacket & { brokerId?: string | null }, done: () => void) => void

interface OpenClient extends Client {
  conn: Duplex
  subscriptions: Record<string, unknown>
  deliver0: Deliver
  deliverQoS: Deliver
  /** Before, it is the filters of its session that are asked about. */
  connackSent: boolean
  /** Ids of QoS 2 messages that count towards its limit. */
  _inboundInflight: Set<number>
}

/** The part of Aedes' emitter that hands a message to its subscribers. */
interface Emitter {
  closed: boolean
  emit(packet: PublishPacket, done: Done): void
  _matcher: { match(topic: string): ((packet: PublishPacket, done: () => void) => void)[] }
}

/** The part of Aedes' persistence that has no bound of its own. */
interface Persistence {
  storeRetained(packet: RetainedPacket): Promise<void>
  createRetainedStreamCombi(filters: readonly string[]): Pick<Readable, 'pipe'>
  outgoingEnqueue(subscription: { clientId: string }, packet: OutgoingPacket): Promise<void>
  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: OutgoingPacket): Promise<void>
  outgoingUpdate(client: { id: string }, packet: OutgoingPacket): Promise<void>
  outgoingClearMessageId(client: { id: string }, packet: OutgoingPacket): Promise<OutgoingPacket | undefined>
  /** Goes into a pipeline. */
  outgoingStream(client: { id: string }): Iterable<OutgoingPacket>
  addSubscriptions(client: { id: string }, subscriptions: readonly Subscription[]): Promise<void>
  cleanSubscriptions(client: { id: string }): Promise<void>
  incomingStorePacket(client: Client, packet: PublishPacket & { messageId: number }): Promise<void>
  incomingGetPacket(client: { id: string }, packet: { messageId: number }): Promise<object>
  incomingDelPacket(client: { id: string }, packet: { messageId: number }): Promise<void>
  cleanIncoming(client: { id: string }): Promise<void>
}

const publish = Aedes.prototype.publish as unknown as Publish
/** Aedes' own list of the clients there are; its declaration leaves it out. */
interface ClientList {
  clients: Record<string, Client>
  registerClient(this: Aedes, client: Client): void
  _finishRegisterClient(this: Aedes, client: Client): void
  unregisterClient(this: Aedes, client: Client): void
}
const clientList = Aedes.prototype as unknown as ClientList
/** What Aedes tells other brokers of a cluster; nobody may subscribe to it. */
const gossip = /^\$SYS\/[^/]+\/(new|disconnect)\//

/** What clients may make the broker keep in memory. */
export interface BrokerBounds {
  retained: RetainedLimits
  queues: QueueLimits
  sessions: SessionLimits
  readers: ReaderLimits
  subscriptions: SubscriptionLimits
  /** QoS 2 messages of one session that it has begun and not ended. */
  unreleased: number
}

export interface BoundedAedesOptions extends AedesOptions {
  bounds: BrokerBounds
  now: () => number
  holderOf(client: Client): Holder
  /** Told of a client before it is disconnected because its peer has too many sessions. */
  onTooMany(client: Client): void
}

/**
 * Aedes keeps without bound what clients make it keep, and lets publishers and all subscribers wait for the slowest subscriber. Here publishers
 * wait for no subscriber and subscribers not for each other; who does not keep up misses messages. The journal has them already.
 */
export class BoundedAedes extends Aedes {
  /** Messages not sent to subscribers that were behind. */
  dropped = 0
  readonly queues: OutgoingQueues
  readonly retainedMessages: RetainedMessages
  readonly sessions: Sessions
  readonly subscriptions: SubscriptionBounds
  /** Subscriptions refused, by reason. */
  readonly refusedSubscriptions = new Map<SubscriptionRefusal, number>()
  readonly unreleased: UnreleasedIds
  readonly #holderOf: BoundedAedesOptions['holderOf']
  /** Of the message that is being published; Aedes stores it before it does anything else. */
  #publisher = EVERYBODY
  readonly #onTooMany: BoundedAedesOptions['onTooMany']
  readonly #now: () => number
  readonly #readers: SlowReaders
  readonly #watched = new WeakSet<Client>()
  readonly #granted = new WeakSet<Subscription>()
  readonly #swallowed = new WeakSet<PublishPacket>()
  /** Until when payloads are good, ms: Aedes makes packets of its own of what is published, but hands the payload on. */
  readonly #expiries = new WeakMap<Uint8Array, number>()

  constructor({ bounds, now, holderOf, onTooMany, ...options }: BoundedAedesOptions) {
    super({
      ...options,
      maxInflightInbound: bounds.unreleased,
      authorizeSubscribe: (client, subscription, done) => this.#boundSubscription(options, client, subscription, done),
    } as AedesOptions)
    this.#now = now
    this.#holderOf = holderOf
    this.#onTooMany = onTooMany
    this.#readers = new SlowReaders(bounds.readers)
    this.queues = new OutgoingQueues(bounds.queues, (id) => this.sessions.holderOf(id), now)
    this.retainedMessages = new RetainedMessages(bounds.retained)
    this.sessions = new Sessions(bounds.sessions, (id) => this.#forget(id))
    this.subscriptions = new SubscriptionBounds(bounds.subscriptions)
    this.unreleased = new UnreleasedIds(bounds.unreleased)
    this.on('client', (client) => {
      this.sessions.come(client.id, holderOf(client))
      if (!client.clean) return
      this.queues.forget(client.id)
      this.subscriptions.forget(client.id)
    })
    this.on('unsubscribe', (filters, client) => {
      // By then also what was subscribed at the same time stands there.
      setImmediate(() => {
        if (client.closed) return
        for (const filter of filters) if (!(filter in (client as OpenClient).subscriptions)) this.subscriptions.remove(client.id, filter)
      })
    })
    this.on('clientDisconnect', (client) => {
      if (!client.clean) return this.sessions.leave(client.id, this.#now())
      this.sessions.gone(client.id)
      this.subscriptions.forget(client.id)
    })
  }

  override async listen(): Promise<void> {
    await super.listen()
    this.#boundPersistence()
    letNobodyWait((this as unknown as { mq: Emitter }).mq)
  }

  /** Aedes would also list a client whose connection has ended while it was let in, for ever, and end the one before it with its id. */
  registerClient(client: Client): void {
    if (!client.closed) clientList.registerClient.call(this, client)
  }

  /** It may also end while that one is being ended. */
  _finishRegisterClient(client: Client): void {
    if (!client.closed) clientList._finishRegisterClient.call(this, client)
  }

  /** Aedes would take the end of such a client for that of another one with its id. */
  unregisterClient(client: Client): void {
    if ((this as unknown as ClientList).clients[client.id] === client) clientList.unregisterClient.call(this, client)
  }

  /** Ends what has become too old or stands in the way; to be called a few times a second. */
  tick(): void {
    const now = this.#now()
    this.#readers.tick(now)
    this.sessions.tick(now)
  }

  /** Has a client's packet acknowledged and otherwise ignored. */
  swallow(packet: PublishPacket): void {
    this.#swallowed.add(packet)
  }

  override publish(packet: PublishPacket, client: Client | null | Done, done: Done = ignore): void {
    if (typeof client === 'function' || !client) {
      if (gossip.test(packet.topic)) (typeof client === 'function' ? client : done)()
      else publish.call(this, packet, null, client ?? done)
      return
    }
    if (!this.#swallowed.has(packet)) {
      if (packet.retain) this.#publisher = this.#holderOf(client)
      publish.call(this, packet, client, ignore)
      this.#publisher = EVERYBODY
    }
    done()
  }

  #boundSubscription(
    options: AedesOptions,
    client: Client,
    subscription: Subscription,
    done: Parameters<NonNullable<AedesOptions['authorizeSubscribe']>>[2],
  ): void {
    const decide: typeof done = (error, allowed) => {
      const isOld = !(client as OpenClient).connackSent
      const refusal = allowed
        ? isOld
          ? undefined
          : this.subscriptions.add(client.id, this.sessions.holderOf(client.id), subscription.topic)
        : 'not-allowed'
      if (refusal) this.refusedSubscriptions.set(refusal, (this.refusedSubscriptions.get(refusal) ?? 0) + 1)
      const granted = refusal ? null : allowed
      if (granted) {
        this.#granted.add(granted)
        this.#watch(client as OpenClient)
      }
      done(error, granted)
    }
    if (options.authorizeSubscribe) options.authorizeSubscribe(client, subscription, decide)
    else decide(null, subscription)
  }

  /** From its first subscription on. What it is sent anew is bounded; what is sent from a store waits for the client anyway. */
  #watch(client: OpenClient): void {
    if (this.#watched.has(client)) return
    this.#watched.add(client)
    this.#readers.watch(client.conn)
    const unlessBehind =
      (deliver: Deliver): Deliver =>
      (packet, done) => {
        if (packet.brokerId && this.#readers.isBehind(client.conn)) {
          this.dropped++
          setImmediate(done)
        } else deliver(packet, done)
      }
    client.deliver0 = unlessBehind(client.deliver0)
    client.deliverQoS = unlessBehind(client.deliverQoS)
  }

  /** What is published with this payload must not reach anybody from then on, ms since 1970. */
  expire(payload: Uint8Array, at: number): void {
    this.#expiries.set(payload, at)
  }

  #boundPersistence(): void {
    const { persistence } = this as unknown as { persistence: Persistence }
    const { queues, retainedMessages, unreleased } = this
    const { addSubscriptions } = persistence
    persistence.storeRetained = async (packet) => retainedMessages.store(packet, this.#publisher)
    persistence.createRetainedStreamCombi = (filters) => {
      const found = filters.flatMap((filter) => [...retainedMessages.matching(filter)])
      return found.length > 0 ? Readable.from(found) : NOTHING
    }
    const expiring = (packet: OutgoingPacket) => ({ ...packet, expires: this.#expiries.get(packet.payload as Uint8Array) })
    persistence.outgoingEnqueue = async ({ clientId }, packet) => queues.enqueue([clientId], expiring(packet))
    persistence.outgoingEnqueueCombi = async (subscriptions, packet) =>
      queues.enqueue([...new Set(subscriptions.map(({ clientId }) => clientId))], expiring(packet))
    persistence.outgoingUpdate = async ({ id }, packet) => queues.update(id, packet)
    persistence.outgoingClearMessageId = async ({ id }, packet) => queues.clear(id, packet)
    persistence.outgoingStream = ({ id }) => queues.waiting(id)
    persistence.incomingStorePacket = async (client, packet) => {
      // What goes nowhere may come twice, and is not worth an id.
      if (this.#swallowed.has(packet)) (client as OpenClient)._inboundInflight.delete(packet.messageId)
      else unreleased.store(client, packet)
    }
    persistence.incomingGetPacket = async (client, packet) => unreleased.get(client, packet)
    persistence.incomingDelPacket = async (client, packet) => unreleased.release(client, packet)
    persistence.cleanIncoming = async (client) => unreleased.forget(client)
    // Aedes gives all subscriptions of a packet, also the refused ones, once for each that was granted.
    persistence.addSubscriptions = async (client, subscriptions) => {
      const granted = subscriptions.filter((subscription) => this.#granted.delete(subscription))
      if (granted.length > 0) await addSubscriptions.call(persistence, client, granted)
    }
  }

  #forget(id: string): void {
    const { persistence } = this as unknown as { persistence: Persistence }
    const client = (this as unknown as { clients: Record<string, Client> }).clients[id]
    if (client) {
      this.#onTooMany(client)
      // Else it would leave a session behind.
      client.clean = true
      client.close()
    }
    this.queues.forget(id)
    this.subscriptions.forget(id)
    this.unreleased.forget({ id })
    void persistence.cleanSubscriptions({ id })
  }
}

/** Aedes' emitter takes a new message only when subscribers have taken earlier ones. */
function letNobodyWait(emitter: Emitter): void {
  emitter.emit = (packet, done) => {
    if (emitter.closed) return done(new Error('the broker is closing'))
    for (const notify of emitter._matcher.match(packet.topic)) notify.call(emitter, packet, ignore)
    done()
  }
}

/** A stream takes some kB to say that there is nothing; nearly every device that comes back is told so. */
const NOTHING: Pick<Readable, 'pipe'> = { pipe: (destination) => destination }

function ignore(): void {}
