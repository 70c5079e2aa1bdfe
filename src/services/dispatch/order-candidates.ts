import { quietUntilAt } from '../../dispatch/delivery.ts'
import type { Order } from '../../dispatch/order.ts'
import { isUrgent } from '../../dispatch/order-notice.ts'
import { hindranceOf } from '../../dispatch/route.ts'
import type { OrderCandidates } from '../../edges/orders.ts'
import type { OrderDesk } from './order-desk.ts'

/** Whom an order could be given to at `at`, ms: crews that fit first, then those on duty, each with who is there. */
export function orderCandidates(order: Order, desk: OrderDesk, utcOffset: (at: number) => number, at: number): OrderCandidates {
  const roster = desk.roster(at)
  const { routes, quiet } = desk.policy()
  const route = desk.routeOf(order, routes)
  const need = { district: order.district, domain: order.domain, skills: route.skills, declined: order.declined }
  const crews = roster.crews
    .filter(({ disabled }) => !disabled)
    .map((crew) => {
      const there = roster.duty.filter(({ team }) => team.crew === crew.id)
      return {
        ...{ id: crew.id, name: crew.name, people: [...new Set(there.flatMap(({ people }) => people))] },
        dutyUntil: there.length > 0 ? Math.max(...there.map(({ to }) => to)) : null,
        hindrance: hindranceOf(crew, roster, need),
      }
    })
  const rank = ({ hindrance, dutyUntil }: OrderCandidates['crews'][number]) => (hindrance === null ? 0 : dutyUntil !== null ? 1 : 2)
  return {
    crews: crews.sort((a, b) => rank(a) - rank(b)),
    quietUntil: route.quiet && !isUrgent('offered', order) ? quietUntilAt(quiet, at, utcOffset) : null,
  }
}
