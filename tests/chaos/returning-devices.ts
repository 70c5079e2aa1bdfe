import { connect, type Socket } from 'node:net'
import { connectPacket, publishPacket, subscribePacket } from '../../bench/mqtt-load.ts'
import { seconds } from '../../src/telemetry/duration.ts'

/** Devices with credentials of their own on raw sockets, many to a process: each reports, keeps what is not acknowledged, and comes back when its connection is lost. */
export interface FleetOrder {
  port: number
  devices: readonly { id: string; secret: string }[]
  /** Those of them that do not come back once they have lost a connection, from when they are told to leave. */
  lost: readonly string[]
  /** ms between two reports of a device. */
  interval: number
  /** ms that a device waits at most before it tries again. */
  longestRetry: number
}
export interface FleetFigures {
  connected: number
  /** Devices of which a report was acknowledged on their present connection. */
  heard: number
  acknowledged: number
  /** Reports that wait for their acknowledgement. */
  waiting: number
  /** Connections tried. */
  tries: number
  refused: number
}
export type FleetQuestion = FleetOrder | 'figures' | 'leave' | 'finish'
export type AcknowledgedTimes = [id: string, times: number[]][]

export const POINT = 'rssi'
const KIND = 'street-light'

/** What a device measures follows from its id and the time, so that any row can be checked. */
export const signal = (id: string, at: number): number => -50 - ((at + Number(id.slice(3)) * 7) % 40)

const FIRST_RETRY = 500
const TRY_AGAIN = seconds(10)
const CONNACK = 0x20
const PUBACK = 0x40
const WINDOW = 20

class Device {
  readonly id: string
  readonly acknowledged: number[] = []
  isConnected = false
  isHeard = false
  isGone = false
  isLeaving = false
  readonly #secret: string
  readonly #address: string
  readonly #order: FleetOrder
  readonly #figures: FleetFigures
  /** Device times that wait, oldest first; the first `#sent` of them are on their way. */
  readonly #outbox: number[] = []
  #sent = 0
  #nextId = 1
  readonly #ids = new Map<number, number>()
  #socket: Socket | undefined
  #retry = FIRST_RETRY
  #newest = 0

  constructor(order: FleetOrder, number: number, figures: FleetFigures) {
    const { id, secret } = order.devices[number] as FleetOrder['devices'][number]
    this.id = id
    this.#secret = secret
    // One address has ports for 28,000 connections only.
    this.#address = `127.0.0.${2 + (number % 8)}`
    this.#order = order
    this.#figures = figures
  }

  get waiting(): number {
    return this.#outbox.length
  }

  measure(now: number): void {
    this.#newest = Math.max(now, this.#newest + 1)
    this.#outbox.push(this.#newest)
    this.#pump()
  }

  connect(): void {
    this.#figures.tries++
    const socket = connect({ port: this.#order.port, host: '127.0.0.1', localAddress: this.#address, noDelay: true })
    this.#socket = socket
    const timer = setTimeout(() => socket.destroy(), TRY_AGAIN)
    socket.on('error', () => {})
    const status = `facilities/${KIND}/${this.id}/status`
    socket.write(connectPacket(this.id, { username: this.id, password: this.#secret, will: [status, 'offline'] }))
    let seen: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      seen = seen.length > 0 ? Buffer.concat([seen, chunk]) : chunk
      // All that is answered is shorter than 128 bytes.
      while (seen.length >= 2 && seen.length >= 2 + (seen[1] as number)) {
        if (seen[0] === CONNACK) {
          clearTimeout(timer)
          if (seen[3] === 0) this.#begin(status)
          else this.#figures.refused++
        } else if (seen[0] === PUBACK) this.#acknowledge(seen.readUInt16BE(2))
        seen = seen.subarray(2 + (seen[1] as number))
      }
    })
    socket.once('close', () => {
      clearTimeout(timer)
      this.#end()
    })
  }

  #begin(status: string): void {
    this.isConnected = true
    this.#retry = FIRST_RETRY
    this.#sent = 0
    this.#ids.clear()
    this.#socket?.write(
      Buffer.concat([subscribePacket(`facilities/${KIND}/${this.id}/commands/#`, 1), this.#publish(status, 'online', true)]),
    )
    this.#pump()
  }

  /** As the simulated fleet does: longer each time, by chance more or less, so that all do not come at once. */
  #end(): void {
    const wasConnected = this.isConnected
    this.isConnected = false
    this.isHeard = false
    if (wasConnected && this.isLeaving) this.isGone = true
    if (this.isGone) return
    this.#retry = Math.min(this.#order.longestRetry, this.#retry * 2)
    setTimeout(() => this.connect(), this.#retry * (0.5 + Math.random()))
  }

  #pump(): void {
    for (; this.isConnected && this.#sent < this.#outbox.length && this.#ids.size < WINDOW; this.#sent++) {
      const at = this.#outbox[this.#sent] as number
      const payload = JSON.stringify({ at, values: { [POINT]: signal(this.id, at) } })
      this.#ids.set(this.#nextId, at)
      this.#socket?.write(this.#publish(`facilities/${KIND}/${this.id}/telemetry`, payload))
    }
  }

  #publish(topic: string, payload: string, retain = false): Buffer {
    const packet = publishPacket(topic, payload, this.#nextId, retain)
    this.#nextId = (this.#nextId % 65_535) + 1
    return packet
  }

  #acknowledge(messageId: number): void {
    const at = this.#ids.get(messageId)
    if (at === undefined) return
    this.#ids.delete(messageId)
    this.#outbox.splice(this.#outbox.indexOf(at), 1)
    this.#sent--
    this.acknowledged.push(at)
    this.#figures.acknowledged++
    this.isHeard = true
    this.#pump()
  }
}

/** Each second a slice of them connects at first, so that the start is none of a storm. */
const FIRST_PER_SECOND = 500

export function startFleet(order: FleetOrder): {
  figures: () => FleetFigures
  leave: () => void
  finish: () => Promise<AcknowledgedTimes>
} {
  const figures: FleetFigures = { connected: 0, heard: 0, acknowledged: 0, waiting: 0, tries: 0, refused: 0 }
  const devices = order.devices.map((_, i) => new Device(order, i, figures))
  const measuring: NodeJS.Timeout[] = []
  for (const [i, device] of devices.entries()) {
    setTimeout(() => device.connect(), (i / FIRST_PER_SECOND) * 1000)
    const measure = () => {
      if (!device.isGone) device.measure(Date.now())
    }
    measure()
    setTimeout(() => {
      measure()
      measuring.push(setInterval(measure, order.interval))
    }, Math.random() * order.interval)
  }
  const present = () => devices.filter(({ isGone }) => !isGone)
  const waiting = () => present().reduce((sum, device) => sum + device.waiting, 0)
  return {
    figures: () => ({
      ...figures,
      connected: devices.filter(({ isConnected }) => isConnected).length,
      heard: devices.filter(({ isHeard }) => isHeard).length,
      waiting: waiting(),
    }),
    leave() {
      for (const device of devices) device.isLeaving = order.lost.includes(device.id)
    },
    async finish() {
      for (const timer of measuring) clearInterval(timer)
      while (waiting() > 0) await new Promise((resolve) => setTimeout(resolve, 50))
      return devices.map(({ id, acknowledged }) => [id, acknowledged])
    },
  }
}
