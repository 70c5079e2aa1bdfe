import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { days } from '../../telemetry/duration.ts'
import type { KeptFrom, TelemetryRows } from '../telemetry-store.ts'
import { type Day, dayOf, endOfDay, startOfDay } from './day-name.ts'
import { replaceFile } from './durable-write.ts'

/** Whole days for which the store keeps things; calendar days are kept for ever. */
export interface Retention {
  /** Raw rows. */
  raw: number
  /** Raw rows of single kinds. */
  rawOf: Readonly<Record<string, number>>
  minutes: number
  hours: number
}

export const rawDaysOf = (kind: string, { raw, rawOf }: Retention): number => rawOf[kind] ?? raw

/** Whether what was read on a day is past, seen from a time. */
export const isPast = (day: Day, keptDays: number, now: number): boolean => endOfDay(day) < now - days(keptDays)

/** Its file in the folder of the store. */
export const FLOORS = 'retention.json'

interface Floors {
  /** First day of which raw rows are taken, of kinds that have none of their own; '' = any. */
  others: Day
  kinds: Record<string, Day>
}

/**
 * From which day on raw rows of a kind are taken: what came later for a day whose raw rows are gone would take the place of what was made of them.
 * Goes back only where nothing was made of the rows of a day yet, and when a clock that ran ahead has moved it past the present.
 */
export class RawFloors {
  readonly #path: string
  #floors: Floors = { others: '', kinds: {} }
  #leftOut = 0

  constructor(folder: string) {
    this.#path = join(folder, FLOORS)
    try {
      this.#floors = JSON.parse(readFileSync(this.#path, 'utf8')) as Floors
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }

  of(kind: string): Day {
    return this.#floors.kinds[kind] ?? this.#floors.others
  }

  /** Rows that came for times before, since the start. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** What is past seen from `now` is taken no more from here on. False when nothing changes. */
  raise(retention: Retention, now: number): boolean {
    const before = JSON.stringify(this.#floors)
    const raised = (known: Day, keptDays: number): Day => {
      const first = firstKept(keptDays, now)
      return first > known ? first : known
    }
    const kinds = new Set([...Object.keys(this.#floors.kinds), ...Object.keys(retention.rawOf)])
    this.#floors = {
      others: raised(this.#floors.others, retention.raw),
      kinds: Object.fromEntries([...kinds].map((kind) => [kind, raised(this.of(kind), rawDaysOf(kind, retention))])),
    }
    return JSON.stringify(this.#floors) !== before
  }

  /** Rows of the day of `now` and later are taken whatever was before. False when nothing changes. */
  lower(now: number): boolean {
    const before = JSON.stringify(this.#floors)
    const today = dayOf(now)
    const lowered = (known: Day): Day => (known > today ? today : known)
    this.#floors = {
      others: lowered(this.#floors.others),
      kinds: Object.fromEntries(Object.entries(this.#floors.kinds).map(([kind, known]) => [kind, lowered(known)])),
    }
    return JSON.stringify(this.#floors) !== before
  }

  /**
   * Lets in again what is not past seen from `now`, back to the newest day before the present first one of which something was made: `newestMade`
   * names it, undefined when there is none. False when nothing changes.
   */
  reopen(retention: Retention, now: number, newestMade: (before: Day) => Day | undefined): boolean {
    const before = JSON.stringify(this.#floors)
    const lowered = (known: Day, keptDays: number): Day => {
      const first = firstKept(keptDays, now)
      if (first >= known) return known
      const made = newestMade(known)
      const open = made === undefined ? first : dayOf(endOfDay(made))
      return open > first ? open : first
    }
    this.#floors = {
      others: lowered(this.#floors.others, retention.raw),
      kinds: Object.fromEntries(Object.entries(this.#floors.kinds).map(([kind, day]) => [kind, lowered(day, rawDaysOf(kind, retention))])),
    }
    return JSON.stringify(this.#floors) !== before
  }

  /** From when on raw rows are taken and stay, seen from `now`, ms. */
  keptFrom(retention: Retention, now: number): KeptFrom {
    const from = (floor: Day, keptDays: number) => Math.max(floor === '' ? 0 : startOfDay(floor), startOfDay(firstKept(keptDays, now)))
    const kinds = new Set([...Object.keys(this.#floors.kinds), ...Object.keys(retention.rawOf)])
    return {
      others: from(this.#floors.others, retention.raw),
      kinds: Object.fromEntries([...kinds].map((kind) => [kind, from(this.of(kind), rawDaysOf(kind, retention))])),
    }
  }

  save(): Promise<void> {
    return replaceFile(this.#path, [Buffer.from(JSON.stringify(this.#floors))])
  }

  /** The rows that are taken; the others are counted. */
  admit(batches: readonly TelemetryRows[]): TelemetryRows[] {
    return batches.map((batch) => {
      const floor = this.of(batch.kind)
      const from = floor === '' ? Number.NEGATIVE_INFINITY : startOfDay(floor)
      const rows: number[] = []
      for (let row = 0; row < batch.rows; row++) if ((batch.at[row] as number) >= from) rows.push(row)
      if (rows.length === batch.rows) return batch
      this.#leftOut += batch.rows - rows.length
      return pickRows(batch, rows)
    })
  }
}

function firstKept(keptDays: number, now: number): Day {
  const day = dayOf(Math.max(0, now - days(keptDays)))
  // A day that ends just then is kept.
  const before = dayOf(Math.max(0, startOfDay(day) - 1))
  return isPast(before, keptDays, now) ? day : before
}

export function pickRows(batch: TelemetryRows, rows: readonly number[]): TelemetryRows {
  const gather = (column: Float64Array) => Float64Array.from(rows, (i) => column[i] as number)
  return {
    ...batch,
    facility: Uint32Array.from(rows, (i) => batch.facility[i] as number),
    at: gather(batch.at),
    values: batch.values.map(gather),
    rows: rows.length,
  }
}
