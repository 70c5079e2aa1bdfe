import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { LamplighterError } from '../../errors.ts'
import { minutes } from '../../telemetry/duration.ts'
import type { Message } from '../../telemetry/message.ts'
import type { Journal, JournalStats } from '../journal.ts'
import { RecentPeak } from '../recent-peak.ts'
import { syncFolder, writeFully } from './durable-write.ts'
import { BlockBuilder, decodeMessages, recordHeaderBytes, sealBlock } from './journal-block.ts'
import type { JournalFiles } from './journal-files.ts'
import { type KeptCount, openKeptCount } from './kept-count.ts'
import { describeNewSegment, firstReceived, listSegments, type OpenFile, readBlocks, type Segment } from './segment.ts'

export interface JournalOptions {
  folder: string
  /** Past these bounds the oldest messages are given up, a segment at a time. */
  maxBytes: number
  /** ms that messages may wait while the program runs, whatever its clock is set to. Between runs only what the clock can be trusted with counts. */
  maxAge: number
  /** ms for which messages are kept that nobody needs any more, for back-tests; they never take more than half of `maxBytes`. Default 0. */
  keepReleased?: number
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
  /** ms of a clock that nobody sets; default that of the process. */
  uptime?: () => number
  /** Told of each file that was given up, with the number of messages in it that somebody still needed. */
  onGivenUp?: (messages: number) => void
  /** Told when a file cannot be read, in whole or in part. */
  onUnreadable?: (error: unknown, path: string) => void
  /** Opens a file; replaced where a failing disk is wanted. */
  openFile?: OpenFile
}

const defaultSegmentBytes = 64 * 1024 * 1024
const defaultPendingBytes = 32 * 1024 * 1024
/** A group of this size is not worth waiting for more. */
const fullGroupBytes = 1024 * 1024
const maxTopicLength = 16_384
/** A segment lasts at most this part of `maxAge`, so that age is kept on a quiet system too. */
const segmentsPerAge = 16

/** A file of at least this part of its full size is ended early where that makes room. */
const worthEnding = 0.25

export interface SegmentedJournal extends Journal, JournalFiles {
  /** Removes at once what nobody needs any more, where the disk runs short; throws `journal-unwritable`. */
  dropReleased(): Promise<void>
  /** Gives up the oldest file, counted, and returns its bytes; 0 when all that is left is little or cannot be removed. */
  giveUpOldest(): Promise<number>
}

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

