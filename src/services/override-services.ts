import type { OverrideInput, OverrideScopeInput } from '../edges/http/rule-schemas.ts'
import type { OverrideFilter } from '../edges/services.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import type { Facility } from '../facilities/plant.ts'
import { changeProblems, type RuleOverride, type RuleScope } from '../facilities/rule-settings.ts'
import type { Page } from '../storage/state-store.ts'
import { knownGroup } from './group-services.ts'
import type { ServiceParts } from './parts.ts'
import { changeRules } from './rule-change.ts'

const refuse = (message: string): never => {
  throw new LamplighterError('invalid-request', message)
}

/** What engineers change of the rules, and what is in force. */
export function overrideServices(parts: ServiceParts) {
  const { kinds, plant, rules, state, now } = parts

  const concernedBy = ({ kind, facility }: RuleScope): Facility[] =>
    facility === null ? [...plant].filter((each) => each.kind.key === kind) : [plant.get(facility)].filter((each) => each !== undefined)

  function scopeOf({ kind, group, facility: id }: OverrideScopeInput): RuleScope {
    if (id !== undefined) {
      const facility = plant.get(id)
      if (!facility) return refuse(`There is no facility ${id}; /api/facilities lists them.`)
      if (group !== undefined) refuse('An override is for a group or for a facility, not for both.')
      if (kind !== undefined && kind !== facility.kind.key) refuse(`${id} is a ${facility.kind.key}, not a ${kind}.`)
      return { kind: facility.kind.key, group: null, facility: id }
    }
    if (kind === undefined) return refuse('The scope names nothing; give a kind, a kind and a group, or a facility.')
    if (!kinds.has(kind)) refuse(`There is no kind ${kind}; there are ${[...kinds.keys()].join(', ')}.`)
    return { kind, group: group === undefined ? null : knownGroup(rules, group).name, facility: null }
  }

  return {
    listOverrides(filter: OverrideFilter, before: number, limit: number): Page<RuleOverride> {
      const fields = Object.entries(filter) as [keyof OverrideFilter, string][]
      const found = rules.overrides
        .filter((override) => override.id < before && fields.every(([field, value]) => override[field] === value))
        .sort((a, b) => b.id - a.id)
      const items = found.slice(0, limit)
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
    overrideProblem: (override: RuleOverride): string | null => {
      const kind = kinds.get(override.kind)
      const problems = kind ? changeProblems(kind, override.rule, override.changes) : [`there is no kind ${override.kind} any more`]
      return problems.length > 0 ? problems.join('; ') : null
    },
    putOverride({ scope: given, rule, changes, reason }: OverrideInput, by: string): RuleOverride {
      const scope = scopeOf(given)
      const problems = changeProblems(kinds.get(scope.kind) as FacilityKind, rule, changes)
      if (problems.length > 0) refuse(`Nothing was changed of ${rule}: ${problems.join('; ')}.`)
      const known = rules.overrides.find((each) => isFor(each, scope, rule))
      if (known && JSON.stringify(known.changes) === JSON.stringify(changes)) return known
      let override: RuleOverride = { ...scope, id: 0, rule, changes, reason, by, at: now() }
      const detail = `${known ? `${JSON.stringify(known.changes)} -> ` : ''}${JSON.stringify(changes)}: ${reason}`
      changeRules(parts, { by, action: 'put-override', subject: subjectOf(override), detail }, () => {
        override = { ...override, id: state.rules.putOverride(override) }
        return {
          groups: rules.groups,
          overrides: [...rules.overrides.filter((each) => each !== known), override],
          concerned: concernedBy(scope),
        }
      })
      return override
    },
    removeOverride(id: number, reason: string, by: string): void {
      const override = rules.overrides.find((each) => each.id === id)
      if (!override) throw new LamplighterError('not-found', `There is no override ${id}; /api/overrides lists them.`)
      const audit = {
        by,
        action: 'remove-override',
        subject: subjectOf(override),
        detail: `${JSON.stringify(override.changes)}: ${reason}`,
      }
      changeRules(parts, audit, () => {
        state.rules.removeOverride(id)
        return { groups: rules.groups, overrides: rules.overrides.filter((each) => each !== override), concerned: concernedBy(override) }
      })
    },
    rulesOf: (facility: Facility) => ({
      rules: rules.effective(facility),
      overrides: rules.overridesFor(facility),
      groups: rules.groupsOf(facility),
    }),
  }
}

const isFor = (override: RuleOverride, { kind, group, facility }: RuleScope, rule: string) =>
  override.kind === kind && override.group === group && override.facility === facility && override.rule === rule

const subjectOf = ({ kind, group, facility, rule }: RuleOverride) =>
  `${rule} of ${facility ?? (group === null ? kind : `${kind} in group ${group}`)}`
