import type { FacilityKind } from './facility-kind.ts'

/** auto: normal running; the other modes suppress or change what is judged. */
export const facilityModes = ['auto', 'manual', 'maintenance', 'out-of-service'] as const
export type FacilityMode = (typeof facilityModes)[number]

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

/** The registered facilities, looked up by id and number. Single writer: `put` replaces a facility of the same id. */
export class Plant {
  readonly #byId = new Map<string, Facility>()
  readonly #byNumber: (Facility | undefined)[] = []
  readonly #byGateway = new Map<string, Set<Facility>>()

  get size(): number {
    return this.#byId.size
  }
  get(id: string): Facility | undefined {
    return this.#byId.get(id)
  }
  at(number: number): Facility | undefined {
    return this.#byNumber[number]
  }
  /** All facilities reported by a gateway. */
  behind(gateway: string): Iterable<Facility> {
    return this.#byGateway.get(gateway) ?? []
  }
  put(facility: Facility): void {
    this.remove(facility.id)
    this.#byId.set(facility.id, facility)
    this.#byNumber[facility.number] = facility
    if (facility.gateway === null) return
    const behind = this.#byGateway.get(facility.gateway)
    if (behind) behind.add(facility)
    else this.#byGateway.set(facility.gateway, new Set([facility]))
  }
  remove(id: string): void {
    const facility = this.#byId.get(id)
    if (!facility) return
    this.#byId.delete(id)
    this.#byNumber[facility.number] = undefined
    if (facility.gateway !== null) this.#byGateway.get(facility.gateway)?.delete(facility)
  }
  /** In order of number. */
  *[Symbol.iterator](): IterableIterator<Facility> {
    for (const facility of this.#byNumber) if (facility) yield facility
  }
}
