import type { Subject } from '../../control/admission.ts'
import type { Command } from '../../control/command.ts'
import { isCircuitOn } from '../../detection/supply.ts'
import type { EffectLimits, KindCommand } from '../../facilities/commands.ts'
import { type Facility, hasController } from '../../facilities/plant.ts'
import type { ServiceParts } from '../parts.ts'

export type SubjectParts = Pick<ServiceParts, 'detector' | 'dialects' | 'now'>

const NOTHING: readonly number[] = []

export const ratedOf = ({ kind, rated }: Facility): Readonly<Record<string, number>> => ({ ...kind.rated, ...rated })

/** What decides whether a facility may be told something. */
export function subjectOf(facility: Facility, parts: SubjectParts): Subject {
  const { kind, mode } = facility
  const detection = parts.detector.state(facility.number)
  const values = detection?.values ?? NOTHING
  const { localMode } = kind
  return {
    ...{ mode, values, commands: kind.commands, rated: ratedOf(facility) },
    isReached: hasController(facility) && !kind.reportsItself,
    isLocal: localMode !== null && values[localMode.point] === localMode.value,
    isFed: !detection || isCircuitOn(detection, parts.now()),
  }
}

/** What its kind says of a command; undefined when it has none such. */
export const definitionOf = (facility: Facility, { command }: Pick<Command, 'command'>): KindCommand | undefined =>
  facility.kind.commands.get(command)

/** Device time of what a point said last, ms; null while it has said nothing. */
export function saidLast(facility: Facility, { point }: EffectLimits, { detector }: Pick<SubjectParts, 'detector'>): number | null {
  const time = detector.state(facility.number)?.times[point]
  return time === undefined || Number.isNaN(time) ? null : time
}

/** Whether its telemetry shows an effect now. */
export function showsEffect(facility: Facility, { point, low, high }: EffectLimits, { detector }: Pick<SubjectParts, 'detector'>): boolean {
  const detection = detector.state(facility.number)
  if (!detection || detection.bad?.has(point)) return false
  const value = detection.values[point] as number
  return value >= low && value <= high
}
