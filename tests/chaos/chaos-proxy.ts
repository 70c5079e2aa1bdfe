import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { seededRandom } from '../../simulators/random.ts'

/** What the link does to the bytes that pass, in each direction for itself. */
export interface Toxics {
  /** ms every byte is under way; as a delay line, so that it takes nothing from the throughput. */
  latency: number
  /** ms; what comes at once is under way up to so much longer. Order is kept. */
  jitter: number
  /** Bytes per second; 0 = no limit. */
  bandwidth: number
  /** Longest piece passed on at once, bytes; 0 = whatever came. */
  slice: number
  /** Share of the bytes of which one bit is turned, 0 to below 1. */
  corrupt: number
  /** Connections are taken and stay, and nothing passes. */
  blackHole: boolean
  /** New connections are reset at once. */
  refuse: boolean
}

export const HEALTHY: Readonly<Toxics> = {
  latency: 0,
  jitter: 0,
  bandwidth: 0,
  slice: 0,
  corrupt: 0,
  blackHole: false,
  refuse: false,
}

/** What was done to connections and bytes since the start; by this a test knows that its faults took place. */
export interface ChaosCounts {
  connections: number
  refused: number
  /** Connections cut by a reset. */
  reset: number
  /** Connections of which one side was taken away unseen by the other. */
  halfOpen: number
  bytes: number
  delayed: number
  /** Bytes that waited for the bandwidth. */
  throttled: number
  /** Pieces cut off larger ones. */
  slices: number
  corrupted: number
  /** Times that one direction of a connection stood in a black hole. */
  swallowed: number
}

export interface ChaosProxy {
  readonly port: number
  readonly counts: Readonly<ChaosCounts>
  /** Lets exactly these toxics work from now on; the others stop. */
  set(toxics: Partial<Toxics>): void
  /** Cuts all connections with RST on both sides. */
  reset(): void
  /** Takes the named side of all connections away; the other side is told nothing and hears nothing more. */
  halfOpen(gone: 'client' | 'server'): void
  close(): Promise<void>
}

export interface ChaosProxyOptions {
  /** Port on this machine to which connections are passed. */
  target: number
  seed: string
  /** 0 = any free one. */
  port?: number
  /** Bytes under way in one direction of a connection, after which its source has to wait. */
  maxBuffered?: number
}

const MAX_BUFFERED = 8 * 1_048_576
/** A narrow link passes pieces of this many ms each. */
const PIECE_OF_BANDWIDTH = 20

/** A TCP proxy on 127.0.0.1 that harms what passes, by chance from a seed: the same bytes of the n-th connection are harmed in the same way. */
export async function startChaosProxy({ target, seed, port = 0, maxBuffered = MAX_BUFFERED }: ChaosProxyOptions): Promise<ChaosProxy> {
  const link: Link = { toxics: { ...HEALTHY }, counts: noCounts(), maxBuffered }
  const connections = new Set<Connection>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (link.toxics.refuse) {
      link.counts.refused++
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const connection = new Connection(client, target, link, `${seed}:${link.counts.connections++}`)
    connections.add(connection)
    connection.onGone = () => connections.delete(connection)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    counts: link.counts,
    set(toxics) {
      link.toxics = { ...HEALTHY, ...toxics }
      for (const connection of connections) connection.wake()
    },
    reset() {
      link.counts.reset += connections.size
      for (const connection of connections) connection.reset()
    },
    halfOpen(gone) {
      for (const connection of connections) connection.halfOpen(gone)
    },
    async close() {
      server.close()
      for (const connection of connections) connection.reset()
      await once(server, 'close')
    },
  }
}

const noCounts = (): ChaosCounts => ({
  connections: 0,
  refused: 0,
  reset: 0,
  halfOpen: 0,
  bytes: 0,
  delayed: 0,
  throttled: 0,
  slices: 0,
  corrupted: 0,
  swallowed: 0,
})

interface Link {
  toxics: Toxics
  readonly counts: ChaosCounts
  readonly maxBuffered: number
}

class Connection {
  onGone = () => {}
  readonly #sockets: { client: Socket; server: Socket }
  readonly #flows: readonly Flow[]
  readonly #link: Link
  #isHalfOpen = false

  constructor(client: Socket, target: number, link: Link, seed: string) {
    const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    this.#link = link
    this.#sockets = { client, server }
    this.#flows = [new Flow(client, server, link, `${seed}:up`), new Flow(server, client, link, `${seed}:down`)]
    let open = 2
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => {
        if (!this.#isHalfOpen) other.resetAndDestroy()
      })
      socket.on('close', () => {
        if (--open > 0) return
        for (const flow of this.#flows) flow.stop()
        this.onGone()
      })
    }
  }

