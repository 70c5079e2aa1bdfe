import Type, { type Static } from 'typebox'
import { alarmStates } from '../../alarms/alarm.ts'
import { MINUTES_A_DAY } from '../../detection/hours.ts'
import { priorities } from '../../detection/rule.ts'
import { versionActions } from '../../facilities/facility-version.ts'
import { facilityModes, roadClasses } from '../../facilities/plant.ts'
import { dayFigures } from '../../storage/daily-totals.ts'
import { facilityStates } from '../live/facility-states.ts'
import { KindCommandSchema } from './command-schemas.ts'
import { MimicSchema } from './mimic-schemas.ts'
import { literals, nullable, PrioritySchema, TextSchema, time, words } from './schema-parts.ts'

/** Shapes of the HTTP API: types, validation and OpenAPI come from here. Times are ms since 1970 unless they say otherwise. */
export { type FacilityState, facilityStates } from '../live/facility-states.ts'
export { literals, nullable, PrioritySchema, TextSchema, time } from './schema-parts.ts'

export const ModeSchema = literals(facilityModes)
export const RoadClassSchema = literals(roadClasses)
export const ValueSchema = Type.Union([Type.Number(), Type.Boolean(), Type.String(), Type.Null()])

export const ReasonSchema = Type.Optional(Type.String({ maxLength: 2000, description: 'why; kept with the change' }))

/** The worst of what is wrong with a facility, for its dot on the map. */
export const FacilityStateSchema = literals(facilityStates)

export const PointSchema = Type.Object({
  key: Type.String(),
  title: TextSchema,
  type: literals(['number', 'boolean', 'state'] as const),
  unit: Type.String(),
  digits: Type.Integer(),
  plausible: nullable(Type.Tuple([Type.Number(), Type.Number()])),
  normal: nullable(Type.Tuple([Type.Number(), Type.Number()])),
  states: Type.Array(Type.Object({ key: Type.String(), title: TextSchema })),
  occasional: Type.Boolean({ description: 'it comes when somebody has measured it, so that none is due' }),
  daily: Type.Object(
    { figure: literals(dayFigures), unit: Type.String() },
    { description: 'what GET /api/daily-totals tells of a day of it' },
  ),
})
export type PointView = Static<typeof PointSchema>

export const HoursSchema = Type.Object(
  {
    from: Type.Integer({ minimum: 0, maximum: MINUTES_A_DAY - 1, description: 'minutes since midnight' }),
    until: Type.Integer({
      minimum: 1,
      maximum: MINUTES_A_DAY,
      description: 'minutes since midnight, exclusive; past midnight when not later than `from`',
    }),
    weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      uniqueItems: true,
      description: '1 = Monday; hours past midnight belong to the day on which they began',
    }),
  },
  { additionalProperties: false, description: 'judged only in these hours, in local time' },
)

const ruleTexts = {
  title: TextSchema,
  timeToAct: Type.Number({ description: 'minutes' }),
  response: Type.Array(TextSchema),
  cause: TextSchema,
  consequence: TextSchema,
}
export const RuleSchema = Type.Object({
  key: Type.String(),
  version: Type.Integer({ description: 'raised whenever the program judges it in another way' }),
  type: Type.String(),
  ...ruleTexts,
  priority: PrioritySchema,
  points: Type.Array(Type.String()),
  parameters: Type.Record(Type.String(), Type.Number()),
  ratedParameters: Type.Record(Type.String(), Type.Number(), {
    description: "those that follow from a facility's rated values, as they are for the kind's",
  }),
  onDelay: Type.Number(),
  offDelay: Type.Number(),
  latching: Type.Boolean(),
  shelvable: Type.Boolean(),
  modes: nullable(Type.Array(ModeSchema, { description: 'judged only in these modes of the facility; null: in every mode' })),
  hours: nullable(HoursSchema),
  condition: nullable(Type.String({ description: 'what it judges, as a formula of points and parameters; null where a program says it' })),
  only: nullable(Type.String({ description: 'it is judged only while this formula holds; null: always' })),
  deprives: Type.Array(literals(['supply', 'link'] as const), {
    description: 'what the facilities lack that hang on this one while the alarm is active',
  }),
})
export type RuleView = Static<typeof RuleSchema>

