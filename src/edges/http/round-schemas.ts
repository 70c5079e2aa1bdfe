import Type, { type Static } from 'typebox'
import { MAX_QUERY_LENGTH } from '../../facilities/facility-query.ts'
import { type CheckInDoubt, checkInDoubts, checkInProblems } from '../../operations/check-in.ts'
import { type Company, companies } from '../../operations/company.ts'
import { type RoundState, roundStates } from '../../operations/round.ts'
import { coverageGroupings } from '../../operations/round-coverage.ts'
import { MOST_STOPS, MOST_WINDOWS, type Proof, proofs, type RoundKind, roundKinds } from '../../operations/round-plan.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { literals, NOT_BLANK, nullable, TextSchema, time, words } from './schema-parts.ts'

const closed = { additionalProperties: false }
const KindSchema = literals(Object.keys(roundKinds) as RoundKind[])
const CompanySchema = literals(Object.keys(companies) as Company[])
const ProofSchema = literals(Object.keys(proofs) as Proof[], { description: 'by what somebody shows that they were at a stop' })
const StateSchema = literals(Object.keys(roundStates) as RoundState[])
const PositionSchema = Type.Tuple([Type.Number({ minimum: -180, maximum: 180 }), Type.Number({ minimum: -90, maximum: 90 })], {
  description: 'WGS84 longitude and latitude, degrees',
})
const shortText = (most: number) => Type.String({ maxLength: most })
const ReadingPlaceSchema = Type.Object({ facility: Type.String({ minLength: 1, maxLength: 64 }), point: shortText(64) }, closed)
const ValueSchema = Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 64 })])
const minutesOfDay = Type.Integer({ minimum: 0, maximum: 1440 })

export const RoundPlanIdSchema = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }) })
export const RoundPlanInputSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, pattern: NOT_BLANK }),
    nameEn: Type.Optional(shortText(100)),
    kind: KindSchema,
    company: CompanySchema,
    district: Type.Optional(shortText(100)),
    stops: Type.Array(
      Type.Object(
        {
          key: Type.Optional(Type.String({ pattern: '^[^\\s:]{1,64}$', description: 'unique within the plan; of a facility its id' })),
          name: Type.Optional(shortText(100)),
          nameEn: Type.Optional(shortText(100)),
          facility: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 64 }))),
          position: Type.Optional(nullable(PositionSchema)),
          readings: Type.Optional(Type.Array(ReadingPlaceSchema, { maxItems: 20, description: 'what is read there and entered by hand' })),
        },
        closed,
      ),
      { maxItems: MOST_STOPS },
    ),
    area: Type.Optional(
      nullable(
        Type.String({
          minLength: 1,
          maxLength: MAX_QUERY_LENGTH,
          description: 'query of facilities that are stops too, asked anew for each round',
        }),
      ),
    ),
    windows: Type.Array(
      Type.Object(
        { from: minutesOfDay, to: minutesOfDay },
        { ...closed, description: 'minutes after midnight; to the next day where `to` is not after `from`' },
      ),
      { minItems: 1, maxItems: MOST_WINDOWS },
    ),
    weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: '1 Monday to 7 Sunday',
    }),
    crew: Type.Optional(nullable(shortText(64))),
    proof: Type.Optional(ProofSchema),
    radius: Type.Optional(Type.Integer({ minimum: 5, maximum: 1000, default: 50, description: 'm' })),
    share: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 1, description: 'part of the stops that makes a round done' }),
    ),
    lateAfter: Type.Optional(Type.Integer({ minimum: 1, maximum: 1440, default: 30, description: 'min after the window' })),
    missedAfter: Type.Optional(Type.Integer({ minimum: 2, maximum: 2880, default: 90, description: 'min after the window' })),
    disabled: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type RoundPlanInputView = Static<typeof RoundPlanInputSchema>

const StopReadingSchema = Type.Object({
  facility: Type.String(),
  point: Type.String(),
  title: TextSchema,
  unit: Type.String(),
  type: literals(['number', 'boolean', 'state'] as const),
  least: nullable(Type.Number()),
  greatest: nullable(Type.Number()),
  states: Type.Array(Type.Object({ value: ValueSchema, title: TextSchema })),
})
export type StopReadingView = Static<typeof StopReadingSchema>

