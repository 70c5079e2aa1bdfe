import type { Duplex } from 'node:stream'

export interface ReaderLimits {
  /** Bytes that may wait for one subscriber; beyond, it is sent nothing new until it has taken all of them. */
  behind: number
  /** Bytes that may wait for all subscribers. */
  total: number
  /** ms that a subscriber may leave its bytes lying while more wait for all than may. */
  patience: number
}

interface Reader {
  blockedSince: number | undefined
  isBehind: boolean
}

/** Watches what subscribers have not taken yet, so that none of them takes the memory or the messages of the others. */
export class SlowReaders {
  readonly #limits: ReaderLimits
  readonly #readers = new Map<Duplex, Reader>()

  constructor(limits: ReaderLimits) {
    this.#limits = limits
  }

  watch(stream: Duplex): void {
    this.#readers.set(stream, { blockedSince: undefined, isBehind: false })
    stream.once('close', () => this.#readers.delete(stream))
  }

  /** Whether a subscriber is so far behind that it is not sent anything new. */
  isBehind(stream: Duplex): boolean {
    const reader = this.#readers.get(stream)
    if (!reader) return stream.destroyed
    if (!stream.writableNeedDrain) reader.isBehind = false
    else if (stream.writableLength > this.#limits.behind) reader.isBehind = true
    return reader.isBehind
  }

  /** Ends those that have been blocked for longer than patience allows, the ones with most waiting first, until the rest has room. */
  tick(now: number): number {
    let waiting = 0
    for (const [stream, reader] of this.#readers) {
      if (stream.destroyed) this.#readers.delete(stream)
      else {
        waiting += stream.writableLength
        reader.blockedSince = stream.writableNeedDrain ? (reader.blockedSince ?? now) : undefined
      }
    }
    if (waiting <= this.#limits.total) return 0
    const blocked = [...this.#readers]
      .filter(([, { blockedSince }]) => blockedSince !== undefined && now - blockedSince >= this.#limits.patience)
      .map(([stream]) => stream)
      .sort((a, b) => b.writableLength - a.writableLength)
    let ended = 0
    for (const stream of blocked) {
      if (waiting <= this.#limits.total) break
      waiting -= stream.writableLength
      stream.destroy(new Error('it left its messages lying while others had no room'))
      ended++
    }
    return ended
  }
}
