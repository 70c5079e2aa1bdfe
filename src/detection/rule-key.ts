/** Stands in no key of a kind's rule. */
const MARK = ':'

/** The key under which one of many conditions that a rule stands for has an alarm of its own. */
export const instanceKey = (rule: string, instance: string): string => `${rule}${MARK}${instance}`

/** The rule and, where it stands for many conditions, which of them an alarm is about. */
export function partsOfKey(key: string): { rule: string; instance: string | null } {
  const at = key.indexOf(MARK)
  return at < 0 ? { rule: key, instance: null } : { rule: key.slice(0, at), instance: key.slice(at + 1) }
}

/** Place of the rule by which an alarm came among those of its kind; negative when it has none. */
export function ruleIndex(rules: readonly { readonly key: string }[], key: string): number {
  const { rule } = partsOfKey(key)
  return rules.findIndex((one) => one.key === rule)
}

export const findRule = <R extends { readonly key: string }>(rules: readonly R[], key: string): R | undefined =>
  rules[ruleIndex(rules, key)]
