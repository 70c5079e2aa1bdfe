/** As Aedes hands it to its persistence: a message, or the PUBREL that takes its place halfway through QoS 2. */
export interface OutgoingPacket {
  cmd: string
  messageId?: number | undefined
  /** Numbers the broker's messages; a PUBREL has none. */
  brokerCounter?: number
  payload?: Uint8Array | string | undefined
  dup?: boolean
  retain?: boolean
}

export interface QueueLimits {
  /** Messages waiting for one session. */
  messages: number
  /** Payload bytes waiting for all sessions. */
  bytes: number
}

interface Queue {
  /** By the number of the message, in the order in which they came. */
  packets: Map<number, OutgoingPacket>
  numbers: Map<number, number>
  bytes: number
}

const largestMessageId = 65_535
const sizeOf = (packet: OutgoingPacket) => packet.payload?.length ?? 0

/**
 * What waits for clients that asked for a session and are away or have not acknowledged. Beyond the limits messages are not queued: a client
 * that is away misses them, one that is connected gets them without the promise of a second try.
 */
export class OutgoingQueues {
  /** Messages not queued for want of room. */
  missed = 0
  readonly #limits: QueueLimits
  readonly #queues = new Map<string, Queue>()
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  enqueue(clientIds: readonly string[], packet: OutgoingPacket): void {
    const bytes = sizeOf(packet)
    let kept: OutgoingPacket | undefined
    for (const clientId of clientIds) {
      const queue = this.#queues.get(clientId) ?? { packets: new Map(), numbers: new Map(), bytes: 0 }
      if (queue.packets.size >= this.#limits.messages || this.#bytes + bytes > this.#limits.bytes) {
        this.missed++
        continue
      }
      // Who has subscribed before gets it as a new message, however late.
      kept ??= { ...packet, payload: ownBytes(packet.payload), retain: false }
      queue.packets.set(packet.brokerCounter as number, { ...kept, messageId: undefined })
      queue.bytes += bytes
      this.#bytes += bytes
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
    if (!queue || !found) return undefined
    queue.packets.delete(key as number)
    if (found.messageId !== undefined) queue.numbers.delete(found.messageId)
    this.#shrink(queue, sizeOf(found))
    if (queue.packets.size === 0) this.#queues.delete(clientId)
    return found
  }

  /** Oldest first; what was sent before is marked as sent again. */
  waiting(clientId: string): OutgoingPacket[] {
    const packets = [...(this.#queues.get(clientId)?.packets.values() ?? [])]
    return packets.map((packet) => (packet.messageId !== undefined && packet.cmd === 'publish' ? { ...packet, dup: true } : packet))
  }

  forget(clientId: string): void {
    this.#bytes -= this.#queues.get(clientId)?.bytes ?? 0
    this.#queues.delete(clientId)
  }

  #replace(queue: Queue, key: number | undefined, packet: OutgoingPacket): void {
    const before = key === undefined ? undefined : queue.packets.get(key)
    if (!before) return
    queue.packets.set(key as number, { ...packet })
    this.#shrink(queue, sizeOf(before) - sizeOf(packet))
  }

  #shrink(queue: Queue, bytes: number): void {
    queue.bytes -= bytes
    this.#bytes -= bytes
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
