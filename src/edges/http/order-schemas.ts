import Type, { type Static } from 'typebox'
import { MAX_ORDER_FACILITIES, orderClasses, orderStates } from '../../dispatch/order.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { MeasuresSchema } from './emergency-schemas.ts'
import { MOST_REPORTS, OrderReportSchema } from './report-schemas.ts'
import { HindranceSchema } from './roster-schemas.ts'
import { literals, nullable, TextSchema, time, words } from './schema-parts.ts'
import { AlarmSchema, FacilityStateSchema, TimeSchema } from './schemas.ts'

const classes = Object.keys(orderClasses) as (keyof typeof orderClasses)[]
const states = Object.keys(orderStates) as (keyof typeof orderStates)[]
const closed = { additionalProperties: false }
const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const crew = Type.String({ minLength: 1, maxLength: 64, description: 'id of a crew' })
const moment = (description: string) => nullable(time(description))
const reason = words('why; kept with the order')

const UsedPartSchema = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200 }), count: Type.Number({ minimum: 0, maximum: 1e6 }) },
  closed,
)
const RepairSchema = Type.Object({
  at: time('when'),
  by: Type.String(),
  cause: Type.String({ description: 'what was found to be the cause' }),
  minutes: Type.Number(),
  parts: Type.Array(UsedPartSchema),
})

/** A repair order as somebody of a scope sees it. */
export const OrderSchema = Type.Object({
  id: Type.Integer(),
  origin: literals(['alarm', 'report', 'round', 'person'] as const),
  class: literals(classes),
  title: TextSchema,
  facilities: Type.Array(Type.String(), { description: 'what is to be repaired, first the one to drive to; as far as it is in scope' }),
  elsewhere: Type.Integer({ description: 'how many facilities it covers out of scope' }),
  alarms: Type.Array(Type.Integer(), { description: 'that it covers; empty while some of its facilities are out of scope' }),
  reports: Type.Array(Type.Integer()),
  district: Type.String(),
  domain: Type.String(),
  keyArea: Type.Boolean(),
  created: time('when'),
  createdBy: Type.String({ description: 'an account, or `rule`' }),
  arriveBy: time('a crew must be there by then'),
  repairBy: time('it must be mended by then'),
  measures: nullable(MeasuresSchema),
  state: literals(states),
  offer: nullable(
    Type.Object({ crews: Type.Array(Type.String()), at: time('when they were asked'), until: time('others are asked after that') }),
  ),
  holder: nullable(Type.Object({ crew: Type.String(), person: Type.String() })),
  times: Type.Object({
    dispatched: moment('when'),
    accepted: moment('when'),
    setOut: moment('when'),
    arrived: moment('when'),
    begun: moment('when'),
  }),
  repair: nullable(RepairSchema),
  verification: nullable(
    Type.Object({ at: time('when'), by: Type.String({ description: '`telemetry`, or an account' }), words: Type.String() }),
  ),
  closed: moment('when it left the board'),
  reason: Type.String(),
  mergedInto: nullable(Type.Integer()),
  relapses: Type.Integer({ description: 'how often the fault came back after a repair' }),
  photos: Type.Integer(),
  notes: Type.Integer(),
  declined: Type.Array(Type.String(), { description: 'crews that refused it' }),
  version: Type.Integer({ description: 'grows with each change' }),
})
export type OrderView = Static<typeof OrderSchema>

export const OrderIdSchema = Type.Object({ id })
export const OrderPageSchema = Type.Object({ items: Type.Array(OrderSchema), next: nullable(Type.Integer()) })
const list = (description: string) => Type.Optional(Type.String({ maxLength: 1000, description: `${description}; several with commas` }))
export const orderFilterFields = {
  state: list(states.join(', ')),
  district: list('districts'),
  domain: list('domains of facilities'),
  crew: Type.Optional(crew),
  facility: Type.Optional(Type.String({ maxLength: 64 })),
  alarm: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'that it covers' })),
  from: TimeSchema('made'),
  to: TimeSchema('made'),
  closedFrom: TimeSchema('closed at or after this'),
}
export const OrderListQuerySchema = Type.Object({ ...orderFilterFields, before: cursorSchema, limit: limitSchema(500, 100) }, closed)

