import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type EmbeddedTelemetryStore,
  type EmbeddedTelemetryStoreOptions,
  openEmbeddedTelemetryStore,
} from '../../../src/storage/embedded/telemetry-store.ts'
import type { TelemetryRows } from '../../../src/storage/telemetry-store.ts'
import { days, hours } from '../../../src/telemetry/duration.ts'
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from '../../chaos/small-disk.ts'
import { contractKind, NOON } from '../telemetry-store.contract.ts'

const KIND = contractKind.key
const ROWS = 2_000
const MANY = 20_000
/** Rows of one facility from a time on, a millisecond apart, of values that take their room on disk. */
function rowsFrom(at: number, seed = 1, rows = ROWS): TelemetryRows {
  let next = seed
  const values = Float64Array.from({ length: rows }, () => {
    next = (Math.imul(next, 1664525) + 1013904223) >>> 0
    return next / 7
  })
  const times = Float64Array.from({ length: rows }, (_, i) => at + i)
  return { kind: KIND, facilities: ['a'], facility: new Uint32Array(rows), at: times, columns: ['flow'], values: [values], rows }
}
const all = { kind: KIND, facilities: ['a'], points: ['flow'], from: NOON - days(60), to: NOON + days(60) }
const countOf = async (store: EmbeddedTelemetryStore, from = all.from, to = all.to) =>
  (await store.range({ ...all, from, to }, 1e7))[0]?.at.length
const daily = { length: days(1), origin: 0 }

