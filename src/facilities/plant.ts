import { type FacilityMode, facilityModes } from '../detection/facility-mode.ts'
import type { FacilityKind } from './facility-kind.ts'

export { type FacilityMode, facilityModes }

export const roadClasses = ['main', 'secondary', 'branch', 'landscape'] as const
export type RoadClass = (typeof roadClasses)[number]

/** A facility as people describe it. */
export interface FacilityDescription {
  id: string
  kind: string
  /** In the language of the place. */
  name: string
  /** In English; empty when it has none. */
  nameEn: string
  district: string
  road: string
  roadClass: RoadClass | null
  /** Stands where a fault matters most: a hospital, a square, a crossing. */
  keyArea: boolean
  /** The company that owns it. */
  owner: string
  /** WGS84 degrees [longitude, latitude], or null when nobody measured it. */
  position: readonly [number, number] | null
  /** Id of the facility that feeds it, or null. */
  fedBy: string | null
  /** Number of the circuit it hangs on, from 1; null when it hangs on none or nobody knows. */
  circuit: number | null
  /** Id of the gateway that reports for it, or null when it reports for itself. */
  gateway: string | null
  labels: Readonly<Record<string, string>>
  /** Own rated values; the kind's defaults fill the rest. */
  rated: Readonly<Record<string, number>>
  mode: FacilityMode
}

/** A registered facility; `number` is small, stable, never reused. */
export interface Facility extends Omit<FacilityDescription, 'kind'> {
  readonly number: number
  readonly kind: FacilityKind
}

/** False for one of a kind that may do without and is rated to: it says nothing by itself, and what feeds it speaks for it. */
export const hasController = ({ rated, kind }: Pick<Facility, 'rated' | 'kind'>): boolean =>
  (rated.controller ?? kind.rated.controller) !== 0

/** Whether a lighting programme means anything to it: a lamp, or what switches circuits. */
export const isProgrammed = ({ kind }: Pick<Facility, 'kind'>): boolean => kind.light !== null || kind.circuits.length > 0

/** Whether it can switch by a table of its own, with nobody who tells it each time. */
export const runsAlone = ({ rated, kind }: Pick<Facility, 'rated' | 'kind'>): boolean =>
  (rated['runs-alone'] ?? kind.rated['runs-alone']) === 1

/** A registered facility as people describe it. */
export function descriptionOf({ number: _, kind, ...rest }: Facility): FacilityDescription {
  return { ...rest, kind: kind.key }
}

/** Facilities by what they have in common; an empty group is forgotten. */
class FacilitiesBy {
  readonly #groups = new Map<string, Set<Facility>>()

  of(key: string): ReadonlySet<Facility> {
    return this.#groups.get(key) ?? NOBODY
  }
  add(key: string | null, facility: Facility): void {
    if (key === null) return
    const group = this.#groups.get(key)
    if (group) group.add(facility)
    else this.#groups.set(key, new Set([facility]))
  }
  delete(key: string | null, facility: Facility): void {
    if (key === null) return
    const group = this.#groups.get(key)
    group?.delete(facility)
    if (group?.size === 0) this.#groups.delete(key)
  }
}

const NOBODY: ReadonlySet<Facility> = new Set()

/** The registered facilities, looked up by id and number. Single writer: `put` replaces a facility of the same id. */
export class Plant {
  readonly #byId = new Map<string, Facility>()
  readonly #byNumber: (Facility | undefined)[] = []
  readonly #byGateway = new FacilitiesBy()
  readonly #byFeeder = new FacilitiesBy()
  #revision = 0

  get size(): number {
    return this.#byId.size
  }
  /** Counts the changes of the plant: what was found at a revision is still true while it stands. */
  get revision(): number {
    return this.#revision
  }
  get(id: string): Facility | undefined {
    return this.#byId.get(id)
  }
  at(number: number): Facility | undefined {
    return this.#byNumber[number]
  }
  /** All facilities reported by a gateway. */
  behind(gateway: string): ReadonlySet<Facility> {
    return this.#byGateway.of(gateway)
  }
  /** All facilities that this one feeds, without those that they feed. */
  fedBy(feeder: string): ReadonlySet<Facility> {
    return this.#byFeeder.of(feeder)
  }
  /** What feeds a facility, and what feeds that, nearest first. */
  feeders(facility: Facility): Facility[] {
    const feeders = new Set<Facility>()
    for (let next = this.#feederOf(facility); next && !feeders.has(next); next = this.#feederOf(next)) feeders.add(next)
    return [...feeders]
  }
  /** All that hang together by what feeds them and what reports for them, this one among them. */
  connected(facility: Facility): ReadonlySet<Facility> {
    const found = new Set([facility])
    for (const { id, fedBy, gateway } of found) {
      for (const parent of [fedBy, gateway]) {
        const known = parent === null ? undefined : this.#byId.get(parent)
        if (known) found.add(known)
      }
      for (const child of this.#byFeeder.of(id)) found.add(child)
      for (const child of this.#byGateway.of(id)) found.add(child)
    }
    return found
  }
  #feederOf({ fedBy }: Facility): Facility | undefined {
    return fedBy === null ? undefined : this.#byId.get(fedBy)
  }
  put(facility: Facility): void {
    this.remove(facility.id)
    this.#byId.set(facility.id, facility)
    this.#byNumber[facility.number] = facility
    this.#byGateway.add(facility.gateway, facility)
    this.#byFeeder.add(facility.fedBy, facility)
    this.#revision++
  }
  remove(id: string): void {
    const facility = this.#byId.get(id)
    if (!facility) return
    this.#byId.delete(id)
    this.#byNumber[facility.number] = undefined
    this.#byGateway.delete(facility.gateway, facility)
    this.#byFeeder.delete(facility.fedBy, facility)
    this.#revision++
  }
  /** In order of number. */
  [Symbol.iterator](): IterableIterator<Facility> {
    return this.after(-1)
  }
  /** Those with a higher number, in order of number. */
  *after(number: number): IterableIterator<Facility> {
    for (let next = number + 1; next < this.#byNumber.length; next++) {
      const facility = this.#byNumber[next]
      if (facility) yield facility
    }
  }
}
