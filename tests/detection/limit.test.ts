import { describe, expect, test } from 'vitest'
import { detectorWith, play, type Row, texts } from './fixtures.ts'

const options = { ...texts, priority: 'high', point: 'level' } as const

const levels = (...values: number[]): Row[] => values.map((level, second) => [second, { level }])

describe('a high limit of 5 with a deadband of 1', () => {
  test.each<[string, Row[], string[]]>([
    ['at the limit nothing is wrong', levels(5), []],
    ['above it is', levels(5.001), ['it+ 0']],
    ['far below it nothing is wrong', levels(0), []],
    ['inside the deadband nothing begins', levels(4.5, 4.999), []],
    ['inside the deadband it goes on', levels(6, 4.001), ['it+ 0']],
    ['at the end of the deadband it ends', levels(6, 4), ['it+ 0', 'it- 1']],
    ['after that the limit itself counts again', levels(6, 4, 4.5, 5, 5.001), ['it+ 0', 'it- 1', 'it+ 4']],
  ])('%s', (_, given, expected) => {
    expect(play((build) => ({ it: build.limit({ ...options, high: 5, deadband: 1 }) }), given)).toEqual(expected)
  })
})

describe('a low limit of 2 with a deadband of 1', () => {
  test.each<[string, Row[], string[]]>([
    ['at the limit nothing is wrong', levels(2), []],
    ['below it is', levels(1.999), ['it+ 0']],
    ['far above it nothing is wrong', levels(10), []],
    ['inside the deadband nothing begins', levels(2.5), []],
    ['inside the deadband it goes on', levels(1, 2.999), ['it+ 0']],
    ['at the end of the deadband it ends', levels(1, 3), ['it+ 0', 'it- 1']],
  ])('%s', (_, given, expected) => {
    expect(play((build) => ({ it: build.limit({ ...options, low: 2, deadband: 1 }) }), given)).toEqual(expected)
  })
})

test('without a deadband it ends at the limit', () => {
  expect(play((build) => ({ it: build.limit({ ...options, high: 5 }) }), levels(5.5, 5))).toEqual(['it+ 0', 'it- 1'])
})

test('between a low and a high limit nothing is wrong', () => {
  const both = levels(1, 2, 3, 5, 6, 4)
  expect(play((build) => ({ it: build.limit({ ...options, low: 2, high: 5 }) }), both)).toEqual(['it+ 0', 'it- 1', 'it+ 4', 'it- 5'])
})

describe('where it is judged only while a pump runs', () => {
  test.each<[string, Row[], string[]]>([
    ['a pump that stands is not judged', [[0, { level: 6, command: false }]], []],
    ['one that runs is', [[0, { level: 6, command: true }]], ['it+ 0']],
    ['stopping the pump ends the fault', [...running(6), [1, { level: 6, command: false }]], ['it+ 0', 'it- 1']],
    ['while nobody knows whether it runs nothing begins', [[0, { level: 6 }]], []],
    [
      'it begins once that is known',
      [
        [0, { level: 6 }],
        [1, { command: true }],
      ],
      ['it+ 1'],
    ],
    ['it does not end while the level is unknown', [...running(6), [1, { level: -1, command: true }]], ['it+ 0', 'sensor-fault+ 1']],
  ])('%s', (_, given, expected) => {
    const pumping = { points: ['command'], when: ([on]: readonly number[]) => on === 1 } as const
    expect(play((build) => ({ it: build.limit({ ...options, high: 5, only: pumping }) }), given)).toEqual(expected)
  })

  function running(level: number): Row[] {
    return [[0, { level, command: true }]]
  }
})

test('a fault that is there stays while nobody knows whether it is to be judged', () => {
  const only = { points: ['flow'], when: ([flow]: readonly number[]) => flow! > 1 } as const
  const given: Row[] = [
    [0, { level: 6, flow: 2 }],
    [1, { flow: -1 }],
    [2, { flow: 1 }],
  ]
  const changes = play((build) => ({ it: build.limit({ ...options, high: 5, only }) }), given)
  expect(changes.filter((change) => !change.startsWith('sensor'))).toEqual(['it+ 0', 'it- 2'])
})

test('what the limit is judged by may depend on parameters and rated values', () => {
  const seen: unknown[] = []
  const when = (values: readonly number[], rated: unknown, parameters: unknown) => seen.push([...values], rated, parameters) > 0
  play((build) => ({ it: build.limit({ ...options, high: 5, only: { points: ['flow'], when } }) }), [[0, { level: 1, flow: 7 }]])
  expect(seen).toEqual([[7], { flow: 50 }, { high: 5, deadband: 0 }])
})

test.each<[string, object, object]>([
  ['high', { high: 5 }, { high: 5, deadband: 0 }],
  ['low', { low: 2, deadband: 0.5 }, { low: 2, deadband: 0.5 }],
  ['both', { low: 2, high: 5 }, { low: 2, high: 5, deadband: 0 }],
  ['high by rated values', { high: ({ flow }: { flow: number }) => flow / 10 }, { deadband: 0 }],
  ['low by rated values', { low: ({ flow }: { flow: number }) => flow / 10 }, { deadband: 0 }],
])('an engineer may change the limit it has: %s', (name, limits, parameters) => {
  const { facility } = detectorWith((build) => ({ it: build.limit({ ...options, ...limits }) }))
  const [rule] = facility.kind.rules
  expect(rule?.parameters).toStrictEqual(parameters)
  const side = name.split(' ')[0] as string
  expect(rule?.ratedParameters({ flow: 70 })).toStrictEqual(name.includes('rated') ? { [side]: 7 } : {})
})
