import { describe, expect, test } from 'vitest'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import { priorities, type Rule } from '../../src/detection/rule.ts'
import type { FacilityKind, SimulatedWorld } from '../../src/facilities/facility-kind.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { noGrid } from '../../src/facilities/physics.ts'
import { days, hours, minutes } from '../../src/telemetry/duration.ts'
import { facilityOf, readingsOf, type SeenChange, seeded } from './simulated.ts'

/** Six in the evening of a winter day in a city at UTC+8. */
const START = Date.UTC(2026, 0, 10, 10)
const MESSAGE_LOSS = 0.05
const CLOCK_SKEW = 30_000

interface Weather {
  temperature: number
  /** mm/h at an hour of the week */
  rain: (hour: number) => number
}
const frost: Weather = { temperature: -9, rain: () => 0 }
const thunderstorms: Weather = { temperature: 30, rain: (hour) => (hour % 24 > 14 && hour % 24 < 17 ? 35 : hour % 60 < 14 ? 9 : 0) }

function worldAt(at: number, elapsed: number, { temperature, rain }: Weather, random: () => number, fault: (name: string) => number) {
  const hour = (at / hours(1) + 8) % 24
  const peak = (centre: number, width: number) => Math.exp(-(((hour - centre) / width) ** 2))
  return {
    at,
    elapsed,
    daylight: hour > 7 && hour < 17.5 ? 1 : 0,
    temperature: temperature + 6 * Math.cos(((hour - 15) / 24) * 2 * Math.PI),
    demand: Math.min(1, 0.25 + 0.65 * peak(7.5, 2) + 0.7 * peak(19, 2.5) + 0.3 * peak(12.5, 2)),
    rain: rain(at / hours(1)),
    random,
    fault,
  } satisfies SimulatedWorld
}

/** A facility under `weather` whose messages get lost and whose clock goes wrong; `at` in the changes is its own time. */
function simulate(kind: FacilityKind, rated: Readonly<Record<string, number>>, weather: Weather, seed: number) {
  const facility = facilityOf(kind, rated)
  const random = seeded(seed)
  const step = kind.simulation.create(facility, random, noGrid)
  const detector = new Detector()
  detector.put(facility)
  const skew = (random() * 2 - 1) * CLOCK_SKEW
  let now = START
  let elapsed = 0
  const seen: Record<string, number | boolean | string> = {}
  return {
    seen,
    run(duration: number, faults: Readonly<Record<string, number>> = {}, until: (change: SeenChange) => boolean = () => false) {
      const changes: SeenChange[] = []
      let isOver = false
      const emit = ({ rule, at, active }: ConditionChange) => {
        const change = { rule: rule.key, at: at - skew, active }
        changes.push(change)
        isOver ||= until(change)
      }
      for (const end = now + duration; now < end && !isOver; now += kind.simulation.period) {
        const values = step(worldAt(now, elapsed, weather, random, (name) => faults[name] ?? 0))
        elapsed = kind.simulation.period
        detector.advance(now, emit)
        if (!values || random() < MESSAGE_LOSS) continue
        for (const [key, value] of Object.entries(values)) if (value !== null) seen[key] = value
        detector.report({ facility, at: now + skew, received: now, readings: readingsOf(kind, values) }, emit)
      }
      return changes
    },
    now: () => now,
  }
}

/** What explained an alarm may be gone for this long before the alarm stands for itself. */
const GRACE = minutes(2.5)

/** Rules that were active without anything else of the facility to explain them for longer than the grace time. */
function standing(kind: FacilityKind, changes: readonly SeenChange[], from: number, to: number): Set<string> {
  const active = new Set<string>()
  const since = new Map<string, number>()
  const shown = new Set<string>()
  for (const [i, { rule, at, active: isActive }] of changes.entries()) {
    if (isActive) active.add(rule)
    else active.delete(rule)
    const now = unexplained(kind, active)
    for (const key of since.keys()) if (!now.includes(key)) since.delete(key)
    const next = changes[i + 1]?.at ?? to
    for (const key of now) {
      if (!since.has(key)) since.set(key, at)
      if (next - Math.max(from, since.get(key)!) > GRACE) shown.add(key)
    }
  }
  return shown
}

/** Rules that nothing else of the facility explains. */
function unexplained(kind: FacilityKind, active: ReadonlySet<string>): string[] {
  return kind.rules
    .filter(({ key, consequenceOf }) => active.has(key) && !consequenceOf.some((cause) => active.has(cause)))
    .map(({ key }) => key)
}

/** What shows beside the alarm of a fault, because it calls for an action of its own. */
const besides: Readonly<Record<string, readonly string[]>> = {
  'gas-in-well': ['oxygen-low'],
  leak: ['ch4-alarm-2'],
  'leak-without-fan': ['ch4-alarm-1'],
  'detector-impossible': ['sensor-fault'],
  // Led by a frozen level the pump empties or floods its well, and neither may stay unseen.
  'stuck-level': ['dry-running', 'overflow', 'level-low'],
  blockage: ['network-pressure-low'],
  // What the pump itself taught is earlier, and stays until the flow is its usual again.
  'valve-closing': ['out-of-pattern'],
  'short-cycling': ['starts-far-too-often'],
  // A hot bearing cools slower than its pump comes to rest.
  'bearing-wear': ['bearing-overheated', 'bearing-warm'],
}

