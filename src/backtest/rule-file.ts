import { readFileSync } from 'node:fs'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { GroupInputSchema, RuleChangesSchema } from '../edges/http/rule-schemas.ts'
import { nullable } from '../edges/http/schemas.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { proposeRules, type RuleSet } from '../facilities/rule-proposal.ts'

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
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new LamplighterError(
      'invalid-request',
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`,
      error,
    )
  }
  if (!Value.Check(RuleFileSchema, content)) {
    const [problem] = Value.Errors(RuleFileSchema, content)
    throw new LamplighterError(
      'invalid-request',
      `${file} is not {"groups": [...], "overrides": [...]} as GET /api/rules/export gives it: ${problem?.instancePath || 'the file'} ${problem?.message}`,
    )
  }
  const groups = (content.groups ?? []).map((group) => ({ reason: '', by: '', at: 0, ...group }))
  const proposals = (content.overrides ?? []).map((each) => ({ ...each, group: each.group ?? null, facility: each.facility ?? null }))
  return proposeRules({ groups, overrides: [] }, proposals, kinds)
}
