import Type, { type Static } from 'typebox'
import { type ApprovalReason, approvalReasons } from '../../control/approval.ts'
import { domains } from '../../facilities/facility-kind.ts'
import { MAX_QUERY_LENGTH } from '../../facilities/facility-query.ts'
import { raiseSteps } from '../../facilities/priority-raise.ts'
import { type PlanKind, planKinds } from '../../operations/emergency-plan.ts'
import { literals, NOT_BLANK, nullable, PrioritySchema, TextSchema, time, words } from './schema-parts.ts'

const strict = { additionalProperties: false }
const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[]
const key = (description: string) =>
  Type.String({ pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}_-]{0,39}$', description: `${description}: letters, digits, - and _` })
const name = (description: string) => Type.String({ minLength: 1, maxLength: 100, pattern: NOT_BLANK, description })
const query = (description: string) => Type.String({ maxLength: MAX_QUERY_LENGTH, description })
const account = nullable(Type.String({ minLength: 1, maxLength: 200 }))
const allOr = <T extends Type.TSchema>(schema: T) => Type.Union([Type.Literal('all'), Type.Array(schema, { maxItems: 200 })])

const RaiseSchema = Type.Object(
  {
    domains: allOr(literals(keysOf(domains))),
    rules: allOr(Type.String({ maxLength: 100, description: 'kind/rule' })),
    to: literals(raiseSteps, { description: 'by one step, or at least so urgent' }),
  },
  strict,
)
const LightSchema = Type.Object(
  {
    query: query('facilities besides the area; empty: all in the area'),
    level: nullable(Type.Number({ minimum: 0, maximum: 100, description: 'percent' })),
    programme: nullable(Type.String({ maxLength: 100, description: 'a lighting programme, instead of a level' })),
  },
  strict,
)
const RoundsSchema = Type.Object(
  {
    query: query('rounds besides the area'),
    factor: Type.Number({ exclusiveMinimum: 1, maximum: 10, description: 'so many times as often' }),
  },
  strict,
)
const team = { rotation: key('rotation'), team: key('team') }
const DutySchema = Type.Union([
  Type.Object({ type: Type.Literal('call-in'), ...team }, strict),
  Type.Object({ type: Type.Literal('stand-down'), ...team }, strict),
  Type.Object({ type: Type.Literal('stand-in'), ...team, away: account, substitute: account }, strict),
])
const contact = {
  name: name('who'),
  role: Type.String({ maxLength: 100, description: 'what they are' }),
  channel: nullable(Type.String({ maxLength: 100, description: 'a channel of /api/channels' })),
  account,
}
const ContactSchema = Type.Object({ ...contact, phone: Type.String({ maxLength: 40, pattern: '^[+0-9 ()-]*$' }) }, strict)
const ItemSchema = Type.Object(
  {
    key: key('item'),
    text: Type.String({ minLength: 1, maxLength: 500, pattern: NOT_BLANK }),
    owner: Type.String({ maxLength: 200, description: 'an account, or a role in words' }),
    within: nullable(Type.Integer({ minimum: 1, maximum: 100_000, description: 'minutes after the activation; null: at any time' })),
  },
  strict,
)

