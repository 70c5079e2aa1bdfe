import { type Actor, type CrewAction, takeAction } from '../../../../src/dispatch/crew-action.ts'
import type { Order } from '../../../../src/dispatch/order.ts'
import type { OrderDetailView, OrderView } from '../../../../src/edges/http/order-schemas.ts'
import { type OutboxEntry, orderOf } from './outbox.ts'
import type { Answer } from './sender.ts'

/** An order as it will be once the server has heard what waits on this phone. */
export interface ShownOrder {
  detail: OrderDetailView
  order: OrderView
  /** What waits for it. */
  waiting: readonly OutboxEntry[]
}

/** Steps an order like the server will; what no longer fits moves nothing. */
export function afterAction(order: OrderView, action: CrewAction, actor: Actor, now: number): OrderView {
  const { elsewhere, ...rest } = order
  const whole: Order = { ...rest, group: '', opened: order.created, offer: order.offer && { ...order.offer, step: 0 } }
  const { order: next } = takeAction(whole, action, actor, now)
  if (next === whole) return order
  const { group: _, opened: __, ...view } = next
  return { ...view, elsewhere } as unknown as OrderView
}

const actionOf = (entry: Exclude<OutboxEntry, { type: 'check-in' }>): CrewAction =>
  entry.type === 'action' ? entry.action : { id: entry.photo, order: entry.order, at: entry.at, type: 'photo', photo: entry.photo }

/** What of the order would be, at our time `now`, ms, after all of these. */
export const afterEntries = (order: OrderView, entries: readonly OutboxEntry[], now: number): OrderView =>
  entries.reduce(
    (before, entry) =>
      entry.type !== 'check-in' && orderOf(entry) === order.id
        ? afterAction(before, actionOf(entry), { crew: entry.crew, person: entry.account }, now)
        : before,
    order,
  )

/**
 * The order once the server has answered: what counted is done to it, but for what is known of it already, since the list may be told before
 * the answer comes. Its version is the server's, so that whatever is told from then on is taken for newer.
 */
export function afterAnswers(
  order: OrderView,
  sent: readonly { entry: OutboxEntry; answer: Pick<Answer, 'outcome' | 'version'> | null }[],
  now: number,
): OrderView {
  const news = sent.flatMap(({ entry, answer }) => {
    const version = orderOf(entry) === order.id && answer?.outcome !== 'kept' ? (answer?.version ?? 0) : 0
    return version > order.version ? [{ entry, version }] : []
  })
  if (news.length === 0) return order
  const entries = news.map(({ entry }) => entry)
  return { ...afterEntries(order, entries, now), version: Math.max(...news.map(({ version }) => version)) }
}

/** The orders with what waits done to them. */
export const shownOrders = (details: readonly OrderDetailView[], waiting: readonly OutboxEntry[], now: number): ShownOrder[] =>
  details.map((detail) => {
    const own = waiting.filter((entry) => orderOf(entry) === detail.order.id)
    return { detail, order: afterEntries(detail.order, own, now), waiting: own }
  })

/** What was told just now, but for orders of which a later version is known: an answer may have been overtaken by another. */
export function newerOf(known: readonly OrderDetailView[], told: readonly OrderDetailView[]): OrderDetailView[] {
  const before = new Map(known.map((detail) => [detail.order.id, detail.order]))
  return told.map((detail) => {
    const own = before.get(detail.order.id)
    return own && own.version > detail.order.version ? { ...detail, order: own } : detail
  })
}
