import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'

/** The arrays inside a DOUBLE vector: private in its types, but a value at a time is most of the time of a long answer. The package is pinned. */
interface RawVector {
  items: Float64Array
  validity: { data: BigUint64Array | null }
}

/** The answer to a query of DOUBLE columns only; NaN where there is null. */
export async function readDoubles(connection: DuckDBConnection, sql: string): Promise<Float64Array[]> {
  const result = await connection.run(sql)
  // All is in memory by now; fetching a chunk at a time would wait for a thread each time.
  const chunks = Array.from({ length: result.chunkCount }, (_, i) => result.getChunk(i))
  const rows = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0)
  return Array.from({ length: result.columnCount }, (_, column) => {
    const whole = new Float64Array(rows)
    let first = 0
    for (const chunk of chunks) {
      copyColumn(chunk, column, whole, first)
      first += chunk.rowCount
    }
    return whole
  })
}

function copyColumn(chunk: DuckDBDataChunk, column: number, into: Float64Array, first: number): void {
  const { items, validity } = chunk.getColumnVector(column) as unknown as RawVector
  into.set(items.subarray(0, chunk.rowCount), first)
  if (!validity.data) return
  const words = new Uint32Array(validity.data.buffer, validity.data.byteOffset, validity.data.length * 2)
  for (let i = 0; i < chunk.rowCount; i++) if ((((words[i >>> 5] as number) >>> (i & 31)) & 1) === 0) into[first + i] = Number.NaN
}
