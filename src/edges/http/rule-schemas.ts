import Type, { type Static } from 'typebox'
import { MAX_QUERY_LENGTH } from '../../facilities/facility-query.ts'
import { settingSources } from '../../facilities/rule-settings.ts'
import { literals, nullable, PrioritySchema } from './schemas.ts'

/** Shapes of what engineers change of the rules. Delays are ms, parameters in the unit of the point or ms. */
const GivenReasonSchema = Type.String({ minLength: 1, maxLength: 2000, description: 'why; kept with the change' })

/** A name stands in addresses and is read by people. */
export const GroupNameSchema = Type.Object({ name: Type.String({ minLength: 1, maxLength: 64, pattern: '^\\S(.*\\S)?$' }) })
export const RemovalReasonSchema = Type.Object({ reason: GivenReasonSchema }, { additionalProperties: false })

export const GroupInputSchema = Type.Object(
  {
    rank: Type.Integer({ minimum: 0, maximum: 1000, description: 'where groups overlap the higher rank wins' }),
    query: Type.String({ minLength: 1, maxLength: MAX_QUERY_LENGTH, description: 'as in GET /api/facilities' }),
    reason: GivenReasonSchema,
  },
  { additionalProperties: false },
)
export type GroupInput = Static<typeof GroupInputSchema>

export const GroupSchema = Type.Object({
  name: Type.String(),
  rank: Type.Integer(),
  query: Type.String(),
  reason: Type.String({ description: 'of the last change' }),
  by: Type.String(),
  at: Type.Number({ description: 'of the last change, ms since 1970' }),
  problem: nullable(Type.String({ description: 'why it has no members: its query was written for another version of the program' })),
})
export type GroupView = Static<typeof GroupSchema>

export const GroupDetailSchema = Type.Object({ ...GroupSchema.properties, facilities: Type.Integer({ description: 'that are in it now' }) })

const changes = {
  enabled: Type.Optional(Type.Boolean()),
  priority: Type.Optional(PrioritySchema),
  onDelay: Type.Optional(Type.Number({ description: 'ms' })),
  offDelay: Type.Optional(Type.Number({ description: 'ms' })),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Number(), { description: "by name, as the kind's rule has them" })),
}
export const RuleChangesSchema = Type.Object(changes, { additionalProperties: false, description: 'what is left out stays as it is' })

const scope = {
  kind: Type.Optional(Type.String({ maxLength: 64 })),
  group: Type.Optional(Type.String({ maxLength: 64 })),
  facility: Type.Optional(Type.String({ maxLength: 64 })),
}
const OverrideScopeSchema = Type.Object(scope, {
  additionalProperties: false,
  description: 'kind: all of the kind; kind and group: those of the kind in the group; facility: this one',
})
export type OverrideScopeInput = Static<typeof OverrideScopeSchema>

export const OverrideInputSchema = Type.Object(
  { scope: OverrideScopeSchema, rule: Type.String({ maxLength: 100 }), changes: RuleChangesSchema, reason: GivenReasonSchema },
  { additionalProperties: false },
)
export type OverrideInput = Static<typeof OverrideInputSchema>

export const OverrideSchema = Type.Object({
  id: Type.Integer(),
  kind: Type.String(),
  group: nullable(Type.String()),
  facility: nullable(Type.String()),
  rule: Type.String(),
  changes: RuleChangesSchema,
  reason: Type.String(),
  by: Type.String(),
  at: Type.Number({ description: 'ms since 1970' }),
  problem: nullable(Type.String({ description: 'why it has no full effect: it was made for another version of the program' })),
})
export type OverrideView = Static<typeof OverrideSchema>

const SettingSourceSchema = Type.Object({
  from: literals(settingSources),
  override: nullable(Type.Integer({ description: 'the override that says so' })),
  group: nullable(Type.String({ description: 'the group that override is made for' })),
})
const effective = <T extends Type.TSchema>(value: T) =>
  Type.Object({ value, usual: value, source: SettingSourceSchema }, { description: '`usual` would be in force without overrides' })

export const EffectiveRuleSchema = Type.Object({
  rule: Type.String(),
  shelvable: Type.Boolean({ description: 'false: it protects lives, so it is neither switched off nor made less urgent' }),
  enabled: effective(Type.Boolean()),
  priority: effective(PrioritySchema),
  onDelay: effective(Type.Number()),
  offDelay: effective(Type.Number()),
  parameters: Type.Array(Type.Object({ name: Type.String(), ...effective(Type.Number()).properties })),
})
export type EffectiveRuleView = Static<typeof EffectiveRuleSchema>

export const FacilityRulesSchema = Type.Object({
  facility: Type.String(),
  kind: Type.String(),
  rules: Type.Array(EffectiveRuleSchema),
  overrides: Type.Array(OverrideSchema, { description: 'those that hold here, the weakest first' }),
  groups: Type.Array(Type.String(), { description: 'that it is in, the weakest first' }),
})
export type FacilityRulesView = Static<typeof FacilityRulesSchema>