function unreadable(folder: string, cause: unknown): LamplighterError {
  const what = cause instanceof Error ? cause.message : String(cause)
  return new LamplighterError('journal-unreadable', `The journal in ${folder} cannot be read: ${what}. Look after its disk.`, cause)
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
  #givenUp: KeptCount | undefined
  #tornBytes = 0
  #trouble: string | null = null
  readonly #syncs = new RecentPeak(minutes(1))
  /** Bytes after the last sound block may lie in the file; they must be cut before anything is written. */
  #needsCut = false
  /** A sync of the file failed: what the system still holds of it in memory may never reach the disk, so nothing more is trusted to it. */
  #isSuspect = false
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
    const uptime = () => performance.now()
    const defaults = {
      commitInterval: 5,
      maxPendingBytes: defaultPendingBytes,
      keepReleased: 0,
      uptime,
      onGivenUp: () => {},
      onUnreadable: () => {},
      openFile: open,
    }
    this.#options = { ...defaults, ...options, segmentBytes }
    this.#startAt = Math.max(1, startAt)
  }

  async open(): Promise<void> {
    this.#givenUp = await openKeptCount(join(this.#options.folder, 'given-up'))
    this.#segments = await listSegments(this.#options.folder)
    const last = this.#segments.at(-1)
    const isSound = last !== undefined && (await this.#recover(last))
    await this.#tellAges()
    const minimum = Math.max(this.#startAt, this.#next)
    if (!isSound || this.#tornBytes > 0 || minimum > this.#next) {
      this.#next = minimum
      await this.#beginSegment(minimum)
    } else {
      this.#file = await this.#options.openFile(last.path, 'r+')
    }
  }

  /** Finds the end of the last segment and cuts what a crash left there half written. False when it cannot be read: then it is left as it is. */
  async #recover(last: Segment): Promise<boolean> {
    const end = await this.#findEnd(last)
    if (end === undefined) {
      // No more messages than that can be in it.
      last.next = last.first + Math.ceil(last.bytes / recordHeaderBytes)
      this.#next = last.next
      return false
    }
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
    return true
  }

  async #findEnd(segment: Segment): Promise<number | undefined> {
    const { openFile, onUnreadable } = this.#options
    try {
      const blocks = readBlocks(segment, 0, { openFile })
      let step = await blocks.next()
      for (; !step.done; step = await blocks.next()) segment.next = step.value.block.first + step.value.block.count
      return step.value
    } catch (error) {
      onUnreadable(error, segment.path)
      return undefined
    }
  }

  /**
   * Takes from the messages when each file was begun, and how long those of earlier runs have waited. A step from one file to the next counts
   * for no more than a file can last, so that a clock that was wrong for once makes nothing old.
   */
  async #tellAges(): Promise<void> {
    const { now, uptime, maxAge } = this.#options
    let before = { newest: now(), newestUptime: uptime() }
    for (const segment of this.#segments.toReversed()) {
      segment.begun = (await this.#firstReceived(segment)) ?? segment.begun
      const step = Math.min(Math.max(0, before.newest - segment.newest), maxAge / segmentsPerAge)
      segment.newestUptime = before.newestUptime - step
      segment.begunUptime = segment.newestUptime - Math.min(Math.max(0, segment.newest - segment.begun), maxAge / segmentsPerAge)
      before = segment
    }
  }

  /** Of a file that cannot be read the time it was made counts. */
  #firstReceived(segment: Segment): Promise<number | undefined> {
    return firstReceived(segment, this.#options.openFile).catch((error: unknown) => {
      this.#options.onUnreadable(error, segment.path)
      return undefined
    })
  }

  hasRoom(bytes: number): boolean {
    return this.#group.bytes + bytes <= this.#options.maxPendingBytes
  }

  append(topic: string, payload: Uint8Array, received: number): number {
    if (this.#closed) throw new LamplighterError('journal-unwritable', 'The journal is closed.')
    if (topic.length > maxTopicLength) throw new LamplighterError('invalid-request', `A topic of ${topic.length} characters is too long.`)
    const group = this.#group
    if (!this.hasRoom(payload.length)) {
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
      await this.#removeReleased(0).catch(() => undefined)
    }
    this.#trouble = failure?.message ?? null
    this.#committed()
    this.#giveUpPastBounds()
    this.#listener(group.messages, failure)
  }

  async #write(parts: Buffer[], bytes: number, messages: readonly Message[]): Promise<void> {
    const first = messages[0]!
    if (this.#needsCut) await this.#cut()
    let segment = this.#segments.at(-1)!
    if (this.#isSuspect || this.#isFinished(segment)) segment = await this.#beginSegment(first.position)
    const file = this.#file!
    sealBlock(parts, segment.seal)
    await writeFully(file, parts, segment.bytes)
    const begun = this.#options.uptime()
    await file.datasync().catch((error: unknown) => {
      this.#isSuspect = true
      throw error
    })
    const newest = messages.at(-1)!
    const uptime = this.#options.uptime()
    this.#syncs.add(uptime - begun, uptime)
    if (segment.bytes === 0) Object.assign(segment, { begun: first.received, begunUptime: uptime })
    segment.newest = newest.received
    segment.newestUptime = uptime
    segment.next = newest.position + 1
    segment.bytes += bytes
  }

  /** A file that cannot be cut is left: nothing behind its sound part is ever read in this run, and nobody was told that it is kept. */
  async #cut(): Promise<void> {
    try {
      await this.#file!.truncate(this.#segments.at(-1)!.bytes)
    } catch {
      this.#isSuspect = true
    }
    this.#needsCut = false
  }

  #isFinished(segment: Segment): boolean {
    if (segment.bytes === 0) return false
    const { segmentBytes, maxAge, uptime } = this.#options
    return segment.bytes >= segmentBytes || uptime() - segment.begunUptime > maxAge / segmentsPerAge
  }

  async #beginSegment(first: number): Promise<Segment> {
    const { folder, now, uptime, openFile } = this.#options
    const segment = describeNewSegment(folder, first, now(), uptime())
    const file = await openFile(segment.path, 'wx+')
    try {
      await syncFolder(folder)
    } catch (error) {
      await file.close()
      await unlink(segment.path)
      throw error
    }
    // Everything in it that anybody was told of is on disk.
    await this.#file?.close().catch(() => undefined)
    this.#file = file
    this.#isSuspect = false
    const before = this.#segments.at(-1)
    this.#segments.push(segment)
    // Files without a single message must not pile up while a disk fails.
    if (before?.bytes === 0) await this.#remove(before).catch(() => undefined)
    return segment
  }

  async read(position: number, maxBytes: number, passOver = false): Promise<Message[]> {
    const messages: Message[] = []
    const failures: unknown[] = []
    // A snapshot: segments come and go while one is read.
    let bytes = 0
    for (const segment of this.#segments.filter(({ next }) => next > position)) {
      const cursor = this.#cursor?.segment === segment && this.#cursor.position <= position ? this.#cursor : undefined
      bytes += await this.#readSegment(segment, cursor?.offset ?? 0, position, maxBytes - bytes, messages, passOver ? failures : null)
      if (bytes >= maxBytes) break
    }
    // Where nothing can be read the disk may be away as a whole, and what is on it is not lost.
    if (failures.length > 0 && messages.length === 0) throw unreadable(this.#options.folder, failures[0])
    return messages
  }

  /** Reads on in one segment and returns the bytes read; nothing when the segment was given up meanwhile. What cannot be read throws without `failures`. */
  async #readSegment(
    segment: Segment,
    offset: number,
    position: number,
    maxBytes: number,
    into: Message[],
    failures: unknown[] | null,
  ): Promise<number> {
    let bytes = 0
    const { openFile, onUnreadable, folder } = this.#options
    const passOver = (error: unknown) => {
      if (failures?.push(error) === 1) onUnreadable(error, segment.path)
    }
    try {
      const chunk = Math.min(Math.max(maxBytes, 65_536), 1_048_576)
      const blocks = readBlocks(segment, offset, { chunk, openFile, onUnreadable: failures ? passOver : undefined })
      for await (const { buffer, block, offset: at, end } of blocks) {
        const blockNext = block.first + block.count
        if (blockNext <= position) continue
        bytes += decodeMessages(buffer, block, position, maxBytes - bytes, into)
        const next = (into.at(-1)?.position ?? position - 1) + 1
        this.#cursor = { position: next, segment, offset: next >= blockNext ? end : at }
        if (bytes >= maxBytes) break
      }
    } catch (error) {
      // One that is gone is being given up.
      if (!this.#segments.includes(segment) || (error as NodeJS.ErrnoException).code === 'ENOENT') return bytes
      if (!failures) throw unreadable(folder, error)
      passOver(error)
    }
    return bytes
  }

  async release(position: number): Promise<void> {
    this.#released = Math.max(this.#released, position)
    await this.#givingUp
    try {
      await this.#removeReleased(this.#options.keepReleased)
    } catch (error) {
      throw unwritable(this.#options.folder, error)
    }
  }

  /** Removes the oldest files that nobody needs, but for those with messages of the last `keep` ms as far as there is room. */
  async #removeReleased(keep: number): Promise<void> {
    const { maxBytes, uptime } = this.#options
    const isKept = ({ newestUptime }: Segment) => uptime() - newestUptime < keep && this.#bytes() <= maxBytes / 2
    while (this.#holders === 0 && this.#segments.length > 1 && this.#isReleased(this.#segments[0]!) && !isKept(this.#segments[0]!))
      await this.#remove(this.#segments[0]!)
  }

  async dropReleased(): Promise<void> {
    await this.#givingUp
    try {
      if (this.#holders === 0 && this.#isReleased(this.#segments.at(-1)!)) await this.#endLast()
      await this.#removeReleased(0)
    } catch (error) {
      throw unwritable(this.#options.folder, error)
    }
  }

  async giveUpOldest(): Promise<number> {
    await this.#givingUp
    try {
      if (this.#segments.length < 2) await this.#endLast()
      const [oldest, next] = this.#segments
      if (!oldest || !next) return 0
      await unlink(oldest.path)
      this.#forget(oldest)
      this.#countGivenUp(oldest)
      return oldest.bytes
    } catch {
      return 0
    }
  }

  /** Begins another file where the present one is worth it, so that it can go. */
  async #endLast(): Promise<void> {
    while (this.#committing) await this.#committing
    if (this.#closed || this.#segments.at(-1)!.bytes < this.#options.segmentBytes * worthEnding) return
    const begun = this.#beginNext()
    // Commits wait for it, and for no failure of it.
    this.#committing = begun.then(
      () => this.#committed(),
      () => this.#committed(),
    )
    await this.#committing
    await begun
  }

  async #beginNext(): Promise<void> {
    if (this.#needsCut) await this.#cut()
    await this.#beginSegment(this.#group.messages[0]?.position ?? this.#next)
  }

  #committed(): void {
    this.#committing = undefined
    if (this.#group.messages.length > 0) this.#scheduleCommit()
  }

  #isReleased({ next }: Segment): boolean {
    return next <= this.#released
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

  async #remove(segment: Segment): Promise<void> {
    this.#forget(segment)
    await unlink(segment.path)
  }

  #forget(segment: Segment): void {
    this.#segments = this.#segments.filter((each) => each !== segment)
    if (this.#cursor?.segment === segment) this.#cursor = undefined
  }

  #giveUpPastBounds(): void {
    if (this.#givingUp || !this.#isPastBounds()) return
    this.#givingUp = this.#giveUpOldest().finally(() => {
      this.#givingUp = undefined
    })
  }

  #isPastBounds(): boolean {
    const { maxBytes, maxAge, uptime } = this.#options
    if (this.#segments.length < 2) return false
    return this.#segments[0]!.newestUptime < uptime() - maxAge || this.#bytes() > maxBytes
  }

  async #giveUpOldest(): Promise<void> {
    // A file that cannot be removed now is found again at the next start; the bound on what is read holds already.
    while (this.#isPastBounds()) {
      const oldest = this.#segments[0]!
      await this.#remove(oldest).catch(() => undefined)
      this.#countGivenUp(oldest)
    }
  }

  #countGivenUp({ first, next }: Segment): void {
    const messages = Math.max(0, next - Math.max(first, this.#released))
    this.#givenUp?.add(messages)
    if (messages > 0) this.#options.onGivenUp(messages)
  }

  #bytes(segments: readonly Segment[] = this.#segments): number {
    return segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  stats(): JournalStats {
    return {
      next: this.#next,
      oldest: this.#segments[0]?.first ?? this.#next,
      oldestAt: this.#segments.find(({ bytes }) => bytes > 0)?.begun ?? null,
      bytes: this.#bytes(),
      waitingBytes: this.#bytes(this.#segments.filter((segment) => !this.#isReleased(segment))),
      segments: this.#segments.length,
      givenUp: this.#givenUp?.value ?? 0,
      tornBytes: this.#tornBytes,
      corruptBlocks: this.#segments.reduce((sum, { corruptAt }) => sum + corruptAt.size, 0),
      trouble: this.#trouble,
      slowestSync: this.#syncs.peak(this.#options.uptime()),
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    while (this.#committing || this.#group.messages.length > 0) {
      this.#startCommit()
      await this.#committing
    }
    await this.#givingUp
    await this.#givenUp?.settled()
    await this.#file?.close()
    this.#file = undefined
  }
}
