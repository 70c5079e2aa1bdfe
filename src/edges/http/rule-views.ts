import type { Facility } from '../../facilities/plant.ts'
import { queryProblem } from '../../facilities/rule-book.ts'
import type { EffectiveRule, FacilityGroup, RuleOverride } from '../../facilities/rule-settings.ts'
import type { Services } from '../services.ts'
import type { EffectiveRuleView, FacilityRulesView, GroupView, OverrideView } from './rule-schemas.ts'

/** What engineers changed of the rules, in the shapes of the API. */
export function groupView({ name, rank, query, reason, by, at }: FacilityGroup): GroupView {
  return { name, rank, query, reason, by, at, problem: queryProblem(query) }
}

export function overrideView(override: RuleOverride, problem: string | null): OverrideView {
  const { id, kind, group, facility, rule, changes, reason, by, at } = override
  const { parameters, ...rest } = changes
  return {
    id,
    kind,
    group,
    facility,
    rule,
    changes: { ...rest, ...(parameters && { parameters: { ...parameters } }) },
    reason,
    by,
    at,
    problem,
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

function effectiveRuleView({ rule, enabled, priority, onDelay, offDelay, parameters }: EffectiveRule): EffectiveRuleView {
  return {
    rule: rule.key,
    shelvable: rule.shelvable,
    enabled: { ...enabled },
    priority: { ...priority },
    onDelay: { ...onDelay },
    offDelay: { ...offDelay },
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, ...value })),
  }
}
