import type { KeptLightChange } from '../control/light-change.ts'
import type { Page } from './state-store.ts'

export interface LightChangeQuery {
  /** Only those that wait for a second person. */
  waiting?: boolean
  /** Only those before this place in the list. */
  before?: number
  limit: number
}

/** Changes of light that people asked for, each with what became of it. */
export interface LightChangeStore {
  /** Adds one, or writes what became of it. */
  put(change: KeptLightChange): void
  find(id: string): KeptLightChange | undefined
  /** Those that wait for a second person, oldest first. */
  waiting(): KeptLightChange[]
  /** Those of an activation of an emergency plan, oldest first. */
  ofPlan(plan: string): KeptLightChange[]
  /** Newest first. */
  list(query: LightChangeQuery): Page<KeptLightChange>
  /** Lamps to which an account gave less light with nobody's approval since a moment, ms, or by an override that was planned or in force then. */
  alone(account: string, since: number): string[]
  /** Forgets up to `limit` that were asked for before this, ms. */
  prune(before: number, limit: number): void
}
