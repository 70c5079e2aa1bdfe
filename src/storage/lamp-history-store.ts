import type { PlacedLight } from '../operations/lamp-history.ts'

/** All lamps as they were in one slot. */
export interface LampSlot {
  /** Begin of the slot, ms. */
  at: number
  /** Places of which something should have been lit, or drew power. */
  places: PlacedLight[]
  /** Worked out afterwards from what was stored of that time: nobody looked then. */
  late: boolean
}

/** What was added up of a place on one date of the city's calendar. */
export interface LampDay extends PlacedLight {
  date: string
  /** Slots that were counted. */
  slots: number
}

/** How lamps were lit: slot by slot for a while, day by day for long. */
export interface LampHistoryStore {
  /** Writes a slot down and adds it to its day; once, whatever it is given again. `late` as in `LampSlot`; false when absent. */
  add(at: number, date: string, places: readonly PlacedLight[], late?: boolean): void
  /** When the slots begin that were written down from one time to another, ms, in their order. */
  times(from: number, to: number): number[]
  /** Slots that begin at or after `from` and before `to`, ms, oldest first; of those of which nothing was written down none. */
  slots(from: number, to: number): Iterable<LampSlot>
  /** How many slots were written down that begin in that time; of times that are forgotten by now none. */
  count(from: number, to: number): number
  /** Days from one date to another, both inclusive, in their order. */
  days(from: string, to: string): LampDay[]
  /** Forgets up to `limit` slots and as many days of before, ms and date. */
  prune(slotsBefore: number, daysBefore: string, limit: number): void
}
