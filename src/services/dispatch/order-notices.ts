import type { Order } from '../../dispatch/order.ts'
import { isUrgent, noticeText, type OrderNotice } from '../../dispatch/order-notice.ts'
import type { NewNotice } from '../../edges/notify/notifier.ts'
import type { ServiceParts } from '../parts.ts'
import type { OrderDesk } from './order-desk.ts'

/** What people are told of an order, and who: the crews' people who are on duty, or the desk. */
export function noticeOf(
  notice: OrderNotice,
  order: Order,
  desk: OrderDesk,
  { state, utcOffset }: Pick<ServiceParts, 'state' | 'utcOffset'>,
): NewNotice {
  const time = (at: number) => new Date(at + utcOffset(at)).toISOString().slice(5, 16).replace('T', ' ')
  const { title, text } = noticeText(notice, order, time)
  const { routes } = desk.policy()
  return {
    ...{ at: notice.at, type: `order.${notice.type}`, urgent: isUrgent(notice.type, order), title, text },
    ...{ path: `/orders/${order.id}`, district: order.district, domain: order.domain },
    data: {
      ...{ order: order.id, class: order.class, state: order.state, facility: order.facilities[0] ?? '', district: order.district },
      ...{ crew: order.holder?.crew ?? '', by: order.holder?.person ?? '' },
    },
    accounts: peopleOf(notice, desk, state),
    mayWait: desk.routeOf(order, routes).quiet,
  }
}

function peopleOf({ crews, at }: OrderNotice, desk: OrderDesk, state: ServiceParts['state']): string[] {
  if (crews.length === 0) {
    return state.people
      .users()
      .filter(({ role, disabled }) => role === 'dispatcher' && !disabled)
      .map(({ name }) => name)
  }
  const roster = desk.roster(at)
  const onDuty = roster.duty.flatMap(({ team, people }) => (team.crew !== null && crews.includes(team.crew) ? people : []))
  // A crew that has an order keeps it after the end of its shift.
  return onDuty.length > 0 ? onDuty : roster.crews.filter(({ id }) => crews.includes(id)).flatMap(({ members }) => members)
}
