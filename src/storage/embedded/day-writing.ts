import { BIGINT, DOUBLE, type DuckDBConnection, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api'
import type { TelemetryRows } from '../telemetry-store.ts'
import { CHUNK_ROWS, fillDoubles, fillNulls, fillNumbers, fillTimes } from './chunk-column.ts'
import type { DayFile, DayFiles } from './day-files.ts'
import { type Day, dayOf, endOfDay, quoted, startOfDay } from './day-name.ts'

/** Writes rows to their days' files, a transaction for each day; durable when it resolves. */
export async function writeDays(files: DayFiles, batches: readonly TelemetryRows[]): Promise<void> {
  for (const [day, rows] of splitByDay(batches)) await files.use(day, (file) => writeDay(files, file, rows))
}

function splitByDay(batches: readonly TelemetryRows[]): Map<Day, TelemetryRows[]> {
  const split = new Map<Day, TelemetryRows[]>()
  for (const batch of batches) {
    for (let rest: TelemetryRows | null = batch; rest && rest.rows > 0; ) {
      const day = dayOf(rest.at[0] as number)
      const [inside, outside]: [TelemetryRows, TelemetryRows | null] = cutDay(rest, startOfDay(day), endOfDay(day))
      split.set(day, [...(split.get(day) ?? []), inside])
      rest = outside
    }
  }
  return split
}

function cutDay(batch: TelemetryRows, from: number, to: number): [TelemetryRows, TelemetryRows | null] {
  const outside: number[] = []
  for (let i = 0; i < batch.rows; i++) if ((batch.at[i] as number) < from || (batch.at[i] as number) >= to) outside.push(i)
  if (outside.length === 0) return [batch, null]
  const skipped = new Set(outside)
  const inside = Array.from({ length: batch.rows }, (_, i) => i).filter((i) => !skipped.has(i))
  return [pick(batch, inside), pick(batch, outside)]
}

function pick(batch: TelemetryRows, rows: readonly number[]): TelemetryRows {
  const gather = (column: Float64Array) => Float64Array.from(rows, (i) => column[i] as number)
  return {
    ...batch,
    facility: Uint32Array.from(rows, (i) => batch.facility[i] as number),
    at: gather(batch.at),
    values: batch.values.map(gather),
    rows: rows.length,
  }
}

async function writeDay(files: DayFiles, file: DayFile, batches: readonly TelemetryRows[]): Promise<void> {
  const { writing } = files.connections
  files.written(file.day)
  await writing.run('BEGIN')
  try {
    if (file.sealed) await writing.run(`UPDATE ${file.database}.main."@layout" SET sealed = false`)
    file.sealed = false
    for (const batch of batches) await writeBatch(writing, file, batch)
    await writing.run('COMMIT')
  } catch (error) {
    await writing.run('ROLLBACK').catch(() => {}) // the failure to report is the first one
    throw error
  }
}

async function writeBatch(connection: DuckDBConnection, file: DayFile, batch: TelemetryRows): Promise<void> {
  const columns = await addColumns(connection, file, batch)
  const numbers = await numberFacilities(connection, file, batch.facilities)
  const appender = await connection.createAppender(batch.kind, 'main', file.day)
  const chunk = DuckDBDataChunk.create([BIGINT, INTEGER, ...columns.map(() => DOUBLE)], Math.min(CHUNK_ROWS, batch.rows))
  const sources = columns.map((name) => batch.values[batch.columns.indexOf(name)])
  for (const [i, source] of sources.entries()) if (!source) fillNulls(chunk, i + 2)
  for (let first = 0; first < batch.rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, batch.rows - first)
    if (count !== chunk.rowCount) chunk.rowCount = count
    fillTimes(chunk, 0, batch.at, first, count)
    fillNumbers(chunk, 1, numbers, batch.facility, first, count)
    for (const [i, source] of sources.entries()) if (source) fillDoubles(chunk, i + 2, source, first, count)
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** Makes the kind's table, or what columns it lacks; returns all its columns in order. */
async function addColumns(connection: DuckDBConnection, file: DayFile, batch: TelemetryRows): Promise<string[]> {
  const table = `${file.database}.main.${quoted(batch.kind)}`
  let columns = file.columns.get(batch.kind)
  if (!columns) {
    await connection.run(`CREATE TABLE ${table} ("@at" BIGINT, "@facility" INTEGER)`)
    columns = []
    file.columns.set(batch.kind, columns)
  }
  for (const name of batch.columns) {
    if (columns.includes(name)) continue
    await connection.run(`ALTER TABLE ${table} ADD COLUMN ${quoted(name)} DOUBLE`)
    columns.push(name)
  }
  return columns
}

/** The file's number of each of the batch's facilities; new ones enter its dictionary. */
async function numberFacilities(connection: DuckDBConnection, file: DayFile, facilities: readonly string[]): Promise<Int32Array> {
  const fresh = facilities.filter((id) => !file.numbers.has(id))
  if (fresh.length > 0) {
    const appender = await connection.createAppender('@facility', 'main', file.day)
    const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR], 0)
    for (let first = 0; first < fresh.length; first += CHUNK_ROWS) {
      const ids = fresh.slice(first, first + CHUNK_ROWS)
      chunk.rowCount = ids.length
      chunk.setColumns([ids.map((_, i) => file.facilities.length + i), ids])
      appender.appendDataChunk(chunk)
      for (const id of ids) file.numbers.set(id, file.facilities.push(id) - 1)
    }
    appender.closeSync()
  }
  return Int32Array.from(facilities, (id) => file.numbers.get(id) as number)
}
