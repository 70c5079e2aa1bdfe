import type { Alarm } from '../../alarms/alarm.ts'
import type { DispatchPolicy } from '../../dispatch/dispatch-policy.ts'
import { chainStart, nextStep, wakeAt } from '../../dispatch/next-step.ts'
import { isAsUrgent, isHeld, isOver, type Order } from '../../dispatch/order.ts'
import type { OrderNotice } from '../../dispatch/order-notice.ts'
import { reconsider } from '../../dispatch/order-plan.ts'
import { type Roster, type Route, routeOf } from '../../dispatch/route.ts'
import { judgeRepair } from '../../dispatch/verification.ts'
import type { Change } from '../../pipeline.ts'
import { seconds } from '../../telemetry/duration.ts'
import type { ActivePlans } from '../emergency/active-plans.ts'
import type { ServiceParts } from '../parts.ts'
import { routeOfAlarm, takeAlarm } from './alarm-orders.ts'
import { dutyNow } from './duty-now.ts'
import { OrderBook } from './order-book.ts'
import { RepairProofs } from './repair-proof.ts'

/** In a flood alarms are taken together, so that orders cost the road no write of their own for each, ms. */
const GATHERED = 100
/** Repairs are looked at so often, ms. */
const LOOK = seconds(10)
/** An order for which no route is known goes to whoever is at the desk. */
const toDesk: Route = {
  ...{ id: '', name: '', when: {}, makesOrder: true, class: 'ordinary', skills: [], quiet: false },
  chain: [{ to: { type: 'dispatcher' }, within: seconds(1800) }],
}

/** Entries of a log in which it is looked whether a clock was told of. */
const LOG_READ = 1000

/** A recalled order waits so long for the desk before it goes on by itself, ms. */
const PAUSE_AT_DESK = seconds(600)

export type OrderParts = Pick<ServiceParts, 'plant' | 'kinds' | 'state' | 'register' | 'detector' | 'pipeline' | 'now' | 'utcOffset'>

export type DeskParts = OrderParts & {
  /** Runs `work` after some ms. */
  schedule: (work: () => void, delay: number) => () => void
  /** What went wrong while orders were carried on; it is tried again. */
  onTrouble: (error: unknown) => void
  /** Emergency plans that set orders a time for measures; none where absent. */
  activePlans?: Pick<ActivePlans, 'measuresOf'>
  /** What telemetry says of repairs; from the detector where absent. */
  proofs?: Pick<RepairProofs, 'of' | 'keepOnly'>
}

