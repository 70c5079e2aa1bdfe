import { BIGINT, DOUBLE, type DuckDBConnection, DuckDBDataChunk, INTEGER, VARCHAR } from '@duckdb/node-api'
import type { TelemetryRows } from '../telemetry-store.ts'
import { CHUNK_ROWS, fillDoubles, fillNulls, fillNumbers, fillTimes } from './chunk-column.ts'
import { DayDraft } from './day-draft.ts'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, dayOf, endOfDay, quoted, startOfDay } from './day-name.ts'
import { pickRows } from './retention.ts'

/** Writes rows to their days' files, a transaction for each day; durable when it resolves. */
export async function writeDays(files: DayFiles, batches: readonly TelemetryRows[]): Promise<void> {
  for (const [day, rows] of splitByDay(batches)) await files.change(day, (file) => writeDay(files, file, rows))
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
  return [pickRows(batch, inside), pickRows(batch, outside)]
}

async function writeDay({ connections: { writing } }: DayFiles, file: DayFile, batches: readonly TelemetryRows[]): Promise<void> {
  const draft = new DayDraft(file)
  await writing.run('BEGIN')
  try {
    if (file.sealed) await writing.run(`UPDATE ${file.database}.main."@layout" SET sealed = false`)
    // Before the commit, so that no reader takes rows for merged that are not.
    file.sealed = false
    for (const batch of batches) await writeBatch(writing, draft, batch)
    await writing.run('COMMIT')
  } catch (error) {
    await writing.run('ROLLBACK').catch(() => {}) // the failure to report is the first one
    throw error
  }
  draft.publish()
}

async function writeBatch(connection: DuckDBConnection, draft: DayDraft, batch: TelemetryRows): Promise<void> {
  const columns = await addColumns(connection, draft, batch)
  const numbers = await numberFacilities(connection, draft, batch.facilities)
  const appender = await connection.createAppender(batch.kind, 'main', draft.file.key)
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
async function addColumns(connection: DuckDBConnection, draft: DayDraft, batch: TelemetryRows): Promise<readonly string[]> {
  const table = `${draft.file.database}.main.${quoted(batch.kind)}`
  const known = draft.columns(batch.kind)
  if (!known) await connection.run(`CREATE TABLE ${table} ("@at" BIGINT, "@facility" INTEGER)`)
  const fresh = batch.columns.filter((name) => !known?.includes(name))
  for (const name of fresh) await connection.run(`ALTER TABLE ${table} ADD COLUMN ${quoted(name)} DOUBLE`)
  if (known && fresh.length === 0) return known
  const columns = [...(known ?? []), ...fresh]
  draft.setColumns(batch.kind, columns)
  return columns
}

/** The file's number of each of the batch's facilities; new ones enter its dictionary. */
async function numberFacilities(connection: DuckDBConnection, draft: DayDraft, facilities: readonly string[]): Promise<Int32Array> {
  const fresh = facilities.filter((id) => draft.number(id) === undefined)
  if (fresh.length > 0) {
    await checkNumbers(connection, draft)
    const appender = await connection.createAppender('@facility', 'main', draft.file.key)
    const chunk = DuckDBDataChunk.create([INTEGER, VARCHAR], 0)
    for (let first = 0; first < fresh.length; first += CHUNK_ROWS) {
      const ids = fresh.slice(first, first + CHUNK_ROWS)
      chunk.rowCount = ids.length
      chunk.setColumns([ids.map((id) => draft.add(id)), ids])
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }
  return Int32Array.from(facilities, (id) => draft.number(id) as number)
}

/** Two facilities of one number would mix their readings for good, so the dictionary itself is asked; unlike an index it costs nothing to keep. */
async function checkNumbers(connection: DuckDBConnection, { file, facilities }: DayDraft): Promise<void> {
  const next = await connection.runAndReadAll(`SELECT coalesce(max(number) + 1, 0)::DOUBLE FROM ${file.database}.main."@facility"`)
  const found = next.getRows()[0]?.[0]
  if (found !== facilities) throw new Error(`${file.key} has ${found} facilities where ${facilities} are known`)
}
