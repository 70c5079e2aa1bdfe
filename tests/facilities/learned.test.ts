import { describe, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { byId } from '../../simulators/fault-arguments.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { Detection } from '../../src/detection/state.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { readingsOf } from './simulated.ts'

interface Course {
  kind: string
  variant: string
  seed?: string
  start?: string
  /** There from FAULT_AT on; a drift grows from then to `by` over so many ms. */
  fault?: { name: string; size: number }
  drift?: { point: string; by: number; over: number }
  length: number
}
interface Raised {
  rule: string
  at: number
  /** Points that deviate, the one that does most first. */
  points: string[]
}

const ID = 'under-test'
const FAULT_AT = days(2.5)

/** What a facility raises under its kind's own simulator, with the weather of a city, lost messages and a wrong clock. */
function course({ kind: key, variant, seed = 'a', start = '2026-11-01T12:00:00+08:00', fault, drift, length }: Course): Raised[] {
  const kind = kindByKey.get(key)!
  const { rated } = kind.variants[variant]!
  const [described] = simulatedFacilities([{ id: ID, kind: key, position: CITY_CENTRE, rated }], kindByKey)
  const facility = { ...described!, number: 0 }
  const begins = Date.parse(start)
  const world = createWorld({ position: CITY_CENTRE, seed })
  const fleet = new Fleet({ facilities: [facility], seed, world, start: begins, gaps: 0.05, skew: seconds(30) })
  if (fault) fleet.inject({ where: byId(ID), fault: fault.name, size: fault.size, after: FAULT_AT, for: null })
  const detector = new Detector()
  detector.put(facility)
  const raised: Raised[] = []
  const emit = ({ rule, at, active }: ConditionChange) => {
    if (!active) return
    const state = detector.state(0) as Detection
    const { settings, values, layout } = state
    const i = kind.rules.findIndex((one) => one.key === rule.key)
    const figures = rule.figures?.(state, at, settings[i]!.parameters, values, layout.memories[i]!) ?? {}
    const points = Object.keys(figures).flatMap((name) => (name.endsWith('.sigmas') ? [name.slice(0, -'.sigmas'.length)] : []))
    raised.push({ rule: rule.key, at: at - begins, points })
  }
  for (let at = begins; at <= begins + length; at += minutes(10)) {
    for (const { at: measured, sent, values } of fleet.step(at)) {
      const share = drift ? Math.min(1, Math.max(0, (measured - begins - FAULT_AT) / drift.over)) : 0
      const shown = drift ? { ...values, [drift.point]: (values[drift.point] as number) + share * drift.by } : values
      detector.advance(sent, emit)
      detector.report({ facility, at: measured, received: sent, readings: readingsOf(kind, shown) }, emit)
    }
  }
  return raised
}

const gas = { kind: 'gas-station', variant: 'storage' } as const
const sewage = { kind: 'sewage-plant', variant: 'class-1a' } as const

describe('a healthy fortnight raises nothing, while learning and after', () => {
  test.each([
    { ...gas, start: '2026-07-05T20:00:00+08:00' },
    { ...gas, variant: 'metering', seed: 'b' },
    { ...sewage, start: '2026-06-10T20:00:00+08:00' },
    { ...sewage, seed: 'b' },
    { ...sewage, seed: 'f', start: '2027-02-01T05:00:00+08:00' },
  ])('$kind $variant, $seed $start', (healthy) => {
    expect(course({ ...healthy, length: days(14) })).toEqual([])
  })
})

describe('what no limit shows is raised by what was learned, and by it alone', () => {
  test.each<Course & { rule?: string; first: string }>([
    { ...gas, fault: { name: 'small-leak', size: 0.2 }, first: 'ch4-[1-4]', length: hours(3) },
    { ...gas, fault: { name: 'filter-dirty', size: 0.2 }, first: 'filter-differential', length: hours(3) },
    { ...gas, fault: { name: 'odorant-low', size: 0.4 }, first: 'odorant', length: hours(3) },
    { ...gas, fault: { name: 'pipe-broken', size: 0.05 }, first: 'outlet-pressure', length: hours(3) },
    { ...gas, fault: { name: 'regulator-drifting', size: 1 }, first: 'outlet-pressure', length: hours(3) },
    { ...gas, drift: { point: 'inlet-pressure', by: 0.015, over: hours(2) }, first: 'inlet-pressure', length: hours(3) },
    { ...sewage, fault: { name: 'level-drifting', size: 1 }, first: 'wet-well-level', length: hours(4) },
    { ...sewage, fault: { name: 'sludge-bulking', size: 0.1 }, first: 'effluent-(ss|turbidity)', length: hours(4) },
    { ...sewage, fault: { name: 'filter-broken-through', size: 0.2 }, first: 'effluent-turbidity', length: hours(4) },
    { ...sewage, drift: { point: 'mlss', by: 350, over: hours(3) }, first: 'mlss', length: hours(4) },
    {
      ...sewage,
      fault: { name: 'blower-bearing-worn', size: 0.2 },
      rule: 'blower-1-out-of-pattern',
      first: 'blower-1-vibration',
      length: hours(3),
    },
    {
      ...sewage,
      fault: { name: 'diffusers-fouling', size: 1 },
      rule: 'blower-1-out-of-pattern',
      first: 'blower-1-pressure',
      length: hours(5),
    },
  ])('$kind $fault $drift.point', ({ rule = 'out-of-pattern', first, length, ...rest }) => {
    const raised = course({ ...rest, length: FAULT_AT + length })
    expect(raised.filter((one) => !one.rule.endsWith('out-of-pattern'))).toEqual([])
    const [own] = raised.filter((one) => one.rule === rule)
    expect(own?.at).toBeGreaterThan(FAULT_AT)
    expect(own?.points[0]).toMatch(new RegExp(`^${first}$`))
    expect(raised.filter(({ at }) => at < FAULT_AT)).toEqual([])
  })
})
