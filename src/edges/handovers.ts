import type { EndingShift, HandoverNote } from '../dispatch/handover.ts'
import type { Page } from '../storage/state-store.ts'

/** What is frozen with the first signature. */
export interface HandoverText {
  shift: EndingShift
  /** When the note was made, ms. */
  at: number
  note: HandoverNote
  /** What whoever leaves adds in their own words. */
  words: string
}

export interface HandoverSummary {
  id: number
  shift: EndingShift
  leftBy: string
  leftAt: number
  takenBy: string | null
  takenAt: number | null
  remark: string
  /** SHA-256 of the frozen text, hexadecimal. */
  hash: string
}

export interface SignedHandover extends HandoverSummary {
  text: HandoverText
  /** The text is still the one that was signed. */
  isIntact: boolean
}

/** Handovers between shifts. `by` is the account that signs; methods throw `LamplighterError`. */
export interface Handovers {
  /** What the shift of a rotation that is ending would hand over now, and its handover when that has been signed. */
  draft(rotation: string): { shift: EndingShift; at: number; note: HandoverNote; signed: HandoverSummary | null }
  /** Freezes the note as it is now, signed by whoever leaves. */
  leave(rotation: string, words: string, by: string): SignedHandover
  /** Signed by another account. */
  takeOver(id: number, remark: string, by: string): SignedHandover
  handover(id: number): SignedHandover
  list(before: number, limit: number): Page<HandoverSummary>
}
