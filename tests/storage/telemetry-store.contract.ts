import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { foldIntoBuckets, gridFor, wholeBuckets } from '../../src/storage/bucket-series.ts'
import type { LatestValues, StoredKind, TelemetryRows, TelemetryStore } from '../../src/storage/telemetry-store.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { analog, digital, type Point, state, text } from '../../src/telemetry/point.ts'

const label = text('x', 'x')

export const contractKind: StoredKind = {
  key: 'pump-station',
  points: new Map<string, Point>([
    ['flow', analog(label, 'm3/h', [0, 100])],
    ['level', analog(label, 'm', [0, 10])],
    ['running', digital(label, label, label)],
    ['mode', state(label, { off: label, auto: label, manual: label })],
  ]),
}

/** Monday noon. */
export const NOON = Date.UTC(2026, 1, 2, 12)

type Cells = Record<string, number>

/** Rows of [facility, at, cells]. */
export function rowsOf(...rows: [facility: string, at: number, cells: Cells][]): TelemetryRows {
  const facilities = [...new Set(rows.map(([facility]) => facility))]
  const columns = [...new Set(rows.flatMap(([, , cells]) => Object.keys(cells)))]
  return {
    kind: contractKind.key,
    facilities,
    facility: Uint32Array.from(rows, ([facility]) => facilities.indexOf(facility)),
    at: Float64Array.from(rows, ([, at]) => at),
    columns,
    values: columns.map((column) => Float64Array.from(rows, ([, , cells]) => cells[column] ?? Number.NaN)),
    rows: rows.length,
  }
}

interface LatestValue {
  facility: string
  point: string
  at: number
  value: number
  good: boolean
}

/** The entries that are there, by facility and point. */
export function latestOf({ facilities, points, at, value, good }: LatestValues): LatestValue[] {
  const all = facilities.flatMap((facility, f) =>
    points.map((point, p) => {
      const i = f * points.length + p
      return { facility, point, at: at[i] as number, value: value[i] as number, good: good[i] === 1 }
    }),
  )
  return all.filter((one) => !Number.isNaN(one.at)).sort((a, b) => (a.facility + a.point < b.facility + b.point ? -1 : 1))
}

export interface StoreUnderTest {
  store: TelemetryStore
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<TelemetryStore>
  stop(): Promise<void>
}

