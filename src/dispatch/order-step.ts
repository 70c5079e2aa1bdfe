import { refuse } from '../errors.ts'
import { hours } from '../telemetry/duration.ts'
import {
  isHeld,
  isOver,
  type Offer,
  type Order,
  type OrderClass,
  type OrderTimes,
  type Progress,
  progress,
  reopened,
  type UsedPart,
} from './order.ts'

/** A fault that comes back so soon after its repair was no repair, ms. */
export const RELAPSE = hours(72)

/** What is otherwise when an order that was over begins anew. */
interface Anew {
  /** What another order covers by now. */
  elsewhere?: { alarms: readonly number[]; reports: readonly number[] }
  /** Its clocks run from now on; those of before where absent. */
  clock?: { arriveBy: number; repairBy: number }
}

/** What moves an order; `at` is our time, ms. Crews' steps have the time they say they did it, no later than we heard of it. */
export type OrderEvent =
  | ({ type: 'dispatch' } & Offer)
  /** Nobody of those asked answered in time. */
  | { type: 'pass-by'; at: number }
  | { type: 'accept'; at: number; crew: string; by: string }
  | { type: 'decline'; at: number; crew: string; by: string; reason: string }
  | { type: 'set-out' | 'arrive' | 'begin'; at: number; crew: string; by: string }
  | { type: 'repair'; at: number; crew: string; by: string; cause: string; minutes: number; parts: readonly UsedPart[] }
  /** The crew cannot finish it. */
  | { type: 'hand-back'; at: number; crew: string; by: string; reason: string }
  | { type: 'note' | 'photo'; at: number; by: string }
  /** A dispatcher takes it from whoever has it, to ask others. */
  | { type: 'recall'; at: number; by: string; reason: string }
  | { type: 'reclassify'; at: number; by: string; class: OrderClass; arriveBy: number; repairBy: number }
  /** More alarms, reports or facilities belong to it. */
  | { type: 'cover'; at: number; alarms: readonly number[]; reports: readonly number[]; facilities: readonly string[] }
  /** Some of what it covers went to another order. */
  | { type: 'uncover'; at: number; alarms: readonly number[]; reports: readonly number[]; facilities: readonly string[] }
  | { type: 'verify'; at: number; by: string; words: string }
  /** Telemetry says that it is not mended. */
  | { type: 'refute'; at: number; words: string }
  | { type: 'close'; at: number; by: string; reason: string }
  | { type: 'reject'; at: number; by: string; reason: string }
  | { type: 'merge'; at: number; by: string; into: number }
  /** The fault came back after its repair. */
  | ({ type: 'relapse'; at: number } & Anew)
  | ({ type: 'reopen'; at: number; by: string; reason: string } & Anew)

/** Where a crew's step leads. */
const stepsTo = { 'set-out': 'on-the-way', arrive: 'arrived', begin: 'repairing' } as const satisfies Record<string, Progress>
const timeOf = { 'set-out': 'setOut', arrive: 'arrived', begin: 'begun' } as const satisfies Record<string, keyof OrderTimes>

/**
 * Moves an order on. Returns the same object when nothing changes, as for a step that was taken already; throws `action-refused` when the
 * order does not allow what somebody asks for.
 */
export function stepOrder(order: Order, event: OrderEvent): Order {
  const next = change(order, event)
  return next === order ? order : { ...next, version: order.version + 1 }
}

function change(order: Order, event: OrderEvent): Order {
  switch (event.type) {
    case 'note':
      return { ...order, notes: order.notes + 1 }
    case 'photo':
      return { ...order, photos: order.photos + 1 }
    case 'reopen':
      if (!isOver(order.state)) refuse(`Order ${order.id} is not closed.`)
      return { ...anew(order, event), mergedInto: null }
    case 'relapse':
      return relapse(order, event)
    default:
      if (isOver(order.state)) refuse(`Order ${order.id} is over (${order.state}); it can only be reopened.`)
      return event.type === 'accept' || 'crew' in event ? crewStep(order, event) : deskStep(order, event)
  }
}

type CrewEvent = Extract<OrderEvent, { crew: string }>
type DeskEvent = Exclude<OrderEvent, CrewEvent | { type: 'note' | 'photo' | 'reopen' | 'relapse' }>

function crewStep(order: Order, event: CrewEvent): Order {
  if (event.type === 'accept') return accept(order, event)
  if (event.type === 'decline') return decline(order, event)
  if (order.holder?.crew !== event.crew) {
    refuse(order.holder ? `Order ${order.id} is with ${order.holder.crew}.` : `Order ${order.id} is with nobody; accept it first.`)
  }
  if (event.type === 'hand-back') {
    if (!isHeld(order.state) || order.state === 'repaired') refuse(`Order ${order.id} is ${order.state}; it cannot be handed back.`)
    return { ...reopened(order), declined: [...new Set([...order.declined, event.crew])] }
  }
  const to = event.type === 'repair' ? 'repaired' : stepsTo[event.type]
  // Said a second time, or heard after a later step: there is nothing left to do.
  if (!isHeld(order.state) || progress.indexOf(order.state) >= progress.indexOf(to)) return order
  if (event.type !== 'repair') return { ...order, state: to, times: { ...order.times, [timeOf[event.type]]: event.at } }
  const { at, by, cause, minutes, parts } = event
  // Whoever has repaired it was there.
  const times = { ...order.times, arrived: order.times.arrived ?? at, begun: order.times.begun ?? at }
  return { ...order, state: 'repaired', times, repair: { at, by, cause, minutes, parts }, verification: null }
}

