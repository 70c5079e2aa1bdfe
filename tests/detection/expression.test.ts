import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import {
  above,
  all,
  any,
  below,
  certainly,
  compileExpression,
  type Expression,
  expressionPoints,
  expressionText,
  is,
  isRated,
  not,
} from '../../src/detection/expression.ts'
import type { FacilityView } from '../../src/detection/rule.ts'
import type { Detection } from '../../src/detection/state.ts'
import { detectorWith, texts } from './fixtures.ts'

const points = ['a', 'b', 'c'] as const
type Key = (typeof points)[number]
const unknown = Number.NaN

/** What an expression says of the values of a, b and c; null = unknown. */
function judged(expression: Expression<Key>, values: readonly number[], parameters: Readonly<Record<string, number>> = {}) {
  const view = { values: Float64Array.from(values), rated: { size: 10 } } as unknown as FacilityView
  const truth = compileExpression<Key>(expression, (point) => points.indexOf(point))(view, parameters)
  return Number.isNaN(truth) ? null : truth === 1
}

describe('comparisons', () => {
  test.each<[string, Expression<Key>, number, boolean | null]>([
    ['above', above('a', 5), 5.01, true],
    ['not above the limit itself', above('a', 5), 5, false],
    ['below', below('a', 5), 4.99, true],
    ['not below the limit itself', below('a', 5), 5, false],
    ['is', is('a', 1), 1, true],
    ['is not', is('a', 1), 0, false],
    ['unknown above', above('a', 5), unknown, null],
    ['unknown below', below('a', 5), unknown, null],
    ['unknown is', is('a', 1), unknown, null],
    ['above a parameter', above('a', 'most'), 7.1, true],
    ['not above a parameter', above('a', 'most'), 7, false],
    ['above a rated value', above('a', { rated: 'size' }), 10.1, true],
    ['not above a rated value', above('a', { rated: 'size' }), 10, false],
    ['below half of a rated value', below('a', { rated: 'size', times: 0.5 }), 4.9, true],
    ['not below half of a rated value', below('a', { rated: 'size', times: 0.5 }), 5, false],
    ['below a share of a rated value', below('a', { rated: 'size', times: 'share' }), 1.9, true],
    ['not below a share of a rated value', below('a', { rated: 'size', times: 'share' }), 2, false],
    ['a rated value is', isRated('size', 10), unknown, true],
    ['a rated value is not', isRated('size', 11), unknown, false],
    ['above a parameter that is none', above('a', 'none'), 7, null],
  ])('%s', (_, expression, value, expected) => {
    expect(judged(expression, [value, unknown, unknown], { most: 7, share: 0.2 })).toBe(expected)
  })
})

describe('three-valued logic', () => {
  const truths = [true, false, null] as const
  const asValue = (truth: boolean | null) => (truth === null ? unknown : Number(truth))
  const [a, b] = [is('a', 1), is('b', 1)]
  for (const x of truths) {
    const values = (y: boolean | null) => [asValue(x), asValue(y), 0]
    test(`not ${x}, certainly ${x}`, () => {
      expect(judged(not(a), values(null))).toBe(x === null ? null : !x)
      expect(judged(certainly(a), values(null))).toBe(x === true)
      expect(judged(not(certainly(a)), values(null))).toBe(x !== true)
    })
    for (const y of truths) {
      test(`${x} and / or ${y}`, () => {
        const and = x === false || y === false ? false : x === null || y === null ? null : true
        const or = x === true || y === true ? true : x === null || y === null ? null : false
        expect(judged(all(a, b), values(y))).toBe(and)
        expect(judged(any(a, b), values(y))).toBe(or)
        expect(judged(not(all(a, b)), values(y))).toBe(and === null ? null : !and)
        expect(judged(certainly(any(a, b)), values(y))).toBe(or === true)
        expect(judged(not(certainly(any(a, b))), values(y))).toBe(or !== true)
      })
    }
  }

  test('of nothing: all is true, any is false', () => {
    expect([judged(all(), []), judged(any(), [])]).toEqual([true, false])
  })

  test('nests', () => {
    const nested = all(any(is('a', 1), is('b', 1)), not(is('c', 1)))
    expect(judged(nested, [unknown, 1, 0])).toBe(true)
    expect(judged(nested, [unknown, 0, 0])).toBe(null)
    expect(judged(nested, [unknown, 0, 1])).toBe(false)
  })
})

test('names its points once, in order', () => {
  expect(expressionPoints(all(is('b', 1), any(is('a', 1), not(is('b', 0))), certainly(above('c', 1)), isRated('size', 1)))).toEqual([
    'b',
    'a',
    'c',
  ])
})

