import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Message } from '../../telemetry/message.ts'
import { type Block, type BlockSeal, decodeMessages, inspectBlock } from './journal-block.ts'

/** One file of the journal, named by its first position and its secret: `0000000000000001-9f86d081884c7d65.journal`. */
export interface Segment {
  path: string
  seal: BlockSeal
  first: number
  /** Position after its last message. */
  next: number
  /** Bytes known to be on disk; nothing beyond is read. */
  bytes: number
  /** When its first and newest message came in, ms. */
  begun: number
  newest: number
  /** The same on a clock of its owner's that nobody sets, ms. */
  begunUptime: number
  newestUptime: number
  /** Offsets where unsound bytes were found. */
  corruptAt: Set<number>
}

const namePattern = /^(\d{16})-([0-9a-f]{16})\.journal$/
const chunkBytes = 1024 * 1024
/** Where a disk reads nothing, so much is passed over at once, and after so many pieces without a readable one the rest of the file. */
const holeBytes = 64 * 1024
const mostHoles = 16

export type OpenFile = (path: string, flags: string) => Promise<FileHandle>

export interface ReadOptions {
  /** Bytes read at once. */
  chunk?: number
  openFile?: OpenFile
  /** Where given, what cannot be read counts as unsound and is told; else it throws. */
  onUnreadable?: ((error: unknown) => void) | undefined
}

export function describeNewSegment(folder: string, first: number, now: number, uptime: number): Segment {
  return describeSegment(folder, `${String(first).padStart(16, '0')}-${randomBytes(8).toString('hex')}.journal`, now, uptime)
}

function describeSegment(folder: string, name: string, now: number, uptime: number): Segment {
  const [, position = '', secret = ''] = namePattern.exec(name) ?? []
  const bytes = Buffer.from(secret, 'hex')
  const first = Number(position)
  const seal = { mark: bytes.subarray(0, 4), seed: bytes.readUInt32LE(4) }
  const times = { begun: now, newest: now, begunUptime: uptime, newestUptime: uptime }
  return { path: join(folder, name), seal, first, next: first, bytes: 0, ...times, corruptAt: new Set() }
}

/** The segments of a folder by position. All but the last are taken as whole: they are checked when they are read. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const names = (await readdir(folder)).filter((name) => namePattern.test(name)).sort()
  const segments: Segment[] = []
  for (const name of names) {
    const { size, mtimeMs, birthtimeMs } = await stat(join(folder, name))
    const segment = describeSegment(folder, name, mtimeMs, 0)
    segment.begun = Math.min(birthtimeMs || mtimeMs, mtimeMs)
    segment.bytes = size
    const before = segments.at(-1)
    if (before) before.next = segment.first
    segments.push(segment)
  }
  return segments
}

/**
 * Sound blocks of a segment from `offset` on, each with the buffer it lies in. Unsound bytes are stepped over to the next sound block;
 * where they begin is noted in `corruptAt`. Returns where the sound part ends.
 */
export async function* readBlocks(
  segment: Segment,
  offset: number,
  { chunk = chunkBytes, openFile = open, onUnreadable }: ReadOptions = {},
): AsyncGenerator<FoundBlock, number> {
  const file = await openFile(segment.path, 'r')
  const readAt = onUnreadable ? lenientReader(file, onUnreadable) : (at: number, bytes: number) => readFrom(file, at, bytes)
  try {
    const limit = segment.bytes
    let at = offset
    let unsoundFrom: number | undefined
    let expected = 0
    const end = (at: number) => {
      if (unsoundFrom !== undefined) segment.corruptAt.add(unsoundFrom)
      return unsoundFrom ?? at
    }
    while (at < limit) {
      let buffer = await readAt(at, Math.min(chunk, limit - at))
      let local = 0
      while (local < buffer.length) {
        const found = inspectBlock(buffer, local, limit - at - local, segment.seal)
        if (typeof found === 'number') {
          if (local > 0) break
          buffer = await readAt(at, found)
          if (buffer.length < found) return end(at)
        } else if (found && found.first >= expected) {
          if (unsoundFrom !== undefined) segment.corruptAt.add(unsoundFrom)
          unsoundFrom = undefined
          expected = found.first + found.count
          yield { buffer, block: found, offset: at + local, end: at + found.end }
          local = found.end
        } else {
          unsoundFrom ??= at + local
          const mark = buffer.indexOf(segment.seal.mark, local + 1)
          // The mark may begin in the last three bytes and go on in the next chunk.
          local = mark >= 0 ? mark : Math.max(local + 1, buffer.length - 3)
        }
      }
      if (buffer.length === 0) return end(at)
      at += local
    }
    return end(limit)
  } finally {
    await file.close()
  }
}

/** When the first message of a segment came in, ms since 1970; undefined when it has none. */
export async function firstReceived(segment: Segment, openFile: OpenFile): Promise<number | undefined> {
  const messages: Message[] = []
  for await (const { buffer, block } of readBlocks({ ...segment, corruptAt: new Set() }, 0, { chunk: 65_536, openFile })) {
    decodeMessages(buffer, block, 0, 1, messages)
    break
  }
  return messages[0]?.received
}

export interface FoundBlock {
  buffer: Buffer
  block: Block
  /** Where in the segment the block begins and ends. */
  offset: number
  end: number
}

/** Reads zeros, which no block is made of, where the disk gives nothing. */
function lenientReader(file: FileHandle, onUnreadable: (error: unknown) => void) {
  let holes = 0
  const piece = async (at: number, bytes: number) => {
    if (holes >= mostHoles) return Buffer.alloc(bytes)
    try {
      const read = await readFrom(file, at, bytes)
      holes = 0
      return read
    } catch (error) {
      holes++
      onUnreadable(error)
      return Buffer.alloc(bytes)
    }
  }
  return async (at: number, bytes: number): Promise<Buffer> => {
    try {
      return await readFrom(file, at, bytes)
    } catch {
      const pieces: Buffer[] = []
      for (let from = 0; from < bytes; from += holeBytes) pieces.push(await piece(at + from, Math.min(holeBytes, bytes - from)))
      return Buffer.concat(pieces)
    }
  }
}

async function readFrom(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(bytes)
  let filled = 0
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
