import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { quoted, quotedText } from '../../../storage/embedded/day-name.ts'
import { UnreadableFile } from '../encoding.ts'
import type { RowTaker } from './row-taker.ts'

/** Types whose values come as they are; all others are cast to numbers. */
const PLAIN = new Set(['DOUBLE', 'BOOLEAN', 'VARCHAR'])

/** The rows of a Parquet file; yields the share read after each. Throws `UnreadableFile`. */
export async function* readParquet(file: string, taker: RowTaker): AsyncGenerator<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MB' })
  const connection = await instance.connect()
  try {
    yield* readRows(connection, quotedText(file), taker)
  } catch (error) {
    throw /parquet|invalid input|io error|conversion/i.test(String(error))
      ? new UnreadableFile('format-broken', `Parquet: ${String(error).slice(0, 200)}`)
      : error
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function ask(connection: DuckDBConnection, statement: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(statement)).getRowsJS() as unknown[][]
}

async function* readRows(connection: DuckDBConnection, file: string, taker: RowTaker): AsyncGenerator<number> {
  const described = await ask(connection, `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${file}))`)
  const columns = described as [name: string, type: string][]
  const { time = 'time', facility = 'facility' } = taker.mapping
  const missing = [time, facility].filter((wanted) => !columns.some(([name]) => name === wanted))
  for (const name of missing) taker.problem(0, 'column-missing', name)
  if (missing.length > 0) return
  const kinds = await ask(connection, `SELECT decode(value) FROM parquet_kv_metadata(${file}) WHERE decode(key) = 'kind'`)
  const kind = kinds[0]?.[0] as string | undefined
  const [[total] = [0]] = await ask(connection, `SELECT count(*)::DOUBLE FROM read_parquet(${file})`)
  const points = columns.filter(([name]) => name !== time && name !== facility)
  const timeType = columns.find(([name]) => name === time)?.[1] as string
  const at = /^TIMESTAMP/.test(timeType) ? `epoch_ms(${quoted(time)}::TIMESTAMPTZ)` : quoted(time)
  const wanted = points.map(([name, type]) => (PLAIN.has(type) ? quoted(name) : `TRY_CAST(${quoted(name)} AS DOUBLE)`))
  const rows = await connection.stream(
    `SELECT ${[PLAIN.has(timeType) ? at : `(${at})::DOUBLE`, `${quoted(facility)}::VARCHAR`, ...wanted].join(', ')} FROM read_parquet(${file})`,
  )
  let number = 0
  for await (const chunk of rows.yieldRowsJs()) {
    for (const [rowTime, rowFacility, ...values] of chunk) {
      if (taker.begin(++number, rowTime, rowFacility, kind)) {
        for (const [i, [name]] of points.entries()) taker.set(name, values[i])
        taker.end()
      }
      yield number / Math.max(1, total as number)
    }
  }
}
