import { LamplighterError } from '../errors.ts'
import type { Facility, FacilityDescription } from '../facilities/plant.ts'
import type { ServiceParts } from './parts.ts'

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

/** A registered facility as people describe it. */
export function descriptionOf({ number: _, kind, ...rest }: Facility): FacilityDescription {
  return { ...rest, kind: kind.key }
}
