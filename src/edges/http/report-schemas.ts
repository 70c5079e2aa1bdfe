import Type, { type Static } from 'typebox'
import { type OrderClass, orderClasses } from '../../dispatch/order.ts'
import { type PublicState, publicStates, type ReportKind, reportKinds, telemetryWords } from '../../operations/citizen-report.ts'
import { reportStates } from '../../storage/report-store.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { literals, nullable, TextSchema, time, words } from './schema-parts.ts'

const closed = { additionalProperties: false }
const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const kinds = Object.keys(reportKinds) as ReportKind[]
const KindSchema = literals(kinds, { description: 'what was seen' })
const StateSchema = literals(Object.keys(publicStates) as PublicState[])
const LanguageSchema = literals(['zh', 'en'] as const)
const PositionSchema = Type.Tuple([Type.Number({ minimum: -180, maximum: 180 }), Type.Number({ minimum: -90, maximum: 90 })], {
  description: 'WGS84 longitude and latitude, degrees',
})
const code = Type.String({ minLength: 1, maxLength: 64, description: 'as it stands on the pole' })

export const PublicPlaceSchema = Type.Object({
  code: Type.String(),
  name: TextSchema,
  road: nullable(Type.String()),
  kind: Type.String({ description: 'kind of facility' }),
  position: nullable(PositionSchema),
  /** Null: nobody knows of one. */
  known: nullable(
    Type.Object(
      { state: StateSchema, since: time('since when'), isDanger: Type.Boolean({ description: 'whoever is there must keep away' }) },
      { description: 'what is known of a fault there, by telemetry or by somebody else' },
    ),
  ),
})
export type PublicPlaceView = Static<typeof PublicPlaceSchema>
export const PublicPlacesSchema = Type.Object({ places: Type.Array(PublicPlaceSchema) })
export const PlaceCodeSchema = Type.Object({ code })
export const PlacesQuerySchema = Type.Object(
  {
    near: Type.Optional(
      Type.String({
        maxLength: 60,
        pattern: '^-?\\d{1,3}(\\.\\d+)?,-?\\d{1,2}(\\.\\d+)?$',
        description: 'longitude and latitude with a comma: those within 500 m, nearest first',
      }),
    ),
    road: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of the name of a road' })),
  },
  closed,
)

const reported = {
  id: Type.String({ pattern: '^[A-Za-z0-9-]{16,64}$', description: 'made by the page at random; sent twice it counts once' }),
  kind: KindSchema,
  code: Type.Optional(nullable(code)),
  position: Type.Optional(nullable(PositionSchema)),
  words: Type.Optional(Type.String({ maxLength: 500 })),
  contact: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'told to those who answer calls only; erased with the words 90 days after the report is closed',
    }),
  ),
  language: Type.Optional(LanguageSchema),
}
export const PublicReportInputSchema = Type.Object(reported, closed)
export const ReportInputSchema = Type.Object(
  { ...reported, callerWaits: Type.Optional(Type.Boolean({ description: 'whoever called wants to be told what becomes of it' })) },
  closed,
)
export type ReportInputView = Static<typeof ReportInputSchema>

export const PublicReceiptSchema = Type.Object({
  number: Type.String({ description: 'by which it is looked up' }),
  state: StateSchema,
  duplicate: Type.Boolean({ description: 'somebody else reported the same before; it closes with that' }),
  known: Type.Boolean({ description: 'telemetry or somebody else knew of it' }),
})
export type PublicReceiptView = Static<typeof PublicReceiptSchema>
export const ReportNumberSchema = Type.Object({ number: Type.String({ maxLength: 64 }) })
export const PublicReportSchema = Type.Object({
  number: Type.String(),
  kind: KindSchema,
  at: time('when it came in'),
  state: StateSchema,
  since: time('since when it is in this state'),
  place: nullable(TextSchema),
  reason: Type.Optional(Type.String({ description: 'why it was closed without a repair, where a person said so' })),
})
export type PublicReportView = Static<typeof PublicReportSchema>

/** A report as whoever answers calls sees it, without how to reach whoever reported it. */
export const ReportSchema = Type.Object({
  id: Type.Integer(),
  number: Type.String({ description: 'by which whoever reported it looks it up' }),
  at: time('when it came in'),
  kind: KindSchema,
  source: literals(['page', 'telephone'] as const),
  enteredBy: nullable(Type.String({ description: 'account of who took the call' })),
  facility: nullable(Type.String()),
  name: nullable(TextSchema),
  district: Type.String(),
  domain: Type.String(),
  position: nullable(PositionSchema),
  words: Type.String(),
  language: LanguageSchema,
  callerWaits: Type.Boolean(),
  hasContact: Type.Boolean(),
  telemetry: literals(telemetryWords, { description: 'what telemetry said when it came in; disagrees: the lamp burns' }),
  known: Type.Boolean({ description: 'telemetry or somebody else knew of it' }),
  duplicateOf: nullable(Type.Integer({ description: 'report with which it closes' })),
  duplicates: Type.Integer({ description: 'how many close with it' }),
  order: nullable(Type.Integer({ description: 'that it went into, after all merging' })),
  state: StateSchema,
  since: time('since when it is in this state'),
  closed: nullable(time('when')),
  closedBy: nullable(
    literals(['order', 'first', 'desk'] as const, { description: 'with its order, with the report before it, or by a person' }),
  ),
  reason: Type.String(),
})
export type ReportView = Static<typeof ReportSchema>
export const ReportDetailSchema = Type.Object({ report: ReportSchema, contact: Type.String() })
export type ReportDetailView = Static<typeof ReportDetailSchema>
export const ReportPageSchema = Type.Object({ items: Type.Array(ReportSchema), next: nullable(Type.Integer()) })
export type ReportPageView = Static<typeof ReportPageSchema>
export const ReportIdSchema = Type.Object({ id })
export const ReportListQuerySchema = Type.Object(
  {
    state: Type.Optional(literals(reportStates, { description: 'waiting: open ones without an order, for the desk' })),
    district: Type.Optional(Type.String({ maxLength: 1000, description: 'districts; several with commas' })),
    before: cursorSchema,
    limit: limitSchema(500, 100),
  },
  closed,
)
export const CloseReportSchema = Type.Object({ reason: words('why; told to whoever reported it') }, closed)
export const ReportOrderSchema = Type.Object(
  {
    facility: Type.Optional(Type.String({ maxLength: 64, description: 'that it is about; its own when absent' })),
    class: Type.Optional(literals(Object.keys(orderClasses) as OrderClass[], { description: 'as usual for what was seen when absent' })),
  },
  closed,
)

/** What a crew is told of a report: nothing of whoever reported it. */
export const MOST_REPORTS = 50
export const OrderReportSchema = Type.Object({
  id: Type.Integer(),
  at: time('when it came in'),
  kind: KindSchema,
  kindTitle: TextSchema,
  words: Type.String(),
  facility: nullable(Type.String()),
  telemetry: literals(telemetryWords, { description: 'what telemetry said when it came in; disagrees: the lamp burns' }),
  duplicateOf: nullable(Type.Integer({ description: 'the report that told the same first' })),
})
export type OrderReportView = Static<typeof OrderReportSchema>
