import { type Budget, EVERYBODY, type Holder, Ledger, type LedgerRefusal } from './ledger.ts'
import { ownBytes } from './outgoing-queues.ts'

export interface RetainedPacket {
  topic: string
  payload: Uint8Array | string
}

export interface RetainedLimits {
  /** Topics. */
  messages: number
  /** With what surrounds a payload. */
  bytes: Budget
}

interface Level {
  levels: Map<string, Level>
  packet: RetainedPacket | undefined
  holder: Holder
}

/** Bytes beside topic and payload, as measured: the packet, and a map for each level, though topics share some. */
export const PER_RETAINED = 200
export const PER_RETAINED_LEVEL = 200
const sizeOf = ({ topic, payload }: RetainedPacket) =>
  PER_RETAINED + topic.split('/').length * PER_RETAINED_LEVEL + topic.length + payload.length

const newLevel = (): Level => ({ levels: new Map(), packet: undefined, holder: EVERYBODY })

/**
 * The last message of each topic, found level by level. Aedes' own store looks at every topic for every subscription, which takes minutes when
 * a city's devices come back at once.
 */
export class RetainedMessages {
  readonly #root = newLevel()
  readonly #limits: RetainedLimits
  /** Messages not kept for want of room, by reason. */
  readonly missed = new Map<LedgerRefusal, number>()
  readonly #ledger: Ledger
  #size = 0

  constructor(limits: RetainedLimits) {
    this.#limits = limits
    this.#ledger = new Ledger(limits.bytes)
  }

  get size(): number {
    return this.#size
  }

  /** Keeps it in place of the one before, none when its payload is empty; beyond the limits nothing new is kept. */
  store(packet: RetainedPacket, holder: Holder = EVERYBODY): void {
    const path = packet.topic.split('/')
    if (packet.payload.length === 0) this.#remove(this.#root, path, 0)
    else this.#keep(packet, path, holder)
  }

  /** Those that a topic filter matches. */
  *matching(filter: string): Generator<RetainedPacket> {
    yield* match(this.#root, filter.split('/'), 0)
  }

  #keep(packet: RetainedPacket, path: readonly string[], holder: Holder): void {
    const found = find(this.#root, path)
    const before = found?.packet && { holder: found.holder, bytes: sizeOf(found.packet) }
    if (before) this.#ledger.give(before.holder, before.bytes)
    const refusal = !before && this.#size >= this.#limits.messages ? 'full' : this.#ledger.take(holder, sizeOf(packet))
    if (refusal) {
      if (before) this.#ledger.take(before.holder, before.bytes)
      this.missed.set(refusal, (this.missed.get(refusal) ?? 0) + 1)
      return
    }
    let level = this.#root
    for (const name of path) {
      const next = level.levels.get(name) ?? newLevel()
      level.levels.set(name, next)
      level = next
    }
    level.packet = { ...packet, payload: ownBytes(packet.payload) }
    level.holder = holder
    this.#size += Number(!before)
  }

  #remove(level: Level, path: readonly string[], at: number): void {
    const name = path[at]
    if (name === undefined) {
      this.#size -= Number(level.packet !== undefined)
      if (level.packet) this.#ledger.give(level.holder, sizeOf(level.packet))
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
