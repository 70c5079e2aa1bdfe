import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises'
import { LamplighterError } from '../../errors.ts'
import type { Message } from '../../telemetry/message.ts'
import type { Journal, JournalStats } from '../journal.ts'
import { syncFolder, writeFully } from './durable-write.ts'
import { BlockBuilder, decodeMessages, recordHeaderBytes, sealBlock } from './journal-block.ts'
import type { JournalFiles } from './journal-files.ts'
import { describeNewSegment, listSegments, readBlocks, type Segment } from './segment.ts'

export interface JournalOptions {
  folder: string
  /** Past these bounds the oldest messages are given up, a segment at a time. */
  maxBytes: number
  /** ms. */
  maxAge: number
  /** ms a message may wait for others to share its commit; 0 commits at every turn of the event loop. Default 5. */
  commitInterval?: number
  /** Default 64 MB, at most a quarter of `maxBytes`. */
  segmentBytes?: number
  /** Bytes that may wait while a commit is under way; beyond, `append` throws `journal-full`. Default 32 MB. */
  maxPendingBytes?: number
  /** Positions begin here at least: a journal whose files were lost must not give positions out again that other stores account for. */
  startAt?: number
  /** ms since 1970. */
  now: () => number
  /** Opens a file for writing; replaced where a failing disk is wanted. */
  openFile?: (path: string, flags: string) => Promise<FileHandle>
}

const defaultSegmentBytes = 64 * 1024 * 1024
const defaultPendingBytes = 32 * 1024 * 1024
/** A group of this size is not worth waiting for more. */
const fullGroupBytes = 1024 * 1024
const maxTopicLength = 16_384
/** A segment lasts at most this part of `maxAge`, so that age is kept on a quiet system too. */
const segmentsPerAge = 16

export interface SegmentedJournal extends Journal, JournalFiles {}

/** Opens or makes the journal in `folder`; throws `journal-unwritable`. */
export async function openJournal(options: JournalOptions): Promise<SegmentedJournal> {
  try {
    await mkdir(options.folder, { recursive: true })
    const journal = new SegmentJournal(options)
    await journal.open()
    return journal
  } catch (error) {
    throw unwritable(options.folder, error)
  }
}

function unwritable(folder: string, cause: unknown): LamplighterError {
  const what = cause instanceof Error ? cause.message : String(cause)
  const advice = 'Free space on its disk, give the user that runs Lamplighter write access to it, or set another data folder.'
  return new LamplighterError('journal-unwritable', `The journal in ${folder} cannot be written: ${what}. ${advice}`, cause)
}

class SegmentJournal implements SegmentedJournal {
  readonly #options: Required<Omit<JournalOptions, 'startAt'>>
  readonly #startAt: number
  readonly #group = new BlockBuilder()
  #segments: Segment[] = []
  #file: FileHandle | undefined
  #listener: (messages: readonly Message[], error: Error | null) => void = () => {}
  #next = 1
  #released = 0
  /** Those who still copy what may have been released. */
  #holders = 0
  #givenUp = 0
  #tornBytes = 0
  #trouble: string | null = null
  /** Bytes after the last sound block may lie in the file; they must be cut before anything is written. */
  #needsCut = false
  #closed = false
  #commitTimer: NodeJS.Timeout | undefined
  #commitSoon: NodeJS.Immediate | undefined
  #committing: Promise<void> | undefined
  #givingUp: Promise<void> | undefined
  #groupBegun = 0
  /** Where the last read ended, so that the next one goes on without searching. */
  #cursor: { position: number; segment: Segment; offset: number } | undefined

  constructor({ startAt = 1, ...options }: JournalOptions) {
    const segmentBytes = Math.min(options.segmentBytes ?? defaultSegmentBytes, Math.ceil(options.maxBytes / 4))
    const defaults = { commitInterval: 5, maxPendingBytes: defaultPendingBytes, openFile: open }
    this.#options = { ...defaults, ...options, segmentBytes }
    this.#startAt = Math.max(1, startAt)
  }

