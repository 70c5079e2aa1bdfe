import { type ChainPlace, chainStart } from '../../dispatch/next-step.ts'
import { isOver, type NewOrder, newOrder, type Order, type OrderClass } from '../../dispatch/order.ts'
import type { OrderNotice } from '../../dispatch/order-notice.ts'
import { type OrderEvent, stepOrder } from '../../dispatch/order-step.ts'
import { feederOf, orderOfGroup } from '../../dispatch/work-group.ts'
import type { OrderChange } from '../../edges/orders.ts'
import { LamplighterError } from '../../errors.ts'
import type { StateStore } from '../../storage/state-store.ts'

/** What is written of a step besides what it was. */
export interface Note {
  /** An account, or `rule`, `telemetry`, `clock`. */
  by: string
  crew?: string
  words?: string
  /** When it was done, ms; the moment it is recorded where absent. */
  at?: number
}

/** Groups of one feeder are looked for together. */
const placeOf = (group: string): string => feederOf(group) ?? group

/**
 * The orders that are not over, in memory as in the store. Everything that moves one goes through `change`, which makes it durable with its
 * log before anybody is told.
 */
export class OrderBook {
  readonly #state: StateStore
  readonly #open = new Map<number, Order>()
  readonly #places = new Map<number, ChainPlace>()
  readonly #byPlace = new Map<string, Set<number>>()
  readonly #byAlarm = new Map<number, number>()
  readonly #listeners: ((change: OrderChange) => void)[] = []
  readonly #keepers: ((change: OrderChange) => void)[] = []
  #changed = new Map<number, Order>()
  #before = new Map<number, Order>()
  #notices: OrderNotice[] = []
  #depth = 0

  constructor(state: StateStore) {
    this.#state = state
    this.#load()
  }

  #load(): void {
    for (const map of [this.#open, this.#places, this.#byPlace, this.#byAlarm]) map.clear()
    for (const { order, place } of this.#state.orders.open()) {
      this.#keep(order)
      this.#places.set(order.id, place)
    }
  }

  onChange(listener: (change: OrderChange) => void): void {
    this.#listeners.push(listener)
  }

  /** Called in the transaction of each change, so that what is to be told of it is as durable as the change. */
  onKeep(keeper: (change: OrderChange) => void): void {
    this.#keepers.push(keeper)
  }

  open(): IterableIterator<Order> {
    return this.#open.values()
  }

  get(id: number): Order | undefined {
    return this.#open.get(id) ?? this.#state.orders.order(id)
  }

  /** Throws `not-found`. */
  known(id: number): Order {
    const order = this.get(id)
    if (!order) throw new LamplighterError('not-found', `There is no order ${id}.`)
    return order
  }

  placeOf(id: number): ChainPlace {
    return this.#places.get(id) ?? chainStart
  }

  /** The order to which another fault of a group and a class may be added at `at`, ms. */
  ofGroup(group: string, fault: OrderClass, at: number): Order | null {
    const ids = this.#byPlace.get(placeOf(group)) ?? []
    return orderOfGroup(
      [...ids].flatMap((id) => this.#open.get(id) ?? []),
      group,
      fault,
      at,
    )
  }

  /** The newest order that covers an alarm; of those that are over only when the store is asked as well. */
  openOfAlarm(alarm: number): Order | null {
    const id = this.#byAlarm.get(alarm)
    return id === undefined ? null : (this.#open.get(id) ?? null)
  }

  /** What of an order that begins anew another one, which is not over, covers by now: it stays with that. */
  heldElsewhere({ id, alarms, reports }: Order): { alarms: number[]; reports: number[] } {
    const others = [...this.#open.values()].filter((other) => other.id !== id)
    return {
      alarms: alarms.filter((one) => others.some((other) => other.alarms.includes(one))),
      reports: reports.filter((one) => others.some((other) => other.reports.includes(one))),
    }
  }

  /** Runs `work` in one transaction; what it changed is told when it went through, and forgotten when it did not. */
  change<T>(work: () => T): T {
    this.#depth++
    try {
      return this.#state.transaction(() => {
        const done = work()
        if (this.#depth === 1) for (const keeper of this.#keepers) keeper(this.#change())
        return done
      })
    } catch (error) {
      // What was changed in memory did not become durable.
      if (this.#depth === 1) {
        this.#changed.clear()
        this.#before.clear()
        this.#notices = []
        this.#load()
      }
      throw error
    } finally {
      this.#depth--
      if (this.#depth === 0) this.#tell()
    }
  }

  #change(): OrderChange {
    return { orders: [...this.#changed.values()], before: this.#before, notices: this.#notices }
  }

  #tell(): void {
    const change = this.#change()
    if (change.orders.length + change.notices.length === 0) return
    this.#changed = new Map()
    this.#before = new Map()
    this.#notices = []
    for (const listener of this.#listeners) listener(change)
  }

  add(draft: NewOrder, { by, words = '' }: Note): Order {
    const fresh = newOrder(draft)
    const order = { ...fresh, id: this.#state.orders.insert(fresh) }
    this.#keep(order)
    this.#changed.set(order.id, order)
    this.#log(order, 'create', { by, words }, draft.created)
    return order
  }

  /** Moves an order; returns it as it was when nothing changed. Throws `action-refused`. */
  step(order: Order, event: OrderEvent, note: Note, recorded: number): Order {
    return this.put(order, stepOrder(order, event), event.type, note, recorded)
  }

  /** Keeps an order as a step made it, with what is written of the step. */
  put(before: Order, order: Order, type: string, note: Note, recorded: number): Order {
    if (order === before) return order
    this.#state.orders.update(order)
    if (!this.#changed.has(order.id)) this.#before.set(order.id, before)
    this.#keep(order)
    this.#changed.set(order.id, order)
    this.#log(order, type, note, recorded)
    return order
  }

  /** Writes into the log what moves nothing. */
  remark(order: Order, type: string, note: Note, recorded: number): void {
    this.#log(order, type, note, recorded)
  }

  putPlace(id: number, place: ChainPlace): void {
    this.#state.orders.putPlace(id, place)
    this.#places.set(id, place)
  }

  notify(notice: OrderNotice): void {
    this.#notices.push(notice)
  }

  #log(order: Order, type: string, { by, crew = '', words = '', at }: Note, recorded: number): void {
    this.#state.orders.log({ order: order.id, at: at ?? recorded, recorded, by, crew, type, words, state: order.state })
  }

  #keep(order: Order): void {
    const before = this.#open.get(order.id)
    const place = placeOf(order.group)
    for (const alarm of before?.alarms ?? []) if (this.#byAlarm.get(alarm) === order.id) this.#byAlarm.delete(alarm)
    if (isOver(order.state)) {
      this.#open.delete(order.id)
      this.#places.delete(order.id)
      const others = this.#byPlace.get(place)
      others?.delete(order.id)
      if (others?.size === 0) this.#byPlace.delete(place)
      return
    }
    this.#open.set(order.id, order)
    for (const alarm of order.alarms) this.#byAlarm.set(alarm, order.id)
    const others = this.#byPlace.get(place)
    if (others) others.add(order.id)
    else this.#byPlace.set(place, new Set([order.id]))
  }
}
