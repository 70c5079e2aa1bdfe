import { LamplighterError } from '../errors.ts'
import { decidesSuppression, type FieldChange } from '../facilities/facility-version.ts'
import type { Facility, FacilityDescription } from '../facilities/plant.ts'
import type { ServiceParts } from './parts.ts'
import { resettle } from './resettling.ts'

/** Makes a described facility part of the running plant, with the rule settings that are in force for it. */
export function admitFacility(
  { kinds, plant, detector, rules }: Pick<ServiceParts, 'kinds' | 'plant' | 'detector' | 'rules'>,
  number: number,
  description: FacilityDescription,
): Facility {
  const kind = kinds.get(description.kind)
  if (!kind)
    throw new LamplighterError(
      'config-invalid',
      `Facility ${description.id} is of kind ${description.kind}, which this version does not have.`,
    )
  const facility: Facility = { ...description, number, kind }
  plant.put(facility)
  detector.put(facility, rules.settingsOf(facility))
  return facility
}

/** Makes changed facilities part of the running plant, and lets at once count what they change: rule settings, and what explains alarms. */
export function admitChanged(
  parts: ServiceParts,
  changed: readonly { number: number; description: FacilityDescription; changes: readonly FieldChange[] }[],
  now: number,
): Facility[] {
  const { detector, pipeline } = parts
  const before = new Map(changed.map(({ number }) => [number, detector.inForce(number)]))
  const facilities = changed.map(({ number, description }) => admitFacility(parts, number, description))
  resettle(parts, facilities, before, now)
  const moved = facilities.filter((_, i) => changed[i]?.changes.some(decidesSuppression))
  if (moved.length > 0) pipeline.act(now, (_, suppression) => moved.flatMap((facility) => suppression.followPlant(facility, now)))
  return facilities
}