export const RoundPlanSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  nameEn: Type.String(),
  kind: KindSchema,
  company: CompanySchema,
  district: Type.String(),
  stops: Type.Array(
    Type.Object({
      key: Type.String(),
      name: Type.String(),
      nameEn: Type.String(),
      facility: nullable(Type.String()),
      position: nullable(PositionSchema),
      readings: Type.Array(Type.Object({ facility: Type.String(), point: Type.String() })),
    }),
    { description: 'those in scope' },
  ),
  elsewhere: Type.Integer({ description: 'stops out of scope' }),
  area: nullable(Type.String()),
  windows: Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
  weekdays: Type.Array(Type.Integer()),
  crew: nullable(Type.String()),
  proof: ProofSchema,
  radius: Type.Number(),
  share: Type.Number(),
  lateAfter: Type.Number(),
  missedAfter: Type.Number(),
  disabled: Type.Boolean(),
  since: time('when it was made as it is'),
  stopCount: Type.Integer({ description: 'stops of a round that would be made now' }),
  today: Type.Object({
    planned: Type.Integer(),
    done: Type.Integer(),
    open: Type.Integer(),
    missed: Type.Integer({ description: 'since one was done' }),
    overdue: Type.Number({ description: 'min' }),
  }),
})
export type RoundPlanView = Static<typeof RoundPlanSchema>
export const RoundPlansSchema = Type.Object({
  items: Type.Array(RoundPlanSchema),
  tightenings: Type.Array(
    Type.Object({ plan: Type.String(), query: Type.String(), factor: Type.Integer(), by: Type.String(), at: time('since') }),
    { description: 'by which emergency plans have rounds walked more often' },
  ),
})
export type RoundPlansView = Static<typeof RoundPlansSchema>
export const RoundLabelsSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      key: Type.String(),
      name: TextSchema,
      road: Type.String(),
      path: Type.String({ description: 'from the root of the site; it has a secret' }),
    }),
  ),
})
export type RoundLabelsView = Static<typeof RoundLabelsSchema>

export const RoundSchema = Type.Object({
  id: Type.Integer(),
  plan: Type.String(),
  name: TextSchema,
  kind: KindSchema,
  company: CompanySchema,
  begins: time('begin of its window'),
  due: time('end of its window'),
  late: time('late from then on'),
  over: time('missed from then on'),
  crew: nullable(Type.String()),
  proof: ProofSchema,
  radius: Type.Number({ description: 'm' }),
  stopCount: Type.Integer(),
  least: Type.Integer({ description: 'stops that make it done' }),
  visited: Type.Integer(),
  emergency: nullable(Type.String({ description: 'activation of the emergency plan that brought it' })),
  state: StateSchema,
  started: nullable(time('first visit')),
  lastVisit: nullable(time('last visit')),
  ended: nullable(time('when it came to be done, missed or called off')),
})
export type RoundView = Static<typeof RoundSchema>
export const RoundPageSchema = Type.Object({ items: Type.Array(RoundSchema), next: nullable(Type.Integer()) })
export type RoundPageView = Static<typeof RoundPageSchema>
export const ComingRoundsQuerySchema = Type.Object(
  {
    from: Type.Number({ description: 'ms since 1970' }),
    to: Type.Number({ description: 'ms since 1970; 7 days after `from` at most' }),
    limit: limitSchema(500, 200),
  },
  closed,
)
const ComingRoundSchema = Type.Omit(RoundSchema, ['id'])
export type ComingRoundView = Static<typeof ComingRoundSchema>
export const ComingRoundsSchema = Type.Object({
  items: Type.Array(ComingRoundSchema),
  count: Type.Integer({ description: 'all of them, also beyond `limit`' }),
})
export type ComingRoundsView = Static<typeof ComingRoundsSchema>

const PlaceSchema = Type.Object({
  position: PositionSchema,
  accuracy: Type.Number({ description: 'radius within which the phone is with 95 %, m' }),
})
export const CheckInSchema = Type.Object({
  id: Type.String(),
  stop: Type.String(),
  by: Type.String({ description: 'account' }),
  at: time("when, by the phone's clock set right by the server's"),
  received: time('when the server heard of it'),
  shown: literals(['code', 'position', 'both'] as const, { description: 'by what it is shown' }),
  place: nullable(PlaceSchema),
  distance: nullable(Type.Number({ description: 'from the stop to where the phone says it was, m' })),
  doubts: Type.Array(literals(Object.keys(checkInDoubts) as CheckInDoubt[]), { description: 'what makes it worth a look' }),
  readings: Type.Array(Type.Object({ facility: Type.String(), point: Type.String(), value: ValueSchema })),
  note: Type.String(),
})
export type CheckInView = Static<typeof CheckInSchema>
const StopSchema = Type.Object({
  key: Type.String(),
  name: TextSchema,
  facility: nullable(Type.String()),
  position: nullable(PositionSchema),
  road: Type.String(),
  readings: Type.Array(StopReadingSchema),
})
export type RoundStopView = Static<typeof StopSchema>
export const RoundDetailSchema = Type.Object({
  round: RoundSchema,
  stops: Type.Array(StopSchema, { description: 'those in scope' }),
  elsewhere: Type.Integer({ description: 'stops out of scope' }),
  checkIns: Type.Array(CheckInSchema, { description: 'at those stops, in the order in which they were done' }),
})
export type RoundDetailView = Static<typeof RoundDetailSchema>
export const RoundIdSchema = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
export const RoundListQuerySchema = Type.Object(
  {
    plan: Type.Optional(shortText(64)),
    state: Type.Optional(StateSchema),
    late: Type.Optional(Type.Boolean({ description: 'only those that are late now' })),
    from: Type.Optional(Type.Number({ description: 'begun at or after, ms since 1970' })),
    to: Type.Optional(Type.Number({ description: 'begun before, ms since 1970' })),
    before: cursorSchema,
    limit: limitSchema(500, 100),
  },
  closed,
)
export const CallOffSchema = Type.Object({ reason: words('why it is not walked') }, closed)