export const KindSchema = Type.Object({
  key: Type.String(),
  domain: Type.String(),
  title: TextSchema,
  rated: Type.Record(Type.String(), Type.Number()),
  variants: Type.Array(Type.Object({ key: Type.String(), title: TextSchema, rated: Type.Record(Type.String(), Type.Number()) }), {
    description: 'sorts of the kind, each with the rated values that make it one',
  }),
  circuits: Type.Integer({ description: 'circuits by which it feeds others; 0 when it does not switch them one by one' }),
  commands: Type.Array(KindCommandSchema, { description: 'what it can be told to do' }),
  light: Type.Boolean({ description: 'it gives light, and counts for the lamp-on rate' }),
  points: Type.Array(PointSchema),
  rules: Type.Array(RuleSchema),
  panel: Type.Object({
    gauges: Type.Array(Type.String()),
    trends: Type.Array(Type.Array(Type.String())),
    headline: Type.String(),
    mimic: Type.Optional(MimicSchema),
  }),
})
export type KindView = Static<typeof KindSchema>

export const FacilityInputSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', description: 'letters, digits, dot, dash, underscore; at most 64' }),
    kind: Type.String(),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    nameEn: Type.Optional(Type.String({ maxLength: 200 })),
    district: Type.Optional(Type.String({ maxLength: 100 })),
    road: Type.Optional(Type.String({ maxLength: 100 })),
    roadClass: Type.Optional(nullable(RoadClassSchema)),
    keyArea: Type.Optional(Type.Boolean()),
    owner: Type.Optional(Type.String({ maxLength: 100, description: 'the company that owns it' })),
    position: Type.Optional(
      nullable(Type.Tuple([Type.Number({ minimum: -180, maximum: 180 }), Type.Number({ minimum: -90, maximum: 90 })])),
    ),
    fedBy: Type.Optional(nullable(Type.String())),
    circuit: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 99, description: 'number of the circuit it hangs on' }))),
    gateway: Type.Optional(nullable(Type.String())),
    labels: Type.Optional(Type.Record(Type.String(), Type.String())),
    rated: Type.Optional(Type.Record(Type.String(), Type.Number())),
    mode: Type.Optional(ModeSchema),
  },
  { additionalProperties: false },
)
export type FacilityInput = Static<typeof FacilityInputSchema>

const describedFields = {
  id: Type.String(),
  kind: Type.String(),
  name: Type.String({ description: 'in the language of the place' }),
  nameEn: Type.String({ description: 'in English; empty when it has none' }),
  district: Type.String(),
  road: Type.String(),
  roadClass: nullable(RoadClassSchema),
  keyArea: Type.Boolean(),
  owner: Type.String(),
  position: nullable(Type.Tuple([Type.Number(), Type.Number()], { description: 'WGS84 longitude, latitude' })),
  fedBy: nullable(Type.String()),
  circuit: nullable(Type.Integer()),
  gateway: nullable(Type.String()),
  labels: Type.Record(Type.String(), Type.String()),
  rated: Type.Record(Type.String(), Type.Number()),
  mode: ModeSchema,
}
export const FacilitySchema = Type.Object({ number: Type.Integer(), ...describedFields })
export type FacilityView = Static<typeof FacilitySchema>

/** A facility in a list. */
export const ListedFacilitySchema = Type.Object({ ...FacilitySchema.properties, state: FacilityStateSchema })

/** A page of facilities; `next` is passed back as `after`. */
export const FacilityPageSchema = Type.Object({
  items: Type.Array(ListedFacilitySchema),
  next: nullable(Type.String()),
  total: Type.Integer({ description: 'facilities on all pages' }),
})
export type FacilityPageView = Static<typeof FacilityPageSchema>

const FieldValueSchema = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.Number()), Type.Null()])

export const FacilityVersionSchema = Type.Object({
  id: Type.Integer(),
  at: time('when'),
  by: Type.String(),
  action: literals(versionActions),
  reason: Type.String(),
  changes: Type.Array(
    Type.Object({
      field: Type.String({ description: 'name of the field; label.NAME and rated.NAME are fields of their own' }),
      before: FieldValueSchema,
      after: FieldValueSchema,
    }),
    { description: 'what it changed; empty for a registration and a removal' },
  ),
  isRegistration: Type.Boolean({ description: 'the facility was not there before' }),
  facility: nullable(Type.Object(describedFields, { description: 'the facility afterwards; null when it was removed' })),
})
export type FacilityVersionView = Static<typeof FacilityVersionSchema>

export const LatestSchema = Type.Object({ point: Type.String(), value: ValueSchema, at: time('device time'), good: Type.Boolean() })
export type LatestView = Static<typeof LatestSchema>

