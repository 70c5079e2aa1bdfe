import Type, { type Static } from 'typebox'
import { LONGEST_TEXT, LONGEST_TIME_TO_ACT, LONGEST_TITLE, MOST_STEPS, SHORTEST_TIME_TO_ACT } from '../../facilities/change-problems.ts'
import { MAX_QUERY_LENGTH } from '../../facilities/facility-query.ts'
import { settingSources } from '../../facilities/rule-settings.ts'
import { ruleActions } from '../../facilities/rule-version.ts'
import { words } from './schema-parts.ts'
import { HoursSchema, literals, ModeSchema, nullable, PrioritySchema, TextSchema, time } from './schemas.ts'

/** Shapes of what engineers change of the rules. Delays are ms, parameters in the unit of the point or ms. */
const GivenReasonSchema = words('why; kept with the change')

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

const bounded = (maxLength: number) => {
  const words = Type.String({ minLength: 1, maxLength })
  return Type.Object({ zh: words, en: words }, { additionalProperties: false, description: 'neither may be blank' })
}
const anyText = Type.Optional(bounded(LONGEST_TEXT))
const RuleTextsChangeSchema = Type.Object(
  {
    title: Type.Optional(bounded(LONGEST_TITLE)),
    cause: anyText,
    consequence: anyText,
    response: Type.Optional(Type.Array(bounded(LONGEST_TEXT), { minItems: 1, maxItems: MOST_STEPS, description: 'steps, in order' })),
    timeToAct: Type.Optional(Type.Number({ minimum: SHORTEST_TIME_TO_ACT, maximum: LONGEST_TIME_TO_ACT, description: 'minutes' })),
  },
  { additionalProperties: false, description: 'what an operator is told; what is left out stays as it is' },
)

/** Null: in every mode, always. */
const ModesSchema = nullable(
  Type.Array(ModeSchema, {
    minItems: 1,
    uniqueItems: true,
    description: 'judged only in these modes of the facility; null: in every mode',
  }),
)

const changes = {
  enabled: Type.Optional(Type.Boolean()),
  priority: Type.Optional(PrioritySchema),
  onDelay: Type.Optional(Type.Number({ description: 'ms' })),
  offDelay: Type.Optional(Type.Number({ description: 'ms' })),
  modes: Type.Optional(ModesSchema),
  hours: Type.Optional(nullable(HoursSchema)),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Number(), { description: "by name, as the kind's rule has them" })),
  texts: Type.Optional(RuleTextsChangeSchema),
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
  activation: nullable(Type.Integer({ description: 'the activation of an emergency plan that raises it' })),
})
const effective = <T extends Type.TSchema>(value: T) =>
  Type.Object({ value, usual: value, source: SettingSourceSchema }, { description: '`usual` would be in force without overrides' })

export const EffectiveRuleSchema = Type.Object({
  rule: Type.String(),
  version: Type.String({
    description:
      'of the program, and behind a plus sign the newest of /api/rules/versions that bears on it here; behind a caret the activation of the emergency plan that raises its priority',
  }),
  shelvable: Type.Boolean({
    description: 'false: it protects lives, so it is neither switched off, made less urgent nor limited to modes or hours',
  }),
  enabled: effective(Type.Boolean()),
  priority: effective(PrioritySchema),
  onDelay: effective(Type.Number()),
  offDelay: effective(Type.Number()),
  modes: effective(ModesSchema),
  hours: effective(nullable(HoursSchema)),
  texts: Type.Object({
    title: effective(TextSchema),
    cause: effective(TextSchema),
    consequence: effective(TextSchema),
    response: effective(Type.Array(TextSchema)),
    timeToAct: effective(Type.Number({ description: 'minutes' })),
  }),
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

export const RuleVersionSchema = Type.Object({
  id: Type.Integer(),
  kind: Type.String(),
  group: nullable(Type.String()),
  facility: nullable(Type.String()),
  rule: Type.String(),
  action: literals(ruleActions),
  before: nullable(RuleChangesSchema),
  after: nullable(RuleChangesSchema),
  revertsTo: nullable(Type.Integer({ description: 'the version whose `after` counts again' })),
  reason: Type.String(),
  by: Type.String(),
  at: time('when'),
  current: Type.Boolean({ description: 'its `after` is what is in force for that scope and rule now' }),
})
export type RuleVersionView = Static<typeof RuleVersionSchema>

export const RuleVersionPageSchema = Type.Object({
  items: Type.Array(RuleVersionSchema, { description: 'newest first; `before` and `after` null: nothing is changed there' }),
  next: nullable(Type.Integer({ description: 'passed back as `before`; null at the end' })),
})
export type RuleVersionPageView = Static<typeof RuleVersionPageSchema>
export const RevertSchema = Type.Object({ reason: GivenReasonSchema }, { additionalProperties: false })
