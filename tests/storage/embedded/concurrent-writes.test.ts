import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DayFiles } from '../../../src/storage/embedded/day-files.ts'
import { readRange } from '../../../src/storage/embedded/day-reading.ts'
import { sealFile } from '../../../src/storage/embedded/day-sealing.ts'
import { writeDays } from '../../../src/storage/embedded/day-writing.ts'
import { LatestMemory } from '../../../src/storage/embedded/latest-memory.ts'
import type { TelemetryRows } from '../../../src/storage/telemetry-store.ts'
import { days } from '../../../src/telemetry/duration.ts'
import { latestOf } from '../telemetry-store.contract.ts'
import { NOON } from './numbered-rows.ts'

const DAY = '2026-02-02'
const all = { kind: 'k', from: NOON - days(1), to: NOON + days(1) }
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** A row of each facility; the value of every column is the facility's own number. */
function rowsOf(facilities: readonly number[], columns: readonly string[], at = NOON): TelemetryRows {
  return {
    kind: 'k',
    facilities: facilities.map((n) => `F${n}`),
    facility: Uint32Array.from(facilities, (_, i) => i),
    at: new Float64Array(facilities.length).fill(at),
    columns,
    values: columns.map(() => Float64Array.from(facilities)),
    rows: facilities.length,
  }
}

/** Holds the connection back before the statement that begins so: `reached` resolves there, and it goes on when released. */
function holdBefore(connection: DuckDBConnection, statement: string): { reached: Promise<void>; release(): void } {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const run = connection.run.bind(connection)
  connection.run = async (sql, ...rest) => {
    if (!sql.startsWith(statement)) return run(sql, ...rest)
    connection.run = run
    reached.resolve()
    await released.promise
    return run(sql, ...rest)
  }
  return { reached: reached.promise, release: released.resolve }
}

