import { classRank, type Order } from './order.ts'

/** What a trip to an order gains. */
export interface Trip {
  order: Order
  /** Lamps that burn again, each weighed by what it means for its road: those of a road just below its target first (see `lampGain`). */
  gain: number
  /** Metres to drive; null: unknown. */
  distance: number | null
}

/** Danger first, then key areas, then what the trip gains, then what is overdue soonest, then the way. */
export function compareTrips(a: Trip, b: Trip): number {
  return (
    Number(a.order.class !== 'danger') - Number(b.order.class !== 'danger') ||
    Number(b.order.keyArea) - Number(a.order.keyArea) ||
    b.gain - a.gain ||
    classRank(a.order.class) - classRank(b.order.class) ||
    a.order.repairBy - b.order.repairBy ||
    (a.distance ?? Number.POSITIVE_INFINITY) - (b.distance ?? Number.POSITIVE_INFINITY) ||
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
export function metresBetween([lon1, lat1]: readonly [number, number], [lon2, lat2]: readonly [number, number]): number {
  const half = (a: number, b: number) => Math.sin(((b - a) * RADIAN) / 2) ** 2
  const h = half(lat1, lat2) + Math.cos(lat1 * RADIAN) * Math.cos(lat2 * RADIAN) * half(lon1, lon2)
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)))
}
