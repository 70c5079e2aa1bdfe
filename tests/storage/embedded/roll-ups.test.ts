import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { calendarOrigin, foldIntoBuckets, offsetOf, wholeBuckets } from '../../../src/storage/bucket-series.ts'
import { planBuckets } from '../../../src/storage/embedded/bucket-plan.ts'
import { DayFiles } from '../../../src/storage/embedded/day-files.ts'
import { readBuckets, readRange } from '../../../src/storage/embedded/day-reading.ts'
import { type Maintenance, Upkeep, type UpkeepProgress } from '../../../src/storage/embedded/day-upkeep.ts'
import { writeDays } from '../../../src/storage/embedded/day-writing.ts'
import { RawFloors, type Retention } from '../../../src/storage/embedded/retention.ts'
import type { BucketSeries, Grid } from '../../../src/storage/telemetry-store.ts'
import { days, hours, minutes } from '../../../src/telemetry/duration.ts'
import { contractKind, rowsOf } from '../telemetry-store.contract.ts'

const KIND = contractKind.key
/** Over the end of a month and of a year. */
const START = Date.UTC(2025, 11, 28)
const END = START + days(8)
const AFTER = END + days(1)
const FOR_EVER: Retention = { raw: 36_500, rawOf: {}, minutes: 36_500, hours: 36_500 }
const china = calendarOrigin(() => hours(8))
const india = calendarOrigin(() => hours(5.5))

type Row = [facility: string, at: number, cells: Record<string, number>]
const row = (at: number, flow: number, facility = 'a'): Row => [facility, at, { flow }]
/** A report every quarter of an hour, of values that differ. */
const quarters = (from: number, to: number, facility = 'a') =>
  Array.from({ length: (to - from) / minutes(15) }, (_, i) => row(from + i * minutes(15), ((i * 37) % 101) / 4, facility))

/** The mean is one of sums taken in different orders. */
const rounded = (all: readonly BucketSeries[]) => all.map((one) => ({ ...one, mean: one.mean.map((mean) => Math.round(mean * 1e6)) }))

