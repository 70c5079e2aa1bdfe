import type { FaultLabel } from '../alarms/alarm-score.ts'
import type { BacktestResult } from '../alarms/backtest-result.ts'
import type { RuleProposal } from '../facilities/rule-proposal.ts'

export const backtestStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export const backtestSources = ['journal', 'store'] as const

export interface BacktestRequest {
  source: (typeof backtestSources)[number]
  /** ms; all there is when absent, which only a journal can say. */
  from?: number
  to?: number
  /** ms before `from`. */
  lead?: number
  /** Facility query; all when absent. */
  query?: string
  proposals: readonly RuleProposal[]
  /** What is known to have been wrong; of facilities that the query does not find they count for nothing. */
  labels?: readonly FaultLabel[]
}

export interface BacktestJob {
  readonly id: string
  readonly by: string
  readonly created: number
  readonly request: BacktestRequest
  readonly state: (typeof backtestStates)[number]
  /** 0 to 1. */
  readonly progress: number
  readonly readingsPerSecond: number
  /** Why it failed; null when it did not. */
  readonly trouble: string | null
  readonly result: BacktestResult | null
  /** Changes that were counted and not kept. */
  readonly leftOut: number
}

/** Back-tests of the running city: one at a time beside the road, a few waiting, results for an hour. */
export interface Backtests {
  /** Throws `invalid-request`, `too-many-requests`. */
  start(request: BacktestRequest, by: string): BacktestJob
  /** Throws `not-found`. */
  get(id: string): BacktestJob
  /** Newest first. */
  list(): BacktestJob[]
  /** Stops one, or forgets one that is over. Throws `not-found`. */
  cancel(id: string): Promise<void>
  close(): Promise<void>
}
