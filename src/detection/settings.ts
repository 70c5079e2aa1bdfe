import type { Rule, RuleParameters, RuleSetting, RuleTexts } from './rule.ts'

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
  const settings = kind.rules.map((rule) => ({
    enabled: true,
    priority: rule.priority,
    onDelay: rule.onDelay,
    offDelay: rule.offDelay,
    modes: rule.modes,
    hours: rule.hours,
    parameters: usualParameters(kind, rule, rated),
    texts: usualTexts(rule),
    version: String(rule.version),
  }))
  ofKind.set(key, settings)
  return settings
}

/** The parameters a rule comes with for a facility of these rated values. */
export function usualParameters(kind: RuledKind, rule: Rule, rated: RuleParameters): RuleParameters {
  return { ...rule.parameters, ...rule.ratedParameters({ ...kind.rated, ...rated }) }
}

const texts = new WeakMap<Rule, RuleTexts>()

/** What a rule says by itself; the same object each time. */
export function usualTexts(rule: Rule): RuleTexts {
  const known = texts.get(rule)
  if (known) return known
  const { title, timeToAct, response, cause, consequence } = rule
  const own = { title, timeToAct, response, cause, consequence }
  texts.set(rule, own)
  return own
}

/** Whether two settings find the same; what they say to people may differ. */
export function judgeAlike(a: RuleSetting, b: RuleSetting | undefined): boolean {
  return a === b || (b !== undefined && judgedBy(a) === judgedBy(b))
}

const judgements = new WeakMap<RuleSetting, string>()

function judgedBy(setting: RuleSetting): string {
  let judged = judgements.get(setting)
  if (judged === undefined) {
    const { enabled, onDelay, offDelay, modes, hours, parameters } = setting
    judged = JSON.stringify([enabled, onDelay, offDelay, modes, hours, parameters])
    judgements.set(setting, judged)
  }
  return judged
}