/** The first crew of those asked has it; the same person's second click is no error. */
function accept(order: Order, { at, crew, by }: Extract<OrderEvent, { type: 'accept' }>): Order {
  if (order.holder) {
    if (order.holder.crew === crew) return order
    refuse(`Order ${order.id} was taken by ${order.holder.crew}.`)
  }
  if (order.state !== 'dispatched' || !order.offer?.crews.includes(crew)) refuse(`Order ${order.id} is not offered to ${crew}.`)
  return { ...order, state: 'accepted', offer: null, holder: { crew, person: by }, times: { ...order.times, accepted: at } }
}

function decline(order: Order, { crew }: Extract<OrderEvent, { type: 'decline' }>): Order {
  if (order.state !== 'dispatched' || !order.offer?.crews.includes(crew)) {
    if (order.declined.includes(crew)) return order
    refuse(`Order ${order.id} is not offered to ${crew}.`)
  }
  const crews = order.offer.crews.filter((one) => one !== crew)
  const declined = [...new Set([...order.declined, crew])]
  return crews.length > 0 ? { ...order, declined, offer: { ...order.offer, crews } } : { ...order, declined, state: 'open', offer: null }
}

function deskStep(order: Order, event: DeskEvent): Order {
  switch (event.type) {
    case 'dispatch': {
      const { crews, at, until, step } = event
      if (order.holder) refuse(`Order ${order.id} is with ${order.holder.crew}; recall it first.`)
      if (crews.length === 0) refuse('Nobody is named to whom the order should go.')
      if (order.state !== 'open' && order.state !== 'dispatched') refuse(`Order ${order.id} is ${order.state}; nobody is asked any more.`)
      const times = { ...order.times, dispatched: order.times.dispatched ?? at }
      return { ...order, state: 'dispatched', offer: { crews: [...new Set(crews)], at, until, step }, times }
    }
    case 'pass-by':
      return order.state === 'dispatched' ? { ...order, state: 'open', offer: null } : order
    case 'recall':
      if (order.state === 'open') return order
      if (order.state === 'repaired' || order.state === 'verified') refuse(`Order ${order.id} is repaired; refute or reopen it.`)
      return { ...reopened(order), declined: order.declined }
    case 'reclassify':
      return order.class === event.class ? order : { ...order, class: event.class, arriveBy: event.arriveBy, repairBy: event.repairBy }
    case 'cover':
    case 'uncover':
      return cover(order, event)
    case 'verify':
      if (order.state === 'verified') return order
      if (order.state !== 'repaired') refuse(`Order ${order.id} is ${order.state}; there is no repair to verify.`)
      return { ...order, state: 'verified', verification: { at: event.at, by: event.by, words: event.words } }
    case 'refute':
      // The crew is the nearest to it, and still has it.
      return order.state === 'repaired' ? { ...order, state: 'repairing', repair: null, verification: null } : order
    case 'close':
      return close(order, event)
    case 'reject':
      if (!event.reason) refuse('A rejection needs a reason.')
      if (order.state === 'repaired' || order.state === 'verified') refuse(`Order ${order.id} is repaired; close it.`)
      return { ...order, ...left, state: 'rejected', closed: event.at, reason: event.reason }
    case 'merge':
      if (event.into === order.id) refuse('An order cannot be merged into itself.')
      if (order.state === 'repaired' || order.state === 'verified') refuse(`Order ${order.id} is repaired; close it.`)
      return { ...order, ...left, state: 'merged', closed: event.at, mergedInto: event.into }
  }
}

const left = { offer: null, holder: null }

/** What was not verified is closed only with a reason. */
function close(order: Order, { at, by, reason }: Extract<OrderEvent, { type: 'close' }>): Order {
  if (order.state === 'verified') return { ...order, state: 'closed', closed: at, reason }
  if (!reason) refuse(`Order ${order.id} is not verified; to close it all the same, say why.`)
  const verification = order.state === 'repaired' ? { at, by, words: reason } : null
  return { ...order, offer: null, state: 'closed', closed: at, reason, verification }
}

/** Within `RELAPSE` of its end a repaired order is the same fault again; the crew's work counts as not fixed the first time. */
function relapse(order: Order, event: Extract<OrderEvent, { type: 'relapse' }>): Order {
  if (!isRelapse(order, event.at)) return order
  return { ...anew(order, event), relapses: order.relapses + 1 }
}

const anew = (order: Order, { at, elsewhere, clock }: Anew & { at: number }): Order => ({
  ...{ ...reopened(order), opened: at },
  ...clock,
  alarms: order.alarms.filter((one) => !elsewhere?.alarms.includes(one)),
  reports: order.reports.filter((one) => !elsewhere?.reports.includes(one)),
})

/** Whether a fault that came at `at`, ms, is the one this order was closed for. */
export function isRelapse(order: Order, at: number): boolean {
  const end = order.state === 'verified' ? order.verification?.at : order.closed
  return order.repair !== null && (order.state === 'verified' || order.state === 'closed') && typeof end === 'number' && at - end <= RELAPSE
}

function cover(order: Order, { type, alarms, reports, facilities }: Extract<OrderEvent, { type: 'cover' | 'uncover' }>): Order {
  const join = <T>(own: readonly T[], other: readonly T[]): readonly T[] => {
    const joined = type === 'cover' ? [...new Set([...own, ...other])] : own.filter((one) => !other.includes(one))
    return joined.length === own.length ? own : joined
  }
  const next = {
    alarms: join(order.alarms, alarms),
    reports: join(order.reports, reports),
    facilities: join(order.facilities, facilities),
  }
  if (next.alarms === order.alarms && next.reports === order.reports && next.facilities === order.facilities) return order
  if (next.facilities.length === 0) refuse(`Order ${order.id} would be about nothing; reject or merge it instead.`)
  return { ...order, ...next }
}
