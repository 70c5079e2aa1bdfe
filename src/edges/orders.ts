import type { Scope } from '../access/scope.ts'
import type { Crew } from '../dispatch/crew.ts'
import type { CrewAction, Outcome } from '../dispatch/crew-action.ts'
import type { Order, OrderClass } from '../dispatch/order.ts'
import type { OrderNotice } from '../dispatch/order-notice.ts'
import type { Trip } from '../dispatch/repair-queue.ts'
import type { Hindrance } from '../dispatch/route.ts'
import type { OrderLogEntry, OrderPhoto, OrderQuery } from '../storage/order-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { Text } from '../telemetry/point.ts'

/** Orders as they are after a change, and who is to be told of it. */
export interface OrderChange {
  orders: readonly Order[]
  /** Those of them that are not new as they were before, by id. */
  before: ReadonlyMap<number, Order>
  notices: readonly OrderNotice[]
}

/** An order with the version somebody saw, which another change meanwhile makes stale. */
export interface SeenOrder {
  id: number
  version?: number
}

export interface OrderInput {
  facilities: readonly string[]
  class: OrderClass
  title: Text
  note: string
  alarms?: readonly number[]
}

export interface ActionAnswer {
  id: string
  order: number
  outcome: Outcome
  why: string
}

/** A picture as a phone sends it. */
export interface PhotoInput {
  id: string
  order: number
  /** When it was taken, by the phone's clock set right by the server's, ms. */
  at: number
  bytes: Buffer
}

/** Repair orders. `by` is the account; methods throw `LamplighterError`. */
/** Whom an order could be given to. */
export interface OrderCandidates {
  /** Those that fit first, then those on duty. */
  crews: {
    id: string
    name: string
    /** Accounts of those of its people who are there now. */
    people: string[]
    /** End of its present shift, ms; null: not on duty. */
    dutyUntil: number | null
    /** Why it would not be asked by itself; null: it would. */
    hindrance: Hindrance | null
  }[]
  /** Phones are told of the order only then, ms; null: at once. */
  quietUntil: number | null
}

export interface Orders {
  /** Those that are not over. */
  open(): Iterable<Order>
  order(id: number): Order | undefined
  /** The newest order that covers an alarm. */
  ofAlarm(alarm: number): Order | undefined
  list(query: OrderQuery): Page<Order>
  logOf(order: number, before: number, limit: number): Page<OrderLogEntry & { id: number }>
  photosOf(order: number): OrderPhoto[]
  /** Whether a crew was asked to take an order, or did anything for it, at any time. */
  wasAsked(order: number, crew: string): boolean
  /** The open ones that let `wanted` through, first where the next trip gains most. */
  queue(wanted: (order: Order) => boolean): Trip[]
  /** Whom an open order could be given to now. */
  candidates(order: Order): OrderCandidates
  /** Crews that are not disabled to which a person belongs. */
  crewsOf(person: string): Crew[]

  create(input: OrderInput, scope: Scope, by: string): Order
  dispatch(seen: SeenOrder, crews: readonly string[], within: number, by: string): Order
  recall(seen: SeenOrder, reason: string, by: string): Order
  reclassify(seen: SeenOrder, to: OrderClass, reason: string, by: string): Order
  merge(seen: SeenOrder, into: number, reason: string, by: string): Order
  /** Some of what it covers becomes an order of its own; returns the new one. */
  split(seen: SeenOrder, facilities: readonly string[], reason: string, by: string): Order
  reject(seen: SeenOrder, reason: string, by: string): Order
  verify(seen: SeenOrder, words: string, by: string): Order
  close(seen: SeenOrder, reason: string, by: string): Order
  reopen(seen: SeenOrder, reason: string, by: string): Order
  note(id: number, text: string, by: string): Order

  /** Takes what a phone did, in its order; each counts once however often it is sent. `person` must belong to `crew`. */
  act(actions: readonly CrewAction[], crew: string, person: string): ActionAnswer[]

  /** Keeps a picture: it is on disk, and counted once, when this resolves, however often it is sent. */
  addPhoto(photo: PhotoInput, crew: string, person: string): Promise<OrderPhoto>
  /** Its bytes; null where there is none. */
  photo(order: number, id: string): Promise<{ photo: OrderPhoto; bytes: Buffer } | null>

  onChange(listener: (change: OrderChange) => void): void
}