export const OrderLogSchema = Type.Object({
  id: Type.Integer(),
  order: Type.Integer(),
  at: time('when it was done'),
  recorded: time('when we heard of it'),
  by: Type.String({ description: 'an account, or `rule`, `telemetry`, `clock`' }),
  crew: Type.String({ description: 'in whose name; empty for others' }),
  type: Type.String({ description: 'the step, or `kept` for what no longer fitted' }),
  words: Type.String(),
  state: literals(states, { description: 'afterwards' }),
})
export type OrderLogView = Static<typeof OrderLogSchema>
export const OrderLogPageSchema = Type.Object({ items: Type.Array(OrderLogSchema), next: nullable(Type.Integer()) })

export const OrderPhotoSchema = Type.Object({
  id: Type.String(),
  order: Type.Integer(),
  at: time('when it was taken'),
  by: Type.String(),
  bytes: Type.Integer(),
  type: Type.String(),
})
export type OrderPhotoView = Static<typeof OrderPhotoSchema>

/** A facility as whoever drives there needs it. */
export const OrderFacilitySchema = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  kindTitle: TextSchema,
  name: Type.String(),
  district: Type.String(),
  road: Type.String(),
  position: nullable(Type.Array(Type.Number(), { description: 'WGS84 longitude and latitude, degrees' })),
  fedBy: nullable(Type.String()),
  circuit: nullable(Type.Integer()),
  state: FacilityStateSchema,
})
export type OrderFacilityView = Static<typeof OrderFacilitySchema>

/** Alarms and photos told with one order; more are on the pages of their own. */
export const MOST_ALARMS = 100
export const OrderDetailSchema = Type.Object({
  order: OrderSchema,
  facilities: Type.Array(OrderFacilitySchema),
  alarms: Type.Array(AlarmSchema, { description: `the first ${MOST_ALARMS}` }),
  reports: Type.Array(OrderReportSchema, { description: `of citizens, those in scope, the first ${MOST_REPORTS}` }),
  photos: Type.Array(OrderPhotoSchema),
  log: OrderLogPageSchema,
})
export type OrderDetailView = Static<typeof OrderDetailSchema>

export const OrderCandidatesSchema = Type.Object({
  crews: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      people: Type.Array(
        Type.Object({
          account: Type.String(),
          name: Type.String(),
          phone: nullable(Type.String({ description: 'only to those who manage the roster' })),
        }),
        { description: 'who is there now' },
      ),
      dutyUntil: nullable(time('end of its present shift; null: not on duty')),
      hindrance: nullable(HindranceSchema),
    }),
    { description: 'those that fit first, then those on duty' },
  ),
  quietUntil: nullable(time('phones are told of the order only then; null: at once')),
})
export type OrderCandidatesView = Static<typeof OrderCandidatesSchema>

export const OrderQueueSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      order: Type.Integer(),
      gain: Type.Number({ description: 'lamps that burn again, weighed' }),
      distance: nullable(Type.Number({ description: 'metres from the nearest crew that may take it' })),
    }),
    { description: 'first where the next trip should go' },
  ),
  next: nullable(Type.Integer()),
})
export type OrderQueueView = Static<typeof OrderQueueSchema>

const version = Type.Integer({ minimum: 0, description: 'of the order as it was seen; refused when it was changed since' })
export const CreateOrderSchema = Type.Object(
  {
    facilities: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: MAX_ORDER_FACILITIES })),
    alarms: Type.Optional(Type.Array(id, { maxItems: 500, description: 'their facilities belong to the order' })),
    class: literals(classes),
    title: Type.Optional(Type.String({ maxLength: 200, description: 'that of the first alarm when absent' })),
    note: Type.Optional(Type.String({ maxLength: 2000 })),
  },
  closed,
)
export const DispatchSchema = Type.Object(
  {
    version,
    crews: Type.Array(crew, { minItems: 1, maxItems: 100 }),
    within: Type.Number({ minimum: 1, maximum: 1440, description: 'minutes to answer, after which it goes on by itself' }),
  },
  closed,
)
export const OrderReasonSchema = Type.Object({ version, reason }, closed)
export const ReclassifySchema = Type.Object({ version, class: literals(classes), reason }, closed)
export const MergeOrderSchema = Type.Object({ version, into: id, reason }, closed)
export const SplitOrderSchema = Type.Object(
  { version, facilities: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: MAX_ORDER_FACILITIES }), reason },
  closed,
)
export const VerifyOrderSchema = Type.Object({ version, words: words('how it was seen that it is mended') }, closed)
export const CloseOrderSchema = Type.Object(
  { version, reason: Type.Optional(Type.String({ maxLength: 2000, description: 'needed where it was not verified' })) },
  closed,
)
export const OrderNoteSchema = Type.Object({ text: words('kept with the order') }, closed)

