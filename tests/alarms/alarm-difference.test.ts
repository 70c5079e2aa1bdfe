import { describe, expect, test } from 'vitest'
import type { Activation } from '../../src/alarms/activation.ts'
import { compareAlarms, distance } from '../../src/alarms/alarm-difference.ts'
import { alarmLoad } from '../../src/alarms/alarm-load.ts'
import { median, scoreAlarms } from '../../src/alarms/alarm-score.ts'
import { days, minutes } from '../../src/telemetry/duration.ts'
import { stay } from './fixtures.ts'

const at = minutes
const window = { from: 0, to: days(1) }
const summary = (before: Activation[], after: Activation[]) =>
  compareAlarms(before, after, window).changes.map(({ type, shifts, before: a, after: b }) => [
    type,
    ...shifts,
    a && a.started / at(1),
    b && b.started / at(1),
  ])

describe('the difference of two rule sets', () => {
  test('is nothing for the same alarms, in whatever order', () => {
    const alarms = [stay(1, 2), stay(30, null), stay(5, 9, { facility: 'T-2' })]
    expect(compareAlarms(alarms, alarms.toReversed(), window)).toMatchObject({ counts: { before: 3, after: 3, same: 3 }, changes: [] })
  })

  test.each([
    ['lost', [stay(1, 2)], [], [['lost', 1, null]]],
    ['added', [], [stay(1, 2)], [['added', null, 1]]],
    ['later by a longer delay', [stay(1, 20)], [stay(6, 20)], [['moved', 'later', 1, 6]]],
    ['earlier and longer', [stay(5, 7)], [stay(1, 9)], [['moved', 'earlier', 'longer', 5, 1]]],
    ['never ending is longer', [stay(1, 7)], [stay(1, null)], [['moved', 'longer', 1, 1]]],
    ['another priority', [stay(1, 2)], [stay(1, 2, { priority: 'low' })], [['moved', 'other-priority', 1, 1]]],
    ['near without overlap is one', [stay(1, 2)], [stay(11, 13)], [['moved', 'later', 'longer', 1, 11]]],
    [
      'too far apart is two',
      [stay(1, 2)],
      [stay(13, 14)],
      [
        ['lost', 1, null],
        ['added', null, 13],
      ],
    ],
    [
      'chattering that became one alarm keeps its longest stay',
      [stay(0, 1), stay(2, 9), stay(10, 11)],
      [stay(0, 11)],
      [
        ['lost', 0, null],
        ['lost', 10, null],
        ['moved', 'earlier', 'longer', 2, 0],
      ],
    ],
    [
      'the stay that overlaps is the same one, not the one nearby',
      [stay(0, 1), stay(10, 20)],
      [stay(11, 20)],
      [
        ['lost', 0, null],
        ['moved', 'later', 10, 11],
      ],
    ],
    [
      'another rule or facility is another alarm',
      [stay(1, 2)],
      [stay(1, 2, { rule: 'low' })],
      [
        ['lost', 1, null],
        ['added', null, 1],
      ],
    ],
  ])('%s', (_, before, after, changes) => {
    expect(summary(before, after)).toEqual(changes)
  })

  test('what is only hidden under the second is lost, and says so; what both hide is nothing', () => {
    const hidden = stay(1, 2, { toldAt: null })
    expect(compareAlarms([stay(1, 2)], [hidden], window)).toMatchObject({
      counts: { before: 1, after: 0, lost: 1 },
      changes: [{ type: 'lost', after: { toldAt: null } }],
    })
    expect(compareAlarms([hidden], [hidden], window)).toMatchObject({
      counts: { before: 0, after: 0, same: 0, lost: 0 },
      byRule: [],
      changes: [],
    })
  })

  test('an alarm counts when its later beginning is in the window', () => {
    const difference = (before: Activation[], after: Activation[]) => compareAlarms(before, after, { from: at(10), to: at(20) }).counts
    expect(difference([stay(9, 30)], [stay(11, 30)])).toMatchObject({ later: 1, lost: 0, added: 0 })
    expect(difference([stay(9, 30)], [])).toMatchObject({ before: 0, lost: 0 })
    expect(difference([stay(20, 30)], [])).toMatchObject({ lost: 0 })
  })

  test('counts per rule, the most changed first', () => {
    const after = [stay(1, 2, { rule: 'low' }), stay(60, 61, { rule: 'low' })]
    expect(compareAlarms([stay(1, 2)], after, window).byRule).toMatchObject([
      { kind: 'tank', rule: 'low', added: 2, lost: 0 },
      { kind: 'tank', rule: 'high', added: 0, lost: 1 },
    ])
  })

  test('counts as change of a rule what it adds and what it loses', () => {
    const of = (rule: string, ...starts: number[]) => starts.map((start) => stay(start, start + 1, { rule }))
    const before = [...of('adds', 1), ...of('both', 1, 200), ...of('loses', 100, 200)]
    const after = [...of('adds', 1, 100), ...of('both', 1, 300, 400)]
    const changed = [before, before.toReversed()].map((each) => compareAlarms(each, after, window).byRule.map(({ rule }) => rule))
    expect(changed).toEqual(Array(2).fill(['both', 'loses', 'adds']))
  })

  test('counts rules alike in what they add and lose by name, and those on which nothing but the time changed', () => {
    const before = [stay(1, 9, { rule: 'low' }), stay(1, 9, { rule: 'fast' }), stay(1, 9)]
    const after = [stay(2, 8, { rule: 'low' }), stay(1, 9, { rule: 'fast', priority: 'low' }), stay(1, 9)]
    const none = { before: 1, after: 1, same: 0, added: 0, lost: 0, earlier: 0, later: 0, longer: 0, shorter: 0, otherPriority: 0 }
    expect(compareAlarms(before, after, window).byRule).toEqual([
      { ...none, kind: 'tank', rule: 'fast', otherPriority: 1 },
      { ...none, kind: 'tank', rule: 'high', same: 1 },
      { ...none, kind: 'tank', rule: 'low', later: 1, shorter: 1 },
    ])
  })

  test('tells the most telling first: lost, added, moved; of each the most urgent, the farthest moved, the earliest', () => {
    const of = (facility: string, more: Partial<Activation> = {}) => ({ facility, ...more })
    const before = [
      stay(50, 90, of('moved-little')),
      stay(50, 90, of('moved-far')),
      stay(50, 90, of('moved-urgent', { priority: 'critical' })),
      stay(2, 3, of('lost-late')),
      stay(1, 3, of('lost-early-b')),
      stay(1, 3, of('lost-early-a')),
      stay(9, 10, of('lost-urgent', { priority: 'critical' })),
    ]
    const after = [
      stay(51, 90, of('moved-little')),
      stay(45, 90, of('moved-far')),
      stay(51, 90, of('moved-urgent')),
      stay(1, 3, of('added-low', { priority: 'low' })),
      stay(9, 10, of('added-medium', { priority: 'medium' })),
    ]
    const { changes } = compareAlarms(before, after, window)
    expect(changes.map((change) => (change.before ?? change.after)?.facility)).toEqual([
      ...['lost-urgent', 'lost-early-a', 'lost-early-b', 'lost-late', 'added-medium', 'added-low'],
      ...['moved-urgent', 'moved-far', 'moved-little'],
    ])
    expect(changes.map((change) => distance(change) / at(1))).toEqual([0, 0, 0, 0, 0, 0, 1, 5, 1])
  })

  test('takes for one what is at most so far apart, on either side', () => {
    const counts = (before: Activation, after: Activation, near: number) =>
      compareAlarms([before], [after], { ...window, near: at(near) }).counts
    expect(counts(stay(1, 2), stay(5, 6), 3)).toMatchObject({ later: 1, longer: 1, lost: 0, added: 0 })
    expect(counts(stay(1, 2), stay(5, 6), 2.9)).toMatchObject({ lost: 1, added: 1 })
    expect(counts(stay(5, 6), stay(1, 2), 3)).toMatchObject({ earlier: 1, shorter: 1, lost: 0, added: 0 })
    expect(counts(stay(5, 6), stay(1, 2), 2.9)).toMatchObject({ lost: 1, added: 1 })
  })

  test('of stays that last for ever takes those together that began nearest to each other', () => {
    expect(summary([stay(1, null), stay(30, null)], [stay(32, null)])).toEqual([
      ['lost', 1, null],
      ['moved', 'later', 30, 32],
    ])
    expect(summary([stay(30, null)], [stay(1, null), stay(29, null)])).toEqual([
      ['added', null, 1],
      ['moved', 'earlier', 30, 29],
    ])
  })

  test('whose nearest is another one takes the next that is near', () => {
    expect(summary([stay(10, 16), stay(16, 30)], [stay(1, 5), stay(14, 30)])).toEqual([
      ['moved', 'earlier', 'shorter', 10, 1],
      ['moved', 'earlier', 16, 14],
    ])
  })

  test('each stay is one alarm only, also where two of the other side meet it', () => {
    expect(compareAlarms([stay(1, 10)], [stay(1, 5), stay(6, 10)], window).counts).toMatchObject({
      ...{ before: 1, after: 2, added: 1, lost: 0, shorter: 1 },
    })
  })
})

