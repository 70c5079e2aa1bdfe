import type { IPublishPacket, MqttClient } from 'mqtt'

export type Done = (error?: Error) => void
/** What mqtt.js sends with; its declaration keeps it to itself. */
interface Sending {
  _sendPacket(packet: { cmd: string; messageId?: number }, done?: Done, ...more: unknown[]): void
}

/**
 * Has mqtt.js acknowledge each message when `take` is done with it, and take the next ones meanwhile: left to itself it takes one message at a
 * time, which is as slow as the disk. How many are under way is up to the broker's window. A message that is not acknowledged is sent again by
 * the broker after a reconnect; `take` throws, or is answered with an error, for those. `onRefused` may still acknowledge it later.
 */
export function acknowledgeLate(
  client: MqttClient,
  take: (packet: IPublishPacket, acknowledge: Done) => void,
  onRefused: (error: Error, packet: IPublishPacket, acknowledge: () => void) => void,
): void {
  const sending = client as unknown as Sending
  const send = sending._sendPacket.bind(client)
  /** Messages that are not acknowledged yet, with what acknowledges them once mqtt.js has asked for it. */
  let waiting = new Map<number, { isTaken: boolean; acknowledge: (() => void) | null }>()
  // Message ids of an earlier connection say nothing in a new one.
  client.on('close', () => {
    waiting = new Map()
  })

  sending._sendPacket = (packet, done, ...more) => {
    const held = packet.cmd === 'puback' && packet.messageId !== undefined ? waiting.get(packet.messageId) : undefined
    if (!held) return send(packet, done, ...more)
    const id = packet.messageId as number
    const acknowledge = () => {
      waiting.delete(id)
      send(packet)
    }
    if (held.isTaken) acknowledge()
    else held.acknowledge = acknowledge
    done?.()
  }

  client.handleMessage = (packet, done) => {
    const mine = waiting
    const id = packet.qos === 1 ? packet.messageId : undefined
    const held = { isTaken: false, acknowledge: null as (() => void) | null }
    if (id !== undefined) mine.set(id, held)
    const acknowledge = () => {
      held.isTaken = true
      if (mine === waiting) held.acknowledge?.()
    }
    const answered = (error?: Error) => (error ? onRefused(error, packet, acknowledge) : acknowledge())
    try {
      take(packet, answered)
    } catch (error) {
      answered(error instanceof Error ? error : new Error(String(error)))
    }
    done()
  }
}
