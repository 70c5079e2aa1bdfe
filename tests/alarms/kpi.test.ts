import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AlarmRecord, recordTypes } from '../../src/alarms/alarm-log.ts'
import { CHATTERING, KpiCount, kpiTargets, priorityShares, STALE_AFTER } from '../../src/alarms/kpi.ts'
import { standingAlarms } from '../../src/alarms/standing.ts'
import { aLiveAlarm } from './fixtures.ts'

const SPAN = 600_000
const HOUR = 3_600_000

const ANNOUNCING = new Set<AlarmRecord['type']>(['raise', 'activate', 'unsuppress', 'unshelve', 'return-to-service'])
const step = (type: AlarmRecord['type'], at: number, more: Partial<AlarmRecord> = {}): AlarmRecord => ({
  ...{ alarm: 1, facility: 'T-1', rule: 'high', type, at, recorded: at, by: null, detail: '', priority: 'high', told: true, version: 1 },
  announced: ANNOUNCING.has(type) && (more.told ?? true),
  ...more,
})
const kpi = (records: AlarmRecord[], window = { from: 0, to: HOUR, operators: 1 }, floods: Parameters<KpiCount['result']>[0] = []) => {
  const count = new KpiCount(window)
  for (const record of records) count.add(record)
  return count.result(floods)
}
const near = (value: number) => expect.closeTo(value, -Math.log10(0.02 * value))

test('the targets are those of the standards', () => {
  expect(kpiTargets).toEqual({
    ...{ rate: 1, floodRate: 10, floodShare: 0.01, topShare: 0.05, chattering: 0, stale: 5 },
    priorities: { critical: 0.01, high: 0.05, medium: 0.15, low: 0.8 },
  })
  expect([CHATTERING, STALE_AFTER]).toEqual([{ times: 3, within: 60_000 }, 24 * HOUR])
})

test('what was recorded before the clock was set back counts in the last span of the time', () => {
  const { alarms, rate } = kpi([step('raise', 2 * HOUR), step('raise', HOUR - 1, { alarm: 2 })])
  expect(alarms).toBe(2)
  expect(rate).toMatchObject({ peak: 2, peakAt: HOUR - SPAN })
})

test('of nothing all is zero or unknown', () => {
  expect(kpi([])).toEqual({
    ...{ from: 0, to: HOUR, operators: 1, alarms: 0, hidden: 0, shelved: 0, chattering: [], people: [] },
    rate: { mean: 0, peak: 0, peakAt: null, aboveAcceptable: 0, aboveFlood: 0 },
    byPriority: { critical: 0, high: 0, medium: 0, low: 0 },
    top: { sources: [], share: 0 },
    ...Object.fromEntries(
      ['acknowledge', 'normal'].map((name) => [
        name,
        Object.fromEntries(['all', 'critical', 'high', 'medium', 'low'].map((p) => [p, { count: 0, median: null, p90: null }])),
      ]),
    ),
    floods: { count: 0, share: 0, longest: null },
  })
})

test('the rate is that of ten minutes and one operator', () => {
  const records = [...Array.from({ length: 22 }, (_, i) => step('raise', SPAN + i, { alarm: i })), step('raise', 0), step('raise', 1)]
  expect(kpi(records, { from: 0, to: HOUR, operators: 2 }).rate).toEqual({
    ...{ mean: 2, peak: 11, peakAt: SPAN, aboveAcceptable: 1 / 6, aboveFlood: 1 / 6 },
  })
  expect(kpi(records.slice(0, 20), { from: 0, to: HOUR, operators: 2 }).rate).toMatchObject({ peak: 10, aboveFlood: 0 })
  expect(kpi(records.slice(-2)).rate).toMatchObject({ aboveAcceptable: 1 / 6 })
  expect(kpi(records.slice(-1)).rate).toMatchObject({ peak: 1, peakAt: 0, aboveAcceptable: 0 })
  expect(kpi(records.slice(-2), { from: 0, to: SPAN + 1, operators: 1 }).rate.aboveAcceptable).toBe(1 / 2)
})

test('what nobody saw is no load, but counted', () => {
  const records = [
    step('raise', 0, { told: false }),
    step('activate', 10, { told: false }),
    step('suppress', 20, { told: false }),
    step('unsuppress', 30, { told: true }),
    step('shelve', 40, { told: false }),
    step('raise', 50, { alarm: 2 }),
  ]
  expect(kpi(records)).toMatchObject({ alarms: 2, hidden: 1, shelved: 1 })
})

