import { effect, signal } from '@preact/signals'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { link, toldOrders } from '../live/live.ts'
import { explain } from '../shell/notice.tsx'
import { getOrders, getQueue } from './orders-api.ts'

const STATES = 'open,dispatched,accepted,on-the-way,arrived,repairing,repaired,verified'
const MOST_PAGES = 10
/** The order of trips is asked for anew so long after a change, ms. */
const QUEUE_PAUSE = 3000

/** Orders on the board, by id. */
export const boardOrders = signal<ReadonlyMap<number, OrderView> | null>(null)
export const boardProblem = signal('')
/** Of each order that waits: its place in the order of trips, what a trip gains, and how far it is, m. By id. */
export const trips = signal<ReadonlyMap<number, { place: number; gain: number; distance: number | null }>>(new Map())

function take(orders: readonly OrderView[], gone: readonly number[] = []): void {
  const next = new Map(boardOrders.peek())
  for (const id of gone) next.delete(id)
  for (const order of orders) {
    const known = next.get(order.id)
    if (!known || known.version <= order.version) next.set(order.id, order)
  }
  boardOrders.value = next
}

async function load(): Promise<void> {
  try {
    let before: number | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const { items, next } = await getOrders({ state: STATES, limit: 500, before })
      take(items)
      if (next === null) break
      before = next
    }
    take((await getOrders({ state: 'closed', limit: 200 })).items)
    await loadTrips()
    boardProblem.value = ''
  } catch (problem) {
    boardProblem.value = explain(problem)
  }
}

async function loadTrips(): Promise<void> {
  const { items } = await getQueue()
  trips.value = new Map(items.map(({ order, gain, distance }, place) => [order, { place, gain, distance }]))
}

/** Follows the orders while a page shows them; returns how to stop. */
export function followOrders(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stopLink = effect(() => {
    // Whatever was told while the connection was away is missing.
    if (link.value !== 'disconnected') void load()
  })
  const stopNews = effect(() => {
    const { orders, gone } = toldOrders.value
    if (orders.length + gone.length === 0) return
    take(orders, gone)
    timer ??= setTimeout(() => {
      timer = undefined
      void loadTrips().catch(() => undefined)
    }, QUEUE_PAUSE)
  })
  return () => {
    stopLink()
    stopNews()
    clearTimeout(timer)
  }
}
