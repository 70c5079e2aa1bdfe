import { rm, stat } from 'node:fs/promises'
import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, TIMESTAMPTZ, VARCHAR } from '@duckdb/node-api'
import { CHUNK_ROWS, fillDoubles, fillTimes } from '../../../storage/embedded/chunk-column.ts'
import { quoted, quotedText } from '../../../storage/embedded/day-name.ts'
import type { TelemetryRows } from '../../../storage/telemetry-store.ts'
import type { Point } from '../../../telemetry/point.ts'
import { pointOf } from './encoding-rows.ts'
import type { ExportOrder, ExportProgress, SelectedRows, Watch } from './export.ts'
import { checkRoom } from './file-sink.ts'
import { columnsOf } from './formats.ts'

/** The last step, which writes the file from the gathered rows, is about so much of the work. */
const WRITING_SHARE = 0.3

/** Writes a Parquet file by way of a database beside it, because DuckDB writes a table's file at once. */
export async function exportParquet(
  order: ExportOrder,
  selected: AsyncIterable<SelectedRows>,
  file: string,
  { signal, onProgress = () => {} }: Watch<ExportProgress>,
): Promise<ExportProgress> {
  const gathering = `${file}.gathering`
  const clear = () =>
    Promise.all([gathering, `${gathering}.wal`, `${gathering}.spill`].map((path) => rm(path, { recursive: true, force: true })))
  await clear()
  const options = { threads: '1', memory_limit: '256MB', temp_directory: `${gathering}.spill` }
  const instance = await DuckDBInstance.create(gathering, options)
  const connection = await instance.connect()
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    const columns = columnsOf(order.kind, order.points, order.withFlagged)
    const layout = ['time TIMESTAMPTZ', 'facility VARCHAR', ...columns.map((name) => `${quoted(name)} DOUBLE`)]
    await connection.run(`CREATE TABLE gathered (${layout.join(', ')})`)
    const progress: ExportProgress = { share: 0, rows: 0, bytes: 0 }
    for await (const { rows, share } of selected) {
      await checkRoom(file)
      await gather(connection, rows)
      progress.rows += rows.rows
      progress.share = share * (1 - WRITING_SHARE)
      onProgress({ ...progress })
    }
    await connection.run(copyStatement(order, columns, file))
    return { ...progress, share: 1, bytes: (await stat(file)).size }
  } catch (error) {
    await rm(file, { force: true })
    signal.throwIfAborted()
    throw /no space left|disk full/i.test(String(error)) ? new Error('The disk is full.', { cause: error }) : error
  } finally {
    signal.removeEventListener('abort', interrupt)
    connection.closeSync()
    instance.closeSync()
    await clear()
  }
}

async function gather(connection: DuckDBConnection, rows: TelemetryRows): Promise<void> {
  const appender = await connection.createAppender('gathered')
  const micros = rows.at.map((at) => at * 1000)
  const chunk = DuckDBDataChunk.create([TIMESTAMPTZ, VARCHAR, ...rows.columns.map(() => DOUBLE)], Math.min(CHUNK_ROWS, rows.rows))
  for (let first = 0; first < rows.rows; first += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows.rows - first)
    if (count !== chunk.rowCount) chunk.rowCount = count
    fillTimes(chunk, 0, micros, first, count)
    chunk.setColumnValues(
      1,
      Array.from({ length: count }, (_, i) => rows.facilities[rows.facility[first + i] as number] as string),
    )
    for (const [i, values] of rows.values.entries()) fillDoubles(chunk, i + 2, values, first, count)
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

/** The file's own types: times in UTC, facilities, then doubles, booleans and keys of states; the kind stands beside the columns. */
function copyStatement({ kind }: ExportOrder, columns: readonly string[], file: string): string {
  const typed = columns.map((name) => `${typedValue(pointOf(kind, name), quoted(name))} AS ${quoted(name)}`)
  return `COPY (SELECT ${['time', 'facility', ...typed].join(', ')} FROM gathered) TO ${quotedText(file)}
    (FORMAT parquet, COMPRESSION zstd, KV_METADATA { kind: ${quotedText(kind.key)} })`
}

function typedValue(point: Point, column: string): string {
  if (point.type === 'number') return column
  if (point.type === 'boolean') return `(${column} <> 0)`
  return `CASE ${column} ${point.states.map(({ key }, i) => `WHEN ${i} THEN ${quotedText(key)}`).join(' ')} END`
}
