import { describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { runTrial } from '../../simulators/trial-run.ts'
import { planTrials } from '../../simulators/trials.ts'
import { createWorld } from '../../simulators/world.ts'
import { changeProblems } from '../../src/facilities/change-problems.ts'
import { facilityKinds, kindByKey } from '../../src/facilities/index.ts'
import { days, minutes, seconds } from '../../src/telemetry/duration.ts'
import type { Text } from '../../src/telemetry/point.ts'

const HOUR = 3_600_000
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
const HAN = /\p{Script=Han}/u

const SEED = 'conformance'
const world = createWorld({ position: CITY_CENTRE, seed: SEED })

/** Units and symbols that read the same in Chinese. */
const isTranslated = (text: Text) => text.en.trim() !== '' && (HAN.test(text.zh) || text.zh === text.en)

/** Gas that kills or explodes, what lets it out, and current that kills. The gases at a fence are judged by their smell. */
const resetByTwo: Readonly<Record<string, RegExp>> = {
  'street-light': /^leakage(-rising)?$/,
  'light-cabinet': /^leakage(-rising)?-[0-9]+$/,
  'pump-station': /^(h2s-high|oxygen-low)$/,
  'gas-station':
    /^(ch4-(alarm|cut-off)-[1-4]|flame|closed-valve-flow|outlet-overpressure|outlet-pressure-falling|tank-overfull|tank-pressure-high)$/,
}

test('kinds have keys of their own', () => {
  const keys = facilityKinds.map((kind) => kind.key)
  expect(new Set(keys).size).toBe(keys.length)
  for (const key of keys) expect(key).toMatch(KEBAB)
})

describe.each(facilityKinds.map((kind) => [kind.key, kind] as const))('%s', (_key, kind) => {
  const { faults } = kind.simulation
  const ruleKeys = kind.rules.map((rule) => rule.key)

  test('points and rules have keys of their own', () => {
    for (const key of [...kind.table.keys, ...ruleKeys, ...Object.keys(faults)]) expect(key).toMatch(KEBAB)
    expect(new Set(ruleKeys).size).toBe(ruleKeys.length)
  })

  test('everything an operator reads is there in both languages', () => {
    const texts = [
      kind.title,
      ...kind.table.points.flatMap((point) => [
        point.title,
        ...(point.type === 'number' ? [] : point.states.map((s) => ('key' in s ? s.title : s))),
      ]),
      ...Object.values(faults).map((fault) => fault.title),
    ]
    for (const text of texts) expect(isTranslated(text), text.en).toBe(true)
    for (const rule of kind.rules) {
      for (const text of [rule.title, rule.cause, rule.consequence, ...rule.response]) {
        expect(text.en.length, `${rule.key}: ${text.en}`).toBeGreaterThan(3)
        expect(text.zh, `${rule.key}: ${text.en}`).toMatch(HAN)
      }
      expect(rule.response.length, rule.key).toBeGreaterThan(0)
      expect(rule.timeToAct, rule.key).toBeGreaterThan(0)
    }
  })

  test('alarms of gas and of leakage latch, are never put aside, and tell of the two people who reset them', () => {
    const latching = kind.rules.filter((rule) => rule.latching)
    expect(latching.map(({ key }) => key).filter((key) => !resetByTwo[kind.key]?.test(key))).toEqual([])
    expect(ruleKeys.filter((key) => resetByTwo[kind.key]?.test(key))).toEqual(latching.map(({ key }) => key))
    for (const { key, shelvable, response } of latching) {
      expect(shelvable, key).toBe(false)
      expect([response.at(-1)?.en, response.at(-1)?.zh], key).toEqual([
        expect.stringMatching(/two people/),
        expect.stringMatching(/两人复位/),
      ])
    }
  })

  test('whoever sets of a rule what is usual is not refused', () => {
    for (const rule of kind.rules) {
      const parameters = { ...rule.parameters, ...rule.ratedParameters(kind.rated) }
      const { priority, onDelay, offDelay } = rule
      expect(changeProblems(kind, rule.key, { enabled: true, priority, onDelay, offDelay, parameters }), rule.key).toEqual([])
    }
  })

  test('a rule that compares with what should be freezes that with its alarm', () => {
    const comparing = ['deviation', 'discrepancy', 'drift', 'profile', 'reference', 'mean']
    for (const rule of kind.rules) if (rule.expects || comparing.includes(rule.type)) expect(rule.figures, rule.key).not.toBeNull()
  })

  test('the panel shows points that exist', () => {
    const { headline, gauges, trends } = kind.panel
    for (const point of [headline, ...gauges, ...trends.flat()]) expect(kind.table.keys).toContain(point)
  })

  test('healthy bands lie within what is plausible', () => {
    for (const [i, point] of kind.table.points.entries()) {
      if (point.type !== 'number') continue
      const [low, high] = point.normal ?? point.plausible
      expect(low, kind.table.keys[i]).toBeLessThan(high)
      expect(low, kind.table.keys[i]).toBeGreaterThanOrEqual(point.plausible[0])
      expect(high, kind.table.keys[i]).toBeLessThanOrEqual(point.plausible[1])
    }
  })

  test('simulated faults name rules that exist', () => {
    for (const fault of Object.values(faults)) for (const rule of fault.raises) expect(ruleKeys).toContain(rule)
  })

  test('rules and texts of variants name what exists', () => {
    const circuits = new Set(kind.circuits.map((_, i) => i + 1))
    for (const { key, consequenceOf, deprives } of kind.rules) {
      for (const cause of consequenceOf) expect(ruleKeys, key).toContain(cause)
      for (const circuit of deprives?.circuits ?? []) expect(circuits, key).toContain(circuit)
    }
    for (const point of Object.keys(kind.terms)) expect(kind.table.keys).toContain(point)
    for (const point of [...kind.circuits, ...kind.expected.keys()]) expect(kind.table.keys[point], kind.key).toBeDefined()
  })

  test('variants are sorts of the kind, and a facility with no rated values of its own is one of them', () => {
    const variants = Object.entries(kind.variants)
    const described = variants.map(([, { rated }]) => JSON.stringify({ ...kind.rated, ...rated }))
    expect(new Set(described).size).toBe(variants.length)
    for (const [key, { title, rated }] of variants) {
      expect(key).toMatch(KEBAB)
      expect(isTranslated(title), title.en).toBe(true)
      for (const name of Object.keys(rated)) expect(Object.keys(kind.rated), key).toContain(name)
    }
    if (variants.length > 0) expect(described).toContain(JSON.stringify(kind.rated))
  })

  test('each fault says in what time its alarm comes, and what it needs exists', () => {
    for (const [name, { within, needs, learning = 0 }] of Object.entries(faults)) {
      expect(within, name).toBeGreaterThan(0)
      expect(learning, name).toBeGreaterThanOrEqual(0)
      for (const rated of Object.keys(needs ?? {})) expect(Object.keys(kind.rated), name).toContain(rated)
    }
  })

  const trials = planTrials({ kinds: [kind], world, seed: SEED, healthy: days(7), firstVariantOnly: true })
  const options = { kinds: kindByKey, world, seed: SEED, gaps: 0.05, skew: seconds(30), hold: minutes(10), recovery: minutes(30) }
  const named = (isHealthy: boolean) =>
    trials
      .filter(({ fault }) => (fault === null) === isHealthy)
      .map((trial) => [`${trial.fault ?? 'week'} ${trial.variant.key}`, trial] as const)

  test('the healthy week has rain, cold, dusk and dawn', () => {
    const { start, faultAt } = trials[0]!
    const moments = Array.from({ length: (faultAt - start) / HOUR }, (_, hour) => world(start + hour * HOUR))
    expect(Math.max(...moments.map(({ rain }) => rain))).toBeGreaterThan(0.5)
    expect(
      Math.max(...moments.map(({ temperature }) => temperature)) - Math.min(...moments.map(({ temperature }) => temperature)),
    ).toBeGreaterThan(8)
    expect(new Set(moments.map(({ daylight }) => Math.round(daylight))).size).toBe(2)
  })

  test.each(named(true))('a healthy %s raises nothing', async (_name, trial) => {
    const { falseAlarms, reports } = await runTrial(trial, options)
    expect(falseAlarms).toEqual([])
    expect(reports).toBeGreaterThan(days(6) / kind.simulation.period)
  })

  test.each(named(false))('fault %s raises its alarm in its time, and no other', async (_name, trial) => {
    const { delay, isInTime, falseAlarms } = await runTrial(trial, options)
    const { within } = faults[trial.fault as string]!
    expect({ isInTime, falseAlarms }, `alarm after ${delay} of ${within} ms`).toEqual({ isInTime: true, falseAlarms: [] })
  })

  test('the same seed gives the same hours', () => {
    const facilities = simulatedFacilities([{ id: 'X-1', kind: kind.key }], kindByKey)
    const [fault] = Object.keys(faults)
    const once = () => {
      const fleet = new Fleet({ facilities, seed: SEED, world, start: trials[0]!.start })
      if (fault !== undefined) fleet.inject({ where: 'id=X-1', fault, after: HOUR, for: HOUR, size: 1 })
      return fleet.step(trials[0]!.start + 5 * HOUR).map(({ at, values }) => ({ at, values }))
    }
    expect(once()).toEqual(once())
  })
})
