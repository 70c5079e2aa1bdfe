import { describe, expect, test } from 'vitest'
import { saveDetection } from '../../src/detection/saved-state.ts'
import { minutes } from '../../src/telemetry/duration.ts'
import { detectorWith, play, type Row, texts, type Values } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const
const starts = { ...options, point: 'command', counts: 'rises', most: 2, window: minutes(10) } as const
const steps = { ...options, point: 'flow', counts: 'increments', most: 2, window: minutes(10) } as const

type Build = Parameters<Parameters<typeof detectorWith>[0]>[0]
const rises = (build: Build) => ({ many: build.counter(starts) })
const increments = (build: Build) => ({ many: build.counter(steps) })

/** Reports at these minutes. */
const at = (...given: readonly (readonly [minute: number, values: Values])[]) => given.map(([minute, values]): Row => [minute * 60, values])
/** A motor that starts at these minutes and runs for one. */
const runs = (...starts: readonly number[]) =>
  at([0, { command: 0 }], ...starts.flatMap((start) => [[start, { command: 1 }] as const, [start + 1, { command: 0 }] as const]))
const counts = (...given: readonly (readonly [minute: number, count: number])[]) =>
  at(...given.map(([minute, flow]) => [minute, { flow }] as const))
const minutesOf = (changes: readonly string[]) => changes.map((change) => change.replace(/\d+$/, (second) => String(Number(second) / 60)))

describe('rises', () => {
  test.each<[string, Row[], string[]]>([
    ['as many as allowed', runs(1, 3), []],
    ['one more', runs(1, 3, 5), ['many+ 5']],
    ['ends when one has left the window', [...runs(1, 3, 5), ...at([10.9, { command: 0 }], [11, { command: 0 }])], ['many+ 5', 'many- 11']],
    ['the oldest leaves the window with its last moment', runs(1, 3, 11), []],
    [
      'and is in it until then',
      at(...[0, 1, 2, 3, 4].map((m) => [m, { command: m % 2 }] as const), [10.9, { command: 1 }]),
      ['many+ 10.9'],
    ],
    ['a state that stays counts once', at([0, { command: 0 }], ...[1, 2, 3, 4].map((m) => [m, { command: 1 }] as const)), []],
    [
      'that it was there from the first is no rise',
      at([0, { command: 1 }], [1, { command: 0 }], [2, { command: 1 }], [3, { command: 0 }], [4, { command: 1 }]),
      [],
    ],
    [
      'a rise in a gap as long as the window counts',
      [...runs(1, 3), ...at([14, { command: 1 }], [15, { command: 0 }], [16, { command: 1 }], [17, { command: 0 }], [18, { command: 1 }])],
      ['many+ 18'],
    ],
    [
      'a rise in a longer gap does not',
      [
        ...runs(1, 3),
        ...at([14.1, { command: 1 }], [15, { command: 0 }], [16, { command: 1 }], [17, { command: 0 }], [18, { command: 1 }]),
      ],
      [],
    ],
  ])('%s', (_, rows, changes) => {
    expect(minutesOf(play(rises, rows))).toEqual(changes)
  })

  test('before and after the clock of the device is set ahead count together', () => {
    const { report, take } = detectorWith(rises)
    for (const minute of [0, 1, 2, 3, 4]) report(minutes(minute), { command: minute % 2 })
    const by = minutes(30)
    report(minutes(5) + by, { command: 1 }, -by)
    expect(take()).toEqual([`many+ ${minutes(5) + by}`])
    report(minutes(11) + by, { command: 1 }, -by)
    expect(take()).toEqual([`many- ${minutes(11) + by}`])
  })

  test('of another state', () => {
    const falls = (build: Build) => ({ many: build.counter({ ...starts, state: 0, most: 0 }) })
    expect(minutesOf(play(falls, at([0, { command: 0 }], [1, { command: 1 }], [2, { command: 0 }])))).toEqual(['many+ 2'])
  })
})

