import { seconds } from '../telemetry/duration.ts'
import type { Message } from '../telemetry/message.ts'
import type { Report } from '../telemetry/report.ts'
import { Backlog } from './backlog.ts'
import type { Journal } from './journal.ts'
import type { PositionRange } from './position-ranges.ts'
import { isUnavailable, narrowRefused, type RefusedRows, RowsRefused, reasonOf } from './refused-rows.ts'
import { type BufferedKind, RowBuffer } from './row-buffer.ts'
import type { StateStore } from './state-store.ts'
import type { TelemetryStore } from './telemetry-store.ts'

/** Values after which a live write starts without waiting for more. */
const WORTH_WRITING = 5_000
/** Values one write carries at most. */
const LARGEST_WRITE = 200_000
/** ms that live readings wait for company, and while there is a backlog. */
const LONGEST_WAIT = seconds(1)
const LONGEST_WAIT_BESIDE_BACKLOG = 500
const FIRST_BACKOFF = 200
const LONGEST_BACKOFF = seconds(10)
/** While the store is away, live readings older than this go to the backlog, so that what is new is stored first when it is back. */
const LIVE_FOR = seconds(1)
/** A live path this far behind lets the backlog wait, but for a write now and then: a slow store must not starve it. */
const LIVE_BEHIND = seconds(1)
const BACKLOG_AT_LEAST_EVERY = seconds(5)
/** Backlog writes are made as large as the store takes in this time, so that live ones need not wait long behind them. */
const BACKLOG_WRITE_TIME = 300
/** Values of one: handing more over to another thread holds up everything else for too long. */
const LARGEST_BACKLOG_WRITE = 100_000
const TRIES_OF_A_REFUSED_WRITE = 5
/** Refused writes that wait for their next try beside the others. With more the store itself is at fault, and everything waits. */
const MOST_REFUSED = 4
/** Writes spent on finding the rows at fault in what the store refuses for ever. */
const NARROWING_WRITES = 64

export interface StoreWriterParts {
  /** Takes writes of both paths at the same time. */
  store: Pick<TelemetryStore, 'write'>
  journal: Pick<Journal, 'read' | 'stats'>
  /** The readings of a message; pure. */
  decode: (message: Message) => readonly Report[]
  kinds: readonly BufferedKind[]
  state: Pick<StateStore, 'storedThrough' | 'setStoredThrough'>
  /** ms of a clock that nobody sets. */
  now: () => number
  /** Calls `work` after `delay` ms; returns how to cancel it. */
  schedule: (work: () => void, delay: number) => () => void
  /** 0 to below 1, spreads the retries. */
  random: () => number
  log?: { warn(details: object, message: string): void; error(details: object, message: string): void } | undefined
  /** Keeps rows that the store refuses for ever; durable when it resolves. */
  setAside: (refused: readonly RefusedRows[]) => Promise<void>
  /** Values of the live path that wait before they are dropped and read again from the journal later. */
  maxBuffered?: number
}

export interface StoreWriterStats {
  /** All messages up to here are stored or set aside, and that is noted in the state; -1 when none. */
  storedThrough: number
  /** Values in memory. */
  buffered: number
  /** Values confirmed. */
  written: number
  /** Writes that failed. */
  failures: number
  /** Values set aside because the store refuses them for ever. */
  setAside: number
  catchingUp: boolean
  /** Messages left to be stored besides the live ones, at most. */
  backlog: number
  /** When the message of the backlog read last came in, ms since 1970; null without a backlog or before one was read. */
  backlogReached: number | null
  /** Gaps of positions that are still to be read from the journal, and the first and the last of them. */
  gaps: number
  oldestGap: PositionRange | null
  newestGap: PositionRange | null
  /** Age of the oldest reading of the live path that is not stored, ms; while the store is away, for how long. */
  liveLag: number
  /** Since the store confirmed a write last, ms; null when it has not since the start. */
  sinceWrite: number | null
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
  /** The store took nothing when last tried. */
  isStoreAway(): boolean
  /** Writes what the live path holds, for at most `timeout` ms; what remains is in the journal. */
  close(timeout: number): Promise<void>
}

/**
 * Brings readings to the telemetry store, each at least once, and notes how far it has come. The live path takes them from the pipeline as they
 * pass. What it cannot hold, and what had not been stored before a start, becomes gaps that the backlog reads again from the journal, oldest
 * first, and writes beside the live path.
 */
export function createStoreWriter(parts: StoreWriterParts): StoreWriter {
  return new Writer(parts)
}

/** One write at a time on each; in the order in which they go first. */
const lanes = ['live', 'backlog', 'refused'] as const
type Lane = (typeof lanes)[number]

