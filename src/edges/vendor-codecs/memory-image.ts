const PAGE = 4096
/** Untouched pages behind the interpreter's own variables that are restored too, because some of those begin as zero. */
const MARGIN = 16

/**
 * What a linear memory holds at one moment, to make it so again: all that was touched until then, but for the unused part of the interpreter's
 * stack, which is the longest run of untouched pages. What lies behind is free memory to the interpreter and need not be cleared.
 */
export class MemoryImage {
  readonly #memory: WebAssembly.Memory
  readonly #parts: { at: number; bytes: Uint8Array }[]
  /** Bytes of the heap in it. */
  readonly heapBytes: number
  readonly #end: number

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
    const all = new Uint8Array(memory.buffer)
    this.#end = touchedEnd(memory)
    const [gapStart, gapEnd] = longestGap(all, this.#end)
    const part = (from: number, to: number) => ({ at: from, bytes: all.slice(from, to) })
    this.#parts = [part(0, Math.min(gapStart + MARGIN * PAGE, gapEnd)), part(gapEnd, this.#end)]
    this.heapBytes = this.#end - gapEnd
  }

  restore(): void {
    const all = new Uint8Array(this.#memory.buffer)
    for (const { at, bytes } of this.#parts) all.set(bytes, at)
  }

  /** Bytes touched since behind what it holds; memory once touched stays so. */
  touchedBeyond(): number {
    return Math.max(0, touchedEnd(this.#memory) - this.#end)
  }
}

function touchedEnd(memory: WebAssembly.Memory): number {
  const words = new BigUint64Array(memory.buffer)
  let end = words.length
  while (end > 0 && words[end - 1] === 0n) end--
  return Math.min(memory.buffer.byteLength, Math.ceil((end * 8) / PAGE) * PAGE)
}

function longestGap(all: Uint8Array, end: number): [start: number, end: number] {
  const words = new BigUint64Array(all.buffer, 0, end / BigUint64Array.BYTES_PER_ELEMENT)
  let longest: [number, number] = [0, 0]
  let start = 0
  for (let page = 0; page < end; page += PAGE) {
    if (isTouched(words, page)) start = page + PAGE
    else if (page + PAGE - start > longest[1] - longest[0]) longest = [start, page + PAGE]
  }
  return longest
}

function isTouched(words: BigUint64Array, page: number): boolean {
  const from = page / BigUint64Array.BYTES_PER_ELEMENT
  for (let i = from; i < from + PAGE / BigUint64Array.BYTES_PER_ELEMENT; i++) if (words[i] !== 0n) return true
  return false
}
