import { crc32 } from 'node:zlib'
import type { Message } from '../../telemetry/message.ts'

/**
 * One block per group commit: mark (4 bytes), checksum of all that follows (u32), length of the block (u32), number of messages (u32),
 * first position (f64), then per message: received (f64), topic length (u16), payload length (u32), topic, payload. Little-endian.
 */
export const blockHeaderBytes = 24
export const recordHeaderBytes = 14
/** A length beyond this is corruption: no group may grow so far. */
export const maxBlockBytes = 128 * 1024 * 1024

const slabBytes = 256 * 1024
const latin = 0x7f

/** Mark and checksum seed of a segment. Both come from a secret of the segment, so that no payload can pass itself off as a block. */
export interface BlockSeal {
  mark: Uint8Array
  seed: number
}

export interface Block {
  start: number
  end: number
  first: number
  count: number
}

/**
 * Encodes messages as they come into slabs that are filled one after the other. A message's payload is a view of its slab: one copy of the
 * socket's bytes serves both the disk and the pipeline.
 */
export class BlockBuilder {
  #slab = Buffer.alloc(0)
  #view = new DataView(new ArrayBuffer(0))
  #start = 0
  #end = 0
  #full: Buffer[] = []
  #bytes = 0
  messages: Message[] = []

  /** Bytes of the block so far. */
  get bytes(): number {
    return this.#bytes
  }

  append(position: number, topic: string, payload: Uint8Array, received: number): void {
    if (this.messages.length === 0) this.#begin()
    // Three bytes per UTF-16 unit is the most that UTF-8 takes.
    this.#room(recordHeaderBytes + topic.length * 3 + payload.length)
    const record = this.#end
    const topicEnd = this.#writeTopic(topic, record + recordHeaderBytes)
    const end = topicEnd + payload.length
    this.#view.setFloat64(record, received, true)
    this.#view.setUint16(record + 8, topicEnd - record - recordHeaderBytes, true)
    this.#view.setUint32(record + 10, payload.length, true)
    this.#slab.set(payload, topicEnd)
    this.#end = end
    this.#bytes += end - record
    this.messages.push({ position, received, topic, payload: new Uint8Array(this.#slab.buffer, topicEnd, payload.length) })
  }

  /** The finished block as parts to write one after the other, and its messages; the builder is empty afterwards. */
  take(): { parts: Buffer[]; messages: Message[]; bytes: number } {
    const parts = [...this.#full, this.#slab.subarray(this.#start, this.#end)]
    const taken = { parts, messages: this.messages, bytes: this.#bytes }
    const header = parts[0]!
    header.writeUInt32LE(this.#bytes, 8)
    header.writeUInt32LE(taken.messages.length, 12)
    header.writeDoubleLE(taken.messages[0]!.position, 16)
    this.#full = []
    this.#start = this.#end
    this.#bytes = 0
    this.messages = []
    return taken
  }

  #begin(): void {
    this.#room(blockHeaderBytes)
    this.#start = this.#end
    this.#end += blockHeaderBytes
    this.#bytes = blockHeaderBytes
  }

  #room(bytes: number): void {
    if (this.#end + bytes <= this.#slab.length) return
    if (this.messages.length > 0 || this.#bytes > 0) this.#full.push(this.#slab.subarray(this.#start, this.#end))
    this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes))
    this.#view = new DataView(this.#slab.buffer)
    this.#start = 0
    this.#end = 0
  }

  #writeTopic(topic: string, at: number): number {
    const slab = this.#slab
    for (let i = 0; i < topic.length; i++) {
      const unit = topic.charCodeAt(i)
      if (unit > latin) return at + slab.write(topic, at, 'utf8')
      slab[at + i] = unit
    }
    return at + topic.length
  }
}

/** Sets the mark and the checksum, which depend on the segment the block goes to. */
export function sealBlock(parts: readonly Buffer[], seal: BlockSeal): void {
  const header = parts[0]!
  header.set(seal.mark, 0)
  let sum = seal.seed
  for (const [i, part] of parts.entries()) sum = crc32(i === 0 ? part.subarray(8) : part, sum)
  header.writeUInt32LE(sum >>> 0, 4)
}

/**
 * The block at `start` of `buffer`; a number when so many bytes from `start` on are needed to tell; undefined when there is no sound block.
 * `available` is how many bytes from `start` on exist at all.
 */
export function inspectBlock(buffer: Buffer, start: number, available: number, seal: BlockSeal): Block | number | undefined {
  if (available < blockHeaderBytes) return undefined
  if (buffer.length - start < blockHeaderBytes) return blockHeaderBytes
  if (buffer.compare(seal.mark, 0, 4, start, start + 4) !== 0) return undefined
  const bytes = buffer.readUInt32LE(start + 8)
  if (bytes < blockHeaderBytes || bytes > maxBlockBytes || bytes > available) return undefined
  const end = start + bytes
  if (end > buffer.length) return bytes
  if (crc32(buffer.subarray(start + 8, end), seal.seed) >>> 0 !== buffer.readUInt32LE(start + 4)) return undefined
  return { start, end, first: buffer.readDoubleLE(start + 16), count: buffer.readUInt32LE(start + 12) }
}

/** Adds the messages of a sound block from `position` on to `into`, until they have `maxBytes`; returns the bytes added. */
export function decodeMessages(buffer: Buffer, block: Block, position: number, maxBytes: number, into: Message[]): number {
  let at = block.start + blockHeaderBytes
  let added = 0
  for (let i = 0; i < block.count && added < maxBytes; i++) {
    const topicStart = at + recordHeaderBytes
    const topicEnd = topicStart + buffer.readUInt16LE(at + 8)
    const end = topicEnd + buffer.readUInt32LE(at + 10)
    if (block.first + i >= position) {
      const topic = buffer.toString('utf8', topicStart, topicEnd)
      // No Buffer, whose `slice` makes no copy and would keep all that was read in memory.
      const payload = new Uint8Array(buffer.buffer, buffer.byteOffset + topicEnd, end - topicEnd)
      into.push({ position: block.first + i, received: buffer.readDoubleLE(at), topic, payload })
      added += end - at
    }
    at = end
  }
  return added
}
