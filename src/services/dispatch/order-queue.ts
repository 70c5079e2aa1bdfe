import { WHOLE_CITY } from '../../access/scope.ts'
import type { Order } from '../../dispatch/order.ts'
import { compareTrips, lampGain, type Trip } from '../../dispatch/repair-queue.ts'
import type { LampOnRates, LampOnRow } from '../../edges/lamp-on-rates.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { ServiceParts } from '../parts.ts'

type Parts = Pick<ServiceParts, 'plant'>

/** Roads looked at. */
const MOST_ROADS = 10_000
const isLamp = ({ kind }: Facility) => kind.domain === 'lighting'

/** Orders in the order in which trips to them gain most. */
export function orderQueue(orders: Iterable<Order>, rates: LampOnRates, { plant }: Parts): Trip[] {
  const open = [...orders]
  const roads = new Map<string, LampOnRow>()
  if (open.some(({ domain }) => domain === 'lighting' || domain === 'cabinets')) {
    for (const row of rates.rates('road', WHOLE_CITY, undefined, MOST_ROADS).rows) roads.set(row.key, row)
  }
  return open.map((order): Trip => ({ order, gain: gainOf(order), distance: null })).sort(compareTrips)

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
