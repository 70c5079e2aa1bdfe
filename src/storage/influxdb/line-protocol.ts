import { encodeValue, type Point } from '../../telemetry/point.ts'
import { pointOfColumn } from '../column-name.ts'
import type { StoredKind, TelemetryRows } from '../telemetry-store.ts'

const escapeMeasurement = (name: string) => name.replace(/[, ]/g, '\\$&')
/** A tag's or a field's name or value, as it stands in a line. */
export const escapeKey = (name: string) => name.replace(/[,= ]/g, '\\$&')

/** The value of a field as numbers are kept in the program; databases of version 0.1.0 hold booleans and names of states. */
export function decodeField(point: Point, value: unknown): number | undefined {
  return typeof value === 'number' ? value : encodeValue(point, value)
}

/**
 * One line per row that has a value, of the rows from `first` to before `end`: measurement = kind, tag `facility`, a field per column,
 * time in ms. All fields are floats, as the program keeps values, so that the server can fold every one of them. Adds the row of each to `rowOfLine`.
 */
export function encodeLines(kind: StoredKind, batch: TelemetryRows, rowOfLine: number[] = [], first = 0, end = batch.rows): string[] {
  const heads = batch.facilities.map((id) => `${escapeMeasurement(batch.kind)},facility=${escapeKey(id)} `)
  const columns = batch.columns.flatMap((column, i) =>
    kind.points.has(pointOfColumn(column).point) ? [{ key: `${escapeKey(column)}=`, values: batch.values[i] as Float64Array }] : [],
  )
  const lines: string[] = []
  for (let row = first; row < end; row++) {
    let fields = ''
    for (const { key, values } of columns) {
      const value = values[row] as number
      if (Number.isFinite(value)) fields += `${fields && ','}${key}${value}`
    }
    if (!fields) continue
    lines.push(`${heads[batch.facility[row] as number]}${fields} ${batch.at[row]}`)
    rowOfLine.push(row)
  }
  return lines
}

/** A line of ours without a field; empty when it has no other, undefined when it does not have this one. */
export function withoutField(line: string, field: string): string | undefined {
  const [, head, all, time] = /^((?:\\[,= ]|[^ ])+) ((?:\\[,= ]|[^ ])+) (\S+)$/.exec(line) ?? []
  const fields = all?.match(/(?:\\[,= ]|[^,])+/g) ?? []
  const others = fields.filter((each) => !each.startsWith(`${escapeKey(field)}=`))
  if (others.length === fields.length) return undefined
  return others.length > 0 ? `${head} ${others.join(',')} ${time}` : ''
}
