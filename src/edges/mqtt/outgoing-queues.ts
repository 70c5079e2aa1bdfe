import { type Budget, EVERYBODY, type Holder, Ledger, type LedgerRefusal } from './ledger.ts'

/** As Aedes hands it to its persistence: a message, or the PUBREL that takes its place halfway through QoS 2. */
export interface OutgoingPacket {
  cmd: string
  messageId?: number | undefined
  /** Numbers the broker's messages; a PUBREL has none. */
  brokerCounter?: number
  topic?: string
  payload?: Uint8Array | string | undefined
  dup?: boolean
  retain?: boolean
  /** It must not reach anybody from then on, ms since 1970. */
  expires?: number | undefined
}

export interface QueueLimits {
  /** Messages waiting for one session. */
  messages: number
  /** Waiting for all sessions, with what surrounds a payload. */
  bytes: Budget
}

/** `queue-full`: as many wait for that session as may. `expired`: its client was away for longer than it was good for. */
export type NotQueued = 'queue-full' | 'expired' | LedgerRefusal

interface Queue {
  holder: Holder
  /** By the number of the message, in the order in which they came. */
  packets: Map<number, OutgoingPacket>
  numbers: Map<number, number>
  bytes: number
}

const largestMessageId = 65_535
/** Bytes beside topic and payload, as measured: the packet and its places in the maps. */
export const PER_MESSAGE = 320
const sizeOf = ({ topic, payload }: OutgoingPacket) => PER_MESSAGE + (topic?.length ?? 0) + (payload?.length ?? 0)

/**
 * What waits for clients that asked for a session and are away or have not acknowledged. Beyond the limits messages are not queued: a client
 * that is away misses them, one that is connected gets them without the promise of a second try.
 */
export class OutgoingQueues {
  /** Messages not queued for want of room, by reason. */
  readonly missed = new Map<NotQueued, number>()
  readonly #limits: QueueLimits
  readonly #holderOf: (clientId: string) => Holder
  readonly #queues = new Map<string, Queue>()
  readonly #ledger: Ledger
  readonly #now: () => number

  constructor(limits: QueueLimits, holderOf: (clientId: string) => Holder = () => EVERYBODY, now: () => number = Date.now) {
    this.#now = now
    this.#limits = limits
    this.#holderOf = holderOf
    this.#ledger = new Ledger(limits.bytes)
  }

  get bytes(): number {
    return this.#ledger.total
  }

  enqueue(clientIds: readonly string[], packet: OutgoingPacket): void {
    const bytes = sizeOf(packet)
    let kept: OutgoingPacket | undefined
    for (const clientId of clientIds) {
      const queue = this.#queues.get(clientId) ?? this.#newQueue(clientId)
      if (queue.packets.size >= this.#limits.messages) this.#expire(clientId, queue)
      const refusal = queue.packets.size >= this.#limits.messages ? 'queue-full' : this.#ledger.take(queue.holder, bytes)
      if (refusal) {
        this.missed.set(refusal, (this.missed.get(refusal) ?? 0) + 1)
        continue
      }
      // Who has subscribed before gets it as a new message, however late.
      kept ??= { ...packet, payload: ownBytes(packet.payload), retain: false }
      queue.packets.set(packet.brokerCounter as number, { ...kept, messageId: undefined })
      queue.bytes += bytes
      this.#queues.set(clientId, queue)
    }
  }

  /** Notes the id under which a message is sent, or that its PUBREL waits now. An id that is in use is changed in the packet. */
  update(clientId: string, packet: OutgoingPacket): void {
    const queue = this.#queues.get(clientId)
    if (!queue || packet.messageId === undefined) return
    if (packet.brokerCounter === undefined) this.#replace(queue, queue.numbers.get(packet.messageId), packet)
    else number(queue, packet.brokerCounter, packet)
  }

  /** Removes a message, by the id under which it was sent or else by its own number. */
  clear(clientId: string, packet: OutgoingPacket): OutgoingPacket | undefined {
    const queue = this.#queues.get(clientId)
    const key = packet.messageId === undefined ? packet.brokerCounter : queue?.numbers.get(packet.messageId)
    const found = queue && key !== undefined ? queue.packets.get(key) : undefined
    if (queue && found) this.#remove(clientId, queue, key as number, found)
    return found
  }

  /** Oldest first; what was sent before is marked as sent again. What has expired is gone. */
  waiting(clientId: string): OutgoingPacket[] {
    const queue = this.#queues.get(clientId)
    if (!queue) return []
    this.#expire(clientId, queue)
    const packets = [...queue.packets.values()]
    return packets.map((packet) => (packet.messageId !== undefined && packet.cmd === 'publish' ? { ...packet, dup: true } : packet))
  }

  forget(clientId: string): void {
    const queue = this.#queues.get(clientId)
    if (queue) this.#shrink(queue, queue.bytes)
    this.#queues.delete(clientId)
  }

  #expire(clientId: string, queue: Queue): void {
    const now = this.#now()
    for (const [key, packet] of queue.packets) {
      if (packet.expires === undefined || now < packet.expires) continue
      this.missed.set('expired', (this.missed.get('expired') ?? 0) + 1)
      this.#remove(clientId, queue, key, packet)
    }
  }

  #remove(clientId: string, queue: Queue, key: number, packet: OutgoingPacket): void {
    queue.packets.delete(key)
    if (packet.messageId !== undefined) queue.numbers.delete(packet.messageId)
    this.#shrink(queue, sizeOf(packet))
    if (queue.packets.size === 0) this.#queues.delete(clientId)
  }

  #newQueue(clientId: string): Queue {
    return { holder: this.#holderOf(clientId), packets: new Map(), numbers: new Map(), bytes: 0 }
  }

  #replace(queue: Queue, key: number | undefined, packet: OutgoingPacket): void {
    const before = key === undefined ? undefined : queue.packets.get(key)
    if (!before) return
    queue.packets.set(key as number, { ...packet })
    this.#shrink(queue, sizeOf(before) - sizeOf(packet))
  }

  #shrink(queue: Queue, bytes: number): void {
    queue.bytes -= bytes
    this.#ledger.give(queue.holder, bytes)
  }
}

function number({ packets, numbers }: Queue, key: number, packet: OutgoingPacket): void {
  const waiting = packets.get(key)
  if (!waiting) return
  if (waiting.messageId !== undefined) numbers.delete(waiting.messageId)
  while (numbers.has(packet.messageId as number)) packet.messageId = ((packet.messageId as number) % largestMessageId) + 1
  waiting.messageId = packet.messageId
  numbers.set(packet.messageId as number, key)
}

/** Bytes that hold nothing else in memory: a payload as it comes is a part of all that the socket read with it. */
export function ownBytes<T extends Uint8Array | string | undefined>(payload: T): T | Buffer {
  if (payload === undefined || typeof payload === 'string') return payload
  const own = Buffer.allocUnsafeSlow(payload.length)
  own.set(payload)
  return own
}
