import { type ChainPlace, chainStart } from '../../src/dispatch/next-step.ts'
import { isOver, type Order } from '../../src/dispatch/order.ts'
import { LamplighterError } from '../../src/errors.ts'
import type { OrderLogEntry, OrderPhoto, OrderQuery, OrderStore, TakenAction } from '../../src/storage/order-store.ts'
import type { Page } from '../../src/storage/state-store.ts'

export type LogLine = OrderLogEntry & { id: number }

/** Orders in memory, for tests that take more steps than a database could; `undoing` is its transaction. */
export interface MemoryOrders extends OrderStore {
  readonly entries: readonly LogLine[]
  all(): Order[]
  undoing<T>(work: () => T): T
}

export function memoryOrders(): MemoryOrders {
  let orders = new Map<number, Order>()
  let places = new Map<number, ChainPlace>()
  let actions = new Map<string, TakenAction>()
  let photos = new Map<string, OrderPhoto>()
  const entries: LogLine[] = []
  let depth = 0
  let next = 1

  const newestFirst = (found: (order: Order) => boolean) => [...orders.values()].reverse().find(found)
  const has = <T>(list: readonly T[] | undefined, one: T) => list === undefined || list.includes(one)
  const isSeen = (order: Order, { districts, domains, crews }: NonNullable<OrderQuery['seenBy']>) =>
    ((districts === 'all' || has(districts, order.district)) && (domains === 'all' || has(domains, order.domain))) ||
    crews.some((crew) => crewsOf(order).includes(crew))
  const crewsOf = ({ holder, offer }: Order) => (holder ? [holder.crew] : (offer?.crews ?? []))
  const cut = <T extends { id: number }>(items: T[], limit: number): Page<T> => ({
    items: items.slice(0, limit),
    next: items.length > limit ? (items[limit - 1] as T).id : null,
  })

  return {
    entries,
    all: () => [...orders.values()],
    undoing(work) {
      if (depth > 0) return work()
      const before = { orders: new Map(orders), places: new Map(places), actions: new Map(actions), photos: new Map(photos) }
      const [lines, id] = [entries.length, next]
      depth++
      try {
        return work()
      } catch (error) {
        ;({ orders, places, actions, photos } = before)
        entries.length = lines
        next = id
        throw error
      } finally {
        depth--
      }
    },

    insert(order) {
      const id = next++
      orders.set(id, { ...order, id })
      return id
    },
    update: (order) => void orders.set(order.id, order),
    order: (id) => orders.get(id),
    open: () =>
      [...orders.values()].filter(({ state }) => !isOver(state)).map((order) => ({ order, place: places.get(order.id) ?? chainStart })),
    putPlace: (id, place) => void places.set(id, place),
    list({ states, districts, domains, seenBy, crew, facility, alarm, from, to, closedFrom, before, limit }) {
      const found = [...orders.values()]
        .reverse()
        .filter(
          (order) =>
            has(states, order.state) &&
            has(districts, order.district) &&
            has(domains, order.domain) &&
            (seenBy === undefined || isSeen(order, seenBy)) &&
            (crew === undefined || crewsOf(order).includes(crew)) &&
            (facility === undefined || order.facilities.includes(facility)) &&
            (alarm === undefined || order.alarms.includes(alarm)) &&
            order.created >= (from ?? 0) &&
            order.created < (to ?? Number.POSITIVE_INFINITY) &&
            (closedFrom === undefined || (order.closed !== null && order.closed >= closedFrom)) &&
            order.id < (before ?? Number.POSITIVE_INFINITY),
        )
      return cut(found, limit)
    },
    ofAlarm: (alarm) => newestFirst(({ alarms }) => alarms.includes(alarm)),
    lastOfGroup: (group, since) =>
      newestFirst((one) => one.group === group && isOver(one.state) && one.state !== 'rejected' && (one.closed ?? 0) > since),

    log: (entry) => void entries.push({ ...entry, id: entries.length + 1 }),
    logOf: (order, before, limit) => cut(entries.filter((one) => one.order === order && one.id < before).reverse(), limit),
    wasAsked: (order, crew) =>
      entries.some(
        (one) => one.order === order && (one.crew === crew || (one.type === 'dispatch' && one.words.split(', ').includes(crew))),
      ),
    logBetween: (from, to, after, limit) =>
      cut(
        entries.filter(({ recorded, id }) => recorded >= from && recorded < to && id > after),
        limit,
      ),

    arrivals(since) {
      const last = new Map<string, { crew: string; order: number; at: number }>()
      for (const { crew, order, at, type, recorded } of entries) {
        if (type !== 'arrive' || crew === '' || recorded < since || (last.get(crew)?.at ?? at) > at) continue
        last.set(crew, { crew, order, at })
      }
      return [...last.values()].sort((a, b) => (a.crew < b.crew ? -1 : 1))
    },
    logCounts(from, to) {
      const byType = Map.groupBy(
        entries.filter(({ recorded }) => recorded >= from && recorded < to),
        ({ type }) => type,
      )
      return new Map([...byType].map(([type, own]) => [type, new Set(own.map(({ order }) => order)).size]))
    },

    takenAction: (id) => actions.get(id),
    putTakenAction(action) {
      if (actions.has(action.id)) throw new LamplighterError('action-refused', `Action ${action.id} was taken before.`)
      actions.set(action.id, action)
    },
    forgetTakenActions(before) {
      for (const { id, at } of actions.values()) if (at < before) actions.delete(id)
    },
    addPhoto: (photo) => void photos.set(photo.id, photo),
    photo: (id) => photos.get(id),
    photosOf: (order) => [...photos.values()].filter((one) => one.order === order),
  }
}
