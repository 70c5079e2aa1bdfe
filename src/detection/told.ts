import { draft, UNKNOWN } from './draft.ts'
import type { RuleDraft, RuleOptions } from './rule.ts'

/** What another system has judged itself: its conditions come with their texts and their times, and no reading changes them. */
export function told<P extends string>(options: RuleOptions): RuleDraft<P> {
  return draft('told', options, { points: [], parameters: {}, slots: 0, judge: () => () => UNKNOWN })
}