class Writer implements StoreWriter {
  readonly #parts: StoreWriterParts
  readonly #kinds: ReadonlyMap<string, BufferedKind>
  /** Oldest first; the last may still grow. */
  readonly #live: RowBuffer[] = []
  readonly #backlog: Backlog
  /** Refused and to be tried again. */
  readonly #refused: RowBuffer[] = []
  readonly #inFlight = new Map<Lane, RowBuffer>()
  /** The message the live path takes next. */
  #next: number
  #noted: number
  #notedAt = Number.NEGATIVE_INFINITY
  #closing = false
  #consecutiveFailures = 0
  #failingSince = 0
  #backlogWrittenAt = Number.NEGATIVE_INFINITY
  #written = 0
  #failures = 0
  #setAside = 0
  #lastError: string | null = null
  #confirmedAt: number | null = null
  #cancelWake: (() => void) | null = null
  #wakesAt = Number.POSITIVE_INFINITY
  #cancelRetry: (() => void) | null = null
  #cancelNote: (() => void) | null = null
  #onEmpty: (() => void) | null = null

  constructor(parts: StoreWriterParts) {
    const { journal, decode, now, schedule, log } = parts
    this.#parts = parts
    this.#kinds = new Map(parts.kinds.map((kind) => [kind.key, kind]))
    this.#noted = parts.state.storedThrough()
    this.#next = Math.max(journal.stats().next, this.#noted + 1)
    const onTrouble = (message: string, error: unknown, details: object) => {
      this.#lastError = error === null ? message : reasonOf(error)
      log?.error({ err: error, ...details }, message)
    }
    this.#backlog = new Backlog(
      { journal, decode, kinds: this.#kinds, now, schedule, onProgress: this.#proceed, onTrouble },
      WORTH_WRITING,
      this.#next,
    )
    this.#backlog.gaps.add(this.#noted + 1, this.#next)
    this.#backlog.read()
  }