  wake(): void {
    for (const flow of this.#flows) flow.pump()
  }

  reset(): void {
    this.#sockets.client.resetAndDestroy()
    this.#sockets.server.resetAndDestroy()
  }

  halfOpen(gone: 'client' | 'server'): void {
    if (this.#isHalfOpen) return
    this.#isHalfOpen = true
    this.#link.counts.halfOpen++
    for (const flow of this.#flows) flow.stop()
    this.#sockets[gone].resetAndDestroy()
    // What it says from here on goes nowhere, and it goes only when it gives up by itself.
    const left = this.#sockets[gone === 'client' ? 'server' : 'client']
    left.resume()
    left.on('end', () => left.destroy())
  }
}

/** One direction of a connection: a line in which bytes are under way, in order. */
class Flow {
  readonly #source: Socket
  readonly #sink: Socket
  readonly #link: Link
  readonly #jitter: () => number
  readonly #harm: () => number
  readonly #line: { bytes: Buffer; due: number }[] = []
  #buffered = 0
  #newestDue = 0
  /** When the bandwidth has room for more. */
  #free = 0
  /** Bytes until the next one that is harmed, for the share it was drawn for. */
  #untilHarm: { share: number; left: number } | undefined
  #hasEnded = false
  #isStopped = false
  #isDraining = false
  #isSwallowing = false
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined

  constructor(source: Socket, sink: Socket, link: Link, seed: string) {
    this.#source = source
    this.#sink = sink
    this.#link = link
    this.#jitter = seededRandom(`${seed}:jitter`)
    this.#harm = seededRandom(`${seed}:harm`)
    source.on('data', this.#take)
    source.on('end', this.#end)
    sink.on('drain', this.#drained)
  }

  readonly #take = (bytes: Buffer): void => {
    const { toxics, counts, maxBuffered } = this.#link
    counts.bytes += bytes.length
    this.#corrupt(bytes)
    const delay = toxics.latency + toxics.jitter * this.#jitter()
    if (delay > 0) counts.delayed += bytes.length
    this.#newestDue = Math.max(this.#newestDue, performance.now() + delay)
    this.#line.push({ bytes, due: this.#newestDue })
    this.#buffered += bytes.length
    if (this.#buffered >= maxBuffered) this.#source.pause()
    this.pump()
  }

  readonly #end = (): void => {
    this.#hasEnded = true
    this.pump()
  }

  readonly #drained = (): void => {
    this.#isDraining = false
    this.pump()
  }

  /** Gaps between harmed bytes are drawn, not each byte, so that it depends on nothing but their number. */
  #corrupt(bytes: Buffer): void {
    const share = this.#link.toxics.corrupt
    if (share === 0) return
    const gap = () => Math.floor(Math.log(1 - this.#harm()) / Math.log(1 - share))
    if (this.#untilHarm?.share !== share) this.#untilHarm = { share, left: gap() }
    const next = this.#untilHarm
    while (next.left < bytes.length) {
      bytes[next.left]! ^= 1 << Math.floor(this.#harm() * 8)
      this.#link.counts.corrupted++
      next.left += 1 + gap()
    }
    next.left -= bytes.length
  }

  /** Passes on what is due, or comes back when it will be. */
  pump(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    if (this.#isStopped || this.#isDraining) return
    if (this.#link.toxics.blackHole) {
      this.#swallow()
      return
    }
    this.#isSwallowing = false
    for (;;) {
      this.#readOn()
      const head = this.#line[0]
      if (!head) {
        if (this.#hasEnded && !this.#sink.writableEnded) this.#sink.end()
        return
      }
      const wait = Math.max(head.due, this.#link.toxics.bandwidth > 0 ? this.#free : 0) - performance.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), Math.ceil(wait))
        return
      }
      if (!this.#sink.write(this.#cut(head))) {
        this.#isDraining = true
        return
      }
      // Written in one turn they would come in one piece.
      if (this.#link.toxics.slice > 0) {
        this.#soon = setImmediate(() => this.pump())
        return
      }
    }
  }

  #swallow(): void {
    this.#source.pause()
    if (!this.#isSwallowing) this.#link.counts.swallowed++
    this.#isSwallowing = true
  }

  #readOn(): void {
    if (this.#source.isPaused() && this.#buffered < this.#link.maxBuffered / 2) this.#source.resume()
  }

  /** Takes the next piece off the line. */
  #cut(head: { bytes: Buffer }): Buffer {
    const { toxics, counts } = this.#link
    const { bandwidth, slice } = toxics
    const most = Math.min(
      slice || Number.POSITIVE_INFINITY,
      bandwidth > 0 ? Math.ceil((bandwidth * PIECE_OF_BANDWIDTH) / 1000) : Number.POSITIVE_INFINITY,
    )
    const piece = head.bytes.subarray(0, most)
    if (piece.length < head.bytes.length) {
      head.bytes = head.bytes.subarray(piece.length)
      if (slice > 0) counts.slices++
    } else {
      this.#line.shift()
    }
    this.#buffered -= piece.length
    if (bandwidth > 0) {
      this.#free = Math.max(this.#free, performance.now()) + (piece.length / bandwidth) * 1000
      counts.throttled += piece.length
    }
    return piece
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    this.#source.off('data', this.#take)
    this.#source.off('end', this.#end)
    this.#sink.off('drain', this.#drained)
    this.#line.length = 0
  }
}
