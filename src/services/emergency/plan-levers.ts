import type { Activation } from '../../operations/emergency-plan.ts'

/**
 * Something that a plan moves outside of itself, in a book of others that keeps by whose activation each entry is: only those are taken back.
 * `apply` and `undo` are asked for again and again, and do nothing where it is so already; both throw where it cannot be done now.
 */
export interface PlanLever {
  /** What it is called in the log. */
  readonly key: 'light' | 'rounds'
  /** How much it would move; null: the plan does not use it. */
  count(plan: Activation['plan'], area: string): number | null
  /** Returns whether something was changed. */
  apply(activation: Activation, now: number): boolean
  /** Activations of which something is still there. */
  held(): Iterable<number>
  undo(activation: number, by: string): void
  /** What is so of the city by this lever, for the hash of its state. */
  state(): unknown
}
