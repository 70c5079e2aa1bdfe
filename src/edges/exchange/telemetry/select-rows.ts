import type { TelemetryRows } from '../../../storage/telemetry-store.ts'

/**
 * The rows of the wanted facilities (null: of all) that have a value in one of `columns`, with just these columns, by time and then by facility.
 */
export function selectRows(batch: TelemetryRows, wanted: ReadonlySet<string> | null, columns: readonly string[]): TelemetryRows {
  const found = columns.map((name) => batch.values[batch.columns.indexOf(name)])
  const isWanted = batch.facilities.map((id) => !wanted || wanted.has(id))
  const rank = ranksOf(batch.facilities)
  const kept: number[] = []
  for (let row = 0; row < batch.rows; row++) {
    if (!isWanted[batch.facility[row] as number]) continue
    if (found.some((values) => values && !Number.isNaN(values[row] as number))) kept.push(row)
  }
  const order = (row: number) => rank[batch.facility[row] as number] as number
  kept.sort((a, b) => (batch.at[a] as number) - (batch.at[b] as number) || order(a) - order(b))
  return {
    kind: batch.kind,
    facilities: batch.facilities,
    facility: Uint32Array.from(kept, (row) => batch.facility[row] as number),
    at: Float64Array.from(kept, (row) => batch.at[row] as number),
    columns,
    values: found.map((values) =>
      values ? Float64Array.from(kept, (row) => values[row] as number) : new Float64Array(kept.length).fill(Number.NaN),
    ),
    rows: kept.length,
  }
}

/** The place of each in the order of their names. */
function ranksOf(names: readonly string[]): Uint32Array {
  const rank = new Uint32Array(names.length)
  const sorted = [...names.keys()].sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1))
  for (const [place, index] of sorted.entries()) rank[index] = place
  return rank
}
