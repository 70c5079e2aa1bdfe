import type { DetectedFacility } from './detected-facility.ts'
import type { ExpectedOfLevel } from './rule.ts'

/** What a lighting programme asks for at one moment: a light level from 0 (off) to 1, and from when to when (ms) it does. */
export interface ProgrammeStep {
  level: number
  from: number
  until: number
  /** Since when there is light at whatever level, where that is longer than at this one. */
  litFrom?: number
  /** It is meant for the facility itself, and not only for what feeds it. */
  isOwn?: boolean
}

/** What detection is told of the world beyond telemetry. All are pure functions of our time, ms since 1970. */
export interface Surroundings {
  /** The lighting programme of a facility; undefined when it has none. */
  programme?: (facility: DetectedFacility, at: number) => ProgrammeStep | undefined
  /** What the command ledger holds for a point, in the point's encoding; undefined when nothing was commanded. */
  commanded?: (facility: DetectedFacility, point: number, at: number) => number | undefined
  /** What local time is ahead of UTC, ms; no difference when absent. */
  utcOffset?: (at: number) => number
}

/** Why a point should read what it should, the strongest reason first. */
export type ExpectedSource = 'supply' | 'command' | 'programme'

export interface Expected {
  value: number
  source: ExpectedSource
}

/** What decides what a facility should do. */
interface Expecting {
  readonly facility: DetectedFacility
  readonly feeder: { readonly facility: DetectedFacility } | null
  readonly surroundings: Surroundings
  readonly fedFrom: number
  readonly rated: Readonly<Record<string, number>>
  /** What its points said last, in their encoding. */
  readonly values?: ArrayLike<number>
  /** Facility time `at` by our clock, ms, where that differs by more than the network may delay. */
  trueTime(at: number): number
}

/** What a point is asked to read, by whom, and by which step where that is a programme. */
export interface Asked extends Expected {
  source: 'command' | 'programme'
  step?: ProgrammeStep
  /** The step is meant for the facility itself. */
  isOwn?: boolean
}

type Asking = Pick<Expecting, 'facility' | 'feeder' | 'surroundings' | 'rated' | 'values' | 'trueTime'>

/** Whether a facility says itself that a command holds it: that comes by the road of all telemetry, so that a replay knows it too. */
export function isHeld({ facility, values }: Pick<Expecting, 'facility' | 'values'>): boolean {
  const { held } = facility.kind
  return held != null && values?.[held.point] === held.value
}

/** What a point is asked to read at facility time `at` by a command or else the programme, whatever its supply allows; held by a command it says so itself. */
export function askedAt(state: Asking, point: number, at: number, ofLevel: ExpectedOfLevel): Asked | undefined {
  const { facility, feeder, surroundings, values } = state
  if (values && isHeld(state)) {
    const own = values[point] as number
    return Number.isNaN(own) ? undefined : { value: own, source: 'command' }
  }
  const ours = state.trueTime(at)
  const commanded = surroundings.commanded?.(facility, point, ours)
  if (commanded !== undefined) return { value: commanded, source: 'command' }
  const fed = feeder && surroundings.programme?.(feeder.facility, ours)
  const own = surroundings.programme?.(facility, ours)
  const step = own?.isOwn ? own : (fed ?? own)
  return step && { value: ofLevel(step.level, state.rated), source: 'programme', step, ...(own?.isOwn && { isOwn: true }) }
}

/**
 * What a point should read at facility time `at`: nothing is expected of a facility that is worked on, run by hand or held by a command as
 * it says; one whose circuit is off is dark; a command goes before the programme; one whose circuit is on although the programme says dark is lit.
 */
export function expectedAt(state: Expecting, point: number, at: number, ofLevel: ExpectedOfLevel | undefined): Expected | undefined {
  if ((state.facility.mode ?? 'auto') !== 'auto' || !ofLevel) return undefined
  if (state.fedFrom > at) return { value: ofLevel(0, state.rated), source: 'supply' }
  if (isHeld(state)) return undefined
  const asked = askedAt(state, point, at, ofLevel)
  // A circuit that is on lights what hangs on it; that it is on at the wrong time is its feeder's deviation.
  if (asked?.step?.level === 0 && !asked.isOwn && Number.isFinite(state.fedFrom))
    return { value: ofLevel(1, state.rated), source: 'supply' }
  return asked && { value: asked.value, source: asked.source }
}
