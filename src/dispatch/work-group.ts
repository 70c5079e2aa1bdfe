import { days } from '../telemetry/duration.ts'
import { isOver, type Order, progress } from './order.ts'

/** A second report on the same lamp group within so long is a duplicate of the first, ms. */
export const DUPLICATE_WINDOW = days(30)

/** Where a facility stands in the plant, as far as it says which repair it belongs to. */
export interface Placed {
  id: string
  domain: string
  road: string
  fedBy: string | null
  circuit: number | null
}

/**
 * Lamps on one circuit are one repair: a crew that comes for one of them mends them all, and a feeder that fails without saying so shows as
 * all of its lamps. Everything else is a repair of its own.
 */
export function workGroup({ id, domain, road, fedBy, circuit }: Placed): string {
  if (domain !== 'lighting') return `facility ${id}`
  if (fedBy !== null) return circuit === null ? `fed-by ${fedBy}` : `fed-by ${fedBy} circuit ${circuit}`
  return road === '' ? `facility ${id}` : `road ${road}`
}

/** Orders to which another fault of their group may still be added: once the crew says it is repaired, a new fault is a new one. */
export const takesMore = ({ state }: Order): boolean => !isOver(state) && state !== 'verified' && state !== progress.at(-1)

/** The order that a fault of this group belongs to; the oldest, should there be several. */
export function orderOfGroup(orders: Iterable<Order>, group: string): Order | null {
  let found: Order | null = null
  for (const order of orders) if (order.group === group && takesMore(order) && (found === null || order.id < found.id)) found = order
  return found
}
