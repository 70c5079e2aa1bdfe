import type { PointValue } from '../src/telemetry/point.ts'
import { cellNumber, type Table } from './table.ts'

/** Which column becomes which point: value = cell * scale + offset. */
export interface ColumnMapping {
  column: string
  point: string
  scale: number
  offset: number
}

/** Rows `from` up to but not including `to`, counted from 0. */
export interface RowRange {
  from: number
  to: number
}

/** A change of one point in some rows of the file, applied after the mapping. */
export interface Edit extends RowRange {
  point: string
  operation: 'add' | 'scale' | 'set' | 'drop' | 'copy'
  /** For copy: the row whose values come first. */
  operand: number
}

/** One row to play; `offset` in ms from the first row played. */
export interface PlayedRow {
  offset: number
  values: Record<string, PointValue>
}

export interface Recording {
  rows: PlayedRow[]
  /** Time of the first row in the recording, ms since 1970; null without a time column. */
  start: number | null
  /** ms from the first to the last row */
  duration: number
  /** Things worth telling: cells that hold no number, rows without a time. */
  skipped: { cells: number; rows: number }
}

export interface RecordingOptions {
  table: Table
  mappings: readonly ColumnMapping[]
  /** Column of the time, or the period between rows in ms. */
  time: { column: string; read: (cell: string) => number | undefined } | { period: number }
  /** Played one after the other; the whole file when empty. */
  ranges?: readonly RowRange[]
  edits?: readonly Edit[]
  /** Plays rows without any value too, as reports of a device that is there and has nothing to say. */
  keepEmpty?: boolean
  /** True for points that are booleans: 0 is false. */
  isBoolean?: (point: string) => boolean
}

/** Puts the only columns of further tables beside a table's own, row by row. */
export function zipTables(table: Table, others: readonly { name: string; table: Table }[]): Table {
  const columns = [...table.columns, ...others.map(({ name }) => name)]
  const length = Math.max(table.cells.length, ...others.map((other) => other.table.cells.length))
  const cells = Array.from({ length }, (_, i) => {
    const own = table.cells[i] ?? []
    return [...table.columns.map((_, c) => own[c] ?? ''), ...others.map((other) => other.table.cells[i]?.[0] ?? '')]
  })
  return { columns, cells }
}

/** Index of a column by name, or by number counted from 1. Throws when there is none. */
export function columnIndex({ columns }: Table, name: string): number {
  const found = columns.indexOf(name)
  if (found >= 0) return found
  const number = Number(name)
  if (Number.isInteger(number) && number >= 1 && number <= columns.length) return number - 1
  throw new Error(`there is no column ${JSON.stringify(name)}; there are ${columns.join(', ')}`)
}

/** Maps, edits, orders and times the rows of a table. Missing values are left out, rows without any value keep their time but are not played unless asked. */
export function readRecording(options: RecordingOptions): Recording {
  const { table, mappings, time, edits = [], keepEmpty = false, isBoolean = () => false } = options
  const skipped = { cells: 0, rows: 0 }
  const series = new Map(mappings.map((mapping) => [mapping.point, mapColumn(table, mapping, skipped)]))
  applyEdits(series, edits)
  const whole = { from: 0, to: table.cells.length }
  const timed = timeRows(table, time, options.ranges?.length ? options.ranges : [whole], skipped)
  const rows: PlayedRow[] = []
  for (const { row, offset } of timed.rows) {
    const values: Record<string, PointValue> = {}
    for (const [point, column] of series) {
      const value = column[row] as number
      if (!Number.isNaN(value)) values[point] = isBoolean(point) ? value !== 0 : value
    }
    if (keepEmpty || Object.keys(values).length > 0) rows.push({ offset, values })
    else skipped.rows++
  }
  return { rows, start: timed.start, duration: timed.rows.at(-1)?.offset ?? 0, skipped }
}

/** NaN stands for a missing value. */
function mapColumn(table: Table, { column, scale, offset }: ColumnMapping, skipped: { cells: number }): Float64Array {
  const index = columnIndex(table, column)
  return Float64Array.from(table.cells, (row) => {
    const number = cellNumber(row[index] ?? '')
    if (number === undefined) skipped.cells++
    return typeof number === 'number' ? number * scale + offset : Number.NaN
  })
}

function applyEdits(series: ReadonlyMap<string, Float64Array>, edits: readonly Edit[]): void {
  const originals = new Map([...series].map(([point, column]) => [point, column.slice()]))
  for (const { point, from, to, operation, operand } of edits) {
    const column = series.get(point)
    const original = originals.get(point)
    if (!column || !original) throw new Error(`the edit names the point ${point}, which no column is mapped to`)
    if (to > column.length) throw new Error(`the edit of ${point} goes to row ${to - 1}, the last row is ${column.length - 1}`)
    for (let row = from; row < to; row++) {
      const value = column[row] as number
      if (operation === 'add') column[row] = value + operand
      else if (operation === 'scale') column[row] = value * operand
      else if (operation === 'set') column[row] = operand
      else if (operation === 'drop') column[row] = Number.NaN
      else column[row] = original[operand + row - from] ?? Number.NaN
    }
  }
}

interface TimedRow {
  row: number
  offset: number
}

/** Times of the rows of all ranges, each range following the one before by the usual step. */
function timeRows(
  table: Table,
  time: RecordingOptions['time'],
  ranges: readonly RowRange[],
  skipped: { rows: number },
): { rows: TimedRow[]; start: number | null } {
  const clamped = ranges.map(({ from, to }) => ({ from, to: Math.min(to, table.cells.length) }))
  const rows: TimedRow[] = []
  if ('period' in time) {
    for (const { from, to } of clamped) for (let row = from; row < to; row++) rows.push({ row, offset: rows.length * time.period })
    return { rows, start: null }
  }
  const index = columnIndex(table, time.column)
  const times = table.cells.map((row) => time.read((row[index] ?? '').trim()))
  const step = usualStep(times)
  let start: number | null = null
  for (const { from, to } of clamped) {
    let base: number | undefined
    const first = rows.length === 0 ? 0 : (rows.at(-1) as TimedRow).offset + step
    for (let row = from; row < to; row++) {
      const at = times[row]
      base ??= at
      start ??= at ?? null
      const previous = rows.at(-1)?.offset ?? Number.NEGATIVE_INFINITY
      // A device that reports a time twice, or goes back, would lose the second report anyway.
      if (at === undefined || base === undefined || first + at - base <= previous) skipped.rows++
      else rows.push({ row, offset: first + at - base })
    }
  }
  return { rows, start }
}

function usualStep(times: readonly (number | undefined)[]): number {
  const steps = times.slice(1).flatMap((at, i) => (at !== undefined && times[i] !== undefined ? [at - (times[i] as number)] : []))
  const sorted = steps.filter((step) => step > 0).sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 1000
}