test('what was told after all is hidden no longer, however it was put aside', () => {
  const records = (['unsuppress', 'unshelve', 'return-to-service'] as const).flatMap((type, alarm) => [
    step('raise', 0, { alarm, told: false }),
    step(type, 60_000, { alarm }),
    step('acknowledge', 70_000, { alarm, by: 'li' }),
  ])
  const { alarms, hidden, acknowledge, rate } = kpi(records)
  expect([alarms, hidden, rate.peak]).toEqual([3, 0, 3])
  expect(acknowledge.all).toEqual({ count: 3, median: near(10_000), p90: near(10_000) })
})

test('what comes off the shelf is load, and its acknowledgement counts, also when it was raised before', () => {
  const records = Array.from({ length: 100 }, (_, alarm) => [
    step('unshelve', 5, { alarm }),
    step('acknowledge', 10_005, { alarm, by: 'li' }),
  ])
  const { alarms, hidden, acknowledge, rate, normal, chattering } = kpi(records.flat().sort((a, b) => a.at - b.at))
  expect([alarms, hidden, rate.peak, acknowledge.all.count, normal.all.count, chattering]).toEqual([100, 0, 100, 100, 0, []])
})

test('priorities are counted and shared', () => {
  const records = (['critical', 'low', 'low', 'medium'] as const).map((priority, alarm) => step('raise', alarm, { alarm, priority }))
  const { byPriority } = kpi(records)
  expect(byPriority).toEqual({ critical: 1, high: 0, medium: 1, low: 2 })
  expect(priorityShares(byPriority)).toEqual({ critical: 0.25, high: 0, medium: 0.25, low: 0.5 })
  expect(priorityShares({ critical: 0, high: 0, medium: 0, low: 0 })).toBeNull()
})

test('the ten worst sources, of equal ones by name', () => {
  const records = Array.from({ length: 12 }, (_, i) => step('raise', i, { alarm: i, facility: `T-${21 - i}` }))
  const { top } = kpi([...records, step('activate', 20, { facility: 'T-21' }), step('activate', 21, { facility: 'T-21', rule: 'low' })])
  expect(top.sources.map(({ facility, rule, alarms }) => `${facility} ${rule} ${alarms}`)).toEqual([
    'T-21 high 2',
    ...Array.from({ length: 9 }, (_, i) => `T-${10 + i} high 1`),
  ])
  expect(top.share).toBeCloseTo(11 / 14)
  expect(top.sources[0]?.share).toBeCloseTo(2 / 14)
})

describe('chattering', () => {
  const times = (...at: number[]) => at.map((each, i) => step(i === 0 ? 'raise' : 'activate', each))
  test('three activations within a minute of event time', () => {
    expect(kpi(times(0, 30_000, 60_000)).chattering).toEqual([{ facility: 'T-1', rule: 'high', alarms: 3 }])
    expect(kpi(times(0, 30_000, 60_001)).chattering).toEqual([])
    expect(kpi(times(0, 30_000)).chattering).toEqual([])
    expect(kpi(times(0, 100_000, 110_000, 160_000)).chattering).toHaveLength(1)
  })
  test('whatever the order in which late data bring them, and only of those people were told of', () => {
    expect(kpi(times(100_000, 160_000, 40_000)).chattering).toHaveLength(1)
    expect(kpi(times(100_001, 160_000, 40_000)).chattering).toEqual([])
    const hidden = [step('raise', 0), step('activate', 10, { told: false }), step('activate', 20)]
    expect(kpi(hidden).chattering).toEqual([])
  })
  test('once seen it stays in the list, which holds the hundred with the most alarms', () => {
    expect(kpi(times(0, 1, 2, 200_000, 400_000)).chattering).toEqual([{ facility: 'T-1', rule: 'high', alarms: 5 }])
    const many = Array.from({ length: 101 }, (_, i) => times(0, 1, 2).map((each) => ({ ...each, facility: `T-${100 + i}` }))).flat()
    const { chattering } = kpi([...many, step('activate', 3, { facility: 'T-200' })])
    expect([chattering.length, chattering[0], chattering.at(-1)?.facility]).toEqual([
      ...[100, { facility: 'T-200', rule: 'high', alarms: 4 }],
      'T-198',
    ])
  })
  test('of one rule of one facility', () => {
    expect(kpi([...times(0, 1), step('activate', 2, { rule: 'low' }), step('activate', 3, { facility: 'T-2' })]).chattering).toEqual([])
  })
})

