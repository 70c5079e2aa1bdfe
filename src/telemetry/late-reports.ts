/** Facilities of which late reports are remembered, those that were late last; each takes about 1 kB at most. */
const MOST_FACILITIES = 4000
const MOST_OF_ONE = 64

export interface LateReport {
  /** When it was taken, by the device's clock, ms since 1970. */
  at: number
  /** By how much later it came than it was taken, ms. */
  delay: number
  /** It came too late to act on, as part of what a device or gateway had kept. */
  isHistory: boolean
}

/** The newest reports that came late, of the facilities that sent such ones last; in memory only. */
export class LateReports {
  readonly #byFacility = new Map<number, LateReport[]>()

  note(facility: number, report: LateReport): void {
    const known = this.#byFacility.get(facility) ?? []
    this.#byFacility.delete(facility)
    this.#byFacility.set(facility, known)
    known.push(report)
    if (known.length > MOST_OF_ONE) known.shift()
    if (this.#byFacility.size > MOST_FACILITIES) this.#byFacility.delete(this.#byFacility.keys().next().value as number)
  }

  /** Oldest first, in the order in which they came. */
  of(facility: number): readonly LateReport[] {
    return this.#byFacility.get(facility) ?? []
  }
}
