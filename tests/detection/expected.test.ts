import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import { Detector } from '../../src/detection/detector.ts'
import { askedAt, expectedAt, type Surroundings } from '../../src/detection/expected.ts'
import type { Rule } from '../../src/detection/rule.ts'
import type { Detection } from '../../src/detection/state.ts'
import { analog, text } from '../../src/telemetry/point.ts'
import { kindOf, texts } from './fixtures.ts'

const now = 1000
const facility = (more: Partial<DetectedFacility> = {}): DetectedFacility => ({
  id: 'L',
  number: 2,
  gateway: null,
  rated: {},
  kind: kindOf('lamp', {}, {}),
  ...more,
})
/** It says by point 1 that a command holds it. */
const heldLamp = facility({ kind: { ...kindOf('lamp', {}, {}), held: { point: 1, value: 1 } } })
const trueTime = (at: number) => at
const cabinet = { facility: facility({ id: 'C', number: 1 }) }
const watts = (level: number, { power }: Readonly<Record<string, number>>) => level * power!
const programme = (levels: Record<string, number>) => (of: DetectedFacility) => {
  const level = levels[of.id]
  return level === undefined ? undefined : { level, from: 0, until: 2000 }
}

type Given = Partial<Parameters<typeof expectedAt>[0]>

describe('what a lamp of 100 W should draw', () => {
  const always = Number.NEGATIVE_INFINITY
  test.each<[string, Given, number | undefined, string?]>([
    ['without a programme', {}, undefined],
    ['by its own programme', { surroundings: { programme: programme({ L: 0.5 }) } }, 50, 'programme'],
    ['by the programme of what feeds it', { feeder: cabinet, surroundings: { programme: programme({ C: 0.7 }) } }, 70, 'programme'],
    ['which goes before its own', { feeder: cabinet, surroundings: { programme: programme({ C: 0.7, L: 0.5 }) } }, 70, 'programme'],
    ['by its own where that has none', { feeder: cabinet, surroundings: { programme: programme({ L: 0.5 }) } }, 50, 'programme'],
    ['dark by its programme', { surroundings: { programme: programme({ L: 0 }) } }, 0, 'programme'],
    [
      'lit, as its circuit is on although the programme says dark',
      { fedFrom: 10, surroundings: { programme: programme({ L: 0 }) } },
      100,
      'supply',
    ],
    [
      'dimmed, as the programme says, on a circuit that is on',
      { fedFrom: 10, surroundings: { programme: programme({ L: 0.5 }) } },
      50,
      'programme',
    ],
    ['dark, as its circuit will be on only later', { fedFrom: now + 1, surroundings: { programme: programme({ L: 1 }) } }, 0, 'supply'],
    ['lit, as its circuit is on just now', { fedFrom: now, surroundings: { programme: programme({ L: 1 }) } }, 100, 'programme'],
    ['dark, whatever was commanded, as its circuit is off', { fedFrom: now + 1, surroundings: { commanded: () => 30 } }, 0, 'supply'],
    ['what was commanded', { surroundings: { programme: programme({ L: 1 }), commanded: () => 0 } }, 0, 'command'],
    ['the programme where nothing was', { surroundings: { programme: programme({ L: 1 }), commanded: () => undefined } }, 100, 'programme'],
    ['run by hand', { facility: facility({ mode: 'manual' }), surroundings: { programme: programme({ L: 1 }) } }, undefined],
    ['worked on, though its circuit is off', { facility: facility({ mode: 'maintenance' }), fedFrom: now + 1 }, undefined],
    [
      'held by a command, as it says itself',
      { facility: heldLamp, values: [7, 1], surroundings: { programme: programme({ L: 1 }) } },
      undefined,
    ],
    ['dark, whatever holds it, as its circuit is off', { facility: heldLamp, values: [7, 1], fedFrom: now + 1 }, 0, 'supply'],
    ['held no more', { facility: heldLamp, values: [7, 0], surroundings: { programme: programme({ L: 1 }) } }, 100, 'programme'],
    ['run by itself', { facility: facility({ mode: 'auto' }), surroundings: { programme: programme({ L: 1 }) } }, 100, 'programme'],
  ])('%s', (_, given, value, source) => {
    const state = { facility: facility(), feeder: null, surroundings: {}, fedFrom: always, rated: { power: 100 }, trueTime, ...given }
    expect(expectedAt(state, 0, now, watts)).toEqual(value === undefined ? undefined : { value, source })
  })

  test('nobody knows of a point that does not follow light', () => {
    const state = { facility: facility(), feeder: null, surroundings: { commanded: () => 1 }, fedFrom: 2000, rated: {}, trueTime }
    expect(expectedAt(state, 0, now, undefined)).toBeUndefined()
  })

  test('the world is asked for this facility, point and true moment', () => {
    const asked: unknown[] = []
    const surroundings: Surroundings = {
      commanded: (of, point, at) => void asked.push([of.id, point, at]),
      programme: (of, at) => void asked.push([of.id, at]),
    }
    const state = { facility: facility(), feeder: cabinet, surroundings, fedFrom: always, rated: {}, trueTime: (at: number) => at - 7 }
    expect(expectedAt(state, 3, now, watts)).toBeUndefined()
    expect(asked).toEqual([
      ['L', 3, now - 7],
      ['C', now - 7],
      ['L', now - 7],
    ])
  })
})

