import { expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import { play, type Row, texts } from './fixtures.ts'

const build = ruleBuilders<'level' | 'flow', 'height'>()
const common = { ...texts, priority: 'high' } as const

const family = build.levels({
  point: 'level',
  deadband: 1,
  onDelay: 5,
  consequenceOf: ['burst'],
  highHigh: { key: 'overflow', ...common, priority: 'critical', limit: 9, onDelay: 0, latching: true },
  high: { key: 'full', ...common, limit: ({ height }) => height, deadband: 2 },
  low: { key: 'low', ...common, limit: 2, consequenceOf: ['pump'] },
  lowLow: { key: 'empty', ...common, priority: 'low', limit: 1, consequenceOf: [] },
})

test('is one limit per level, with what they share unless the level says otherwise', () => {
  expect(Object.keys(family)).toEqual(['overflow', 'full', 'empty', 'low'])
  expect(family.overflow).toMatchObject({
    type: 'limit',
    points: ['level'],
    priority: 'critical',
    onDelay: 0,
    latching: true,
    parameters: { deadband: 1, high: 9 },
  })
  expect(family.full).toMatchObject({ priority: 'high', onDelay: 5, latching: false, parameters: { deadband: 2 } })
  expect(family.full.ratedParameters({ height: 7 })).toEqual({ high: 7 })
  expect(family.low.parameters).toEqual({ deadband: 1, low: 2 })
  expect(family.empty).toMatchObject({ priority: 'low', parameters: { deadband: 1, low: 1 } })
})

test('the inner level is a consequence of the outer one, beside what it says or all share', () => {
  expect(family.overflow.consequenceOf).toEqual(['burst'])
  expect(family.full.consequenceOf).toEqual(['overflow', 'burst'])
  expect(family.low.consequenceOf).toEqual(['empty', 'pump'])
  expect(family.empty.consequenceOf).toEqual([])
})

test('a point may have some of the levels only', () => {
  const one = build.levels({ point: 'flow', high: { key: 'surge', ...common, limit: 3 } })
  expect(Object.keys(one)).toEqual(['surge'])
  expect(one.surge.consequenceOf).toEqual([])
})

test('names nothing undeclared', () => {
  // @ts-expect-error: no such point
  build.levels({ point: 'levle', high: { key: 'full', ...common, limit: 3 } })
  // @ts-expect-error: no such level
  expect(family.ful).toBeUndefined()
})

test('each level begins and ends at its own limit', () => {
  const levels = [5, 7, 7.5, 9, 9.5, 8, 7.9, 6, 5.9, 2, 1.5, 1, 0.5, 2, 3, 3.5]
  const rows = levels.map((level, i): Row => [i, { level }])
  const changes = play(
    (each) =>
      each.levels({
        point: 'level',
        deadband: 1,
        highHigh: { key: 'hh', ...common, limit: 9 },
        high: { key: 'h', ...common, limit: 7 },
        low: { key: 'l', ...common, limit: 2 },
        lowLow: { key: 'll', ...common, limit: 1 },
      }),
    rows,
  )
  expect(changes).toEqual(['h+ 2', 'hh+ 4', 'hh- 5', 'h- 7', 'l+ 10', 'll+ 12', 'll- 13', 'l- 14'])
})

test('a guard and its parameters hold for all levels', () => {
  const rules = build.levels({
    point: 'level',
    only: { point: 'flow', above: 'least' },
    parameters: { least: 4 },
    low: { key: 'low', ...common, limit: 2 },
    lowLow: { key: 'empty', ...common, limit: 1 },
  })
  for (const rule of [rules.low, rules.empty]) {
    expect(rule).toMatchObject({ only: { point: 'flow', above: 'least' }, parameters: { least: 4 }, points: ['level', 'flow'] })
  }
})
