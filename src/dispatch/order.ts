import type { Text } from '../telemetry/point.ts'

/** How soon a fault must be mended, the most urgent first; the clocks stand in `order-clock.ts`. */
export const orderClasses = {
  danger: { zh: '危险', en: 'Danger' },
  severe: { zh: '严重', en: 'Severe' },
  ordinary: { zh: '一般', en: 'Ordinary' },
} as const satisfies Record<string, Text>
export type OrderClass = keyof typeof orderClasses

const byUrgency = Object.keys(orderClasses) as OrderClass[]
/** 0 for the most urgent. */
export const classRank = (of: OrderClass): number => byUrgency.indexOf(of)
/** Whether an order of one class hurries at least as much as the other class asks for. */
export const isAsUrgent = (of: OrderClass, as: OrderClass): boolean => classRank(of) <= classRank(as)

/** Where an order stands. Those after `closed` leave the board without a repair. */
export const orderStates = {
  open: { zh: '待派', en: 'Open' },
  dispatched: { zh: '已派', en: 'Dispatched' },
  accepted: { zh: '已接', en: 'Accepted' },
  'on-the-way': { zh: '在途', en: 'On the way' },
  arrived: { zh: '到场', en: 'Arrived' },
  repairing: { zh: '抢修中', en: 'Repairing' },
  repaired: { zh: '已修', en: 'Repaired' },
  verified: { zh: '已核实', en: 'Verified' },
  closed: { zh: '已结', en: 'Closed' },
  rejected: { zh: '已退回', en: 'Rejected' },
  merged: { zh: '已合并', en: 'Merged' },
} as const satisfies Record<string, Text>
export type OrderState = keyof typeof orderStates

export type OrderOrigin = 'alarm' | 'report' | 'round' | 'person'

/** Crews that were asked to take it, first come first served; ms. */
export interface Offer {
  crews: readonly string[]
  at: number
  /** Without an answer by then it goes on to the next of the chain. */
  until: number
  /** Place in the chain of those who are asked, from 0. */
  step: number
}

/** The crew that took it, and who of them. */
export interface Holder {
  crew: string
  person: string
}

export interface UsedPart {
  name: string
  count: number
}

/** What a crew says of its repair. */
export interface Repair {
  at: number
  by: string
  /** What was found to be the cause. */
  cause: string
  minutes: number
  parts: readonly UsedPart[]
}

/** Whether telemetry bears a repair out; a person's word stands in where there is no telemetry. */
export interface Verification {
  at: number
  by: 'telemetry' | string
  words: string
}

/** When a crew said it was where, our time, ms; null: not yet. */
export interface OrderTimes {
  dispatched: number | null
  accepted: number | null
  setOut: number | null
  arrived: number | null
  begun: number | null
}

/** Repair work for crews: for one alarm or many, a citizen's report, or a round. */
export interface Order {
  id: number
  origin: OrderOrigin
  class: OrderClass
  title: Text
  /** What is to be repaired, first the one to drive to; at most `MAX_ORDER_FACILITIES`. */
  facilities: readonly string[]
  /** Alarms and reports it covers. */
  alarms: readonly number[]
  reports: readonly number[]
  /** What further faults are taken to be the same work: see `work-group.ts`. */
  group: string
  district: string
  /** Domain of the first facility; decides who is asked. */
  domain: string
  keyArea: boolean
  created: number
  createdBy: string
  /** When its clocks began, ms: when it was made, or came back. */
  opened: number
  /** A crew must be there, and it must be mended, by then, ms. */
  arriveBy: number
  repairBy: number
  state: OrderState
  offer: Offer | null
  holder: Holder | null
  times: OrderTimes
  repair: Repair | null
  verification: Verification | null
  closed: number | null
  /** Why it left the board without a repair, or why it was closed by hand. */
  reason: string
  mergedInto: number | null
  /** How often the fault came back after a repair. */
  relapses: number
  photos: number
  notes: number
  /** Crews that refused it, or gave it back, since it was opened last; those that did not answer may be asked again. */
  declined: readonly string[]
  /** Counts changes; an action from a page states the one it saw. */
  version: number
}

export const MAX_ORDER_FACILITIES = 1000

/** Places on the road from an offer to a repair; crews may skip some, but never go back. */
export const progress = ['accepted', 'on-the-way', 'arrived', 'repairing', 'repaired'] as const
export type Progress = (typeof progress)[number]

/** States in which a crew has the order in hand. */
export const isHeld = (state: OrderState): state is Progress => (progress as readonly string[]).includes(state)

/** States in which nothing more is to be done. */
export const isOver = (state: OrderState): boolean => state === 'closed' || state === 'rejected' || state === 'merged'

export type NewOrder = Pick<
  Order,
  | 'origin'
  | 'class'
  | 'title'
  | 'facilities'
  | 'alarms'
  | 'reports'
  | 'group'
  | 'district'
  | 'domain'
  | 'keyArea'
  | 'created'
  | 'createdBy'
  | 'arriveBy'
  | 'repairBy'
>

const noTimes: OrderTimes = { dispatched: null, accepted: null, setOut: null, arrived: null, begun: null }

/** A new order, not dispatched yet; the store gives it its id. */
export const newOrder = (draft: NewOrder): Order => ({
  ...draft,
  ...{
    id: 0,
    opened: draft.created,
    state: 'open',
    offer: null,
    holder: null,
    times: noTimes,
    repair: null,
    verification: null,
    closed: null,
  },
  ...{ reason: '', mergedInto: null, relapses: 0, photos: 0, notes: 0, declined: [], version: 0 },
})

/** It begins anew, as if nobody had been asked. */
export const reopened = (order: Order): Order => ({
  ...order,
  ...{ state: 'open', offer: null, holder: null, times: noTimes, repair: null, verification: null, closed: null, reason: '', declined: [] },
})
