import type { Outcome } from '../dispatch/crew-action.ts'
import type { ChainPlace } from '../dispatch/next-step.ts'
import type { Order, OrderState } from '../dispatch/order.ts'
import type { Page } from './state-store.ts'

/** One thing that happened to an order; never changed. */
export interface OrderLogEntry {
  order: number
  /** When it was done, and when we heard of it, ms. */
  at: number
  recorded: number
  /** An account, or `rule`, `telemetry`, `clock`. */
  by: string
  /** Crew in whose name; empty for others. */
  crew: string
  /** Type of the step, or `kept` for what no longer fitted. */
  type: string
  /** What somebody wrote, or why. */
  words: string
  /** State afterwards. */
  state: OrderState
}

export interface OrderQuery {
  states?: readonly OrderState[]
  /** Only those of these districts and domains. */
  districts?: readonly string[]
  domains?: readonly string[]
  /** Only those that lie in one of these districts and domains, or that one of these crews has or is asked to take. */
  seenBy?: { districts: readonly string[] | 'all'; domains: readonly string[] | 'all'; crews: readonly string[] }
  /** That has it, or is asked to take it. */
  crew?: string
  facility?: string
  /** That it covers. */
  alarm?: number
  /** Made at or after / before, ms. */
  from?: number
  to?: number
  /** Closed at or after this, ms. */
  closedFrom?: number
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** A picture; its bytes lie in a file of this name. */
export interface OrderPhoto {
  id: string
  order: number
  at: number
  by: string
  bytes: number
  type: string
}

/** An action of a phone that was taken, so that it counts once however often it is sent. */
export interface TakenAction {
  id: string
  order: number
  outcome: Outcome
  why: string
  at: number
}

/** A crew said that it was at an order, ms. */
export interface Arrival {
  crew: string
  order: number
  at: number
}

/** Repair orders with all that belongs to them. */
export interface OrderStore {
  /** Its `id` is ignored; returns the one it has from now on. */
  insert(order: Order): number
  update(order: Order): void
  order(id: number): Order | undefined
  /** Those that are not over, oldest first, with the place in their chain. */
  open(): { order: Order; place: ChainPlace }[]
  putPlace(id: number, place: ChainPlace): void
  /** Newest first. */
  list(query: OrderQuery): Page<Order>
  /** The newest order that covers an alarm, over or not. */
  ofAlarm(alarm: number): Order | undefined
  /** The newest order of a group that was closed or merged after this, ms. */
  lastOfGroup(group: string, since: number): Order | undefined

  log(entry: OrderLogEntry): void
  /** Newest first. */
  logOf(order: number, before: number, limit: number): Page<OrderLogEntry & { id: number }>
  /** Whether a crew was asked to take an order, or did anything for it, at any time. */
  wasAsked(order: number, crew: string): boolean
  /** Where each crew arrived last, of what we heard since this, ms. */
  arrivals(since: number): Arrival[]
  /** What happened between, ms by `recorded`, oldest first; for reports of a shift. */
  logBetween(from: number, to: number, after: number, limit: number): Page<OrderLogEntry & { id: number }>

  /** With how many orders each type of step happened between, ms by `recorded`. */
  logCounts(from: number, to: number): Map<string, number>

  takenAction(id: string): TakenAction | undefined
  putTakenAction(action: TakenAction): void
  /** Forgets actions taken before this, ms; no phone keeps one for so long. */
  forgetTakenActions(before: number): void

  addPhoto(photo: OrderPhoto): void
  photo(id: string): OrderPhoto | undefined
  photosOf(order: number): OrderPhoto[]
}
