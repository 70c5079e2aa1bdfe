import { signal } from '@preact/signals'
import { isOver } from '../../../../src/dispatch/order.ts'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'

type Orders = ReadonlyMap<number, OrderView>

/** Orders that are not over, by id, each as it was told newest, whatever comes first: the list or the news. */
export function heardOf(before: Orders, told: readonly OrderView[], gone: readonly number[] = []): Orders {
  const next = new Map(before)
  for (const order of told) if ((next.get(order.id)?.version ?? 0) <= order.version) next.set(order.id, order)
  for (const { id, state } of told) if (isOver(state)) next.delete(id)
  for (const id of gone) next.delete(id)
  return next
}

/** Urgent orders that no crew has or is asked for: danger first, then the oldest. An ordinary one may wait until somebody looks at the board. */
export const waitsForDesk = (orders: Orders): OrderView[] =>
  [...orders.values()]
    .filter(({ state, class: cls }) => state === 'open' && cls !== 'ordinary')
    .sort((a, b) => Number(b.class === 'danger') - Number(a.class === 'danger') || a.id - b.id)

/** Ids of those that wait now, as far as the console listens to orders; they sound until somebody sees to them. */
export const deskCalls = signal<readonly number[]>([])
