import { LamplighterError } from '../errors.ts'
import { seconds } from '../telemetry/duration.ts'
import type { Message } from '../telemetry/message.ts'
import type { Report } from '../telemetry/report.ts'
import type { Journal } from './journal.ts'
import { type BufferedKind, RowBuffer } from './row-buffer.ts'
import type { StateStore } from './state-store.ts'
import type { TelemetryRows, TelemetryStore } from './telemetry-store.ts'

/** Values after which a write starts without waiting for more. */
const WORTH_WRITING = 5_000
/** Values one write carries at most. */
const LARGEST_WRITE = 200_000
const LONGEST_WAIT = seconds(1)
const FIRST_BACKOFF = 200
const LONGEST_BACKOFF = seconds(10)
/** Bytes of journal decoded in one go; small, because decoding holds up everything else. */
const CATCH_UP_BYTES = 256 * 1024
const TRIES_OF_A_REFUSED_WRITE = 5
/** Looks for a message that was announced but cannot be read, before it is given up. */
const TRIES_OF_A_MISSING_MESSAGE = 5

export interface StoreWriterParts {
  store: Pick<TelemetryStore, 'write' | 'refused'>
  journal: Pick<Journal, 'read'>
  /** The readings of a message; pure. */
  decode: (message: Message) => readonly Report[]
  kinds: readonly BufferedKind[]
  state: Pick<StateStore, 'storedThrough' | 'setStoredThrough'>
  now: () => number
  /** Calls `work` after `delay` ms; returns how to cancel it. */
  schedule: (work: () => void, delay: number) => () => void
  /** 0 to below 1, spreads the retries. */
  random: () => number
  log?: { warn(details: object, message: string): void; error(details: object, message: string): void } | undefined
  /** Rows the store refused for another reason than being unavailable. */
  onSetAside?: (batches: readonly TelemetryRows[], error: unknown) => void
  /** Values waiting for the store before they are dropped and read again from the journal later. */
  maxBuffered?: number
}

export interface StoreWriterStats {
  /** Last message confirmed by the store and noted in the state, -1 when none. */
  storedThrough: number
  /** Values waiting. */
  buffered: number
  /** Values confirmed. */
  written: number
  /** Writes that failed. */
  failures: number
  /** Values set aside because the store refuses them for ever. */
  setAside: number
  catchingUp: boolean
  lastError: string | null
}

export interface StoreWriter {
  /** Copies the readings; never blocks. */
  append(report: Report, position: number): void
  /** All readings of the message at `position`, if any, were appended. */
  reached(position: number): void
  /** What the journal need not keep for this store: messages up to here, -1 when none. */
  storedThrough(): number
  stats(): StoreWriterStats
  /** What an operator should know, in words; empty when all is well. */
  problems(): string[]
  /** Writes what is buffered, for at most `timeout` ms; what remains is in the journal. */
  close(timeout: number): Promise<void>
}

/**
 * Brings readings to the telemetry store, each at least once, and notes how far it has come. Normally it takes them from the pipeline as they pass;
 * after a start, or when the store was away so long that they had to be dropped, it reads them again from the journal until it has caught up.
 */
export function createStoreWriter(parts: StoreWriterParts): StoreWriter {
  return new Writer(parts)
}

class Writer implements StoreWriter {
  readonly #parts: StoreWriterParts
  readonly #kinds: ReadonlyMap<string, BufferedKind>
  /** Oldest first; the last may still grow. */
  readonly #queue: RowBuffer[] = []
  /** The message to take next; those before are in the queue or confirmed. */
  #next: number
  /** One past the newest message seen on the live path, whether it was taken or not. */
  #seen = 0
  #confirmed: number
  #noted: number
  #notedAt = Number.NEGATIVE_INFINITY
  #live = false
  #reading = false
  #writing = false
  #closing = false
  #consecutiveFailures = 0
  #written = 0
  #failures = 0
  #setAside = 0
  #lastError: string | null = null
  #missing = 0
  #cancelFlush: (() => void) | null = null
  #cancelRetry: (() => void) | null = null
  #cancelRead: (() => void) | null = null
  #cancelNote: (() => void) | null = null
  #onEmpty: (() => void) | null = null

