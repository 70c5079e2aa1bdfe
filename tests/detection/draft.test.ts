import { describe, expect, test } from 'vitest'
import { ruleBuilders } from '../../src/detection/builders.ts'
import type { FacilityView, RuleDraft, RuleOptions } from '../../src/detection/rule.ts'
import { sensorFaultRule } from '../../src/detection/sensor-fault.ts'
import { hours, minutes } from '../../src/telemetry/duration.ts'
import { text } from '../../src/telemetry/point.ts'
import { texts } from './fixtures.ts'

const build = ruleBuilders<'a' | 'b' | 'c', 'r'>()
const only = { points: ['b'], optional: ['c'], when: () => true } as const
const profile = { point: 'a', off: 1, period: minutes(30), shift: minutes(20), days: 5 } as const
const drift = { point: 'a', short: hours(1), long: hours(100), samples: 20, atLeast: 0.1, spreads: 4, only } as const
const reference = { point: 'a', only, share: 0.1, lamps: 2, period: minutes(5), nights: 3, settling: minutes(15) } as const
const behaviour = {
  points: ['a', 'b'],
  only,
  slow: ['b'],
  settling: 30,
  warming: 90,
  pause: () => 60,
  readings: 300,
  sigmas: 3.5,
  consecutive: 5,
  calm: 10,
} as const

/** Every builder with what it cannot do without, and what then is true of the rule beyond what is true of all. */
const drafts: Record<string, [draft: (common: RuleOptions) => RuleDraft, more: Partial<RuleDraft>]> = {
  limit: [(o) => build.limit({ ...o, point: 'a', high: 1, only }), { points: ['a', 'b', 'c'] }],
  rate: [(o) => build.rate({ ...o, point: 'a', perMinute: 1, window: 60, only }), { parameters: { perMinute: 1, window: 60 } }],
  stuck: [(o) => build.stuck({ ...o, point: 'a', period: 9, tolerance: 1 }), { points: ['a'], parameters: { period: 9, tolerance: 1 } }],
  silence: [
    (o) => build.silence({ ...o, period: 9 }),
    { points: [], whileFed: true, needs: ['supply', 'link'], deprives: { of: ['supply', 'link'] }, parameters: { period: 9 } },
  ],
  loss: [(o) => build.loss({ ...o, point: 'b', period: 9 }), { points: ['b'], parameters: { period: 9 } }],
  drift: [
    (o) => build.drift({ ...o, ...drift }),
    { points: ['a', 'b', 'c'], parameters: { short: hours(1), long: hours(100), samples: 20, atLeast: 0.1, spreads: 4 } },
  ],
  mean: [
    (o) => build.mean({ ...o, point: 'a', window: 60, parameters: { top: 4 }, beside: ['c'], limit: () => 1 }),
    { points: ['a', 'c'], parameters: { coverage: 0.75, deadbandShare: 0.02, top: 4 } },
  ],
  profile: [
    (o) => build.profile({ ...o, ...profile, watch: 'missing' }),
    { points: ['a'], parameters: { off: 1, period: minutes(30), shift: minutes(20), days: 5 } },
  ],
  reference: [
    (o) => build.reference({ ...o, ...reference, voltage: 'b', lamp: () => 1 }),
    { points: ['a', 'b', 'b', 'c'], parameters: expect.objectContaining({ share: 0.1, lamps: 2, nights: 3, steady: 0.1 }) },
  ],
  behaviour: [
    (o) => build.behaviour({ ...o, ...behaviour }),
    {
      expects: true,
      points: ['a', 'b', 'b', 'c'],
      parameters: { settling: 30, warming: 90, readings: 300, sigmas: 3.5, consecutive: 5, calm: 10 },
    },
  ],
  discrepancy: [(o) => build.discrepancy({ ...o, command: 'a', feedback: 'b' }), { points: ['b', 'a'] }],
  deviation: [
    (o) => build.deviation({ ...o, point: 'a', expected: () => 1, tolerance: 0.5, parameters: { part: 2 } }),
    { expects: true, points: ['a'], parameters: { part: 2, tolerance: 0.5 } },
  ],
  condition: [(o) => build.condition({ ...o, ...only, parameters: { above: 5 } }), { points: ['b', 'c'], parameters: { above: 5 } }],
}

