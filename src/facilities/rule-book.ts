import type { Priority, Rule, RuleSetting } from '../detection/rule.ts'
import { ruleIndex } from '../detection/rule-key.ts'
import { defaultSettings } from '../detection/settings.ts'
import { LamplighterError } from '../errors.ts'
import { type FacilityQuery, matchesFacility, parseFacilityQuery } from './facility-query.ts'
import type { Facility } from './plant.ts'
import { applyRaises, isRaisedBy, type PriorityRaise, raisedPriority, strongestRaise } from './priority-raise.ts'
import { applyOverrides, type EffectiveRule, effectiveSettings, type FacilityGroup, type RuleOverride } from './rule-settings.ts'

interface RankedGroup {
  name: string
  query: FacilityQuery
}

/** The overrides of one kind, by where they hold. */
interface KindOverrides {
  ofKind: RuleOverride[]
  ofGroups: Map<string, RuleOverride[]>
  ofFacilities: Map<string, RuleOverride[]>
}

interface SharedSettings {
  settings: readonly RuleSetting[]
  /** Of the overrides that made them. */
  contents: readonly string[]
}

/** More different settings than a city has; beyond, sharing begins anew. */
const MAX_SHARED = 10_000

/**
 * What of the rules engineers have changed, and for whom: default < rated < kind < group by rising rank < facility. What emergency plans raise
 * lies over all of it and is no change of a rule.
 */
export class RuleBook {
  #groups: readonly FacilityGroup[] = []
  #overrides: readonly RuleOverride[] = []
  #ranked: readonly RankedGroup[] = []
  #byKind: ReadonlyMap<string, KindOverrides> = new Map()
  /** By content, so an entry is right for ever. */
  #shared = new Map<string, SharedSettings>()
  #raises: readonly PriorityRaise[] = []
  /** By what they were raised from, and by the places of the raises. */
  #raised = new WeakMap<readonly RuleSetting[], Map<string, readonly RuleSetting[]>>()

  constructor(groups: readonly FacilityGroup[] = [], overrides: readonly RuleOverride[] = []) {
    this.replace(groups, overrides)
  }

  /** Another book, which gives the same object for the same content as this one. */
  with(groups: readonly FacilityGroup[], overrides: readonly RuleOverride[]): RuleBook {
    // Left by changes that were tried and refused.
    this.#forgetUnused()
    const other = new RuleBook(groups, overrides)
    other.#shared = this.#shared
    other.#raises = this.#raises
    other.#raised = this.#raised
    return other
  }

  get groups(): readonly FacilityGroup[] {
    return this.#groups
  }
  get overrides(): readonly RuleOverride[] {
    return this.#overrides
  }

  get raises(): readonly PriorityRaise[] {
    return this.#raises
  }

  /** Takes what emergency plans raise anew. */
  raise(raises: readonly PriorityRaise[]): void {
    this.#raises = raises
    this.#raised = new WeakMap()
  }

  /** The raises that hold for a facility. */
  raisesFor(facility: Facility): readonly PriorityRaise[] {
    return this.#raises.length === 0 ? this.#raises : this.#raises.filter((raise) => isRaisedBy(raise, facility))
  }

  /** What makes alarms of a rule more urgent at a facility than the rule says there; null: nothing does. */
  raiseOf(facility: Facility, rule: string): { activation: number; from: Priority; to: Priority } | null {
    const raises = this.raisesFor(facility)
    const index = raises.length === 0 ? -1 : ruleIndex(facility.kind.rules, rule)
    if (index < 0) return null
    const { priority: from } = this.#unraised(facility)[index] as RuleSetting
    const raise = strongestRaise(raises, facility.kind.key, facility.kind.rules[index] as Rule, from)
    return raise && { activation: raise.activation, from, to: raisedPriority(from, raise.to) }
  }