describe('time to acknowledge', () => {
  test('from when it was told, by priority and by person', () => {
    const { acknowledge, people } = kpi([
      step('raise', 0),
      step('acknowledge', 10_000, { by: 'li' }),
      step('raise', 0, { alarm: 2, recorded: 5000, priority: 'low' }),
      step('acknowledge', 45_000, { alarm: 2, priority: 'low', by: 'wang' }),
      step('raise', 50_000, { alarm: 3, priority: 'low' }),
      step('acknowledge', 150_000, { alarm: 3, priority: 'low', by: 'wang' }),
      step('raise', 50_000, { alarm: 4 }),
    ])
    expect(acknowledge.all).toEqual({ count: 3, median: near(40_000), p90: near(100_000) })
    expect(acknowledge.high).toEqual({ count: 1, median: near(10_000), p90: near(10_000) })
    expect(acknowledge.low.count).toBe(2)
    expect(acknowledge.critical).toEqual({ count: 0, median: null, p90: null })
    expect(people).toEqual([
      { name: 'wang', count: 2, median: near(40_000), p90: near(100_000) },
      { name: 'li', count: 1, median: near(10_000), p90: near(10_000) },
    ])
  })
  test('each activation once, and of what came out of suppression from then on', () => {
    const { acknowledge } = kpi([
      step('raise', 0, { told: false }),
      step('unsuppress', 100_000),
      step('acknowledge', 110_000, { by: 'li' }),
      step('acknowledge', 120_000, { by: 'li' }),
      step('return', 130_000),
      step('activate', 140_000),
      step('acknowledge', 160_000, { by: 'li' }),
    ])
    expect(acknowledge.all).toEqual({ count: 2, median: near(10_000), p90: near(20_000) })
  })
  test('none of what ended before: over and out of sight, out of service, or withdrawn', () => {
    const acknowledged = (...between: AlarmRecord[]) =>
      kpi([step('raise', 0), ...between, step('acknowledge', 50, { by: 'li' })]).acknowledge.all.count
    const [over, away] = [step('return', 10), step('take-out-of-service', 20, { told: false })]
    expect(acknowledged(over)).toBe(1)
    expect(acknowledged(away)).toBe(1)
    expect(acknowledged(over, away)).toBe(0)
    expect(acknowledged(step('shelve', 5, { told: false }), { ...over, told: false })).toBe(0)
    expect(acknowledged(step('withdraw', 20, { told: false }))).toBe(0)
  })
  test('nothing where our clock was set back meanwhile', () => {
    expect(kpi([step('raise', 5000), step('acknowledge', 1000, { by: 'li' })]).acknowledge.all).toEqual({ count: 1, median: 0, p90: 0 })
  })
  test('of nobody in particular counts among all, and of equally busy people in the order of their names', () => {
    const { acknowledge, people } = kpi(
      ['wang', 'li', 'zhao', null].flatMap((by, alarm) => [step('raise', 0, { alarm }), step('acknowledge', 9, { alarm, by })]),
    )
    expect([acknowledge.all.count, people.map(({ name }) => name)]).toEqual([4, ['li', 'wang', 'zhao']])
  })
  test('of two hundred people by name', () => {
    const { acknowledge, people } = kpi(
      Array.from({ length: 205 }, (_, alarm) => [step('raise', 0, { alarm }), step('acknowledge', 9, { alarm, by: `${alarm}` })]).flat(),
    )
    expect([acknowledge.all.count, people.length]).toEqual([205, 200])
  })
  test('not of what nobody saw, or came before the window', () => {
    expect(
      kpi([step('raise', 0, { told: false }), step('acknowledge', 5, { by: 'li' }), step('acknowledge', 6, { alarm: 9, by: 'li' })])
        .acknowledge.all.count,
    ).toBe(0)
  })
})

test('time to normal is event time, of what was seen', () => {
  const { normal } = kpi([
    step('raise', 0),
    step('return', 20_000, { recorded: 90_000 }),
    step('return', 30_000),
    step('raise', 0, { alarm: 2, told: false, priority: 'low' }),
    step('return', 50_000, { alarm: 2, told: false, priority: 'low' }),
    step('raise', 0, { alarm: 3, priority: 'low' }),
    step('withdraw', 10, { alarm: 3, priority: 'low' }),
    step('return', 20, { alarm: 3, priority: 'low' }),
  ])
  expect(normal.all).toEqual({ count: 1, median: near(20_000), p90: near(20_000) })
  expect([normal.high.count, normal.low.count]).toEqual([1, 0])
})

test('time to normal is of the activation that was seen last, and none where a device set its clock back', () => {
  const { normal } = kpi([
    step('raise', 50_000),
    step('acknowledge', 55_000, { by: 'li' }),
    step('return', 30_000),
    step('activate', 60_000),
    step('return', 80_000),
  ])
  expect(normal.all).toEqual({ count: 2, median: 0, p90: near(20_000) })
})

test('the rate of a part of the day is of that part, and its peak when it was reached first', () => {
  const records = [0, 1, 2 * SPAN, 2 * SPAN + 1, 3 * SPAN].map((at, alarm) => step('raise', HOUR + at, { alarm }))
  expect(kpi(records, { from: HOUR, to: 3 * HOUR, operators: 1 }).rate).toMatchObject({ mean: 5 / 12, peak: 2, peakAt: HOUR })
  expect(kpi(records.slice(1), { from: HOUR, to: 3 * HOUR, operators: 1 }).rate.peakAt).toBe(HOUR + 2 * SPAN)
  expect(kpi(records.slice(0, 2), { from: HOUR, to: HOUR + 2, operators: 1 }).rate).toMatchObject({ aboveAcceptable: 1, aboveFlood: 0 })
})

