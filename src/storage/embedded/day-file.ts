import type { DuckDBConnection } from '@duckdb/node-api'
import { LamplighterError } from '../../errors.ts'
import { type Day, type FileKey, isDay, quoted, quotedText } from './day-name.ts'
import { type FacilityNames, FacilityNumbers } from './facility-numbers.ts'

/** Version of the layout that this program writes; it reads those before it. */
export const LAYOUT = 2

/**
 * How a file is made. A column of a row group takes whole blocks: in those of the default size, 256 KB, nearly half would be empty, and a small day
 * would take a megabyte. Versions before write small blocks without compression.
 */
export const NEW_FILE = "(STORAGE_VERSION 'v1.5.0', BLOCK_SIZE 65536)"

/** An attached file, with what is committed in its tables; nothing else may be put into it, because readers use it meanwhile. */
export interface DayFile {
  readonly key: FileKey
  /** Name of the database in SQL, quoted. */
  readonly database: string
  /** Columns of each table, in order, without time and facility; an array is replaced, never changed. Raw rows of a kind are in a table of its name. */
  readonly columns: Map<string, readonly string[]>
  readonly facilities: FacilityNumbers
  /** Sorted and free of repeated rows. False already while a write that ends it is under way. */
  sealed: boolean
  /** Names the contents of a sealed file; null when it was sealed by a program that gave none. */
  stamp: string | null
  /** In a file of roll-ups: the days that were put into it. */
  readonly rolled: ReadonlyMap<Day, Rolled>
}

/** From what the roll-ups of a day were made. */
export interface Rolled {
  /** The stamp of the day file. */
  stamp: string
  /** How far the local day begins behind the UTC day, ms. */
  offset: number
  /** That day file was damaged later: the roll-ups are the best there is, whatever comes for the day. */
  isLost: boolean
}

/** What a file says of its layout. */
export interface Layout {
  sealed: boolean
  stamp: string | null
}

/** Rejects with `store-unavailable` when a newer program wrote the file. */
export async function readLayout(connection: DuckDBConnection, database: string, path: string): Promise<Layout> {
  const found = await connection.runAndReadAll(`SELECT * FROM ${database}.main."@layout"`)
  const { version = 1, sealed = false, stamp = null } = (found.getRowObjects()[0] ?? {}) as { version?: number } & Partial<Layout>
  if (version > LAYOUT)
    throw new LamplighterError('store-unavailable', `${path} is of layout ${version}; this program knows ${LAYOUT} at most`)
  return { sealed, stamp }
}

/** Looks at the tables of the attached file. Rejects with `store-unavailable` when they do not tell facilities apart. */
export async function describeFile(connection: DuckDBConnection, key: FileKey, path: string, names: FacilityNames): Promise<DayFile> {
  const database = quoted(key)
  const layout = await readLayout(connection, database, path)
  const columns = await readColumnNames(connection, key)
  const facilities = await readFacilities(connection, database, path, names)
  const rolled = isDay(key) ? new Map<Day, Rolled>() : await readRolled(connection, database)
  return { key, database, columns, facilities, ...layout, rolled }
}

async function readColumnNames(connection: DuckDBConnection, key: FileKey): Promise<Map<string, readonly string[]>> {
  const columns = new Map<string, string[]>()
  const found = await connection.runAndReadAll(
    `SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ${quotedText(key)} ORDER BY 1, column_index`,
  )
  for (const [table, column] of found.getRows() as [string, string][]) {
    if (table.startsWith('@')) continue
    const known = columns.get(table) ?? []
    columns.set(table, known)
    if (!column.startsWith('@')) known.push(column)
  }
  return columns
}

/** In one text and one list: a value of its own for each of many thousand rows would be most of the time of attaching. */
async function readFacilities(
  connection: DuckDBConnection,
  database: string,
  path: string,
  names: FacilityNames,
): Promise<FacilityNumbers> {
  const found = await connection.runAndReadAll(
    `SELECT string_agg(number, ',' ORDER BY number), string_agg(id, chr(31) ORDER BY number), count(*)::DOUBLE FROM ${database}.main."@facility"`,
  )
  const [numbers, ids, count] = found.getRows()[0] as [string | null, string | null, number]
  let rows: [number, string][] = []
  if (numbers !== null && ids !== null) {
    const all = ids.split('\x1f')
    if (all.length === count) rows = numbers.split(',').map((number, i) => [Number(number), all[i] as string])
    else rows = (await connection.runAndReadAll(`SELECT number, id FROM ${database}.main."@facility"`)).getRows() as [number, string][]
  }
  const facilities = new FacilityNumbers(names)
  for (const [number, id] of rows) {
    const [owner, known] = [facilities.id(number), facilities.get(id)]
    if (owner !== undefined) throw mixed(path, `number ${number} belongs to ${owner} and to ${id}`)
    if (known !== undefined) throw mixed(path, `${id} has the numbers ${known} and ${number}`)
    facilities.set(id, number)
  }
  return facilities
}

async function readRolled(connection: DuckDBConnection, database: string): Promise<Map<Day, Rolled>> {
  // Files of before have no column for what is lost.
  const found = await connection.runAndReadAll(`SELECT * FROM ${database}.main."@rolled"`)
  const rows = found.getRowObjects() as { day: Day; stamp: string; offset: bigint; lost?: boolean | null }[]
  return new Map(rows.map(({ day, stamp, offset, lost }) => [day, { stamp, offset: Number(offset), isLost: lost === true }]))
}

const mixed = (path: string, what: string) =>
  new LamplighterError('store-unavailable', `${path} does not tell which readings are whose: ${what}`)