/** The rated values of a variant that can show the fault; undefined when it cannot. */
function ratedFor(kind: FacilityKind, variant: string, needs: Readonly<Record<string, number>> = {}) {
  const own = kind.variants[variant]!.rated as Readonly<Record<string, number>>
  return Object.entries(needs).some(([key, value]) => key in own && own[key] !== value) ? undefined : { ...own, ...needs }
}

describe.each(['pump-station', 'gas-station'])('%s', (key) => {
  const kind = kindByKey.get(key)!
  const variants = Object.keys(kind.variants)
  const faults = Object.entries(kind.simulation.faults)
  const table = variants.flatMap((variant) =>
    faults.flatMap(([name, fault]) => {
      const rated = ratedFor(kind, variant, fault.needs)
      return rated ? [{ variant, name, fault, rated }] : []
    }),
  )

  test('the default rated values are one of the variants', () => {
    const isDefault = (rated: object) => Object.entries(rated).every(([name, value]) => kind.rated[name] === value)
    expect(Object.values(kind.variants).filter(({ rated }) => isDefault(rated))).toHaveLength(1)
  })

  test.each(variants)('%s: days of frost and days of thunderstorms raise nothing', (variant) => {
    for (const weather of [frost, thunderstorms])
      expect(simulate(kind, kind.variants[variant]!.rated as Record<string, number>, weather, 5).run(days(3.5))).toEqual([])
  })

  test.each(table)('$variant: $name raises its alarm in time, and one alarm', ({ name, fault, rated }) => {
    const run = simulate(kind, rated, frost, 17)
    expect(run.run(fault.learning ?? hours(1))).toEqual([])
    const from = run.now()
    const changes = run.run(fault.within! + minutes(1), { [name]: 1 }, ({ rule, active }) => rule === fault.raises[0] && active)
    const own = changes.find(({ rule, active }) => rule === fault.raises[0] && active)
    expect(own?.at ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(from + fault.within!)
    changes.push(...run.run(minutes(25), { [name]: 1 }))
    const shown = standing(kind, changes, own!.at, run.now())
    changes.push(...run.run(hours(1)))
    expect(changes.filter(({ rule }) => !fault.raises.includes(rule))).toEqual([])
    expect([...shown].filter((rule) => rule !== fault.raises[0] && !besides[name]?.includes(rule))).toEqual([])
  })

  test('a consequence never hides behind less urgent news, nor two alarms behind each other', () => {
    const byKey = new Map(kind.rules.map((rule) => [rule.key, rule]))
    const urgency = (rule: Rule) => priorities.indexOf(rule.priority)
    const isSensor = (rule: Rule) => ['stuck', 'silence', 'loss'].includes(rule.type)
    for (const rule of kind.rules) {
      const reached = new Set<string>()
      const open = [...rule.consequenceOf]
      for (let cause = open.pop(); cause !== undefined; cause = open.pop()) {
        if (reached.has(cause)) continue
        reached.add(cause)
        open.push(...byKey.get(cause)!.consequenceOf)
      }
      expect(reached, rule.key).not.toContain(rule.key)
      for (const cause of rule.consequenceOf.map((cause) => byKey.get(cause)!))
        expect(isSensor(cause) || urgency(cause) <= urgency(rule), `${rule.key} behind ${cause.key}`).toBe(true)
    }
  })
})

describe('what a variant lacks it does not report', () => {
  const seenOf = (kind: string, variant: string) => {
    const run = simulate(kindByKey.get(kind)!, kindByKey.get(kind)!.variants[variant]!.rated as Record<string, number>, frost, 3)
    run.run(minutes(5))
    return Object.keys(run.seen)
  }
  test.each([
    ['pump-station', 'water-supply', ['outlet-pressure', 'chlorine', 'network-pressure'], ['wet-well-level', 'h2s', 'screen-head']],
    ['pump-station', 'drainage', ['wet-well-level', 'h2s', 'screen-head'], ['outlet-pressure', 'chlorine', 'network-pressure']],
    ['gas-station', 'storage', ['tank-level', 'inventory', 'outlet-pressure'], []],
    ['gas-station', 'regulating', ['outlet-pressure', 'shut-off-tripped'], ['tank-level', 'inventory', 'tank-pressure']],
    ['gas-station', 'metering', ['flow', 'odorant'], ['tank-level', 'inventory', 'outlet-pressure', 'shut-off-tripped']],
  ])('%s %s', (kind, variant, there, absent) => {
    const seen = seenOf(kind, variant)
    for (const point of there) expect(seen).toContain(point)
    for (const point of absent) expect(seen).not.toContain(point)
  })
})

test('a leak of twice the size is measured as twice the gas', () => {
  const kind = kindByKey.get('gas-station')!
  const gasAt = (size: number) => {
    const run = simulate(kind, {}, frost, 3)
    run.run(minutes(30), { 'small-leak': size })
    return Number(run.seen['ch4-1'])
  }
  expect(gasAt(2) / gasAt(1)).toBeCloseTo(2, 0)
})
