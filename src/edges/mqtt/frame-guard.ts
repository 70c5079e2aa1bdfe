export interface FrameLimits {
  /** Bytes of the first packet, header included. */
  connect: number
  /** Bytes of any later packet, header included. */
  packet: number
}

/** Why a byte stream is cut off. */
export type FrameFault =
  | { why: 'not-connect' }
  | { why: 'connect-too-large'; bytes: number }
  | { why: 'bad-length' }
  /** `topic` when the packet is a PUBLISH and its topic is not too long to be one of ours. */
  | { why: 'packet-too-large'; bytes: number; topic: string | undefined }

const connectByte = 0x10
const publishType = 3
const maxTopicBytes = 512
/** SUBSCRIBE and UNSUBSCRIBE, whose work grows with the filters in them: each of so many bytes, the longest that a filter may be, is one more. */
const subscribingTypes: readonly number[] = [8, 10]
const SUBSCRIBING_BYTES = 512
const decoder = new TextDecoder()

const isPaced = (type: number) => type === publishType || subscribingTypes.includes(type)

/**
 * Reads the packet headers of one client's byte stream, in slices of any kind, before a parser does: a parser gathers a whole packet in memory
 * before anybody can look at it. The same bytes give the same fault, however they are cut.
 */
export class FrameGuard {
  /** Where in the bytes inspected last begins what its sender must not send too fast: each PUBLISH, and each part of a SUBSCRIBE or UNSUBSCRIBE. */
  starts: number[] = []
  /** Where in them the first packet of the stream ends; negative when it does not. */
  firstEnd = -1
  readonly #limits: FrameLimits
  #isFirst = true
  #isInFirst = true
  #type = 0
  #length = 0
  /** Bytes of the present packet's header seen so far. */
  #header = 0
  /** Bytes of the present packet's body still to come. */
  #body = 0
  /** The beginning of a PUBLISH that is too large: two bytes of length, then the topic. */
  #topic: number[] | undefined
  #tooLarge = 0
  #fault: FrameFault | undefined

  constructor(limits: FrameLimits) {
    this.#limits = limits
  }

  /** Takes the next bytes; returns the fault once there is one, and from then on. */
  inspect(chunk: Uint8Array): FrameFault | undefined {
    let at = 0
    this.starts = []
    this.firstEnd = -1
    while (at < chunk.length && !this.#fault) {
      if (this.#topic) this.#takeTopicByte(this.#topic, chunk[at++]!)
      else if (this.#body > 0) at += this.#skipBody(at, chunk.length - at)
      else {
        if (this.#header === 0 && isPaced(chunk[at]! >> 4)) this.starts.push(at)
        this.#takeHeaderByte(chunk[at++]!)
      }
      if (this.#isInFirst && !this.#isFirst && this.#body === 0) {
        this.#isInFirst = false
        this.firstEnd = at
      }
    }
    return this.#fault
  }

  #skipBody(at: number, available: number): number {
    const skipped = Math.min(this.#body, available)
    if (subscribingTypes.includes(this.#type)) {
      for (let part = this.#body % SUBSCRIBING_BYTES; part < skipped; part += SUBSCRIBING_BYTES) this.starts.push(at + part)
    }
    this.#body -= skipped
    return skipped
  }

  #takeHeaderByte(byte: number): void {
    if (this.#header === 0) {
      if (this.#isFirst && byte !== connectByte) this.#fault = { why: 'not-connect' }
      this.#type = byte >> 4
      this.#length = 0
      this.#header = 1
      return
    }
    // Seven bits a byte, the lowest first, at most four bytes.
    this.#length += (byte & 0x7f) * 128 ** (this.#header - 1)
    this.#header++
    if ((byte & 0x80) === 0) this.#endHeader()
    else if (this.#header > 4) this.#fault = { why: 'bad-length' }
  }

  #endHeader(): void {
    const bytes = this.#header + this.#length
    if (this.#isFirst && bytes > this.#limits.connect) {
      this.#fault = { why: 'connect-too-large', bytes }
    } else if (bytes > this.#limits.packet) {
      this.#tooLarge = bytes
      if (this.#type === publishType) this.#topic = []
      else this.#fault = { why: 'packet-too-large', bytes, topic: undefined }
    }
    this.#body = this.#length
    this.#header = 0
    this.#isFirst = false
  }

  #takeTopicByte(seen: number[], byte: number): void {
    seen.push(byte)
    if (seen.length < 2) return
    const length = (seen[0]! << 8) | seen[1]!
    if (length > maxTopicBytes) this.#fault = { why: 'packet-too-large', bytes: this.#tooLarge, topic: undefined }
    else if (seen.length === length + 2) {
      this.#fault = { why: 'packet-too-large', bytes: this.#tooLarge, topic: decoder.decode(Uint8Array.from(seen.slice(2))) }
    }
  }
}
