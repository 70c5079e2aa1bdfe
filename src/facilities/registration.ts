import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from './facility-kind.ts'
import type { Facility, FacilityDescription, Plant } from './plant.ts'
import { ratedLimitProblems } from './plausible-limit.ts'
import { ratedRangeProblems } from './rated-range.ts'

/** A facility as it is handed in: what is left out keeps its present value, or gets a default. */
export type Registration = Partial<FacilityDescription> & Pick<FacilityDescription, 'id' | 'kind'>

export const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const MAX_PROBLEMS = 20

/** What is wrong with one of several registrations. */
export interface RegistrationProblem {
  /** Which of them, from 0. */
  index: number
  id: string
  problem: string
}

export interface Registrations {
  /** What would be stored, in the order given; of no use while there are problems. */
  descriptions: FacilityDescription[]
  problems: RegistrationProblem[]
}

/** Checks registrations against the kinds and the plant. All problems are reported in one `invalid-request`, none is half taken. */
export function describeFacilities(
  registrations: readonly Registration[],
  plant: Plant,
  kinds: ReadonlyMap<string, FacilityKind>,
): FacilityDescription[] {
  const { descriptions, problems } = checkRegistrations(registrations, plant, kinds)
  if (problems.length === 0) return descriptions
  const words = problems.slice(0, MAX_PROBLEMS).map(({ index, id, problem }) => `facility ${index + 1} (${id}): ${problem}`)
  const rest = problems.length > MAX_PROBLEMS ? ` … and ${problems.length - MAX_PROBLEMS} more` : ''
  throw new LamplighterError('invalid-request', `Nothing was registered: ${words.join('; ')}${rest}`)
}

/** Describes and checks registrations; takes time in proportion to their number, whatever the size of the plant. */
export function checkRegistrations(
  registrations: readonly Registration[],
  plant: Plant,
  kinds: ReadonlyMap<string, FacilityKind>,
): Registrations {
  const problems: RegistrationProblem[] = []
  const descriptions: FacilityDescription[] = []
  const seen = new Map<string, FacilityDescription>()
  registrations.forEach((registration, index) => {
    const known = plant.get(registration.id)
    const description = describe(registration, known && { ...known, kind: known.kind.key })
    const own = ownProblems(description, known, kinds)
    if (seen.has(registration.id)) own.push('the same id is given more than once')
    for (const problem of own) problems.push({ index, id: registration.id, problem })
    seen.set(registration.id, description)
    descriptions.push(description)
  })
  const feeding = new FeedingCheck(seen, plant, kinds)
  descriptions.forEach((description, index) => {
    for (const problem of feeding.problemsOf(description)) problems.push({ index, id: description.id, problem })
  })
  return { descriptions, problems: problems.sort((a, b) => a.index - b.index) }
}

/** Throws `action-refused` while others are fed by it: they would be left without what explains their failures. */
export function checkRemoval(facility: Facility, plant: Plant): void {
  const fed = plant.fedBy(facility.id)
  if (fed.size === 0) return
  const some = [...fed].slice(0, 3).map(({ id }) => id)
  throw new LamplighterError(
    'action-refused',
    `${facility.id} feeds ${fed.size} ${fed.size === 1 ? 'facility' : 'facilities'} (${some.join(', ')}${fed.size > 3 ? ', …' : ''}). Give them another fedBy, or none, first; fedBy=${facility.id} finds them.`,
  )
}

