import { describe, expect, test } from 'vitest'
import { facilityKinds } from '../../src/facilities/index.ts'
import type { Text } from '../../src/telemetry/point.ts'
import { simulateFacility } from './simulated.ts'

const HOUR = 3_600_000
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
const HAN = /\p{Script=Han}/u

/** Units and symbols that read the same in Chinese. */
const isTranslated = (text: Text) => text.en.trim() !== '' && (HAN.test(text.zh) || text.zh === text.en)

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

  const longest = Math.max(0, ...Object.values(faults).map((fault) => fault.learning ?? 0))
  const variants = new Map([{}, ...Object.values(faults).map((fault) => fault.needs ?? {})].map((needs) => [JSON.stringify(needs), needs]))

  test.each([...variants])('a healthy facility %s raises nothing from noon to noon', (_name, rated) => {
    expect(simulateFacility(kind, rated, 7).run(longest + 26 * HOUR)).toEqual([])
  })

  test.each(Object.entries(faults))('fault %s raises its alarm and no other', (name, fault) => {
    const run = simulateFacility(kind, fault.needs, 11)
    expect(run.run(fault.learning ?? HOUR)).toEqual([])
    const changes = run.run(26 * HOUR, [name], (change) => change.rule === fault.raises[0])
    changes.push(...run.run(2 * HOUR, [name]), ...run.run(3 * HOUR))
    const raised = new Set(changes.filter((change) => change.active).map((change) => change.rule))
    expect(raised).toContain(fault.raises[0])
    expect([...raised].filter((rule) => !fault.raises.includes(rule))).toEqual([])
  })

  test('the same seed gives the same day', () => {
    const [fault] = Object.keys(faults)
    const once = () => simulateFacility(kind, {}, 3).run(30 * HOUR, fault === undefined ? [] : [fault])
    expect(once()).toEqual(once())
  })
})
