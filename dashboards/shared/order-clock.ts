import type { OrderView } from '../../src/edges/http/order-schemas.ts'

/**
 * The clock that runs: arrival until somebody is there, then the repair; the one that an emergency plan sets while it runs out sooner; null when
 * it is mended. `left` is below 0 when overdue, ms.
 */
export function clockOf(order: OrderView, now: number): { type: 'arrive' | 'repair' | 'measures'; left: number } | null {
  if (order.repair || order.closed !== null) return null
  const own = ownClockOf(order, now)
  // Phones keep orders that an older server told.
  const { measures } = order as Partial<Pick<OrderView, 'measures'>>
  if (!measures || measures.takenAt !== null || measures.by - now >= own.left) return own
  return { type: 'measures', left: measures.by - now }
}

function ownClockOf(order: OrderView, now: number): { type: 'arrive' | 'repair'; left: number } {
  return order.times.arrived === null ? { type: 'arrive', left: order.arriveBy - now } : { type: 'repair', left: order.repairBy - now }
}

/** The shape and colour of a class. */
export const classSymbol = { danger: 'critical', severe: 'high', ordinary: 'medium' } as const satisfies Record<OrderView['class'], string>
