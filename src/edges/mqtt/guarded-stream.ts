import type { Duplex } from 'node:stream'
import { type FrameFault, FrameGuard, type FrameLimits } from './frame-guard.ts'
import type { TokenBucket } from './token-bucket.ts'

export interface PublishPace {
  /** What messages and subscriptions take from; ms of the monotonic clock. */
  bucket: TokenBucket
  /** Told, ms, whenever they have to wait. */
  onWait(ms: number): void
  /** Told when what waited is read, for its sender is not silent. */
  onRead(): void
}

/**
 * Stands between a stream and Aedes, which takes what has come by `read`. Bytes are inspected before a parser gathers them; until somebody has
 * logged in nothing behind the CONNECT is read; and who sends faster than it may is read slower, which the network passes on to it.
 */
export class GuardedStream {
  readonly #stream: Duplex
  readonly #guard: FrameGuard
  readonly #read: (size?: number) => Buffer | null
  readonly #onFault: (fault: FrameFault) => void
  #hasConnect = false
  #isOpen = false
  #isCut = false
  #pace: PublishPace | undefined
  #timer: NodeJS.Timeout | undefined
  /** Bytes put back into the stream that were inspected, and where in them begins what waits. */
  #inspected = 0
  #starts: number[] = []

  constructor(stream: Duplex, limits: FrameLimits, onFault: (fault: FrameFault) => void) {
    this.#stream = stream
    this.#guard = new FrameGuard(limits)
    this.#read = stream.read.bind(stream)
    this.#onFault = onFault
    // Streams themselves ask for no bytes when they only want to read on.
    stream.read = (size) => (size === 0 ? this.#read(0) : this.#take())
    stream.once('close', () => clearTimeout(this.#timer))
  }

  /** Lets through what comes after the CONNECT, at the pace of its sender if there is one. */
  open(pace?: PublishPace): void {
    this.#isOpen = true
    this.#pace = pace
  }

  #take(): Buffer | null {
    // Aedes asks on while it parses what it got; more before it has ended would get in between.
    if (this.#isCut || (this.#hasConnect && !this.#isOpen) || this.#timer) return null
    const chunk = this.#read()
    if (chunk === null) return null
    const fault = this.#guard.inspect(this.#inspected > 0 ? chunk.subarray(this.#inspected) : chunk)
    if (fault) {
      this.#isCut = true
      this.#onFault(fault)
      this.#stream.destroy()
      return null
    }
    if (!this.#isOpen) {
      this.#hasConnect = this.#guard.firstEnd >= 0
      return this.#hasConnect ? this.#cut(chunk, this.#guard.firstEnd, this.#guard.starts) : chunk
    }
    if (!this.#pace) {
      this.#inspected = 0
      return chunk
    }
    const starts = this.#inspected > 0 ? [...this.#starts, ...this.#guard.starts.map((at) => at + this.#inspected)] : this.#guard.starts
    const taken = this.#pace.bucket.take(starts.length, performance.now())
    return this.#cut(chunk, taken < starts.length ? (starts[taken] as number) : chunk.length, starts.slice(taken))
  }

  /** Gives back what stands behind `end`. In the stream it keeps the sender waiting, and the stream from ending. */
  #cut(chunk: Buffer, end: number, starts: readonly number[]): Buffer | null {
    this.#inspected = chunk.length - end
    this.#starts = starts.map((at) => at - end)
    if (this.#inspected > 0) {
      this.#stream.unshift(chunk.subarray(end))
      if (this.#isOpen && this.#pace) this.#wait(this.#pace)
    }
    return end > 0 ? chunk.subarray(0, end) : null
  }

  #wait(pace: PublishPace): void {
    const wait = Math.max(1, pace.bucket.wait(performance.now()))
    pace.onWait(wait)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      pace.onRead()
      this.#stream.emit('readable')
    }, wait)
  }
}
