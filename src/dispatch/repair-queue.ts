import { hours } from '../telemetry/duration.ts'
import { type Crew, worksIn } from './crew.ts'
import { classRank, type Order } from './order.ts'

/** WGS84 longitude and latitude, degrees. */
export type Place = readonly [number, number]

/** What a trip to an order gains. */
export interface Trip {
  order: Order
  /** Lamps that burn again, each weighed by what it means for its road: those of a road just below its target first (see `lampGain`). */
  gain: number
  /** Metres to drive, as the crow flies; null: unknown. */
  distance: number | null
}

/** Farther than any way on earth, m: what nobody knows comes last. */
const FAR = 1e9

/** What must be mended in the same hour is as urgent. */
const hourOf = ({ repairBy }: Order): number => Math.floor(repairBy / hours(1))

/** Danger first, then key areas, then what the trip gains, then the class and the hour in which it must be mended, then the way. */
export function compareTrips(a: Trip, b: Trip): number {
  return (
    Number(a.order.class !== 'danger') - Number(b.order.class !== 'danger') ||
    Number(b.order.keyArea) - Number(a.order.keyArea) ||
    b.gain - a.gain ||
    classRank(a.order.class) - classRank(b.order.class) ||
    hourOf(a.order) - hourOf(b.order) ||
    (a.distance ?? FAR) - (b.distance ?? FAR) ||
    a.order.repairBy - b.order.repairBy ||
    a.order.id - b.order.id
  )
}

/** A road as its lamps stand. */
export interface RoadLight {
  lit: number
  shouldBeLit: number
  /** Share that must be lit, 0 to 1. */
  target: number
}

/**
 * What mending `lamps` lamps of a road gains, in lamps: those that carry the road over its target count tenfold, since with them one more
 * road passes tonight.
 */
export function lampGain({ lit, shouldBeLit, target }: RoadLight, lamps: number): number {
  const missing = Math.max(0, Math.ceil(target * shouldBeLit) - lit)
  return missing > 0 && lamps >= missing ? lamps + 9 * missing : lamps
}

const EARTH = 6_371_000
const RADIAN = Math.PI / 180

/** Metres between two places in WGS84 longitude and latitude, by the haversine formula. */
export function metresBetween([lon1, lat1]: Place, [lon2, lat2]: Place): number {
  const half = (a: number, b: number) => Math.sin(((b - a) * RADIAN) / 2) ** 2
  const h = half(lat1, lat2) + Math.cos(lat1 * RADIAN) * Math.cos(lat2 * RADIAN) * half(lon1, lon2)
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Where the crews are that may drive. */
export interface CrewPlaces {
  crews: readonly Crew[]
  /** Where each crew arrived last, by its id. */
  arrived: ReadonlyMap<string, Place>
  /** The middle of the order's district; null where nothing has a place. */
  centre: Place | null
}

/**
 * Metres from the nearest crew that is asked for an order, or that works there and in its field while nobody is, to `place`: from where that crew
 * arrived last, else from its base, else from the middle of the district. Null where nobody knows.
 */
export function tripDistance(order: Order, place: Place | null, { crews, arrived, centre }: CrewPlaces): number | null {
  if (!place) return null
  const asked = order.offer?.crews
  const may = crews.filter(({ id, districts, domains, disabled }) =>
    asked ? asked.includes(id) : !disabled && worksIn(districts, order.district) && worksIn(domains, order.domain),
  )
  const from = may.flatMap(({ id, base }) => [arrived.get(id) ?? base ?? centre].filter((one) => one !== null))
  return from.length > 0 ? Math.min(...from.map((one) => metresBetween(one, place))) : null
}

/** The middle of places: the mean of each coordinate, good enough within a city; null of none. */
export function centreOf(places: Iterable<Place>): Place | null {
  let [lon, lat, count] = [0, 0, 0]
  for (const [x, y] of places) {
    lon += x
    lat += y
    count++
  }
  return count > 0 ? [lon / count, lat / count] : null
}
