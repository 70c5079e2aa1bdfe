import { days, minutes } from '../telemetry/duration.ts'
import { isAsUrgent, isHeld, isOver, type Order, type OrderClass, progress } from './order.ts'

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

/** What feeds all of a group; null where nothing does. */
export const feederOf = (group: string): string | null => /^fed-by (\S+)/.exec(group)?.[1] ?? null

/** Faults behind one feeder that come so soon after each other are one failure until a crew has it, on whatever circuits they are, ms. */
export const ONE_FAILURE = minutes(5)

const isSameFailure = (order: Order, group: string, at: number): boolean =>
  feederOf(group) !== null && feederOf(order.group) === feederOf(group) && !isHeld(order.state) && at - order.created <= ONE_FAILURE

/**
 * The order that a fault of this group and class belongs to at `at`, ms; that of the group itself first, then the oldest. One that hurries less
 * than the fault asks for is not it: what is dangerous would wait with what is not.
 */
export function orderOfGroup(orders: Iterable<Order>, group: string, fault: OrderClass, at: number): Order | null {
  const fitting = [...orders].filter((order) => takesMore(order) && isAsUrgent(order.class, fault)).sort((a, b) => a.id - b.id)
  return fitting.find((order) => order.group === group) ?? fitting.find((order) => isSameFailure(order, group, at)) ?? null
}
