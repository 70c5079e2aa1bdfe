import { LamplighterError } from '../errors.ts'
import type { Facility } from '../facilities/plant.ts'
import { RuleBook } from '../facilities/rule-book.ts'
import { type FacilityGroup, type RuleOverride, settingProblems } from '../facilities/rule-settings.ts'
import type { AuditRecord } from '../storage/state-store.ts'
import type { ServiceParts } from './parts.ts'
import { resettle } from './resettling.ts'

/** Groups and overrides as they are to be, and the facilities for which that may make a difference. */
export interface RuleChange {
  groups: readonly FacilityGroup[]
  overrides: readonly RuleOverride[]
  concerned: readonly Facility[]
}

/**
 * Writes a change of the rules, checks what would be in force, audits it, all in one transaction; then lets it count at once, with all that
 * detection remembers. Throws `invalid-request` when values would contradict each other.
 */
export function changeRules(parts: ServiceParts, audit: Omit<AuditRecord, 'at'>, write: () => RuleChange): void {
  const { rules, state, detector, now } = parts
  const { groups, overrides, concerned } = state.transaction(() => {
    const change = write()
    checkTogether(rules, new RuleBook(change.groups, change.overrides), change.concerned)
    state.audit({ at: now(), ...audit })
    return change
  })
  rules.replace(groups, overrides)
  const before = new Map(concerned.map(({ number }) => [number, detector.inForce(number)]))
  for (const facility of concerned) {
    const settings = rules.settingsOf(facility)
    if (settings !== before.get(facility.number)?.settings) detector.put(facility, settings)
  }
  resettle(parts, concerned, before, now())
}

/** Low above high and the like; what was so before is not this change's doing. */
function checkTogether(before: RuleBook, after: RuleBook, concerned: readonly Facility[]): void {
  const seen = new Set<unknown>()
  for (const facility of concerned) {
    const settings = after.settingsOf(facility)
    if (seen.has(settings)) continue
    seen.add(settings)
    const old = settingProblems(facility.kind, before.settingsOf(facility))
    const problem = settingProblems(facility.kind, settings).find((each) => !old.includes(each))
    if (problem)
      throw new LamplighterError(
        'invalid-request',
        `Nothing was changed: for ${facility.id} ${problem}. Change both together, or make an exception for it first.`,
      )
  }
}
