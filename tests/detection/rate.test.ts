import { describe, expect, test } from 'vitest'
import { play, type Row, rows, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high', point: 'level', window: 60_000 } as const
const rise = (given: readonly Row[], more = {}) => play((build) => ({ rise: build.rate({ ...options, perMinute: 1, ...more }) }), given)
const fall = (given: readonly Row[]) => play((build) => ({ fall: build.rate({ ...options, perMinute: -1 }) }), given)

/** A level that climbs so much a minute. */
const climbing =
  (perMinute: number, from = 0) =>
  (second: number) => ({ level: from + (perMinute * second) / 60 })

describe('a rise of more than 1 m a minute', () => {
  test.each<[string, Row[], string[]]>([
    ['is not known before half a window was seen', rows(10, 0, 20, climbing(9)), []],
    ['is known then', rows(10, 0, 30, climbing(1.5)), ['rise+ 30']],
    ['just so fast is none', rows(15, 0, 300, climbing(1)), []],
    ['a fall is none', rows(10, 0, 120, climbing(-3, 8)), []],
    ['reports every second are as good as rarer ones', rows(1, 0, 40, climbing(1.5)), ['rise+ 30']],
    ['reports rarer than half a window are judged one by the other', rows(40, 0, 240, climbing(1.5)), ['rise+ 40']],
    // 1.5 m in a minute, then level: the last minute holds 1.25 m at 70 s and 1 m at 80 s.
    [
      'ends when the last window holds no such rise',
      [...rows(10, 0, 60, climbing(1.5)), ...rows(10, 70, 100, () => ({ level: 1.5 }))],
      ['rise+ 30', 'rise- 80'],
    ],
    [
      'a jump counts as spread over the window',
      [...rows(10, 0, 60, () => ({ level: 2 })), ...rows(10, 70, 150, () => ({ level: 3.5 }))],
      ['rise+ 70', 'rise- 130'],
    ],
    ['a jump of just the limit is none', [...rows(10, 0, 60, () => ({ level: 2 })), ...rows(10, 70, 150, () => ({ level: 3 }))], []],
    [
      'begins late although it was level for long',
      [...rows(10, 0, 600, () => ({ level: 0 })), ...rows(10, 610, 660, (s) => ({ level: (s - 600) / 30 }))],
      ['rise+ 640'],
    ],
  ])('%s', (_, given, expected) => {
    expect(rise(given)).toEqual(expected)
  })
})

describe('a fall of more than 1 m a minute', () => {
  test.each<[string, Row[], string[]]>([
    ['is known after half a window', rows(10, 0, 30, climbing(-1.5, 9)), ['fall+ 30']],
    ['just so fast is none', rows(15, 0, 300, climbing(-1, 9)), []],
    ['a rise is none', rows(10, 0, 120, climbing(3)), []],
  ])('%s', (_, given, expected) => {
    expect(fall(given)).toEqual(expected)
  })
})

describe('reports of other points', () => {
  const reported = (every: number, perMinute: number): Row[] =>
    rows(10, 0, every * 5, (second) => ({ flow: 1, ...(second % every === 0 && climbing(perMinute)(second)) }))
  test('between rare readings make no slow rise a fast one', () => {
    expect(rise(reported(300, 0.3))).toEqual([])
  })

  test('between frequent readings change nothing', () => {
    expect(rise(reported(30, 1))).toEqual([])
    expect(rise(reported(30, 1.1))).toEqual(['rise+ 30'])
  })

  test('neither end nor lengthen what is there', () => {
    const given = [...rows(10, 0, 60, climbing(1.5)), ...rows(10, 70, 300, () => ({ flow: 1 })), [310, { level: 2 }] as const]
    expect(rise(given)).toEqual(['rise+ 30', 'rise- 310'])
  })
})

describe('where only a change from a value that matters counts', () => {
  const fallFrom = (given: readonly Row[], from: number | ((rated: { flow: number }) => number)) =>
    play((build) => ({ fall: build.rate({ ...options, perMinute: -1, from }) }), given)
  test.each<[string, string[], string[]]>([
    ['a fall from just there', fallFrom(rows(10, 0, 30, climbing(-1.5, 5)), 5), ['fall+ 30']],
    ['not from below it', fallFrom(rows(10, 0, 30, climbing(-1.5, 4.99)), 5), []],
    ['a rise from just there', rise(rows(10, 0, 30, climbing(1.5, 5)), { from: 5 }), ['rise+ 30']],
    ['not from above it', rise(rows(10, 0, 30, climbing(1.5, 5.01)), { from: 5 }), []],
    ['by what is rated', fallFrom(rows(10, 0, 30, climbing(-1.5, 5)), ({ flow }) => flow / 10), ['fall+ 30']],
    ['not below that', fallFrom(rows(10, 0, 30, climbing(-1.5, 5)), ({ flow }) => flow / 9), []],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected)
  })

  test('what counts is the value at the beginning of the window', () => {
    // A minute before, the level has long passed 5 on its way down.
    expect(fallFrom(rows(10, 0, 180, climbing(-1.5, 7)), 5)).toEqual(['fall+ 30', 'fall- 150'])
  })
})

