import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import type { Snapshot } from '../src/edges/http/live-schemas.ts'
import { unpackStates } from '../src/edges/live/facility-states.ts'
import type { ClientEvents, Delta, ServerEvents } from '../src/edges/live/protocol.ts'

/** Many consoles in a process of its own: each fetches what a console fetches and takes all deltas. Told by one JSON argument, answers in one line of JSON. */
export interface SocketsOrder {
  url: string
  cookie: string
  consoles: number
  seconds: number
  /** Afterwards all go at once and come back at once. */
  storm: boolean
}

export interface SocketsResult {
  changesPerSecond: number
  bytesPerSecond: number
  /** From the device to a console, ms, of the alarms that arose meanwhile. */
  delays: { count: number; p50: number; p99: number }
  gaps: number
  /** Until the last of them has its snapshot and is connected, ms. */
  storm: number | null
}

class Console {
  readonly #order: SocketsOrder
  #socket: Socket<ServerEvents, ClientEvents> | undefined
  #seq = -1
  gaps = 0
  changes = 0
  readonly delays: number[] = []

  constructor(order: SocketsOrder) {
    this.#order = order
  }

  async start(): Promise<void> {
    const { url, cookie } = this.#order
    const socket: Socket<ServerEvents, ClientEvents> = io(url, {
      ...{ transports: ['websocket'], extraHeaders: { cookie, origin: url }, reconnection: false, forceNew: true },
    })
    this.#socket = socket
    this.#seq = -1
    socket.on('delta', (delta) => this.#take(delta))
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    const headers = { cookie, 'accept-encoding': 'gzip' }
    const snapshot = await fetch(`${url}/api/snapshot`, { headers })
    if (!snapshot.ok) throw new Error(`a snapshot was refused: ${snapshot.status}`)
    const { seq } = (await snapshot.json()) as Snapshot
    this.#seq = Math.max(this.#seq, seq)
  }

  #take({ seq, states, alarms }: Delta): void {
    if (this.#seq >= 0 && seq > this.#seq + 1) this.gaps++
    this.#seq = Math.max(this.#seq, seq)
    if (states) unpackStates(states, () => this.changes++)
    const now = Date.now()
    // Of lamps, whose rule fires at once: that a gateway is silent is found by the clock, some time after the moment it is dated to.
    for (const { kind, activated, version, active } of alarms) {
      if (active && version === 1 && kind === 'street-light') this.delays.push(now - activated)
    }
  }

  get received(): number {
    const { transport } = this.#socket?.io.engine ?? {}
    return (transport as { ws?: { _socket?: { bytesRead: number } } } | undefined)?.ws?._socket?.bytesRead ?? 0
  }

  stop(): void {
    this.#socket?.close()
  }
}

async function main(order: SocketsOrder): Promise<SocketsResult> {
  const consoles = Array.from({ length: order.consoles }, () => new Console(order))
  for (const one of consoles) await one.start()
  await pause(1000)
  for (const one of consoles) {
    one.changes = 0
    one.delays.length = 0
  }
  const [bytes, begun] = [consoles.map(({ received }) => received), Date.now()]
  await pause(order.seconds * 1000)
  const seconds = (Date.now() - begun) / 1000
  const [first] = consoles as [Console]
  const bytesPerSecond = (first.received - (bytes[0] as number)) / seconds
  const delays = consoles.flatMap((one) => one.delays).sort((a, b) => a - b)
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN
  const result = {
    changesPerSecond: first.changes / seconds,
    bytesPerSecond,
    delays: { count: delays.length, p50: at(0.5), p99: at(0.99) },
    gaps: consoles.reduce((sum, { gaps }) => sum + gaps, 0),
  }
  for (const one of consoles) one.stop()
  const storm = order.storm ? await measureStorm(consoles) : null
  return { ...result, storm }
}

async function measureStorm(consoles: readonly Console[]): Promise<number> {
  await pause(500)
  const begun = Date.now()
  await Promise.all(consoles.map((one) => one.start()))
  const took = Date.now() - begun
  for (const one of consoles) one.stop()
  return took
}

if (import.meta.main) {
  console.log(JSON.stringify(await main(JSON.parse(process.argv[2] as string))))
  process.exit(0)
}