const planFields = {
  name: name('of the plan'),
  nameEn: Type.String({ maxLength: 100, description: 'its English name; empty: the same' }),
  kind: literals<PlanKind>(keysOf(planKinds)),
  area: query('live facility query'),
  priorities: Type.Array(RaiseSchema, { maxItems: 20 }),
  measuresWithin: nullable(
    Type.Integer({ minimum: 1, maximum: 10_000, description: 'minutes within which measures are taken at each open order of the area' }),
  ),
  light: nullable(LightSchema),
  rounds: nullable(RoundsSchema),
  duty: Type.Array(DutySchema, { maxItems: 100 }),
  contacts: Type.Array(ContactSchema, { maxItems: 100 }),
  checklist: Type.Array(ItemSchema, { maxItems: 100 }),
  instructions: Type.String({ maxLength: 4000 }),
}
export const PlanInputSchema = Type.Object(planFields, strict)
export type PlanInput = Static<typeof PlanInputSchema>
export const PutPlanSchema = Type.Object(
  { plan: PlanInputSchema, seen: Type.Integer({ minimum: 0, description: 'version that was changed; 0: a new plan' }) },
  strict,
)
export const PlanSchema = Type.Object({
  id: Type.String(),
  ...planFields,
  contacts: Type.Array(Type.Object({ ...contact, phone: nullable(Type.String({ description: 'only to those who may activate plans' })) })),
  version: Type.Integer({ description: 'counts its changes' }),
  changedBy: Type.String(),
  changedAt: time('when it was changed last'),
})
export type PlanView = Static<typeof PlanSchema>
export const PlanListSchema = Type.Object({ items: Type.Array(PlanSchema) })
const named = Type.Object({ id: Type.String(), name: Type.String() })
export const PlanChoicesSchema = Type.Object({
  accounts: Type.Array(named, { description: 'who can sign in' }),
  channels: Type.Array(named, { description: 'those that are on' }),
  programmes: Type.Array(Type.Object({ id: Type.String(), name: TextSchema }), { description: 'control programmes of lights' }),
  rules: Type.Array(Type.Object({ id: Type.String({ description: 'kind/rule' }), kind: TextSchema, title: TextSchema })),
})
export type PlanChoicesView = Static<typeof PlanChoicesSchema>
export const PlanProblemsSchema = Type.Object({
  items: Type.Array(Type.Object({ at: Type.String({ description: 'the field' }), en: Type.String(), zh: Type.String() })),
})
export const PlanIdSchema = Type.Object({ id: key('plan') })

export const ArmPlanSchema = Type.Object(
  {
    area: Type.Optional(query('a part of the area of the plan; all of it when absent')),
    drill: Type.Boolean({ description: 'everything is shown and logged, and nothing of the city is changed' }),
    reason: words('why'),
  },
  strict,
)
const count = Type.Integer({ minimum: 0 })
export const PlanEffectsSchema = Type.Object({
  facilities: count,
  byKind: Type.Array(Type.Object({ kind: Type.String(), count })),
  alarms: Type.Array(Type.Object({ from: PrioritySchema, to: PrioritySchema, count }), {
    description: 'live alarms that become more urgent',
  }),
  orders: nullable(Type.Integer({ description: 'open orders whose measures would be due; null: the plan sets no clock' })),
  lights: nullable(Type.Integer({ description: 'lamps and cabinets that get another light' })),
  secondPerson: Type.Array(literals(Object.keys(approvalReasons) as ApprovalReason[]), {
    description: 'why the light would wait for a second person, all else of the plan being active; empty where it would not',
  }),
  rounds: nullable(Type.Integer({ description: 'plans of rounds that are walked more often' })),
  dutyAdded: Type.Array(Type.String({ description: 'account' })),
  dutyGone: Type.Array(Type.String({ description: 'account' })),
  told: Type.Array(Type.String({ description: 'name of a contact that a message reaches' })),
  toCall: Type.Array(Type.String({ description: 'name of a contact that somebody must call' })),
  items: count,
  overlaps: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String(), drill: Type.Boolean() })),
  problems: Type.Array(Type.String(), { description: 'what of it will not work' }),
})
export type PlanEffectsView = Static<typeof PlanEffectsSchema>
export const ArmedPlanSchema = Type.Object({
  token: Type.String({ description: 'good for one activation by the same account and session' }),
  until: time('until when it is good'),
  effects: PlanEffectsSchema,
})
export type ArmedPlanView = Static<typeof ArmedPlanSchema>
export const ActivatePlanSchema = Type.Object({ token: Type.String({ minLength: 1, maxLength: 100 }) }, strict)

