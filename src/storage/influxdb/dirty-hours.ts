import { hours, minutes } from '../../telemetry/duration.ts'
import type { TelemetryRows } from '../telemetry-store.ts'

export const HOUR = hours(1)
/** Most of what belongs to an hour is there by then, so that it is folded as a whole just once. */
const SETTLING = minutes(5)
/** Facilities of an hour that are told apart; with more of them the hour is folded as a whole. */
const MOST_APART = 1_000

/** Tells the database that an hour of a kind differs from its roll-up; `generation` grows with each mark. */
export interface HourMark {
  kind: string
  /** Start of the hour, ms. */
  hour: number
  generation: number
}

interface Entry extends HourMark {
  /** The mark is in the database. */
  marked: boolean
  /** Writes under way that touch the hour. */
  pending: number
  /** Null: all of them. */
  facilities: Set<string> | null
  /** What is being folded, and what was touched meanwhile. */
  folding: { generation: number; touched: Set<string> | null } | null
}

/** What is to be folded anew: an hour of a kind, of some facilities or, null, of all. */
export interface Fold extends HourMark {
  facilities: readonly string[] | null
}

/** A part of a time, ms, that can be answered from roll-ups, or not because hours in it are dirty. */
export interface Part {
  from: number
  to: number
  clean: boolean
}

/**
 * The hours that were written to since they were folded. Each is marked in the database before rows are written to it, so that it stays
 * dirty through a crash; a mark is passed over only by a fold that began after all writes under it had ended.
 */
export class DirtyHours {
  /** What the hours begin at, ms past a UTC hour. */
  readonly offset: number
  readonly #kinds = new Map<string, Map<number, Entry>>()
  #generation: number

  /** `generation`: the highest in the database. */
  constructor(offset: number, generation: number, marks: Iterable<HourMark> = []) {
    this.offset = offset
    this.#generation = generation
    for (const mark of marks)
      this.#entriesOf(mark.kind).set(mark.hour, { ...mark, marked: true, pending: 0, facilities: null, folding: null })
  }

