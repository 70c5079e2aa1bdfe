import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { runTrial } from '../../simulators/trial-run.ts'
import { planTrials } from '../../simulators/trials.ts'
import { createWorld } from '../../simulators/world.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { Rule, RuleParameters } from '../../src/detection/rule.ts'
import { changeProblems } from '../../src/facilities/change-problems.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { facilityKinds, kindByKey } from '../../src/facilities/index.ts'
import { safeRanges } from '../../src/facilities/rule-safety.ts'
import { applyOverrides, type RuleChanges, type RuleOverride } from '../../src/facilities/rule-settings.ts'
import { days, seconds } from '../../src/telemetry/duration.ts'
import { facilityOf } from './simulated.ts'

const usualOf = (kind: FacilityKind, rule: Rule, rated = kind.rated): RuleParameters => ({
  ...rule.parameters,
  ...rule.ratedParameters(rated),
})
const override = (rule: string, changes: RuleChanges): RuleOverride => ({
  id: 1,
  version: 1,
  kind: '',
  group: null,
  facility: null,
  rule,
  changes,
  reason: '',
  by: 'li',
  at: 1,
})
const inForce = (kind: FacilityKind, rule: Rule, changes: RuleChanges, rated: RuleParameters = {}) =>
  applyOverrides(kind, rated, [override(rule.key, changes)])[kind.rules.indexOf(rule)]!

/** Rules that protect lives, one of each sort: those of circuits and detectors differ by their number only. */
const saving = facilityKinds.flatMap((kind) => {
  const sorts = new Map(kind.rules.filter(({ shelvable }) => !shelvable).map((rule) => [rule.key.replace(/-\d+$/, ''), rule]))
  return [...sorts.values()].map((rule) => [kind.key, rule.key, kind, rule] as const)
})

const changeable = saving.filter(([, , kind, rule]) => Object.keys(usualOf(kind, rule)).length > 0)

/** By name: values that would let a fault be seen later or never, given the usual one; a name that is not here has nobody thought of. */
const worse: Readonly<Record<string, (usual: number) => number[]>> = {
  high: (usual) => [usual * 1.01, 1e9, usual * 0.49, 0],
  low: (usual) => [usual * 0.99, -1e9, usual * 1.51, usual * 1.07],
  deadband: (usual) => [usual * 1.01, 1e9],
  gas: (usual) => [usual * 1.01, 1e9, usual * 0.49, 0],
  flowShare: (usual) => [usual * 1.01, 1e9, usual * 0.49, 0],
  period: (usual) => [usual + 1, 7 * 86_400_000, usual / 3, 1, 0],
  shortestShare: (usual) => [usual * 1.01, 1, 100],
  longestShare: (usual) => [usual * 1.01, 100, 0, -1],
  tolerance: (usual) => [usual - 0.01, -1, usual + 0.2, 1e9],
  perMinute: (usual) => [usual * 1.01, -1e9, 0, -usual, usual * 0.49, usual * 1e-9],
  window: (usual) => [usual + 1, usual - 1, 1, 7 * 86_400_000],
}

describe.each(changeable)('%s %s', (_kind, _rule, kind, rule) => {
  const usual = usualOf(kind, rule)

  test.each(Object.keys(usual))('is made blind by no %s: it is refused, and out of force where it was made before', (name) => {
    const known = usual[name] as number
    for (const value of (worse[name] as (usual: number) => number[])(known)) {
      const changes = { parameters: { [name]: value } }
      expect(changeProblems(kind, rule.key, changes).join('; '), `${name} ${value}`).toMatch(/protects lives/)
      const now = inForce(kind, rule, changes).parameters[name] as number
      expect(changeProblems(kind, rule.key, { parameters: { [name]: now } }), `${name} ${value} -> ${now}`).toEqual([])
    }
    expect(changeProblems(kind, rule.key, { parameters: { [name]: known } })).toEqual([])
  })
})

/** Events of a rule by its settings, over reports of values around its limits, ms apart. */
function eventsOf(kind: FacilityKind, rule: Rule, changes: RuleChanges | null, reports: readonly (readonly number[])[], step: number) {
  const alone = { ...kind, rules: [{ ...rule, consequenceOf: [] }] }
  const settings = changes ? applyOverrides(alone, {}, [override(rule.key, changes)]) : undefined
  const facility = facilityOf(alone)
  const detector = new Detector()
  detector.put(facility, settings)
  const seen: { at: number; active: boolean }[] = []
  const emit = ({ at, active }: ConditionChange) => seen.push({ at, active })
  let at = START
  for (const [gap = 1, ...values] of reports) {
    at += Math.round(gap * step)
    detector.advance(at, emit)
    const readings = rule.points.flatMap((point, i) => {
      const share = values[i % values.length] as number
      return share < 0 ? [] : [{ point, value: readingNear(kind, rule, point, share), quality: 'good' as const }]
    })
    detector.report({ facility, at, received: at, readings }, emit)
  }
  detector.advance(at + 10 * step, emit)
  return seen
}

