import { median } from '../alarms/alarm-score.ts'
import { type Order, orderClasses } from './order.ts'

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
  /** From when it was made, or came back. */
  accept: SpanFigures
  arrive: SpanFigures
  repair: SpanFigures
  repaired: number
  inTime: InTime
  /** Those that were repaired, or came back after it. */
  tried: number
  /** The part of those tried that never came back, 0 to 1. */
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
    return end == null ? [] : [Math.max(0, end - order.opened)]
  })
  return { count: values.length, median: median(values), p90: p90(values) }
}

/** At our time `now`, ms. */
export function orderFigures(orders: readonly Order[], now: number): OrderFigures {
  const tried = orders.filter(({ repair, relapses }) => repair !== null || relapses > 0)
  const firstTime = tried.filter(({ relapses }) => relapses === 0).length
  return {
    made: orders.length,
    closed: orders.filter(({ state }) => state === 'closed').length,
    accept: spans(orders, ({ times }) => times.accepted),
    arrive: spans(orders, ({ times }) => times.arrived),
    repair: spans(orders, ({ repair }) => repair?.at),
    repaired: orders.filter(({ repair }) => repair !== null).length,
    inTime: inTime(orders, now),
    tried: tried.length,
    firstTime: tried.length > 0 ? firstTime / tried.length : null,
    relapses: orders.reduce((sum, { relapses }) => sum + relapses, 0),
  }
}

/** Orders that left the board without a repair are not counted. */
function inTime(orders: readonly Order[], now: number): InTime {
  const due = orders.filter(({ repair, closed, repairBy }) => repair !== null || (closed === null && now >= repairBy))
  const kept = due.filter(({ repair, repairBy }) => repair !== null && repair.at <= repairBy).length
  return { due: due.length, inTime: kept, share: due.length > 0 ? kept / due.length : null }
}

/** Figures of those that share a key, in order of the keys; those without one are left out. */
export function figuresBy(orders: readonly Order[], keyOf: (order: Order) => string | undefined, now: number): FiguresOf[] {
  const groups = Map.groupBy(orders, keyOf)
  groups.delete(undefined)
  return [...groups].map(([key, own]) => ({ key: key as string, ...orderFigures(own, now) })).sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Figures of every class, the most urgent first. */
export const figuresByClass = (orders: readonly Order[], now: number): FiguresOf[] =>
  Object.keys(orderClasses).map((key) => ({
    key,
    ...orderFigures(
      orders.filter((order) => order.class === key),
      now,
    ),
  }))