function ownProblems(description: FacilityDescription, known: Facility | undefined, kinds: ReadonlyMap<string, FacilityKind>): string[] {
  const { id } = description
  const kind = kinds.get(description.kind)
  const problems: string[] = []
  if (!idPattern.test(id)) problems.push('an id has 1 to 64 letters, digits, dots, dashes or underscores')
  if (!kind) problems.push(`unknown kind ${description.kind}; known are ${[...kinds.keys()].join(', ')}`)
  else if (known && known.kind.key !== kind.key) problems.push(`is a ${known.kind.key}; remove it before the id is used for a ${kind.key}`)
  if (description.gateway === id) problems.push('is named as its own gateway; a facility that reports for itself has none')
  for (const [name, value] of Object.entries(description.rated)) {
    if (kind && !Object.hasOwn(kind.rated, name))
      problems.push(`unknown rated value ${name}; a ${kind.key} has ${Object.keys(kind.rated).join(', ')}`)
    else if (!Number.isFinite(value) || value < 0) problems.push(`rated ${name} is ${value}; give a number from 0 up`)
  }
  // What nobody changes now is no obstacle to a change of something else.
  const isRatedAnew = kind && Object.entries(description.rated).some(([name, value]) => known?.rated[name] !== value)
  if (kind && problems.length === 0) {
    for (const { name, value, least, greatest, why } of ratedRangeProblems(kind, description.rated, known?.rated))
      problems.push(`rated ${name} is ${value}; a ${kind.key} has ${least} to ${greatest}: ${why}`)
    if (isRatedAnew) problems.push(...ratedLimitProblems(kind, description.rated))
  }
  return problems
}

/** What of the supply tree cannot be; only what a registration changes is judged, so that an old slip blocks no other change. */
class FeedingCheck {
  readonly #given: ReadonlyMap<string, FacilityDescription>
  readonly #plant: Plant
  readonly #kinds: ReadonlyMap<string, FacilityKind>
  /** Known to lead to no ring. */
  readonly #sound = new Set<string>()

  constructor(given: ReadonlyMap<string, FacilityDescription>, plant: Plant, kinds: ReadonlyMap<string, FacilityKind>) {
    this.#given = given
    this.#plant = plant
    this.#kinds = kinds
  }

  problemsOf({ id, fedBy, circuit }: FacilityDescription): string[] {
    const known = this.#plant.get(id)
    const isMoved = fedBy !== (known?.fedBy ?? null)
    if (!isMoved && circuit === (known?.circuit ?? null)) return []
    if (fedBy === null) return circuit === null ? [] : [`hangs on circuit ${circuit} of nothing; say which facility feeds it, as fedBy`]
    if (fedBy === id || !this.#has(fedBy)) return [`fedBy ${fedBy} is not another registered facility`]
    return [...this.#circuitProblems(fedBy, circuit), ...(isMoved ? this.#ringProblems(id) : [])]
  }

  #circuitProblems(fedBy: string, circuit: number | null): string[] {
    const kind = this.#plant.get(fedBy)?.kind ?? this.#kinds.get(this.#given.get(fedBy)?.kind ?? '')
    if (circuit === null || !kind) return []
    const { length } = kind.circuits
    if (Number.isInteger(circuit) && circuit >= 1 && circuit <= length) return []
    if (length === 0) return [`circuit ${circuit} of ${fedBy}: a ${kind.key} has no circuits; leave circuit out`]
    return [`circuit ${circuit} of ${fedBy}: a ${kind.key} has circuits 1 to ${length}`]
  }

  #ringProblems(id: string): string[] {
    const path = new Set<string>()
    for (let next: string | null = id; next !== null && !this.#sound.has(next); next = this.#feederOf(next)) {
      if (path.has(next)) {
        const ring = [...path].slice([...path].indexOf(next))
        // Told once, of the first of the ring that is looked at.
        for (const each of path) this.#sound.add(each)
        return [`feeds itself: ${[...ring, next].join(' is fed by ')}`]
      }
      path.add(next)
    }
    for (const each of path) this.#sound.add(each)
    return []
  }

  #has(id: string): boolean {
    return this.#given.has(id) || this.#plant.get(id) !== undefined
  }

  #feederOf(id: string): string | null {
    return (this.#given.get(id) ?? this.#plant.get(id))?.fedBy ?? null
  }
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
