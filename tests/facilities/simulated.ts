import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { ConditionChange } from '../../src/detection/detection.ts'
import { Detector } from '../../src/detection/detector.ts'
import type { FacilityKind, SimulatedWorld } from '../../src/facilities/facility-kind.ts'
import { noGrid } from '../../src/facilities/physics.ts'
import { encodeValue, isPlausible } from '../../src/telemetry/point.ts'
import type { Reading } from '../../src/telemetry/report.ts'

const HOUR = 3_600_000
/** Noon in a city at UTC+8. */
export const NOON = Date.UTC(2026, 3, 10, 4)

/** A change of a condition as tests compare it. */
export interface SeenChange {
  rule: string
  at: number
  active: boolean
}

export function facilityOf(kind: FacilityKind, rated: Readonly<Record<string, number>> = {}): DetectedFacility {
  return { id: 'under-test', number: 0, kind, gateway: null, rated: { ...kind.rated, ...rated } }
}

/** Small, fast and seeded; good enough for noise. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Readings of a report's values; throws on a value that is not of its point's type. */
export function readingsOf(kind: FacilityKind, values: Readonly<Record<string, unknown>>): Reading[] {
  return Object.entries(values).flatMap(([key, value]): Reading[] => {
    if (value === null) return []
    const point = kind.table.index.get(key)
    if (point === undefined) throw new Error(`${kind.key} has no point ${key}`)
    const encoded = encodeValue(kind.table.points[point]!, value)
    if (encoded === undefined) throw new Error(`${kind.key} ${key} cannot be ${value}`)
    return [{ point, value: encoded, quality: isPlausible(kind.table.points[point]!, encoded) ? 'good' : 'bad' }]
  })
}

/** What a spring day in a city is like, with dusk, dawn and two peaks of demand. */
function worldAt(at: number, elapsed: number, random: () => number, faults: readonly string[]): SimulatedWorld {
  const hour = (at / HOUR + 8) % 24
  const peak = (centre: number, width: number) => Math.exp(-(((hour - centre) / width) ** 2))
  return {
    at,
    elapsed,
    daylight: Math.min(1, Math.max(0, 0.5 + 0.9 * Math.cos(((hour - 12.5) / 24) * 2 * Math.PI))),
    temperature: 16 + 7 * Math.cos(((hour - 15) / 24) * 2 * Math.PI),
    demand: Math.min(1, 0.25 + 0.65 * peak(7.5, 2) + 0.7 * peak(19, 2.5) + 0.3 * peak(12.5, 2)),
    rain: 0,
    random,
    fault: (name) => (faults.includes(name) ? 1 : 0),
  }
}

export interface SimulatedRun {
  /** Runs on for `duration` ms, with these faults present, and returns the changes. Ends early when `until` says so. */
  run(duration: number, faults?: readonly string[], until?: (change: SeenChange) => boolean): SeenChange[]
}

/** A facility of the kind, simulated and judged by the real detector. */
export function simulateFacility(kind: FacilityKind, rated: Readonly<Record<string, number>> = {}, seed = 1): SimulatedRun {
  const facility = facilityOf(kind, rated)
  const random = seeded(seed)
  const step = kind.simulation.create(facility, random, noGrid)
  const detector = new Detector()
  detector.put(facility)
  let at = NOON
  let elapsed = 0
  return {
    run(duration, faults = [], until = () => false) {
      const changes: SeenChange[] = []
      let isOver = false
      const emit = (change: ConditionChange) => {
        const seen = { rule: change.rule.key, at: change.at, active: change.active }
        changes.push(seen)
        isOver ||= until(seen)
      }
      for (const end = at + duration; at < end && !isOver; at += kind.simulation.period) {
        const values = step(worldAt(at, elapsed, random, faults))
        elapsed = kind.simulation.period
        detector.advance(at, emit)
        if (values) detector.report({ facility, at, received: at, readings: readingsOf(kind, values) }, emit)
      }
      return changes
    },
  }
}