export const CoverageQuerySchema = Type.Object(
  {
    by: literals(coverageGroupings),
    from: Type.Number({ description: 'ms since 1970' }),
    to: Type.Number({ description: 'ms since 1970; 31 days after `from` at most' }),
  },
  closed,
)
export const CoverageSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      area: Type.String(),
      planned: Type.Integer({ description: 'stops of rounds that began in the time' }),
      visited: Type.Integer({ description: 'those of them that somebody was at' }),
      places: Type.Integer({ description: 'different places among them' }),
      seen: Type.Integer({ description: 'those of these that somebody was at' }),
      last: nullable(time('last visit')),
    }),
  ),
})
export type CoverageView = Static<typeof CoverageSchema>
export const VisitsQuerySchema = Type.Object(
  { since: Type.Number({ description: 'ms since 1970' }), limit: limitSchema(5000, 2000) },
  closed,
)
export const VisitsSchema = Type.Object({
  visits: Type.Array(
    Type.Object({ place: Type.String(), position: PositionSchema, at: time('last visit'), round: Type.Integer(), by: Type.String() }),
    { description: 'the last visit of each place that has a position, newest first' },
  ),
  open: Type.Array(Type.Object({ place: Type.String(), position: PositionSchema, round: Type.Integer(), late: Type.Boolean() }), {
    description: 'stops of rounds whose window is open or that are late, and that nobody has visited',
  }),
})
export type VisitsView = Static<typeof VisitsSchema>

/** Rounds that a phone is told of. */
export const MOST_TOLD = 40
export const CrewRoundsSchema = Type.Object({
  at: time('now, by the clock of the server'),
  rounds: Type.Array(RoundDetailSchema, { maxItems: MOST_TOLD }),
})
export type CrewRoundsView = Static<typeof CrewRoundsSchema>
export const CheckInsSchema = Type.Object(
  {
    checkIns: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: '^[A-Za-z0-9-]{16,64}$', description: 'made by the phone at random; sent twice it counts once' }),
          round: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
          stop: shortText(64),
          at: Type.Number({ description: "by the phone's clock set right by the server's, ms since 1970" }),
          code: Type.Optional(nullable(Type.String({ maxLength: 500, description: 'all that the camera read' }))),
          place: Type.Optional(
            nullable(Type.Object({ position: PositionSchema, accuracy: Type.Number({ minimum: 0, maximum: 1e7 }) }, closed)),
          ),
          readings: Type.Optional(
            Type.Array(Type.Object({ facility: shortText(64), point: shortText(64), value: ValueSchema }, closed), { maxItems: 20 }),
          ),
          note: Type.Optional(shortText(500)),
        },
        closed,
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  closed,
)
export type CheckInsView = Static<typeof CheckInsSchema>
const problems = [...(Object.keys(checkInProblems) as (keyof typeof checkInProblems)[]), 'round', 'readings'] as const
export const CheckInAnswersSchema = Type.Object({
  at: time('now, by the clock of the server'),
  answers: Type.Array(
    Type.Object({
      id: Type.String(),
      outcome: literals(['done', 'again', 'refused'] as const, {
        description: 'again: the stop was visited before; refused: it does not show that somebody was there',
      }),
      problem: nullable(literals(problems, { description: '`readings`: the visit counts, they do not' })),
      why: nullable(TextSchema),
      round: nullable(RoundSchema),
    }),
  ),
})
export type CheckInAnswersView = Static<typeof CheckInAnswersSchema>
