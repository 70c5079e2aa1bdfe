import type { Scope } from '../access/scope.ts'
import type { CheckInProblem, ClaimedPlace } from '../operations/check-in.ts'
import type { CheckIn, Round, RoundFigures, RoundStop } from '../operations/round.ts'
import type { AreaCoverage, CoverageGrouping } from '../operations/round-coverage.ts'
import type { RoundKind, RoundPlan, StopReading, Tightening } from '../operations/round-plan.ts'
import type { RoundQuery, Visit } from '../storage/round-store.ts'
import type { Page } from '../storage/state-store.ts'
import type { Text } from '../telemetry/point.ts'

export type RoundPlanInput = Omit<RoundPlan, 'since'>

/** What somebody did at a stop, as a phone tells it. */
export interface CheckInClaim {
  /** Made by the phone, unique: sent twice it counts once. */
  id: string
  round: number
  stop: string
  /** By the phone's clock set right by the server's, ms. */
  at: number
  /** All that the camera read; null: no code was scanned. */
  code: string | null
  place: ClaimedPlace | null
  readings: readonly (StopReading & { value: number | boolean | string })[]
  note: string
}

/** done: it counts. again: the stop was visited before, or it was told before. refused: it shows nothing. `readings`: those alone were not taken. */
export interface CheckInAnswer {
  id: string
  outcome: 'done' | 'again' | 'refused'
  problem: CheckInProblem | 'round' | 'readings' | null
  why: Text | null
  /** The round as it is now; null where it is none of theirs. */
  round: Round | null
}

/** What an activated emergency plan asks of the rounds in its area. */
export interface TightenRequest {
  /** Of the activation, by which it is undone. */
  plan: string
  /** Of facilities: rounds with a stop among them are walked more often. */
  query: string
  /** How many rounds there are for one; rounded up to a whole number from 2 to 12. */
  factor: number
  by: string
}

/** Something of these rounds, or of a plan with these stops, is otherwise. */
export type RoundNews = Pick<Round, 'plan' | 'crew' | 'stops'>

/** Rounds of one sort at a facility on a day. */
export interface RoundsOfDay {
  planned: number
  done: number
  late: number
  missed: number
  /** Begin of the next one, ms; null: none today. */
  next: number | null
}

/** Rounds that people walk. `by` is the account; methods throw `LamplighterError`. */
export interface Rounds {
  /** By id. */
  plans(): RoundPlan[]
  plan(id: string): RoundPlan | undefined
  /** A plan counts at once: rounds that have begun go on as they are. All of its stops must be in scope. */
  putPlan(plan: RoundPlanInput, by: string, scope: Scope): RoundPlan
  /** Rounds that were walked stay in the record. */
  removePlan(id: string, by: string, scope: Scope): void
  /** As the plant is now. */
  stopsOf(plan: RoundPlan): readonly RoundStop[]
  /** Where its rounds stand. */
  figuresOf(plan: RoundPlan): RoundFigures
  /** The address that stands in the code of a stop's label, from the root of the site: it has a secret, so that it is not for everybody. */
  labelOf(plan: string, stop: string): string

  list(query: RoundQuery): Page<Round>
  round(id: number): Round | undefined
  checkInsOf(round: number): CheckIn[]
  /** Those that are open, begun or not, in the order of their beginning. */
  open(): Round[]
  /** What will be made of the plans as they are, of the rounds that begin from `from` to before `to`, ms, in order; with no id yet. */
  toCome(from: number, to: number): Round[]
  /** Those that a person may walk, as far as `sees` lets them, and that are open, or begin within hours; those of their crews before others. */
  ofWalker(person: string, sees: (round: Round) => boolean): Round[]
  /** Calls a round off that is open, with a reason. */
  callOff(id: number, reason: string, by: string): Round
  /** Takes what a phone tells, now or hours later; each claim counts once. `sees` says which rounds are theirs. */
  checkIn(claims: readonly CheckInClaim[], by: string, sees: (round: Round) => boolean): Promise<CheckInAnswer[]>

  /** Rounds that began from `from` to before `to`, ms, by area; `sees` says whose stops are counted. */
  coverage(by: CoverageGrouping, from: number, to: number, sees: (facility: string | null) => boolean): Promise<AreaCoverage[]>
  /** The last visit of each place since then, ms. */
  lastVisits(since: number, limit: number): Visit[]
  /** Undefined where no plan of this sort has the facility. */
  dayOf(facility: string, kind: RoundKind, at: number): RoundsOfDay | undefined

  /** Has rounds walked more often from now on; the same activation again replaces what it asked for. Names the plans that it concerns. */
  tighten(request: TightenRequest): { plans: string[] }
  /** Undoes exactly that: rounds that it brought are forgotten, or called off where somebody was on them. Names the plans that it concerned. */
  loosen(plan: string, by: string): { plans: string[] }
  tightenings(): Tightening[]

  /** Called after rounds were made, walked, missed or called off, or a plan was changed, with one entry for each. */
  onChange(listener: (changed: readonly RoundNews[]) => void): void

  /** Makes the rounds that are to come, counts those as missed that were not done, and reports each plan; to be called each `ROUND_REPORT_PERIOD`. */
  tick(): void
}
