import Type from 'typebox'
import { GroupInputSchema, RuleChangesSchema } from '../edges/http/rule-schemas.ts'
import { nullable } from '../edges/http/schemas.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { proposeRules, type RuleSet } from '../facilities/rule-proposal.ts'
import { readJsonFile } from './json-file.ts'

/** What must be there; the rest of an export (who, when, why) may be. */
const RuleFileSchema = Type.Object({
  groups: Type.Optional(
    Type.Array(Type.Object({ name: Type.String(), rank: GroupInputSchema.properties.rank, query: GroupInputSchema.properties.query })),
  ),
  overrides: Type.Optional(
    Type.Array(
      Type.Object({
        kind: Type.String(),
        group: Type.Optional(nullable(Type.String())),
        facility: Type.Optional(nullable(Type.String())),
        rule: Type.String(),
        changes: RuleChangesSchema,
      }),
    ),
  ),
})

/** Reads groups and overrides as `GET /api/rules/export` gives them. Throws `invalid-request` with what is wrong. */
export function readRuleFile(file: string, kinds: ReadonlyMap<string, FacilityKind>): RuleSet {
  const content = readJsonFile(file, RuleFileSchema, '{"groups": [...], "overrides": [...]} as GET /api/rules/export gives it')
  const groups = (content.groups ?? []).map((group) => ({ reason: '', by: '', at: 0, ...group }))
  const proposals = (content.overrides ?? []).map((each) => ({ ...each, group: each.group ?? null, facility: each.facility ?? null }))
  return proposeRules({ groups, overrides: [] }, proposals, kinds)
}
