import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LamplighterError } from '../../src/errors.ts'
import { MOST_TRIES, requestSamples, SampleKeeper } from '../../src/services/sample-keeper.ts'
import { openStateStore } from '../../src/storage/embedded/state-store.ts'
import { type EmbeddedTelemetryStore, openEmbeddedTelemetryStore } from '../../src/storage/embedded/telemetry-store.ts'
import type { StateStore } from '../../src/storage/state-store.ts'
import type { TelemetryStore } from '../../src/storage/telemetry-store.ts'
import { hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { sampleAlarm } from '../storage/state-store.contract.ts'
import { contractKind, NOON, rowsOf } from '../storage/telemetry-store.contract.ts'

const kinds = new Map([['pump-station', { panel: { headline: 'flow' }, table: { keys: ['flow', 'level', 'running', 'mode'] } }]])

let folder: string
let state: StateStore
let telemetry: EmbeddedTelemetryStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lamplighter-samples-'))
  state = openStateStore(join(folder, 'state.sqlite'))
  telemetry = await openEmbeddedTelemetryStore({ folder: join(folder, 'days'), kinds: [contractKind], retentionDays: 10_000 })
})
afterEach(async () => {
  await telemetry.close()
  state.close()
  rmSync(folder, { recursive: true, force: true })
})

const keeper = (more: Partial<ConstructorParameters<typeof SampleKeeper>[0]> = {}) =>
  new SampleKeeper({ state, telemetry, kinds, position: () => 5, storedThrough: () => 5, ...more })

/** An alarm of a station activated at `activated`, with its request as the road makes it. */
function raise(facility: string, points: string[], activated = NOON, rule = 'dry'): number {
  const values = Object.fromEntries(points.map((point) => [point, 0]))
  const alarm = sampleAlarm({ facility, kind: 'pump-station', rule, activated, raised: activated })
  const raised = { ...alarm, evidence: { ...alarm.evidence, values } }
  const id = state.insertAlarm(raised)
  requestSamples(state.samples, { ...raised, id }, activated)
  return id
}

const DUE = NOON + minutes(5) + seconds(30)

test('keeps what the points said from ten minutes before to five minutes after, flagged values too, once that is stored', async () => {
  const cells = (i: number) => (i === 700 ? { flow: i, 'level.bad': 99 } : { flow: i, level: i % 10, running: 1 })
  const times = Array.from({ length: 1300 }, (_, i) => NOON - minutes(11) + seconds(i))
  await telemetry.write([rowsOf(...times.map((at, i): [string, number, Record<string, number>] => ['a', at, cells(i)]))])
  const id = raise('a', ['level', 'flow'])
  let stored = 4
  const keep = keeper({ storedThrough: () => stored })
  await keep.tick(DUE - 1)
  await keep.tick(DUE)
  expect(state.samples.of(id)).toMatchObject([{ samples: null, tries: 0 }])
  stored = 5
  await keep.tick(DUE + 1000)
  const [kept] = state.samples.of(id)
  const [level, flow] = kept?.samples?.points ?? []
  expect(kept?.samples).toMatchObject({ from: NOON - minutes(10), to: NOON + minutes(5), reports: null, unavailable: null })
  expect([level?.point, flow?.point]).toEqual(['level', 'flow'])
  // 900 seconds, thinned: the first and the last stretch are there and the greatest value is.
  expect(flow?.at.length).toBeLessThanOrEqual(600)
  expect([flow?.at[0], flow?.at.at(-1), flow?.value.at(-1)]).toEqual([NOON - minutes(10), NOON + minutes(5) - 1000, 959])
  expect(level?.good[level.value.indexOf(99)]).toBe(false)
  expect(level?.before).toBeNull()
})

test('of a rare reporter the last value before the window comes along', async () => {
  await telemetry.write([
    rowsOf(['a', NOON - hours(7), { level: 3, flow: 8 }], ['a', NOON - hours(5), { level: 4 }], ['a', NOON + 1, { level: 1 }]),
  ])
  const id = raise('a', ['level', 'flow', 'mode'])
  await keeper().tick(DUE)
  expect(state.samples.of(id)[0]?.samples?.points).toEqual([
    { point: 'level', before: { at: NOON - hours(5), value: 4, good: true }, at: [NOON + 1], value: [1], good: [true] },
    { point: 'flow', before: { at: NOON - hours(7), value: 8, good: true }, at: [], value: [], good: [] },
    { point: 'mode', before: null, at: [], value: [], good: [] },
  ])
})

