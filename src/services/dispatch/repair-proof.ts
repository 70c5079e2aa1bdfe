import type { Order } from '../../dispatch/order.ts'
import type { Proof } from '../../dispatch/verification.ts'
import type { Facility } from '../../facilities/plant.ts'
import { facilityDetail, reportTimes } from '../facility-state.ts'
import type { ServiceParts } from '../parts.ts'

type Parts = Pick<ServiceParts, 'plant' | 'register' | 'detector' | 'pipeline' | 'now'>

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
    return order.facilities.flatMap((id): Proof[] => {
      const facility = this.#parts.plant.get(id)
      // What was taken down in the meantime needs no proof.
      if (!facility) return []
      const { lastReport } = reportTimes(facility, this.#parts)
      const isFaulty = order.alarms.some((alarm) => {
        const known = this.#parts.register.get(alarm)
        return known !== undefined && known.facility === id && known.active
      })
      const isHeard = lastReport !== null && lastReport >= (order.repair?.at ?? at)
      const isWell = !isFaulty && isHeard && this.#wouldShow(facility)
      if (!isWell) since.delete(id)
      else if (!since.has(id)) since.set(id, at)
      return [{ facility: id, isFaulty, reported: lastReport, wellSince: since.get(id) ?? null, isMute: lastReport === null }]
    })
  }

  /** Those that are repaired no more are forgotten. */
  keepOnly(orders: ReadonlySet<number>): void {
    for (const id of this.#wellSince.keys()) if (!orders.has(id)) this.#wellSince.delete(id)
  }

  /** Whether a fault would be seen now: a lamp that should be dark says nothing of whether it burns. */
  #wouldShow(facility: Facility): boolean {
    const { expected } = facilityDetail(facility, this.#parts)
    return expected.length === 0 || expected.some(({ value }) => Number(value) > 0)
  }
}