describe('deviation of a lamp that should draw 50 W by more than 10 W', () => {
  const build = ruleBuilders<'power', 'power'>()
  const power = analog(text('P', 'P'), 'W', [0, 400])
  const options = { ...texts, priority: 'medium', point: 'power', expected: watts, tolerance: 10 } as const

  function lamp(draft = build.deviation(options), level: number | null = 0.5) {
    const kind = { ...kindOf('lamp', { power }, { it: draft }), rated: { power: 100 } }
    const detector = new Detector({ programme: () => (level === null ? undefined : { level, from: 0, until: 1e9 }) })
    const changes: string[] = []
    const put = (mode: NonNullable<DetectedFacility['mode']>) => detector.put(facility({ kind, mode }))
    put('auto')
    return {
      put,
      changes,
      report: (at: number, value: number) =>
        detector.report(
          { facility: facility({ kind }), at, received: at, readings: [{ point: 0, value, quality: value < 0 ? 'bad' : 'good' }] },
          ({ active, at }) => changes.push(`${active ? '+' : '-'} ${at}`),
        ),
      figures() {
        const state = detector.state(2) as Detection
        const [rule] = kind.rules as [Rule]
        return rule.figures?.(state, state.lastReport, rule.parameters, state.values, state.layout.memories[0] as number)
      },
    }
  }

  test.each([
    [60, []],
    [60.1, ['+ 1']],
    [40, []],
    [39.9, ['+ 1']],
  ])('%d W', (value, expected) => {
    const { report, changes } = lamp()
    report(1, value)
    expect(changes).toEqual(expected)
  })

  test('stays while the reading is impossible and ends where nothing is expected any more', () => {
    const { report, changes, put, figures } = lamp()
    report(1, 100)
    report(2, -1)
    expect(figures()).toEqual({ expected: 50 })
    put('manual')
    report(3, 100)
    expect(changes).toEqual(['+ 1', '- 3'])
    expect(figures()).toEqual({ expected: Number.NaN })
  })

  test('nothing deviates where nobody knows what should be', () => {
    const { report, changes } = lamp(build.deviation(options), null)
    report(1, 400)
    expect(changes).toEqual([])
  })

  test('what is compared may be reckoned from the value, rated values and parameters', () => {
    const draft = build.deviation({
      ...options,
      expected: (level) => (level > 0 ? 1 : 0),
      actual: (value, rated, { part }) => (value > rated.power * part ? 1 : 0),
      parameters: { part: 0.2 },
      tolerance: 0.5,
    })
    const { report, changes } = lamp(draft)
    report(1, 20.1)
    report(2, 20)
    report(3, 99)
    expect(changes).toEqual(['+ 2', '- 3'])
  })
})

test('a lamp that a command holds is asked for what it says itself', () => {
  const surroundings = { programme: programme({ L: 1 }) }
  const state = { facility: heldLamp, feeder: null, surroundings, rated: { power: 100 }, trueTime }
  expect(askedAt({ ...state, values: [7, 1] }, 0, now, watts)).toEqual({ value: 7, source: 'command' })
  expect(askedAt({ ...state, values: [Number.NaN, 1] }, 0, now, watts)).toBeUndefined()
  expect(askedAt({ ...state, values: [7, 0] }, 0, now, watts)).toMatchObject({ value: 100, source: 'programme' })
})