/** A kind whose rules that protect lives come with the parameters farthest from their usual ones. */
function cautious(kind: FacilityKind): FacilityKind {
  const far = (rule: Rule) => (rated: RuleParameters) => {
    const usual = usualOf(kind, rule, rated)
    return Object.fromEntries(
      Object.entries(safeRanges(kind, rule, rated)).map(([name, [least, greatest]]) => [name, least === usual[name] ? greatest : least]),
    )
  }
  return { ...kind, rules: kind.rules.map((rule) => (rule.shelvable ? rule : { ...rule, ratedParameters: far(rule) })) }
}

const START = Date.parse('2026-03-01T00:00:00Z')

/** A share of 0 to 1 as a value around the limit of a rule, in few steps, so that values also stay as they are. */
function readingNear(kind: FacilityKind, rule: Rule, index: number, share: number): number {
  const point = kind.table.points[index]!
  if (point.type !== 'number') return Math.round(1000 * share) % 2
  const { high, low, gas } = usualOf(kind, rule)
  const around = high ?? low ?? gas ?? point.plausible[1] * (rule.type === 'rate' ? 0.08 : 0.02)
  const value = around * (0.7 + 0.06 * Math.round(10 * share))
  return Math.min(Math.max(value, point.plausible[0]), point.plausible[1])
}

describe('a change that is allowed', () => {
  test.each(changeable)('of %s %s: when the alarm comes by its defaults, it is there', (_kind, _rule, kind, rule) => {
    const usual = usualOf(kind, rule)
    const { period, window } = usual
    // Now and then silent for longer than its rule allows, but no pause in which nothing is known of what is stuck.
    const step = rule.type === 'stuck' ? (period as number) / 15 : (period ?? window ?? seconds(30)) / 6
    const gap = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 7 }) })
    const share = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0.5, 0.513) },
      { weight: 6, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
      { weight: rule.type === 'stuck' ? 0 : 1, arbitrary: fc.constant(-1) },
    )
    const stretch = fc
      .tuple(fc.integer({ min: 1, max: 20 }), gap, fc.array(share, { minLength: rule.points.length, maxLength: rule.points.length }))
      .map(([times, first, values]) => Array.from({ length: times }, (_, i) => [i === 0 ? first : 1, ...values]))
    const reports = fc.array(stretch, { minLength: 3, maxLength: 15 }).map((all) => all.flat())
    const factor = fc.constantFrom(-1, 0, 0.3, 0.5, 0.7, 0.95, 1, 1.02, 1.3, 2)
    const parameters = fc.record(
      Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, factor.map((by) => value * by || by)])),
    )
    let alarms = 0
    fc.assert(
      fc.property(reports, parameters, (reports, wanted) => {
        const allowed = Object.entries(wanted).filter(
          ([name, value]) => changeProblems(kind, rule.key, { parameters: { [name]: value as number } }).length === 0,
        )
        const changed = eventsOf(kind, rule, { parameters: Object.fromEntries(allowed) }, reports, step)
        for (const { at, active } of eventsOf(kind, rule, null, reports, step)) {
          if (!active) continue
          alarms++
          const then = changed.findLast((event) => event.at <= at)
          if (!then?.active) throw new Error(`at ${at - START} with ${JSON.stringify(allowed)}: ${JSON.stringify(changed)}`)
        }
      }),
      { numRuns: 100, seed: 1 },
    )
    expect(alarms).toBeGreaterThan(0)
  })
})

describe('the most cautious settings', () => {
  const world = createWorld({ position: CITY_CENTRE, seed: 'cautious' })
  const options = { world, seed: 'cautious', gaps: 0, skew: 0, hold: 0, recovery: 0 }
  const kinds = [...new Set(changeable.map(([, , kind]) => kind))].map(cautious)
  const trials = planTrials({ kinds, world, seed: 'cautious', healthy: days(1) }).filter(({ fault }) => fault === null)

  test.each(trials.map((trial) => [trial.kind.key, trial.variant.key, trial] as const))(
    'of a healthy %s %s raise nothing that would hide a fault',
    async (kind, _, trial) => {
      const all = new Map([...kindByKey, ...kinds.map((each) => [each.key, each] as const)])
      const { falseAlarms, reports } = await runTrial(trial, { ...options, kinds: all })
      expect(falseAlarms).toEqual([])
      expect(reports).toBeGreaterThan(days(0.9) / kindByKey.get(kind)!.simulation.period)
    },
  )
})