/** Ids are made by phones and never used twice. */
export const MadeIdSchema = Type.String({ pattern: '^[A-Za-z0-9-]{8,64}$' })
const action = <T extends string>(types: readonly T[], more: Record<string, Type.TSchema> = {}) =>
  Type.Object(
    { id: MadeIdSchema, order: id, at: time('when it was done, by the clock of the server'), type: literals(types), ...more },
    closed,
  )
export const CrewActionsSchema = Type.Object(
  {
    crew,
    actions: Type.Array(
      Type.Union([
        action(['accept', 'set-out', 'arrive', 'begin']),
        action(['decline', 'hand-back'], { reason }),
        action(['repair'], {
          cause: Type.String({ maxLength: 2000 }),
          minutes: Type.Number({ minimum: 0, maximum: 100_000 }),
          parts: Type.Array(UsedPartSchema, { maxItems: 100 }),
        }),
        action(['note'], { text: words('kept with the order') }),
        action(['photo'], { photo: MadeIdSchema }),
      ]),
      { minItems: 1, maxItems: 100 },
    ),
  },
  closed,
)
export const CrewAnswersSchema = Type.Object({
  at: time('now, by the clock of the server'),
  answers: Type.Array(
    Type.Object({
      id: Type.String(),
      order: Type.Integer(),
      outcome: literals(['done', 'unchanged', 'kept'] as const, { description: 'kept: it moved nothing, since `why`' }),
      why: Type.String(),
      state: nullable(literals(states, { description: 'where the order stands now; null where there is none that you may see' })),
      holder: nullable(Type.String({ description: 'crew that has it now' })),
      version: nullable(Type.Integer({ description: 'of the order as it stands now' })),
    }),
    { description: 'one for each action, in their order' },
  ),
})

export const MOST_CREW_ORDERS = 200
export const MOST_DONE = 30
export const CrewOrdersSchema = Type.Object({
  at: time('now, by the clock of the server'),
  crews: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), { description: 'to which the person belongs' }),
  orders: Type.Array(OrderDetailSchema, {
    description: `held by these crews or offered to them, ${MOST_CREW_ORDERS} at most: those in hand, and the newest`,
  }),
  done: Type.Array(OrderDetailSchema, {
    description: `that these crews repaired in the last 24 h and are verified or closed, at most ${MOST_DONE}`,
  }),
})
export type CrewOrdersView = Static<typeof CrewOrdersSchema>
export type CrewAnswersView = Static<typeof CrewAnswersSchema>

export const PhotoParamsSchema = Type.Object({ id, photo: MadeIdSchema })
export const PhotoQuerySchema = Type.Object({ crew, at: time('when it was taken, by the clock of the server') }, closed)

const spanSchema = Type.Object({
  count: Type.Integer(),
  median: nullable(Type.Number({ description: 'ms' })),
  p90: nullable(Type.Number({ description: 'ms' })),
})
const figures = {
  made: Type.Integer(),
  closed: Type.Integer(),
  accept: spanSchema,
  arrive: spanSchema,
  repair: spanSchema,
  repaired: Type.Integer(),
  inTime: Type.Object(
    { due: Type.Integer(), inTime: Type.Integer(), share: nullable(Type.Number()) },
    { description: 'of those that were repaired or are overdue, how many were repaired in time' },
  ),
  tried: Type.Integer({ description: 'that were repaired, or came back after it' }),
  firstTime: nullable(Type.Number({ description: 'of those tried, the part that never came back, 0 to 1' })),
  relapses: Type.Integer(),
}
const FiguresOfSchema = Type.Object({ key: Type.String(), ...figures })
export type FiguresOfView = Static<typeof FiguresOfSchema>
export const OrderFiguresSchema = Type.Object({
  from: time('from'),
  to: time('to'),
  all: Type.Object(figures),
  leftOut: Type.Integer({ description: 'rejected or merged, which are no repairs' }),
  classes: Type.Array(FiguresOfSchema, { description: 'each of them, the most urgent first' }),
  crews: Type.Array(FiguresOfSchema),
  districts: Type.Array(FiguresOfSchema),
  origins: Type.Array(FiguresOfSchema, { description: 'by what made them: alarm, report, round, person' }),
  complete: Type.Boolean({ description: 'false: there were more orders than are looked at; take a shorter time' }),
})
export type OrderFiguresView = Static<typeof OrderFiguresSchema>
