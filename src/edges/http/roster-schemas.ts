import Type, { type Static } from 'typebox'
import { type Skill, skills } from '../../dispatch/crew.ts'
import { reportPolicies } from '../../dispatch/dispatch-policy.ts'
import { type OrderClass, orderClasses } from '../../dispatch/order.ts'
import { type Hindrance, hindrances } from '../../dispatch/route.ts'
import { domains } from '../../facilities/facility-kind.ts'
import { literals, NOT_BLANK, nullable, PrioritySchema, TextSchema, time, words } from './schema-parts.ts'

const strict = { additionalProperties: false }
const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as K[]
const DomainSchema = literals(keysOf(domains))
const SkillSchema = literals<Skill>(keysOf(skills))
const ClassSchema = literals<OrderClass>(keysOf(orderClasses))

const NameSchema = Type.String({ minLength: 1, maxLength: 100, pattern: NOT_BLANK })
const IdSchema = Type.String({ pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}_-]{0,39}$', description: 'letters, digits, - and _' })
const AccountSchema = Type.String({ minLength: 1, maxLength: 200 })
const DateSchema = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'YYYY-MM-DD in the city' })
const minuteOfDay = (most: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: most, description: `${description}, minutes after midnight in the city` })
const allOr = <T extends Type.TSchema>(schema: T) => Type.Union([Type.Literal('all'), Type.Array(schema, { maxItems: 200 })])
const length = (description: string) => Type.Number({ minimum: 60_000, maximum: 366 * 86_400_000, description: `${description}, ms` })

export const RosterIdSchema = Type.Object({ id: IdSchema })
export const PersonAccountSchema = Type.Object({ account: AccountSchema })

const crewFields = {
  name: NameSchema,
  districts: allOr(Type.String({ minLength: 1, maxLength: 200 })),
  domains: allOr(DomainSchema),
  vehicle: Type.String({ maxLength: 100 }),
  members: Type.Array(AccountSchema, { maxItems: 100, description: 'accounts' }),
  base: nullable(
    Type.Tuple([Type.Number({ minimum: -180, maximum: 180 }), Type.Number({ minimum: -90, maximum: 90 })], {
      description: 'where it starts from, WGS84 longitude and latitude',
    }),
  ),
  disabled: Type.Boolean({ description: 'nobody asks it for anything' }),
}
export const CrewInputSchema = Type.Object(crewFields, strict)
export const CrewSchema = Type.Object({ id: IdSchema, ...crewFields })

export const CrewPersonInputSchema = Type.Object(
  {
    skills: Type.Array(SkillSchema, { maxItems: 20, uniqueItems: true }),
    phone: Type.String({ maxLength: 40, pattern: '^[+0-9 ()-]*$' }),
    email: Type.String({ maxLength: 200, pattern: '^$|^[^\\s@]+@[^\\s@]+$' }),
  },
  strict,
)
export const CrewPersonSchema = Type.Object({
  account: AccountSchema,
  name: Type.String({ description: 'as people call them' }),
  skills: Type.Array(SkillSchema),
  phone: nullable(Type.String({ description: 'only to those who manage the roster' })),
  email: nullable(Type.String({ description: 'only to those who manage the roster' })),
})

const ShiftSchema = Type.Object(
  {
    key: IdSchema,
    name: NameSchema,
    from: minuteOfDay(1439, 'begin'),
    to: minuteOfDay(1440, 'end; at or before the begin it is that of the next day'),
  },
  strict,
)
const TeamSchema = Type.Object(
  {
    key: IdSchema,
    name: NameSchema,
    crew: nullable(Type.String({ maxLength: 40, description: 'that is on duty with it; null: the control room' })),
    people: Type.Array(AccountSchema, { maxItems: 100 }),
  },
  strict,
)
const rotationFields = {
  name: NameSchema,
  shifts: Type.Array(ShiftSchema, { minItems: 1, maxItems: 12 }),
  teams: Type.Array(TeamSchema, { minItems: 1, maxItems: 30 }),
  start: DateSchema,
  cycle: Type.Record(Type.String({ maxLength: 40 }), Type.Array(nullable(Type.String({ maxLength: 40 })), { maxItems: 366 }), {
    description: 'by team, the shift of each day of the cycle; null: free',
  }),
}
export const RotationInputSchema = Type.Object(rotationFields, strict)
export const RotationSchema = Type.Object({ id: IdSchema, ...rotationFields })

