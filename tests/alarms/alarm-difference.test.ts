import { describe, expect, test } from 'vitest'
import type { Activation } from '../../src/alarms/activation.ts'
import { compareAlarms } from '../../src/alarms/alarm-difference.ts'
import { alarmLoad } from '../../src/alarms/alarm-load.ts'
import { scoreAlarms } from '../../src/alarms/alarm-score.ts'
import { days, minutes } from '../../src/telemetry/duration.ts'

const at = minutes
const stay = (started: number, ended: number | null, more: Partial<Activation> = {}): Activation => ({
  facility: 'T-1',
  kind: 'tank',
  rule: 'high',
  priority: 'high',
  started: at(started),
  ended: ended === null ? null : at(ended),
  toldAt: at(started),
  ...more,
})
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
    expect(compareAlarms([stay(1, 2)], [hidden], window).changes).toMatchObject([{ type: 'lost', after: { toldAt: null } }])
    expect(compareAlarms([hidden], [hidden], window).counts).toMatchObject({ before: 0, after: 0, same: 0 })
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

  test('only the rules a label names tell of it; an open one lasts to the end', () => {
    expect(score([stay(500, 501)], [label(10, null, ['high'])])).toMatchObject({ trueAlarms: 1, recall: 1 })
    expect(score([stay(500, 501)], [label(10, null, ['low'])])).toMatchObject({ trueAlarms: 0, recall: 0, medianDelay: null })
  })

  test('without alarms or labels there is no share of them', () => {
    expect(score([], [])).toMatchObject({ precision: null, recall: null, medianDelay: null })
  })
})
