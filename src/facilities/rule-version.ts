import type { RuleChanges, RuleScope } from './rule-settings.ts'

export const ruleActions = ['put', 'remove', 'revert'] as const
export type RuleAction = (typeof ruleActions)[number]

/** What was changed of a rule at one place, before and after somebody changed it; null where nothing was. */
export interface RuleVersion extends RuleScope {
  readonly id: number
  readonly rule: string
  readonly action: RuleAction
  readonly before: RuleChanges | null
  readonly after: RuleChanges | null
  /** The version whose `after` counts again. */
  readonly revertsTo: number | null
  readonly reason: string
  readonly by: string
  /** ms */
  readonly at: number
}
