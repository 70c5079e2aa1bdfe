import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exportTelemetry } from '../../../../src/edges/exchange/telemetry/export.ts'
import { formatOfName, telemetryFormats } from '../../../../src/edges/exchange/telemetry/formats.ts'
import { importTelemetry } from '../../../../src/edges/exchange/telemetry/import.ts'
import { openMemoryTelemetryStore } from '../../../../src/storage/memory/telemetry-store.ts'
import { hours } from '../../../../src/telemetry/duration.ts'
import { contractKind, NOON, rowsOf } from '../../../storage/telemetry-store.contract.ts'
import { contentOf, exportOrder, never, ownFolder, takingOptions } from './fixtures.ts'

const folder = ownFolder()
const path = (name: string) => join(folder, name)

/** Plausible values; what is flagged may be anything. */
const cells = fc.record(
  {
    flow: fc.double({ min: 0, max: 100, noNaN: true }).map((value) => value + 0),
    level: fc.double({ min: 0, max: 10, noNaN: true }).map((value) => value + 0),
    'level.bad': fc.oneof(
      fc.double({ min: -1e300, max: 1e300, noNaN: true }).map((value) => value + 0),
      fc.constant(746),
    ),
    running: fc.constantFrom(0, 1),
    mode: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: [] },
)
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,10}$/)
const row = fc.tuple(id, fc.integer({ min: NOON - hours(100), max: NOON + hours(100) }), cells)

describe.each(telemetryFormats)('%s', (format) => {
  const export_ = (store: Parameters<typeof exportTelemetry>[1], file: string, more = {}) =>
    exportTelemetry(exportOrder(format, more), store, { file }, { signal: never })
  const import_ = (file: string, store: Parameters<typeof importTelemetry>[2], more = {}) =>
    importTelemetry({ path: file, format, encoding: 'utf-8' }, takingOptions(more), store, { signal: never })

  test('what goes out comes in again, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
        const [before, after] = [openMemoryTelemetryStore(), openMemoryTelemetryStore()]
        await before.write([rowsOf(...(rows as Parameters<typeof rowsOf>))])
        const file = path(`any.${format}`)
        const done = await export_(before, file)
        const report = await import_(file, after)
        const wanted = (await contentOf(before)).filter((line) => line.includes('='))
        expect(await contentOf(after)).toEqual(wanted)
        expect([done.rows, report.taken, report.errors, report.warnings]).toEqual([wanted.length, wanted.length, 0, 0])
      }),
      { numRuns: format === 'parquet' ? 25 : 100 },
    )
  })

  test('importing twice is importing once; a dry run writes nothing', async () => {
    const [before, after] = [openMemoryTelemetryStore(), openMemoryTelemetryStore()]
    await before.write([rowsOf(['a', NOON, { flow: 1.5, running: 1 }], ['b', NOON + 1, { mode: 2, 'level.bad': -7 }])])
    const file = path(`twice.${format}`)
    await export_(before, file)
    expect(await import_(file, null)).toMatchObject({ rows: 2, taken: 2, values: 4, from: NOON, to: NOON + 1, facilities: 2 })
    expect(await contentOf(after)).toEqual([])
    for (let i = 0; i < 2; i++) await import_(file, after)
    expect(await contentOf(after)).toEqual(await contentOf(before))
  })

  test('only what was asked for: time, facilities, points, no flagged values', async () => {
    const [before, after] = [openMemoryTelemetryStore(), openMemoryTelemetryStore()]
    const row = { flow: 1, level: 2, 'level.bad': 99 }
    await before.write([
      rowsOf(['a', NOON, row], ['a', NOON + 9, row], ['a', NOON + 10, row], ['b', NOON, row], ['a', NOON + 5, { flow: 7 }]),
    ])
    const file = path(`some.${format}`)
    await export_(before, file, { facilities: ['a'], points: ['level'], withFlagged: false, from: NOON, to: NOON + 10 })
    await import_(file, after)
    expect(await contentOf(after)).toEqual([`${NOON} a level=2`, `${NOON + 9} a level=2`])
  })

  test('the kind is told by the file or by the plant where nobody says it', async () => {
    const [before, after] = [openMemoryTelemetryStore(), openMemoryTelemetryStore()]
    await before.write([rowsOf(['a', NOON, { flow: 1 }])])
    const file = path(`kind.${format}`)
    await export_(before, file)
    const report = await import_(file, after, { kind: null, plant: new Map([['a', contractKind.key]]), keepUnknown: false })
    expect(report.kinds).toEqual([{ kind: contractKind.key, rows: 1 }])
  })

  test('a file that ends in the midst of a row, or is none at all, is told and does not throw', async () => {
    const store = openMemoryTelemetryStore()
    await store.write([rowsOf(['a', NOON, { flow: 1 }], ['a', NOON + 1, { flow: 2, mode: 1 }])])
    const file = path(`cut.${format}`)
    await export_(store, file)
    const whole = readFileSync(file)
    for (const content of [whole.subarray(0, whole.length - 12), Buffer.from('\0\x01\x02 no such file \xff'), Buffer.from('')]) {
      writeFileSync(file, content)
      const report = await import_(file, null)
      expect(report.taken).toBeLessThan(2)
      if (content.length > 0) expect(report.errors + report.warnings).toBeGreaterThan(0)
    }
  })
})

