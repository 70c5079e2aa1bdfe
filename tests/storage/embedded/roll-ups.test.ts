import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { calendarOrigin, foldIntoBuckets, offsetOf, wholeBuckets } from '../../../src/storage/bucket-series.ts'
import { planBuckets } from '../../../src/storage/embedded/bucket-plan.ts'
import { DayFiles } from '../../../src/storage/embedded/day-files.ts'
import { readBuckets } from '../../../src/storage/embedded/day-reading.ts'
import { type Maintenance, Upkeep } from '../../../src/storage/embedded/day-upkeep.ts'
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
})