describe('day files used while they are written', { timeout: 30_000 }, () => {
  let folder: string
  let files: DayFiles
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'day-files-'))
    files = await DayFiles.open(folder)
  })
  afterEach(async () => {
    await files.close()
    rmSync(folder, { recursive: true })
  })
  const valuesOf = async (facility: number) =>
    (await readRange(files, { ...all, facilities: [`F${facility}`], points: ['p'] }, 1e6))[0]?.value
  /** What is stored for each facility, before and after the files are opened anew. */
  async function expectOwnValues(count: number): Promise<void> {
    for (const opened of [files, null]) {
      if (!opened) {
        await files.close()
        files = await DayFiles.open(folder)
      }
      const latest = latestOf(await new LatestMemory().read(files, 'k', all.from)).filter(({ point, good }) => point === 'p' && good)
      const found = latest.map(({ facility, value }): [string, number] => [facility, value]).sort((a, b) => a[1] - b[1])
      expect(found).toEqual(range(0, count).map((n) => [`F${n}`, n]))
      for (let n = 0; n < count; n += 37) expect(await valuesOf(n)).toEqual([n])
    }
  }

  test('a read that fails during a write changes nothing for the writes', async () => {
    await writeDays(files, [rowsOf([0, 1, 2], ['p'])])
    const commit = holdBefore(files.connections.writing, 'COMMIT')
    const writing = writeDays(files, [rowsOf([3, 4, 5], ['p'])])
    await commit.reached
    await expect(files.use(DAY, () => Promise.reject(new Error('interrupted')))).rejects.toThrow('interrupted')
    expect(await valuesOf(0)).toEqual([0])
    commit.release()
    await writing
    await writeDays(files, [rowsOf([6, 7], ['p'])])
    await expectOwnValues(8)
  })

  test('a column, a table and facilities are seen when they are committed, not before', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    const commit = holdBefore(files.connections.writing, 'COMMIT')
    const writing = writeDays(files, [rowsOf([0, 1], ['p', 'p.bad'], NOON + 1), { ...rowsOf([2], ['p']), kind: 'other' }])
    await commit.reached
    expect(await valuesOf(0)).toEqual([0])
    expect(await valuesOf(1)).toEqual([])
    expect(latestOf(await new LatestMemory().read(files, 'k', all.from))).toHaveLength(1)
    expect(latestOf(await new LatestMemory().read(files, 'other', all.from))).toEqual([])
    commit.release()
    await writing
    expect(await valuesOf(0)).toEqual([0, 0])
    expect(latestOf(await new LatestMemory().read(files, 'other', all.from))).toHaveLength(1)
  })

  test('reads never see what is not committed, and facilities keep their readings', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    let point = 'p'
    let done = false
    const failures: unknown[] = []
    const read = async () => {
      while (!done) await readRange(files, { ...all, facilities: ['F0'], points: ['p', point] }, 10).catch((error) => failures.push(error))
    }
    const reading = Promise.all([read(), read()])
    let count = 1
    for (let write = 0; write < 30; write++) {
      point = `x${write}`
      const columns = write % 2 ? ['p'] : ['p', `${point}.bad`]
      await writeDays(
        files,
        range(0, 4).map((i) => rowsOf(range(count + i * 25, count + 25 + i * 25), columns)),
      )
      count += 100
    }
    done = true
    await reading
    expect(failures).toEqual([])
    await expectOwnValues(count)
  })

  test('a write that fails leaves no trace, and the next one numbers facilities as before', async () => {
    await writeDays(files, [rowsOf([0, 1], ['p'])])
    const refused = { ...rowsOf([2], ['p']), columns: ['p', 'P'], values: [new Float64Array(1), new Float64Array(1)] }
    await expect(writeDays(files, [rowsOf([4, 5], ['p', 'q']), refused])).rejects.toThrow()
    await files.use(DAY, async ({ columns, facilities }) => {
      expect([columns.get('k'), facilities.size, facilities.id(0), facilities.id(1)]).toEqual([['p'], 2, 'F0', 'F1'])
    })
    await writeDays(files, [rowsOf([2, 3], ['p', 'q'])])
    await expectOwnValues(4)
  })

  test('a write under way when sealing begins is not lost', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    const commit = holdBefore(files.connections.writing, 'COMMIT')
    const copied = holdBefore(files.connections.sealing, 'FORCE CHECKPOINT')
    const writing = writeDays(files, [rowsOf([1], ['p'])])
    await commit.reached
    const sealing = sealFile(files, DAY)
    await copied.reached
    copied.release()
    commit.release()
    await writing
    expect(await sealing).toBe(false)
    expect(await valuesOf(1)).toEqual([1])
    expect(await sealFile(files, DAY)).toBe(true)
    await expectOwnValues(2)
  })

  test('a day is not detached while it is in use', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    const commit = holdBefore(files.connections.writing, 'COMMIT')
    const writing = writeDays(files, [rowsOf([1], ['p'])])
    await commit.reached
    // More than are kept attached.
    for (let day = 1; day <= 65; day++) await files.use(new Date(NOON + days(day)).toISOString().slice(0, 10), async () => {})
    expect(await valuesOf(0)).toEqual([0])
    commit.release()
    await writing
    await expectOwnValues(2)
  })

  test('who asks for a day while another has it alone waits', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    const detach = holdBefore(files.connections.attaching, 'DETACH')
    let alone = false
    const exclusive = files.exclusively(DAY, () => {
      alone = true
    })
    const using = [files.use(DAY, async () => alone), files.exclusively(DAY, () => alone), valuesOf(0)]
    await detach.reached
    detach.release()
    expect(await Promise.all(using)).toEqual([true, true, [0]])
    await exclusive
  })

  test('a late row written while its sealed day is read is merged in every answer', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    expect(await sealFile(files, DAY)).toBe(true)
    const writing = writeDays(files, [rowsOf([0], ['p'])])
    const answers = await Promise.all(range(0, 20).map(() => valuesOf(0)))
    await writing
    expect(answers).toEqual(range(0, 20).map(() => [0]))
    expect(await valuesOf(0)).toEqual([0])
  })

  test('a file that a query still holds after it was detached is attached when it lets go', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    const other = await files.connect()
    await other.run('BEGIN')
    await other.run('SELECT count(*) FROM duckdb_columns()')
    await files.exclusively(DAY, () => {})
    const { attaching } = files.connections
    const run = attaching.run.bind(attaching)
    const refused = Promise.withResolvers<unknown>()
    attaching.run = (sql, ...rest) =>
      run(sql, ...rest).catch((error: unknown) => {
        refused.resolve(error)
        throw error
      })
    const found = valuesOf(0)
    expect(String(await Promise.race([refused.promise, found]))).toMatch(/conflict/)
    await other.run('COMMIT')
    other.closeSync()
    expect(await found).toEqual([0])
  })

  test('a query that is given up ends no other', async () => {
    await writeDays(files, [rowsOf([0], ['p'])])
    const endless = 'SELECT count(*) FROM range(1000000000000) WHERE hash(range) = 0'
    const given = Promise.withResolvers<DuckDBConnection>()
    const long = files.reading((connection) => {
      given.resolve(connection)
      return connection.run(endless)
    })
    const connection = await given.promise
    // More than there are connections left: they take turns.
    const others = range(0, 10).map(() => valuesOf(0))
    expect(await Promise.all(others)).toEqual(range(0, 10).map(() => [0]))
    const both = [files.reading((other) => other.run('SELECT count(*) FROM range(100000000) WHERE hash(range) = 0')), long]
    connection.interrupt()
    const [other, interrupted] = await Promise.allSettled(both)
    expect([other?.status, interrupted?.status]).toEqual(['fulfilled', 'rejected'])
    expect(await valuesOf(0)).toEqual([0])
  })

  test.each([
    ['number', `(0, 'F1')`],
    ['id', `(1, 'F0')`],
  ])('a day whose dictionary repeats a %s is refused by name', async (_, row) => {
    await writeDays(files, [rowsOf([0], ['p'])])
    await files.close()
    const instance = await DuckDBInstance.create(join(folder, `${DAY}.duckdb`))
    const connection = await instance.connect()
    await connection.run(`INSERT INTO "@facility" VALUES ${row}`)
    connection.closeSync()
    instance.closeSync()
    files = await DayFiles.open(folder)
    for (const work of [() => valuesOf(0), () => writeDays(files, [rowsOf([7], ['p'])])])
      await expect(work()).rejects.toMatchObject({ code: 'store-unavailable', message: expect.stringContaining(`${DAY}.duckdb`) })
  })
})