describe('what is allowed', () => {
  test.each<[kind: string, rule: string, parameters: RuleParameters, problem: RegExp | null]>([
    ['gas-station', 'ch4-alarm-1', { high: 10, deadband: 1 }, null],
    ['gas-station', 'ch4-alarm-1', { high: -6 }, /Methane 1 can only be -5 to 110 %LEL/],
    ['gas-station', 'ch4-alarm-1', { high: 25 }, /it protects lives and has a high from 10 to 20/],
    ['gas-station', 'ch4-lost-2', { period: seconds(15), longestShare: 0.5, shortestShare: 0 }, null],
    ['gas-station', 'ch4-lost-2', { period: seconds(14) }, /has a period from 15000 to 30000/],
    ['gas-station', 'ch4-frozen-1', { tolerance: 0.05 }, null],
    ['gas-station', 'ch4-frozen-1', { tolerance: 1 }, /has a tolerance from 0 to 0.1/],
    ['gas-station', 'ch4-alarm-1', { high: 9 }, /has a high from 10 to 20/],
    ['gas-station', 'ch4-cut-off-1', { high: 22 }, null],
    ['gas-station', 'ch4-cut-off-1', { high: 20 }, /has a high from 22 to 40/],
    ['gas-station', 'outlet-overpressure', { high: 0.26 }, /has a high from 0.265 to 0.3/],
    ['gas-station', 'tank-pressure-high', { high: 0.7 }, /has a high from 0.72 to 0.75/],
    ['gas-station', 'outlet-pressure-falling', { perMinute: -0.015 }, null],
    ['gas-station', 'outlet-pressure-falling', { perMinute: -0.001 }, /has a perMinute from -0.03 to -0.015/],
    ['gas-station', 'outlet-pressure-falling', { window: seconds(30) }, /has a window of 60000, which stays/],
    ['gas-station', 'closed-valve-flow', { flowShare: 0.005 }, null],
    ['gas-station', 'fan-not-running', { gas: 10 }, null],
    ['pump-station', 'oxygen-low', { low: 20 }, null],
    ['pump-station', 'oxygen-low', { low: 19 }, /has a low from 19.5 to 20.375/],
    ['pump-station', 'chlorine-low', { low: 0.01 }, null],
    ['sewage-plant', 'effluent-cod-high', { high: 1e9 }, /high is 1000000000, and .* can only be/],
    ['gas-station', 'reserve-low', { days: -1 }, /days is -1/],
    ['light-cabinet', 'mains-lost', { low: 1e6 }, /low is 1000000, and .* can only be/],
  ])('of %s %s: %j', (key, rule, parameters, problem) => {
    const kind = facilityKinds.find((each) => each.key === key)!
    const problems = changeProblems(kind, rule, { parameters }).join('; ')
    if (problem) expect(problems).toMatch(problem)
    else expect(problems).toBe('')
  })

  test('follows the rated values of a facility, also where a change was made for all of its kind', () => {
    const kind = facilityKinds.find(({ key }) => key === 'gas-station')!
    const rule = kind.rules.find(({ key }) => key === 'outlet-overpressure')!
    const changes = { priority: 'critical', parameters: { high: 0.29 } } as const
    expect(changeProblems(kind, rule.key, changes)).toEqual([])
    expect(changeProblems(kind, rule.key, changes, { 'shut-off': 0.25 })).toEqual(['it protects lives and has a high from 0.125 to 0.25'])
    expect(changeProblems(kind, rule.key, { parameters: { high: 0.34 } }, { 'shut-off': 0.35 })).toEqual([])
    expect(inForce(kind, rule, changes, { 'shut-off': 0.25 }).parameters.high).toBe(0.25)
    expect(inForce(kind, rule, changes).parameters.high).toBe(0.29)
    const gate = kind.variants.gate?.rated as RuleParameters
    expect(changeProblems(kind, rule.key, { parameters: { high: 0.4 } }, gate)).toEqual([
      'it protects lives and has a high from 0.455 to 0.5',
    ])
  })

  test('counts beside what is not', () => {
    const kind = facilityKinds.find(({ key }) => key === 'gas-station')!
    const rule = kind.rules.find(({ key }) => key === 'ch4-alarm-1')!
    const changes: RuleChanges = { enabled: false, onDelay: 9999, offDelay: 99_999, modes: ['auto'], parameters: { high: 99, deadband: 1 } }
    expect(inForce(kind, rule, changes)).toMatchObject({
      enabled: true,
      onDelay: 2000,
      offDelay: 60_000,
      modes: null,
      parameters: { high: 20, deadband: 1 },
    })
  })

  test.each(facilityKinds.map((kind) => [kind.key, kind] as const))('every default of %s may be set', (_, kind) => {
    const variants = [{}, ...Object.values(kind.variants).map(({ rated }) => rated)]
    for (const rated of variants)
      for (const rule of kind.rules) {
        const all = { ...rule.parameters, ...rule.ratedParameters({ ...kind.rated, ...rated }) }
        const parameters = Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(rule.ranges, name)))
        if (Object.keys(parameters).length > 0) expect(changeProblems(kind, rule.key, { parameters }, rated), rule.key).toEqual([])
      }
  })
})
