import type { DuckDBDataChunk } from '@duckdb/node-api'

/** Rows a DuckDB chunk holds. */
export const CHUNK_ROWS = 2048

/**
 * The arrays inside a DuckDB vector. They are private in its types, but setting values one by one costs a BigInt per value once a column has a null,
 * which would be most of the time of a write. The package is pinned.
 */
interface RawVector<T> {
  items: T
  validity: { data: BigUint64Array | null; setItemValid(index: number, valid: boolean): void }
  flush(): void
}

const column = <T>(chunk: DuckDBDataChunk, index: number) => chunk.getColumnVector(index) as unknown as RawVector<T>

/** Fills a DOUBLE column with `source[first ...]`; NaN becomes null. */
export function fillDoubles(chunk: DuckDBDataChunk, index: number, source: Float64Array, first: number, count: number): void {
  const vector = column<Float64Array>(chunk, index)
  vector.items.set(source.subarray(first, first + count))
  let words: Uint32Array | null = validityWords(vector)
  for (let i = 0; i < count; i++) {
    if (!Number.isNaN(source[first + i])) continue
    if (!words) {
      vector.validity.setItemValid(0, false)
      words = validityWords(vector) as Uint32Array
    }
    words[i >>> 5] = (words[i >>> 5] as number) & ~(1 << (i & 31))
  }
  vector.flush()
}

/** Fills a DOUBLE column with nulls; stays so while the chunk is used again. */
export function fillNulls(chunk: DuckDBDataChunk, index: number): void {
  const vector = column<Float64Array>(chunk, index)
  vector.validity.setItemValid(0, false)
  validityWords(vector)?.fill(0)
  vector.flush()
}

/** Fills a BIGINT column with whole, not negative numbers without making a BigInt of each. */
export function fillTimes(chunk: DuckDBDataChunk, index: number, source: Float64Array, first: number, count: number): void {
  const vector = column<BigInt64Array>(chunk, index)
  const halves = new Uint32Array(vector.items.buffer, vector.items.byteOffset, count * 2)
  for (let i = 0; i < count; i++) {
    const time = source[first + i] as number
    halves[2 * i] = time % 0x1_0000_0000
    halves[2 * i + 1] = time / 0x1_0000_0000
  }
  vector.flush()
}

/** Fills an INTEGER column with `numbers[source[first ...]]`. */
export function fillNumbers(
  chunk: DuckDBDataChunk,
  index: number,
  numbers: Int32Array,
  source: Uint32Array,
  first: number,
  count: number,
): void {
  const vector = column<Int32Array>(chunk, index)
  for (let i = 0; i < count; i++) vector.items[i] = numbers[source[first + i] as number] as number
  vector.flush()
}

/** The validity bits, all set; null when the vector has none, which means all valid. */
function validityWords({ validity }: RawVector<unknown>): Uint32Array | null {
  if (!validity.data) return null
  return new Uint32Array(validity.data.buffer, validity.data.byteOffset, validity.data.length * 2).fill(0xffff_ffff)
}