export const FacilityDetailSchema = Type.Object({
  facility: FacilitySchema,
  state: FacilityStateSchema,
  lastReport: nullable(time('device time of the latest report')),
  lastReceived: nullable(time('when the latest report came in')),
  clockSkew: nullable(Type.Number({ description: 'how far the device clock is ahead of ours, ms; null until it was measured' })),
  latest: Type.Array(LatestSchema),
  expected: Type.Array(
    Type.Object({
      point: Type.String(),
      value: ValueSchema,
      source: literals(['supply', 'command', 'programme'] as const),
    }),
    { description: 'what points should read now, and why; points of which nobody can say are left out' },
  ),
  learned: Type.Array(
    Type.Object({
      rule: Type.String(),
      progress: Type.Number({ description: '0 to 1; below 1 it is still learning and judges nothing' }),
      distance: nullable(Type.Number({ description: "squared, in the facility's own scatter (Mahalanobis); null while learning" })),
      limit: nullable(Type.Number({ description: 'of the squared distance' })),
      share: nullable(Type.Number({ description: 'used of all that is allowed; above 1 the latest reading is unusual' })),
      points: Type.Array(
        Type.Object({
          point: Type.String(),
          expected: Type.Number({ description: 'what it usually reads at present' }),
          sigmas: Type.Number({ description: 'deviation after smoothing, in its own sigmas' }),
        }),
      ),
    }),
    { description: 'rules that learn what is normal for this facility by itself: how far they are, and how its latest reading compares' },
  ),
  feeders: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      name: Type.String(),
      nameEn: Type.String(),
      circuit: nullable(Type.Integer({ description: 'its circuit that leads here' })),
      state: FacilityStateSchema,
    }),
    { description: 'what feeds it and what feeds that, nearest first' },
  ),
  children: Type.Object(
    { supply: Type.Integer({ description: 'facilities it feeds' }), link: Type.Integer({ description: 'facilities it reports for' }) },
    { description: '/api/facilities/{id}/children lists them' },
  ),
})
export type FacilityDetail = Static<typeof FacilityDetailSchema>

export const AlarmSchema = Type.Object({
  id: Type.Integer(),
  facility: Type.String(),
  kind: Type.String(),
  rule: Type.String(),
  priority: PrioritySchema,
  basePriority: literals(priorities, {
    description: 'as its rule, or an emergency plan, says; `priority` is higher while it is escalated',
  }),
  raisedFrom: nullable(
    literals(priorities, { description: 'as its rule says without the emergency plan that raises it; null: none does' }),
  ),
  escalated: nullable(Type.Object({ since: time('when'), reason: literals(['unacknowledged'] as const) })),
  reminders: nullable(
    Type.Object(
      { count: Type.Integer(), last: time('when last') },
      { description: 'how often people were told again while nobody acknowledged it' },
    ),
  ),
  actBy: time("when the operator's time to act is over"),
  state: literals(alarmStates),
  active: Type.Boolean(),
  latched: Type.Boolean(),
  shelvable: Type.Boolean({ description: 'false: it protects lives; it is never shelved, and two people reset it' }),
  resetRequest: nullable(Type.Object({ at: time('when'), by: Type.String() }, { description: 'another person must confirm the reset' })),
  chattering: nullable(
    Type.Object({ since: time('event time'), onDelay: Type.Number({ description: "in force instead of the rule's own, ms" }) }),
  ),
  historical: Type.Boolean({ description: 'raised from data that came too late to act on; paged nobody, unless it protects lives' }),
  acknowledged: nullable(Type.Object({ at: time('when'), by: Type.String(), comment: Type.String() })),
  shelved: nullable(
    Type.Object({
      at: time('since when, however often it was put aside anew'),
      by: Type.String(),
      until: time('end'),
      reason: Type.String(),
    }),
  ),
  outOfService: Type.Boolean(),
  suppressed: nullable(
    Type.Object({
      cause: literals(['supply', 'link', 'consequence', 'mode', 'late'] as const),
      by: nullable(Type.Integer({ description: 'the alarm that explains it; null for a mode and for late data' })),
      since: time('when'),
      until: nullable(time('when it becomes an alarm of its own if its fault lasts; null while the cause lasts')),
    }),
  ),
  affects: Type.Integer({ description: 'facilities that lacked supply or link through it when it came last' }),
  raised: time('event time of the first activation'),
  activated: time('event time of the newest activation'),
  returned: nullable(time('event time of the return to normal')),
  ended: nullable(time('when it left the live list')),
  occurrences: Type.Array(Type.Object({ started: time('event time'), ended: nullable(time('event time')) })),
  occurrenceCount: Type.Integer(),
  comments: Type.Array(Type.Object({ at: time('when'), by: Type.String(), text: Type.String() }), {
    description: 'the newest ones, oldest first; all are in the record of the alarm',
  }),
  commentCount: Type.Integer(),
  evidence: Type.Object({
    ruleType: Type.String(),
    ruleVersion: Type.String({
      description: 'of the program, and behind a plus sign the newest change of engineers; empty when not recorded',
    }),
    parameters: Type.Record(Type.String(), Type.Number()),
    onDelay: Type.Number(),
    offDelay: Type.Number(),
    values: Type.Record(Type.String(), ValueSchema),
    figures: Type.Record(Type.String(), Type.Number(), { description: 'what the rule figured out, such as the expected value' }),
    mode: Type.String(),
  }),
  texts: nullable(
    Type.Object(ruleTexts, {
      description: 'in force when it was activated, where they are not those of its rule in /api/kinds; else null',
    }),
  ),
  version: Type.Integer(),
})
export type AlarmView = Static<typeof AlarmSchema>

