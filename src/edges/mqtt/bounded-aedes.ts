import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes'
import { boundOfflineQueues } from './offline-queues.ts'

export type { PublishPacket }

type Done = (error?: Error) => void
/** The signature Aedes itself calls; its declaration leaves the client out. */
type Publish = (this: Aedes, packet: PublishPacket, client: Client | null, done: Done) => void

const forward = Aedes.prototype.publish as unknown as Publish

/** Bytes under way to MQTT subscribers. */
const maxForwarding = 16 * 1024 * 1024
/** What a packet under way takes beside its payload. */
const packetOverhead = 512
const queueLimits = { messages: 1_000, bytes: 64 * 1024 * 1024 }

/**
 * Aedes lets a publisher go on when all subscribers have its message, so one frozen subscriber stops all telemetry. Here publishers go on at
 * once, and what subscribers have not taken yet is bounded: beyond, messages are not forwarded. The journal has them already.
 */
export class BoundedAedes extends Aedes {
  dropped = 0
  #forwarding = 0
  readonly #swallowed = new WeakSet<PublishPacket>()

  constructor(options: AedesOptions) {
    super(options)
  }

  override async listen(): Promise<void> {
    await super.listen()
    boundOfflineQueues((this as unknown as { persistence: Parameters<typeof boundOfflineQueues>[0] }).persistence, queueLimits)
  }

  /** Has a client's packet acknowledged and otherwise ignored. */
  swallow(packet: PublishPacket): void {
    this.#swallowed.add(packet)
  }

  override publish(packet: PublishPacket, client: Client | null | Done, done: Done = ignore): void {
    if (typeof client === 'function' || !client) {
      forward.call(this, packet, null, client ?? done)
      return
    }
    if (!this.#swallowed.has(packet)) this.#forward(packet, client)
    done()
  }

  #forward(packet: PublishPacket, client: Client): void {
    const bytes = packet.payload.length + packetOverhead
    // A retained status is stored on this way; it must not be missed.
    if (this.#forwarding + bytes > maxForwarding && !packet.retain) {
      this.dropped++
      return
    }
    this.#forwarding += bytes
    forward.call(this, packet, client, () => {
      this.#forwarding -= bytes
    })
  }
}

function ignore(): void {}
