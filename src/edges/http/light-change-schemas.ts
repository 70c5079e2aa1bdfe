import Type, { type Static, type TSchema } from 'typebox'
import { lightChangeStates } from '../../control/light-change.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { ApprovalSchema, ArmingSchema, ConsoleSeatSchema, DeclineCommandSchema, ExecuteCommandSchema } from './command-schemas.ts'
import {
  AssignmentsInputSchema,
  CalendarSchema,
  ConditionSchema,
  ControlProgrammeSchema,
  OverrideInputSchema,
  ProgrammeIdSchema,
} from './programme-schemas.ts'
import { literals, nullable, time, words } from './schema-parts.ts'

const strict = { additionalProperties: false }
const states = Object.keys(lightChangeStates) as (keyof typeof lightChangeStates)[]
const PercentSchema = Type.Number({ description: '% of full light' })

const changeSchema = <T extends TSchema>(override: T) =>
  Type.Union([
    Type.Object({ type: Type.Literal('override'), override }, strict),
    Type.Object(
      { type: Type.Literal('end-override'), override: Type.Integer({ minimum: 1, description: 'its id' }), reason: words('why') },
      strict,
    ),
    Type.Object({ type: Type.Literal('programme'), programme: ControlProgrammeSchema }, strict),
    Type.Object({ type: Type.Literal('calendar'), calendar: CalendarSchema }, strict),
    Type.Object(
      {
        type: Type.Literal('assignments'),
        assignments: AssignmentsInputSchema.properties.items,
        version: AssignmentsInputSchema.properties.version,
      },
      strict,
    ),
    Type.Object({ type: Type.Literal('condition'), condition: ConditionSchema }, strict),
    Type.Object({ type: Type.Literal('remove-condition'), condition: ProgrammeIdSchema.properties.id }, strict),
  ])

export const LightChangeInputSchema = changeSchema(OverrideInputSchema)
const LightChangeContentSchema = changeSchema(
  Type.Object({
    ...OverrideInputSchema.properties,
    plan: Type.Optional(nullable(Type.String({ description: 'the activation of an emergency plan that asks for it' }))),
  }),
)

const DifferencesSchema = Type.Array(
  Type.Object({
    at: time('where their light first becomes less, or another one'),
    before: PercentSchema,
    after: PercentSchema,
    lamps: Type.Integer(),
    cabinets: Type.Integer(),
  }),
  { description: 'what they would give compared with what they give without it, those that get less first' },
)
const CountsSchema = Type.Object({
  lamps: Type.Integer({ description: 'whose light it is' }),
  cabinets: Type.Integer(),
  darkerLamps: Type.Integer({ description: 'those that get less light at some time, or none' }),
  darkerCabinets: Type.Integer(),
})

const console = Type.Optional(ConsoleSeatSchema)
export const ArmLightChangeSchema = Type.Object({ change: LightChangeInputSchema, console }, strict)
export const LightArmingSchema = Type.Object({
  token: ArmingSchema.properties.token,
  expires: ArmingSchema.properties.expires,
  counts: CountsSchema,
  ready: Type.Integer({ description: 'the lamps, or the cabinets where there is no lamp' }),
  typesCount: ArmingSchema.properties.typesCount,
  differences: DifferencesSchema,
  danger: ArmingSchema.properties.danger,
  secondPerson: ArmingSchema.properties.secondPerson,
})
export const ExecuteLightChangeSchema = ExecuteCommandSchema
export const DecideLightChangeSchema = DeclineCommandSchema
export const LightChangeIdSchema = Type.Object({ id: Type.String({ minLength: 1, maxLength: 80 }) })
export const WithdrawLightChangeSchema = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 2000 })) }, strict)
export const LightChangeListQuerySchema = Type.Object(
  {
    state: Type.Optional(literals(['waiting', 'all'] as const, { default: 'all' })),
    before: cursorSchema,
    limit: limitSchema(200, 50),
  },
  strict,
)
export const LightChangeSchema = Type.Object({
  id: Type.String(),
  change: LightChangeContentSchema,
  by: Type.String({ description: 'a person, or `key:NAME`' }),
  account: Type.String({ description: 'that answers for it: of a key, that of its owner' }),
  at: time('when it was asked for'),
  state: literals(states),
  counts: CountsSchema,
  differences: DifferencesSchema,
  approval: nullable(ApprovalSchema),
  override: nullable(Type.Integer({ description: 'id of the override that it made or ended' })),
  needs: literals(['programme.override', 'programme.edit'] as const, { description: 'what a second person must be allowed' }),
  isElsewhere: Type.Boolean({ description: 'some of it lies out of scope' }),
})
export const LightChangePageSchema = Type.Object({ items: Type.Array(LightChangeSchema), next: nullable(Type.Integer()) })

export type LightChangeInput = Static<typeof LightChangeInputSchema>
export type LightArmingView = Static<typeof LightArmingSchema>
export type LightChangeView = Static<typeof LightChangeSchema>