test.each<[Expression<Key>, string]>([
  [above('a', 5), 'a > 5'],
  [below('a', 'low'), 'a < low'],
  [is('a', { rated: 'size' }), 'a = rated.size'],
  [above('a', { rated: 'size', times: 'share' }), 'a > share × rated.size'],
  [isRated('size', 1), 'rated.size = 1'],
  [all(is('a', 1), any(is('b', 0), not(is('c', 1)))), 'a = 1 and (b = 0 or not (c = 1))'],
  [any(all(is('a', 1), is('b', 1)), certainly(all(is('b', 0), is('c', 0)))), '(a = 1 and b = 1) or certainly (b = 0 and c = 0)'],
])('%j reads %s', (expression, formula) => {
  expect(expressionText(expression)).toBe(formula)
})

test('is data: what is sent and read again is judged alike', () => {
  const expression = all(any(is('a', 1), above('b', { rated: 'size', times: 'share' })), not(certainly(below('c', 'low'))))
  const sent = JSON.parse(JSON.stringify(expression)) as Expression<Key>
  expect(sent).toEqual(expression)
  expect(judged(sent, [0, 3, unknown], { share: 0.2, low: 1 })).toBe(true)
})

describe('in rules', () => {
  const options = { ...texts, priority: 'high' } as const
  const when = all(above('level', 'most'), is('command', 1))

  test('a condition judges it, shows it and freezes its points, those named first', () => {
    const { report, take, facility } = detectorWith((build) => ({
      c: build.condition({ ...options, points: ['flow'], when, parameters: { most: 5 } }),
    }))
    const [rule] = facility.kind.rules
    expect(rule).toMatchObject({ type: 'condition', condition: when, parameters: { most: 5 }, points: [1, 0, 2] })
    report(1000, { level: 6 })
    expect(take()).toEqual([])
    report(2000, { command: 1 })
    expect(take()).toEqual(['c+ 2000'])
    report(3000, { level: 11 })
    expect(take()).toEqual(['sensor-fault+ 3000'])
    report(4000, { command: 0 })
    expect(take()).toEqual(['c- 4000'])
  })

  test('a guard judges it with parameters of its own', () => {
    const { report, take, facility } = detectorWith((build) => ({
      high: build.limit({ ...options, point: 'level', high: 5, only: above('flow', 'least'), parameters: { least: 10 } }),
      fast: build.rate({ ...options, point: 'level', perMinute: 1, window: 60_000, only: is('command', 1) }),
      stuck: build.stuck({ ...options, point: 'level', period: 60_000, tolerance: 0, only: is('command', 1) }),
    }))
    expect(facility.kind.rules[0]).toMatchObject({ only: { point: 'flow', above: 'least' }, parameters: { least: 10, high: 5 } })
    report(1000, { level: 6 })
    report(2000, { flow: 10 })
    expect(take()).toEqual([])
    report(3000, { flow: 10.1 })
    expect(take()).toEqual(['high+ 3000'])
    report(4000, { flow: 101 })
    expect(take()).toEqual(['sensor-fault+ 4000'])
    report(5000, { flow: 10 })
    expect(take()).toEqual(['high- 5000', 'sensor-fault- 5000'])
  })

  test('a condition that compares with what should be freezes that, as far as it is known', () => {
    const { report, detector, facility } = detectorWith((build) => ({
      low: build.condition({
        ...options,
        points: ['level', 'flow'],
        parameters: { share: 0.5 },
        expected: ([, flow], rated, { share }) => ((flow as number) / rated.flow) * share,
        when: ([level, flow], rated, { share }) => (level as number) < ((flow as number) / rated.flow) * share,
      }),
      plain: build.condition({ ...options, when: is('command', 1) }),
    }))
    const [rule, plain] = facility.kind.rules
    const figures = () => {
      const state = detector.state(1) as Detection
      return rule?.figures?.(state, 0, state.settings[0]?.parameters ?? {}, state.values, 0)
    }
    report(1000, { level: 1 })
    expect(figures()).toEqual({})
    report(2000, { flow: 75 })
    expect(figures()).toEqual({ expected: 0.75 })
    expect(plain?.figures).toBeNull()
  })

  test('names nothing undeclared', () => {
    const build = ruleBuilders<'level' | 'flow', 'size'>()
    const bare = { ...options, points: ['level'] } as const
    // @ts-expect-error: no such point
    build.condition({ ...bare, when: above('levle', 5) })
    // @ts-expect-error: no such rated value
    build.condition({ ...bare, when: above('level', { rated: 'siez' }) })
    // @ts-expect-error: no such parameter
    build.condition({ ...bare, when: all(above('level', 'most')), parameters: { least: 1 } })
    // @ts-expect-error: no parameters at all
    build.limit({ ...options, point: 'level', high: 1, only: not(above('flow', 'least')) })
    expect(
      build.condition({ ...bare, when: any(above('flow', { rated: 'size', times: 'most' })), parameters: { most: 1 } }).points,
    ).toEqual(['level', 'flow'])
  })
})
