import type { AlarmDifference } from './alarm-difference.ts'
import type { AlarmLoad } from './alarm-load.ts'
import type { AlarmScore } from './alarm-score.ts'

/** What one rule set makes of a history. */
export interface RuleSetResult {
  load: AlarmLoad
  /** Null without labels. */
  score: AlarmScore | null
}

/** What two rule sets make of the same history. */
export interface BacktestResult {
  /** The time compared, and the time played before it began, ms. */
  window: { from: number; to: number }
  lead: number
  facilities: number
  messages: number
  readings: number
  /** Messages that could not be read, wholly or in part. */
  rejected: number
  before: RuleSetResult
  after: RuleSetResult
  difference: AlarmDifference
}

export interface BacktestProgress {
  /** Of the history, 0 to 1. */
  share: number
  readings: number
  readingsPerSecond: number
}
