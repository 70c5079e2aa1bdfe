import { effect, signal } from '@preact/signals'
import type { OrderView } from '../../../../src/edges/http/order-schemas.ts'
import type { DutyView } from '../../../../src/edges/http/roster-schemas.ts'
import { getDuty } from '../duty/duty-api.ts'
import { link, serverNow, toldOrders } from '../live/live.ts'
import { explain } from '../shell/notice.tsx'
import { closedSince } from './closed-since.ts'
import { dayBegin } from './day-begin.ts'
import { getOrders, getQueue } from './orders-api.ts'

const STATES = 'open,dispatched,accepted,on-the-way,arrived,repairing,repaired,verified'
const MOST_PAGES = 10
/** The order of trips is asked for anew so long after a change, ms. */
const QUEUE_PAUSE = 3000
/** Whether a shift is over is looked at so often, ms. */
const SHIFT_LOOK = 60_000

/** Who is on duty, by whose shifts what was closed stays on the board. */
const duty = signal<DutyView['items']>([])
/** Since when what was closed stands on the board, ms; or, where somebody wants to see it, since the day before began. */
export const shownSince = (now: number, isDayBefore: boolean): number =>
  isDayBefore ? Math.min(closedSince(now, duty.value), dayBegin(dayBegin(now) - 1)) : closedSince(now, duty.value)

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

async function loadAll(query: Record<string, string | number>): Promise<void> {
  let before: number | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await getOrders({ ...query, limit: 500, before })
    take(items)
    if (next === null) break
    before = next
  }
}

async function load(): Promise<void> {
  try {
    await loadAll({ state: STATES })
    await loadShift()
    await loadAll({ state: 'closed', closedFrom: dayBegin(dayBegin(serverNow.peek()) - 1) })
    await loadTrips()
    boardProblem.value = ''
  } catch (problem) {
    boardProblem.value = explain(problem)
  }
}

async function loadShift(): Promise<void> {
  duty.value = (await getDuty()).items
}

async function loadTrips(): Promise<void> {
  const { items } = await getQueue()
  trips.value = new Map(items.map(({ order, gain, distance }, place) => [order, { place, gain, distance }]))
}

/** Follows the orders while a page shows them; returns how to stop. */
export function followOrders(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  // Shifts end at full minutes.
  const ticking = setInterval(() => {
    const now = serverNow.peek()
    if (duty.peek().some(({ to }) => to <= now)) void loadShift().catch(() => undefined)
  }, SHIFT_LOOK)
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
    clearInterval(ticking)
  }
}
