import type { Activation, KeptPlan } from '../operations/emergency-plan.ts'
import type { Page } from './state-store.ts'

/** What happened while a plan was active, or what it did. */
export interface EmergencyEntry {
  id: number
  activation: number
  /** ms */
  at: number
  /** An account, or `clock`. */
  by: string
  type: string
  /** What somebody wrote, or what it was about. */
  words: string
  /** Figures by name. */
  data: Readonly<Record<string, string | number>>
}

/** Emergency plans, when they were active, and the log of that; what was active is kept for ever. */
export interface EmergencyStore {
  /** By id. */
  plans(): KeptPlan[]
  putPlan(plan: KeptPlan): void
  removePlan(id: string): void
  /** Its `id` is ignored; returns the one it has from now on. */
  addActivation(activation: Activation): number
  update(activation: Activation): void
  activation(id: number): Activation | undefined
  /** The oldest first. */
  active(): Activation[]
  /** Those that were active at a moment, ms, drills too; the oldest first. */
  activeAt(at: number): Activation[]
  /** Newest first; only those with a lower id than `before`. */
  activations(query: { plan?: string; before: number; limit: number }): Page<Activation>
  /** Those that were active at some time from `from` to before `to`, ms; the oldest first, at most 1000. */
  activeBetween(from: number, to: number): Activation[]
  /** Its `id` is ignored. */
  log(entry: EmergencyEntry): void
  /** Newest first; only those with a lower id than `before`. */
  logOf(activation: number, before: number, limit: number): Page<EmergencyEntry>
}
