import { type Company, companyOf } from '../../operations/company.ts'
import type { DutyReportStore, LateCount } from '../../storage/duty-report-store.ts'
import type { Report } from '../../telemetry/report.ts'
import type { ServiceParts } from '../parts.ts'

type Made = Pick<LateCount, 'report'> & { company: Company; from: number; to: number }

/**
 * Counts what devices say of times whose reports are made already. Messages that are judged again after a kill count once: what is kept says
 * up to which position all are counted.
 */
export class LateData {
  readonly #store: DutyReportStore
  readonly #plant: ServiceParts['plant']
  readonly #maxAge: number
  #made: Made[] = []
  /** Most of what comes is newer than all that was ever reported on. */
  #newestEnd = Number.NEGATIVE_INFINITY
  readonly #late = new Map<number, LateCount>()
  readonly #through: number
  #seen = -1

  /** Nothing that is older than `maxAge`, ms, is taken from devices. */
  constructor(store: DutyReportStore, plant: ServiceParts['plant'], maxAge: number, now: number) {
    this.#store = store
    this.#plant = plant
    this.#maxAge = maxAge
    this.#through = store.lateThrough()
    this.reload(now)
  }

  /** To be called when a report was made. */
  reload(now: number): void {
    this.#made = this.#store.madeSince(now - this.#maxAge).map(({ id, ...made }) => ({ report: id, ...made }))
    this.#newestEnd = Math.max(Number.NEGATIVE_INFINITY, ...this.#made.map(({ to }) => to))
  }

  /** A report of a device with readings that were not known before. */
  note({ facility, at, received }: Pick<Report, 'facility' | 'at' | 'received'>, position: number): void {
    if (at >= this.#newestEnd || position <= this.#through) return
    const known = this.#plant.at(facility.number)
    if (!known) return
    const company = companyOf(known)
    for (const made of this.#made) {
      if (at < made.from || at >= made.to || (made.company !== company && made.company !== 'bureau')) continue
      const count = this.#late.get(made.report)?.reports ?? 0
      this.#late.set(made.report, { report: made.report, reports: count + 1, at: received })
    }
    this.#seen = position
  }

  /** Keeps what was counted. */
  flush(): void {
    if (this.#late.size === 0) return
    this.#store.addLate([...this.#late.values()], this.#seen)
    this.#late.clear()
  }
}
