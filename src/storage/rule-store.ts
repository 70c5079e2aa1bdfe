import type { FacilityGroup, RuleOverride } from '../facilities/rule-settings.ts'

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
  /** Inserts, or replaces the one of the same scope and rule (its `id` is ignored), and returns the id, which a replaced one keeps. */
  putOverride(override: RuleOverride): number
  removeOverride(id: number): void
}
