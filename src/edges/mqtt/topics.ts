import type { AedesOptions } from 'aedes'
import { isStatus, parseTopic, type Topic } from '../../telemetry/topic.ts'
import type { Peer } from './access.ts'
import type { PublishPacket } from './bounded-aedes.ts'
import type { BrokerOptions, RefusedPublish } from './broker-options.ts'
import type { Connections } from './connections.ts'

const maxTopicLength = 512

type Refusal = Pick<RefusedPublish, 'reason' | 'detail'>

/** Who may publish, subscribe and receive what. */
export class Topics {
  readonly #options: BrokerOptions
  readonly #connections: Connections

  constructor(options: BrokerOptions, connections: Connections) {
    this.#options = options
    this.#connections = connections
  }

  /** Whether a message goes nowhere, which is told. */
  isRefused({ topic, payload }: { topic: string; payload: Uint8Array | string }, clientId: string, peer: Peer | null): boolean {
    const bytes = Buffer.from(payload as Buffer)
    const refusal = this.#refusalOf(peer, topic, known(topic), bytes.length)
    if (refusal) this.#options.onRefused({ topic: topic.slice(0, maxTopicLength), payload: plainBytes(bytes), clientId, peer, ...refusal })
    return refusal !== undefined
  }

  /** A message that was cut off because it is too large. */
  cutOff(topic: string, bytes: number, clientId: string, peer: Peer | null): void {
    this.#options.onRefused({ topic, payload: new Uint8Array(), clientId, peer, ...tooLarge(bytes, this.#options.maxPayload) })
  }

  /** `swallow` makes a packet be acknowledged and go nowhere: an error would disconnect a gateway for one bad topic. */
  authorize(isClosing: () => boolean, swallow: (packet: PublishPacket) => void): AedesOptions {
    const options = this.#options
    return {
      authorizePublish: (client, packet, done) => {
        if (isClosing()) return done(new Error('the broker is closing'))
        const { topic } = packet
        const payload = packet.payload as Buffer
        const clientId = client?.id ?? ''
        const peer = this.#connections.peerOf(client)
        const native = known(topic)
        const refusal = this.#refusalOf(peer, topic, native, payload.length)
        if (refusal || !peer) {
          swallow(packet)
          if (refusal) {
            const { qos, retain } = packet
            options.onRefused({
              topic: topic.slice(0, maxTopicLength),
              payload: plainBytes(payload),
              clientId,
              peer,
              qos,
              retain,
              ...refusal,
            })
          }
          return done(null)
        }
        if (packet.retain) packet.retain = options.isRetained?.(topic, native) ?? isStatus(native)
        try {
          const { qos, retain } = packet
          options.onPublish(topic, payload, { clientId, peer }, (error) => done(error ?? null), { qos, retain, native })
        } catch (error) {
          done(error instanceof Error ? error : new Error(String(error)))
        }
      },
      authorizeSubscribe: (client, subscription, done) => {
        const peer = this.#connections.peerOf(client)
        done(null, peer && options.access.maySubscribe(peer, subscription.topic) ? subscription : null)
      },
      authorizeForward: (client, packet) => {
        const peer = this.#connections.peerOf(client)
        return peer && options.access.mayReceive(peer, packet.topic) ? packet : null
      },
    }
  }

  #refusalOf(peer: Peer | null, topic: string, native: Topic | undefined, bytes: number): Refusal | undefined {
    const { isRead, isReserved, access, maxPayload } = this.#options
    if (!native && (topic.length > maxTopicLength || !isRead?.(topic))) return unknownTopic(topic)
    if (isReserved?.(native, topic)) return reservedTopic(topic)
    if (!peer || !access.mayPublish(peer, topic)) return notAllowed(topic, peer)
    return bytes > maxPayload ? tooLarge(bytes, maxPayload) : undefined
  }
}

const known = (topic: string) => (topic.length <= maxTopicLength ? parseTopic(topic) : undefined)

/** The same bytes, but not a Buffer, whose `slice` makes no copy: who keeps the beginning would keep all that the socket read. */
const plainBytes = ({ buffer, byteOffset, length }: Buffer) => new Uint8Array(buffer, byteOffset, length)

const unknownTopic = (topic: string): Refusal => ({
  reason: 'unknown-topic',
  detail: `"${topic.slice(0, 100)}" is not a topic of telemetry or status`,
})
const reservedTopic = (topic: string): Refusal => ({
  reason: 'reserved-topic',
  detail: `"${topic.slice(0, 100)}" is reported by the service itself`,
})
const notAllowed = (topic: string, peer: Peer | null): Refusal => ({
  reason: 'not-allowed',
  detail: `${peer?.id || 'this client'} may not publish on "${topic.slice(0, 100)}"`,
})
const tooLarge = (bytes: number, limit: number): Refusal => ({
  reason: 'payload-too-large',
  detail: `${bytes} bytes, the limit is ${limit}`,
})