const exceptionFields = {
  rotation: Type.String({ maxLength: 40 }),
  person: nullable(AccountSchema),
  team: Type.String({ maxLength: 40 }),
  from: time('begin'),
  to: time('end'),
  substitute: nullable(AccountSchema),
  reason: words('why somebody is away'),
}
export const ExceptionInputSchema = Type.Object(exceptionFields, strict)
export const ExceptionSchema = Type.Object({ id: Type.Integer(), ...exceptionFields })

export const RosterSchema = Type.Object({
  crews: Type.Array(CrewSchema),
  people: Type.Array(CrewPersonSchema, { description: 'everybody that a crew, a team or an exception names' }),
  rotations: Type.Array(RotationSchema),
  exceptions: Type.Array(ExceptionSchema, { description: 'those that are not over, in the order of their beginning' }),
  accounts: Type.Array(Type.Object({ account: AccountSchema, name: Type.String(), role: Type.String(), disabled: Type.Boolean() }), {
    description: 'who can be put on duty; empty for those who do not manage the roster',
  }),
  districts: Type.Array(Type.String(), { description: 'of the plant' }),
})
export type RosterView = Static<typeof RosterSchema>

const onDuty = {
  rotation: Type.String(),
  rotationName: Type.String(),
  team: Type.String(),
  teamName: Type.String(),
  crew: nullable(Type.String()),
  shift: Type.String(),
  shiftName: Type.String(),
  from: time('begin of the shift'),
  to: time('end of the shift'),
}
const NamedSchema = Type.Object({ account: AccountSchema, name: Type.String() })
export const DutySchema = Type.Object({
  at: time('the moment'),
  items: Type.Array(
    Type.Object({ ...onDuty, people: Type.Array(NamedSchema, { description: 'who is really there, exceptions counted' }) }),
  ),
  handovers: Type.Array(
    Type.Object({
      rotation: Type.String(),
      name: Type.String(),
      at: nullable(time('when its duty changes next; null: not within 14 days')),
    }),
  ),
  quietUntil: nullable(time('end of the quiet hours that the moment lies in; null: in none')),
})
export type DutyView = Static<typeof DutySchema>
export const DutyPlanSchema = Type.Object({
  from: DateSchema,
  items: Type.Array(Type.Object({ ...onDuty, date: DateSchema, people: Type.Array(NamedSchema), exceptions: Type.Array(ExceptionSchema) })),
  calledIn: Type.Array(
    Type.Object({
      ...{ activation: Type.Integer(), plan: Type.String({ description: 'name of the emergency plan' }) },
      ...{ rotation: Type.String(), team: Type.String(), teamName: Type.String(), people: Type.Array(NamedSchema) },
      from: time('since then, day and night'),
    }),
    { description: 'on duty besides the shifts as long as emergency plans are active' },
  ),
})
export type DutyPlanView = Static<typeof DutyPlanSchema>
export const DutyQuerySchema = Type.Object({ at: Type.Optional(time('the moment; now when absent')) }, strict)
export const DutyPlanQuerySchema = Type.Object(
  { from: Type.Optional(DateSchema), days: Type.Optional(Type.Integer({ minimum: 1, maximum: 31, default: 7 })) },
  strict,
)

