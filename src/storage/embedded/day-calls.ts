import { statSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, quoted, quotedText } from './day-name.ts'

/** A day's file as whoever looks after the data folder sees it. */
export interface DayStats {
  day: Day
  bytes: number
  sealed: boolean
  facilities: number
  /** Rows of each table: kinds, and what the store derives from them. */
  tables: { table: string; rows: number }[]
}

/** What the worker can be asked for by whoever looks after the data folder. */
export interface DayCalls {
  /** Days that have a file, oldest first. */
  days: { args: []; result: Day[] }
  dayStats: { args: [day: Day]; result: DayStats }
}

/** The same, called from elsewhere. */
export type TelemetryFiles = { [N in keyof DayCalls]: (...args: DayCalls[N]['args']) => Promise<DayCalls[N]['result']> }

export const dayAnswers = (open: () => Promise<DayFiles>): TelemetryFiles => ({
  days: async () => (await open()).days(),
  async dayStats(day) {
    const files = await open()
    return files.use(day, (file) => withConnection(files, (connection) => dayStats(connection, files, file)))
  },
})

async function dayStats(connection: DuckDBConnection, files: DayFiles, file: DayFile): Promise<DayStats> {
  const tables: DayStats['tables'] = []
  for (const table of await tablesOf(connection, file)) {
    const [[rows] = []] = (await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${file.database}.main.${quoted(table)}`)).getRows()
    tables.push({ table, rows: rows as number })
  }
  return { day: file.day, bytes: statSync(files.path(file.day)).size, sealed: file.sealed, facilities: file.numbers.size, tables }
}

/** All but those that say how the file is laid out. */
async function tablesOf(connection: DuckDBConnection, file: DayFile): Promise<string[]> {
  const found = await connection.runAndReadAll(
    `SELECT table_name FROM duckdb_tables() WHERE database_name = ${quotedText(file.day)} AND table_name NOT IN ('@facility', '@layout') ORDER BY 1`,
  )
  return found.getRows().map(([name]) => name as string)
}

/** A connection of its own: it may take long, and the others are needed meanwhile. */
async function withConnection<T>(files: DayFiles, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await files.connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}
