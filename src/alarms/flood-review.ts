import type { Priority } from '../detection/rule.ts'
import { minutes } from '../telemetry/duration.ts'
import type { AlarmRecord } from './alarm-log.ts'
import type { RuleProposal } from './delay-proposal.ts'
import type { Incident, IncidentAlarm } from './incident.ts'
import type { AlarmKpi } from './kpi.ts'

/** An incident without what is below it. */
export type IncidentSummary = Omit<Incident, 'children' | 'own'>

/** What a change would have made of the time around the flood. Lengths and times in ms. */
export interface ProposalBacktest {
  from: number
  to: number
  facilities: number
  readings: number
  /** Alarms of the rule people were told of as it is in force, and under the proposal; what follows counts those of all rules. */
  before: number
  after: number
  /** No longer told, of faults that were over within two minutes or while an alarm of the same fault still stood: what the proposal is for. */
  saved: number
  /** No longer told though the fault stayed longer and no alarm of it stood: what it costs. */
  lost: number
  added: number
  /** Told later; by how much in the middle and at most. */
  later: number
  laterBy: { median: number; most: number } | null
}

/** A change of a rule, ready to be made, with what speaks for it. */
export interface ReviewProposal extends RuleProposal {
  kind: string
  facility: string | null
  rule: string
  /** As in force when the review was made. */
  now: { onDelay: number; offDelay: number; deadband: number | null }
  /** What `PUT /api/overrides` is to be given, with what was changed there before. */
  override: {
    scope: { kind?: string; facility?: string }
    rule: string
    changes: Readonly<Record<string, unknown>>
  }
  /** Null when it could not be tried out; then `problem` says why. */
  backtest: ProposalBacktest | null
  problem: string | null
}

/** One page about a flood that is over. */
export interface FloodReview {
  /** Alarms told in each stretch of `length` ms since the flood started. */
  timeline: { length: number; counts: Record<Priority, number>[] }
  firstOut: IncidentAlarm | null
  /** The most urgent; `incidentCount` counts all. */
  incidents: IncidentSummary[]
  incidentCount: number
  /** What operators did, worst sources, priorities. */
  kpi: AlarmKpi
  worstRules: { kind: string; rule: string; alarms: number; facilities: number; passing: number; returning: number }[]
  proposals: ReviewProposal[]
}

const MOST_STRETCHES = 60

/** Alarms told over a flood, in stretches of whole minutes. */
export class FloodTimeline {
  readonly #from: number
  readonly #length: number
  readonly #counts: Record<Priority, number>[]

  constructor(from: number, to: number) {
    const span = Math.max(1, Math.ceil((to - from) / minutes(1)))
    this.#from = from
    this.#length = minutes(Math.ceil(span / MOST_STRETCHES))
    this.#counts = Array.from({ length: Math.ceil((span * minutes(1)) / this.#length) }, () => ({
      critical: 0,
      high: 0,
      medium: 0,
      low: 0,
    }))
  }

  add(record: AlarmRecord): void {
    const counts = this.#counts[Math.floor((record.recorded - this.#from) / this.#length)]
    if (counts && record.announced) counts[record.priority]++
  }

  view(): FloodReview['timeline'] {
    return { length: this.#length, counts: this.#counts }
  }
}
