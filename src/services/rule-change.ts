import type { InForce } from '../detection/detection.ts'
import type { RuleSetting } from '../detection/rule.ts'
import { LamplighterError } from '../errors.ts'
import type { Facility } from '../facilities/plant.ts'
import type { RuleBook } from '../facilities/rule-book.ts'
import { type FacilityGroup, type RuleOverride, settingProblems } from '../facilities/rule-settings.ts'
import type { AuditRecord } from '../storage/state-store.ts'
import type { ServiceParts } from './parts.ts'

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
  const { rules, state, detector, pipeline, now } = parts
  const { change, settings } = state.transaction(() => {
    const change = write()
    const after = rules.with(change.groups, change.overrides)
    const settings = change.concerned.map((facility) => after.settingsOf(facility))
    checkTogether(rules, change.concerned, settings)
    state.audit({ at: now(), ...audit })
    return { change, settings }
  })
  rules.replace(change.groups, change.overrides)
  const before = new Map<number, InForce>()
  change.concerned.forEach(({ number }, i) => {
    const known = detector.use(number, settings[i] as readonly RuleSetting[])
    if (known) before.set(number, known)
  })
  if (before.size > 0) pipeline.resettle(before, now())
}

/** Low above high and the like; what was so before is not this change's doing. */
function checkTogether(before: RuleBook, concerned: readonly Facility[], after: readonly (readonly RuleSetting[])[]): void {
  const seen = new Set<unknown>()
  for (const [i, facility] of concerned.entries()) {
    const settings = after[i] as readonly RuleSetting[]
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
