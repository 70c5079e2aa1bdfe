import type { FacilityScope } from '../access/scope.ts'
import type { FacilityGroup, RuleOverride } from '../facilities/rule-settings.ts'
import type { RuleVersion } from '../facilities/rule-version.ts'
import type { Page } from './state-store.ts'

/** A change of a rule for a scope; `after` null takes back what was changed there. */
export type RuleChange = Omit<RuleVersion, 'id' | 'before'>

export interface RuleVersionQuery {
  kind?: string
  rule?: string
  group?: string
  facility?: string
  /** Only those of these facilities, of kinds and of groups. */
  within?: FacilityScope
  /** Only those with a lower id. */
  before?: number
  limit: number
}

/** What engineers changed of the rules, and the groups of facilities they did it for. Calls belong to the caller's transaction. */
export interface RuleStore {
  /** By name. */
  groups(): FacilityGroup[]
  /** Inserts or replaces. */
  putGroup(group: FacilityGroup): void
  /** Fails with `action-refused` while overrides are made for it. */
  removeGroup(name: string): void

  /** In order of id. */
  overrides(): RuleOverride[]
  override(id: number): RuleOverride | undefined
  /**
   * Lets what a change says count for its scope and rule, and keeps it as a version. An override that is replaced keeps its id. Fails with
   * `action-refused` when it is for a group that there is not.
   */
  change(change: RuleChange): { version: RuleVersion; override: RuleOverride | null }

  version(id: number): RuleVersion | undefined
  /** Newest first. */
  versions(query: RuleVersionQuery): Page<RuleVersion>
}