/** A time as people may give it, for `parseTime`. */
export const TimeSchema = (description: string) =>
  Type.Optional(Type.Union([Type.Number(), Type.String()], { description: `ms since 1970 or ISO 8601; ${description}` }))

const listOrAll = (what: string) => Type.Union([Type.Literal('all'), Type.Array(Type.String())], { description: what })
export const ScopeSchema = Type.Object({
  districts: listOrAll('districts somebody is responsible for'),
  domains: listOrAll('domains somebody is responsible for'),
})
export const SessionSchema = Type.Object({
  name: Type.String(),
  displayName: Type.String(),
  role: Type.String(),
  roleTitle: TextSchema,
  scope: ScopeSchema,
  permissions: Type.Array(Type.String(), { description: 'what the role allows' }),
  expires: time('end'),
  owes: nullable(Type.String({ description: 'what has to be set before anything else: password or second-factor' })),
  secondFactorDue: nullable(time('when a second factor that is lacking must be there')),
  timeZone: Type.String({ description: 'of the city, whose calendar days are counted' }),
})
export const LoginSchema = Type.Object(
  { name: Type.String({ maxLength: 100 }), password: Type.String({ maxLength: 1000 }) },
  { additionalProperties: false },
)

export const ModeChangeSchema = Type.Object(
  { mode: ModeSchema, reason: words('why; kept with the change') },
  { additionalProperties: false },
)

/** Facilities whose mode may be changed at once. */
export const MOST_MODES = 1000
export const ModesChangeSchema = Type.Object(
  {
    facilities: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: MOST_MODES, uniqueItems: true }),
    ...ModeChangeSchema.properties,
  },
  { additionalProperties: false },
)
export const modeOutcomes = ['changed', 'unchanged', 'unknown'] as const
export const ModesChangedSchema = Type.Object({
  results: Type.Array(
    Type.Object({
      facility: Type.String(),
      outcome: literals(modeOutcomes, {
        description: 'unchanged: it was in this mode already; unknown: there is none in your part of the city',
      }),
    }),
    { description: 'one for each facility that was given' },
  ),
})
export type ModesChanged = Static<typeof ModesChangedSchema>

export const RejectionSampleSchema = Type.Object({
  at: time('when it came in'),
  reason: Type.String(),
  help: Type.String({ description: 'what the reason means, for engineers' }),
  detail: Type.String(),
  facility: nullable(Type.String()),
  sender: nullable(Type.String({ description: 'device, or client id, that sent it; null where only the message is known' })),
  topic: Type.String(),
  payload: Type.String({ description: 'first bytes of the payload, as text' }),
  payloadHex: Type.String({ description: 'first bytes of the payload, in hex' }),
})
export const RejectionsSchema = Type.Object({
  counts: Type.Array(
    Type.Object({
      reason: Type.String(),
      help: Type.String(),
      count: Type.Integer({ description: 'since the start of the service' }),
      lastHour: Type.Integer(),
    }),
  ),
  samples: Type.Array(RejectionSampleSchema, { description: 'newest first' }),
})
export type RejectionView = Static<typeof RejectionSampleSchema>

export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
})
