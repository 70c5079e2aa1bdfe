import type { TelemetryRows } from './telemetry-store.ts'

/** A row for people and JSON; infinite numbers, which JSON does not know, are text. */
export interface PlainRow {
  facility: string
  at: number | string
  /** By column. */
  values: Record<string, number | string>
}

export function plainRow({ facilities, facility, at, columns, values }: TelemetryRows, row: number): PlainRow {
  const plain: PlainRow = { facility: facilities[facility[row] as number] as string, at: plainNumber(at[row] as number), values: {} }
  for (const [i, column] of values.entries()) {
    const value = column[row] as number
    if (!Number.isNaN(value)) plain.values[columns[i] as string] = plainNumber(value)
  }
  return plain
}

const plainNumber = (value: number): number | string => (Number.isFinite(value) ? value : String(value))
