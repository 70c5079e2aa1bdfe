import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { importTelemetry } from '../../../../src/edges/exchange/telemetry/import.ts'
import { readParquet } from '../../../../src/edges/exchange/telemetry/parquet-reading.ts'
import { RowTaker } from '../../../../src/edges/exchange/telemetry/row-taker.ts'
import { openMemoryTelemetryStore } from '../../../../src/storage/memory/telemetry-store.ts'
import { NOON } from '../../../storage/telemetry-store.contract.ts'
import { contentOf, never, ownFolder, takingOptions } from './fixtures.ts'

const folder = ownFolder()
const MEGABYTE = 1_048_576

/** A file with the columns that are selected. */
async function made(select: string): Promise<string> {
  const path = join(folder, 'file.parquet')
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT ${select}) TO '${path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10000000)`)
  connection.closeSync()
  instance.closeSync()
  return path
}

/** What comes of it. */
async function imported(select: string, more = {}) {
  const path = await made(select)
  const store = openMemoryTelemetryStore()
  const report = await importTelemetry({ path, format: 'parquet', encoding: 'utf-8' }, takingOptions(more), store, { signal: never })
  return { report, bytes: statSync(path).size, content: await contentOf(store) }
}

const row = `TIMESTAMPTZ '2026-02-02 12:00:00Z' AS time, 'a' AS facility, 5.0::DOUBLE AS flow`
const reasonsOf = ({ report }: Awaited<ReturnType<typeof imported>>) => report.problems.map(({ reason, column }) => [reason, column])

/** The columns handed over, and the longest text of each. */
async function handedOver(path: string): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  class Watching extends RowTaker {
    override set(name: string, value: unknown): void {
      found.set(name, Math.max(found.get(name) ?? 0, String(value).length))
      super.set(name, value)
    }
  }
  for await (const _ of readParquet(path, new Watching(takingOptions())));
  return found
}

test('columns that nobody knows are told and not read, and long texts are cut, however much a few bytes unpack to', async () => {
  const select = `${row}, repeat('x', ${10 * MEGABYTE}) AS note, repeat('y', ${10 * MEGABYTE}) AS mode FROM range(10)`
  const found = await imported(select)
  expect(found.bytes).toBeLessThan(MEGABYTE)
  expect(new Set(reasonsOf(found).map(String))).toEqual(new Set(['value-bad,mode', 'point-unknown,note']))
  expect(found.content).toEqual([`${NOON} a flow=5`])
  expect(await handedOver(await made(select))).toEqual(
    new Map([
      ['flow', 1],
      ['mode', 200],
    ]),
  )
})

test('a group of rows that does not fit the memory is refused before it is read', async () => {
  const found = await imported(`${row}, i || repeat('x', ${MEGABYTE}) AS mode FROM range(300) t(i)`)
  expect(found.report.problems.map(({ reason, about }) => [reason, about])).toEqual([
    ['format-broken', 'Parquet: mode: > 256 MB in one group of rows'],
  ])
  expect(found.report.rows).toBe(0)
})

test('times without a zone are refused, as in CSV: the zone of this machine is nothing to go by', async () => {
  for (const type of ['TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMP_MS']) {
    const found = await imported(`${type} '2026-02-02 12:00:00' AS time, 'a' AS facility, 5.0::DOUBLE AS flow`)
    expect(reasonsOf(found)).toEqual([['time-bad', 'time']])
    expect(found.content).toEqual([])
  }
  expect((await imported(`${NOON}::BIGINT AS time, 'a' AS facility, 5 AS flow`)).content).toEqual([`${NOON} a flow=5`])
})

test('columns of each kind are read where rows say what they are; a mapping names them and passes others over', async () => {
  const mapping = { points: { Q: 'flow', junk: null } }
  const found = await imported(`TIMESTAMPTZ '2026-02-02 12:00:00Z' AS time, 'a' AS facility, 5 AS Q, 3 AS "level.bad", 1 AS junk`, {
    mapping,
    kind: null,
    plant: new Map([['a', 'pump-station']]),
  })
  expect([reasonsOf(found), found.content]).toEqual([[], [`${NOON} a flow=5 level.bad=3`]])
})
