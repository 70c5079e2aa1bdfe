import type { Alarm } from '../../alarms/alarm.ts'
import { partsOfKey } from '../../detection/rule-key.ts'
import type { DispatchPolicy } from '../../dispatch/dispatch-policy.ts'
import { chainStart } from '../../dispatch/next-step.ts'
import { isAsUrgent, MAX_ORDER_FACILITIES, type Order, type OrderClass } from '../../dispatch/order.ts'
import { deadlines } from '../../dispatch/order-clock.ts'
import { asksForRepair, orderFor, type Plan, planFor } from '../../dispatch/order-plan.ts'
import { RELAPSE } from '../../dispatch/order-step.ts'
import { type Route, routeOf } from '../../dispatch/route.ts'
import { workGroup } from '../../dispatch/work-group.ts'
import { alarmTitle } from '../../facilities/alarm-title.ts'
import type { Facility } from '../../facilities/plant.ts'
import type { ServiceParts } from '../parts.ts'
import type { OrderBook } from './order-book.ts'

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'utcOffset'>

/** The route of an alarm at a place, by the policy in force; null when none fits. */
export const routeOfAlarm = (
  { kind, rule, priority }: Alarm,
  { domain, district, keyArea }: Pick<Order, 'domain' | 'district' | 'keyArea'>,
  routes: readonly Route[],
): Route | null => routeOf(routes, { domain, district, keyArea, priority, rule: `${kind}/${partsOfKey(rule).rule}` })

export const groupOf = ({ id, kind, road, fedBy, circuit }: Facility): string =>
  workGroup({ id, domain: kind.domain, road, fedBy, circuit })

/** Makes, extends or reopens orders as alarms ask for it; belongs to the caller's `change` of the book. */
export function takeAlarm(book: OrderBook, alarm: Alarm, policy: DispatchPolicy, { plant, state, utcOffset }: Parts, at: number): void {
  const facility = plant.get(alarm.facility)
  // The service's own faults are for those who look after it.
  if (!facility || facility.kind.reportsItself || !asksForRepair(alarm)) return
  const { orders } = state
  const place = { domain: facility.kind.domain, district: facility.district, keyArea: facility.keyArea }
  const route = routeOfAlarm(alarm, place, policy.routes)
  const group = groupOf(facility)
  const own = book.openOfAlarm(alarm.id) ?? orders.ofAlarm(alarm.id) ?? null
  const fault = route?.class ?? 'ordinary'
  const ofGroup = book.ofGroup(group, fault, at)
  const last = () => {
    const found = orders.lastOfGroup(group, at - RELAPSE) ?? null
    return isSame(found, alarm, fault) ? found : null
  }
  const plan = planFor(alarm, route, { own, ofGroup: isRoomy(ofGroup, facility) ? ofGroup : null, last }, at)
  const clockOf = (cls: OrderClass) => deadlines(policy.clocks[cls], at, policy.calendar, utcOffset)
  carryOut(plan)

  function carryOut(plan: Plan): void {
    if (plan.type === 'nothing') return
    if (plan.type === 'cover') {
      book.step(plan.order, { type: 'cover', at, alarms: [alarm.id], reports: [], facilities: [alarm.facility] }, { by: 'rule' }, at)
      return
    }
    if (plan.type === 'relapse') {
      const covers = { alarms: [alarm.id], reports: [], facilities: [alarm.facility] }
      reopenRelapsed(book, plan.order, covers, clockOf(plan.order.class), `alarm ${alarm.id}`, at)
      return
    }
    const chosen = route as Route
    const ground = {
      facility: { id: facility!.id, ...place },
      ...{ group, title: alarmTitle(alarm, [facility!.kind]) },
    }
    book.add(orderFor(alarm, ground, chosen, clockOf(chosen.class), at), { by: 'rule', words: chosen.id })
  }
}

/** An order whose repair did not hold is asked for from the beginning, with what showed that; its clocks run anew. */
export function reopenRelapsed(
  book: OrderBook,
  order: Order,
  covers: { alarms: readonly number[]; reports: readonly number[]; facilities: readonly string[] },
  clock: { arriveBy: number; repairBy: number },
  words: string,
  at: number,
): Order {
  const again = book.step(order, { type: 'relapse', at, elsewhere: book.heldElsewhere(order), clock }, { by: 'rule', words }, at)
  book.putPlace(again.id, chainStart)
  book.notify({ type: 'relapsed', order: again.id, crews: [], at })
  return book.step(again, { type: 'cover', at, ...covers }, { by: 'rule' }, at)
}

const isRoomy = (order: Order | null, { id }: Facility): boolean =>
  order !== null && (order.facilities.length < MAX_ORDER_FACILITIES || order.facilities.includes(id))

/** A fault is the one an order was closed for only at a facility it covered, and when that hurried as much as the fault asks for. */
const isSame = (order: Order | null, { facility }: Alarm, fault: OrderClass): boolean =>
  order ? order.facilities.includes(facility) && isAsUrgent(order.class, fault) : false
