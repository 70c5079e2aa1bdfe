import { seconds } from '../telemetry/duration.ts'
import { type Detection, facilityTime, isActive, ourTime } from './state.ts'
import { MISSED_REPORTS } from './usual-interval.ts'

/** A silent child waits so much longer than its parent's verdict, so that the parent's alarm is there to explain it. */
const AFTER_VERDICT = seconds(2)
/** A longer chain of feeders and reporters is a mistake in the plant. */
const DEEPEST = 4

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
  const step = state.surroundings.programme?.(feeder.facility, at)
  if (!step) return Number.NEGATIVE_INFINITY
  return step.level > 0 ? step.from : step.until
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

/**
 * Until when (facility time) the silence of a facility is not judged, because what feeds it or reports for it may have died with it and
 * has not been judged yet; -Infinity when nothing is awaited.
 */
export function awaitedVerdict(state: Detection): number {
  return Math.max(
    verdictOf(state.feeder, state),
    state.reporter === state.feeder ? Number.NEGATIVE_INFINITY : verdictOf(state.reporter, state),
  )
}

/** Whether a chain of feeders and reporters leads from one facility to the other. */
function hangsOn(state: Detection, other: Detection, depth = 0): boolean {
  if (depth === DEEPEST) return false
  const { feeder, reporter } = state
  if (feeder === other || reporter === other) return true
  return (
    (feeder !== null && hangsOn(feeder, other, depth + 1)) ||
    (reporter !== null && reporter !== feeder && hangsOn(reporter, other, depth + 1))
  )
}

function verdictOf(parent: Detection | null, child: Detection): number {
  const index = parent?.layout.silence ?? -1
  // A gateway fed by the cabinet it reports for: were each to wait for the other, nobody would ever speak.
  if (parent && hangsOn(parent, child)) return Number.NEGATIVE_INFINITY
  if (!parent || index < 0 || isActive(parent, index)) return Number.NEGATIVE_INFINITY
  const rated = (child.settings[child.layout.silence]?.parameters.period ?? 0) / MISSED_REPORTS
  const interval = Math.max(rated, child.usualInterval || 0)
  // It was heard after the child should have been: it lives, and the child is silent on its own.
  if (parent.lastReceived - child.lastReceived > interval && Number.isNaN(parent.offlineSince)) return Number.NEGATIVE_INFINITY
  const due = (parent.values[parent.layout.trueFrom + index] as number) + (parent.settings[index]?.onDelay ?? 0)
  const verdict = facilityTime(child, ourTime(parent, due) + AFTER_VERDICT)
  return Number.isFinite(verdict) ? verdict : Number.NEGATIVE_INFINITY
}
