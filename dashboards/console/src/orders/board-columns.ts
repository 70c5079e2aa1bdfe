import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'

export const columnKeys = ['open', 'dispatched', 'accepted', 'underWay', 'repaired', 'done'] as const
export type ColumnKey = (typeof columnKeys)[number]

/** Where an order stands on the board; null: not on it. What was closed is on it from `since` on, ms. */
export function columnOf({ state, closed }: Pick<OrderView, 'state' | 'closed'>, since: number): ColumnKey | null {
  switch (state) {
    case 'open':
    case 'dispatched':
    case 'accepted':
    case 'repaired':
      return state
    case 'on-the-way':
    case 'arrived':
    case 'repairing':
      return 'underWay'
    case 'verified':
      return 'done'
    case 'closed':
      return closed !== null && closed >= since ? 'done' : null
    default:
      return null
  }
}

export interface OrderFilter {
  class: string
  district: string
  crew: string
  q: string
}

/** All that is given must hold. */
export function passes(order: OrderView, filter: OrderFilter): boolean {
  const crews = order.holder ? [order.holder.crew] : (order.offer?.crews ?? [])
  const text = [order.id, order.title.en, order.title.zh, order.district, ...order.facilities].join(' ').toLowerCase()
  return (
    (!filter.class || order.class === filter.class) &&
    (!filter.district || order.district === filter.district) &&
    (!filter.crew || crews.includes(filter.crew)) &&
    filter.q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word))
  )
}
