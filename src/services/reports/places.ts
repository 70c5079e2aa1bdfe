import { metresBetween } from '../../dispatch/repair-queue.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import type { Facility, Plant } from '../../facilities/plant.ts'
import { minutes } from '../../telemetry/duration.ts'

/** What the public may name: what stands in the street and gives light, or feeds what does. */
export const isPublicKind = ({ light, domain }: Pick<FacilityKind, 'light' | 'domain'>): boolean =>
  light !== null || domain === 'lighting' || domain === 'cabinets'

const MOST_PLACES = 60
/** m */
const FARTHEST = 500
/** Size of the squares by which places are looked up, degrees: 500 m reach into the neighbours at most, up to 60° north. */
const SQUARE = 0.01

/** The index is made anew so often at most, ms: a large plant takes a moment, and somebody may change it all the time. */
const INDEX_AGE = minutes(1)

type Position = readonly [number, number]
const NEIGHBOURS = [-1, 0, 1] as const
const inSquare = (degrees: number): number => Math.floor(degrees / SQUARE)
/** One number for a square; rows go from -9,000 to 9,000. */
const squareOf = (column: number, row: number): number => column * 100_000 + row

interface Index {
  at: number
  revision: number
  squares: Map<number, Facility[]>
  roads: Map<string, Facility[]>
}

/** Finds places for the public. */
export class Places {
  readonly #plant: Plant
  readonly #now: () => number
  #index: Index | undefined

  constructor(plant: Plant, now: () => number) {
    this.#plant = plant
    this.#now = now
  }

  /** By what stands on the pole, typed in letters of either case and width. */
  of(code: string): Facility | undefined {
    const typed = code.normalize('NFKC').trim()
    const facility = this.#plant.get(typed) ?? this.#plant.get(typed.toUpperCase())
    return facility && isPublicKind(facility.kind) ? facility : undefined
  }

  /** Nearest first. */
  near(position: Position): Facility[] {
    // Whole squares are counted: a sum of degrees may fall into the same one twice.
    const [column, row] = position.map(inSquare) as [number, number]
    const { squares } = this.#current()
    const found: { facility: Facility; metres: number }[] = []
    for (const east of NEIGHBOURS) {
      for (const north of NEIGHBOURS) {
        for (const facility of squares.get(squareOf(column + east, row + north)) ?? []) {
          const metres = metresBetween(position, facility.position as [number, number])
          if (metres <= FARTHEST) found.push({ facility, metres })
        }
      }
    }
    found.sort((a, b) => a.metres - b.metres)
    return this.#asTheyAre(found.map(({ facility }) => facility))
  }

  on(road: string): Facility[] {
    const wanted = road.trim().toLowerCase()
    if (wanted === '') return []
    const found: Facility[] = []
    for (const [name, facilities] of this.#current().roads) {
      if (name.includes(wanted)) found.push(...facilities)
      if (found.length >= MOST_PLACES) break
    }
    return this.#asTheyAre(found)
  }

  /** Those that are still there. */
  #asTheyAre(found: readonly Facility[]): Facility[] {
    return found.slice(0, MOST_PLACES).flatMap(({ id }) => this.of(id) ?? [])
  }

  #current(): Index {
    const { revision } = this.#plant
    const at = this.#now()
    const known = this.#index
    if (known && (known.revision === revision || Math.abs(at - known.at) < INDEX_AGE)) return known
    const index: Index = { at, revision, squares: new Map(), roads: new Map() }
    for (const facility of this.#plant) {
      if (!isPublicKind(facility.kind)) continue
      if (facility.position) add(index.squares, squareOf(inSquare(facility.position[0]), inSquare(facility.position[1])), facility)
      if (facility.road !== '') add(index.roads, facility.road.toLowerCase(), facility)
    }
    this.#index = index
    return index
  }
}

function add<K>(groups: Map<K, Facility[]>, key: K, facility: Facility): void {
  const group = groups.get(key)
  if (group) group.push(facility)
  else groups.set(key, [facility])
}
