import { describe, expect, test } from 'vitest'
import { play, type Row, rows, texts, type Values } from './fixtures.ts'

/** The short mean runs over a minute, the long one over an hour; judged is a running pump, which reports every ten seconds. */
const options = {
  ...texts,
  priority: 'low',
  point: 'flow',
  short: 60_000,
  long: 3_600_000,
  samples: 1,
  atLeast: 0.1,
  spreads: 3,
  only: { points: ['command'], when: ([on]: readonly number[]) => on === 1 },
} as const
const drift = (given: readonly Row[], more = {}) => play((build) => ({ drift: build.drift({ ...options, ...more }) }), given)
const minute = 60

const flow = (value: number) => (): Values => ({ flow: value, command: true })
const stopped = (): Values => ({ flow: 0, command: false })
const flows = (from: number, to: number, value: number, step = 10) => rows(step, from, to - step, flow(value))

const usual = flows(0, 60 * minute, 80)
const low = flows(60 * minute, 70 * minute, 60)
const swing = (second: number): Values => ({ flow: 60 + 20 * Math.sin((2 * Math.PI * second) / (20 * minute)), command: true })

describe('a fall by a tenth of what is usual', () => {
  test.each<[string, Row[], string[]]>([
    ['even flow is none', flows(0, 120 * minute, 80), []],
    ['a rise is none', [...usual, ...flows(60 * minute, 90 * minute, 99)], []],
    ['a fall by just a tenth is none', [...usual, ...flows(60 * minute, 90 * minute, 72)], []],
    // After n readings at 60 the short mean is 60 + 20 (5/6)^n: below 72 with the third.
    ['a fall by a quarter is one with the third reading', [...usual, ...low], ['drift+ 3620']],
    [
      'it ends when the short mean is back within half of that',
      [...usual, ...low, ...flows(70 * minute, 90 * minute, 80)],
      ['drift+ 3620', 'drift- 4280'],
    ],
    ['what is less than half better does not end it', [...usual, ...low, ...flows(70 * minute, 90 * minute, 73)], ['drift+ 3620']],
    [
      'a fault hardly changes what is usual, in many hours it does',
      [...usual, ...flows(60 * minute, 60 * 60 * minute, 60, 60)],
      ['drift+ 3660', 'drift- 53460'],
    ],
    [
      'nothing is known before a quarter of the long time',
      [...flows(0, 13 * minute, 80), ...flows(13 * minute, 16 * minute, 60)],
      ['drift+ 900'],
    ],
  ])('%s', (_, given, expected) => {
    expect(drift(given)).toEqual(expected)
  })
})

describe('a pump that stands', () => {
  const stand = rows(10, 30 * minute, 35 * minute - 10, stopped)
  test('says nothing, and is judged twice the short time after it started again', () => {
    expect(drift([...flows(0, 30 * minute, 80), ...stand, ...flows(35 * minute, 40 * minute, 60)])).toEqual(['drift+ 2220'])
    expect(drift([...flows(0, 30 * minute, 80), ...stand, ...flows(35 * minute, 40 * minute, 80)])).toEqual([])
  })

  test('has no fault any more', () => {
    expect(drift([...usual, ...low, [70 * minute, stopped()]])).toEqual(['drift+ 3620', 'drift- 4200'])
  })

  test('does not count as time in which something was learned', () => {
    const given = [
      ...flows(0, 10 * minute, 80),
      ...rows(10, 10 * minute, 30 * minute - 10, stopped),
      ...flows(30 * minute, 33 * minute, 80),
    ]
    expect(drift([...given, ...flows(33 * minute, 40 * minute, 60)])).toEqual(['drift+ 2110'])
  })
})

describe('where the flow swings', () => {
  test('by as much as usual nothing is wrong once that is known', () => {
    expect(drift(rows(10, 0, 600 * minute, swing))).toEqual(['drift+ 900', 'drift- 1180'])
  })

  test('it takes a deeper fall', () => {
    const known = rows(10, 0, 600 * minute, swing)
    expect(drift([...known, ...flows(601 * minute, 620 * minute, 40)]).slice(2)).toEqual([])
    expect(drift([...known, ...flows(601 * minute, 620 * minute, 10)]).slice(2)).toEqual(['drift+ 36060'])
  })
})

describe('rare and missing reports', () => {
  test('make both means longer, so that as many readings are taken in', () => {
    const given = [...flows(0, 300 * minute, 80, 60), ...flows(300 * minute, 500 * minute, 60, 60)]
    expect([drift(given), drift(given, { samples: 20 })]).toEqual([['drift+ 18000'], ['drift+ 18660']])
  })

  test('a gap as long as the long mean makes everything begin anew, a shorter one stands for its value', () => {
    const afterGap = (gap: number) =>
      drift([...flows(0, 30 * minute, 80), ...flows(30 * minute - 10 + gap, 45 * minute + gap, 30)], { spreads: 1 })
    expect([afterGap(3590), afterGap(3600)]).toEqual([['drift+ 5390'], []])
  })

  test('after such a gap a quarter of the long time must be seen anew', () => {
    const given = [...flows(0, 30 * minute, 80), ...flows(90 * minute - 10, 103 * minute, 80), ...flows(103 * minute, 110 * minute, 60)]
    expect(drift(given)).toEqual([`drift+ ${105 * minute - 10}`])
  })

  test('reports of other points are no readings', () => {
    const others = rows(10, 60 * minute + 10, 61 * minute, () => ({ level: 1 }))
    expect(drift([...usual, ...flows(60 * minute, 60 * minute + 10, 60), ...others, ...flows(61 * minute + 10, 62 * minute, 80)])).toEqual(
      [],
    )
  })

  test('an impossible value, and a pump of which nobody knows whether it runs, change nothing', () => {
    const impossible = rows(10, 70 * minute, 80 * minute, () => ({ flow: -1, command: true }))
    expect(drift([...usual, ...low, ...impossible])).toEqual(['drift+ 3620', 'sensor-fault+ 4200'])
    const only = { points: ['level'], when: ([level]: readonly number[]) => level! > 1 } as const
    const watched = (second: number, flow: number): Row => [second, { flow, level: second === 4000 ? -1 : 2 }]
    const given = [...usual, ...low].map(([second, { flow }]) => watched(second, flow as number))
    expect(drift(given, { only })).toEqual(['drift+ 3620', 'sensor-fault+ 4000', 'sensor-fault- 4010'])
  })

  test('a moment told in two messages is one reading', () => {
    const twice = rows(10, 60 * minute, 61 * minute, () => ({ flow: 60 })).flatMap(([s, values]): Row[] => [
      [s, values],
      [s, { command: true }],
    ])
    expect(drift([...usual, ...twice])).toEqual(['drift+ 3620'])
    expect(drift([[0, { flow: 80 }], ...usual, ...low])).toEqual(['drift+ 3620'])
    expect(
      drift([
        [0, { command: true }],
        ...usual.flatMap(([s, values]): Row[] => [
          [s, values],
          [s, { level: 1 }],
        ]),
        ...low,
      ]),
    ).toEqual(['drift+ 3620'])
  })
})
