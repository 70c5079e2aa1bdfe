import type { Rule, RuleSetting } from './rule.ts'

interface RuledKind {
  readonly rules: readonly Rule[]
  readonly rated: Readonly<Record<string, number>>
}

const known = new WeakMap<readonly Rule[], Map<string, readonly RuleSetting[]>>()

/** The settings a kind's rules come with, for a facility of these rated values. Facilities with the same rated values share them. */
export function defaultSettings(kind: RuledKind, rated: Readonly<Record<string, number>>): readonly RuleSetting[] {
  const all = { ...kind.rated, ...rated }
  const key = JSON.stringify(all)
  const ofKind = known.get(kind.rules) ?? new Map<string, readonly RuleSetting[]>()
  known.set(kind.rules, ofKind)
  const shared = ofKind.get(key)
  if (shared) return shared
  const settings = kind.rules.map(({ version, title, timeToAct, response, cause, consequence, ...rule }) => ({
    enabled: true,
    priority: rule.priority,
    onDelay: rule.onDelay,
    offDelay: rule.offDelay,
    modes: rule.modes,
    hours: rule.hours,
    parameters: { ...rule.parameters, ...rule.ratedParameters(all) },
    texts: { title, timeToAct, response, cause, consequence },
    version: String(version),
  }))
  ofKind.set(key, settings)
  return settings
}
