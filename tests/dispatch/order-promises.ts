import { wakeAt } from '../../src/dispatch/next-step.ts'
import { isHeld, isOver, type Order, type OrderState } from '../../src/dispatch/order.ts'
import type { OrderNotice } from '../../src/dispatch/order-notice.ts'
import { RELAPSE } from '../../src/dispatch/order-step.ts'
import type { ControlRoom } from './control-room.ts'
import type { LogLine } from './memory-orders.ts'

/** Where an order may go from where it stands. */
export const mayFollow: Readonly<Record<OrderState, readonly OrderState[]>> = {
  open: ['dispatched', 'closed', 'rejected', 'merged'],
  dispatched: ['open', 'accepted', 'closed', 'rejected', 'merged'],
  accepted: ['open', 'on-the-way', 'arrived', 'repairing', 'repaired', 'closed', 'rejected', 'merged'],
  'on-the-way': ['open', 'arrived', 'repairing', 'repaired', 'closed', 'rejected', 'merged'],
  arrived: ['open', 'repairing', 'repaired', 'closed', 'rejected', 'merged'],
  repairing: ['open', 'repaired', 'closed', 'rejected', 'merged'],
  repaired: ['repairing', 'verified', 'closed'],
  verified: ['open', 'closed'],
  closed: ['open'],
  rejected: ['open'],
  merged: ['open'],
}

/** What must hold of one order at any time, each in the words in which it is promised. */
const ofOrder: Readonly<Record<string, (order: Order, now: number) => boolean>> = {
  'who has it in hand is one crew; who is only asked, or has left it, has it no more': ({ state, holder }) =>
    isHeld(state) || state === 'verified' ? holder !== null : state === 'closed' || holder === null,
  'crews are asked while it is dispatched and only then, at least one': ({ state, offer }) =>
    state === 'dispatched' ? (offer?.crews.length ?? 0) > 0 : offer === null,
  'repaired or verified means that there is a repair, and no repair stands before': ({ state, repair }) =>
    state === 'repaired' || state === 'verified' ? repair !== null : state === 'closed' || repair === null || isOver(state),
  'verified means that somebody or telemetry says so': ({ state, verification }) => state !== 'verified' || verification !== null,
  'closed means verified, or closed for a reason': ({ state, verification, reason }) =>
    state !== 'closed' || verification !== null || reason !== '',
  'it is over exactly when it has an end': ({ state, closed }) => isOver(state) === (closed !== null),
  'merged exactly when it says into what': ({ state, mergedInto, id }) =>
    (state === 'merged') === (mergedInto !== null) && mergedInto !== id,
  'rejected with a reason': ({ state, reason }) => state !== 'rejected' || reason !== '',
  'in hand means that it was accepted, there that it was reached, begun or repaired that work began': ({ state, times }) =>
    (!isHeld(state) || times.accepted !== null) &&
    (state !== 'arrived' || times.arrived !== null) &&
    (state !== 'repaired' || (times.arrived !== null && times.begun !== null)),
  'what crews did was done between its making and now, whatever their phones say': ({ created, times, repair }, now) =>
    [...Object.values(times), repair?.at ?? null].every((at) => at === null || (at >= created && at <= now)),
  'it is about something': ({ facilities }) => facilities.length > 0,
  'nothing is covered twice': ({ alarms, facilities }) =>
    new Set(alarms).size === alarms.length && new Set(facilities).size === facilities.length,
}

const stepTimes = ['dispatched', 'accepted', 'setOut', 'arrived', 'begun'] as const
const held = (state: OrderState | undefined) => state !== undefined && isHeld(state)
const takenAway = new Set(['recall', 'reject', 'merge', 'close'])

/** Watches a control room step by step. What it knows of who has an order it takes from the log alone, as somebody who reads it later. */
export class Watch {
  readonly #room: ControlRoom
  #line = 0
  readonly #orders = new Map<number, Order>()
  readonly #states = new Map<number, OrderState>()
  readonly #holders = new Map<number, string | null>()
  readonly #ends = new Map<number, number>()
  /** By the desk, or gone into or come out of such a one: what the desk decides is so. */
  readonly #reclassified = new Set<number>()
  readonly #alarms = new Set<number>()
  readonly #facilities = new Set<string>()
  #linesOfPhones = 0
  /** Steps and states that were seen, so that a test can tell that it is not empty. */
  readonly seen: Set<string>

  constructor(room: ControlRoom, seen: Set<string>) {
    this.#room = room
    this.seen = seen
  }

  get linesOfPhones(): number {
    return this.#linesOfPhones
  }

