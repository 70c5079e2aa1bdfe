import type { Person } from '../../access/person.ts'
import { isInScope, isWhole, type Scope, WHOLE_CITY } from '../../access/scope.ts'
import type { Order } from '../../dispatch/order.ts'
import { LamplighterError } from '../../errors.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { Services } from '../services.ts'
import { isIdInScope } from './api.ts'
import type { OrderFacilityView, OrderView } from './order-schemas.ts'
import type { FacilityState } from './schemas.ts'

type Known = Pick<Services, 'plant' | 'emergencyPlans'>

/** Who looks at orders: their part of the city, and the crews they belong to, whose orders they see wherever those lie. */
export interface OrderViewer {
  scope: Scope
  /** Ids; left out for who sees the whole city anyway. */
  crews: readonly string[]
}

export const orderViewer = ({ orders }: Pick<Services, 'orders'>, { name, scope }: Person): OrderViewer => ({
  scope,
  crews: isWhole(scope) ? [] : orders.crewsOf(name).map(({ id }) => id),
})

type Placed = Pick<Order, 'district' | 'domain' | 'offer' | 'holder'>

/** Whether one of these crews has an order, or is asked to take it. */
export const isOrderOf = ({ offer, holder }: Pick<Order, 'offer' | 'holder'>, crews: readonly string[]): boolean =>
  (holder !== null && crews.includes(holder.crew)) || (offer?.crews.some((crew) => crews.includes(crew)) ?? false)

/** Whether the first facility of an order lies in a part of the city. */
export const isOrderInScope = ({ district, domain }: Pick<Order, 'district' | 'domain'>, { districts, domains }: Scope): boolean =>
  (districts === 'all' || districts.includes(district)) && (domains === 'all' || (domains as readonly string[]).includes(domain))

/** Whether somebody is told of an order: of those of their crew, and of those that lie in their part. */
export const isOrderSeen = (order: Placed, { scope, crews }: OrderViewer): boolean =>
  isOrderInScope(order, scope) || isOrderOf(order, crews)

/** How much of an order somebody sees: all of one that their crew is to carry out. */
export const orderScope = (order: Placed, { scope, crews }: OrderViewer): Scope => (isOrderOf(order, crews) ? WHOLE_CITY : scope)

/** What it covers elsewhere is only counted. */
export function orderView(order: Order, services: Known, viewer: OrderViewer): OrderView {
  const scope = orderScope(order, viewer)
  const facilities = isWhole(scope) ? order.facilities : order.facilities.filter((id) => isIdInScope(services, id, scope))
  const elsewhere = order.facilities.length - facilities.length
  const { group: _, offer, repair, ...rest } = order
  return {
    ...rest,
    facilities: [...facilities],
    elsewhere,
    measures: services.emergencyPlans.measuresOf(order),
    // Whose alarms they are would have to be told with them.
    alarms: elsewhere > 0 ? [] : [...order.alarms],
    reports: [...order.reports],
    offer: offer && { crews: [...offer.crews], at: offer.at, until: offer.until },
    repair: repair && { ...repair, parts: repair.parts.map((part) => ({ ...part })) },
    holder: order.holder && { ...order.holder },
    declined: [...order.declined],
  }
}

export const orderFacilityView = (
  { id, kind, name, district, road, position, fedBy, circuit }: Facility,
  state: FacilityState,
): OrderFacilityView => ({
  ...{ id, kind: kind.key, kindTitle: kind.title, name, district, road, fedBy, circuit, state },
  position: position ? [...position] : null,
})

/** Throws `not-found`, for one that they are not told of too. */
export function knownOrder({ orders }: Pick<Services, 'orders'>, id: number, viewer: OrderViewer): Order {
  const order = orders.order(id)
  if (!order || !isOrderSeen(order, viewer)) throw new LamplighterError('not-found', `There is no order ${id}; /api/orders lists them.`)
  return order
}

/** The same of one that somebody wants to change at the desk: whoever changes it changes what it covers elsewhere. Throws `not-allowed`. */
export function ownOrder(services: Known & Pick<Services, 'orders'>, id: number, viewer: OrderViewer): Order {
  const order = knownOrder(services, id, viewer)
  const { scope } = viewer
  const isOwn = order.facilities.every((one) => {
    const facility = services.plant.get(one)
    return !facility || isInScope(scope, facility)
  })
  if (!isOwn || !isOrderInScope(order, scope)) {
    throw new LamplighterError(
      'not-allowed',
      `Order ${id} covers facilities outside your part of the city; split it, or ask somebody with the whole.`,
    )
  }
  return order
}