test('floods count as far as they reach into the window', () => {
  const flood = { started: 0, recognised: 0, alarms: 11, peak: 11, peakAt: 0 }
  const floods = [
    { ...flood, started: -HOUR, ended: HOUR / 4 },
    { ...flood, started: HOUR / 2, ended: null },
  ]
  expect(kpi([], undefined, floods).floods).toEqual({ count: 2, share: 0.75, longest: HOUR / 2 })
  expect(kpi([], { from: HOUR / 2, to: 2.5 * HOUR, operators: 1 }, floods.slice(1)).floods.share).toBe(1)
})

test('for any steps the counts add up', () => {
  const any = fc.array(
    fc.record({
      alarm: fc.integer({ min: 1, max: 5 }),
      type: fc.constantFrom(...recordTypes),
      gap: fc.integer({ min: 0, max: 90_000 }),
      told: fc.boolean(),
      announced: fc.boolean(),
      priority: fc.constantFrom('critical' as const, 'high' as const, 'medium' as const, 'low' as const),
      by: fc.constantFrom('li', 'wang', null),
    }),
    { maxLength: 100 },
  )
  fc.assert(
    fc.property(any, (list) => {
      let now = 0
      const records = list.map(({ gap, type, ...more }) => {
        now += gap
        return step(type, now, { ...more, facility: `T-${more.alarm}` })
      })
      const found = kpi(records, { from: 0, to: now + 1, operators: 1 })
      const told = records.filter(({ announced }) => announced)
      const spans = new Map<number, number>()
      for (const { recorded } of told) spans.set(Math.floor(recorded / SPAN), (spans.get(Math.floor(recorded / SPAN)) ?? 0) + 1)
      expect(found.alarms).toBe(told.length)
      expect(Object.values(found.byPriority).reduce((a, b) => a + b)).toBe(told.length)
      expect(found.top.sources.reduce((sum, { alarms }) => sum + alarms, 0)).toBe(told.length)
      expect(found.rate.peak).toBe(Math.max(0, ...spans.values()))
      for (const name of ['acknowledge', 'normal'] as const) {
        const { all, ...parts } = found[name]
        expect(Object.values(parts).reduce((sum, { count }) => sum + count, 0)).toBe(all.count)
        expect(all.median ?? 0).toBeLessThanOrEqual(all.p90 ?? 0)
      }
      expect(found.people.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(found.acknowledge.all.count)
    }),
  )
})

describe('standing alarms', () => {
  const NOW = 100 * 24 * HOUR
  const old = (age: number, more: Parameters<typeof aLiveAlarm>[0] = {}) => aLiveAlarm({ activated: NOW - age, ...more })

  test('by age', () => {
    const ages = [0, HOUR, HOUR + 1, 8 * HOUR, 8 * HOUR + 1, 24 * HOUR, 24 * HOUR + 1, 168 * HOUR, 168 * HOUR + 1]
    const { byAge, standing, stale, staleCount } = standingAlarms(
      ages.map((age, id) => old(age, { id })),
      NOW,
    )
    expect(byAge).toEqual([2, 2, 2, 2, 1])
    expect([standing, staleCount, stale.map(({ id }) => id)]).toEqual([9, 3, [8, 7, 6]])
  })
  test('only what is active and there to see stands; the rest is counted for what it is', () => {
    const suppressed = { cause: 'mode', by: null, since: 0, until: null } as const
    const acknowledged = { at: 0, by: 'li', comment: '' }
    const found = standingAlarms(
      [
        old(1),
        old(1, { acknowledged }),
        old(1, { active: false }),
        old(1, { suppressed }),
        old(1, { shelved: { at: 0, by: 'li', until: 9, reason: '' } }),
        old(1, { outOfService: true }),
        old(1, { historical: true, suppressed: { ...suppressed, cause: 'late' } }),
        old(1, { chattering: { since: 0, onDelay: 1 } }),
      ],
      NOW,
    )
    expect(found).toMatchObject({ standing: 3, unacknowledged: 3, suppressed: 2, shelved: 1, outOfService: 1, chattering: 1 })
  })
  test('the list of stale ones is cut, their number is not', () => {
    const { stale, staleCount } = standingAlarms(
      Array.from({ length: 130 }, (_, id) => old(25 * HOUR, { id })),
      NOW,
    )
    expect([stale.length, staleCount, stale[0]?.id]).toEqual([100, 130, 0])
  })
})
