import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import { Aedes, type AedesOptions, type Client, type PublishPacket, type Subscription } from 'aedes'
import { type OutgoingPacket, OutgoingQueues } from './outgoing-queues.ts'
import { RetainedMessages, type RetainedPacket } from './retained-messages.ts'
import { AwaySessions } from './sessions.ts'
import { SlowReaders } from './slow-readers.ts'

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
  cleanIncoming(client: { id: string }): Promise<void>
}

const publish = Aedes.prototype.publish as unknown as Publish
/** What Aedes tells other brokers of a cluster; nobody may subscribe to it. */
const gossip = /^\$SYS\/[^/]+\/(new|disconnect)\//

/** What clients may make the broker keep in memory. */
export interface BrokerBounds {
  retained: { messages: number; bytes: number }
  queues: { messages: number; bytes: number }
  sessions: { expiry: number; away: number }
  readers: { behind: number; total: number; patience: number }
  /** Topic filters of one client. */
  subscriptions: number
}

export interface BoundedAedesOptions extends AedesOptions {
  bounds: BrokerBounds
  now: () => number
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
  readonly sessions: AwaySessions
  readonly #bounds: BrokerBounds
  readonly #now: () => number
  readonly #readers: SlowReaders
  readonly #watched = new WeakSet<Client>()
  readonly #granted = new WeakSet<Subscription>()
  readonly #swallowed = new WeakSet<PublishPacket>()

  constructor({ bounds, now, ...options }: BoundedAedesOptions) {
    super({ ...options, authorizeSubscribe: (client, subscription, done) => this.#boundSubscription(options, client, subscription, done) })
    this.#bounds = bounds
    this.#now = now
    this.#readers = new SlowReaders(bounds.readers)
    this.queues = new OutgoingQueues(bounds.queues)
    this.retainedMessages = new RetainedMessages(bounds.retained)
    this.sessions = new AwaySessions(bounds.sessions, (id) => this.#forget(id))
    this.on('client', (client) => {
      this.sessions.come(client.id)
      if (client.clean) this.queues.forget(client.id)
    })
    this.on('clientDisconnect', (client) => {
      if (!client.clean) this.sessions.leave(client.id, this.#now())
    })
  }

  override async listen(): Promise<void> {
    await super.listen()
    this.#boundPersistence()
    letNobodyWait((this as unknown as { mq: Emitter }).mq)
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
    if (!this.#swallowed.has(packet)) publish.call(this, packet, client, ignore)
    done()
  }

  #boundSubscription(
    options: AedesOptions,
    client: Client,
    subscription: Subscription,
    done: Parameters<NonNullable<AedesOptions['authorizeSubscribe']>>[2],
  ): void {
    const { subscriptions } = client as OpenClient
    const isRoom = subscription.topic in subscriptions || Object.keys(subscriptions).length < this.#bounds.subscriptions
    const decide: typeof done = (error, granted) => {
      if (granted && isRoom) {
        this.#granted.add(granted)
        this.#watch(client as OpenClient)
      }
      done(error, isRoom ? granted : null)
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

  #boundPersistence(): void {
    const { persistence } = this as unknown as { persistence: Persistence }
    const { queues, retainedMessages } = this
    const { addSubscriptions } = persistence
    persistence.storeRetained = async (packet) => retainedMessages.store(packet)
    persistence.createRetainedStreamCombi = (filters) => {
      const found = filters.flatMap((filter) => [...retainedMessages.matching(filter)])
      return found.length > 0 ? Readable.from(found) : NOTHING
    }
    persistence.outgoingEnqueue = async ({ clientId }, packet) => queues.enqueue([clientId], packet)
    persistence.outgoingEnqueueCombi = async (subscriptions, packet) =>
      queues.enqueue([...new Set(subscriptions.map(({ clientId }) => clientId))], packet)
    persistence.outgoingUpdate = async ({ id }, packet) => queues.update(id, packet)
    persistence.outgoingClearMessageId = async ({ id }, packet) => queues.clear(id, packet)
    persistence.outgoingStream = ({ id }) => queues.waiting(id)
    // Aedes gives all subscriptions of a packet, also the refused ones, once for each that was granted.
    persistence.addSubscriptions = async (client, subscriptions) => {
      const granted = subscriptions.filter((subscription) => this.#granted.delete(subscription))
      if (granted.length > 0) await addSubscriptions.call(persistence, client, granted)
    }
  }

  #forget(id: string): void {
    const { persistence } = this as unknown as { persistence: Persistence }
    this.queues.forget(id)
    void persistence.cleanSubscriptions({ id })
    void persistence.cleanIncoming({ id })
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