/** Carries orders on by themselves: makes them from alarms, asks crews one after another, verifies repairs, watches the clocks. */
export class OrderDesk {
  readonly book: OrderBook
  readonly #parts: DeskParts
  readonly #proofs: Pick<RepairProofs, 'of' | 'keepOnly'>
  /** Changed alarms that are still to be looked at. */
  readonly #waiting = new Map<number, Alarm>()
  #isGathering = false
  #stopGathering = () => {}
  /** Clocks of which the log says that they have been told of, by order. */
  readonly #told = new Map<number, Set<string>>()
  readonly pauseAtDesk = PAUSE_AT_DESK
  #looked = 0

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.book = new OrderBook(parts.state)
    this.#proofs = parts.proofs ?? new RepairProofs(parts)
  }

  /** Begins, once those who tell people of orders are there: what was committed as an alarm just before the end of the last run may have no order yet. */
  start(): void {
    for (const alarm of this.#parts.register.live()) this.#waiting.set(alarm.id, alarm)
    this.carryOn()
  }

  stop(): void {
    this.#stopGathering()
  }

  /** What the road changed. */
  take({ alarms }: Change): void {
    for (const alarm of alarms) this.#waiting.set(alarm.id, alarm)
    if (this.#waiting.size === 0 || this.#isGathering) return
    this.#isGathering = true
    this.#stopGathering = this.#parts.schedule(() => this.carryOn(), GATHERED)
  }

  policy(): DispatchPolicy {
    return this.#parts.state.roster.dispatchPolicy()
  }

  /** Who can be asked at a moment, ms. */
  roster(at: number): Roster {
    const { roster } = this.#parts.state
    return {
      crews: roster.crews(),
      people: new Map(roster.people().map((person) => [person.account, person])),
      duty: dutyNow(this.#parts.state, at, this.#parts.utcOffset),
    }
  }

  /** Once a second, and soon after alarms have changed; what cannot be kept now is tried again at the next time. */
  carryOn(): void {
    this.#isGathering = false
    try {
      this.tick()
    } catch (error) {
      this.#parts.onTrouble(error)
    }
  }

  /** Throws when the store cannot be written; then nothing was changed. */
  tick(): void {
    const at = this.#parts.now()
    if (this.#waiting.size > 0) {
      const policy = this.policy()
      this.book.change(() => {
        for (const alarm of this.#waiting.values()) takeAlarm(this.book, alarm, policy, this.#parts, at)
      })
      this.#waiting.clear()
    }
    const due = [...this.book.open()].filter((order) => {
      const wake = wakeAt(order, this.book.placeOf(order.id))
      return wake !== null && wake <= at
    })
    const isLook = at - this.#looked >= LOOK || at < this.#looked
    if (due.length === 0 && !isLook) return
    const roster = this.roster(at)
    const policy = this.policy()
    this.book.change(() => {
      for (const order of due) this.#carryOn(order, roster, policy, at)
      if (isLook) this.#look(policy, at)
    })
    if (isLook) this.#looked = at
  }

  /** Asks whoever is next. */
  #carryOn(order: Order, roster: Roster, { routes }: DispatchPolicy, at: number): void {
    const next = nextStep(order, this.routeOf(order, routes), this.book.placeOf(order.id), roster, at)
    if (!next) return
    let current = order
    for (const event of next.events) {
      const words = event.type === 'dispatch' ? event.crews.join(', ') : ''
      current = this.book.step(current, event, { by: 'clock', words }, at)
      if (event.type === 'dispatch') this.book.notify({ type: 'offered', order: order.id, crews: event.crews, at })
    }
    this.book.putPlace(order.id, next.place)
    if (next.tellsDesk) this.book.notify({ type: 'unanswered', order: order.id, crews: [], at })
  }

  /** The route by which an order goes: that of its most urgent alarm, or of its class. */
  routeOf(order: Order, routes: readonly Route[]): Route {
    const alarms = order.alarms.flatMap((id) => this.#parts.register.get(id) ?? [])
    const { domain, district, keyArea } = order
    const found = alarms.map((alarm) => routeOfAlarm(alarm, order, routes))
    const priority = { danger: 'critical', severe: 'high', ordinary: 'medium' } as const
    return (
      found.find((route) => route?.makesOrder) ??
      routeOf(routes, { domain, district, keyArea, priority: priority[order.class], rule: '' }) ??
      toDesk
    )
  }

  /** What goes by itself: repairs, faults that have gone, clocks. */
  #look(policy: DispatchPolicy, at: number): void {
    const repaired = new Set<number>()
    for (const { id } of [...this.book.open()]) {
      // Another one may have gone into it since.
      const order = this.book.known(id)
      if (order.state === 'repaired') {
        repaired.add(id)
        this.#verify(order, policy, at)
      } else if (!isOver(order.state)) this.#settle(order, at)
      const after = this.book.known(id)
      if (!isOver(after.state)) this.#watchClocks(after, at)
    }
    this.#proofs.keepOnly(repaired)
    for (const id of this.#told.keys()) if (!this.book.get(id) || this.book.get(id)?.closed) this.#told.delete(id)
  }

  #verify(order: Order, { closesVerified }: DispatchPolicy, at: number): void {
    const verdict = judgeRepair(order, this.#proofs.of(order, at), at)
    const crews = order.holder ? [order.holder.crew] : []
    const words = 'facilities' in verdict ? verdict.facilities.slice(0, 20).join(', ') : ''
    if (verdict.type === 'refuted') {
      this.book.step(order, { type: 'refute', at, words }, { by: 'telemetry', words }, at)
      this.book.notify({ type: 'refuted', order: order.id, crews, at })
    }
    if (verdict.type !== 'verified') return
    const verified = this.book.step(order, { type: 'verify', at, by: 'telemetry', words }, { by: 'telemetry', words }, at)
    if (closesVerified) this.book.step(verified, { type: 'close', at, by: 'telemetry', reason: '' }, { by: 'telemetry' }, at)
    this.book.notify({ type: 'verified', order: order.id, crews, at })
  }

  #settle(order: Order, at: number): void {
    const { register, state } = this.#parts
    const alarms = order.alarms.flatMap((id) => register.get(id) ?? state.alarm(id) ?? [])
    const found = reconsider(order, alarms, (alarm) => this.book.openOfAlarm(alarm), at)
    if (!found) return
    const asked = order.offer?.crews ?? []
    if (found.type === 'merge') this.mergeInto(order, found.into, { by: 'rule', words: '' }, at)
    else this.book.step(order, { type: 'close', at, by: 'telemetry', reason: 'The fault went by itself.' }, { by: 'telemetry' }, at)
    if (asked.length > 0) this.book.notify({ type: 'withdrawn', order: order.id, crews: asked, at })
  }

  /** All that one order covers goes to another. */
  mergeInto(order: Order, into: Order, note: { by: string; words: string }, at: number): Order {
    const { alarms, reports, facilities, class: of } = order
    const covering = this.book.step(into, { type: 'cover', at, alarms, reports, facilities }, { ...note, words: `order ${order.id}` }, at)
    // It hurries as much as the more urgent of the two.
    if (!isAsUrgent(covering.class, of)) {
      const clock = { arriveBy: Math.min(order.arriveBy, into.arriveBy), repairBy: Math.min(order.repairBy, into.repairBy) }
      this.book.step(covering, { type: 'reclassify', at, by: note.by, class: of, ...clock }, { ...note, words: `order ${order.id}` }, at)
    }
    return this.book.step(
      order,
      { type: 'merge', at, by: note.by, into: into.id },
      { ...note, words: note.words || `order ${into.id}` },
      at,
    )
  }

  /** Whether the log says that it was told after a clock ran out at `by`, ms; so a restart tells it no second time, and a new clock is told of anew. */
  #isTold(order: number, type: OrderNotice['type'], by: number): boolean {
    const known = this.#told.get(order) ?? new Set()
    const key = `${type} ${by}`
    if (known.has(key)) return true
    const { items } = this.#parts.state.orders.logOf(order, Number.MAX_SAFE_INTEGER, LOG_READ)
    if (!items.some((entry) => entry.type === type && entry.recorded >= by)) return false
    this.#told.set(order, known.add(key))
    return true
  }

  #watchClocks(order: Order, at: number): void {
    const isThere = order.times.arrived !== null
    const isMended = order.state === 'repaired' || order.state === 'verified'
    const overdue = (type: 'arrival-overdue' | 'repair-overdue' | 'measures-overdue', by: number, isDone: boolean) => {
      if (isDone || at < by || this.#isTold(order.id, type, by)) return
      this.book.remark(order, type, { by: 'clock' }, at)
      this.book.notify({ type, order: order.id, crews: isHeld(order.state) && order.holder ? [order.holder.crew] : [], at })
    }
    overdue('arrival-overdue', order.arriveBy, isThere || isMended)
    overdue('repair-overdue', order.repairBy, isMended)
    const measures = this.#parts.activePlans?.measuresOf(order, at)
    if (measures) overdue('measures-overdue', measures.by, measures.takenAt !== null || isMended)
  }

  /** An order that begins anew is asked for from the beginning of its chain. */
  restart(id: number): void {
    this.book.putPlace(id, chainStart)
  }
}
