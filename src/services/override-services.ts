import { isDeepStrictEqual } from 'node:util'
import { facilityScope, isInScope, isOwnIn, isWhole, type Scope } from '../access/scope.ts'
import type { OverrideInput, OverrideScopeInput } from '../edges/http/rule-schemas.ts'
import type { ListedVersion, OverrideFilter } from '../edges/services.ts'
import { LamplighterError } from '../errors.ts'
import { changeProblems } from '../facilities/change-problems.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { limitLines } from '../facilities/limit-lines.ts'
import type { Facility } from '../facilities/plant.ts'
import type { RuleOverride, RuleScope } from '../facilities/rule-settings.ts'
import type { RuleVersion } from '../facilities/rule-version.ts'
import type { RuleChange, RuleStore } from '../storage/rule-store.ts'
import type { Page } from '../storage/state-store.ts'
import { knownGroup } from './group-services.ts'
import type { ServiceParts } from './parts.ts'
import { changeRules } from './rule-change.ts'

/** Changes of the rules of a kind that are looked back through for what was in force. */
const MOST_VERSIONS = 1000

const refuse = (message: string): never => {
  throw new LamplighterError('invalid-request', message)
}

/** What engineers change of the rules, what is in force, and the way back. */
export function overrideServices(parts: ServiceParts) {
  const { kinds, plant, rules, state, now } = parts

  const concernedBy = ({ kind, facility }: RuleScope): Facility[] =>
    facility === null ? [...plant].filter((each) => each.kind.key === kind) : [plant.get(facility)].filter((each) => each !== undefined)

  const ratedOf = ({ facility }: RuleScope) => (facility === null ? undefined : plant.get(facility)?.rated)

  function scopeOf({ kind, group, facility: id }: OverrideScopeInput, within: Scope): RuleScope {
    if (id !== undefined) {
      const facility = plant.get(id)
      if (!facility || !isInScope(within, facility)) return refuse(`There is no facility ${id}; /api/facilities lists them.`)
      if (group !== undefined) refuse('An override is for a group or for a facility, not for both.')
      if (kind !== undefined && kind !== facility.kind.key) refuse(`${id} is a ${facility.kind.key}, not a ${kind}.`)
      return { kind: facility.kind.key, group: null, facility: id }
    }
    if (kind === undefined) return refuse('The scope names nothing; give a kind, a kind and a group, or a facility.')
    if (!kinds.has(kind)) refuse(`There is no kind ${kind}; there are ${[...kinds.keys()].join(', ')}.`)
    return { kind, group: group === undefined ? null : knownGroup(rules, group).name, facility: null }
  }

  /** What is changed for a kind or a group counts everywhere, and everybody may see it. */
  const isSeen = ({ facility: id }: RuleScope, scope: Scope): boolean => {
    if (isWhole(scope) || id === null) return true
    const facility = plant.get(id)
    return facility !== undefined && isInScope(scope, facility)
  }

  function checkOwn({ facility: id }: RuleScope, scope: Scope): void {
    if (isWhole(scope)) return
    const facility = id === null ? undefined : plant.get(id)
    if (!facility || !isOwnIn(scope, facility))
      throw new LamplighterError(
        'not-allowed',
        'Your account is limited to a part of the city; it may change rules of single facilities there, and of no kind or group.',
      )
  }

  const overrideOf = (place: RulePlace) => rules.overrides.find((each) => isFor(each, place))
  const isCurrent = ({ after, ...place }: RuleVersion) => isDeepStrictEqual(overrideOf(place)?.changes ?? null, after)
  const listed = (version: RuleVersion): ListedVersion => ({ ...version, current: isCurrent(version) })

  /** Lets a change count at once, and keeps it as a version. */
  function carryOut(change: RuleChange): ReturnType<RuleStore['change']> {
    const { action, after, revertsTo, reason, by } = change
    const known = overrideOf(change)
    const said = [known?.changes ?? null, after].flatMap((changes) => (changes ? JSON.stringify(changes) : []))
    const to = revertsTo === null ? '' : `to version ${revertsTo}, `
    const detail = `${to}${said.join(' -> ') || 'nothing'}: ${reason}`
    let made: ReturnType<RuleStore['change']> | undefined
    changeRules(parts, { by, action: `${action}-override`, subject: subjectOf(change), detail }, () => {
      made = state.rules.change(change)
      const others = rules.overrides.filter((each) => each !== known)
      return {
        groups: rules.groups,
        overrides: made.override ? [...others, made.override] : others,
        concerned: concernedBy(change),
      }
    })
    return made as ReturnType<RuleStore['change']>
  }

  /** Why what a version says cannot count again, in words. */
  function revertProblems(to: RuleVersion): string[] {
    const { kind: key, group, facility: id, rule, after } = to
    if (isCurrent(to)) return [after ? 'what it says is in force already' : 'nothing is changed there already']
    const kind = kinds.get(key)
    if (!kind) return [`there is no kind ${key} any more`]
    const facility = id === null ? null : plant.get(id)
    if (facility === undefined) return [`there is no facility ${id} any more`]
    if (facility && facility.kind !== kind) return [`${id} is a ${facility.kind.key} now`]
    if (group !== null && !rules.groups.some(({ name }) => name === group)) return [`there is no group ${JSON.stringify(group)} any more`]
    return after ? changeProblems(kind, rule, after, facility?.rated) : []
  }

  return {
    listOverrides(filter: OverrideFilter, scope: Scope, before: number, limit: number): Page<RuleOverride> {
      const fields = Object.entries(filter) as [keyof OverrideFilter, string][]
      const found = rules.overrides
        .filter(
          (override) => override.id < before && isSeen(override, scope) && fields.every(([field, value]) => override[field] === value),
        )
        .sort((a, b) => b.id - a.id)
      const items = found.slice(0, limit)
      return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
    overrideProblem: (override: RuleOverride): string | null => {
      const kind = kinds.get(override.kind)
      const problems = kind
        ? changeProblems(kind, override.rule, override.changes, ratedOf(override))
        : [`there is no kind ${override.kind} any more`]
      return problems.length > 0 ? problems.join('; ') : null
    },
    putOverride({ scope: given, rule, changes, reason }: OverrideInput, by: string, within: Scope): RuleOverride {
      const scope = scopeOf(given, within)
      checkOwn(scope, within)
      const problems = changeProblems(kinds.get(scope.kind) as FacilityKind, rule, changes, ratedOf(scope))
      if (problems.length > 0) refuse(`Nothing was changed of ${rule}: ${problems.join('; ')}.`)
      const known = overrideOf({ ...scope, rule })
      if (known && isDeepStrictEqual(known.changes, changes)) return known
      const { override } = carryOut({ ...scope, rule, action: 'put', after: changes, revertsTo: null, reason, by, at: now() })
      return override as RuleOverride
    },
    removeOverride(id: number, reason: string, by: string, scope: Scope): void {
      const override = rules.overrides.find((each) => each.id === id)
      if (!override || !isSeen(override, scope))
        throw new LamplighterError('not-found', `There is no override ${id}; /api/overrides lists them.`)
      checkOwn(override, scope)
      carryOut({ ...placeOf(override), action: 'remove', after: null, revertsTo: null, reason, by, at: now() })
    },
    ruleVersions(filter: OverrideFilter, scope: Scope, before: number | undefined, limit: number): Page<ListedVersion> {
      const within = facilityScope(scope, kinds.values())
      const { items, next } = state.rules.versions({ ...filter, ...(before !== undefined && { before }), ...(within && { within }), limit })
      return { items: items.map(listed), next }
    },
    revertRule(id: number, reason: string, by: string, scope: Scope): ListedVersion {
      const to = state.rules.version(id)
      if (!to || !isSeen(to, scope))
        throw new LamplighterError('not-found', `There is no version ${id} of the rules; /api/rules/versions lists them.`)
      checkOwn(to, scope)
      const problems = revertProblems(to)
      if (problems.length > 0)
        throw new LamplighterError('action-refused', `Version ${id} cannot be put back: ${problems.join('; ')}. Nothing was changed.`)
      const { version } = carryOut({ ...placeOf(to), action: 'revert', after: to.after, revertsTo: id, reason, by, at: now() })
      return listed(version)
    },
    rulesOf: (facility: Facility) => ({
      rules: rules.effective(facility),
      overrides: rules.overridesFor(facility),
      groups: rules.groupsOf(facility),
    }),
    limitsOver: (facility: Facility, from: number, to: number) => {
      const versions = state.rules.versions({ kind: facility.kind.key, limit: MOST_VERSIONS }).items
      return limitLines({ facility, groups: rules.groups, overrides: rules.overrides, versions, from, to })
    },
  }
}

/** Of what there is at most one override. */
type RulePlace = RuleScope & { readonly rule: string }

const placeOf = ({ kind, group, facility, rule }: RulePlace): RulePlace => ({ kind, group, facility, rule })

const isFor = (override: RuleOverride, { kind, group, facility, rule }: RulePlace) =>
  override.kind === kind && override.group === group && override.facility === facility && override.rule === rule

const subjectOf = ({ kind, group, facility, rule }: RulePlace) =>
  `${rule} of ${facility ?? (group === null ? kind : `${kind} in group ${group}`)}`
