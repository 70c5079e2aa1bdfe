import { type Alarm, isTold } from '../alarms/alarm.ts'
import type { RuleTexts } from '../detection/rule.ts'
import { minutes } from '../telemetry/duration.ts'
import { isHeld, isOver, type NewOrder, type Order } from './order.ts'
import { isRelapse } from './order-step.ts'
import type { Route } from './route.ts'
import { takesMore } from './work-group.ts'

/** A fault that went by itself and stays away so long needs nobody, ms. */
export const SELF_HEALED = minutes(10)

/** What the orders there are say of one alarm. */
export interface Known {
  /** The newest order that covers it. */
  own: Order | null
  /** The order of its group to which it may be added. */
  ofGroup: Order | null
  /** The order of its group that was over last; only looked for where no order covers the alarm. */
  last: () => Order | null
}

export type Plan = { type: 'nothing' } | { type: 'cover'; order: Order } | { type: 'relapse'; order: Order } | { type: 'new' }

/** Whether an alarm asks for a repair: the fault is there, and people are to see it. */
export const asksForRepair = (alarm: Alarm): boolean => alarm.active && alarm.ended === null && isTold(alarm) && !alarm.historical

/** What an alarm does to the orders, at our time `at`, ms. A fault that comes back opens its order again, even where no rule makes orders. */
export function planFor(alarm: Alarm, route: Route | null, { own, ofGroup, last }: Known, at: number): Plan {
  if (!asksForRepair(alarm)) return { type: 'nothing' }
  if (own && (takesMore(own) || own.state === 'repaired')) return { type: 'nothing' }
  const former = own ?? last()
  if (former && isRelapse(former, at) && alarm.activated > (former.repair?.at ?? at)) return { type: 'relapse', order: former }
  // Somebody said that it is mended, and telemetry never tells.
  if (own && !isOver(own.state)) return { type: 'nothing' }
  // What somebody rejected or closed by hand is not made again by the same stay of the fault.
  if (own && own.closed !== null && alarm.activated <= own.closed) return { type: 'nothing' }
  if (!route?.makesOrder) return { type: 'nothing' }
  return ofGroup ? { type: 'cover', order: ofGroup } : { type: 'new' }
}

/** What a new order is made of. */
export interface OrderGround {
  facility: { id: string; district: string; domain: string; keyArea: boolean }
  group: string
  title: RuleTexts['title']
}

export const orderFor = (
  alarm: Alarm,
  { facility, group, title }: OrderGround,
  route: Route,
  clock: { arriveBy: number; repairBy: number },
  at: number,
): NewOrder => ({
  ...{ origin: 'alarm', class: route.class, title, facilities: [facility.id], alarms: [alarm.id], reports: [], group },
  ...{ district: facility.district, domain: facility.domain, keyArea: facility.keyArea, created: at, createdBy: 'rule', ...clock },
})

/**
 * What becomes of an order whose alarms changed, while nobody has it in hand: it goes into the order of what explains all of them, or ends
 * when the fault went by itself. `alarms` are those it covers, as they are now; ended ones included.
 */
export function reconsider(
  order: Order,
  alarms: readonly Alarm[],
  orderOfAlarm: (alarm: number) => Order | null,
  at: number,
): { type: 'merge'; into: Order } | { type: 'self-healed' } | null {
  if (isHeld(order.state) || !takesMore(order) || alarms.length === 0 || order.reports.length > 0) return null
  const causes = new Set(alarms.map(({ suppressed }) => suppressed?.by ?? null))
  const [cause] = causes
  if (causes.size === 1 && cause !== null && cause !== undefined) {
    const into = orderOfAlarm(cause)
    if (into && into.id !== order.id && takesMore(into)) return { type: 'merge', into }
  }
  const isGone = alarms.every(({ active, returned, ended }) => !active && at - Math.max(returned ?? 0, ended ?? 0) >= SELF_HEALED)
  return isGone ? { type: 'self-healed' } : null
}
