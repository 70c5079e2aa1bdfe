import { WHOLE_CITY } from '../../access/scope.ts'
import type { Order } from '../../dispatch/order.ts'
import { centreOf, compareTrips, lampGain, type Place, type Trip, tripDistance } from '../../dispatch/repair-queue.ts'
import type { LampOnRates, LampOnRow } from '../../edges/lamp-on-rates.ts'
import type { Facility, Plant } from '../../facilities/plant.ts'
import { hours } from '../../telemetry/duration.ts'
import type { ServiceParts } from '../parts.ts'

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'now'>

/** Nobody knows where a crew is that arrived somewhere longer ago than a shift lasts. */
const PLACE_KNOWN = hours(12)
/** Roads looked at. */
const MOST_ROADS = 10_000
const isLamp = ({ kind }: Facility) => kind.domain === 'lighting'

/** The middle of each district, which stays as it is while the plant does. */
export function districtCentres(plant: Plant): (district: string) => Place | null {
  let known: { revision: number; centres: Map<string, Place | null> } | undefined
  return (district) => {
    if (known?.revision !== plant.revision) {
      const byDistrict = Map.groupBy(plant, (facility) => facility.district)
      const centres = [...byDistrict].map(([key, own]) => [key, centreOf(placesOf(own))] as const)
      known = { revision: plant.revision, centres: new Map(centres) }
    }
    return known.centres.get(district) ?? null
  }
}

const placesOf = (facilities: Iterable<Facility>): Place[] => [...facilities].flatMap(({ position }) => (position ? [position] : []))

/** Orders in the order in which trips to them gain most. */
export function orderQueue(
  orders: Iterable<Order>,
  rates: LampOnRates,
  centreOfDistrict: (district: string) => Place | null,
  { plant, state, now }: Parts,
): Trip[] {
  const open = [...orders]
  const crews = state.roster.crews()
  const arrived = new Map(
    state.orders.arrivals(now() - PLACE_KNOWN).flatMap(({ crew, order }) => {
      const at = placeOf(state.orders.order(order))
      return at ? [[crew, at] as const] : []
    }),
  )
  const roads = new Map<string, LampOnRow>()
  if (open.some(({ domain }) => domain === 'lighting' || domain === 'cabinets')) {
    for (const row of rates.rates('road', WHOLE_CITY, undefined, MOST_ROADS).rows) roads.set(row.key, row)
  }
  return open.map((order): Trip => ({ order, gain: gainOf(order), distance: distanceTo(order) })).sort(compareTrips)

  /** Where an order is driven to. */
  function placeOf(order: Order | undefined): Place | null {
    return order ? (placesOf(order.facilities.flatMap((id) => plant.get(id) ?? []))[0] ?? null) : null
  }

  function distanceTo(order: Order): number | null {
    return tripDistance(order, placeOf(order), { crews, arrived, centre: centreOfDistrict(order.district) })
  }

  /** Lamps by road that burn again: its own, and those without supply behind what it mends. */
  function gainOf(order: Order): number {
    const own = order.facilities.flatMap((id) => plant.get(id) ?? [])
    const fed = own.flatMap(({ id }) => [...plant.fedBy(id)]).filter(isLamp)
    const dark = fed.length > 0 ? rates.ofLamps(fed).findings.flatMap(([lamp, finding]) => (finding === 'dark' ? [lamp] : [])) : []
    const byRoad = Map.groupBy(new Set([...own.filter(isLamp), ...dark]), ({ road }) => road)
    return [...byRoad].reduce((sum, [road, lamps]) => {
      const row = roads.get(road)
      const light = { lit: row?.tally.lit ?? 0, shouldBeLit: row?.rate.due ?? 0, target: row?.rate.target ?? 0 }
      return sum + lampGain(light, lamps.length)
    }, 0)
  }
}