test('of a rule without points the headline point and the times of all reports are kept', async () => {
  await telemetry.write([rowsOf(['a', NOON - minutes(9), { flow: 7 }], ['a', NOON - minutes(8), { running: 1 }])])
  const id = raise('a', [])
  await keeper().tick(DUE)
  expect(state.samples.of(id)[0]?.samples).toMatchObject({
    points: [{ point: 'flow', at: [NOON - minutes(9)] }],
    reports: [NOON - minutes(9), NOON - minutes(8)],
  })
})

test('a store that is away is asked again ever more rarely, over a restart, until it is given up and says so', async () => {
  const id = raise('a', ['level'])
  const away = async () => {
    throw new LamplighterError('store-unavailable', 'connection refused')
  }
  const gone: Pick<TelemetryStore, 'range' | 'buckets'> = { range: away, buckets: away }
  let now = DUE
  const waits: number[] = []
  for (let i = 0; i < MOST_TRIES; i++) {
    await keeper({ telemetry: gone }).tick(now)
    const [row] = state.samples.of(id)
    if (row?.samples === null) {
      waits.push((row.due - now) / minutes(1))
      now = row.due
    }
    if (i === 3) {
      state.close()
      state = openStateStore(join(folder, 'state.sqlite'))
    }
  }
  expect(waits).toHaveLength(MOST_TRIES - 1)
  expect(waits.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  expect(state.samples.of(id)[0]?.samples?.unavailable).toBe('given up after 78 tries: connection refused')
  expect(state.samples.awaited()).toBe(0)
})

test('of data that came late the rest is waited for', () => {
  const alarm = sampleAlarm({ facility: 'a', kind: 'pump-station', activated: NOON })
  const id = state.insertAlarm(alarm)
  requestSamples(state.samples, { ...alarm, id }, NOON + hours(3))
  expect(state.samples.of(id)).toMatchObject([{ due: NOON + hours(3) + seconds(30) }])
})

test('one facility whose readings cannot be read keeps no other from its samples', async () => {
  const bad = raise('bad', ['level'])
  const good = raise('good', ['level'])
  await telemetry.write([rowsOf(['good', NOON, { level: 2 }])])
  const keep = keeper({
    telemetry: {
      buckets: telemetry.buckets,
      range: async (query, limit) => {
        if (query.facilities.includes('bad')) throw new Error('too wide')
        return telemetry.range(query, limit)
      },
    },
  })
  await keep.tick(DUE)
  expect(state.samples.of(good)[0]?.samples?.points[0]?.value).toEqual([2])
  expect(state.samples.of(bad)).toMatchObject([{ samples: null, tries: 1 }])
})

test('readings that do not reach the store count as a failure after a minute', async () => {
  const id = raise('a', ['level'])
  const keep = keeper({ storedThrough: () => 4 })
  await keep.tick(DUE)
  await keep.tick(DUE + seconds(59))
  expect(state.samples.of(id)).toMatchObject([{ tries: 0 }])
  await keep.tick(DUE + seconds(60))
  expect(state.samples.of(id)).toMatchObject([{ tries: 1, due: DUE + seconds(120) }])
})

test('a flood is worked off a few facilities a round, those of one facility with one query', async () => {
  const asked: string[] = []
  const counting: Pick<TelemetryStore, 'range' | 'buckets'> = {
    buckets: telemetry.buckets,
    range: (query, limit) => {
      asked.push(...query.facilities)
      return telemetry.range(query, limit)
    },
  }
  const count = 500
  await telemetry.write([
    rowsOf(...Array.from({ length: count }, (_, i): [string, number, object & Record<string, number>] => [`f-${i}`, NOON, { level: i }])),
  ])
  state.transaction(() => {
    for (let i = 0; i < count; i++) for (const rule of ['dry', 'low', 'stuck']) raise(`f-${i}`, ['level'], NOON + i, rule)
  })
  const keep = keeper({ telemetry: counting })
  let rounds = 0
  let most = 0
  while (state.samples.awaited() > 0 && rounds < 1000) {
    const before = asked.length
    await keep.tick(DUE + minutes(1) + seconds(rounds++))
    most = Math.max(most, asked.length - before)
  }
  expect(most).toBe(10)
  expect(rounds).toBe(count / 10)
  expect(asked).toHaveLength(count)
  expect(new Set(asked).size).toBe(count)
}, 60_000)
