import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert, asyncProperty, constantFrom, double, array as fcArray, integer, record, string } from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { LamplighterError } from '../../../src/errors.ts'
import { openSetAsideFolder, type SetAsideOptions } from '../../../src/storage/embedded/set-aside-folder.ts'
import { openMemoryTelemetryStore } from '../../../src/storage/memory/telemetry-store.ts'
import { RowCollector } from '../../../src/storage/row-collector.ts'
import type { TelemetryRows } from '../../../src/storage/telemetry-store.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-set-aside-'))
  folders.push(folder)
  return folder
}

function rowsOf(rows: readonly [facility: string, at: number, values: Record<string, number>][], kind = 'lamp'): TelemetryRows {
  const collector = new RowCollector(kind)
  for (const [facility, at, values] of rows) {
    collector.begin(facility, at)
    for (const [column, value] of Object.entries(values)) collector.set(column, value)
  }
  return collector.rows()
}

const lamps = (count: number, from = 0, kind = 'lamp') =>
  rowsOf(
    Array.from({ length: count }, (_, i) => [`L-${i % 7}`, from + i, { power: i, 'volts.bad': i / 3 }]),
    kind,
  )
const because = (batch: TelemetryRows, reason = 'no') => ({ batch, reason })
const plain = (rows: TelemetryRows) =>
  Array.from({ length: rows.rows }, (_, row) => ({
    facility: rows.facilities[rows.facility[row] as number],
    at: rows.at[row],
    values: Object.fromEntries(
      rows.columns.flatMap((column, i) => (Number.isNaN(rows.values[i]?.[row]) ? [] : [[column, rows.values[i]?.[row]]])),
    ),
  }))

function setUp(more: Partial<SetAsideOptions> = {}) {
  const folder = newFolder()
  const clock = { at: 1_700_000_000_000 }
  const memory = openMemoryTelemetryStore()
  /** Asked before each write. */
  const box: { refuse: (batches: readonly TelemetryRows[]) => Error | undefined } = { refuse: () => undefined }
  const store = {
    name: 'memory',
    async write(batches: readonly TelemetryRows[]) {
      const error = box.refuse(batches)
      if (error) throw error
      await memory.write(batches)
    },
  }
  const open = () => openSetAsideFolder({ folder, maxBatches: 100, maxBytes: 1e9, store, now: () => clock.at, ...more })
  return { folder, clock, memory, box, open }
}

