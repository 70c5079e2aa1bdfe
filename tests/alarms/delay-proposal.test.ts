import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AlarmRecord } from '../../src/alarms/alarm-log.ts'
import { ActivityCount, delaySteps, proposeDelay, type RuleActivity } from '../../src/alarms/delay-proposal.ts'

const rule = { onDelay: 0, offDelay: 0, timeToAct: 600_000, protectsLives: false }
const activity = (more: Partial<RuleActivity>): RuleActivity => ({ alarms: 10, stays: [], breaks: [], ...more })
const times = (count: number, length: number) => Array.from({ length: count }, () => length)

describe('a longer delay', () => {
  test('before the alarm, where faults pass: the shortest usual one that covers four of five', () => {
    const stays = [...times(8, 9000), ...times(2, 40_000)]
    expect(proposeDelay(activity({ stays }), rule)).toEqual({
      ...{ changes: { onDelay: 10_000 }, because: 'passing', alarms: 10, such: 10, covered: 8 },
    })
    expect(proposeDelay(activity({ stays: [...times(7, 9000), ...times(3, 40_000)] }), rule)?.changes).toEqual({ onDelay: 45_000 })
  })
  test('after it, where they come back', () => {
    expect(proposeDelay(activity({ breaks: times(9, 14_000) }), rule)).toEqual({
      ...{ changes: { offDelay: 15_000 }, because: 'returning', alarms: 10, such: 9, covered: 9 },
    })
  })
  test('of both the one that covers more, and of equals the one that delays no alarm', () => {
    expect(proposeDelay(activity({ stays: times(9, 8000), breaks: times(8, 8000) }), rule)?.because).toBe('passing')
    expect(proposeDelay(activity({ stays: times(8, 8000), breaks: times(8, 8000) }), rule)?.because).toBe('returning')
  })
  test('takes at most a quarter of the time to act', () => {
    const stays = times(10, 59_000)
    expect(proposeDelay(activity({ stays }), { ...rule, timeToAct: 240_000 })?.changes).toEqual({ onDelay: 60_000 })
    expect(proposeDelay(activity({ stays }), { ...rule, timeToAct: 239_999 })).toBeNull()
  })
  test('reckons with the delays in force', () => {
    const stays = times(10, 35_000)
    expect(proposeDelay(activity({ stays }), { ...rule, onDelay: 5000, offDelay: 30_000 })?.changes).toEqual({ onDelay: 15_000 })
    const breaks = times(10, 25_000)
    expect(proposeDelay(activity({ breaks }), { ...rule, onDelay: 20_000, offDelay: 30_000 })?.changes).toEqual({ offDelay: 45_000 })
  })
  test.each<[string, Partial<RuleActivity>, Partial<typeof rule>]>([
    ['for what protects lives', { stays: times(10, 5000) }, { protectsLives: true }],
    ['for fewer than five', { alarms: 4, stays: times(4, 5000) }, {}],
    ['when less than half pass', { alarms: 11, stays: times(5, 5000) }, {}],
    ['where no usual one is long enough', { breaks: times(10, 50_000) }, { offDelay: 590_000 }],
    ['when nothing passes within two minutes', { stays: times(10, 120_001), breaks: times(10, 120_001) }, {}],
  ])('is not proposed %s', (_, more, of) => {
    expect(proposeDelay(activity(more), { ...rule, ...of })).toBeNull()
  })
  test('is proposed for five that are half of all, and for two minutes', () => {
    expect(proposeDelay(activity({ stays: times(5, 120_000) }), { ...rule, timeToAct: 3_600_000 })?.changes).toEqual({ onDelay: 180_000 })
    expect(proposeDelay(activity({ breaks: times(5, 120_000) }), rule)?.changes).toEqual({ offDelay: 180_000 })
  })
  test('covers what is shorter, of the passing ones alone', () => {
    expect(proposeDelay(activity({ stays: [...times(8, 5000), ...times(7, 120_001)] }), rule)).toMatchObject({
      ...{ changes: { onDelay: 10_000 }, such: 8, covered: 8 },
    })
    expect(proposeDelay(activity({ stays: [...times(8, 9000), ...times(2, 10_000)] }), rule)).toMatchObject({
      ...{ changes: { onDelay: 10_000 }, such: 10, covered: 8 },
    })
  })
  test('always covers four of five, is longer than the one in force, and leaves three quarters of the time to act', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 30 })
    const delays = fc.constantFrom(0, 5000, 60_000)
    fc.assert(
      fc.property(
        lengths,
        lengths,
        delays,
        delays,
        fc.integer({ min: 1000, max: 3_600_000 }),
        (stays, breaks, onDelay, offDelay, timeToAct) => {
          const found = proposeDelay({ alarms: stays.length, stays, breaks }, { onDelay, offDelay, timeToAct, protectsLives: false })
          if (!found) return
          const { changes } = found
          const delay = Object.values(changes)[0] as number
          expect(delaySteps).toContain(delay)
          expect(found.covered).toBeGreaterThanOrEqual(0.8 * found.such)
          expect(delay).toBeGreaterThan('onDelay' in changes ? onDelay : offDelay)
          if ('onDelay' in changes) expect(delay).toBeLessThanOrEqual(timeToAct / 4)
        },
      ),
    )
  })
})

