import type { Facility } from '../../facilities/plant.ts'
import { queryProblem } from '../../facilities/rule-book.ts'
import type { EffectiveRule, EffectiveValue, FacilityGroup, RuleChanges, RuleOverride } from '../../facilities/rule-settings.ts'
import type { ListedVersion, Services } from '../services.ts'
import type { EffectiveRuleView, FacilityRulesView, GroupView, OverrideView, RuleVersionView } from './rule-schemas.ts'
import { hoursView } from './views.ts'

/** What engineers changed of the rules, in the shapes of the API. */
export function groupView({ name, rank, query, reason, by, at }: FacilityGroup): GroupView {
  return { name, rank, query, reason, by, at, problem: queryProblem(query) }
}

export function overrideView(override: RuleOverride, problem: string | null): OverrideView {
  const { id, kind, group, facility, rule, changes, reason, by, at } = override
  return { id, kind, group, facility, rule, changes: changesView(changes), reason, by, at, problem }
}

export function ruleVersionView({ before, after, ...version }: ListedVersion): RuleVersionView {
  return { ...version, before: before && changesView(before), after: after && changesView(after) }
}

function changesView({ modes, hours, parameters, texts, ...rest }: RuleChanges): OverrideView['changes'] {
  const { response, ...words } = texts ?? {}
  return {
    ...rest,
    ...(modes !== undefined && { modes: modes && [...modes] }),
    ...(hours !== undefined && { hours: hoursView(hours) }),
    ...(parameters && { parameters: { ...parameters } }),
    ...(texts && { texts: { ...words, ...(response && { response: [...response] }) } }),
  }
}

export function facilityRulesView(facility: Facility, services: Pick<Services, 'rulesOf' | 'overrideProblem'>): FacilityRulesView {
  const { rules, overrides, groups } = services.rulesOf(facility)
  return {
    facility: facility.id,
    kind: facility.kind.key,
    rules: rules.map(effectiveRuleView),
    overrides: overrides.map((override) => overrideView(override, services.overrideProblem(override))),
    groups: [...groups],
  }
}

function effectiveRuleView({ rule, parameters, modes, hours, texts, ...rest }: EffectiveRule): EffectiveRuleView {
  const { version, enabled, priority, onDelay, offDelay } = rest
  return {
    rule: rule.key,
    version,
    shelvable: rule.shelvable,
    enabled: { ...enabled },
    priority: { ...priority },
    onDelay: { ...onDelay },
    offDelay: { ...offDelay },
    modes: mapped(modes, (list) => list && [...list]),
    hours: mapped(hours, hoursView),
    texts: {
      title: { ...texts.title },
      cause: { ...texts.cause },
      consequence: { ...texts.consequence },
      response: mapped(texts.response, (steps) => [...steps]),
      timeToAct: { ...texts.timeToAct },
    },
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, ...value })),
  }
}

const mapped = <T, V>({ value, usual, source }: EffectiveValue<T>, view: (value: T) => V) => ({
  value: view(value),
  usual: view(usual),
  source: { ...source },
})