  constructor(parts: StoreWriterParts) {
    this.#parts = parts
    this.#kinds = new Map(parts.kinds.map((kind) => [kind.key, kind]))
    this.#noted = parts.state.storedThrough()
    this.#confirmed = this.#noted
    this.#next = this.#noted + 1
    void this.#catchUp()
  }

  append(report: Report, position: number): void {
    this.#seen = Math.max(this.#seen, position + 1)
    if (!this.#live || position < this.#next || this.#closing) return
    if (position > this.#next) this.#fallBehind()
    else this.#take(report)
  }

  reached(position: number): void {
    this.#seen = Math.max(this.#seen, position + 1)
    if (!this.#live || position < this.#next || this.#closing) return
    if (position > this.#next) this.#fallBehind()
    else {
      this.#taken(position)
      if (this.#buffered() > (this.#parts.maxBuffered ?? 2_000_000)) this.#drop()
      else this.#flushSoon()
    }
  }

  storedThrough(): number {
    return this.#noted
  }

  stats(): StoreWriterStats {
    return {
      storedThrough: this.#noted,
      buffered: this.#buffered(),
      written: this.#written,
      failures: this.#failures,
      setAside: this.#setAside + (this.#parts.store.refused?.() ?? 0),
      catchingUp: !this.#live,
      lastError: this.#lastError,
    }
  }

  problems(): string[] {
    return this.#consecutiveFailures > 0 ? [`Readings cannot be stored: ${this.#lastError}`] : []
  }

  close(timeout: number): Promise<void> {
    this.#closing = true
    this.#cancelRead?.()
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#parts.schedule(resolve, timeout)
    this.#onEmpty = resolve
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#write()
    return promise.then(() => {
      cancel()
      for (const stop of [this.#cancelFlush, this.#cancelRetry, this.#cancelNote]) stop?.()
      this.#note()
      this.#cancelNote?.()
    })
  }

  #buffered(): number {
    return this.#queue.reduce((sum, { values }) => sum + values, 0)
  }

  #take(report: Report): void {
    let last = this.#queue.at(-1)
    if (!last || last.closed || last.values >= LARGEST_WRITE) {
      last = new RowBuffer(this.#kinds)
      last.through = this.#next - 1
      this.#queue.push(last)
    }
    last.append(report)
  }

  #taken(position: number): void {
    this.#next = position + 1
    const last = this.#queue.at(-1)
    if (!last) this.#confirm(position)
    // A message without readings that follows a write under way is accounted for when the next buffer is, or when the queue is empty.
    else if (!last.closed) last.through = position
  }

  #flushSoon(): void {
    const first = this.#queue[0]
    if (!first || this.#writing || this.#cancelRetry) return
    if (this.#closing || first.values >= WORTH_WRITING) this.#write()
    else this.#cancelFlush ??= this.#parts.schedule(() => this.#write(), LONGEST_WAIT)
  }

  #write(): void {
    this.#cancelFlush?.()
    this.#cancelFlush = null
    if (this.#writing || this.#cancelRetry) return
    const first = this.#queue[0]
    if (!first) {
      this.#onEmpty?.()
      return
    }
    first.closed = true
    this.#writing = true
    // `then` first, so that a store that throws at once counts as one that rejects.
    Promise.resolve()
      .then(() => this.#parts.store.write(first.batches()))
      .then(
        () => this.#succeeded(first),
        (error: unknown) => this.#failed(first, error),
      )
  }

  #succeeded(buffer: RowBuffer): void {
    this.#written += buffer.values
    if (this.#consecutiveFailures > 0)
      this.#parts.log?.warn({ failures: this.#consecutiveFailures }, 'the telemetry store takes readings again')
    this.#leave(buffer)
  }

  #failed(buffer: RowBuffer, error: unknown): void {
    this.#failures++
    this.#lastError = error instanceof Error ? error.message : String(error)
    const unavailable = error instanceof LamplighterError && error.code === 'store-unavailable'
    if (!unavailable && ++buffer.tries >= TRIES_OF_A_REFUSED_WRITE) {
      this.#setAside += buffer.values
      this.#parts.log?.error({ err: error, values: buffer.values }, 'the telemetry store refuses readings; they were set aside')
      this.#parts.onSetAside?.(buffer.batches(), error)
      this.#leave(buffer)
      return
    }
    if (this.#consecutiveFailures++ === 0)
      this.#parts.log?.warn({ err: error }, 'readings cannot be stored; they wait in the journal and are tried again')
    this.#writing = false
    const delay = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(this.#consecutiveFailures - 1, 10))
    this.#cancelRetry = this.#parts.schedule(
      () => {
        this.#cancelRetry = null
        this.#write()
      },
      delay * (0.5 + this.#parts.random() / 2),
    )
  }

  #leave(buffer: RowBuffer): void {
    this.#queue.shift()
    this.#writing = false
    this.#consecutiveFailures = 0
    this.#confirm(this.#queue.length > 0 ? buffer.through : this.#next - 1)
    if (!this.#live) void this.#catchUp()
    if (this.#closing) this.#write()
    else this.#flushSoon()
  }

  #confirm(position: number): void {
    this.#confirmed = position
    // A clock set back must not put the note off.
    const wait = Math.min(this.#notedAt + seconds(1) - this.#parts.now(), seconds(1))
    if (wait <= 0) this.#note()
    else this.#cancelNote ??= this.#parts.schedule(() => this.#note(), wait)
  }

  #note(): void {
    this.#cancelNote?.()
    this.#cancelNote = null
    if (this.#confirmed === this.#noted) return
    this.#notedAt = this.#parts.now()
    try {
      this.#parts.state.setStoredThrough(this.#confirmed)
      this.#noted = this.#confirmed
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error)
      this.#parts.log?.error({ err: error }, 'the progress of storing could not be noted')
      this.#cancelNote = this.#parts.schedule(() => this.#note(), seconds(1))
    }
  }

  /** The store was away too long: keeps what is being written and reads the rest again from the journal. */
  #drop(): void {
    const [first] = this.#queue
    this.#queue.length = 0
    if (first?.closed) this.#queue.push(first)
    this.#next = (first?.closed ? first.through : this.#confirmed) + 1
    this.#fallBehind()
  }

  #fallBehind(): void {
    this.#live = false
    void this.#catchUp()
  }

  async #catchUp(): Promise<void> {
    if (this.#reading || this.#live || this.#cancelRead) return
    this.#reading = true
    try {
      // Two buffers are filled ahead of the one being written, none while the store is away.
      while (!this.#closing && !this.#live && !this.#cancelRead && !this.#cancelRetry && this.#queue.length < 3) {
        const seen = this.#seen
        const messages = await this.#parts.journal.read(this.#next, CATCH_UP_BYTES)
        if (messages.length > 0) this.#replay(messages)
        else this.#reachedEnd(seen)
      }
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error)
      this.#readLater()
    } finally {
      this.#reading = false
    }
  }

  #replay(messages: readonly Message[]): void {
    this.#missing = 0
    for (const message of messages) {
      for (const report of this.#decode(message)) if (report.readings.length > 0) this.#take(report)
      this.#taken(message.position)
    }
    this.#flushSoon()
  }

  /** A message that breaks our own code is passed over here as it was on the road. */
  #decode(message: Message): readonly Report[] {
    try {
      return this.#parts.decode(message)
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error)
      this.#parts.log?.error({ err: error, position: message.position }, 'a message could not be decoded for storing and was passed over')
      return []
    }
  }

  /** `seen` is from before the read that found nothing: what was seen since then may be found by the next one. */
  #reachedEnd(seen: number): void {
    if (this.#seen <= this.#next) this.#live = true
    else if (seen > this.#next) {
      if (++this.#missing < TRIES_OF_A_MISSING_MESSAGE) {
        this.#readLater()
        return
      }
      this.#parts.log?.error({ from: this.#next, to: seen - 1 }, 'the journal has lost messages that were to be stored')
      this.#missing = 0
      this.#next = seen
    }
  }

  #readLater(): void {
    if (this.#closing) return
    this.#cancelRead = this.#parts.schedule(() => {
      this.#cancelRead = null
      void this.#catchUp()
    }, FIRST_BACKOFF)
  }
}
