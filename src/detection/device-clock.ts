import { hours, minutes, seconds } from '../telemetry/duration.ts'
import type { Detection } from './state.ts'

/** A change of a device's clock that some reports speak for: they come in real time, but with another offset than before. */
export interface ClockStep {
  reports: number
  /** Device times of the first and the last of them, ms. */
  first: number
  last: number
  /** The least of their offsets, ms. */
  offset: number
}

/** What the delay of a network may differ by from one report to the next. */
const TOLERANCE = seconds(10)
/** So many reports over so long must come in real time; a backlog has always caught up by as much before. */
const STEADY_REPORTS = 4
const STEADY_TIME = seconds(30)
/** The least offset seen is forgotten by this much of the time that passes: more than a quartz drifts (100 ppm), less than delays last. */
const FORGETTING = 1 / 1000
const LONGEST_FORGETTING = hours(1)
/** A report is late when it comes more than this after it was taken, or than the time after which its facility is silent. */
const LEAST_LATE = minutes(5)

/**
 * Measures the offset of the device's clock by a report with readings, before these are admitted. The offset is the least that was seen,
 * because delays and backlogs only add to it. Returns true when the report is older than the last one and yet a sign of life, as it is
 * while the clock may have been set back.
 */
export function followClock(state: Detection, at: number, received: number): boolean {
  if (at === state.lastReport) return false
  const seen = received - at
  const known = Number.isNaN(state.clockOffset) ? (seen <= TOLERANCE ? seen : 0) : state.clockOffset
  if (seen > known + TOLERANCE) return suspectStep(state, at, seen, known)
  state.step = null
  // Nothing arrives before it was taken: with readings that seem to, the clock was set ahead.
  if (seen < known - TOLERANCE && at - state.lastReport > known - seen) restate(state, known - seen)
  const passed = state.isResumed ? 0 : Math.max(0, Math.min(LONGEST_FORGETTING, received - state.lastReceived))
  state.clockOffset = Math.min(seen, known + (passed || 0) * FORGETTING)
  return false
}

function suspectStep(state: Detection, at: number, seen: number, known: number): boolean {
  const { step } = state
  if (!step || !isSteady(step, at, seen)) {
    state.step = { reports: 1, first: at, last: at, offset: seen }
    return false
  }
  step.reports++
  step.last = at
  step.offset = Math.min(step.offset, seen)
  const isBefore = at <= state.lastReport
  if (step.reports < STEADY_REPORTS || at - step.first < STEADY_TIME) return isBefore
  if (isBefore) restate(state, known - step.offset)
  state.clockOffset = step.offset
  state.step = null
  return false
}

/** Reports of a backlog come faster than they were taken, so each one is less late than the one before. */
function isSteady({ last, offset }: ClockStep, at: number, seen: number): boolean {
  return at > last && seen <= offset + TOLERANCE && seen >= offset - Math.min(TOLERANCE, (at - last) / 2)
}

/** Puts all that is known of a facility into the time of its clock after that was set by `by` ms. What was told keeps its date. */
function restate(state: Detection, by: number): void {
  const { values, layout, times, facility } = state
  for (let i = 0; i < times.length; i++) if (!layout.samples.has(i)) times[i] = (times[i] as number) + by
  for (let i = layout.trueFrom; i < layout.falseFrom + layout.rules; i++) values[i] = (values[i] as number) + by
  facility.kind.rules.forEach(({ timeSlots }, index) => {
    for (const slot of timeSlots) {
      const place = (layout.memories[index] as number) + slot
      values[place] = (values[place] as number) + by
    }
  })
  state.lastReport += by
  state.lastHeard += by
  state.clock += by
  state.clockSet += by
  state.offlineSince += by
  state.reportingSince += by
  if (state.fork) state.fork.keptUntil += by
  for (const restless of state.restless?.values() ?? []) {
    restless.last += by
    restless.times = restless.times.map((time) => time + by)
  }
}

/** By how much later a report came than it was taken, ms; a device whose clock was not measured yet is believed to have a right one. */
export const delayOf = (state: Pick<Detection, 'clockOffset'>, at: number, received: number): number =>
  received - (state.clockOffset || 0) - at

/** Whether a report came too late to act on what it says. */
export function isLate(state: Detection, at: number, received: number): boolean {
  const { patience } = state
  return delayOf(state, at, received) > Math.max(LEAST_LATE, Number.isFinite(patience) ? patience : 0)
}