test('no change at all is no rise, were it of more than nothing', () => {
  expect(
    rise(
      rows(10, 0, 120, () => ({ level: 3 })),
      { perMinute: 0 },
    ),
  ).toEqual([])
  expect(rise(rows(10, 0, 30, climbing(0.01)), { perMinute: 0 })).toEqual(['rise+ 30'])
})

describe('a gap', () => {
  const pause = (gap: number): Row[] => [
    [0, { level: 0 }],
    [gap, { level: 9 }],
  ]
  test('of two windows still says how fast it was, a longer one does not', () => {
    expect(rise(pause(120))).toEqual(['rise+ 120'])
    expect(rise(pause(121))).toEqual([])
  })

  test('ends what was there, and a whole window after it is needed to know again', () => {
    const resumed = rows(10, 300, 400, (s) => ({ level: (s - 300) / 20 }))
    expect(rise([...rows(10, 0, 60, climbing(1.5)), ...resumed])).toEqual(['rise+ 30', 'rise- 300', 'rise+ 360'])
  })

  test('an impossible value changes nothing and is not reckoned with', () => {
    const given: Row[] = [...rows(10, 0, 40, climbing(1.5)), [50, { level: -1 }], ...rows(10, 60, 90, climbing(1.5))]
    expect(rise(given).filter((change) => !change.startsWith('sensor'))).toEqual(['rise+ 30'])
  })
})

describe('where it is judged only while a pump stands', () => {
  const only = { points: ['command'], when: ([on]: readonly number[]) => on === 0 } as const
  const pumped = (on: (second: number) => boolean | undefined, to = 60) =>
    rows(10, 0, to, (second) => {
      const command = on(second)
      return { ...climbing(1.5)(second), ...(command !== undefined && { command }) }
    })
  test.each<[string, Row[], string[]]>([
    ['a rise while it runs is none', pumped(() => true), []],
    ['what rose while it ran counts when it stops', pumped((s) => s < 50), ['rise+ 50']],
    ['a start of the pump ends it', pumped((s) => s >= 50), ['rise+ 30', 'rise- 50']],
    ['nothing begins while nobody knows', pumped(() => undefined), []],
    ['nothing is lost while nobody knows', pumped((s) => (s < 60 ? undefined : false)), ['rise+ 60']],
  ])('%s', (_, given, expected) => {
    expect(rise(given, { only })).toEqual(expected)
  })
})

test('a fault that is there stays while nobody knows whether it is to be judged', () => {
  const only = { points: ['flow'], when: ([flow]: readonly number[]) => flow! < 1 } as const
  const given = rows(10, 0, 60, (second) => ({ ...climbing(1.5)(second), flow: second === 50 ? -1 : 0 }))
  expect(rise(given, { only }).filter((change) => !change.startsWith('sensor'))).toEqual(['rise+ 30'])
})

test('rules that remember side by side do not disturb each other', () => {
  const given = [...rows(7, 0, 280, (s) => ({ level: 5 + 2 * Math.sin(s / 40), flow: s / 10 })), ...rows(45, 300, 700, climbing(0.6))]
  const windows = [60, 20, 150] as const
  const alone = windows.map((window) =>
    play((build) => ({ [`rise-${window}`]: build.rate({ ...options, perMinute: 1, window: window * 1000 }) }), given),
  )
  const together = play(
    (build) =>
      Object.fromEntries(
        windows.map((window) => [`rise-${window}`, build.rate({ ...options, perMinute: 1, window: window * 1000 })] as const),
      ),
    given,
  )
  windows.forEach((window, i) => {
    expect(alone[i]?.length).toBeGreaterThan(1)
    expect(together.filter((change) => change.startsWith(`rise-${window}`))).toEqual(alone[i])
  })
})