describe('increments', () => {
  test.each<[string, Row[], string[]]>([
    ['one by one', counts([0, 7], [1, 8], [2, 9], [3, 10]), ['many+ 3']],
    ['several in one report', counts([0, 7], [1, 9], [2, 9], [3, 10]), ['many+ 3']],
    ['far more than are remembered', counts([0, 7], [1, 90], [10.9, 90], [11, 90]), ['many+ 1', 'many- 11']],
    ['what it stood at first is none', counts([0, 50], [1, 52]), []],
    ['a new meter counts nothing', counts([0, 50], [1, 51], [2, 0], [3, 1]), []],
    ['and goes on from there', counts([0, 50], [1, 51], [2, 0], [3, 1], [4, 2]), ['many+ 4']],
    ['in a gap as long as the window', counts([0, 7], [10, 10]), ['many+ 10']],
    ['in a longer gap nobody knows when they were', counts([0, 7], [10.1, 10], [11, 12]), []],
    [
      'reports of other points change nothing',
      at([0, { flow: 7 }], [1, { flow: 9 }], [2, { level: 1 }], [3, { level: 2 }], [4, { flow: 10 }]),
      ['many+ 4'],
    ],
    [
      'an impossible value counts nothing',
      at([0, { flow: 7 }], [1, { flow: 999 }], [2, { flow: 8 }], [3, { flow: 9 }]).slice(0, 4),
      ['sensor-fault+ 1', 'sensor-fault- 2'],
    ],
  ])('%s', (_, rows, changes) => {
    expect(minutesOf(play(increments, rows))).toEqual(changes)
  })

  test('the time of an unknown value is part of the gap', () => {
    const rows = at([0, { flow: 7 }], [6, { flow: 999 }], [10.1, { flow: 10 }])
    expect(minutesOf(play(increments, rows)).filter((change) => change.startsWith('many'))).toEqual([])
  })
})

test('how many and in what time can be changed, as far as it remembers', () => {
  const { facility } = detectorWith((build) => ({ few: build.counter(steps), many: build.counter({ ...steps, most: 9 }) }))
  expect(facility.kind.rules[0]).toMatchObject({
    type: 'counter',
    points: [1],
    parameters: { most: 2, window: minutes(10) },
    ranges: { most: [0, 7] },
    slots: 10,
  })
  expect(facility.kind.rules[1]).toMatchObject({ ranges: { most: [0, 19] }, slots: 22 })
})

test.each([
  ['a shorter window', { most: 2, window: minutes(2) }, `many- ${minutes(3) + 1}`],
  ['a higher limit', { most: 3, window: minutes(10) }, `many- ${minutes(3) + 1}`],
])('%s counts at once, with what is remembered', (_, parameters, expected) => {
  const { report, detector, facility, emit, take } = detectorWith(increments)
  for (const [second, values] of counts([0, 7], [1, 8], [2, 9], [3, 10])) report(second * 1000, values)
  take()
  const before = detector.inForce(1)
  if (!before) throw new Error('no facility')
  detector.put(facility, [{ ...before.settings[0]!, parameters }, ...before.settings.slice(1)])
  detector.resettle(1, before, minutes(3) + 1, emit)
  expect(take()).toEqual([expected])
})

test('a restart counts nothing twice and forgets nothing', () => {
  const { report, detector, facility, take } = detectorWith(increments)
  report(0, { flow: 7 })
  report(minutes(1), { flow: 9 })
  const state = detector.state(1)
  if (!state) throw new Error('no state')
  detector.restore(facility, saveDetection(state), state.layout.name)
  report(minutes(2), { flow: 9 })
  expect(take()).toEqual([])
  report(minutes(3), { flow: 10 })
  expect(take()).toEqual([`many+ ${minutes(3)}`])
})

test('says how many there were', () => {
  const { report, detector, facility } = detectorWith(increments)
  const figures = () => {
    const state = detector.state(1)
    const [rule] = facility.kind.rules
    if (!state || !rule?.figures) throw new Error('no figures')
    return rule.figures(state, state.lastReport, rule.parameters, state.values, state.layout.memories[0] as number)
  }
  report(0, { flow: 7 })
  expect(figures()).toEqual({ events: 0 })
  report(minutes(1), { flow: 9 })
  report(minutes(5), { flow: 10 })
  expect(figures()).toEqual({ events: 3 })
  report(minutes(11), { flow: 10 })
  expect(figures()).toEqual({ events: 1 })
  report(minutes(12), { flow: 90 })
  expect(figures()).toEqual({ events: 8 })
})
