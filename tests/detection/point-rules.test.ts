import { describe, expect, test } from 'vitest'
import { detectorWith, play, type Row, rows, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const

describe('discrepancy', () => {
  const analogue = (command: number, feedback: number): Row => [0, { level: command, flow: feedback }]
  test.each<[string, number, Row[], string[]]>([
    ['what follows is none', 0, [analogue(3, 3)], []],
    ['too much is one', 0, [analogue(3, 3.1)], ['it+ 0']],
    ['too little is one', 0, [analogue(3, 2.9)], ['it+ 0']],
    ['a difference of the tolerance is none', 0.5, [analogue(3, 3.5)], []],
    ['more is one', 0.5, [analogue(3, 3.6)], ['it+ 0']],
    ['with no command nothing is judged', 0, [[0, { flow: 3 }]], []],
    ['with no feedback nothing is judged', 0, [[0, { level: 3 }]], []],
    ['it stays while the feedback is impossible', 0, [analogue(3, 2), [1, { flow: -1 }]], ['it+ 0', 'sensor-fault+ 1']],
    ['it ends when the feedback has followed', 0, [analogue(3, 2), [1, { flow: 3 }]], ['it+ 0', 'it- 1']],
  ])('%s', (_, tolerance, given, expected) => {
    expect(play((build) => ({ it: build.discrepancy({ ...options, command: 'level', feedback: 'flow', tolerance }) }), given)).toEqual(
      expected,
    )
  })

  test('tolerates nothing unless it is told; the operator sees the feedback first', () => {
    const { facility } = detectorWith((build) => ({ it: build.discrepancy({ ...options, command: 'command', feedback: 'feedback' }) }))
    expect(facility.kind.rules[0]).toMatchObject({ parameters: { tolerance: 0 }, points: [3, 2] })
  })
})

describe('loss', () => {
  const sixMinutes = 360_000
  const loss = (given: readonly Row[]) => play((build) => ({ loss: build.loss({ ...options, point: 'level', period: sixMinutes }) }), given)
  const withoutLevel = () => ({ flow: 1 })
  test.each<[string, Row[], string[]]>([
    ['a sensor that never reported is not installed', rows(60, 0, 3600, withoutLevel), []],
    ['one that reports is not lost', rows(60, 0, 3600, () => ({ level: 1 })), []],
    ['one that stops is, after just the period', [[60, { level: 1 }], ...rows(60, 120, 600, withoutLevel)], ['loss+ 420']],
    ['not before', [[60, { level: 1 }], ...rows(60, 120, 419, withoutLevel), [419, { flow: 1 }]], []],
    ['an impossible value is lost at once', [[60, { level: -1 }]], ['loss+ 60', 'sensor-fault+ 60']],
    [
      'its next reading ends it',
      [
        [60, { level: -1 }],
        [61, { level: 1 }],
      ],
      ['loss+ 60', 'sensor-fault+ 60', 'loss- 61', 'sensor-fault- 61'],
    ],
  ])('%s', (_, given, expected) => {
    expect(loss(given)).toEqual(expected)
  })

  test('while the whole facility is silent no sensor is lost', () => {
    const { report, tick, take } = detectorWith((build) => ({ loss: build.loss({ ...options, point: 'level', period: sixMinutes }) }))
    report(60_000, { level: 1 })
    tick(3_600_000)
    expect(take()).toEqual([])
    report(3_600_000, { level: 1 })
    expect(take()).toEqual([])
  })
})

describe('condition', () => {
  const both = { points: ['level', 'flow'], when: ([level, flow]: readonly number[]) => level! > flow! } as const
  test.each<[string, Row[], string[]]>([
    ['true', [[0, { level: 3, flow: 2 }]], ['it+ 0']],
    ['false', [[0, { level: 2, flow: 3 }]], []],
    [
      'true, then false',
      [
        [0, { level: 3, flow: 2 }],
        [1, { flow: 4 }],
      ],
      ['it+ 0', 'it- 1'],
    ],
    ['with a point unknown nothing is judged', [[0, { level: 3 }]], []],
    [
      'it stays while a point is unknown',
      [
        [0, { level: 3, flow: 2 }],
        [1, { flow: -1 }],
      ],
      ['it+ 0', 'sensor-fault+ 1'],
    ],
  ])('%s', (_, given, expected) => {
    expect(play((build) => ({ it: build.condition({ ...options, ...both }) }), given)).toEqual(expected)
  })

  test('optional points may be unknown and come after the others', () => {
    const seen: number[][] = []
    const when = (values: readonly number[]) => seen.push([...values]) > 5
    const given: Row[] = [
      [0, { command: true }],
      [1, { level: 3 }],
      [2, { flow: 4 }],
    ]
    play((build) => ({ it: build.condition({ ...options, points: ['level'], optional: ['flow', 'command'], when }) }), given)
    expect(seen).toEqual([
      [3, Number.NaN, 1],
      [3, 4, 1],
    ])
  })

  test('is handed rated values and what engineers may change', () => {
    const when = ([level]: readonly number[], { flow }: { flow: number }, { part }: { part: number }) => level! > flow * part
    const rule = (given: Row[]) =>
      play((build) => ({ it: build.condition({ ...options, points: ['level'], parameters: { part: 0.1 }, when }) }), given)
    expect([rule([[0, { level: 5 }]]), rule([[0, { level: 5.1 }]])]).toEqual([[], ['it+ 0']])
  })
})

describe('condition for three reports in a row', () => {
  const high = { points: ['level'], when: ([level]: readonly number[]) => level! > 5, of: { n: 3, m: 3 } } as const
  const levels = (...values: number[]): Row[] => values.map((level, second) => [second, { level }])
  test.each<[string, Row[], string[]]>([
    ['two are not enough', levels(6, 6), []],
    ['the third counts', levels(6, 6, 6, 6), ['it+ 2']],
    ['a good one between begins anew', levels(6, 6, 4, 6, 6), []],
    ['and counts again from there', levels(6, 6, 4, 6, 6, 6), ['it+ 5']],
    ['one good report ends it', levels(6, 6, 6, 4), ['it+ 2', 'it- 3']],
    ['three more begin it again', levels(6, 6, 6, 4, 6, 6, 6), ['it+ 2', 'it- 3', 'it+ 6']],
    ['an impossible value neither counts nor begins anew', [...levels(6, 6, -1, 6)], ['sensor-fault+ 2', 'it+ 3', 'sensor-fault- 3']],
    [
      'a moment told in two messages counts once',
      [
        [0, { level: 6 }],
        [1, { level: 6 }],
        [1, { flow: 1 }],
      ],
      [],
    ],
  ])('%s', (_, given, expected) => {
    expect(play((build) => ({ it: build.condition({ ...options, ...high }) }), given)).toEqual(expected)
  })

  test('how many may be changed only where more than one is asked for', () => {
    const { facility } = detectorWith((build) => ({
      three: build.condition({ ...options, ...high }),
      one: build.condition({ ...options, ...high, of: null, parameters: { above: 5 } }),
    }))
    const [three, one] = facility.kind.rules
    expect([three?.parameters, three?.slots, one?.parameters, one?.slots]).toStrictEqual([{ n: 3, m: 3 }, 1, { above: 5 }, 0])
  })
})