  append(report: Report, position: number): void {
    if (position < this.#next || this.#closing) return
    this.#passOver(position)
    let last = this.#live.at(-1)
    if (!last || last.closed || last.values >= LARGEST_WRITE || this.#isStale(last)) {
      last = new RowBuffer(this.#kinds, position, this.#parts.now())
      this.#live.push(last)
    }
    last.append(report)
    last.to = position + 1
  }

  reached(position: number): void {
    if (position < this.#next || this.#closing) return
    this.#passOver(position)
    this.#next = position + 1
    if (this.#live.length === 0) this.#confirm()
    else if (this.#liveValues() > (this.#parts.maxBuffered ?? 2_000_000)) this.#drop()
    else this.#pump()
  }

  storedThrough(): number {
    return this.#noted
  }

  stats(): StoreWriterStats {
    const { gaps, isEmpty, messages, reached, values } = this.#backlog
    const sum = (buffers: readonly RowBuffer[], of: (buffer: RowBuffer) => number) => buffers.reduce((all, one) => all + of(one), 0)
    return {
      storedThrough: this.#noted,
      buffered: this.#liveValues() + values + sum(this.#refused, (buffer) => buffer.values),
      written: this.#written,
      failures: this.#failures,
      setAside: this.#setAside,
      catchingUp: !isEmpty || this.#refused.length > 0,
      backlog: messages + sum(this.#refused, ({ from, to }) => to - from),
      backlogReached: reached,
      gaps: gaps.size,
      oldestGap: gaps.first ?? null,
      newestGap: gaps.last ?? null,
      liveLag: this.#liveLag(),
      sinceWrite: this.#confirmedAt === null ? null : this.#parts.now() - this.#confirmedAt,
      lastError: this.#lastError,
    }
  }

  problems(): string[] {
    const { trouble } = this.#backlog
    return [
      ...(this.isStoreAway() ? [`Readings cannot be stored: ${this.#lastError}`] : []),
      ...(trouble === null ? [] : [`What waits to be stored cannot be read: ${trouble}`]),
    ]
  }

  isStoreAway(): boolean {
    return this.#consecutiveFailures > 0
  }

  close(timeout: number): Promise<void> {
    this.#closing = true
    this.#backlog.pause()
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#parts.schedule(resolve, timeout)
    this.#onEmpty = resolve
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#pump()
    return promise.then(() => {
      cancel()
      for (const stop of [this.#cancelWake, this.#cancelRetry, this.#cancelNote]) stop?.()
      this.#note()
      this.#cancelNote?.()
    })
  }

  /** Messages that did not come along the live path, such as those that broke the road, are looked for in the journal. */
  #passOver(position: number): void {
    if (position === this.#next) return
    this.#backlog.gaps.add(this.#next, position)
    this.#next = position
    this.#backlog.read()
  }

  #liveValues(): number {
    return this.#live.reduce((sum, { values }) => sum + values, 0)
  }

  #liveLag(): number {
    const now = this.#parts.now()
    const age = this.#live[0] ? now - this.#live[0].begun : 0
    return Math.max(age, this.#consecutiveFailures > 0 ? now - this.#failingSince : 0)
  }

  /** While the store is away, buffers are kept small in time, so that old readings can go to the backlog without new ones. */
  #isStale({ begun }: RowBuffer): boolean {
    return this.#consecutiveFailures > 0 && this.#parts.now() - begun >= LIVE_FOR
  }

  /** Starts the writes that are due. */
  #pump(): void {
    if (this.#cancelRetry) return
    for (const lane of lanes) {
      // While the store is away, one write finds out whether it is back.
      if (this.#consecutiveFailures > 0 && this.#inFlight.size > 0) return
      const buffer = this.#inFlight.has(lane) ? undefined : this.#due(lane)
      if (buffer) this.#write(lane, buffer)
    }
    if (this.#closing && this.#live.length === 0 && this.#inFlight.size === 0) this.#onEmpty?.()
  }

  readonly #proceed = (): void => {
    this.#confirm()
    this.#pump()
  }

  #due(lane: Lane): RowBuffer | undefined {
    if (lane === 'live') return this.#dueLive()
    if (this.#closing) return undefined
    if (lane === 'backlog') return this.#dueBacklog()
    const [first] = this.#refused
    return first && this.#isTime(first.notBefore) ? first : undefined
  }

  #dueLive(): RowBuffer | undefined {
    const [first] = this.#live
    if (!first) return undefined
    const isWorth = first.closed || first.values >= WORTH_WRITING || this.#closing || this.#consecutiveFailures > 0
    const wait = this.#backlog.isEmpty ? LONGEST_WAIT : LONGEST_WAIT_BESIDE_BACKLOG
    return isWorth || this.#isTime(first.begun + wait) ? first : undefined
  }

  #dueBacklog(): RowBuffer | undefined {
    const buffer = this.#backlog.ready
    if (!buffer || this.#liveLag() <= LIVE_BEHIND || this.#consecutiveFailures > 0) return buffer
    return this.#isTime(this.#backlogWrittenAt + BACKLOG_AT_LEAST_EVERY) ? buffer : undefined
  }

  /** Whether `at` has come; looks again when it has. */
  #isTime(at: number): boolean {
    const wait = at - this.#parts.now()
    if (wait <= 0) return true
    if (at < this.#wakesAt) {
      this.#cancelWake?.()
      this.#wakesAt = at
      this.#cancelWake = this.#parts.schedule(() => {
        this.#cancelWake = null
        this.#wakesAt = Number.POSITIVE_INFINITY
        this.#pump()
      }, wait)
    }
    return false
  }

  #write(lane: Lane, buffer: RowBuffer): void {
    buffer.closed = true
    this.#inFlight.set(lane, buffer)
    const begun = this.#parts.now()
    // `then` first, so that a store that throws at once counts as one that rejects.
    Promise.resolve()
      .then(() => this.#parts.store.write(buffer.batches()))
      .then(
        () => {
          if (lane === 'backlog') this.#fitBacklog(buffer, begun)
          this.#written += buffer.values
          this.#confirmedAt = this.#parts.now()
          this.#leave(lane, buffer)
        },
        (error: unknown) => this.#failed(lane, buffer, error),
      )
  }

  #fitBacklog(buffer: RowBuffer, begun: number): void {
    const now = this.#parts.now()
    const { bufferValues } = this.#backlog
    const share = BACKLOG_WRITE_TIME / Math.max(1, now - begun)
    // Larger only where there is much time left, or it would be too large by turns.
    const fitting = this.#liveLag() > LIVE_BEHIND ? 0 : share < 1 ? buffer.values * share : share > 2 ? bufferValues * 2 : bufferValues
    this.#backlog.resize(Math.min(LARGEST_BACKLOG_WRITE, Math.max(WORTH_WRITING, fitting)), buffer)
    this.#backlogWrittenAt = now
  }

  #failed(lane: Lane, buffer: RowBuffer, error: unknown): void {
    this.#failures++
    this.#lastError = reasonOf(error)
    if (isUnavailable(error)) this.#backOff(lane, error)
    else if (error instanceof RowsRefused) void this.#putAside(lane, buffer, async () => error.refused)
    else if (++buffer.tries >= TRIES_OF_A_REFUSED_WRITE)
      void this.#putAside(lane, buffer, () =>
        narrowRefused((batches) => this.#parts.store.write(batches), buffer.batches(), NARROWING_WRITES),
      )
    else if (lane !== 'refused' && this.#refused.length >= MOST_REFUSED) this.#backOff(lane, error)
    else {
      this.#inFlight.delete(lane)
      this.#take(lane, buffer)
      buffer.notBefore = this.#parts.now() + FIRST_BACKOFF * 2 ** buffer.tries
      this.#refused.push(buffer)
      this.#goOn()
    }
  }

  /** Everything waits a little longer each time. */
  #backOff(lane: Lane, error: unknown): void {
    this.#inFlight.delete(lane)
    // The other lane may find out at the same time.
    if (this.#cancelRetry) return
    if (this.#consecutiveFailures++ === 0) {
      this.#failingSince = this.#parts.now()
      this.#parts.log?.warn({ err: error }, 'readings cannot be stored; they wait in the journal and are tried again')
    }
    this.#backlog.pause()
    const delay = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(this.#consecutiveFailures - 1, 10))
    this.#cancelRetry = this.#parts.schedule(
      () => {
        this.#cancelRetry = null
        this.#retreat()
        this.#goOn()
      },
      delay * (0.5 + this.#parts.random() / 2),
    )
  }

  /** Lets live readings that have waited go to the backlog. */
  #retreat(): void {
    if (this.#closing) return
    for (const buffer of [...this.#live]) if (this.#isStale(buffer)) this.#toBacklog(buffer)
  }

  /** More than one write behind: all but the newest goes to the backlog, so that a store that hung or is too slow gets what is new. */
  #shed(): void {
    if (this.#closing || this.#live.length < 2 || this.#liveLag() <= LIVE_BEHIND) return
    for (const buffer of this.#live.slice(0, -1)) this.#toBacklog(buffer)
  }

  /** The store is too slow: what the live path cannot hold goes to the backlog, oldest first. */
  #drop(): void {
    const most = this.#parts.maxBuffered ?? 2_000_000
    for (const buffer of [...this.#live]) if (this.#liveValues() > most) this.#toBacklog(buffer)
    this.#goOn()
  }

  #toBacklog(buffer: RowBuffer): void {
    if (this.#inFlight.get('live') === buffer) return
    this.#take('live', buffer)
    this.#backlog.gaps.add(buffer.from, buffer.to)
  }

  /** All of the buffer but the rows that `find` returns is written when it has. */
  async #putAside(lane: Lane, buffer: RowBuffer, find: () => Promise<readonly RefusedRows[]>): Promise<void> {
    try {
      const refused = await find()
      const values = refused.reduce((sum, { batch }) => sum + countValues(batch), 0)
      if (refused.length > 0) {
        await this.#parts.setAside(refused)
        this.#setAside += values
        this.#parts.log?.error({ reason: refused[0]?.reason, values }, 'the telemetry store refuses readings; they were set aside')
      }
      this.#written += buffer.values - values
      this.#leave(lane, buffer)
    } catch (error) {
      this.#lastError = reasonOf(error)
      this.#backOff(lane, error)
    }
  }

  #leave(lane: Lane, buffer: RowBuffer): void {
    this.#inFlight.delete(lane)
    this.#take(lane, buffer)
    if (this.#consecutiveFailures > 0)
      this.#parts.log?.warn({ failures: this.#consecutiveFailures }, 'the telemetry store takes readings again')
    this.#consecutiveFailures = 0
    if (lane === 'live') this.#shed()
    this.#confirm()
    this.#goOn()
  }

  #goOn(): void {
    if (!this.#closing && !this.#cancelRetry) this.#backlog.read()
    this.#pump()
  }

  /** Removes a buffer from its lane. */
  #take(lane: Lane, buffer: RowBuffer): void {
    if (lane === 'backlog') this.#backlog.remove(buffer)
    else {
      const buffers = lane === 'live' ? this.#live : this.#refused
      buffers.splice(buffers.indexOf(buffer), 1)
    }
  }

  /** The last message before all that is not stored. */
  #confirmed(): number {
    const oldest = Math.min(this.#next, this.#backlog.oldest, ...[...this.#live, ...this.#refused].map(({ from }) => from))
    return oldest - 1
  }

  #confirm(): void {
    const wait = this.#notedAt + seconds(1) - this.#parts.now()
    if (wait <= 0) this.#note()
    else this.#cancelNote ??= this.#parts.schedule(() => this.#note(), wait)
  }

  #note(): void {
    this.#cancelNote?.()
    this.#cancelNote = null
    const confirmed = this.#confirmed()
    if (confirmed <= this.#noted) return
    this.#notedAt = this.#parts.now()
    try {
      this.#parts.state.setStoredThrough(confirmed)
      this.#noted = confirmed
    } catch (error) {
      this.#lastError = reasonOf(error)
      this.#parts.log?.error({ err: error }, 'the progress of storing could not be noted')
      this.#cancelNote = this.#parts.schedule(() => this.#note(), seconds(1))
    }
  }
}

const countValues = ({ values }: RefusedRows['batch']): number =>
  values.reduce((sum, column) => sum + column.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0), 0)
