import { isAsUrgent, isOver, MAX_ORDER_FACILITIES, type Order } from '../../dispatch/order.ts'
import { takesMore } from '../../dispatch/work-group.ts'
import { type CitizenReport, classOf, reportRemark, withFirst, withOrder } from '../../operations/citizen-report.ts'
import type { StateStore } from '../../storage/state-store.ts'
import type { OrderBook } from '../dispatch/order-book.ts'

/** Orders that were merged into each other; more is a loop. */
const MOST_MERGES = 100

/** Citizens' reports beside the orders they went into: what becomes of an order becomes of its reports, in the same transaction. */
export class ReportBook {
  readonly #state: Pick<StateStore, 'reports'>
  readonly #orders: OrderBook
  readonly #now: () => number
  readonly #listeners: ((reports: readonly CitizenReport[]) => void)[] = []
  #changed = new Set<number>()

  constructor(orders: OrderBook, state: Pick<StateStore, 'reports'>, now: () => number) {
    this.#orders = orders
    this.#state = state
    this.#now = now
    orders.onKeep((change) => this.#follow(change.orders))
    orders.onChange(() => this.#tell())
    // Orders may have been carried on before anybody followed them here.
    this.change(() => {
      const linked = this.#state.reports.underWay().flatMap(({ order }) => (order === null ? [] : (orders.get(order) ?? [])))
      this.#follow([...new Map(linked.map((order) => [order.id, order])).values()])
    })
  }

  onChange(listener: (reports: readonly CitizenReport[]) => void): void {
    this.#listeners.push(listener)
  }

  /** Runs `work` in one transaction with all that becomes of orders by it; what changed is told afterwards. */
  change<T>(work: () => T): T {
    const done = this.#orders.change(work)
    this.#tell()
    return done
  }

  #tell(): void {
    if (this.#changed.size === 0) return
    // As they are in the store: what did not go through is told as it was.
    const reports = [...this.#changed].flatMap((id) => this.#state.reports.report(id) ?? [])
    this.#changed = new Set()
    for (const listener of this.#listeners) listener(reports)
  }

  insert(draft: CitizenReport): CitizenReport {
    const report = { ...draft, id: this.#state.reports.insert(draft) }
    this.#changed.add(report.id)
    return report
  }

  /** Keeps a report, and lets its duplicates follow it. */
  put(before: CitizenReport, report: CitizenReport): CitizenReport {
    if (report === before) return report
    this.#state.reports.update(report)
    this.#changed.add(report.id)
    if (report.closed === before.closed && report.order === before.order) return report
    for (const duplicate of this.#state.reports.duplicatesOf(report.id)) {
      // What is told of it changes with the first one, whatever is kept of it.
      this.#changed.add(duplicate.id)
      this.put(duplicate, withFirst(duplicate, report))
    }
    return report
  }

  /** A report and its facility become part of an order. */
  join(report: CitizenReport, order: Order, at: number): CitizenReport {
    const facilities = roomFor(report, order)
    const words = reportRemark(report)
    const joined = this.#orders.step(order, { type: 'cover', at, alarms: [], reports: [report.id], facilities }, { by: 'rule', words }, at)
    return this.put(report, withOrder(report, joined))
  }

  /** The order of a report that is no duplicate, after all merging. */
  orderOf({ order }: Pick<CitizenReport, 'order'>): Order | null {
    return order === null ? null : this.#unmerged(this.#orders.get(order))
  }

  #unmerged(order: Order | undefined): Order | null {
    let found = order
    for (let merges = 0; found && found.mergedInto !== null && merges < MOST_MERGES; merges++) found = this.#orders.get(found.mergedInto)
    return found ?? null
  }

  #follow(orders: readonly Order[]): void {
    const { reports } = this.#state
    for (const order of orders) {
      this.#adopt(order)
      for (const report of reports.ofOrder(order.id)) this.#followOne(report)
      if (takesMore(order)) this.#gather(order)
    }
  }

  #followOne(report: CitizenReport): void {
    const order = this.orderOf(report)
    if (order) this.put(report, withOrder(report, order))
  }

  /** What an order was given of another one: by a split, or when one that was merged is opened again. */
  #adopt(order: Order): void {
    if (order.mergedInto !== null) return
    for (const id of order.reports) {
      const report = this.#state.reports.report(id)
      if (!report || report.duplicateOf !== null || report.order === order.id) continue
      const other = this.orderOf(report)
      if (!other || isOver(other.state) || !other.reports.includes(id)) this.put(report, withOrder(report, order))
    }
  }

  /** Reports that waited for the desk are part of an order that comes to be for their fault. */
  #gather(order: Order): void {
    const waiting = this.#state.reports
      .firstsOf(order.group)
      .filter(({ order: its, facility, kind }) => its === null && facility !== null && isAsUrgent(order.class, classOf(kind)))
    for (const report of waiting) this.join(report, this.#orders.known(order.id), this.#now())
  }
}

/** A facility that an order is still to cover; none where it has no room for more. */
export function roomFor({ facility }: Pick<CitizenReport, 'facility'>, { facilities }: Pick<Order, 'facilities'>): string[] {
  return facility === null || facilities.includes(facility) || facilities.length >= MAX_ORDER_FACILITIES ? [] : [facility]
}
