import { median } from '../alarms/alarm-score.ts'
import { type Order, type OrderClass, orderClasses } from './order.ts'

export interface SpanFigures {
  count: number
  /** ms; null where there is none. */
  median: number | null
  p90: number | null
}

/** What became of some orders. */
export interface OrderFigures {
  made: number
  closed: number
  /** From when it was made. */
  accept: SpanFigures
  arrive: SpanFigures
  repair: SpanFigures
  repaired: number
  /** Of those that were repaired, or came back after it, the part that never came back, 0 to 1. */
  firstTime: number | null
  relapses: number
}

/** Of the orders that were repaired, or should have been by now, those that were in time. */
export interface InTime {
  due: number
  inTime: number
  share: number | null
}

export interface FiguresOf extends OrderFigures {
  key: string
}

/** The value below which 9 of 10 lie, by the nearest rank. */
function p90(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(0.9 * sorted.length) - 1] ?? null
}

function spans(orders: readonly Order[], until: (order: Order) => number | null | undefined): SpanFigures {
  const values = orders.flatMap((order) => {
    const end = until(order)
    return end == null ? [] : [Math.max(0, end - order.created)]
  })
  return { count: values.length, median: median(values), p90: p90(values) }
}

export function orderFigures(orders: readonly Order[]): OrderFigures {
  const tried = orders.filter(({ repair, relapses }) => repair !== null || relapses > 0)
  const firstTime = tried.filter(({ relapses }) => relapses === 0).length
  return {
    made: orders.length,
    closed: orders.filter(({ state }) => state === 'closed').length,
    accept: spans(orders, ({ times }) => times.accepted),
    arrive: spans(orders, ({ times }) => times.arrived),
    repair: spans(orders, ({ repair }) => repair?.at),
    repaired: orders.filter(({ repair }) => repair !== null).length,
    firstTime: tried.length > 0 ? firstTime / tried.length : null,
    relapses: orders.reduce((sum, { relapses }) => sum + relapses, 0),
  }
}

/** By class, at our time `now`, ms; orders that left the board without a repair are not counted. */
export function inTime(orders: readonly Order[], now: number): Record<OrderClass, InTime> {
  const of = (cls: OrderClass): InTime => {
    const due = orders.filter((order) => order.class === cls && (order.repair !== null || (order.closed === null && now >= order.repairBy)))
    const kept = due.filter(({ repair, repairBy }) => repair !== null && repair.at <= repairBy).length
    return { due: due.length, inTime: kept, share: due.length > 0 ? kept / due.length : null }
  }
  const classes = Object.keys(orderClasses) as OrderClass[]
  return Object.fromEntries(classes.map((cls) => [cls, of(cls)])) as Record<OrderClass, InTime>
}

/** Figures of those that share a key, in order of the keys; those without one are left out. */
export function figuresBy(orders: readonly Order[], keyOf: (order: Order) => string | undefined): FiguresOf[] {
  const groups = Map.groupBy(orders, keyOf)
  groups.delete(undefined)
  return [...groups].map(([key, own]) => ({ key: key as string, ...orderFigures(own) })).sort((a, b) => (a.key < b.key ? -1 : 1))
}