  async open(): Promise<void> {
    this.#segments = await listSegments(this.#options.folder)
    const last = this.#segments.at(-1)
    if (last) await this.#recover(last)
    const minimum = Math.max(this.#startAt, this.#next)
    if (!last || this.#tornBytes > 0 || minimum > this.#next) {
      this.#next = minimum
      await this.#beginSegment(minimum)
    } else {
      this.#file = await this.#options.openFile(last.path, 'r+')
    }
  }

  /** Finds the end of the last segment and cuts what a crash left there half written. */
  async #recover(last: Segment): Promise<void> {
    const blocks = readBlocks(last, 0)
    let step = await blocks.next()
    for (; !step.done; step = await blocks.next()) last.next = step.value.block.first + step.value.block.count
    const end = step.value
    last.corruptAt.delete(end)
    this.#tornBytes = last.bytes - end
    last.bytes = end
    // The positions of the cut messages are not given out again: were they committed once, other stores account for them.
    this.#next = last.next + Math.ceil(this.#tornBytes / recordHeaderBytes)
    if (this.#tornBytes > 0) {
      const file = await this.#options.openFile(last.path, 'r+')
      await file.truncate(end)
      await file.datasync()
      await file.close()
    }
  }

  append(topic: string, payload: Uint8Array, received: number): number {
    if (this.#closed) throw new LamplighterError('journal-unwritable', 'The journal is closed.')
    if (topic.length > maxTopicLength) throw new LamplighterError('invalid-request', `A topic of ${topic.length} characters is too long.`)
    const group = this.#group
    if (group.bytes + payload.length > this.#options.maxPendingBytes) {
      throw new LamplighterError('journal-full', `The disk of ${this.#options.folder} does not keep up; ${group.bytes} bytes wait for it.`)
    }
    const position = this.#next++
    group.append(position, topic, payload, received)
    if (group.messages.length === 1) this.#groupBegun = performance.now()
    if (!this.#committing) this.#scheduleCommit()
    return position
  }

  onCommit(listener: (messages: readonly Message[], error: Error | null) => void): void {
    this.#listener = listener
  }

  #scheduleCommit(): void {
    if (this.#commitSoon) return
    const full = this.#group.bytes >= fullGroupBytes
    if (this.#commitTimer && !full) return
    const wait = full ? 0 : this.#options.commitInterval - (performance.now() - this.#groupBegun)
    if (wait >= 1) {
      this.#commitTimer = setTimeout(this.#startCommit, wait)
    } else {
      this.#commitSoon = setImmediate(this.#startCommit)
    }
  }

  readonly #startCommit = (): void => {
    clearTimeout(this.#commitTimer)
    clearImmediate(this.#commitSoon)
    this.#commitTimer = undefined
    this.#commitSoon = undefined
    if (this.#committing || this.#group.messages.length === 0) return
    this.#committing = this.#commit()
  }

  async #commit(): Promise<void> {
    const group = this.#group.take()
    let failure: Error | null = null
    try {
      await this.#write(group.parts, group.bytes, group.messages)
    } catch (error) {
      this.#needsCut = true
      failure = unwritable(this.#options.folder, error)
    }
    this.#trouble = failure?.message ?? null
    this.#committing = undefined
    if (this.#group.messages.length > 0) this.#scheduleCommit()
    this.#giveUpPastBounds()
    this.#listener(group.messages, failure)
  }

  async #write(parts: Buffer[], bytes: number, messages: readonly Message[]): Promise<void> {
    const first = messages[0]!
    if (this.#needsCut) await this.#cut()
    let segment = this.#segments.at(-1)!
    if (this.#isFinished(segment)) segment = await this.#beginSegment(first.position)
    const file = this.#file!
    sealBlock(parts, segment.seal)
    await writeFully(file, parts, segment.bytes)
    await file.datasync()
    const newest = messages.at(-1)!
    if (segment.bytes === 0) segment.begun = first.received
    segment.newest = newest.received
    segment.next = newest.position + 1
    segment.bytes += bytes
  }

  async #cut(): Promise<void> {
    await this.#file!.truncate(this.#segments.at(-1)!.bytes)
    this.#needsCut = false
  }

  #isFinished(segment: Segment): boolean {
    if (segment.bytes === 0) return false
    const { segmentBytes, maxAge, now } = this.#options
    return segment.bytes >= segmentBytes || now() - segment.begun > maxAge / segmentsPerAge
  }

  async #beginSegment(first: number): Promise<Segment> {
    const { folder, now, openFile } = this.#options
    const segment = describeNewSegment(folder, first, now())
    const file = await openFile(segment.path, 'wx+')
    try {
      await syncFolder(folder)
    } catch (error) {
      await file.close()
      await unlink(segment.path)
      throw error
    }
    await this.#file?.close()
    this.#file = file
    this.#segments.push(segment)
    return segment
  }

  async read(position: number, maxBytes: number): Promise<Message[]> {
    const messages: Message[] = []
    // A snapshot: segments come and go while one is read.
    let bytes = 0
    for (const segment of this.#segments.filter(({ next }) => next > position)) {
      const cursor = this.#cursor?.segment === segment && this.#cursor.position <= position ? this.#cursor : undefined
      bytes += await this.#readSegment(segment, cursor?.offset ?? 0, position, maxBytes - bytes, messages)
      if (bytes >= maxBytes) break
    }
    return messages
  }

  /** Reads on in one segment and returns the bytes read; nothing when the segment was given up meanwhile. */
  async #readSegment(segment: Segment, offset: number, position: number, maxBytes: number, into: Message[]): Promise<number> {
    let bytes = 0
    try {
      for await (const { buffer, block, offset: at, end } of readBlocks(segment, offset, Math.min(Math.max(maxBytes, 65_536), 1_048_576))) {
        const blockNext = block.first + block.count
        if (blockNext <= position) continue
        bytes += decodeMessages(buffer, block, position, maxBytes - bytes, into)
        const next = (into.at(-1)?.position ?? position - 1) + 1
        this.#cursor = { position: next, segment, offset: next >= blockNext ? end : at }
        if (bytes >= maxBytes) break
      }
    } catch (error) {
      if (this.#segments.includes(segment)) throw unwritable(this.#options.folder, error)
    }
    return bytes
  }

  async release(position: number): Promise<void> {
    this.#released = Math.max(this.#released, position)
    await this.#givingUp
    try {
      while (this.#holders === 0 && this.#segments.length > 1 && this.#segments[0]!.next <= this.#released) await this.#removeOldest()
    } catch (error) {
      throw unwritable(this.#options.folder, error)
    }
  }

  hold(): () => void {
    this.#holders++
    let isHeld = true
    return () => {
      if (isHeld) this.#holders--
      isHeld = false
    }
  }

  segments(): Promise<Segment[]> {
    return Promise.resolve(this.#segments.map((segment) => ({ ...segment, corruptAt: new Set() })))
  }

  async #removeOldest(): Promise<void> {
    const segment = this.#segments.shift()!
    if (this.#cursor?.segment === segment) this.#cursor = undefined
    await unlink(segment.path)
  }

  #giveUpPastBounds(): void {
    if (this.#givingUp || !this.#isPastBounds()) return
    this.#givingUp = this.#giveUpOldest().finally(() => {
      this.#givingUp = undefined
    })
  }

  #isPastBounds(): boolean {
    const { maxBytes, maxAge, now } = this.#options
    if (this.#segments.length < 2) return false
    return this.#segments[0]!.newest < now() - maxAge || this.#bytes() > maxBytes
  }

  async #giveUpOldest(): Promise<void> {
    while (this.#isPastBounds()) {
      const oldest = this.#segments[0]!
      this.#givenUp += Math.max(0, oldest.next - Math.max(oldest.first, this.#released))
      // A file that cannot be removed now is found again at the next start; the bound on what is read holds already.
      await this.#removeOldest().catch(() => undefined)
    }
  }

  #bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  stats(): JournalStats {
    return {
      next: this.#next,
      oldest: this.#segments[0]?.first ?? this.#next,
      oldestAt: this.#segments.find(({ bytes }) => bytes > 0)?.begun ?? null,
      bytes: this.#bytes(),
      segments: this.#segments.length,
      givenUp: this.#givenUp,
      tornBytes: this.#tornBytes,
      corruptBlocks: this.#segments.reduce((sum, { corruptAt }) => sum + corruptAt.size, 0),
      trouble: this.#trouble,
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    while (this.#committing || this.#group.messages.length > 0) {
      this.#startCommit()
      await this.#committing
    }
    await this.#givingUp
    await this.#file?.close()
    this.#file = undefined
  }
}
