interface QueuedPacket {
  payload?: Uint8Array | string
}

/** The part of Aedes' persistence that queues messages for sessions; it has no bound of its own. */
interface OutgoingStore {
  outgoingEnqueueCombi(subscriptions: readonly { clientId: string }[], packet: QueuedPacket): Promise<void>
  outgoingUpdate(client: { id: string }, packet: QueuedPacket): Promise<void>
  outgoingClearMessageId(client: { id: string }, packet: QueuedPacket): Promise<QueuedPacket | undefined>
}

export interface QueueLimits {
  /** Messages waiting for one session. */
  messages: number
  /** Payload bytes waiting for all sessions. */
  bytes: number
}

/**
 * Bounds what waits for clients that asked for a session and are away or slow. Beyond, messages are not queued: a client that is away misses
 * them, one that is connected gets them without the promise of a second try.
 */
export function boundOfflineQueues(store: OutgoingStore, limits: QueueLimits): void {
  const queues = new Map<string, { messages: number; bytes: number }>()
  let total = 0
  const { outgoingEnqueueCombi, outgoingUpdate, outgoingClearMessageId } = store

  store.outgoingEnqueueCombi = (subscriptions, packet) => {
    const bytes = packet.payload?.length ?? 0
    const taken = subscriptions.filter(({ clientId }) => {
      const queue = queues.get(clientId) ?? { messages: 0, bytes: 0 }
      if (queue.messages >= limits.messages || total + bytes > limits.bytes) return false
      queue.messages++
      queue.bytes += bytes
      total += bytes
      queues.set(clientId, queue)
      return true
    })
    return outgoingEnqueueCombi.call(store, taken, packet)
  }

  // It rejects for a message that was not queued, and the client would be disconnected for it.
  store.outgoingUpdate = (client, packet) => outgoingUpdate.call(store, client, packet).catch(() => undefined)

  store.outgoingClearMessageId = async (client, packet) => {
    const removed = await outgoingClearMessageId.call(store, client, packet)
    const queue = queues.get(client.id)
    if (removed && queue) {
      queue.messages--
      // A QoS 2 message loses its payload halfway; the last message of a queue takes along what that left over.
      const bytes = queue.messages > 0 ? Math.min(removed.payload?.length ?? 0, queue.bytes) : queue.bytes
      queue.bytes -= bytes
      total -= bytes
      if (queue.messages === 0) queues.delete(client.id)
    }
    return removed
  }
}
