import { LamplighterError } from '../errors.ts'
import type { TelemetryRows } from './telemetry-store.ts'

/** Rows a store refuses for another reason than being unavailable, and what it says. */
export interface RefusedRows {
  batch: TelemetryRows
  reason: string
}

/** Thrown by a store that has written all other rows of a write. */
export class RowsRefused extends Error {
  readonly refused: readonly RefusedRows[]

  constructor(refused: readonly RefusedRows[]) {
    super(`${refused.length} ${refused.length === 1 ? 'row was' : 'rows were'} refused: ${refused[0]?.reason}`)
    this.name = 'RowsRefused'
    this.refused = refused
  }
}

export const isUnavailable = (error: unknown): boolean => error instanceof LamplighterError && error.code === 'store-unavailable'

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Rows `from` to `to`, exclusive, as views. */
export function sliceRows(batch: TelemetryRows, from: number, to: number): TelemetryRows {
  return {
    ...batch,
    facility: batch.facility.subarray(from, to),
    at: batch.at.subarray(from, to),
    values: batch.values.map((column) => column.subarray(from, to)),
    rows: Math.min(to, batch.rows) - from,
  }
}

/**
 * Writes refused batches again in ever smaller parts and returns the parts that are refused still: single rows where `writes` writes are enough
 * to find them, larger parts where not. Throws what `write` throws when the store is unavailable.
 */
export async function narrowRefused(
  write: (batches: readonly TelemetryRows[]) => Promise<void>,
  batches: readonly TelemetryRows[],
  writes: number,
): Promise<RefusedRows[]> {
  const refused: RefusedRows[] = []
  let left = writes
  const parts = batches.filter(({ rows }) => rows > 0)
  for (let part = parts.shift(); part; part = parts.shift()) {
    left--
    const reason = await refusalOf(write, part)
    if (reason === null) continue
    if (typeof reason !== 'string') {
      refused.push(...reason)
      continue
    }
    const half = part.rows >>> 1
    // Each part that waits needs a write of its own as well.
    if (half > 0 && left >= parts.length + 2) parts.unshift(sliceRows(part, 0, half), sliceRows(part, half, part.rows))
    else refused.push({ batch: part, reason })
  }
  return refused
}

/** Null when the rows were written. */
async function refusalOf(
  write: (batches: readonly TelemetryRows[]) => Promise<void>,
  batch: TelemetryRows,
): Promise<string | readonly RefusedRows[] | null> {
  try {
    await write([batch])
    return null
  } catch (error) {
    if (isUnavailable(error)) throw error
    return error instanceof RowsRefused ? error.refused : reasonOf(error)
  }
}
