import { isInScope, isOwnIn, isWhole, type Scope } from '../access/scope.ts'
import { LamplighterError } from '../errors.ts'
import type { Facility, FacilityDescription, Plant } from '../facilities/plant.ts'
import type { PlantDevices, ServiceParts } from './parts.ts'

const MAX_PROBLEMS = 20

type Parts = Pick<ServiceParts, 'plant' | 'kinds' | 'state'> & { devices: Pick<PlantDevices, 'has'> }

/**
 * Throws `not-allowed` when a registration concerns what lies out of scope: a facility there, one that would come there, or a new link to
 * one, by which what happens here would explain or be explained by alarms there. A link that is there already may stay or go. An id belongs to
 * what had it first: a device, what a gateway of this name reports for, or a facility that was removed.
 */
export function checkScope(descriptions: readonly FacilityDescription[], scope: Scope, { plant, kinds, state, devices }: Parts): void {
  if (isWhole(scope)) return
  const given = new Map(descriptions.map((description) => [description.id, description]))
  const placed = ({ kind, district }: FacilityDescription) => {
    const found = kinds.get(kind)
    return found && { kind: found, district }
  }
  const isOwn = (description: FacilityDescription) => {
    const place = placed(description)
    return place !== undefined && isOwnIn(scope, place)
  }
  const isLinked = (id: string) => {
    const known = plant.get(id)
    if (known) return isInScope(scope, known)
    const one = given.get(id)
    return one === undefined || isOwn(one)
  }
  const isTaken = (id: string) => {
    if (devices.has(id) || [...plant.behind(id)].some((one) => !isInScope(scope, one))) return true
    const former = state.facilityVersions(id, null, 2).items.find((version) => version.description !== null)?.description
    return former != null && !isOwn(former)
  }
  const problems = descriptions.flatMap((description) => {
    const { id, fedBy, gateway } = description
    const known = plant.get(id)
    if (!known && isTaken(id)) return [`the id ${id} is taken by a device or facility outside of it`]
    if ((known && !isOwnIn(scope, known)) || !isOwn(description)) return [`${id} is or would be outside of it`]
    const links = [fedBy !== known?.fedBy && fedBy, gateway !== known?.gateway && gateway]
    return links
      .filter((link) => typeof link === 'string')
      .flatMap((link) => (isLinked(link) ? [] : [`${id} would hang on ${link} outside of it`]))
  })
  if (problems.length > 0) refuseOutside(`${problems.slice(0, MAX_PROBLEMS).join('; ')}${problems.length > MAX_PROBLEMS ? '; …' : ''}`)
}

/** Throws `not-found` or `not-allowed`: the facility is not theirs, or others hang on it that are not. */
export function checkRemovalScope(facility: Facility, scope: Scope, plant: Plant): void {
  if (isWhole(scope)) return
  if (!isOwnIn(scope, facility)) refuseOutside(`${facility.id} is outside of it`)
  const others = [...plant.fedBy(facility.id), ...plant.behind(facility.id)].filter((one) => !isInScope(scope, one))
  if (others.length > 0) refuseOutside(`facilities outside of it hang on ${facility.id}`)
}

/** Throws `not-allowed`: `why` something of the city is not theirs to change. */
export function refuseOutside(why: string): never {
  throw new LamplighterError('not-allowed', `Nothing was changed: your account is limited to a part of the city, and ${why}.`)
}
