import { isInScope, isWhole, type Scope } from '../../access/scope.ts'
import type { Order } from '../../dispatch/order.ts'
import { LamplighterError } from '../../errors.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { Services } from '../services.ts'
import { isIdInScope } from './api.ts'
import type { OrderFacilityView, OrderView } from './order-schemas.ts'

type Known = Pick<Services, 'plant'>

/** Whether somebody is told of an order: where its first facility lies. What it covers elsewhere is only counted. */
export const isOrderInScope = ({ district, domain }: Pick<Order, 'district' | 'domain'>, { districts, domains }: Scope): boolean =>
  (districts === 'all' || districts.includes(district)) && (domains === 'all' || (domains as readonly string[]).includes(domain))

export function orderView(order: Order, services: Known, scope: Scope): OrderView {
  const facilities = isWhole(scope) ? order.facilities : order.facilities.filter((id) => isIdInScope(services, id, scope))
  const elsewhere = order.facilities.length - facilities.length
  const { group: _, offer, repair, ...rest } = order
  return {
    ...rest,
    facilities: [...facilities],
    elsewhere,
    // Whose alarms they are would have to be told with them.
    alarms: elsewhere > 0 ? [] : [...order.alarms],
    reports: [...order.reports],
    offer: offer && { crews: [...offer.crews], at: offer.at, until: offer.until },
    repair: repair && { ...repair, parts: repair.parts.map((part) => ({ ...part })) },
    holder: order.holder && { ...order.holder },
    declined: [...order.declined],
  }
}

export const orderFacilityView = ({ id, kind, name, district, road, position, fedBy, circuit }: Facility): OrderFacilityView => ({
  ...{ id, kind: kind.key, kindTitle: kind.title, name, district, road, fedBy, circuit },
  position: position ? [...position] : null,
})

/** Throws `not-found`, for one out of scope too. */
export function knownOrder(services: Pick<Services, 'orders'>, id: number, scope: Scope): Order {
  const order = services.orders.order(id)
  if (!order || !isOrderInScope(order, scope)) throw new LamplighterError('not-found', `There is no order ${id}; /api/orders lists them.`)
  return order
}

/** The same of one that somebody wants to change: whoever changes it changes what it covers elsewhere. Throws `not-allowed`. */
export function ownOrder(services: Known & Pick<Services, 'orders'>, id: number, scope: Scope): Order {
  const order = knownOrder(services, id, scope)
  const isOwn = order.facilities.every((one) => {
    const facility = services.plant.get(one)
    return !facility || isInScope(scope, facility)
  })
  if (!isOwn) {
    throw new LamplighterError(
      'not-allowed',
      `Order ${id} covers facilities outside your part of the city; split it, or ask somebody with the whole.`,
    )
  }
  return order
}
