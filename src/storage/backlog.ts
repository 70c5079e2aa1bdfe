import { minutes, seconds } from '../telemetry/duration.ts'
import type { Message } from '../telemetry/message.ts'
import type { Report } from '../telemetry/report.ts'
import type { Journal } from './journal.ts'
import { type PositionRange, PositionRanges } from './position-ranges.ts'
import { reasonOf } from './refused-rows.ts'
import { type BufferedKind, RowBuffer } from './row-buffer.ts'

/** Bytes of journal decoded in one go; small, because decoding holds up everything else. */
const BYTES_AT_ONCE = 64 * 1024
/** Buffers filled ahead of the store. */
const BUFFERS_AHEAD = 2
const READ_AGAIN_AFTER = 200
const READ_AGAIN_AT_LEAST_EVERY = seconds(10)
/** ms for which a disk that cannot be read is waited for, before that part of the journal is passed over. */
const PATIENCE_WITH_THE_DISK = minutes(1)
/** Looks for a message that was announced but cannot be read, before it is given up. */
const TRIES_OF_A_MISSING_MESSAGE = 5

export interface BacklogParts {
  journal: Pick<Journal, 'read'>
  /** The readings of a message; pure. */
  decode: (message: Message) => readonly Report[]
  kinds: ReadonlyMap<string, BufferedKind>
  now: () => number
  schedule: (work: () => void, delay: number) => () => void
  /** Told whenever something was read or is ready to be written. */
  onProgress: () => void
  onTrouble: (message: string, error: unknown, details: object) => void
}

/** What is not stored and no longer in memory: gaps of journal positions, read again oldest first into buffers that are ready to be written. */
export class Backlog {
  readonly gaps = new PositionRanges()
  /** Values per buffer. */
  bufferValues: number
  readonly #parts: BacklogParts
  readonly #buffers: RowBuffer[] = []
  #isReading = false
  #isPaused = false
  #cancelRead: (() => void) | null = null
  #missing = 0
  /** How often reading has failed since it last worked, since when, and how. */
  #failures = 0
  #failingSince = 0
  #trouble: string | null = null
  /** When the message read last came in, ms since 1970. */
  #reached: number | null = null
  /** Positions below may have been given to no message, as after a crash; those above were announced to us. */
  readonly #announcedFrom: number

  constructor(parts: BacklogParts, bufferValues: number, announcedFrom: number) {
    this.#parts = parts
    this.bufferValues = bufferValues
    this.#announcedFrom = announcedFrom
  }

  get isEmpty(): boolean {
    return this.gaps.size === 0 && this.#buffers.length === 0
  }

  /** Messages left at most. */
  get messages(): number {
    return this.#buffers.reduce((sum, { from, to }) => sum + to - from, this.gaps.count())
  }

  get values(): number {
    return this.#buffers.reduce((sum, { values }) => sum + values, 0)
  }

  /** When the message read last came in, ms since 1970; null while there is no backlog. */
  get reached(): number | null {
    return this.isEmpty ? null : this.#reached
  }

