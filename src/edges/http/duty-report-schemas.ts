import Type, { type Static } from 'typebox'
import { type Company, companies } from '../../operations/company.ts'
import { type ReportPeriod, reportPeriods } from '../../operations/duty-report.ts'
import { literals, nullable, TextSchema, time, words } from './schema-parts.ts'

const strict = { additionalProperties: false }
export const CompanySchema = literals(Object.keys(companies) as Company[])
export const PeriodSchema = literals(Object.keys(reportPeriods) as ReportPeriod[])
const FormatSchema = literals(['number', 'share', 'time', 'length'] as const, {
  description: 'number when absent; share: 0 to 1; time: ms since 1970; length: ms',
})
const CellSchema = Type.Union([Type.String(), Type.Number(), Type.Null(), TextSchema])
const digits = Type.Optional(Type.Integer({ description: 'decimal places' }))
const unit = Type.Optional(Type.String())
const FigureSchema = Type.Object({
  key: Type.String(),
  title: TextSchema,
  value: nullable(Type.Number()),
  unit,
  digits,
  format: Type.Optional(FormatSchema),
  target: Type.Optional(Type.Union([Type.Object({ atLeast: Type.Number() }), Type.Object({ atMost: Type.Number() })])),
})
export type ReportFigureView = Static<typeof FigureSchema>
const ColumnSchema = Type.Object({ key: Type.String(), title: TextSchema, unit, digits, format: Type.Optional(FormatSchema) })
const TableSchema = Type.Object({
  key: Type.String(),
  title: TextSchema,
  columns: Type.Array(ColumnSchema),
  rows: Type.Array(Type.Array(CellSchema), { description: 'the first 500; each with a cell for each column' }),
  note: Type.Optional(TextSchema),
  figures: Type.Optional(Type.Array(FigureSchema)),
})
export type ReportTableView = Static<typeof TableSchema>
const PartSchema = Type.Object({
  key: Type.String(),
  tables: Type.Array(TableSchema),
  leftOut: Type.Record(Type.String(), Type.Integer(), { description: 'rows beyond the first 500, by key of the table' }),
  problem: Type.String({ description: 'why there is nothing of this part; empty when there is' }),
})

const about = {
  company: CompanySchema,
  period: PeriodSchema,
  from: time('begin'),
  to: time('end, exclusive; of a report that was made while its time went on, when that was'),
  isPartial: Type.Boolean({ description: 'it was made while its time went on' }),
}
const SignatureSchema = Type.Object({ by: Type.String(), at: time('when it was signed'), remark: Type.String() })
const summary = {
  id: Type.Integer(),
  ...about,
  state: literals(['waiting', 'made', 'failed'] as const),
  askedBy: nullable(Type.String({ description: 'account; null: the calendar' })),
  askedAt: time('when it was asked for'),
  replaces: nullable(Type.Integer({ description: 'report in whose place it stands' })),
  reason: Type.String({ description: 'why it was made again' }),
  replacedBy: nullable(Type.Integer({ description: 'report that stands in its place' })),
  madeAt: nullable(time('when it was made')),
  head: nullable(Type.Object({ shiftName: Type.String(), figures: Type.Array(FigureSchema) })),
  hash: nullable(Type.String({ description: 'SHA-256 of the text as it was frozen, hexadecimal' })),
  problem: Type.String({ description: 'why it could not be made' }),
  lateReports: Type.Integer({ description: 'reports of devices for its time that came after it was made' }),
  lateAt: nullable(time('when the last of them came')),
  sendAt: nullable(time('when it is to be sent')),
  sentAt: nullable(time('when it was sent')),
  signatures: Type.Array(SignatureSchema),
}
export const DutyReportSummarySchema = Type.Object(summary)
export type DutyReportSummaryView = Static<typeof DutyReportSummarySchema>
export const DutyReportPageSchema = Type.Object({ items: Type.Array(DutyReportSummarySchema), next: nullable(Type.Integer()) })
export const DutyReportSchema = Type.Object({
  ...summary,
  text: nullable(
    Type.Object({
      ...about,
      shiftName: Type.String(),
      madeAt: time('when it was made'),
      timeZone: Type.String({ description: 'of the times it tells' }),
      behind: Type.Integer({ description: 'messages that the time series had not taken when it was made' }),
      replaces: nullable(Type.Object({ id: Type.Integer(), hash: Type.String(), lateReports: Type.Integer() })),
      parts: Type.Array(PartSchema),
    }),
  ),
  isIntact: Type.Boolean({ description: 'the text is still the one that was frozen' }),
})
export type DutyReportView = Static<typeof DutyReportSchema>

export const MakeReportSchema = Type.Object(
  {
    company: CompanySchema,
    period: PeriodSchema,
    at: Type.Optional(Type.Union([Type.Number(), Type.String({ maxLength: 40 })], { description: 'a time within it; now when absent' })),
  },
  strict,
)
export const AgainSchema = Type.Object({ reason: words('why') }, strict)
export const SignReportSchema = Type.Object({ remark: Type.String({ maxLength: 2000 }) }, strict)

const listOf = (description: string) => Type.Array(CompanySchema, { maxItems: 20, description })
const byPeriod = (description: string) =>
  Type.Object({ shift: listOf(description), day: listOf(description), month: listOf(description) }, strict)
export const ReportSettingsSchema = Type.Object(
  {
    rotation: nullable(
      Type.String({ minLength: 1, maxLength: 40, description: 'whose shifts are reported on; null: that of the control room' }),
    ),
    make: byPeriod('whose reports are made by the calendar'),
    send: byPeriod('whose reports are sent through the channels'),
    sendAt: Type.Integer({ minimum: 0, maximum: 1439, description: 'minute of the day at which those of days and months are sent' }),
  },
  strict,
)
export type ReportSettingsView = Static<typeof ReportSettingsSchema>
