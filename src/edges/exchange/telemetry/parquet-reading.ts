import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { quoted, quotedText } from '../../../storage/embedded/day-name.ts'
import { UnreadableFile } from '../encoding.ts'
import type { RowTaker } from './row-taker.ts'

/** Types whose values come as they are; all others are cast to numbers. */
const PLAIN = new Set(['DOUBLE', 'BOOLEAN'])
/** Characters of a text; no id, time or key of a state has more, and a few bytes of a file may stand for many long ones. */
const LONGEST_TEXT = 200
/** Bytes of one column in one group of rows, before compression; that of a million readings has some 8 MB. */
const LARGEST_CHUNK = 256 * 1_048_576
const ZONED = 'TIMESTAMP WITH TIME ZONE'

/** The rows of a Parquet file; yields the share read after each. Throws `UnreadableFile`. */
export async function* readParquet(file: string, taker: RowTaker): AsyncGenerator<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MB' })
  const connection = await instance.connect()
  try {
    yield* readRows(connection, quotedText(file), taker)
  } catch (error) {
    if (error instanceof UnreadableFile) throw error
    throw /parquet|invalid input|io error|conversion|out of memory/i.test(String(error))
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
  const timeType = columns.find(([name]) => name === time)?.[1] as string
  // What such a time means depends on the clock of whoever wrote the file.
  if (timeType.startsWith('TIMESTAMP') && timeType !== ZONED) return taker.problem(0, 'time-bad', '', time, timeType)
  const others = columns.filter(([name]) => name !== time && name !== facility)
  const points = others.filter(([name]) => taker.mayHave(name))
  await checkSizes(connection, file, [time, facility, ...points.map(([name]) => name)])
  const kinds = await ask(connection, `SELECT decode(value) FROM parquet_kv_metadata(${file}) WHERE decode(key) = 'kind'`)
  const kind = kinds[0]?.[0] as string | undefined
  const [[total] = [0]] = await ask(connection, `SELECT count(*)::DOUBLE FROM read_parquet(${file})`)
  const at = timeType === ZONED ? `epoch_ms(${quoted(time)})::DOUBLE` : selected(time, timeType)
  const wanted = points.map(([name, type]) => selected(name, type))
  const rows = await connection.stream(`SELECT ${[at, selectedText(facility), ...wanted].join(', ')} FROM read_parquet(${file})`)
  let number = 0
  let isFirst = true
  for await (const chunk of rows.yieldRowsJs()) {
    for (const [rowTime, rowFacility, ...values] of chunk) {
      if (taker.begin(++number, rowTime, rowFacility, kind)) {
        if (isFirst) for (const [name] of others) taker.know(name)
        isFirst = false
        for (const [i, [name]] of points.entries()) taker.set(name, values[i])
        taker.end()
      }
      yield number / Math.max(1, total as number)
    }
  }
}

const selectedText = (name: string) => `left(${quoted(name)}::VARCHAR, ${LONGEST_TEXT})`

function selected(name: string, type: string): string {
  if (type === 'VARCHAR') return selectedText(name)
  return PLAIN.has(type) ? quoted(name) : `TRY_CAST(${quoted(name)} AS DOUBLE)`
}

/** Refuses what would not fit the memory before it is read: a few bytes of a file may stand for gigabytes. */
async function checkSizes(connection: DuckDBConnection, file: string, names: readonly string[]): Promise<void> {
  const chunks = await ask(
    connection,
    `SELECT path_in_schema FROM parquet_metadata(${file}) WHERE total_uncompressed_size > ${LARGEST_CHUNK} OR total_uncompressed_size < 0`,
  )
  const large = chunks.map(([path]) => String(path)).find((path) => names.some((name) => path === name || path.startsWith(`${name}, `)))
  if (large !== undefined)
    throw new UnreadableFile('format-broken', `Parquet: ${large}: > ${LARGEST_CHUNK / 1_048_576} MB in one group of rows`)
}
