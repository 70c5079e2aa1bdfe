import type { RuleSetting } from '../detection/rule.ts'
import { defaultSettings } from '../detection/settings.ts'
import { LamplighterError } from '../errors.ts'
import { type FacilityQuery, matchesFacility, parseFacilityQuery } from './facility-query.ts'
import type { Facility } from './plant.ts'
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

/** What of the rules engineers have changed, and for whom: default < rated < kind < group by rising rank < facility. */
export class RuleBook {
  #groups: readonly FacilityGroup[] = []
  #overrides: readonly RuleOverride[] = []
  #ranked: readonly RankedGroup[] = []
  #byKind: ReadonlyMap<string, KindOverrides> = new Map()
  /** By content, so an entry is right for ever. */
  #shared = new Map<string, SharedSettings>()

  constructor(groups: readonly FacilityGroup[] = [], overrides: readonly RuleOverride[] = []) {
    this.replace(groups, overrides)
  }

  /** Another book, which gives the same object for the same content as this one. */
  with(groups: readonly FacilityGroup[], overrides: readonly RuleOverride[]): RuleBook {
    // Left by changes that were tried and refused.
    this.#forgetUnused()
    const other = new RuleBook(groups, overrides)
    other.#shared = this.#shared
    return other
  }

  get groups(): readonly FacilityGroup[] {
    return this.#groups
  }
  get overrides(): readonly RuleOverride[] {
    return this.#overrides
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
    return effectiveSettings(facility.kind, facility.rated, this.overridesFor(facility))
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
