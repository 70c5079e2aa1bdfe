import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from './facility-kind.ts'
import type { FacilityDescription, Plant } from './plant.ts'

/** A facility as it is handed in: what is left out keeps its present value, or gets a default. */
export type Registration = Partial<FacilityDescription> & Pick<FacilityDescription, 'id' | 'kind'>

export const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const MAX_PROBLEMS = 20

/** Checks registrations against the kinds and the plant. All problems are reported in one `invalid-request`, none is half taken. */
export function describeFacilities(
  registrations: readonly Registration[],
  plant: Plant,
  kinds: ReadonlyMap<string, FacilityKind>,
): FacilityDescription[] {
  const problems: string[] = []
  const ids = new Set(registrations.map((r) => r.id))
  if (ids.size < registrations.length) problems.push(`the same id is given more than once: ${firstRepeated(registrations)}`)
  const descriptions = registrations.map((registration, i) => {
    const { id } = registration
    const known = plant.get(id)
    const kind = kinds.get(registration.kind)
    const where = `facility ${i + 1} (${id})`
    if (!idPattern.test(id)) problems.push(`${where}: an id has 1 to 64 letters, digits, dots, dashes or underscores`)
    if (!kind) problems.push(`${where}: unknown kind ${registration.kind}; known are ${[...kinds.keys()].join(', ')}`)
    else if (known && known.kind.key !== kind.key)
      problems.push(`${where}: is a ${known.kind.key}; remove it before the id is used for a ${kind.key}`)
    for (const name of Object.keys(registration.rated ?? {})) {
      if (kind && !Object.hasOwn(kind.rated, name))
        problems.push(`${where}: unknown rated value ${name}; a ${kind.key} has ${Object.keys(kind.rated).join(', ')}`)
    }
    const fedBy = registration.fedBy ?? null
    if (fedBy !== null && (fedBy === id || !(ids.has(fedBy) || plant.get(fedBy))))
      problems.push(`${where}: fedBy ${fedBy} is not another registered facility`)
    return describe(registration, known && { ...known, kind: known.kind.key })
  })
  if (problems.length > 0) {
    const rest = problems.length > MAX_PROBLEMS ? ` … and ${problems.length - MAX_PROBLEMS} more` : ''
    throw new LamplighterError('invalid-request', `Nothing was registered: ${problems.slice(0, MAX_PROBLEMS).join('; ')}${rest}`)
  }
  return descriptions
}

function firstRepeated(registrations: readonly Registration[]): string {
  const seen = new Set<string>()
  return registrations.find(({ id }) => seen.has(id) || !seen.add(id))?.id ?? ''
}

export function describe(given: Registration, known: FacilityDescription | undefined): FacilityDescription {
  return {
    id: given.id,
    kind: given.kind,
    name: given.name ?? known?.name ?? given.id,
    nameEn: given.nameEn ?? known?.nameEn ?? '',
    district: given.district ?? known?.district ?? '',
    road: given.road ?? known?.road ?? '',
    roadClass: given.roadClass === undefined ? (known?.roadClass ?? null) : given.roadClass,
    keyArea: given.keyArea ?? known?.keyArea ?? false,
    owner: given.owner ?? known?.owner ?? '',
    position: given.position === undefined ? (known?.position ?? null) : given.position,
    fedBy: given.fedBy === undefined ? (known?.fedBy ?? null) : given.fedBy,
    circuit: given.circuit === undefined ? (known?.circuit ?? null) : given.circuit,
    gateway: given.gateway === undefined ? (known?.gateway ?? null) : given.gateway,
    labels: given.labels ?? known?.labels ?? {},
    rated: given.rated ?? known?.rated ?? {},
    mode: given.mode ?? known?.mode ?? 'auto',
  }
}
