import { randomUUID } from 'node:crypto'
import type { DuckDBConnection } from '@duckdb/node-api'
import { keptForAlarms, readDiskSpace } from '../disk-space.ts'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type FileKey, isDay, quoted, quotedText } from './day-name.ts'

/** Rows sorted at once: what merging them needs stays far under the memory limit. */
const ROWS_AT_ONCE = 250_000

/** Writes a table into a new file; `copyTable` copies it as it is. */
export type Copy = (connection: DuckDBConnection, file: DayFile, table: string, target: string) => Promise<void>

/**
 * Rewrites a file sorted by facility and time with each row once, and puts the new file in the place of the old.
 * Readers go on meanwhile. False when it is in order already, or a late row came in between: the old file stays, and a later look tries again.
 */
export function sealFile(files: DayFiles, key: FileKey): Promise<boolean> {
  return rewriteFile(files, key, (file) => (file.sealed && file.stamp !== null ? null : { stamp: randomUUID(), copy: copyTable }))
}

/** Like `sealFile`, with tables as `plan` wants them; it says null when nothing is to be done. A file that is being copied waits for a later look. */
export async function rewriteFile(
  files: DayFiles,
  key: FileKey,
  plan: (file: DayFile) => { stamp: string; copy: Copy } | null,
): Promise<boolean> {
  if (files.isPinned(key)) return false
  const writes = files.writes(key)
  const copied = await files.use(key, async (file) => {
    const planned = plan(file)
    if (planned) await refuseWithoutRoom(files, key)
    if (planned) await copyInOrder(files, file, planned.stamp, planned.copy)
    return planned !== null
  })
  if (!copied) return false
  if (files.isPinned(key)) {
    files.discardUnfinished(key)
    return false
  }
  return files.exclusively(key, async () => {
    if (files.writes(key) === writes) {
      await files.finish(key)
      return true
    }
    files.discardUnfinished(key)
    return false
  })
}

/** Where a copy would take what is left for alarms, the file stays as it is. */
async function refuseWithoutRoom(files: DayFiles, key: FileKey): Promise<void> {
  const space = await readDiskSpace(files.folder).catch(() => null)
  const bytes = files.bytes(key)
  if (space && space.free - bytes < keptForAlarms(space.size))
    throw new Error(`${key} of ${bytes} bytes cannot be written anew: ${space.free} bytes are free`)
}

async function copyInOrder(files: DayFiles, file: DayFile, stamp: string, copy: Copy): Promise<void> {
  const { sealing } = files.connections
  const target = quoted(`sealing ${file.key}`)
  try {
    await files.begin(sealing, file.key, target)
    await sealing.run(`INSERT INTO ${target}.main."@facility" SELECT number, id FROM ${file.database}.main."@facility" ORDER BY number`)
    if (!isDay(file.key))
      await sealing.run(`INSERT INTO ${target}.main."@rolled" SELECT * FROM ${file.database}.main."@rolled" ORDER BY day`)
    for (const table of [...file.columns.keys()]) await copy(sealing, file, table, target)
    await sealing.run(`UPDATE ${target}.main."@layout" SET sealed = true, stamp = ${quotedText(stamp)}`)
    await sealing.run(`FORCE CHECKPOINT ${target}`)
    await sealing.run(`DETACH ${target}`)
  } catch (error) {
    // What is half done takes room that may be the trouble; the failure to report is the first one.
    await sealing.run(`DETACH DATABASE IF EXISTS ${target}`).catch(() => {})
    files.discardUnfinished(file.key)
    throw error
  }
}

/** Copies a table, of repeated rows the last value of each column. */
export const copyTable: Copy = async (connection, file, table, target) => {
  const columns = file.columns.get(table) ?? []
  const names = columns.map(quoted)
  const source = `${file.database}.main.${quoted(table)}`
  const copy = `${target}.main.${quoted(table)}`
  await createTable(connection, copy, columns)
  for (const [first, last] of await portionsOf(connection, source)) {
    const where = `WHERE "@facility" BETWEEN ${first} AND ${last}`
    const [[rows, distinct] = []] = (
      await connection.runAndReadAll(`SELECT count(*)::DOUBLE, count(DISTINCT ("@facility", "@at"))::DOUBLE FROM ${source} ${where}`)
    ).getRows()
    const values = rows === distinct ? names : names.map((name) => `arg_max(${name}, rowid)`)
    const group = rows === distinct ? '' : 'GROUP BY "@at", "@facility"'
    await connection.run(
      `INSERT INTO ${copy} SELECT ${['"@at"', '"@facility"', ...values].join(', ')} FROM ${source} ${where} ${group} ORDER BY "@facility", "@at"`,
    )
  }
}

export const createTable = (connection: DuckDBConnection, table: string, columns: readonly string[]) =>
  connection.run(
    `CREATE TABLE ${table} (${['"@at" BIGINT', '"@facility" INTEGER', ...columns.map((name) => `${quoted(name)} DOUBLE`)].join(', ')})`,
  )

/** Ranges of facilities with about as many rows as are sorted at once. */
export async function portionsOf(connection: DuckDBConnection, source: string): Promise<[first: number, last: number][]> {
  const counts = await connection.runAndReadAll(`SELECT "@facility", count(*)::DOUBLE FROM ${source} GROUP BY 1 ORDER BY 1`)
  const ranges: [number, number][] = []
  let size = Number.POSITIVE_INFINITY
  for (const [facility, rows] of counts.getRows() as [number, number][]) {
    if (size + rows > ROWS_AT_ONCE) {
      ranges.push([facility, facility])
      size = 0
    }
    ;(ranges.at(-1) as [number, number])[1] = facility
    size += rows
  }
  return ranges
}
