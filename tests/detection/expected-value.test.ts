import { expect, test } from 'vitest'
import { seconds } from '../../src/telemetry/duration.ts'
import { detectorWith, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high' } as const

/** What the one rule of a facility figures out now. */
function figuresOf({ detector, facility }: ReturnType<typeof detectorWith>) {
  const detection = detector.state(1)
  const [rule] = facility.kind.rules
  return rule?.figures?.(
    detection!,
    detection!.clock,
    detection!.settings[0]!.parameters,
    detection!.values,
    detection!.layout.memories[0]!,
  )
}

test('a condition says what its first point should read, of rated values and other points, and nothing when nobody knows', () => {
  const city = detectorWith((build) => ({
    low: build.condition({
      ...options,
      points: ['flow'],
      optional: ['level'],
      when: () => true,
      parameters: { share: 0.5 },
      expected: ([, level], rated, { share }) => share * rated.flow * level!,
    }),
  }))
  city.report(1000, { flow: 1 })
  expect(figuresOf(city)).toEqual({})
  city.report(2000, { level: 2 })
  expect(figuresOf(city)).toEqual({ expected: 50 })
})

test('a discrepancy says what was commanded', () => {
  const city = detectorWith((build) => ({
    stuck: build.discrepancy({ ...options, command: 'command', feedback: 'feedback' }),
  }))
  city.report(1000, { command: true, feedback: false })
  expect(figuresOf(city)).toEqual({ expected: 1 })
})

test('a drift says what was usual and what the mean is now', () => {
  const city = detectorWith((build) => ({
    falling: build.drift({
      ...options,
      point: 'flow',
      short: seconds(10),
      long: seconds(400),
      samples: 2,
      atLeast: 0.1,
      spreads: 3,
      only: { points: ['feedback'], when: ([on]) => on === 1 },
    }),
  }))
  for (let i = 0; i < 300; i++) city.report(seconds(i), { flow: 80, feedback: true })
  expect(figuresOf(city)).toEqual({ expected: 80, mean: 80 })
  let i = 300
  for (; i < 400 && city.take().length === 0; i++) city.report(seconds(i), { flow: 60, feedback: true })
  expect(i).toBeLessThan(400)
  const { expected, mean } = figuresOf(city) as Record<string, number>
  expect(mean! / expected!).toBeLessThan(0.9)
  expect(expected).toBeGreaterThan(75)
})