test('the load counts what people were told, by ten minutes', () => {
  const alarms = [stay(1, 2), stay(3, 4, { priority: 'low' }), stay(5, 6, { toldAt: null }), stay(25, 26), stay(61, 62)]
  expect(alarmLoad(alarms, 0, at(60))).toEqual({
    alarms: 3,
    byPriority: { critical: 0, high: 2, medium: 0, low: 1 },
    hidden: 1,
    mean: 0.5,
    busiest: 2,
    quietShare: 1 - 2 / 6,
    floods: [],
  })
})

test('the load counts floods', () => {
  const alarms = Array.from({ length: 12 }, (_, i) => stay(30 + i / 2, 60, { facility: `T-${i}` }))
  expect(alarmLoad(alarms, 0, at(120)).floods).toMatchObject([{ started: at(30), alarms: 12 }])
})

test('the load of a time is what was told in it, to its end but not at it', () => {
  const told = (from: number, to: number) => alarmLoad([stay(9, 99, { toldAt: at(20) }), stay(21, 99, { toldAt: null })], at(from), at(to))
  expect(told(20, 30)).toMatchObject({ alarms: 1, hidden: 1, mean: 1, busiest: 1, quietShare: 0 })
  expect(told(20, 21)).toMatchObject({ alarms: 1, hidden: 0, mean: 1 })
  expect(told(21, 30)).toMatchObject({ alarms: 0, hidden: 1, mean: 0, busiest: 0, quietShare: 1 })
  expect(told(0, 20)).toMatchObject({ alarms: 0, hidden: 0 })
  // The stretches begin with the time, and the last one may be short.
  expect(told(15, 36)).toMatchObject({ quietShare: 1 - 1 / 3 })
  expect(told(15, 35)).toMatchObject({ mean: 0.5, quietShare: 0.5 })
})

