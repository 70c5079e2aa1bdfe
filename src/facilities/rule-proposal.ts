import type { RuleParameters } from '../detection/rule.ts'
import { LamplighterError } from '../errors.ts'
import { changeProblems } from './change-problems.ts'
import type { FacilityKind } from './facility-kind.ts'
import type { FacilityGroup, RuleChanges, RuleOverride, RuleScope } from './rule-settings.ts'

/** Everything engineers changed of the rules. */
export interface RuleSet {
  readonly groups: readonly FacilityGroup[]
  readonly overrides: readonly RuleOverride[]
}

/** What somebody thinks of changing; `changes` null takes back what was changed there. */
export interface RuleProposal extends RuleScope {
  readonly rule: string
  readonly changes: RuleChanges | null
}

/** The rated values of a facility by its id; undefined where it is not known. */
type RatedOf = (facility: string) => RuleParameters | undefined

/** Beyond every id a store gives. */
const PROPOSED = 1_000_000_000

/** The rules as they would be, by the same law as when they are changed: one override per scope and rule. Throws `invalid-request`. */
export function proposeRules(
  { groups, overrides }: RuleSet,
  proposals: readonly RuleProposal[],
  kinds: ReadonlyMap<string, FacilityKind>,
  ratedOf: RatedOf = () => undefined,
): RuleSet {
  const problems = proposals.flatMap((proposal) => proposalProblems(proposal, groups, kinds, ratedOf))
  if (problems.length > 0) throw new LamplighterError('invalid-request', `What is proposed cannot be: ${problems.join('; ')}.`)
  const proposed = proposals.reduce<readonly RuleOverride[]>((all, { kind, group, facility, rule, changes }, i) => {
    const others = all.filter((each) => each.kind !== kind || each.group !== group || each.facility !== facility || each.rule !== rule)
    if (changes === null) return others
    return [...others, { id: PROPOSED + i, version: null, kind, group, facility, rule, changes, reason: 'proposed', by: '', at: 0 }]
  }, overrides)
  return { groups, overrides: proposed }
}

function proposalProblems(
  { kind: key, group, facility, rule, changes }: RuleProposal,
  groups: readonly FacilityGroup[],
  kinds: ReadonlyMap<string, FacilityKind>,
  ratedOf: RatedOf,
): string[] {
  const kind = kinds.get(key)
  if (!kind) return [`there is no kind ${key}; there are ${[...kinds.keys()].join(', ')}`]
  if (group !== null && facility !== null) return [`a change of ${rule} is for a group or for a facility, not for both`]
  if (group !== null && !groups.some(({ name }) => name === group)) return [`there is no group ${JSON.stringify(group)}`]
  if (changes === null) return []
  const rated = facility === null ? undefined : ratedOf(facility)
  return changeProblems(kind, rule, changes, rated).map((problem) => `${rule}: ${problem}`)
}
