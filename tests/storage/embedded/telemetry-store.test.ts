import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { type EmbeddedTelemetryStore, openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import { days, hours, minutes } from '../../../src/telemetry/duration.ts'
import { contractKind, NOON, rowsOf, telemetryStoreContract } from '../telemetry-store.contract.ts'

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
    await store.write([rowsOf(['a', NOON, { flow: 1 }], ['a', NOON - days(32), { flow: 2 }])])
    expect(await store.maintain(NOON + 1)).toMatchObject({ removed: ['2026-01-01'] })
    expect(readdirSync(folder).filter((name) => name.startsWith('2026-01-'))).toEqual([])
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
})