  /** Why the journal cannot be read; null when it can. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** The oldest position that is not stored, infinite when there is none. A gap below what was read already may come, so any buffer may hold it. */
  get oldest(): number {
    return Math.min(this.gaps.first?.from ?? Number.POSITIVE_INFINITY, ...this.#buffers.map(({ from }) => from))
  }

  /** The oldest buffer, once it is full or the end of its gap. */
  get ready(): RowBuffer | undefined {
    const [first] = this.#buffers
    return first?.closed ? first : undefined
  }

  /** Lets go what was read into buffers much larger than they should be by now, but for the one being written; it is read again. */
  resize(bufferValues: number, inFlight: RowBuffer): void {
    this.bufferValues = bufferValues
    for (const buffer of this.#buffers.filter(({ closed, values }) => closed && values > 2 * bufferValues)) {
      if (buffer === inFlight) continue
      this.remove(buffer)
      this.gaps.add(buffer.from, buffer.to)
    }
  }

  remove(buffer: RowBuffer): void {
    this.#buffers.splice(this.#buffers.indexOf(buffer), 1)
  }

  pause(): void {
    this.#isPaused = true
    this.#cancelRead?.()
    this.#cancelRead = null
  }

  /** Goes on reading while there is something to read and room for it. */
  read(): void {
    this.#isPaused = false
    if (this.#isReading || this.#cancelRead) return
    void this.#read()
  }

  async #read(): Promise<void> {
    this.#isReading = true
    try {
      for (;;) {
        const gap = this.gaps.first
        if (!gap || this.#isPaused || this.#buffers.filter(({ closed }) => closed).length >= BUFFERS_AHEAD) break
        const passOver = this.#failures > 0 && this.#parts.now() - this.#failingSince > PATIENCE_WITH_THE_DISK
        const messages = await this.#parts.journal.read(gap.from, BYTES_AT_ONCE, passOver)
        this.#failures = 0
        this.#trouble = null
        this.#take(gap, messages)
        if (this.#cancelRead) break
      }
    } catch (error) {
      if (this.#failures++ === 0) {
        this.#failingSince = this.#parts.now()
        this.#parts.onTrouble('the journal cannot be read for storing', error, {})
      }
      this.#trouble = reasonOf(error)
      this.#closeLast()
      this.#readLater(Math.min(READ_AGAIN_AFTER * 2 ** Math.min(this.#failures - 1, 10), READ_AGAIN_AT_LEAST_EVERY))
    } finally {
      this.#isReading = false
    }
  }

  #take(gap: PositionRange, messages: readonly Message[]): void {
    const last = messages.at(-1)
    if (!last) {
      if (this.#isMissing(gap)) return
    } else this.#missing = 0
    for (const message of messages) {
      if (message.position >= gap.to) break
      this.#append(message)
    }
    const end = last ? Math.min(last.position + 1, gap.to) : gap.to
    this.gaps.remove(gap.from, end)
    // What lies between two gaps is stored or in memory, so that no buffer reaches over it.
    if (end === gap.to) this.#closeLast()
    this.#parts.onProgress()
  }

  #append(message: Message): void {
    this.#reached = message.received
    const reports = this.#decode(message).filter(({ readings }) => readings.length > 0)
    let buffer = this.#buffers.at(-1)
    if (buffer && message.position < buffer.to) buffer.closed = true
    if (reports.length > 0 && (!buffer || buffer.closed)) {
      buffer = new RowBuffer(this.#parts.kinds, message.position, this.#parts.now())
      this.#buffers.push(buffer)
    }
    for (const report of reports) buffer?.append(report)
    if (!buffer || buffer.closed) return
    buffer.to = message.position + 1
    if (buffer.values >= this.bufferValues) buffer.closed = true
  }

  /** A message that breaks our own code is passed over here as it was on the road. */
  #decode(message: Message): readonly Report[] {
    try {
      return this.#parts.decode(message)
    } catch (error) {
      this.#parts.onTrouble('a message could not be decoded for storing and was passed over', error, { position: message.position })
      return []
    }
  }

  /** Whether to look again later for what was announced and cannot be found. */
  #isMissing({ from, to }: PositionRange): boolean {
    if (to <= this.#announcedFrom) return false
    if (++this.#missing < TRIES_OF_A_MISSING_MESSAGE) {
      this.#readLater()
      return true
    }
    this.#missing = 0
    this.#parts.onTrouble('the journal has lost messages that were to be stored', null, { from, to: to - 1 })
    return false
  }

  #closeLast(): void {
    const last = this.#buffers.at(-1)
    if (!last || last.closed) return
    last.closed = true
    this.#parts.onProgress()
  }

  #readLater(delay = READ_AGAIN_AFTER): void {
    if (this.#isPaused) return
    this.#cancelRead = this.#parts.schedule(() => {
      this.#cancelRead = null
      this.read()
    }, delay)
  }
}