test('the load counts floods by the limits given, in the order in which people were told', () => {
  const alarms = [3, 1, 2].map((minute) => stay(0, 60, { toldAt: at(minute) }))
  const limits = { operators: 1, begin: 2, end: 1, span: at(10) }
  expect(alarmLoad(alarms, 0, at(60)).floods).toEqual([])
  expect(alarmLoad(alarms, 0, at(60), limits).floods).toMatchObject([{ started: at(1), recognised: at(3), ended: at(13), alarms: 3 }])
  expect(alarmLoad(alarms, 0, at(13), limits).floods).toMatchObject([{ ended: at(13) }])
  expect(alarmLoad(alarms, 0, at(12), limits).floods).toMatchObject([{ ended: null }])
})

test.each([
  [[], null],
  [[7], 7],
  [[10, 9, 100], 10],
  [[10, 2, 100, 4], 7],
])('the median of %j is %j', (values, expected) => {
  expect(median(values)).toBe(expected)
})

describe('the score against labels', () => {
  const label = (from: number, to: number | null, rules: string[] = [], facility = 'T-1') => ({
    facility,
    from: at(from),
    to: to === null ? null : at(to),
    rules,
  })
  const score = (alarms: Activation[], labels: ReturnType<typeof label>[]) => scoreAlarms(alarms, labels, { ...window, facilities: 2 })

  test('precision, recall, delay, false alarms a day and facility', () => {
    const alarms = [stay(12, 15), stay(16, 17), stay(200, 210), stay(300, 310, { facility: 'T-2' }), stay(305, 306, { toldAt: null })]
    const labels = [label(10, 20), label(190, 220), label(400, 410), label(290, 301, [], 'T-2')]
    expect(score(alarms, labels)).toEqual({
      alarms: 4,
      trueAlarms: 4,
      labels: 4,
      detected: 3,
      precision: 1,
      recall: 0.75,
      medianDelay: at(10),
      falsePerFacilityDay: 0,
    })
    expect(score([stay(9, 15), stay(31, 32), stay(12, 13, { facility: 'T-2' })], labels)).toMatchObject({
      trueAlarms: 0,
      falsePerFacilityDay: 1.5,
    })
  })

  test('an alarm tells of a fault from its beginning until ten minutes after its end', () => {
    const isTrue = (started: number, slack?: number) =>
      scoreAlarms([stay(started, 99)], [label(10, 20)], { ...window, facilities: 1, ...(slack !== undefined && { slack }) }).trueAlarms
    expect([9.9, 10, 30, 30.1].map((started) => isTrue(started))).toEqual([0, 1, 1, 0])
    expect([20, 20.1].map((started) => isTrue(started, 0))).toEqual([1, 0])
  })

  test('one alarm may tell of two faults, and of each the first alarm counts, in whatever order they are given', () => {
    expect(score([stay(19, 20), stay(14, 15)], [label(10, 20), label(13, 20)])).toMatchObject({
      ...{ alarms: 2, trueAlarms: 2, detected: 2, medianDelay: at(2.5) },
    })
  })

  test('only what begins in the time counts, alarms and faults', () => {
    const of = { from: at(10), to: at(20), facilities: 1 }
    const alarms = [9.9, 10, 19.9, 20].map((started) => stay(started, 30))
    expect(scoreAlarms(alarms, [], of)).toMatchObject({ alarms: 2, falsePerFacilityDay: 2 * 144 })
    expect(scoreAlarms([], [label(9.9, 30), label(10, 30), label(19.9, 30), label(20, 30)], of)).toMatchObject({ labels: 2, recall: 0 })
    const seen = { from: at(12), to: at(30) }
    expect(scoreAlarms([], [label(11.9, 30), label(12, 30), label(19.9, 30), label(20, 30)], { ...of, seen })).toMatchObject({ labels: 2 })
    expect(scoreAlarms(alarms, [label(11, 30)], { ...of, seen })).toMatchObject({ labels: 0, alarms: 2, recall: null })
    // A fault from before makes its alarms true ones all the same.
    expect(scoreAlarms(alarms, [label(5, 30)], of)).toMatchObject({ labels: 0, trueAlarms: 2, recall: null, medianDelay: null })
  })

  test('only the rules a label names tell of it; an open one lasts to the end', () => {
    expect(score([stay(500, 501)], [label(10, null, ['high'])])).toMatchObject({ trueAlarms: 1, recall: 1 })
    expect(score([stay(500, 501)], [label(10, null, ['low'])])).toMatchObject({ trueAlarms: 0, recall: 0, medianDelay: null })
  })

  test('without alarms or labels there is no share of them', () => {
    expect(score([], [])).toMatchObject({ precision: null, recall: null, medianDelay: null })
    expect(scoreAlarms([], [], { ...window, facilities: 0 }).falsePerFacilityDay).toBeNull()
  })
})
