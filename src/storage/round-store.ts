import type { CheckIn, Round, RoundSketch, RoundState } from '../operations/round.ts'
import type { RoundPlan, Tightening } from '../operations/round-plan.ts'
import type { Page } from './state-store.ts'

/** All that is given must hold. */
export interface RoundQuery {
  plans?: readonly string[] | undefined
  crew?: string | undefined
  states?: readonly RoundState[] | undefined
  /** Open, and late at this time, ms. */
  lateAt?: number | undefined
  /** Begun at or after / before, ms. */
  from?: number | undefined
  to?: number | undefined
  /** Only those before this one in the list. */
  before?: number | undefined
  limit: number
}

/** A visit, and where its stop lay then. */
export interface Visit {
  checkIn: CheckIn
  /** The same for the same place in all plans. */
  place: string
  district: string
  road: string
  keyArea: boolean
}

/** Plans of rounds, the rounds that came of them, and who was where. */
export interface RoundStore {
  /** By id. */
  plans(): RoundPlan[]
  plan(id: string): RoundPlan | undefined
  /** Inserts or replaces. */
  putPlan(plan: RoundPlan): void
  /** Its rounds stay. */
  removePlan(id: string): void

  /** By the activation. */
  tightenings(): Tightening[]
  /** Inserts or replaces. */
  putTightening(tightening: Tightening): void
  removeTightening(plan: string): void

  /** Returns the id; undefined where the plan has a round of this key already. */
  insert(round: Round): number | undefined
  update(round: Round): void
  round(id: number): Round | undefined
  /** Those that are open, begun or not, in the order of their beginning. */
  open(): Round[]
  /** Those of a plan that begin at or after `since`, ms, in order. */
  ofPlan(plan: string, since: number): Round[]
  /** The keys of those. */
  keysOf(plan: string, since: number): string[]
  /** The same without their stops. */
  sketchesOf(plan: string, since: number): RoundSketch[]
  /** Those that are open and were over by `at`, ms. */
  overdue(at: number): Round[]
  /** Forgets one that nobody has been on. */
  remove(id: number): void
  /** Newest first. */
  list(query: RoundQuery): Page<Round>

  checkIn(id: string): CheckIn | undefined
  addCheckIn(visit: Visit): void
  /** In the order in which they were done. */
  checkInsOf(round: number): CheckIn[]
  /** The last one of a person up to a time, ms. */
  lastOf(person: string, upTo: number): CheckIn | undefined
  /** From `from` to before `to`, ms, by the phones, in order. */
  visits(from: number, to: number): Visit[]
  /** The last visit of each place since then, ms; at most `limit`, the newest. */
  lastVisits(since: number, limit: number): Visit[]
  /** Forgets up to `limit` rounds that were over before this, ms, with their check-ins; the oldest first. */
  prune(before: number, limit: number): void
}