describe('roll-ups of the embedded store', { timeout: 60_000 }, () => {
  let folder: string
  let files: DayFiles
  let floors: RawFloors
  let offset: number
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'roll-ups-'))
    offset = offsetOf(china, days(1))
    files = await DayFiles.open(folder)
    floors = new RawFloors(folder)
  })
  afterEach(async () => {
    await files.close()
    rmSync(folder, { recursive: true })
  })

  const write = (...rows: Row[]) => writeDays(files, floors.admit([rowsOf(...rows)]))
  const maintain = async (now: number, retention = FOR_EVER, all = false): Promise<Maintenance> => {
    const done = await new Upkeep(files, floors, { retention, offset, settleWrites: async () => {} }).run(now, all)
    expect(done.failed).toEqual([])
    return done
  }
  const query = (points = ['flow'], facilities = ['a'], from = START, to = END) => ({ kind: KIND, facilities, points, from, to })
  const buckets = (grid: Grid, asked = query()) => readBuckets(files, asked, grid, offset)
  const resolutions = async (grid: Grid, asked = query()) =>
    new Set((await planBuckets(files, wholeBuckets(asked, grid), grid, offset)).map(({ resolution }) => resolution))
  const daily: Grid = { length: days(1), origin: china }

  test('a grid of whole hours or days is answered from those, any other from raw rows, all alike', async () => {
    await write(...quarters(START, END), ['a', START + 1, { 'flow.bad': 1e9, running: 1 }])
    const grids: [Grid, string][] = [
      [daily, 'day'],
      [{ length: days(7), origin: china }, 'day'],
      [{ length: hours(8), origin: china }, 'hour'],
      [{ length: days(1), origin: 0 }, 'hour'],
      [{ length: days(1), origin: india }, 'raw'],
      [{ length: minutes(30), origin: china }, 'raw'],
    ]
    const asked = query(['flow', 'running', 'level'])
    const before = await Promise.all(grids.map(([grid]) => buckets(grid, asked)))
    for (const [grid] of grids) expect(await resolutions(grid)).toEqual(new Set(['raw']))
    await maintain(AFTER)
    for (const [i, [grid, resolution]] of grids.entries()) {
      expect(await resolutions(grid)).toEqual(new Set([resolution]))
      expect(rounded(await buckets(grid, asked))).toEqual(rounded(before[i] as BucketSeries[]))
    }
    expect(before[0]?.[0]?.at.length).toBe(9)
  })

  test('a late row ends what was made of its day until it is made again', async () => {
    await write(...quarters(START, END))
    await maintain(AFTER)
    await write(row(START + days(2) + 1, 1000))
    expect(await resolutions(daily)).toEqual(new Set(['day', 'raw']))
    const [now] = await buckets(daily)
    expect(now?.max).toContain(1000)
    const again = await maintain(AFTER)
    expect(again).toMatchObject({ sealed: ['2025-12-30'], rolled: ['2025-12-30'] })
    expect(await resolutions(daily)).toEqual(new Set(['day']))
    expect(rounded(await buckets(daily))).toEqual(rounded([now as BucketSeries]))
  })

  test('months and years that are over are put in order once, and again after a late row', async () => {
    await write(...quarters(START, END, 'b'), ...quarters(START, END))
    expect((await maintain(Date.UTC(2026, 0, 1, 2))).compacted).toEqual(['2025-12.hours', '2025.days'])
    expect((await maintain(AFTER)).compacted).toEqual([])
    const before = await buckets({ length: hours(1), origin: china }, query(['flow'], ['b', 'a']))
    await write(row(START, 5))
    expect((await maintain(AFTER)).compacted).toEqual(['2025-12.hours', '2025.days'])
    expect((await maintain(AFTER, FOR_EVER, true)).compacted).toEqual(['2026-01.hours', '2026.days'])
    const after = await buckets({ length: hours(1), origin: china }, query(['flow'], ['b', 'a']))
    expect(rounded(after.slice(0, 1))).toEqual(rounded(before.slice(0, 1)))
    expect(after[1]?.last[0]).toBe(before[1]?.last[0])
  })

  test('a run that is stopped ends there, and the next one does the rest', async () => {
    await write(...quarters(START, END))
    const upkeep = new Upkeep(files, floors, { retention: FOR_EVER, offset, settleWrites: async () => {} })
    const stop = new AbortController()
    const heard: UpkeepProgress[] = []
    const onProgress = (progress: UpkeepProgress) => {
      heard.push(progress)
      if (progress.done === 2) stop.abort()
    }
    const all = files.days().toReversed()
    const stopped = await upkeep.run(AFTER, true, { signal: stop.signal, onProgress })
    expect(heard).toEqual(all.slice(0, 3).map((key, done) => ({ key, done, total: 8 })))
    expect(stopped).toEqual({ sealed: all.slice(0, 2), rolled: all.slice(0, 2), compacted: [], reduced: [], removed: [], failed: [] })
    expect((await upkeep.run(AFTER, true)).sealed).toEqual(all.slice(2))
  })

  test('a large day that still gets late rows waits until it gets none, or was looked at often', async () => {
    await write(...quarters(START, START + days(1)))
    const upkeep = new Upkeep(files, floors, { retention: FOR_EVER, offset, largeBytes: 1, settleWrites: async () => {} })
    expect((await upkeep.run(AFTER)).sealed).toEqual([])
    await write(row(START, 1))
    expect((await upkeep.run(AFTER)).sealed).toEqual([])
    expect((await upkeep.run(AFTER)).sealed).toEqual(['2025-12-28'])
    await write(row(START, 2))
    expect((await upkeep.run(AFTER, true)).sealed).toEqual(['2025-12-28'])
    let looks = 0
    for (let sealed: string[] = []; sealed.length === 0; looks++) {
      await write(row(START, looks))
      sealed = (await upkeep.run(AFTER)).sealed
    }
    expect(looks).toBe(37)
  })

  test('hours and days follow another zone when the city gets one', async () => {
    await write(...quarters(START, END))
    await maintain(AFTER)
    offset = offsetOf(india, days(1))
    const grid = { length: days(1), origin: india }
    const raw = await buckets(grid)
    expect(await resolutions(grid)).toEqual(new Set(['raw']))
    expect((await maintain(AFTER)).rolled).toHaveLength(8)
    expect(await resolutions(grid)).toEqual(new Set(['day']))
    expect(rounded(await buckets(grid))).toEqual(rounded(raw))
  })

  describe('of a day whose file is damaged', () => {
    const DAMAGED = START + days(1)
    const day = query(['flow'], ['a'], DAMAGED, DAMAGED + days(1))
    const counted = async () => (await buckets({ length: hours(1), origin: china }, day))[0]?.count.reduce((sum, one) => sum + one, 0)
    const damage = async () => {
      await files.close()
      rmSync(join(folder, '2025-12-29.duckdb.wal'), { force: true })
      writeFileSync(join(folder, '2025-12-29.duckdb'), Buffer.alloc(5000, 7))
      files = await DayFiles.open(folder)
      await readRange(files, day, 10)
    }

    test('stay as they are when late rows come, also once nothing tells of the damage any more', async () => {
      await write(...quarters(DAMAGED, DAMAGED + days(1)))
      await maintain(AFTER)
      await damage()
      expect(await counted()).toBe(96)
      await write(row(DAMAGED + 1, 5))
      await maintain(AFTER)
      await files.close()
      for (const name of readdirSync(folder)) if (name.includes('.damaged')) rmSync(join(folder, name))
      files = await DayFiles.open(folder)
      await write(row(DAMAGED + 2, 6))
      expect((await maintain(AFTER)).rolled).toEqual([])
      expect(await counted()).toBe(96)
      expect((await readRange(files, day, 10))[0]?.value).toEqual([5, 6])
    })

    test('are made of what came after, where there were none', async () => {
      await write(row(DAMAGED, 1))
      await damage()
      await write(...quarters(DAMAGED, DAMAGED + hours(1)))
      await maintain(AFTER)
      await write(...quarters(DAMAGED + hours(2), DAMAGED + hours(5)))
      expect((await maintain(AFTER)).rolled).toEqual(['2025-12-29'])
      expect(await counted()).toBe(16)
    })
  })

  test('are the same after the files are opened anew', async () => {
    await write(...quarters(START, END))
    await maintain(AFTER)
    const before = await buckets(daily)
    await files.close()
    files = await DayFiles.open(folder)
    expect(await resolutions(daily)).toEqual(new Set(['day']))
    expect(await buckets(daily)).toEqual(before)
    expect((await maintain(AFTER)).rolled).toEqual([])
  })

  test('buckets from roll-ups equal those folded from the rows, whatever comes late and is put in order when', async () => {
    const at = fc.integer({ min: 0, max: days(8) / minutes(5) - 1 }).map((n) => START + n * minutes(5))
    const cells = fc.record({ flow: fc.integer({ min: -40, max: 40 }).map((n) => n / 4) }, { requiredKeys: [] })
    const rows = fc.array(fc.tuple(fc.constantFrom('a', 'b'), at, cells), { minLength: 1, maxLength: 60 })
    const steps = fc.array(fc.record({ rows, maintain: fc.boolean() }), { minLength: 1, maxLength: 4 })
    const grids = fc.record({
      length: fc.constantFrom(minutes(30), hours(1), hours(3), hours(8), days(1), days(7)),
      origin: fc.constantFrom(china, india, 0, china + minutes(7)),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(grids, { minLength: 3, maxLength: 3 }),
        fc.constantFrom(china, india),
        async (drawn, asked, zone) => {
          offset = offsetOf(zone, days(1))
          const ids = ['a', 'b'].map((id) => `${id}-${run}`)
          const known = new Map<string, Row>()
          for (const step of drawn) {
            const own = step.rows.map(([id, time, cell]): Row => [`${id}-${run}`, time, cell as Record<string, number>])
            // Of rows written again the last counts.
            for (const one of own) if (Object.keys(one[2]).length > 0) known.set(`${one[0]} ${one[1]}`, one)
            for (const one of own) await write(one)
            if (step.maintain) await maintain(AFTER)
          }
          run++
          for (const grid of asked) {
            const whole = wholeBuckets(query(['flow'], ids), grid)
            const expected = ids.map((facility) => {
              const own = [...known.values()].filter(([id, time]) => id === facility && time >= whole.from && time < whole.to)
              own.sort((one, other) => one[1] - other[1])
              const value = own.map(([, , cell]) => cell.flow as number)
              return foldIntoBuckets({ facility, point: 'flow', at: own.map(([, time]) => time), value, good: value.map(() => true) }, grid)
            })
            expect(rounded(await buckets(grid, query(['flow'], ids)))).toEqual(rounded(expected))
          }
        },
      ),
      { numRuns: 12, seed: 11 },
    )
  })

  describe('after retention', () => {
    const other = { ...contractKind, key: 'tank' }
    const tank = (...rows: Row[]) => writeDays(files, floors.admit([{ ...rowsOf(...rows), kind: other.key }]))
    const retention: Retention = { raw: 6, rawOf: { [KIND]: 2 }, minutes: 4, hours: 36_500 }
    /** Every ten seconds for a while. */
    const dense = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i * 10_000, (i * 37) % 101))

    test('minutes, hours and days answer as raw rows did at that resolution', async () => {
      await write(...quarters(START, END), ...dense(START + days(3) + hours(15.5), 700))
      await tank(...quarters(START, END))
      const grids = [minutes(1), minutes(30), hours(1), days(1)].map((length): Grid => ({ length, origin: china }))
      const before = await Promise.all(grids.map((grid) => buckets(grid)))
      const done = await maintain(AFTER, retention)
      expect(done).toMatchObject({ removed: ['2025-12-28'], reduced: ['2025-12-29', '2025-12-30', '2025-12-31', '2026-01-01'] })
      expect((await maintain(AFTER, retention)).reduced).toEqual([])
      const raw = await readRange(files, query(), 1e6)
      expect(raw[0]?.at[0]).toBe(START + days(5))
      // Four days of minutes are left, and before them only hours.
      const minute = query(['flow'], ['a'], START + days(3), END)
      expect(await resolutions(grids[0] as Grid, minute)).toEqual(new Set(['minute', 'raw']))
      expect(await resolutions(grids[2] as Grid)).toEqual(new Set(['hour']))
      for (const [i, grid] of grids.entries()) {
        const asked = i < 2 ? minute : query()
        const expected = (before[i] as BucketSeries[]).map((series) => from(series, wholeBuckets(asked, grid).from))
        expect(rounded(await buckets(grid, asked))).toEqual(rounded(expected))
      }
      const [shortened] = await buckets(grids[1] as Grid, query(['flow'], ['a'], START, START + days(1)))
      expect(shortened?.count.reduce((sum, count) => sum + count, 0)).toBe(96)
      expect(shortened?.at.every((at) => at % hours(1) === 0)).toBe(true)
    })

    test('rows that come too late are left out, and spoil nothing that was made of those before', async () => {
      await write(...quarters(START, END))
      await tank(...quarters(START, END))
      await maintain(AFTER, retention)
      const before = await buckets(daily)
      await write(row(START + days(1), 1e6), row(START + days(4), 1e6), row(START + days(7), 7))
      expect(floors.leftOut).toBe(2)
      // Raw rows of the other kind are kept longer: its late row opens the day, in which there are minutes of the first.
      await tank(row(START + days(4), 5), row(START, 5))
      expect(floors.leftOut).toBe(3)
      expect((await maintain(AFTER, retention)).rolled).toEqual(['2026-01-04', '2026-01-01'])
      const [now] = await buckets(daily)
      expect(now?.count.slice(0, 7)).toEqual(before[0]?.count.slice(0, 7))
      expect(now?.max.slice(0, 7)).toEqual(before[0]?.max.slice(0, 7))
      // Also when more is to be kept from now on, and after the files are opened anew.
      floors = new RawFloors(folder)
      await maintain(AFTER)
      await write(row(START + days(4), 1e6))
      expect(floors.leftOut).toBe(1)
    })

    test('calendar days follow another zone as far back as there are hours', async () => {
      await write(...quarters(START, END))
      await maintain(AFTER, retention)
      offset = offsetOf(
        calendarOrigin(() => 0),
        days(1),
      )
      const grid = { length: days(1), origin: 0 }
      const utcDays = async () => (await buckets(grid))[0]?.count
      expect(await utcDays()).toEqual(Array(8).fill(96))
      await maintain(AFTER, retention)
      expect(await utcDays()).toEqual(Array(8).fill(96))
    })

    test('a clock that was far ahead for an hour ends nothing, and what it ended before is taken again', async () => {
      const kept: Retention = { raw: 30, rawOf: { tank: 3 }, minutes: 30, hours: 36_500 }
      await write(...quarters(START, END))
      await maintain(AFTER, kept)
      const ahead = AFTER + days(500)
      await write(row(ahead, 1, 'server'))
      expect(await maintain(ahead + hours(30), kept)).toMatchObject({ removed: [], reduced: [] })
      expect((await readRange(files, query(), 1e6))[0]?.at).toHaveLength(quarters(START, END).length)
      await write(row(END + hours(1), 5))
      expect(floors.leftOut).toBe(0)
      // An earlier version went by the newest day.
      floors.raise(kept, ahead)
      await write(row(END + hours(2), 6))
      expect(floors.leftOut).toBe(1)
      await maintain(END + hours(3), kept)
      floors = new RawFloors(folder)
      await write(row(END + hours(2), 6))
      expect(floors.leftOut).toBe(0)
      expect((await readRange(files, query(['flow'], ['a'], END, AFTER), 10))[0]?.value).toEqual([5, 6])
    })

    test('a longer retention takes older rows again, but none of a time of which something was made', async () => {
      await write(...quarters(START + days(4), END))
      const ofTwoDays = { ...FOR_EVER, raw: 2, rawOf: { [KIND]: 2 } }
      floors.raise(ofTwoDays, END)
      expect(floors.of(KIND)).toBe('2026-01-02')
      const longer = { ...FOR_EVER, raw: 7, rawOf: { [KIND]: 6 } }
      const take = async () => {
        await new Upkeep(files, floors, { retention: longer, offset, settleWrites: async () => {} }).takeOlder()
        floors = new RawFloors(folder)
      }
      await take()
      expect(floors.keptFrom(longer, END)).toEqual({ others: START, kinds: { [KIND]: START + days(1) } })
      await write(row(START + days(1), 5))
      expect(floors.leftOut).toBe(0)
      await maintain(AFTER, longer)
      floors.raise(ofTwoDays, END)
      await floors.save()
      await take()
      expect(floors.of(KIND)).toBe('2026-01-02')
      expect(floors.keptFrom({ ...longer, rawOf: {} }, END + days(9)).others).toBe(END + days(1))
    })

    test('hours go by whole months, days stay for ever, and a clock that runs ahead ends nothing', async () => {
      await write(...quarters(START, END))
      const before = await buckets(daily)
      expect((await maintain(AFTER + days(10_000), { ...FOR_EVER, raw: 9, hours: 9 })).removed).toEqual([])
      // Some days in a row say that they have passed; a single one may be a clock that was wrong.
      await write(row(Date.UTC(2026, 2, 1), 1))
      expect((await maintain(Date.UTC(2026, 2, 2), { raw: 20, rawOf: {}, minutes: 20, hours: 31 })).removed).toEqual([])
      await write(...Array.from({ length: 6 }, (_, i) => row(Date.UTC(2026, 1, 23 + i), 1)))
      const { removed } = await maintain(Date.UTC(2026, 2, 2), { raw: 20, rawOf: {}, minutes: 20, hours: 31 })
      expect(removed).toHaveLength(9)
      expect(removed.at(-1)).toBe('2025-12.hours')
      expect(await resolutions({ length: hours(1), origin: china })).toEqual(new Set(['day', 'hour']))
      expect(rounded(await buckets(daily))).toEqual(rounded(before))
      expect(readdirSync(folder).filter((name) => name.startsWith('2025'))).toEqual(['2025.days.duckdb'])
    })
  })
})

/** The buckets from a time on. */
function from(series: BucketSeries, time: number): BucketSeries {
  const first = series.at.findIndex((at) => at >= time)
  const { facility, point, ...columns } = series
  return {
    facility,
    point,
    ...(Object.fromEntries(Object.entries(columns).map(([name, all]) => [name, all.slice(first)])) as typeof columns),
  }
}
