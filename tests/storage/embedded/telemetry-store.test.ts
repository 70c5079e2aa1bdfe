import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../../../simulators/random.ts'
import { foldIntoBuckets } from '../../../src/storage/bucket-series.ts'
import { type EmbeddedTelemetryStore, openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import type { BucketSeries } from '../../../src/storage/telemetry-store.ts'
import { days, hours, minutes } from '../../../src/telemetry/duration.ts'
import { contractKind, latestOf, NOON, rowsOf, telemetryStoreContract } from '../telemetry-store.contract.ts'

const newFolder = () => mkdtempSync(join(tmpdir(), 'telemetry-'))
const open = (folder: string, onWorker: (worker: Worker) => void = () => {}) =>
  openEmbeddedTelemetryStore({ folder, kinds: [contractKind], retentionDays: 30, onWorker })

telemetryStoreContract('embedded', async () => {
  const folder = newFolder()
  const under = {
    store: await open(folder),
    async reopen() {
      await under.store.close()
      under.store = await open(folder)
      return under.store
    },
    async stop() {
      await under.store.close()
      rmSync(folder, { recursive: true })
    },
  }
  return under
})

describe('embedded telemetry store', { timeout: 30_000 }, () => {
  const opened: { store: EmbeddedTelemetryStore; folder: string }[] = []
  async function openNew(onWorker?: (worker: Worker) => void) {
    const folder = newFolder()
    const store = await open(folder, onWorker)
    opened.push({ store, folder })
    return { store, folder }
  }
  afterEach(async () => {
    for (const { store, folder } of opened.splice(0)) {
      await store.close()
      rmSync(folder, { recursive: true })
    }
  })
  const nothing = { sealed: [], rolled: [], compacted: [], reduced: [], removed: [], failed: [] }
  const all = { facilities: ['a'], kind: contractKind.key, points: ['flow', 'level'], from: NOON - days(40), to: NOON + days(40) }

  test('says since when it may have something', async () => {
    const { store } = await openNew()
    expect(await store.oldest?.()).toBeNull()
    await store.write([rowsOf(['a', NOON, { flow: 1 }], ['a', NOON - days(3), { flow: 1 }])])
    expect(await store.oldest?.()).toBe(NOON - days(3) - hours(12))
  })

  test('seals a finished day: same answers, each row once; a late row opens it again', async () => {
    const { store, folder } = await openNew()
    const rows = Array.from({ length: 5000 }, (_, i): [string, number, Record<string, number>] => [
      `f${i % 7}`,
      NOON + ((i * 7919) % 5000),
      { flow: i % 100 },
    ])
    await store.write([rowsOf(...rows)])
    await store.write([rowsOf(...rows), rowsOf(['f3', NOON, { level: 2 }])])
    const asked = { ...all, facilities: ['f3'] }
    const before = [
      await store.range(asked, 10_000),
      await store.buckets(asked, { length: minutes(30), origin: 7 }),
      await store.latest(contractKind.key, 0),
    ]
    expect(await store.maintain(NOON + hours(12))).toEqual(nothing)
    expect(await store.maintain(NOON + days(1))).toEqual({ ...nothing, sealed: ['2026-02-02'], rolled: ['2026-02-02'] })
    expect(await store.maintain(NOON + days(1))).toEqual(nothing)
    expect([await store.range(asked, 10_000), await store.buckets(asked, { length: minutes(30), origin: 7 })]).toEqual(before.slice(0, 2))
    expect(await store.latest(contractKind.key, 0)).toEqual(before[2])
    await store.write([rowsOf(['f3', NOON, { level: 2 }], ['f3', NOON + 1, { level: 3 }])])
    expect((await store.range(asked, 10_000))[1]?.value).toEqual([2, 3])
    expect((await store.maintain(NOON + days(1))).sealed).toEqual(['2026-02-02'])
    expect((await store.range(asked, 10_000))[1]?.value).toEqual([2, 3])
    expect(readdirSync(folder).filter((name) => name.startsWith('2026-02-02'))).toEqual(['2026-02-02.duckdb'])
  })

  test('reads and late writes during sealing lose nothing', async () => {
    const { store } = await openNew()
    await store.write([
      rowsOf(...Array.from({ length: 20_000 }, (_, i): [string, number, Record<string, number>] => ['a', NOON + i, { flow: i }])),
    ])
    const sealing = store.maintain(NOON + days(1))
    for (let i = 0; i < 20; i++) {
      await store.write([rowsOf(['a', NOON + 20_000 + i, { flow: i }])])
      expect((await store.range(all, 100_000))[0]?.at.length).toBe(20_001 + i)
    }
    await sealing
    await store.maintain(NOON + days(1))
    expect((await store.range(all, 100_000))[0]?.at.length).toBe(20_020)
  })

  test('days past retention are removed', async () => {
    const { store, folder } = await openNew()
    const between = [24, 16, 8].map((ago): ['b', number, { flow: number }] => ['b', NOON - days(ago), { flow: 3 }])
    await store.write([rowsOf(['a', NOON, { flow: 1 }], ...between, ['a', NOON - days(32), { flow: 2 }])])
    expect(await store.maintain(NOON + 1)).toMatchObject({ removed: ['2026-01-01'] })
    expect(readdirSync(folder).filter((name) => name.startsWith('2026-01-01'))).toEqual([])
    expect((await store.range(all, 10))[0]?.value).toEqual([1])
  })

  test('more days than files kept open', async () => {
    const { store } = await openNew()
    const rows = Array.from({ length: 65 }, (_, i): [string, number, Record<string, number>] => ['a', NOON - days(39 - i), { flow: i }])
    await store.write([rowsOf(...rows)])
    expect((await store.range(all, 100))[0]?.value).toEqual(rows.map((_, i) => i))
  })

  test('a worker that ends rejects what waits and is started again', async () => {
    const workers: Worker[] = []
    const { store } = await openNew((worker) => workers.push(worker))
    await store.write([rowsOf(['a', NOON, { flow: 1 }])])
    const ended = workers[0]?.terminate()
    await expect(store.write([rowsOf(['a', NOON + 1, { flow: 2 }])])).rejects.toMatchObject({ code: 'store-unavailable' })
    await ended
    await store.write([rowsOf(['a', NOON + 1, { flow: 2 }])])
    expect((await store.range(all, 10))[0]?.value).toEqual([1, 2])
    expect(workers).toHaveLength(2)
  })

  test('a day that cannot be written is an unavailable store, and works once it can', async () => {
    const { store, folder } = await openNew()
    const blocked = join(folder, '2026-02-02.duckdb')
    mkdirSync(blocked)
    writeFileSync(join(blocked, 'x'), '')
    const row = rowsOf(['a', NOON, { flow: 1 }])
    await expect(store.write([row])).rejects.toMatchObject({ code: 'store-unavailable' })
    renameSync(blocked, join(folder, 'elsewhere'))
    await store.write([row])
    expect((await store.range(all, 10))[0]?.value).toEqual([1])
    await expect(open(join(blocked, 'x'))).rejects.toMatchObject({ code: 'store-unavailable' })
  })

  test('days of the first layout are read, written to and put in order', async () => {
    const { store, folder } = await openNew()
    for (const [day, sealed] of [
      ['2026-02-02', true],
      ['2026-02-03', false],
    ] as const) {
      const instance = await DuckDBInstance.create(join(folder, `${day}.duckdb`))
      const connection = await instance.connect()
      const at = Date.parse(`${day}T12:00:00Z`)
      for (const sql of [
        'CREATE TABLE "@facility" (number INTEGER, id VARCHAR)',
        'CREATE TABLE "@layout" (version INTEGER, sealed BOOLEAN)',
        `INSERT INTO "@layout" VALUES (1, ${sealed})`,
        `INSERT INTO "@facility" VALUES (0, 'a')`,
        `CREATE TABLE "${contractKind.key}" ("@at" BIGINT, "@facility" INTEGER, flow DOUBLE)`,
        `INSERT INTO "${contractKind.key}" VALUES (${at}, 0, 1), (${at + 1}, 0, 2)`,
      ])
        await connection.run(sql)
      connection.closeSync()
      instance.closeSync()
    }
    await store.close()
    const again = await open(folder)
    opened.push({ store: again, folder })
    opened.shift()
    expect((await again.range(all, 10))[0]?.value).toEqual([1, 2, 1, 2])
    await again.write([rowsOf(['a', NOON + 2, { flow: 3 }], ['a', NOON + days(1) + 2, { level: 4 }])])
    expect(await again.maintain(NOON + days(2))).toMatchObject({ sealed: ['2026-02-03', '2026-02-02'], failed: [] })
    expect((await again.range(all, 10)).map(({ value }) => value)).toEqual([[1, 2, 3, 1, 2], [4]])
    expect((await again.buckets(all, { length: days(1), origin: 0 }))[0]).toMatchObject({ count: [3, 2], last: [3, 2] })
  })

  test('the latest values follow what is written, and are the same when read from the files', async () => {
    const { store, folder } = await openNew()
    await store.write([rowsOf(['a', NOON - days(3), { flow: 1 }], ['b', NOON - days(1), { flow: 2, level: 7 }])])
    expect(latestOf(await store.latest(contractKind.key, NOON - days(2)))).toHaveLength(2)
    // More facilities than there was room for, a row from before, one flagged, and days that were not looked at yet.
    const many = Array.from({ length: 200 }, (_, i): [string, number, Record<string, number>] => [`n${i}`, NOON + i, { flow: i }])
    await store.write([rowsOf(...many, ['b', NOON - days(2), { level: 6 }], ['a', NOON, { 'flow.bad': -1 }], ['b', NOON, { mode: 2 }])])
    await store.write([rowsOf(['a', NOON, { flow: 5 }], ['b', NOON, { 'mode.bad': 3 }], ['c', NOON - days(9), { flow: 8 }])])
    const sinces = [NOON - days(2), NOON - days(20), NOON]
    const asked = async (from: EmbeddedTelemetryStore) => {
      const found: unknown[] = []
      for (const since of sinces) found.push(latestOf(await from.latest(contractKind.key, since)))
      return found
    }
    const kept = await asked(store)
    expect(kept[2]).toHaveLength(202)
    expect(kept[1]).toHaveLength(205)
    expect(kept[1]).toContainEqual({ facility: 'a', point: 'flow', at: NOON, value: 5, good: true })
    expect(kept[1]).toContainEqual({ facility: 'b', point: 'mode', at: NOON, value: 2, good: true })
    await store.close()
    const again = await open(folder)
    opened.push({ store: again, folder })
    opened.shift()
    expect(await asked(again)).toEqual(kept)
  })

  test('tells how many rows were older than it keeps', async () => {
    const { store } = await openNew()
    await store.write([rowsOf(['a', NOON, { flow: 1 }])])
    await store.maintain(NOON + 1)
    expect(store.leftOut?.()).toBe(0)
    await store.write([rowsOf(['a', NOON - days(400), { flow: 1 }], ['a', NOON + 1, { flow: 1 }])])
    expect(store.leftOut?.()).toBe(1)
  })

  test('many questions at once hold up no write, and those over the bound are refused', async () => {
    const { store } = await openNew()
    await store.write([rowsOf(['a', NOON, { flow: 1 }])])
    const asked = Array.from({ length: 1100 }, () =>
      store.range(all, 10).then(
        ([series]) => series?.value,
        ({ code }) => code,
      ),
    )
    await store.write([rowsOf(['b', NOON, { flow: 2 }])])
    const answers = await Promise.all(asked)
    expect(answers.filter((answer) => answer === 'store-unavailable')).toHaveLength(1100 - 206)
    expect(answers.slice(0, 206)).toEqual(Array(206).fill([1]))
    expect((await store.range(all, 10))[0]?.value).toEqual([1])
  })

  test('tells what it holds', async () => {
    const { store } = await openNew()
    expect(await store.stats()).toEqual({
      bytes: 0,
      oldest: null,
      newest: null,
      days: 0,
      open: 0,
      kept: [],
      leftOut: 0,
      damaged: [],
      unreadable: [],
    })
    await store.write([rowsOf(['a', NOON, { flow: 1 }], ['a', NOON + 1, { flow: 2 }], ['a', NOON + days(1), { flow: 1 }])])
    await store.maintain(NOON + days(1))
    const { bytes, kept, ...rest } = await store.stats()
    expect(rest).toEqual({
      oldest: NOON - hours(12),
      newest: NOON + days(1) + hours(12),
      days: 2,
      open: 1,
      leftOut: 0,
      damaged: [],
      unreadable: [],
    })
    expect(kept).toMatchObject([
      { kind: contractKind.key, resolution: 'day', files: 1, rows: 1 },
      { kind: contractKind.key, resolution: 'hour', files: 1, rows: 1 },
      { kind: contractKind.key, resolution: 'raw', files: 2, rows: 3 },
    ])
    expect(kept.reduce((sum, one) => sum + one.bytes, 0)).toBe(bytes)
    expect(await store.compact(NOON + days(1))).toMatchObject({ compacted: ['2026-02.hours', '2026.days'] })
  })

  test('writes, questions of all sorts and putting in order at once', { timeout: 120_000 }, async () => {
    const { store } = await openNew()
    const random = seededRandom('at once')
    const draw = (below: number) => Math.floor(random() * below)
    const day = () => NOON + days(draw(20))
    const done: unknown[] = []
    const write = async () => {
      for (let i = 0; i < 60; i++) {
        const at = day()
        await store.write([
          rowsOf(
            ...Array.from({ length: 50 }, (_, n): [string, number, Record<string, number>] => [
              `f${n % 3}`,
              at + draw(hours(11)),
              { flow: n },
            ]),
          ),
        ])
      }
    }
    const read = async () => {
      for (let i = 0; i < 50; i++) {
        const from = day()
        const query = { ...all, facilities: ['f0', 'f1'], from, to: from + days(8) }
        const grid = { length: [hours(1), days(1), minutes(30)][draw(3)] as number, origin: NOON }
        const { kind } = all
        const questions = [
          () => store.range(query, 1000),
          () => store.buckets(query, grid),
          () => store.latest(kind, from),
          () => store.scan({ kind, from, to: from + days(1) }),
          () => store.stats(),
        ]
        done.push(await questions[draw(questions.length)]?.())
      }
    }
    const keep = async () => {
      for (let i = 0; i < 5; i++) {
        const now = NOON + days(5 + 4 * i)
        expect((await (i % 2 ? store.compact(now) : store.maintain(now))).failed).toEqual([])
      }
    }
    await Promise.all([write(), read(), read(), read(), keep()])
    expect(done).toHaveLength(150)
    expect((await store.compact(NOON + days(25))).failed).toEqual([])
    const whole = { ...all, facilities: ['f0', 'f1', 'f2'], points: ['flow'] }
    const grid = { length: days(1), origin: 0 }
    const folded = (await store.range(whole, 1e6)).map((series) => foldIntoBuckets(series, grid))
    const rounded = (series: readonly BucketSeries[]) =>
      series.map((one) => ({ ...one, mean: one.mean.map((mean) => Math.round(mean * 1e6)) }))
    expect(rounded(await store.buckets(whole, grid))).toEqual(rounded(folded))
  })
})