const some = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Array(schema, { maxItems: 200 }))
const ChainStepSchema = Type.Object(
  {
    to: Type.Union([
      Type.Object({ type: Type.Literal('crews') }, { ...strict, description: 'all crews on duty that fit' }),
      Type.Object({ type: Type.Literal('crew'), id: Type.String({ maxLength: 40 }) }, strict),
      Type.Object({ type: Type.Literal('dispatcher') }, { ...strict, description: 'the desk is told that nobody took it' }),
    ]),
    within: length('before the next step'),
  },
  strict,
)
const RouteSchema = Type.Object(
  {
    id: IdSchema,
    name: NameSchema,
    when: Type.Object(
      {
        domains: some(DomainSchema),
        priorities: some(PrioritySchema),
        districts: some(Type.String({ maxLength: 200 })),
        keyArea: Type.Optional(Type.Boolean()),
        rules: some(Type.String({ maxLength: 200, description: 'kind/rule' })),
      },
      { ...strict, description: 'all that is given must hold' },
    ),
    makesOrder: Type.Boolean({ description: 'false: an alarm makes no order by itself' }),
    class: ClassSchema,
    skills: Type.Array(SkillSchema, { maxItems: 20, uniqueItems: true }),
    chain: Type.Array(ChainStepSchema, { maxItems: 20 }),
    quiet: Type.Boolean({ description: 'nobody is woken for it in quiet hours' }),
  },
  strict,
)
const ClockSchema = Type.Object(
  {
    arrive: length('within which a crew must be there'),
    repair: length('within which it must be repaired'),
    onWorkingDays: Type.Boolean({ description: 'the repair clock runs on working days only' }),
  },
  strict,
)
const policyFields = {
  routes: Type.Array(RouteSchema, { maxItems: 200, description: 'the first one that fits counts' }),
  clocks: Type.Object({ danger: ClockSchema, severe: ClockSchema, ordinary: ClockSchema }, strict),
  calendar: Type.Object(
    {
      holidays: Type.Array(DateSchema, { maxItems: 1000, description: 'weekdays that nobody works' }),
      workdays: Type.Array(DateSchema, { maxItems: 1000, description: 'days of a weekend that are worked' }),
    },
    strict,
  ),
  quiet: Type.Object({ from: minuteOfDay(1439, 'begin'), to: minuteOfDay(1439, 'end; the same as the begin: there are none') }, strict),
  closesVerified: Type.Boolean({ description: 'an order that telemetry has verified is closed by itself' }),
}
const ReportPolicySchema = literals(reportPolicies, {
  description: "citizens' reports that become orders by themselves: none, what can kill, or all that nothing known explains",
})
export const DispatchPolicySchema = Type.Object(
  // As it was, where whoever changes the policy does not know of it.
  { ...policyFields, reports: Type.Optional(ReportPolicySchema) },
  strict,
)
export type DispatchPolicyInput = Static<typeof DispatchPolicySchema>
const version = Type.Integer({ minimum: 0, description: 'grows by one with each change' })
export const KeptPolicySchema = Type.Object({ ...policyFields, reports: ReportPolicySchema, version })
export type DispatchPolicyView = Static<typeof KeptPolicySchema>
export const DispatchPolicyChangeSchema = Type.Object(
  { policy: DispatchPolicySchema, version, reason: words('why; kept with the change') },
  strict,
)

const ImaginedFaultSchema = Type.Object(
  {
    facility: Type.String({ minLength: 1, maxLength: 200 }),
    priority: PrioritySchema,
    rule: Type.String({ maxLength: 200, description: "key of a rule of the facility's kind; empty: any that no route names" }),
    at: time('when it happens'),
  },
  strict,
)
export const PolicyPreviewInputSchema = Type.Object({ policy: DispatchPolicySchema, fault: Type.Optional(ImaginedFaultSchema) }, strict)
export type PolicyPreviewInput = Static<typeof PolicyPreviewInputSchema>
export const HindranceSchema = literals<Hindrance>(keysOf(hindrances))
const TrialStepSchema = Type.Object({
  step: Type.Integer({ description: 'place in the chain of the route; that after the last: the chain is over' }),
  at: time('from when they are asked'),
  until: time('until when they may answer'),
  crews: Type.Array(
    Type.Object({
      crew: Type.String(),
      people: Type.Array(NamedSchema, { description: 'of it who are on duty then' }),
    }),
    { description: 'empty: the desk is told that nobody took it' },
  ),
  passed: Type.Array(Type.Integer(), { description: 'places before it that found nobody and were passed over' }),
  others: Type.Array(Type.Object({ crew: Type.String(), why: HindranceSchema }), {
    description: 'crews that are not asked, and why',
  }),
})
export const PolicyPreviewSchema = Type.Object({
  problems: Type.Array(
    Type.Object({
      at: Type.String({ description: 'which field, as keys and places joined by dots: routes.2.chain' }),
      words: TextSchema,
      of: Type.Optional(TextSchema),
    }),
  ),
  reach: Type.Array(
    Type.Object({
      facilities: Type.Integer({ description: 'of which an alarm, at its usual priority, would go by this route' }),
      orders: Type.Integer({ description: 'that are open and would go by it' }),
    }),
    { description: 'by route' },
  ),
  trial: nullable(
    Type.Object({
      route: nullable(Type.Integer({ description: 'its place; null: none fits' })),
      order: nullable(
        Type.Object({ class: ClassSchema, arriveBy: time('there by'), repairBy: time('repaired by'), steps: Type.Array(TrialStepSchema) }),
      ),
      quietUntil: nullable(time('phones are told only then')),
    }),
  ),
})
export type PolicyPreviewView = Static<typeof PolicyPreviewSchema>
export const HolidayImportSchema = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 50_000, description: 'dates such as 2026-10-01, one by line, comma or blank' }),
    as: literals(['holidays', 'workdays'] as const),
  },
  strict,
)
export const HolidayImportedSchema = Type.Object({
  policy: KeptPolicySchema,
  dates: Type.Array(DateSchema),
  refused: Type.Array(Type.String(), { description: 'what looked like a date and is none' }),
})