  /** The first promise that is broken after a step, in words; null: none. */
  broken(): string | null {
    const { orders } = this.#room
    const notices = this.#room.told()
    const lines = orders.entries.slice(this.#line)
    this.#line = orders.entries.length
    for (const line of lines) {
      const problem = this.#follow(line, notices)
      if (problem) return `${problem}: ${JSON.stringify(line)}`
    }
    const late = notices.find(
      ({ type, order, at }) => type.endsWith('overdue') && at >= (orders.order(order)?.closed ?? Number.POSITIVE_INFINITY),
    )
    if (late) return `nobody is hurried with what is over: ${JSON.stringify(late)}`
    const asked = lines.filter(({ type }) => type === 'dispatch').length
    if (notices.filter(({ type }) => type === 'offered').length !== asked) return 'crews that are asked are told, once each time'
    for (const order of orders.all()) {
      const before = this.#orders.get(order.id)
      if (before === order) continue
      const problem = this.#ofChanged(order, before, lines)
      if (problem) return `${problem}: ${JSON.stringify(order)}`
      this.#orders.set(order.id, order)
    }
    return lines.length > 0 ? this.#ofAll() : null
  }

  #follow({ order: id, type, crew, state, by, recorded, words }: LogLine, notices: readonly OrderNotice[]): string | null {
    const [before, holder] = [this.#states.get(id), this.#holders.get(id) ?? null]
    this.seen.add(state).add(type === 'verify' || type === 'refute' || type === 'merge' ? `${type} by ${by}` : type)
    this.#states.set(id, state)
    if (crew !== '') this.#linesOfPhones++
    if (before === undefined) {
      // One that was split off an order says of which.
      const [, from] = /^order (\d+):/.exec(words) ?? []
      if (from && this.#reclassified.has(Number(from))) this.#reclassified.add(id)
      return type === 'create' && state === 'open' ? null : 'an order begins with its making, open'
    }
    if (type === 'create') return 'an order is made once'
    if (type === 'reclassify' && by === 'Dora') this.#reclassified.add(id)
    if (state !== before && !mayFollow[before].includes(state)) return `nothing goes from ${before} to ${state}`
    if (type === 'kept' || type === 'note' || type === 'photo') return state === before ? null : 'what is only kept moves nothing'
    if (type === 'relapse') {
      const end = this.#ends.get(id)
      if (end === undefined || recorded - end > RELAPSE) return 'a fault comes back to its order within 72 h of the end of its repair'
    }
    if (type === 'verify' || (type === 'close' && before !== 'verified')) {
      if (before === 'repaired') this.#ends.set(id, recorded)
      else this.#ends.delete(id)
    }
    if (type === 'close' && before === 'verified') this.#ends.set(id, recorded)
    if (type === 'dispatch' && holder !== null) return 'nobody is asked to take what somebody has'
    if (type === 'accept') {
      if (holder !== null && holder !== crew) return 'the first crew has it, and no other'
      this.#holders.set(id, crew)
    } else if (['set-out', 'arrive', 'begin', 'repair', 'hand-back'].includes(type) && holder !== crew) {
      return 'no crew moves what another one has'
    }
    if (takenAway.has(type) && held(before) && holder !== null) {
      const isTold = notices.some((one) => one.order === id && one.type === 'withdrawn' && one.crews.includes(holder))
      if (!isTold) return 'a crew from which an order is taken is told'
    }
    if (['hand-back', 'recall', 'reopen', 'relapse', 'reject', 'merge'].includes(type)) this.#holders.set(id, null)
    return null
  }

  #ofChanged(order: Order, before: Order | undefined, lines: readonly LogLine[]): string | null {
    if (before && order.version <= before.version) return 'each change counts'
    if (order.state !== this.#states.get(order.id)) return 'the last line of the log says where it stands'
    if ((order.holder?.crew ?? null) !== (this.#holders.get(order.id) ?? null)) return 'the log says who has it'
    const begins = ['hand-back', 'recall', 'reopen', 'relapse']
    const isSameTry = before && !lines.some((line) => line.order === order.id && begins.includes(line.type))
    if (isSameTry && stepTimes.some((step) => before.times[step] !== null && before.times[step] !== order.times[step])) {
      return 'what was done once is not done again: its time stays'
    }
    if (before && (order.photos < before.photos || order.notes < before.notes)) return 'photos and notes are never fewer'
    if (order.mergedInto !== null && before?.mergedInto == null) {
      if (this.#reclassified.has(order.id)) this.#reclassified.add(order.mergedInto)
      const into = this.#room.orders.order(order.mergedInto)
      const isKept =
        into && order.alarms.every((id) => into.alarms.includes(id)) && order.facilities.every((id) => into.facilities.includes(id))
      if (!isKept) return 'all that an order covers goes with it into the other'
    }
    return Object.entries(ofOrder).find(([, holds]) => !holds(order, this.#room.now()))?.[0] ?? null
  }

  #ofAll(): string | null {
    const { orders } = this.#room
    const covered = new Set<number>()
    for (const { order } of orders.open()) {
      const isDangerous = order.alarms.some((id) => this.#room.alarms.get(id)?.priority === 'critical')
      if (isDangerous && order.class !== 'danger' && !this.#reclassified.has(order.id))
        return `danger is in no order that may wait (${order.id})`
      for (const alarm of order.alarms) {
        if (covered.has(alarm)) return `no alarm is in two orders that are not over (${alarm})`
        covered.add(alarm)
      }
    }
    const all = orders.all()
    const alarms = new Set(all.flatMap((order) => order.alarms))
    const facilities = new Set(all.flatMap((order) => order.facilities))
    for (const alarm of this.#alarms) if (!alarms.has(alarm)) return `what an order was made for stays with an order (${alarm})`
    for (const facility of this.#facilities)
      if (!facilities.has(facility)) return `what is to be repaired stays with an order (${facility})`
    for (const alarm of alarms) this.#alarms.add(alarm)
    for (const facility of facilities) this.#facilities.add(facility)
    const inMemory = [...this.#room.book().open()].sort((a, b) => a.id - b.id)
    const stored = orders.open().map(({ order }) => order)
    const isSame =
      inMemory.length === stored.length &&
      inMemory.every(({ id, version, state }, i) => stored[i]?.id === id && stored[i].version === version && stored[i].state === state)
    return isSame ? null : 'the desk knows what is stored, and nothing else'
  }

  /** Once the clock has gone on. */
  forgotten(): string | null {
    const { orders } = this.#room
    const found = orders.open().find(({ order, place }) => {
      const waits = order.state === 'open' || order.state === 'dispatched'
      const wake = wakeAt(order, place)
      return waits && (wake === null || wake <= this.#room.now())
    })
    return found ? `no order that waits for a crew is forgotten: ${JSON.stringify(found)}` : null
  }
}
