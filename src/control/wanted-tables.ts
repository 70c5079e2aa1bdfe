/** A table that a device should run from a moment on, ms since 1970. */
export interface WantedTable {
  facility: string
  at: number
  table: number
}

/** Which table each device should run at any time, by what was wanted of it when. */
export class WantedTables {
  readonly #byFacility = new Map<string, WantedTable[]>()

  constructor(wanted: Iterable<WantedTable> = []) {
    for (const one of wanted) this.add(one)
  }

  /** In order of time. */
  add({ facility, at, table }: WantedTable): void {
    const known = this.#byFacility.get(facility)
    if (known) known.push({ facility, at, table })
    else this.#byFacility.set(facility, [{ facility, at, table }])
  }

  /** Fingerprint of the table wanted at a moment, ms; undefined while none was wanted yet. */
  at(facility: string, at: number): number | undefined {
    return this.#byFacility.get(facility)?.findLast((one) => one.at <= at)?.table
  }
}