describe('what the alarms of a rule did', () => {
  const step = (type: AlarmRecord['type'], facility: string, at: number, more: Partial<AlarmRecord> = {}): AlarmRecord => ({
    ...{ alarm: 1, facility, rule: 'high', type, at, recorded: at, by: null, detail: '', priority: 'high', told: true, version: 1 },
    announced: type === 'raise' || type === 'activate',
    ...more,
  })
  const worst = (steps: AlarmRecord[], limit = 10) => {
    const count = new ActivityCount(({ rule }) => `tank/${rule}`)
    for (const each of steps) count.add(each)
    return count.worst(limit)
  }
  test('stays and breaks are counted per facility and rule, alarms by source', () => {
    const found = worst([
      step('raise', 'A', 0),
      step('raise', 'B', 5),
      step('acknowledge', 'A', 6),
      step('return', 'A', 10),
      step('activate', 'A', 30),
      step('return', 'A', 31),
      step('raise', 'A', 40, { rule: 'low' }),
    ])
    expect(found).toEqual([
      {
        rule: 'tank/high',
        alarms: 3,
        stays: [10, 1],
        breaks: [20],
        newest: [{ facility: 'A', from: 10, to: 30 }],
        sources: new Map([...[['A', 2] as const], ['B', 1]]),
      },
      { rule: 'tank/low', alarms: 1, stays: [], breaks: [], newest: [], sources: new Map([['A', 1]]) },
    ])
    expect(worst([step('raise', 'A', 0), step('raise', 'A', 1, { rule: 'low' })], 1).map(({ rule }) => rule)).toEqual(['tank/high'])
  })
  test('the rules with the most alarms come first, of equal ones by name', () => {
    const steps = ['c', 'a', 'b', 'd', 'd'].map((name) => step('activate', 'A', 0, { rule: name }))
    expect(worst(steps).map(({ rule: name }) => name)).toEqual(['tank/d', 'tank/a', 'tank/b', 'tank/c'])
    expect(worst(steps.reverse(), 2).map(({ rule: name }) => name)).toEqual(['tank/d', 'tank/a'])
  })
  test('a step that is missing makes no stay and no break', () => {
    const [{ alarms, stays, breaks } = activity({})] = worst([
      step('return', 'A', 0),
      step('return', 'A', 5),
      step('raise', 'A', 20),
      step('raise', 'A', 30),
      step('return', 'A', 31),
    ])
    expect({ alarms, stays, breaks }).toEqual({ alarms: 2, stays: [1], breaks: [15] })
  })
  test('five thousand stays tell enough', () => {
    const [{ alarms, stays } = activity({})] = worst(
      Array.from({ length: 5001 }, (_, i) => [step('raise', 'A', 9 * i), step('return', 'A', 9 * i + 4)]).flat(),
    )
    expect([alarms, stays.length]).toEqual([5001, 5000])
  })
  test('the last 200 breaks are kept with their times', () => {
    const steps = Array.from({ length: 201 }, (_, i) => [step('activate', 'A', 10 * i), step('return', 'A', 10 * i + 4)]).flat()
    const [{ newest } = { newest: [] }] = worst([
      ...steps,
      step('activate', 'A', 3000),
      step('return', 'A', 3001),
      step('activate', 'A', 3001),
    ])
    expect([newest.length, newest[0], newest.at(-1)]).toEqual([
      ...[200, { facility: 'A', from: 14, to: 20 }],
      { facility: 'A', from: 2004, to: 3000 },
    ])
  })
  test('what nobody saw is no alarm', () => {
    expect(worst([step('raise', 'A', 0, { told: false }), step('return', 'A', 1, { told: false })])).toEqual([])
  })
})
