import { ownBytes } from './outgoing-queues.ts'

export interface RetainedPacket {
  topic: string
  payload: Uint8Array | string
}

export interface RetainedLimits {
  /** Topics. */
  messages: number
  /** Payload bytes. */
  bytes: number
}

interface Level {
  levels: Map<string, Level>
  packet: RetainedPacket | undefined
}

const newLevel = (): Level => ({ levels: new Map(), packet: undefined })

/**
 * The last message of each topic, found level by level. Aedes' own store looks at every topic for every subscription, which takes minutes when
 * a city's devices come back at once.
 */
export class RetainedMessages {
  readonly #root = newLevel()
  readonly #limits: RetainedLimits
  #size = 0
  #bytes = 0

  constructor(limits: RetainedLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#size
  }

  /** Keeps it in place of the one before, none when its payload is empty; beyond the limits nothing new is kept. */
  store(packet: RetainedPacket): void {
    const path = packet.topic.split('/')
    if (packet.payload.length === 0) this.#remove(this.#root, path, 0)
    else this.#keep(packet, path)
  }

  /** Those that a topic filter matches. */
  *matching(filter: string): Generator<RetainedPacket> {
    yield* match(this.#root, filter.split('/'), 0)
  }

  #keep(packet: RetainedPacket, path: readonly string[]): void {
    const before = find(this.#root, path)
    const bytes = packet.payload.length - (before?.packet?.payload.length ?? 0)
    const isNew = !before?.packet
    if (this.#bytes + bytes > this.#limits.bytes || (isNew && this.#size >= this.#limits.messages)) return
    let level = this.#root
    for (const name of path) {
      const next = level.levels.get(name) ?? newLevel()
      level.levels.set(name, next)
      level = next
    }
    level.packet = { ...packet, payload: ownBytes(packet.payload) }
    this.#size += Number(isNew)
    this.#bytes += bytes
  }

  #remove(level: Level, path: readonly string[], at: number): void {
    const name = path[at]
    if (name === undefined) {
      this.#size -= Number(level.packet !== undefined)
      this.#bytes -= level.packet?.payload.length ?? 0
      level.packet = undefined
      return
    }
    const next = level.levels.get(name)
    if (!next) return
    this.#remove(next, path, at + 1)
    if (!next.packet && next.levels.size === 0) level.levels.delete(name)
  }
}

function find(root: Level, path: readonly string[]): Level | undefined {
  let level: Level | undefined = root
  for (const name of path) level = level?.levels.get(name)
  return level
}

/** A wildcard at the beginning matches no topic that begins with $. */
const isHidden = (name: string, at: number) => at === 0 && name.startsWith('$')

function* match(level: Level, filter: readonly string[], at: number): Generator<RetainedPacket> {
  const wanted = filter[at]
  if (wanted === '#') yield* everything(level, at)
  else if (wanted === undefined) {
    if (level.packet) yield level.packet
  } else if (wanted === '+') {
    for (const [name, next] of level.levels) if (!isHidden(name, at)) yield* match(next, filter, at + 1)
  } else {
    const next = level.levels.get(wanted)
    if (next) yield* match(next, filter, at + 1)
  }
}

function* everything(level: Level, at: number): Generator<RetainedPacket> {
  if (level.packet) yield level.packet
  for (const [name, next] of level.levels) if (!isHidden(name, at)) yield* everything(next, at + 1)
}
