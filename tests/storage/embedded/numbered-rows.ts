import type { TelemetryRows } from '../../../src/storage/telemetry-store.ts'
import { days } from '../../../src/telemetry/duration.ts'

export const NOON = Date.UTC(2026, 1, 2, 12)
export const ROWS = 200

/** Rows of one facility that all carry `n`; every seventh write is a late one. */
export function rowsOf(n: number): TelemetryRows {
  const start = NOON + (n % 7 === 0 ? 0 : days(1)) + n * ROWS
  return {
    kind: 'k',
    facilities: ['a'],
    facility: new Uint32Array(ROWS),
    at: Float64Array.from({ length: ROWS }, (_, i) => start + i),
    columns: ['p'],
    values: [new Float64Array(ROWS).fill(n)],
    rows: ROWS,
  }
}