describe('set aside', () => {
  test('property: any rows come back as they were, after a new start as well', async () => {
    const value = double({ noNaN: true }).map((each) => (each === 0 ? 0 : each))
    const row = record({ facility: string({ minLength: 1, maxLength: 5 }), at: integer({ min: 0, max: 4e12 }), power: value, volts: value })
    await assert(
      asyncProperty(fcArray(row, { minLength: 1, maxLength: 20 }), constantFrom('lamp', 'a b\n"'), async (rows, kind) => {
        const { open } = setUp()
        const batch = rowsOf(
          rows.map(({ facility, at, power, volts }, i) => [facility, at, i % 2 ? { power } : { power, 'volts.bad': volts }]),
          kind,
        )
        await (await open()).add([because(batch)])
        const again = await open()
        const [entry] = again.list(null, 10).items
        expect(entry).toMatchObject({ kind, store: 'memory', reason: 'no', rows: rows.length, damaged: false })
        expect(plain(await again.read(entry?.id as string))).toEqual(plain(batch))
        expect(again.get(entry?.id as string).damaged).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  test('a file is readable lines, one file per kind', async () => {
    const { folder, open } = setUp()
    const aside = await open()
    await aside.add([because(lamps(2)), because(lamps(1, 0, 'tank'), 'type'), because(lamps(1, 50), 'also no')])
    const files = readdirSync(folder).sort()
    expect(files).toEqual(['001700000000000-000000.jsonl', '001700000000000-000001.jsonl'])
    const lines = readFileSync(join(folder, files[0] as string), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines[0]).toMatchObject({
      id: '001700000000000-000000',
      at: 1_700_000_000_000,
      store: 'memory',
      kind: 'lamp',
      rows: 3,
      values: 6,
    })
    expect(lines[0].reason).toBe('no; also no')
    expect(lines.slice(1)).toEqual([
      { facility: 'L-0', at: 0, values: { power: 0, 'volts.bad': 0 } },
      { facility: 'L-1', at: 1, values: { power: 1, 'volts.bad': 1 / 3 } },
      { facility: 'L-0', at: 50, values: { power: 0, 'volts.bad': 0 } },
    ])
    expect(aside.stats()).toMatchObject({ batches: 2, rows: 4, values: 8, givenUp: 0, damaged: 0 })
  })

  test('pages go on behind the last, also with a clock set back', async () => {
    const { open, clock } = setUp()
    const aside = await open()
    for (let i = 0; i < 5; i++) {
      await aside.add([because(lamps(1, i))])
      clock.at -= 1000
    }
    const ats: number[] = []
    for (let after: string | null = null, pages = 0; pages < 3; pages++) {
      const page = aside.list(after, 2)
      expect(page.total).toBe(5)
      for (const { id } of page.items) ats.push((await aside.read(id)).at[0] as number)
      after = page.next
      expect(after === null).toBe(pages === 2)
    }
    expect(ats).toEqual([0, 1, 2, 3, 4])
    expect(() => aside.get('nothing')).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  test('the oldest are given up past the bounds, and the count outlives a new start', async () => {
    const { open, folder } = setUp({ maxBatches: 3 })
    const aside = await open()
    for (let i = 0; i < 5; i++) await aside.add([because(lamps(10, i * 100))])
    expect(aside.stats()).toMatchObject({ batches: 3, givenUp: 20 })
    expect((await aside.read(aside.list(null, 1).items[0]?.id as string)).at[0]).toBe(200)
    const again = await open()
    expect(again.stats()).toMatchObject({ batches: 3, rows: 30, givenUp: 20 })
    const { bytes } = again.list(null, 1).items[0] as { bytes: number }
    const small = await openSetAsideFolder({
      folder,
      maxBatches: 100,
      maxBytes: bytes * 2,
      store: openMemoryTelemetryStore(),
      now: Date.now,
    })
    await small.add([because(lamps(10))])
    expect(small.stats().bytes).toBeLessThanOrEqual(bytes * 2)
    expect(small.stats().givenUp).toBeGreaterThan(20)
  })

  test('rows of several kinds of which one cannot be written leave nothing, so that trying again drives nothing out', async () => {
    const { open, folder, clock } = setUp({ maxBatches: 3 })
    const aside = await open()
    await aside.add([because(lamps(5))])
    clock.at += 1000
    const inTheWay = join(folder, `${String(clock.at).padStart(15, '0')}-000001.jsonl`)
    mkdirSync(inTheWay)
    const both = [because(lamps(1)), because(lamps(1, 0, 'pump'))]
    for (let i = 0; i < 5; i++) await expect(aside.add(both)).rejects.toThrow('EISDIR')
    expect(aside.stats()).toMatchObject({ batches: 1, rows: 5, givenUp: 0 })
    rmSync(inTheWay, { recursive: true })
    await aside.add(both)
    expect(aside.list(null, 10).items.map(({ kind, rows }) => `${rows} ${kind}`)).toEqual(['5 lamp', '1 lamp', '1 pump'])
  })

  test('what cannot be removed past the bounds does not make what was written count as lost', async () => {
    const { open, folder } = setUp({ maxBatches: 1 })
    const aside = await open()
    await aside.add([because(lamps(5))])
    const [oldest = ''] = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
    rmSync(join(folder, oldest))
    mkdirSync(join(folder, oldest))
    await aside.add([because(lamps(2))])
    expect(aside.stats()).toMatchObject({ batches: 2, givenUp: 0 })
    rmSync(join(folder, oldest), { recursive: true })
    writeFileSync(join(folder, oldest), '')
    await aside.add([because(lamps(1))])
    expect(aside.stats()).toMatchObject({ batches: 1, rows: 1, givenUp: 7 })
  })

  test('what the store takes at last is removed; what it refuses still stays with its new reason', async () => {
    const { open, box, memory, folder } = setUp()
    const aside = await open()
    await aside.add([because(lamps(20))])
    const id = aside.list(null, 1).items[0]?.id as string
    box.refuse = (batches) => (batches.some(({ at }) => at.includes(13)) ? new Error('13 is not for us') : undefined)
    expect(await aside.retry(id)).toEqual({ stored: false, rows: 1, reason: '13 is not for us' })
    expect((await open()).get(id)).toMatchObject({ rows: 1, reason: '13 is not for us', damaged: false })
    expect((await memory.scan({ kind: 'lamp', from: 0, to: 100 })).rows).toBe(19)
    box.refuse = () => new LamplighterError('store-unavailable', 'away')
    await expect(aside.retry(id)).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(aside.get(id).rows).toBe(1)
    box.refuse = () => undefined
    expect(await aside.retry(id)).toEqual({ stored: true, rows: 1 })
    expect((await memory.scan({ kind: 'lamp', from: 0, to: 100 })).rows).toBe(20)
    expect(readdirSync(folder)).toEqual([])
    await expect(aside.retry(id)).rejects.toMatchObject({ code: 'not-found' })
  })

  test('one batch is worked at once by one', async () => {
    const gate = Promise.withResolvers<void>()
    const { open } = setUp({ store: { name: 'slow', write: () => gate.promise } })
    const aside = await open()
    await aside.add([because(lamps(1))])
    const id = aside.list(null, 1).items[0]?.id as string
    const retried = aside.retry(id)
    await expect(aside.remove(id)).rejects.toMatchObject({ code: 'action-refused' })
    gate.resolve()
    await retried
    expect(aside.stats().batches).toBe(0)
  })

  test('torn and changed files are told, shown as far as they go, and never written again; unfinished ones are cleared', async () => {
    const { open, folder, box } = setUp()
    const aside = await open()
    for (let i = 0; i < 3; i++) await aside.add([because(lamps(5, i * 10))])
    const [torn, changed, headless] = aside.list(null, 3).items.map(({ id }) => join(folder, `${id}.jsonl`)) as [string, string, string]
    writeFileSync(torn, readFileSync(torn).subarray(0, -20))
    writeFileSync(changed, readFileSync(changed, 'utf8').replace('"power":3', '"power":4'))
    writeFileSync(headless, 'x'.repeat(100))
    writeFileSync(join(folder, '001700000000009-000000.jsonl.partial'), '{"id":')
    const again = await open()
    expect(again.list(null, 10).items.map(({ damaged }) => damaged)).toEqual([true, false, true])
    expect(readdirSync(folder)).toHaveLength(3)
    const ids = again.list(null, 10).items.map(({ id }) => id)
    expect((await again.read(ids[0] as string)).rows).toBe(4)
    expect((await again.read(ids[2] as string)).rows).toBe(0)
    box.refuse = () => new Error('must not be asked')
    for (const id of ids) await expect(again.retry(id)).rejects.toMatchObject({ code: 'action-refused' })
    expect(again.stats().damaged).toBe(3)
    for (const id of ids) await again.remove(id)
    expect(again.stats()).toMatchObject({ batches: 0, damaged: 0 })
  })
})
