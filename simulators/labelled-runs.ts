import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { seededRandom } from './random.ts'
import { type ColumnMapping, columnIndex, type PlayedRow, readRecording } from './recording.ts'
import type { LabelledRun } from './scoring.ts'
import { cellNumber, parseTable, type Table } from './table.ts'

/** A run to play: its rows, their times from the first of them on, and what is marked. */
export interface PlayableRun extends LabelledRun {
  rows: readonly PlayedRow[]
}

export interface RunsOptions {
  folder: string
  /** Only files whose path holds one of these; all when empty. */
  match: readonly string[]
  mappings: readonly ColumnMapping[]
  time: { column: string; read: (cell: string) => number | undefined }
  /** Column that is not 0 in faulty rows; a file without it has no fault. */
  label: string
  /** Leaves out a random number of first rows of each run, at most `most`. */
  crop: { seed: string; most: number; learning: number } | null
  /** Gives every column of every run another unit, within what its point can read. */
  units: string | null
}

/** Reads every table below a folder, in the order of their paths. Throws with the file that cannot be read. */
export function readRuns(options: RunsOptions, kind: FacilityKind): PlayableRun[] {
  const { folder, match } = options
  const names = globSync('**/*.csv', { cwd: folder })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => match.length === 0 || match.some((part) => name.includes(part)))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return names.map((name) => {
    try {
      return readRun(name, parseTable(readFileSync(join(folder, name), 'utf8')), options, kind)
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
  })
}

function readRun(name: string, whole: Table, options: RunsOptions, kind: FacilityKind): PlayableRun {
  const { mappings, time, label, crop, units } = options
  const hasLabel = whole.columns.includes(label)
  const isFaulty = (cells: readonly string[]) => hasLabel && (cellNumber(cells[columnIndex(whole, label)] ?? '') ?? 0) !== 0
  const timeAt = columnIndex(whole, time.column)
  let newest = Number.NEGATIVE_INFINITY
  const timed = whole.cells.filter((cells) => {
    const at = time.read((cells[timeAt] ?? '').trim())
    // A report that repeats a time or goes back would say nothing new to the detection.
    if (at === undefined || at <= newest) return false
    newest = at
    return true
  })
  const cells = timed.slice(crop ? cropOf(timed.findIndex(isFaulty), `${crop.seed}:${name}`, crop) : 0)
  const table = { columns: whole.columns, cells }
  const changed =
    units === null ? mappings : mappings.map((mapping) => otherUnit(mapping, table, kind, `${units}:${name}:${mapping.point}`))
  const { rows } = readRecording({ table, mappings: changed, time, keepEmpty: true })
  return { name, rows, at: rows.map(({ offset }) => offset), faulty: cells.map(isFaulty) }
}

/** Rows to leave out, so few that the fault still begins after the rows for learning. */
function cropOf(onset: number, seed: string, { most, learning }: NonNullable<RunsOptions['crop']>): number {
  const possible = onset < 0 ? most : Math.max(0, Math.min(most, onset - learning))
  return Math.floor(seededRandom(seed)() * (possible + 1))
}

/** A random unit in which all values of the column are still possible ones of its point. */
function otherUnit(mapping: ColumnMapping, table: Table, kind: FacilityKind, seed: string): ColumnMapping {
  const point = kind.table.points[kind.table.index.get(mapping.point) ?? -1]
  const values = table.cells.flatMap((row) => cellNumber(row[columnIndex(table, mapping.column)] ?? '') ?? [])
  if (point?.type !== 'number' || values.length === 0) return mapping
  const [least, greatest] = [Math.min(...values), Math.max(...values)]
  const [low, high] = point.plausible
  const random = seededRandom(seed)
  const largest = (0.9 * (high - low)) / (greatest - least || 1)
  const scale = Math.min(largest, mapping.scale * 5 ** (2 * random() - 1))
  const room = high - low - scale * (greatest - least)
  return { ...mapping, scale, offset: low + random() * room - scale * least }
}
