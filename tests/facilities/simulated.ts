import type { DetectedFacility } from '../../src/detection/detected-facility.ts'
import type { FacilityKind } from '../../src/facilities/facility-kind.ts'
import { encodeValue, isPlausible } from '../../src/telemetry/point.ts'
import type { Reading } from '../../src/telemetry/report.ts'

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
