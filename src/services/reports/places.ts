import { metresBetween } from '../../dispatch/repair-queue.ts'
import type { FacilityKind } from '../../facilities/facility-kind.ts'
import type { Facility, Plant } from '../../facilities/plant.ts'

/** What the public may name: what stands in the street and gives light, or feeds what does. */
export const isPublicKind = ({ light, domain }: Pick<FacilityKind, 'light' | 'domain'>): boolean =>
  light !== null || domain === 'lighting' || domain === 'cabinets'

const MOST_PLACES = 60
/** m */
const FARTHEST = 500
/** Size of the squares by which places are looked up, degrees: 500 m reach into the neighbours at most, up to 60° north. */
const SQUARE = 0.01

type Position = readonly [number, number]
const squareOf = ([lon, lat]: Position): [number, number] => [Math.floor(lon / SQUARE), Math.floor(lat / SQUARE)]
const NEIGHBOURS = [-1, 0, 1] as const

interface Index {
  revision: number
  squares: Map<string, Facility[]>
  roads: Map<string, Facility[]>
}

/** Finds places for the public; made anew when the plant has changed and somebody asks. */
export class Places {
  readonly #plant: Plant
  #index: Index | undefined

  constructor(plant: Plant) {
    this.#plant = plant
  }

  /** By what stands on the pole, typed in letters of either case. */
  of(code: string): Facility | undefined {
    const facility = this.#plant.get(code) ?? this.#plant.get(code.toUpperCase())
    return facility && isPublicKind(facility.kind) ? facility : undefined
  }

  /** Nearest first. */
  near(position: Position): Facility[] {
    // Whole squares are counted: a sum of degrees may fall into the same one twice.
    const [column, row] = squareOf(position)
    const { squares } = this.#current()
    const found: { facility: Facility; metres: number }[] = []
    for (const east of NEIGHBOURS) {
      for (const north of NEIGHBOURS) {
        for (const facility of squares.get(`${column + east} ${row + north}`) ?? []) {
          const metres = metresBetween(position, facility.position as [number, number])
          if (metres <= FARTHEST) found.push({ facility, metres })
        }
      }
    }
    return found
      .sort((a, b) => a.metres - b.metres)
      .slice(0, MOST_PLACES)
      .map(({ facility }) => facility)
  }

  on(road: string): Facility[] {
    const wanted = road.trim().toLowerCase()
    if (wanted === '') return []
    const found: Facility[] = []
    for (const [name, facilities] of this.#current().roads) {
      if (name.includes(wanted)) found.push(...facilities)
      if (found.length >= MOST_PLACES) break
    }
    return found.slice(0, MOST_PLACES)
  }

  #current(): Index {
    const { revision } = this.#plant
    if (this.#index?.revision === revision) return this.#index
    const places = [...this.#plant].filter(({ kind }) => isPublicKind(kind))
    this.#index = {
      revision,
      squares: Map.groupBy(
        places.filter(({ position }) => position !== null),
        ({ position }) => squareOf(position as Position).join(' '),
      ),
      roads: Map.groupBy(
        places.filter(({ road }) => road !== ''),
        ({ road }) => road.toLowerCase(),
      ),
    }
    return this.#index
  }
}
