import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { duration, flag, list, number, oneOf, pairs, text, type Values, value } from '../src/command-line.ts'
import { facilityKinds } from '../src/facilities/index.ts'
import { type ColumnMapping, type Recording, readRecording, zipTables } from './recording.ts'
import { parseEdit, parseFileMapping, parseMappings, parseRanges, timeFormats, timeReader } from './recording-arguments.ts'
import { parseTable, type Table } from './table.ts'

const ratedValues = (given: string) => Object.fromEntries([...pairs(given)].map(([key, text]) => [key, number(-1e12, 1e12)(text)]))

/** Options that say what the columns of a table are. */
export const tableOptions = {
  as: value('KIND', 'facility kind the table is played as', undefined, oneOf(facilityKinds.map(({ key }) => key))),
  facility: value('ID', 'facility the table is played as', undefined, text),
  map: list('COLUMN=POINT,...', 'columns (by name, or number from 1); POINT:scale=3.6:offset=1 changes the unit', parseMappings),
  with: list('FILE=POINT', 'a further file of one column, row by row beside the first', parseFileMapping),
  time: value('COLUMN', 'column of the time', undefined, text),
  'time-format': value('FORMAT', timeFormats.join(', '), 'local', oneOf(timeFormats)),
  'utc-offset': value('HOURS', 'hours east of Greenwich of local times', 8, number(-14, 14)),
  period: value('TIME', 'time between rows, like 60s, when there is no time column', undefined, duration),
  rows: value('RANGES', 'row ranges in the order to play: 1440-8640,0-1440 (ends not included)', undefined, parseRanges),
  'send-empty': flag('send rows without any value as empty reports: the device was there, its meter was not'),
  edit: list('SPEC', 'POINT:900..1099:add=-600 (both included); also scale=n, set=n, copy=first row, drop', parseEdit),
  rated: value('NAME=N,...', 'rated values of the facility', undefined, ratedValues),
}

export type TableOptions = Values<typeof tableOptions>
const LARGEST_TABLE = 256 * 1024 * 1024

/** JSON lines hold messages as they came in; everything else is a table. */
export function isRaw(file: string): boolean {
  return /\.(jsonl|ndjson)$/.test(file)
}

function readTable(file: string): Table {
  if (statSync(file).size > LARGEST_TABLE) throw new Error(`is larger than ${LARGEST_TABLE / 1024 / 1024} MB; cut it into parts`)
  return parseTable(readFileSync(file, 'utf8'))
}

/** All that the options of a table lack or contradict. */
export function tableProblems(options: TableOptions): string[] {
  const problems: string[] = []
  const { as: key, facility, map, with: others, time, period } = options
  if (key === undefined) problems.push('--as is needed: the kind the table is played as')
  if (facility === undefined) problems.push('--facility is needed: the id the table is played as')
  if (map.length + others.length === 0) problems.push('--map is needed: which column is which point')
  if ((time === undefined) === (period === undefined)) problems.push('either --time COLUMN or --period is needed')
  const kind = facilityKinds.find((kind) => kind.key === key)
  const points = [...map.flat(), ...others.map(({ mapping }) => mapping)].map(({ point }) => point)
  for (const point of kind ? points.filter((point) => !kind.table.index.has(point)) : []) {
    problems.push(`${key} has no point ${point}; it has ${kind?.table.keys.join(', ')}`)
  }
  for (const point of points.filter((point, i) => points.indexOf(point) !== i)) problems.push(`two columns are mapped to ${point}`)
  for (const name of Object.keys(options.rated ?? {})) {
    if (kind && !(name in kind.rated)) problems.push(`${key} has no rated value ${name}; it has ${Object.keys(kind.rated).join(', ')}`)
  }
  return problems
}

/** Reads the table as the options say. Throws with what cannot be read. */
export function loadTable(options: TableOptions, file: string): Recording {
  const { as: key, map, with: others, time, period, rows, edit } = options
  const further = others.map(({ file, mapping }) => ({ name: `file ${basename(file)} ${mapping.point}`, table: readTable(file), mapping }))
  const table = zipTables(readTable(file), further)
  const mappings: ColumnMapping[] = [...map.flat(), ...further.map(({ name, mapping }) => ({ ...mapping, column: name }))]
  const kind = facilityKinds.find((kind) => kind.key === key)
  return readRecording({
    table,
    mappings,
    time: time === undefined ? { period: period ?? 0 } : { column: time, read: timeReader(options['time-format'], options['utc-offset']) },
    ranges: rows ?? [],
    edits: edit,
    keepEmpty: options['send-empty'],
    isBoolean: (point) => kind?.table.points[kind.table.index.get(point) ?? -1]?.type === 'boolean',
  })
}
