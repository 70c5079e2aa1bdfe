import { expect, test } from 'vitest'
import { saveDetection } from '../../src/detection/saved-state.ts'
import { layoutOf } from '../../src/detection/state-layout.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const

const start = (more: { coverage?: number; deadbandShare?: number } = {}) =>
  detectorWith((build) => ({
    mean: build.mean({
      ...options,
      ...more,
      point: 'level',
      window: hours(1),
      parameters: { high: 5 },
      limit: (_, { high }) => high,
    }),
  }))

type Row = readonly [minute: number, level: number]

const every = (step: number, from: number, to: number, level: number): Row[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => [from + i * step, level] as const)

function play(rows: readonly Row[], more = {}) {
  const { report, take } = start(more)
  for (const [minute, level] of rows) report(minutes(minute), { level })
  return take().map((change) => change.replace(/\d+$/, (ms) => String(Number(ms) / minutes(1))))
}

test.each<[string, readonly Row[], string[]]>([
  ['a mean at the limit is none above it', every(5, 0, 180, 5), []],
  ['a mean above it is', every(5, 0, 180, 5.1), ['mean+ 45']],
  ['nothing is judged before three quarters of the window are known', every(5, 0, 40, 9), []],
  ['a short peak is not the mean', [...every(5, 0, 60, 4), ...every(5, 65, 70, 9), ...every(5, 75, 140, 4)], []],
  // Ten of sixty minutes at 4 more than the others' 4 give 4.67, fifteen give 5, twenty 5.33.
  ['a longer one is', [...every(5, 0, 60, 4), ...every(5, 65, 100, 8)], ['mean+ 80']],
  ['it ends when the mean is the deadband below', [...every(5, 0, 60, 5.1), ...every(5, 65, 130, 4.88)], ['mean+ 45', 'mean- 115']],
  ['rare readings count for the time between them', every(15, 0, 60, 6), ['mean+ 45']],
  // A burst of reports on change must not outweigh the quiet time around it: 40 minutes at 4, then 12 within a minute at 9.
  ['many readings at once count for their short time', [...every(5, 0, 60, 4), ...every(0.1, 60.1, 61, 9), ...every(5, 65, 90, 4)], []],
  ['one reading after a gap speaks for a quarter of the window', [...every(5, 0, 60, 4), [110, 9]], []],
  ['after the gap it takes new readings to know again', [...every(5, 0, 60, 4), ...every(5, 160, 195, 9)], ['mean+ 190']],
])('%s', (_name, rows, expected) => {
  expect(play(rows)).toEqual(expected)
})

test('coverage and deadband can be chosen', () => {
  expect(play(every(5, 0, 40, 9), { coverage: 0.25 })).toEqual(['mean+ 15'])
  expect(play([...every(5, 0, 60, 6), ...every(5, 65, 130, 3.9)], { deadbandShare: 0.2 })).toEqual(['mean+ 45', 'mean- 120'])
})

test('impossible values do not enter the mean, and the alarm stays while nobody knows', () => {
  const { report, take } = start()
  for (const [minute, level] of every(5, 0, 60, 6)) report(minutes(minute), { level })
  expect(take()).toEqual([`mean+ ${minutes(45)}`])
  for (const [minute] of every(5, 65, 300, 0)) report(minutes(minute), { level: -1 })
  expect(take()).toEqual([`sensor-fault+ ${minutes(65)}`])
  for (const [minute, level] of every(5, 305, 350, 4)) report(minutes(minute), { level })
  expect(take()).toEqual([`sensor-fault- ${minutes(305)}`, `mean- ${minutes(335)}`])
})

test('the mean is frozen with the alarm, and every reading counts for its time', () => {
  const { report, detector, facility } = start()
  const mean = (minute: number) => {
    const state = detector.state(1)!
    const [rule] = facility.kind.rules
    return rule?.figures?.(state, minutes(minute), rule.parameters, state.values, state.layout.memories[0]!)
  }
  for (let minute = 0; minute <= 60; minute++) report(minutes(minute), { level: minute <= 30 ? 4 : 8 })
  // The window slides by parts of 2.5 minutes, so that after 60 minutes the first two readings have left it.
  expect(mean(60)).toEqual({ mean: (28 * 4 + 30 * 8) / 58 })
  for (let minute = 61; minute <= 67; minute++) report(minutes(minute), { level: 8 })
  expect(mean(67)).toEqual({ mean: (23 * 4 + 37 * 8) / 60 })
  // Three quarters of the window are just enough.
  expect(mean(80)).toEqual({ mean: (8 * 4 + 37 * 8) / 45 })
  expect(mean(82.5)).toEqual({ mean: Number.NaN })
})

test('a reading that stands while other points report is counted once', () => {
  const { report, take } = start()
  for (const [minute] of every(5, 0, 60, 0)) report(minutes(minute), { level: minute === 0 ? 9 : 4.9 })
  for (const [minute] of every(5, 65, 600, 0)) report(minutes(minute), { flow: 1 })
  expect(take()).toEqual([])
})

test('the limit may follow from rated values and from other points', () => {
  const { report, take, facility } = detectorWith((build) => ({
    mean: build.mean({
      ...options,
      point: 'level',
      window: hours(1),
      parameters: { high: ({ flow }) => flow / 10, raised: 8, above: 60 },
      beside: ['flow'],
      limit: ([flow], { high, raised, above }) => (flow! > above ? raised : high),
    }),
  }))
  for (const [minute, level] of every(5, 0, 60, 6)) report(minutes(minute), { level, flow: 70 })
  expect(take()).toEqual([])
  report(minutes(65), { level: 6, flow: 60 })
  expect(take()).toEqual([`mean+ ${minutes(65)}`])
  const [rule] = facility.kind.rules
  expect(rule?.parameters).toStrictEqual({ coverage: 0.75, deadbandShare: 0.02, raised: 8, above: 60 })
  expect(rule?.ratedParameters({ flow: 50 })).toEqual({ high: 5 })
})

test('what a restart saves goes on as if nothing had been', () => {
  const { report, take, detector, facility } = start()
  for (const [minute, level] of every(5, 0, 40, 6)) report(minutes(minute), { level })
  const saved = saveDetection(detector.state(1)!)
  detector.restore(facility, saved, layoutOf(facility.kind).name)
  expect(saveDetection(detector.state(1)!)).toEqual(saved)
  report(minutes(45), { level: 6 })
  expect(take()).toEqual([`mean+ ${minutes(45)}`])
})