/** What every telemetry store must do; each test has facilities of its own. */
export function telemetryStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`telemetry store contract: ${name}`, () => {
    let under: StoreUnderTest
    let store: TelemetryStore
    beforeAll(async () => {
      under = await open()
      store = under.store
    }, 30_000)
    afterAll(() => under?.stop())

    const query = (facility: string, points: string[], from = NOON - days(10), to = NOON + days(10)) => ({
      facilities: [facility],
      kind: contractKind.key,
      points,
      from,
      to,
    })

    test('gives back what was written, booleans and states too, oldest first', async () => {
      await store.write([rowsOf(['a', NOON + 1000, { flow: 2.5, running: 1, mode: 2 }], ['a', NOON, { flow: -1.25, running: 0, mode: 0 }])])
      expect(await store.range(query('a', ['flow', 'running', 'mode', 'level']), 10)).toEqual([
        { facility: 'a', point: 'flow', at: [NOON, NOON + 1000], value: [-1.25, 2.5], good: [true, true] },
        { facility: 'a', point: 'running', at: [NOON, NOON + 1000], value: [0, 1], good: [true, true] },
        { facility: 'a', point: 'mode', at: [NOON, NOON + 1000], value: [0, 2], good: [true, true] },
        { facility: 'a', point: 'level', at: [], value: [], good: [] },
      ])
    })

    test('a name with quotes, spaces, commas and a backslash is only a name', async () => {
      const odd = `it's "odd", a=b \\ \u8def\u706f`
      await store.write([rowsOf([odd, NOON, { flow: 1 }])])
      expect((await store.range(query(odd, ['flow']), 10))[0]?.value).toEqual([1])
      expect(latestOf(await store.latest(contractKind.key, NOON - 1)).filter(({ facility }) => facility === odd)).toHaveLength(1)
    })

    test('writing a row again changes nothing, and the columns of two writes are merged', async () => {
      const row = rowsOf(['b', NOON, { flow: 3 }], ['b', NOON, { flow: 3 }])
      await store.write([row])
      await store.write([row, rowsOf(['b', NOON, { level: 4 }])])
      const [flow, level] = await store.range(query('b', ['flow', 'level']), 10)
      expect([flow?.value, level?.value, flow?.at]).toEqual([[3], [4], [NOON]])
      const [counted] = await store.buckets(query('b', ['flow'], NOON, NOON + 1000), { length: 1000, origin: NOON })
      expect(counted?.count).toEqual([1])
    })

    test('impossible values are shown by a range and left out of buckets', async () => {
      await store.write([rowsOf(['c', NOON, { flow: 1 }], ['c', NOON + 1000, { 'flow.bad': 1e6 }], ['c', NOON + 2000, { flow: 3 }])])
      const [flow] = await store.range(query('c', ['flow']), 10)
      expect(flow).toEqual({
        facility: 'c',
        point: 'flow',
        at: [NOON, NOON + 1000, NOON + 2000],
        value: [1, 1e6, 3],
        good: [true, false, true],
      })
      const [bucket] = await store.buckets(query('c', ['flow'], NOON, NOON + 3000), { length: 3000, origin: NOON })
      expect(bucket).toEqual({ facility: 'c', point: 'flow', at: [NOON], min: [1], max: [3], mean: [2], last: [3], count: [2] })
    })

    test('ranges without data are empty; the end of a range is not in it', async () => {
      await store.write([rowsOf(['d', NOON, { flow: 1 }])])
      expect(await store.range(query('nobody', ['flow']), 10)).toEqual([{ facility: 'nobody', point: 'flow', at: [], value: [], good: [] }])
      expect((await store.range(query('d', ['flow'], NOON - 1000, NOON), 10))[0]?.at).toEqual([])
      expect((await store.range(query('d', ['flow'], NOON, NOON + 1), 10))[0]?.at).toEqual([NOON])
      expect((await store.buckets(query('d', ['flow'], NOON - 1000, NOON), { length: 200, origin: NOON }))[0]?.at).toEqual([])
    })

    test('a limit holds for each point, and a long range can be read in pages', async () => {
      const rows = Array.from({ length: 25 }, (_, i): [string, number, Cells] => [
        'e',
        NOON + i,
        i % 5 === 0 ? { flow: i, level: i } : { flow: i },
      ])
      await store.write([rowsOf(...rows)])
      const [flow, level] = await store.range(query('e', ['flow', 'level']), 4)
      expect([flow?.value, level?.value]).toEqual([
        [0, 1, 2, 3],
        [0, 5, 10, 15],
      ])
      const read: number[] = []
      for (let from = NOON; ; ) {
        const [page] = await store.range(query('e', ['flow'], from), 10)
        read.push(...(page?.value ?? []))
        if ((page?.at.length ?? 0) < 10) break
        from = (page?.at.at(-1) ?? 0) + 1
      }
      expect(read).toEqual(rows.map((_, i) => i))
    })

    test('several days and late rows are one series', async () => {
      const late = NOON - days(3)
      await store.write([rowsOf(['f', NOON, { flow: 3 }], ['f', NOON + days(1), { flow: 4 }])])
      await store.write([rowsOf(['f', late, { flow: 1 }], ['f', NOON - hours(12) - 1, { flow: 2 }])])
      const [flow] = await store.range(query('f', ['flow']), 10)
      expect(flow).toMatchObject({ at: [late, NOON - hours(12) - 1, NOON, NOON + days(1)], value: [1, 2, 3, 4] })
      const [bucket] = await store.buckets(query('f', ['flow'], late, late + days(8)), { length: days(4), origin: late })
      expect(bucket).toEqual({
        facility: 'f',
        point: 'flow',
        at: [late, late + days(4)],
        min: [1, 4],
        max: [3, 4],
        mean: [2, 4],
        last: [3, 4],
        count: [3, 1],
      })
    })

    test('a scan brings all rows of a kind in a time, oldest first, each once', async () => {
      const late = NOON + days(20)
      await store.write([
        rowsOf(['scan-1', late + days(1), { flow: 3, mode: 2 }], ['scan-2', late, { running: 1 }], ['scan-1', late, { flow: 1 }]),
      ])
      await store.write([rowsOf(['scan-1', late, { flow: 1, 'level.bad': -7 }], ['scan-1', late - 1, { flow: 9 }])])
      const { kind, rows, facilities, facility, at, columns, values } = await store.scan({
        kind: contractKind.key,
        from: late,
        to: late + days(1) + 1,
      })
      const found = Array.from({ length: rows }, (_, row) => ({
        facility: facilities[facility[row] as number],
        at: at[row],
        ...Object.fromEntries(columns.flatMap((name, c) => (Number.isNaN(values[c]?.[row]) ? [] : [[name, values[c]?.[row]]]))),
      }))
      expect(kind).toBe(contractKind.key)
      expect(found.map((row) => row.at)).toEqual([late, late, late + days(1)])
      expect(found.toSorted((a, b) => (a.at as number) - (b.at as number) || (String(a.facility) < String(b.facility) ? -1 : 1))).toEqual([
        { facility: 'scan-1', at: late, flow: 1, 'level.bad': -7 },
        { facility: 'scan-2', at: late, running: 1 },
        { facility: 'scan-1', at: late + days(1), flow: 3, mode: 2 },
      ])
      expect(await store.scan({ kind: contractKind.key, from: late + days(30), to: late + days(31) })).toMatchObject({ rows: 0 })
    })

    test('a scan that is limited shows by its rows that it may not be complete', async () => {
      const late = NOON + days(40)
      await store.write([
        rowsOf(...[0, 1, 2, 3, 4].map((i): [string, number, Cells] => ['scan-3', late + i * hours(12), { flow: i, mode: 1 }])),
      ])
      const scanned = async (limit: number) => (await store.scan({ kind: contractKind.key, from: late, to: late + days(3), limit })).rows
      for (const limit of [1, 2, 5]) expect(await scanned(limit)).toBeGreaterThanOrEqual(limit)
      expect(await scanned(6)).toBe(5)
    })

    test('the latest value of every point, flagged ones too', async () => {
      await store.write([
        rowsOf(
          ['g', NOON, { flow: 1, mode: 1 }],
          ['g', NOON + 5, { flow: 2 }],
          ['h', NOON - days(1), { level: 9 }],
          ['h', NOON, { 'level.bad': -7 }],
        ),
      ])
      await store.write([rowsOf(['g', NOON - days(2), { flow: 0, level: 5 }], ['h', NOON - days(6), { flow: 8 }])])
      const latest = latestOf(await store.latest(contractKind.key, NOON - days(4)))
      expect(latest.filter(({ facility }) => facility === 'g' || facility === 'h')).toEqual([
        { facility: 'g', point: 'flow', at: NOON + 5, value: 2, good: true },
        { facility: 'g', point: 'level', at: NOON - days(2), value: 5, good: true },
        { facility: 'g', point: 'mode', at: NOON, value: 1, good: true },
        { facility: 'h', point: 'level', at: NOON, value: -7, good: false },
      ])
    })

    test('buckets equal those folded from the raw values', async () => {
      let facility = 0
      const rows = fc.array(
        fc.tuple(fc.integer({ min: 0, max: hours(30) }), fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 3 })),
        { maxLength: 60 },
      )
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: hours(5) }), async (drawn, buckets, offset) => {
          const grid = gridFor({ from: NOON + offset, to: NOON + offset + minutes(1234) }, buckets, offset * 1001)
          const id = `random-${facility++}`
          const unique = new Map(drawn.map(([at, value, kind]) => [at, { value: value / 4, kind }]))
          const written = [...unique].map(([at, { value, kind }]): [string, number, Cells] => [
            id,
            NOON + at,
            { ...(kind === 0 ? { 'flow.bad': value } : { flow: value }), running: kind & 1, mode: kind % 3 },
          ])
          if (written.length > 0) await store.write([rowsOf(...written)])
          const asked = query(id, ['flow', 'running', 'mode'], NOON + offset, NOON + offset + minutes(1234))
          const raw = await store.range(asked, 1000)
          expect(raw[0]?.at).toEqual(
            written
              .map(([, at]) => at)
              .filter((at) => at >= asked.from && at < asked.to)
              .sort((a, b) => a - b),
          )
          const whole = await store.range(wholeBuckets(asked, grid), 1000)
          const folded = whole.map((series) => foldIntoBuckets(series, grid))
          const got = await store.buckets(asked, grid)
          const rounded = (all: typeof got) => all.map((one) => ({ ...one, mean: one.mean.map((mean) => Math.round(mean * 1e6)) }))
          expect(rounded(got)).toEqual(rounded(folded))
        }),
        { numRuns: 15, seed: 7 },
      )
    })

    test('several facilities and points at once, a series for each', async () => {
      await store.write([rowsOf(['j', NOON, { flow: 1, level: 4 }], ['k', NOON, { flow: 2 }], ['k', NOON + 1000, { flow: 3 }])])
      const asked = { ...query('j', ['flow', 'level']), facilities: ['j', 'nobody', 'k'] }
      const named = [...asked.facilities].flatMap((facility) => asked.points.map((point) => `${facility} ${point}`))
      const raw = await store.range(asked, 1)
      expect(raw.map(({ facility, point }) => `${facility} ${point}`)).toEqual(named)
      expect(raw.map(({ value }) => value)).toEqual([[1], [4], [], [], [2], []])
      const folded = await store.buckets(asked, { length: days(1), origin: 0 })
      expect(folded.map(({ facility, point }) => `${facility} ${point}`)).toEqual(named)
      expect(folded.map(({ count }) => count)).toEqual([[1], [1], [], [], [2], []])
    })

    test('many facilities at once, in whole hours and days of a city', async () => {
      const ids = Array.from({ length: 120 }, (_, i) => `many-${i}`)
      await store.write([
        rowsOf(
          ...ids.flatMap((id, i): [string, number, Cells][] => [1, 2, 30].map((hour) => [id, NOON + hours(hour), { flow: i + hour }])),
        ),
      ])
      for (const [length, counts] of [
        [hours(1), [1, 1, 1]],
        [hours(6), [2, 1]],
        [days(1), [2, 1]],
      ] as const) {
        // A midnight eight hours before that of UTC.
        const grid = { length, origin: NOON - hours(20) }
        const folded = await store.buckets({ ...query('', ['flow']), facilities: ids }, grid)
        expect(folded.map(({ facility }) => facility)).toEqual(ids)
        for (const [i, { count, last, at }] of folded.entries()) {
          expect([count, last.at(-1)]).toEqual([counts, i + 30])
          expect(at.every((start) => (start - grid.origin) % length === 0)).toBe(true)
        }
      }
    })

    test('the latest values follow what is written after they were asked for', async () => {
      const latest = async () =>
        latestOf(await store.latest(contractKind.key, NOON)).filter(({ facility }) => facility === 'late-1' || facility === 'late-2')
      expect(await latest()).toEqual([])
      await store.write([rowsOf(['late-1', NOON, { flow: 1 }], ['late-2', NOON + 1, { level: 2 }])])
      await store.write([rowsOf(['late-1', NOON - 1, { flow: 9 }], ['late-2', NOON + 2, { level: 3, flow: 4 }])])
      expect(await latest()).toEqual([
        { facility: 'late-1', point: 'flow', at: NOON, value: 1, good: true },
        { facility: 'late-2', point: 'flow', at: NOON + 2, value: 4, good: true },
        { facility: 'late-2', point: 'level', at: NOON + 2, value: 3, good: true },
      ])
    })

    test('is the same after reopening', async () => {
      await store.write([rowsOf(['i', NOON, { flow: 1, running: 1, 'level.bad': 77 }])])
      const asked = query('i', ['flow', 'running', 'level'])
      const before = await store.range(asked, 10)
      store = await under.reopen()
      await store.ping()
      expect(await store.range(asked, 10)).toEqual(before)
      await store.write([rowsOf(['i', NOON + 1, { flow: 2 }])])
      expect((await store.range(asked, 10))[0]?.value).toEqual([1, 2])
    })
  })
}