  /** Takes all groups and overrides anew. A group whose query cannot be read has no members. */
  replace(groups: readonly FacilityGroup[], overrides: readonly RuleOverride[]): void {
    this.#groups = groups
    this.#overrides = overrides
    this.#ranked = groups
      .filter((group) => queryProblem(group.query) === null)
      .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1))
      .map(({ name, query }) => ({ name, query: parseFacilityQuery(query) }))
    this.#byKind = byKind(overrides)
    this.#forgetUnused()
  }

  #forgetUnused(): void {
    const used = new Set(this.#overrides.map(contentOf))
    for (const [key, { contents }] of this.#shared) if (!contents.every((content) => used.has(content))) this.#shared.delete(key)
  }

  /** Names of the groups a facility is in, the weakest first. */
  groupsOf(facility: Facility): string[] {
    return this.#ranked.filter(({ query }) => matchesFacility(query, facility)).map(({ name }) => name)
  }

  /** The overrides that hold for a facility, the weakest first. */
  overridesFor(facility: Facility): readonly RuleOverride[] {
    const all = this.#byKind.get(facility.kind.key)
    if (!all) return []
    const own = all.ofFacilities.get(facility.id)
    if (all.ofGroups.size === 0) return own ? [...all.ofKind, ...own] : all.ofKind
    const found = [...all.ofKind]
    for (const { name, query } of this.#ranked) {
      const ofGroup = all.ofGroups.get(name)
      if (ofGroup && matchesFacility(query, facility)) found.push(...ofGroup)
    }
    return own ? found.concat(own) : found
  }

  /** What is in force for a facility, one setting per rule of its kind; the same content is the same object. */
  settingsOf(facility: Facility): readonly RuleSetting[] {
    const settings = this.#unraised(facility)
    const raises = this.raisesFor(facility)
    if (raises.length === 0) return settings
    const known = this.#raised.get(settings) ?? new Map<string, readonly RuleSetting[]>()
    this.#raised.set(settings, known)
    const key = raises.map((raise) => this.#raises.indexOf(raise)).join(' ')
    const raised = known.get(key) ?? applyRaises(settings, facility.kind, raises)
    known.set(key, raised)
    return raised
  }

  #unraised(facility: Facility): readonly RuleSetting[] {
    const overrides = this.overridesFor(facility)
    if (overrides.length === 0) return defaultSettings(facility.kind, facility.rated)
    const { kind, rated } = facility
    const contents = overrides.map(contentOf)
    const key = `${kind.key} ${JSON.stringify({ ...kind.rated, ...rated })} ${contents.join(' ')}`
    const known = this.#shared.get(key)
    if (known) return known.settings
    if (this.#shared.size >= MAX_SHARED) this.#shared.clear()
    const settings = applyOverrides(kind, rated, overrides)
    this.#shared.set(key, { settings, contents })
    return settings
  }

  /** What is in force for a facility, with where each value comes from. */
  effective(facility: Facility): EffectiveRule[] {
    return effectiveSettings(facility.kind, facility.rated, this.overridesFor(facility), this.raisesFor(facility))
  }
}

/** Why a group's query cannot be used; null when it can. */
export function queryProblem(query: string): string | null {
  try {
    parseFacilityQuery(query)
    return null
  } catch (error) {
    if (error instanceof LamplighterError) return error.message
    throw error
  }
}

function byKind(overrides: readonly RuleOverride[]): Map<string, KindOverrides> {
  const kinds = new Map<string, KindOverrides>()
  for (const override of overrides) {
    const { kind, group, facility } = override
    const known: KindOverrides = kinds.get(kind) ?? { ofKind: [], ofGroups: new Map(), ofFacilities: new Map() }
    kinds.set(kind, known)
    if (facility !== null) addTo(known.ofFacilities, facility, override)
    else if (group !== null) addTo(known.ofGroups, group, override)
    else known.ofKind.push(override)
  }
  return kinds
}

function addTo(map: Map<string, RuleOverride[]>, key: string, override: RuleOverride): void {
  const known = map.get(key)
  if (known) known.push(override)
  else map.set(key, [override])
}

const contents = new WeakMap<RuleOverride, string>()

function contentOf(override: RuleOverride): string {
  let content = contents.get(override)
  if (content === undefined) {
    content = `${override.rule} ${override.version} ${JSON.stringify(override.changes)}`
    contents.set(override, content)
  }
  return content
}