describe('a file that is damaged', { timeout: 60_000 }, () => {
  let folder: string
  let store: EmbeddedTelemetryStore
  const warnings: object[] = []
  const options = (): EmbeddedTelemetryStoreOptions => ({
    ...{ folder, kinds: [contractKind], retentionDays: 400 },
    log: { warn: (details) => void warnings.push(details), info: () => {} },
  })
  const path = (name: string) => join(folder, name)
  beforeEach(async () => {
    warnings.length = 0
    folder = mkdtempSync(join(tmpdir(), 'damaged-'))
    store = await openEmbeddedTelemetryStore(options())
    for (let day = 0; day < 3; day++) for (let i = 0; i < 20; i++) await store.write([rowsFrom(NOON + days(day) + i * ROWS, i + 1)])
    await store.maintain(NOON + days(4))
  })
  afterEach(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  async function spoil(name: string, how: (path: string) => void) {
    await store.close()
    how(path(name))
    store = await openEmbeddedTelemetryStore(options())
  }
  const overwritten = (at: number) => (file: string) => {
    const content = readFileSync(file)
    content.fill(0x55, at, at + 5000)
    writeFileSync(file, content)
  }

  test.each([
    ['cut to nothing', (file: string) => truncateSync(file, 0)],
    ['cut', (file: string) => truncateSync(file, 100_000)],
    ['overwritten at its head', overwritten(4096)],
    ['overwritten within', overwritten(120_000)],
  ])('%s is set aside; the others and new rows of its day are there', async (_, how) => {
    await spoil('2026-02-03.duckdb', how)
    expect(await countOf(store)).toBe(2 * 20 * ROWS)
    const { damaged, newest } = await store.stats()
    expect(damaged).toEqual(['2026-02-03.duckdb.damaged'])
    expect(newest).toBe(NOON + days(2) + hours(12))
    expect(readdirSync(folder)).toContain('2026-02-03.duckdb.damaged')
    expect(warnings).toEqual([{ damaged: '2026-02-03.duckdb.damaged', error: expect.any(String) }])
    await store.write([rowsFrom(NOON + days(1))])
    expect(await countOf(store, NOON + days(1), NOON + days(1) + hours(1))).toBe(ROWS)
    // What was made of the day is still there, and is not made anew of the few rows that came since.
    for (const again of [false, true]) {
      if (again) await store.maintain(NOON + days(5))
      const [folded] = await store.buckets(all, daily)
      expect(folded?.count).toEqual([20 * ROWS, 20 * ROWS, 20 * ROWS])
    }
    // The same file once more gets a name of its own.
    await spoil('2026-02-03.duckdb', (file) => truncateSync(file, 0))
    expect(await countOf(store)).toBe(2 * 20 * ROWS)
    expect((await store.stats()).damaged).toEqual(['2026-02-03.duckdb.damaged', '2026-02-03.duckdb.damaged-2'])
  })

  test('is found when it is put in order, too', async () => {
    await store.write([rowsFrom(NOON + days(1) - 5)])
    await store.close()
    const instance = await DuckDBInstance.create(path('2026-02-03.duckdb'))
    const connection = await instance.connect()
    const [[block, size] = []] = (
      await connection.runAndReadAll(
        `SELECT block_id::DOUBLE, (SELECT block_size::DOUBLE FROM pragma_database_size() LIMIT 1)
         FROM pragma_storage_info('${KIND}') WHERE column_name = 'flow' AND block_id >= 0`,
      )
    ).getRows() as [number, number][]
    connection.closeSync()
    instance.closeSync()
    // After three headers of 4 kB each; a block of values, which nobody looks at before they are asked for.
    overwritten(3 * 4096 + (block as number) * (size as number) + 100)(path('2026-02-03.duckdb'))
    store = await openEmbeddedTelemetryStore(options())
    const { failed } = await store.maintain(NOON + days(4))
    expect(failed.map(({ key }) => key)).toEqual(['2026-02-03'])
    expect((await store.stats()).damaged).toEqual(['2026-02-03.duckdb.damaged'])
    expect((await store.maintain(NOON + days(4))).failed).toEqual([])
    expect((await store.buckets(all, daily))[0]?.count.slice(0, 2)).toEqual([20 * ROWS, 20 * ROWS])
  })

  test('of roll-ups is made anew from the days', async () => {
    const before = await store.buckets(all, daily)
    await spoil('2026.days.duckdb', overwritten(4096))
    await spoil('2026-02.hours.duckdb', (file) => truncateSync(file, 5000))
    expect(await store.buckets(all, daily)).toEqual(before)
    expect((await store.maintain(NOON + days(4))).rolled).toEqual(['2026-02-04', '2026-02-03', '2026-02-02'])
    expect(await store.buckets(all, daily)).toEqual(before)
    expect((await store.stats()).damaged).toEqual(['2026-02.hours.duckdb.damaged', '2026.days.duckdb.damaged'])
  })

  test('of a newer program is left alone and named', async () => {
    await spoil('2026-02-02.duckdb', () => {})
    await store.close()
    const instance = await DuckDBInstance.create(path('2026-02-02.duckdb'))
    const connection = await instance.connect()
    await connection.run('UPDATE "@layout" SET version = 99')
    connection.closeSync()
    instance.closeSync()
    store = await openEmbeddedTelemetryStore(options())
    await expect(countOf(store)).rejects.toMatchObject({ code: 'store-unavailable', message: expect.stringContaining('layout 99') })
    expect(await countOf(store, NOON + days(1), NOON + days(3))).toBe(2 * 20 * ROWS)
    expect(readdirSync(folder)).toContain('2026-02-02.duckdb')
  })
})

const reason = whyNoSmallDisk()
describe.skipIf(reason)(`a disk that is full${reason ? ` (skipped: ${reason})` : ''}`, { timeout: 120_000 }, () => {
  let folder: string
  let disk: SmallDisk
  let store: EmbeddedTelemetryStore
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'full-'))
    disk = mountSmallDisk(join(folder, 'disk'), 40)
    store = await openEmbeddedTelemetryStore({ folder: join(disk.folder, 'store'), kinds: [contractKind], retentionDays: 5 })
  })
  afterEach(async () => {
    await store.close()
    disk.remove()
    rmSync(folder, { recursive: true })
  })
  const names = () => readdirSync(join(disk.folder, 'store'))

  test('refuses writes, loses nothing that was confirmed, and goes on by itself when there is room', async () => {
    const reserve = join(disk.folder, 'reserve')
    writeFileSync(reserve, Buffer.alloc(10e6))
    let written = 0
    let refused = 0
    // Until nothing fits any more, in the midst of whatever the database does then.
    for (let i = 0; refused < 3; i++) {
      await store.write([rowsFrom(NOON + i * MANY, i + 1, MANY)]).then(
        () => written++,
        (error) => {
          expect(error).toMatchObject({ code: 'store-unavailable' })
          refused++
          if (refused === 1) disk.fill()
        },
      )
    }
    expect(written).toBeGreaterThan(10)
    expect(await countOf(store)).toBeGreaterThanOrEqual(written * MANY)
    await expect(store.write([rowsFrom(NOON - days(1))])).rejects.toMatchObject({ code: 'store-unavailable' })
    disk.free()
    rmSync(reserve)
    await store.write([rowsFrom(NOON + days(1))])
    await store.close()
    store = await openEmbeddedTelemetryStore({ folder: join(disk.folder, 'store'), kinds: [contractKind], retentionDays: 5 })
    expect(await countOf(store, NOON, NOON + written * MANY)).toBe(written * MANY)
    expect(await countOf(store, NOON + days(1))).toBe(ROWS)
  })

  test('sealing without room leaves the old file', async () => {
    for (const day of [-2, -1, 0]) for (let i = 0; i < 60; i++) await store.write([rowsFrom(NOON + days(day) + i * ROWS, i + 1)])
    await store.maintain(NOON)
    disk.fill()
    const { failed, sealed } = await store.maintain(NOON + days(1))
    expect([failed.map(({ key }) => key), sealed]).toEqual([['2026-02-02'], []])
    expect(await countOf(store)).toBe(3 * 60 * ROWS)
    expect(names().filter((name) => name.includes('unfinished'))).toEqual([])
    disk.free()
    expect(await store.maintain(NOON + days(1))).toMatchObject({ failed: [], sealed: ['2026-02-02'] })
    expect(await countOf(store)).toBe(3 * 60 * ROWS)
  })

  test('what is past retention goes even where there is no room for a byte', async () => {
    for (const day of [-8, -7, -1]) for (let i = 0; i < 60; i++) await store.write([rowsFrom(NOON + days(day) + i * ROWS, i + 1)])
    await store.maintain(NOON - days(5))
    await store.write([rowsFrom(NOON)])
    disk.fill()
    await expect(store.write([rowsFrom(NOON + days(1))])).rejects.toMatchObject({ code: 'store-unavailable' })
    const { removed } = await store.maintain(NOON + hours(1))
    expect(removed).toEqual(['2026-01-25', '2026-01-26'])
    expect(names()).not.toContain('2026-01-25.duckdb')
    await store.write([rowsFrom(NOON + days(1))])
    expect(await countOf(store)).toBe(62 * ROWS)
    const [folded] = await store.buckets(all, daily)
    expect(folded?.count.reduce((sum, one) => sum + one, 0)).toBe((3 * 60 + 2) * ROWS)
  })
})