const DoneSchema = Type.Object({ at: time('when'), by: Type.String(), note: Type.String() })
/** What is told of an active plan on every page. */
export const EmergencySchema = Type.Object({
  id: Type.Integer({ description: 'the activation' }),
  plan: Type.String({ description: 'id of the plan' }),
  name: Type.String(),
  nameEn: Type.String(),
  kind: literals<PlanKind>(keysOf(planKinds)),
  area: Type.String({ description: 'live facility query' }),
  drill: Type.Boolean(),
  reason: Type.String(),
  by: Type.String(),
  at: time('of the activation'),
  items: count,
  done: count,
  late: Type.Integer({ description: 'items of the checklist that are late' }),
  calls: Type.Integer({ description: 'contacts that somebody must call' }),
  reached: Type.Integer({ description: 'of those called' }),
})
export type EmergencyView = Static<typeof EmergencySchema>
export const ActivationSchema = Type.Object({
  ...EmergencySchema.properties,
  ended: nullable(DoneSchema),
  measuresWithin: nullable(Type.Integer({ description: 'minutes' })),
  document: PlanSchema,
  facilities: Type.Integer({ description: 'of the area now, in scope' }),
  checklist: Type.Array(
    Type.Object({
      ...ItemSchema.properties,
      due: nullable(time('when it is due')),
      isLate: Type.Boolean(),
      done: nullable(DoneSchema),
    }),
  ),
  contacts: Type.Array(
    Type.Object({
      ...contact,
      phone: nullable(Type.String()),
      isByHand: Type.Boolean({ description: 'no message reaches them: somebody calls' }),
      reached: nullable(DoneSchema),
    }),
  ),
})
export type ActivationView = Static<typeof ActivationSchema>
export const ActivationListQuerySchema = Type.Object(
  {
    plan: Type.Optional(key('plan')),
    active: Type.Optional(Type.Boolean({ description: 'only those that are not over' })),
    before: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  },
  strict,
)
export const ActivationPageSchema = Type.Object({
  items: Type.Array(Type.Object({ ...EmergencySchema.properties, ended: nullable(DoneSchema) })),
  next: nullable(Type.Integer()),
})
export const ActivationIdSchema = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
export const ActivationItemSchema = Type.Object({ ...ActivationIdSchema.properties, item: key('item') })
export const ActivationContactSchema = Type.Object({
  ...ActivationIdSchema.properties,
  contact: Type.Integer({ minimum: 0, maximum: 1000 }),
})
const note = Type.String({ maxLength: 2000 })
export const DoItemSchema = Type.Object({ done: Type.Boolean(), note }, strict)
export const ReachSchema = Type.Object({ note }, strict)
export const EndSchema = Type.Object({ reason: words('why it is over') }, strict)
export const NoteSchema = Type.Object({ text: words('what happened') }, strict)

export const EntrySchema = Type.Object({
  id: Type.Integer(),
  at: time('when'),
  by: Type.String({ description: 'an account, or clock' }),
  type: Type.String(),
  words: Type.String(),
  data: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
})
export type EntryView = Static<typeof EntrySchema>
export const EntryPageSchema = Type.Object({ items: Type.Array(EntrySchema), next: nullable(Type.Integer()) })

export const CityStateSchema = Type.Object({
  hash: Type.String({ description: 'SHA-256 of what plans can change; equal where nothing is otherwise' }),
  parts: Type.Record(Type.String(), Type.String()),
})
export const AlarmRaiseSchema = Type.Object({
  raise: nullable(
    Type.Object({
      activation: EmergencySchema,
      from: nullable(PrioritySchema),
      to: nullable(PrioritySchema),
      ended: nullable(DoneSchema),
    }),
  ),
})
export type AlarmRaiseView = Static<typeof AlarmRaiseSchema>
export const FacilityEmergenciesSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      ...EmergencySchema.properties,
      raises: Type.Boolean({ description: 'alarms of the facility are more urgent by it' }),
      measuresWithin: nullable(Type.Integer({ description: 'minutes' })),
      light: Type.Boolean(),
    }),
  ),
})
export type FacilityEmergenciesView = Static<typeof FacilityEmergenciesSchema>
/** When measures must be taken at the place of an order, because a plan is active there. */
export const MeasuresSchema = Type.Object({
  activation: Type.Integer(),
  plan: Type.String({ description: 'name of the plan' }),
  planEn: Type.String(),
  by: time('measures must have been taken'),
  takenAt: nullable(time('a crew began')),
})
