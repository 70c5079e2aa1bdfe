import { type Detection, facilityTime } from './state.ts'

/**
 * Since when the circuit of a facility is switched on, in its own time: -Infinity when nothing switches it, later than `at` when it will
 * be, Infinity when nobody knows. A feeder that never told the state of its circuits is taken to follow its lighting programme.
 */
export function fedFrom(state: Detection, at: number): number {
  const { feeder, facility } = state
  if (!feeder) return Number.NEGATIVE_INFINITY
  const { circuits = [] } = feeder.facility.kind
  if (circuits.length === 0) return Number.NEGATIVE_INFINITY
  const since = switchedOnSince(feeder, facility.circuit ?? null)
  if (!Number.isNaN(since)) return facilityTime(state, since)
  const ours = state.trueTime(at)
  const step = state.surroundings.programme?.(feeder.facility, ours)
  if (!step) return Number.NEGATIVE_INFINITY
  return (step.level > 0 ? (step.litFrom ?? step.from) : step.until) + (at - ours)
}

/** The same for whoever asks at our time `now`, ms, and has no report of the facility: whether its circuit is on. */
export function isCircuitOn({ feeder, facility, surroundings }: Detection, now: number): boolean {
  if (!feeder || (feeder.facility.kind.circuits ?? []).length === 0) return true
  const since = switchedOnSince(feeder, facility.circuit ?? null)
  if (!Number.isNaN(since)) return since <= now
  const step = surroundings.programme?.(feeder.facility, now)
  return !step || step.level > 0
}

/** Looks at a facility with what is known of its supply at facility time `at`, which may not be when it was judged last. */
export function asFedAt<T>(state: Detection, at: number, look: () => T): T {
  const { fedFrom: judged } = state
  state.fedFrom = fedFrom(state, at)
  const seen = look()
  state.fedFrom = judged
  return seen
}

/** By our clock; of a facility on no known circuit the one that is on longest. */
function switchedOnSince({ values, layout, facility }: Detection, circuit: number | null): number {
  const { circuits = [] } = facility.kind
  if (circuit !== null) return circuit <= circuits.length ? (values[layout.circuits + circuit - 1] as number) : Number.NaN
  let since = Number.NaN
  for (let i = 0; i < circuits.length; i++) {
    const on = values[layout.circuits + i] as number
    if (!Number.isNaN(on) && !(on >= since)) since = on
  }
  return since
}

/** Takes note of which circuits a facility's newest values say are on. Returns the numbers of those that changed. */
export function noteCircuits({ values, layout, facility }: Detection, received: number): number[] {
  const changed: number[] = []
  const { circuits = [] } = facility.kind
  for (let i = 0; i < circuits.length; i++) {
    const place = layout.circuits + i
    const reading = values[circuits[i] as number] as number
    if (Number.isNaN(reading)) continue
    const wasOn = Number.isFinite(values[place] as number)
    if (reading === 1 ? wasOn : values[place] === Number.POSITIVE_INFINITY) continue
    values[place] = reading === 1 ? received : Number.POSITIVE_INFINITY
    changed.push(i + 1)
  }
  return changed
}
