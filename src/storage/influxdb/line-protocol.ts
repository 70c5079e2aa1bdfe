import { decodeValue, encodeValue, type Point } from '../../telemetry/point.ts'
import { pointOfColumn } from '../column-name.ts'
import type { StoredKind, TelemetryRows } from '../telemetry-store.ts'

const escapeMeasurement = (name: string) => name.replace(/[, ]/g, '\\$&')
const escapeKey = (name: string) => name.replace(/[,= ]/g, '\\$&')
const escapeString = (text: string) => text.replace(/["\\]/g, '\\$&')

/** A value as a field: numbers float, booleans boolean, states their name as string. Undefined: it has no such form. */
function encodeField(point: Point, value: number): string | undefined {
  const decoded = decodeValue(point, value)
  if (typeof decoded === 'number') return Number.isFinite(decoded) ? String(decoded) : undefined
  if (typeof decoded === 'boolean') return decoded ? 'true' : 'false'
  return decoded === null ? undefined : `"${escapeString(decoded)}"`
}

/** The value of a field as numbers are kept in the program. */
export function decodeField(point: Point, value: unknown): number | undefined {
  return encodeValue(point, value)
}

/** One line per row that has a value: measurement = kind, tag `facility`, a field per point, time in ms. Adds the row of each to `rowOfLine`. */
export function encodeLines(kind: StoredKind, batch: TelemetryRows, rowOfLine: number[] = []): string[] {
  const heads = batch.facilities.map((id) => `${escapeMeasurement(batch.kind)},facility=${escapeKey(id)} `)
  const columns = batch.columns.flatMap((column, i) => {
    const point = kind.points.get(pointOfColumn(column).point)
    return point ? [{ key: `${escapeKey(column)}=`, point, values: batch.values[i] as Float64Array }] : []
  })
  const lines: string[] = []
  for (let row = 0; row < batch.rows; row++) {
    let fields = ''
    for (const { key, point, values } of columns) {
      const value = values[row] as number
      if (Number.isNaN(value)) continue
      const encoded = encodeField(point, value)
      if (encoded !== undefined) fields += `${fields && ','}${key}${encoded}`
    }
    if (!fields) continue
    lines.push(`${heads[batch.facility[row] as number]}${fields} ${batch.at[row]}`)
    rowOfLine.push(row)
  }
  return lines
}
