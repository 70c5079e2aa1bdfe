import type { Page } from './state-store.ts'

/** A handover between two shifts, frozen when the first one signed it. Times in ms. */
export interface HandoverRecord {
  id: number
  rotation: string
  /** Begin of the shift that ended. */
  begins: number
  /** What was signed, as JSON text; never changed. */
  body: string
  /** SHA-256 of `body`, hexadecimal. */
  hash: string
  leftBy: string
  leftAt: number
  /** Who took over; null while nobody has. */
  takenBy: string | null
  takenAt: number | null
  /** What that one wrote. */
  remark: string
}

/** Handovers, kept for ever: what was signed is neither changed nor removed. */
export interface HandoverStore {
  /** Returns its id. Fails with `action-refused` when that shift has been handed over. */
  add(handover: Pick<HandoverRecord, 'rotation' | 'begins' | 'body' | 'hash' | 'leftBy' | 'leftAt'>): number
  /** The second signature. False when there is one already. */
  take(id: number, takenBy: string, takenAt: number, remark: string): boolean
  handover(id: number): HandoverRecord | undefined
  ofShift(rotation: string, begins: number): HandoverRecord | undefined
  /** Newest first. */
  list(before: number, limit: number): Page<HandoverRecord>
}
