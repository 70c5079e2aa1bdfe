import type { DuckDBConnection } from '@duckdb/node-api'
import { LamplighterError } from '../../errors.ts'
import { type Day, quoted, quotedText } from './day-name.ts'

/** An attached day file, with what is committed in its tables; nothing else may be put into it, because readers use it meanwhile. */
export interface DayFile {
  readonly day: Day
  /** Name of the database in SQL, quoted. */
  readonly database: string
  /** Columns of each kind's table, in order, without time and facility; an array is replaced, never changed. */
  readonly columns: Map<string, readonly string[]>
  readonly numbers: Map<string, number>
  /** Facilities by their number. */
  readonly facilities: string[]
  /** Sorted and free of repeated rows. False already while a write that ends it is under way. */
  sealed: boolean
}

/** Looks at the tables of the attached day. Rejects with `store-unavailable` when they do not tell facilities apart. */
export async function describeDay(connection: DuckDBConnection, day: Day, path: string): Promise<DayFile> {
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()
  const columns = new Map<string, string[]>()
  const found = await rows(
    `SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ${quotedText(day)} ORDER BY 1, column_index`,
  )
  for (const [table, column] of found as [string, string][]) {
    if (table.startsWith('@')) continue
    const known = columns.get(table) ?? []
    columns.set(table, known)
    if (!column.startsWith('@')) known.push(column)
  }
  const database = quoted(day)
  const numbers = new Map<string, number>()
  const facilities: string[] = []
  for (const [number, id] of (await rows(`SELECT number, id FROM ${database}.main."@facility"`)) as [number, string][]) {
    if (facilities[number] !== undefined) throw damaged(path, `number ${number} belongs to ${facilities[number]} and to ${id}`)
    if (numbers.has(id)) throw damaged(path, `${id} has the numbers ${numbers.get(id)} and ${number}`)
    facilities[number] = id
    numbers.set(id, number)
  }
  const sealed = (await rows(`SELECT sealed FROM ${database}.main."@layout"`))[0]?.[0] === true
  return { day, database, columns, facilities, numbers, sealed }
}

const damaged = (path: string, what: string) =>
  new LamplighterError('store-unavailable', `${path} does not tell which readings are whose: ${what}`)