  /** The oldest hour that is not folded, ms; Infinity when all are. */
  oldest(): number {
    let first = Number.POSITIVE_INFINITY
    for (const entries of this.#kinds.values()) for (const hour of entries.keys()) first = Math.min(first, hour)
    return first
  }

  get size(): number {
    return [...this.#kinds.values()].reduce((sum, entries) => sum + entries.size, 0)
  }

  /** Before a write: the marks that must be in the database first. `end` must be called once the write has ended, `marked` after the marks were written. */
  begin(batches: readonly TelemetryRows[]): { marks: HourMark[]; marked(): void; end(): void } {
    const touched = new Set<Entry>()
    for (const batch of batches)
      for (const [hour, facilities] of this.#hoursOf(batch)) touched.add(this.#touch(batch.kind, hour, facilities, batch.facilities))
    for (const entry of touched) entry.pending++
    const unmarked = [...touched].filter(({ marked }) => !marked).map((entry) => ({ entry, generation: entry.generation }))
    return {
      marks: unmarked.map(({ entry: { kind, hour }, generation }) => ({ kind, hour, generation })),
      marked() {
        for (const { entry, generation } of unmarked) if (entry.generation === generation) entry.marked = true
      },
      end() {
        for (const entry of touched) entry.pending--
      },
    }
  }

  /** Hours that are to be folded as a whole; returns their marks, which must be in the database before `take` gives them. */
  mark(kind: string, hours: readonly number[]): HourMark[] {
    return hours.map((hour) => {
      const generation = ++this.#generation
      this.#entriesOf(kind).set(hour, { kind, hour, generation, marked: true, pending: 0, facilities: null, folding: null })
      return { kind, hour, generation }
    })
  }

  /** Hours that ended some minutes ago and that nobody is writing to, at most `most`, newest first; each is then being folded until `folded` or `failed`. */
  take(now: number, most: number): Fold[] {
    const ready = [...this.#kinds.values()]
      .flatMap((entries) => [...entries.values()])
      .filter(({ hour, pending, marked, folding }) => hour + HOUR + SETTLING <= now && pending === 0 && marked && !folding)
      .sort((a, b) => b.hour - a.hour)
      .slice(0, most)
    return ready.map((entry) => {
      entry.folding = { generation: entry.generation, touched: new Set() }
      const { kind, hour, generation, facilities } = entry
      return { kind, hour, generation, facilities: facilities && [...facilities] }
    })
  }

  folded({ kind, hour, generation }: HourMark): void {
    const entries = this.#entriesOf(kind)
    const entry = entries.get(hour)
    if (entry?.folding?.generation !== generation) return
    if (entry.generation === generation) entries.delete(hour)
    else entry.facilities = entry.folding.touched
    entry.folding = null
  }

  failed({ kind, hour }: HourMark): void {
    const entry = this.#entriesOf(kind).get(hour)
    if (!entry?.folding) return
    const { touched } = entry.folding
    entry.facilities = entry.facilities && touched && withinLimit(new Set([...entry.facilities, ...touched]))
    entry.folding = null
  }

  /** A time cut into whole parts that are clean or dirty for some facilities. */
  parts(kind: string, facilities: readonly string[], from: number, to: number): Part[] {
    const isDirty = ({ facilities: some, folding }: Entry) =>
      [some, folding?.touched].some((set) => set === null || facilities.some((id) => set?.has(id)))
    const dirty = [...this.#entriesOf(kind).values()]
      .filter((entry) => entry.hour < to && entry.hour + HOUR > from && isDirty(entry))
      .map(({ hour }) => hour)
      .sort((a, b) => a - b)
    const parts: Part[] = []
    const add = (part: Part) => {
      const last = parts.at(-1)
      if (last?.clean === part.clean) last.to = part.to
      else if (part.to > part.from) parts.push(part)
    }
    let at = from
    for (const hour of dirty) {
      add({ from: at, to: Math.max(at, hour), clean: true })
      at = Math.min(to, hour + HOUR)
      add({ from: Math.max(from, hour), to: at, clean: false })
    }
    add({ from: at, to, clean: true })
    return parts
  }

  hourOf(at: number): number {
    return Math.floor((at - this.offset) / HOUR) * HOUR + this.offset
  }

  #entriesOf(kind: string): Map<number, Entry> {
    let entries = this.#kinds.get(kind)
    if (!entries) {
      entries = new Map()
      this.#kinds.set(kind, entries)
    }
    return entries
  }

  #hoursOf(batch: TelemetryRows): Map<number, Set<number>> {
    const found = new Map<number, Set<number>>()
    for (let row = 0; row < batch.rows; row++) {
      const hour = this.hourOf(batch.at[row] as number)
      let facilities = found.get(hour)
      if (!facilities) {
        facilities = new Set()
        found.set(hour, facilities)
      }
      facilities.add(batch.facility[row] as number)
    }
    return found
  }

  #touch(kind: string, hour: number, indices: Set<number>, ids: readonly string[]): Entry {
    const entries = this.#entriesOf(kind)
    let entry = entries.get(hour)
    if (!entry) {
      entry = { kind, hour, generation: ++this.#generation, marked: false, pending: 0, facilities: new Set(), folding: null }
      entries.set(hour, entry)
    }
    if (entry.folding && entry.folding.generation === entry.generation) {
      entry.generation = ++this.#generation
      entry.marked = false
    }
    const set = entry.folding ? entry.folding.touched : entry.facilities
    if (set) {
      for (const index of indices) set.add(ids[index] as string)
      const kept = withinLimit(set)
      if (entry.folding) entry.folding.touched = kept
      else entry.facilities = kept
    }
    return entry
  }
}

const withinLimit = (set: Set<string>) => (set.size > MOST_APART ? null : set)