const common: RuleOptions = { ...texts, priority: 'high' }

describe.each(Object.entries(drafts))('%s', (type, [draft, more]) => {
  test('fires at once, can be shelved and stands for itself unless it is told otherwise', () => {
    expect(draft(common)).toMatchObject({
      type,
      ...common,
      version: 1,
      onDelay: 0,
      offDelay: 0,
      latching: false,
      shelvable: true,
      whileFed: false,
      needs: [],
      deprives: null,
      expects: false,
      of: null,
      modes: null,
      unless: null,
      hours: null,
      consequenceOf: [],
      ...more,
    })
  })

  test('is as it is told to be', () => {
    const told: Required<RuleOptions> = {
      ...common,
      title: text('Level too high', '液位过高'),
      priority: 'low',
      version: 3,
      onDelay: 1,
      offDelay: 2,
      latching: true,
      shelvable: false,
      whileFed: false,
      needs: ['link'],
      deprives: { of: ['supply'], circuits: [2] },
      expects: false,
      of: { n: 2, m: 3 },
      modes: ['auto'],
      unless: { point: 'b', is: 1 },
      hours: { from: 60, until: 120, weekdays: [1] },
      consequenceOf: ['other'],
    }
    expect(draft(told)).toMatchObject(told)
    expect(draft({ ...common, whileFed: true, expects: true })).toMatchObject({ whileFed: true, expects: true })
  })
})

test('nothing is judged while a point says so, and only then', () => {
  const draft = build.limit({ ...common, point: 'a', high: 5, unless: { point: 'b', is: 1 } })
  expect(draft.points).toEqual(['a', 'b'])
  const judge = draft.judge([0, 1])
  const at = (value: number, held: number) => {
    const view = { values: Float64Array.of(value, held) } as unknown as FacilityView
    return judge(view, 7, false, draft.parameters, new Float64Array(), 0)
  }
  expect([at(9, 0), at(9, 1), at(9, Number.NaN), at(1, 0)]).toEqual([7, Number.POSITIVE_INFINITY, 7, Number.POSITIVE_INFINITY])
})

test('what is not given is no parameter', () => {
  expect(build.profile({ ...common, ...profile, watch: 'deviation' }).parameters).not.toHaveProperty('atLeast')
  const full = build.profile({ ...common, ...profile, watch: 'deviation', atLeast: 2, share: 0.3, settling: 4 })
  expect(full.parameters).toEqual({ off: 1, period: minutes(30), shift: minutes(20), days: 5, atLeast: 2, share: 0.3, settling: 4 })
})

test('only what follows from rated values is reckoned with them', () => {
  const rated = { r: 7 }
  expect(build.condition({ ...common, ...only }).ratedParameters(rated)).toEqual({})
  expect(build.silence({ ...common, period: 9 }).ratedParameters(rated)).toEqual({})
  const silence = build.silence({ ...common, period: ({ r }) => 3 * r })
  expect([silence.parameters, silence.ratedParameters(rated)]).toEqual([{ shortestShare: 0.5, longestShare: 4 }, { period: 21 }])
  expect(build.reference({ ...common, ...reference, lamp: ({ r }) => r / 2 }).ratedParameters(rated)).toEqual({ lamp: 3.5 })
})

test('the rule of every kind says in both languages what to do about an impossible value', () => {
  const { title, response, cause, consequence, ...rule } = sensorFaultRule()
  for (const { en, zh } of [title, cause, consequence, ...response]) {
    expect(en).toMatch(/^[A-Z].*[a-z.]$/)
    expect(zh).toMatch(/\p{Script=Han}/u)
  }
  expect(response.length).toBeGreaterThan(0)
  expect(rule).toMatchObject({ type: 'sensor-fault', priority: 'medium', points: [], parameters: {}, latching: false, shelvable: true })
  expect(rule).toMatchObject({ whileFed: false, needs: [], expects: false, consequenceOf: [] })
  expect(rule.ratedParameters({})).toEqual({})
})
