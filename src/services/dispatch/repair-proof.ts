import type { Order } from '../../dispatch/order.ts'
import { asksForRepair } from '../../dispatch/order-plan.ts'
import type { Proof } from '../../dispatch/verification.ts'
import type { Facility } from '../../facilities/plant.ts'
import { isSeenByTelemetry } from '../../operations/citizen-report.ts'
import { expectedOf, reportTimes } from '../facility-state.ts'
import type { ServiceParts } from '../parts.ts'

type Parts = Pick<ServiceParts, 'plant' | 'state' | 'register' | 'detector' | 'pipeline' | 'now'>

/** Gathers what telemetry says of repaired orders, look by look: since when each facility has been well without a break. */
export class RepairProofs {
  readonly #parts: Parts
  /** By order and facility, ms. */
  readonly #wellSince = new Map<number, Map<string, number>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** As of `at`, ms; to be asked again and again while the order is repaired, at least once a minute. */
  of(order: Order, at: number): Proof[] {
    const since = this.#wellSince.get(order.id) ?? new Map<string, number>()
    this.#wellSince.set(order.id, since)
    const unseen = this.#unseenBy(order)
    return order.facilities.flatMap((id): Proof[] => {
      const facility = this.#parts.plant.get(id)
      // What was taken down in the meantime needs no proof.
      if (!facility) return []
      if (unseen.has(id)) return [{ facility: id, isFaulty: false, reported: null, wellSince: null, isMute: true }]
      const { lastReport } = reportTimes(facility, this.#parts)
      const isFaulty = order.alarms.some((alarm) => {
        const known = this.#parts.register.get(alarm)
        return known !== undefined && known.facility === id && known.active
      })
      // What somebody reported may have an alarm by now that came too late to be one of the order's.
      const isTold = order.reports.length > 0 && [...this.#parts.register.of(id)].some(asksForRepair)
      const isHeard = lastReport !== null && lastReport >= (order.repair?.at ?? at)
      const isWell = !isFaulty && !isTold && isHeard && this.#wouldShow(facility, order.alarms, at)
      if (!isWell) since.delete(id)
      else if (!since.has(id)) since.set(id, at)
      return [
        { facility: id, isFaulty: isFaulty || isTold, reported: lastReport, wellSince: since.get(id) ?? null, isMute: lastReport === null },
      ]
    })
  }

  /** Those that are repaired no more are forgotten. */
  keepOnly(orders: ReadonlySet<number>): void {
    for (const id of this.#wellSince.keys()) if (!orders.has(id)) this.#wellSince.delete(id)
  }

  /** Facilities of whose fault telemetry told nothing, or the contrary: that they report as ever says nothing of the repair. */
  #unseenBy({ id, reports, alarms }: Order): ReadonlySet<string> {
    if (reports.length === 0) return new Set()
    const told = new Set(alarms.flatMap((alarm) => (this.#parts.register.get(alarm) ?? this.#parts.state.alarm(alarm))?.facility ?? []))
    const store = this.#parts.state.reports
    const doubted = store
      .ofOrder(id)
      .flatMap((first) => [first, ...store.duplicatesOf(first.id)])
      .filter(({ kind, telemetry }) => telemetry === 'disagrees' || !isSeenByTelemetry(kind))
    return new Set(doubted.flatMap(({ facility }) => (facility === null || told.has(facility) ? [] : [facility])))
  }

  /**
   * Whether a fault would be seen now: a lamp that should be dark says nothing of whether it burns. What came while nothing was asked of a
   * facility is seen while nothing is; but of what hangs on a circuit nobody knows how that was switched then.
   */
  #wouldShow(facility: Facility, alarms: readonly number[], at: number): boolean {
    const asked = (time: number) => expectedOf(facility, this.#parts, time)
    const isLit = ({ value }: { value: unknown }) => Number(value) > 0
    const now = asked(at)
    if (now.length === 0 || now.some(isLit)) return true
    if (facility.fedBy !== null) return false
    const own = alarms
      .flatMap((id) => this.#parts.register.get(id) ?? this.#parts.state.alarm(id) ?? [])
      .filter((one) => one.facility === facility.id)
    return own.length > 0 && own.every(({ raised }) => asked(raised).length > 0 && !asked(raised).some(isLit))
  }
}
