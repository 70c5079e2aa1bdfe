import type { GuardedOptions, Rated } from './draft.ts'
import { limit } from './limit.ts'
import type { Priority, RuleDraft, RuleOptions, RuleTexts } from './rule.ts'

/** What the levels of a point have in common, unless one says otherwise. */
type Shared = Partial<Omit<RuleOptions, keyof RuleTexts | 'priority'>> & { deadband?: number }

/** One level: its rule's key, and the limit, which may depend on rated values. */
interface Level<K extends string, R extends string> extends Shared, RuleTexts {
  key: K
  priority: Priority
  limit: number | ((rated: Rated<R>) => number)
}

export interface LevelsOptions<P extends string, R extends string, N extends string, K extends string>
  extends Shared,
    GuardedOptions<P, R, N> {
  point: P
  highHigh?: Level<K, R>
  high?: Level<K, R>
  low?: Level<K, R>
  lowLow?: Level<K, R>
}

/**
 * The family of limits of one point: the outer one calls for all the inner one does, and more, so the inner one is its consequence.
 * A level that names consequences of its own names them beside that.
 */
export function levels<P extends string, R extends string, N extends string, K extends string>(
  options: LevelsOptions<P, R, N, K>,
): Record<K, RuleDraft<P>> {
  const { highHigh, high, low, lowLow, ...shared } = options
  const rule = (side: 'high' | 'low', level: Level<K, R> | undefined, outer: Level<K, R> | undefined): [K, RuleDraft<P>][] => {
    if (!level) return []
    const { key, limit: value, ...own } = level
    const all = { ...shared, ...own }
    const consequenceOf = [...(outer ? [outer.key] : []), ...(all.consequenceOf ?? [])]
    return [[key, limit<P, R, N>({ ...all, consequenceOf, [side]: value })]]
  }
  return Object.fromEntries([
    ...rule('high', highHigh, undefined),
    ...rule('high', high, highHigh),
    ...rule('low', lowLow, undefined),
    ...rule('low', low, lowLow),
  ]) as Record<K, RuleDraft<P>>
}