test('CSV: awkward names are quoted, what a spreadsheet would run is guarded, Excel finds its mark', async () => {
  const store = openMemoryTelemetryStore()
  const names = [`=cmd|' /C calc'!A0`, 'a "b", c', 'two\nlines', '-5', '\ttab', "'=quoted"]
  await store.write([rowsOf(...names.map((name, i): [string, number, Record<string, number>] => [name, NOON + i, { flow: -1.5 }]))])
  const file = path('awkward.csv')
  await exportTelemetry(exportOrder('csv', { points: ['flow'], hasMark: true }), store, { file }, { signal: never })
  const text = readFileSync(file, 'utf8')
  expect([...readFileSync(file).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  expect(text.slice(1).split('\r\n')).toEqual([
    'time,facility,flow,flow.bad',
    `2026-02-02T12:00:00.000Z,'=cmd|' /C calc'!A0,-1.5,`,
    `2026-02-02T12:00:00.001Z,"a ""b"", c",-1.5,`,
    `2026-02-02T12:00:00.002Z,"two\nlines",-1.5,`,
    `2026-02-02T12:00:00.003Z,'-5,-1.5,`,
    `2026-02-02T12:00:00.004Z,'\ttab,-1.5,`,
    `2026-02-02T12:00:00.005Z,''=quoted,-1.5,`,
    '',
  ])
})

test('CSV: times in a local zone mean the same times', async () => {
  const [before, after] = [openMemoryTelemetryStore(), openMemoryTelemetryStore()]
  await before.write([rowsOf(['a', NOON, { flow: 1 }])])
  const file = path('local.csv')
  for (const [timeZone, shown] of [
    ['Asia/Shanghai', '2026-02-02T20:00:00.000+08:00'],
    ['America/St_Johns', '2026-02-02T08:30:00.000-03:30'],
  ] as const) {
    await exportTelemetry(exportOrder('csv', { timeZone }), before, { file }, { signal: never })
    expect(readFileSync(file, 'utf8')).toContain(`${shown},a,1,`)
    await importTelemetry({ path: file, format: 'csv', encoding: 'utf-8' }, takingOptions(), after, { signal: never })
    expect(await contentOf(after)).toEqual(await contentOf(before))
  }
})

test('JSON lines name states and keep flagged values apart', async () => {
  const store = openMemoryTelemetryStore()
  await store.write([rowsOf(['a', NOON, { flow: 1, running: 0, mode: 1, 'level.bad': 99 }])])
  const file = path('states.jsonl')
  await exportTelemetry(exportOrder('json-lines'), store, { file }, { signal: never })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    at: '2026-02-02T12:00:00.000Z',
    facility: 'a',
    values: { flow: 1, running: false, mode: 'auto' },
    bad: { level: 99 },
  })
})

test('Parquet has types that other programs know, and leaves nothing beside the file', async () => {
  const store = openMemoryTelemetryStore()
  await store.write([rowsOf(['a', NOON, { flow: 1, running: 0, mode: 1, 'level.bad': 99 }])])
  const file = path("it's.parquet")
  await exportTelemetry(exportOrder('parquet'), store, { file }, { signal: never })
  const connection = await (await DuckDBInstance.create()).connect()
  const ask = async (statement: string) => (await connection.runAndReadAll(statement)).getRowsJson()
  const quoted = `'${file.replaceAll("'", "''")}'`
  expect(await ask(`SELECT column_type FROM (DESCRIBE FROM read_parquet(${quoted}))`)).toEqual(
    ['TIMESTAMP WITH TIME ZONE', 'VARCHAR', 'DOUBLE', 'DOUBLE', 'BOOLEAN', 'VARCHAR', 'DOUBLE', 'DOUBLE'].map((type) => [type]),
  )
  expect(await ask(`SELECT epoch_ms(time)::DOUBLE, * EXCLUDE time FROM read_parquet(${quoted})`)).toEqual([
    [NOON, 'a', 1, null, false, 'auto', null, 99],
  ])
  connection.closeSync()
})

test('the format is told by the name of a file', () => {
  expect(['a.CSV', 'b.jsonl', 'c.ndjson', 'd.parquet', 'e.lp', 'f.zip', 'g'].map(formatOfName)).toEqual([
    'csv',
    'json-lines',
    'json-lines',
    'parquet',
    'line-protocol',
    undefined,
    undefined,
  ])
})
