import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { utcOffsets } from '../../../control/local-time.ts'
import { LamplighterError } from '../../../errors.ts'
import { type Company, companiesIn } from '../../../operations/company.ts'
import type { DutyReport, DutyReportSummary } from '../../duty-reports.ts'
import { dutyReportCsv } from '../../exchange/duty-report-csv.ts'
import { AlarmIdSchema, type Api, cursorSchema, limitSchema, type RouteParts, scopeOf, signedIn } from '../api.ts'
import {
  AgainSchema,
  CompanySchema,
  DutyReportPageSchema,
  DutyReportSchema,
  DutyReportSummarySchema,
  type DutyReportSummaryView,
  type DutyReportView,
  MakeReportSchema,
  PeriodSchema,
  ReportSettingsSchema,
  type ReportSettingsView,
  SignReportSchema,
} from '../duty-report-schemas.ts'
import { literals } from '../schema-parts.ts'
import { TimeSchema } from '../schemas.ts'
import { parseTime } from '../times.ts'

const tags = ['duty reports']
const summaryView = (report: DutyReportSummary) => report as unknown as DutyReportSummaryView
const view = (report: DutyReport) => report as unknown as DutyReportView

/** Reports of shifts, days and months. Those of a company are for whoever may see all of its facilities. */
export function dutyReportRoutes(app: Api, { services: { dutyReports, dayFigures }, now }: RouteParts): void {
  const { timeZone } = dayFigures
  const utcOffset = utcOffsets(timeZone)
  const own = (request: unknown): Company[] => companiesIn(scopeOf(request as FastifyRequest))
  const known = (id: number, request: unknown): DutyReport => {
    const none = () => new LamplighterError('not-found', `There is no report ${id}; /api/duty-reports lists them.`)
    const report = dutyReports.report(id)
    if (!own(request).includes(report.company)) throw none()
    return report
  }

  app.get(
    '/api/duty-reports',
    {
      schema: {
        tags,
        summary: 'Reports of shifts, days and months, newest first, in pages',
        querystring: Type.Object(
          {
            company: Type.Optional(CompanySchema),
            period: Type.Optional(PeriodSchema),
            from: TimeSchema('of reports whose time begins then or later'),
            to: TimeSchema('of reports whose time begins before'),
            newest: Type.Optional(Type.Boolean({ default: true, description: 'without those that another one stands in place of' })),
            before: cursorSchema,
            limit: limitSchema(100, 30),
          },
          { additionalProperties: false },
        ),
        response: { 200: DutyReportPageSchema },
      },
    },
    (request) => {
      const { company, from, to, limit = 30, newest = true, ...rest } = request.query
      const companies = own(request).filter((one) => company === undefined || one === company)
      const { items, next } = dutyReports.list({
        ...{ ...rest, companies, newest, limit },
        ...(from !== undefined && { from: parseTime(from, 'from') }),
        ...(to !== undefined && { to: parseTime(to, 'to') }),
      })
      return { items: items.map(summaryView), next }
    },
  )

  app.get(
    '/api/duty-reports/:id',
    { schema: { tags, summary: 'A report with the text as it was frozen', params: AlarmIdSchema, response: { 200: DutyReportSchema } } },
    (request) => view(known(request.params.id, request)),
  )

  app.get(
    '/api/duty-reports/:id/csv',
    {
      schema: {
        tags,
        summary: 'Its tables as CSV, one after the other, or one of them alone; times are those of the city',
        params: AlarmIdSchema,
        querystring: Type.Object(
          {
            language: Type.Optional(literals(['en', 'zh'] as const, { default: 'en', description: 'of names and texts' })),
            table: Type.Optional(Type.String({ maxLength: 100, description: 'key of the only one that is wanted' })),
            mark: Type.Optional(
              Type.Boolean({ default: false, description: 'begin with the byte order mark by which spreadsheets know UTF-8' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.String() },
      },
    },
    (request, reply) => {
      const { language = 'en', table, mark = false } = request.query
      const { id, company, period, text } = known(request.params.id, request)
      if (!text) throw new LamplighterError('action-refused', `Report ${id} is not made yet.`)
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${company}-${period}-${id}.csv"`)
        .header('cache-control', 'no-store')
      return `${mark ? '\uFEFF' : ''}${dutyReportCsv(text, { language, utcOffset }, table)}`
    },
  )

  app.post(
    '/api/duty-reports',
    {
      schema: {
        tags,
        summary: 'Let a report be made of the shift, day or month in which a time lies; of one that goes on, as far as it has come',
        body: MakeReportSchema,
        response: { 200: DutyReportSummarySchema },
      },
    },
    (request) => {
      const { company, period, at } = request.body
      if (!own(request).includes(company))
        throw new LamplighterError('not-allowed', 'The report is about more than the part of the city that this account may see.')
      const moment = at === undefined ? now() : parseTime(at, 'at')
      return summaryView(dutyReports.make({ company, period, at: moment }, signedIn(request)))
    },
  )

  app.post(
    '/api/duty-reports/:id/again',
    {
      schema: {
        tags,
        summary: 'Let a report be made once more, with what came in late; the first one stays to be seen',
        params: AlarmIdSchema,
        body: AgainSchema,
        response: { 200: DutyReportSummarySchema },
      },
    },
    (request) => summaryView(dutyReports.again(known(request.params.id, request).id, request.body.reason.trim(), signedIn(request))),
  )

  app.post(
    '/api/duty-reports/:id/sign',
    {
      schema: {
        tags,
        summary: 'Sign a report as it was frozen; each account once',
        params: AlarmIdSchema,
        body: SignReportSchema,
        response: { 200: DutyReportSchema },
      },
    },
    (request) => view(dutyReports.sign(known(request.params.id, request).id, request.body.remark.trim(), signedIn(request))),
  )

  app.get(
    '/api/duty-report-settings',
    { schema: { tags, summary: 'Which reports are made and sent by the calendar', response: { 200: ReportSettingsSchema } } },
    () => dutyReports.settings() as unknown as ReportSettingsView,
  )

  app.put(
    '/api/duty-report-settings',
    {
      schema: {
        tags,
        summary: 'Say which reports are made and sent by the calendar',
        body: ReportSettingsSchema,
        response: { 200: ReportSettingsSchema },
      },
    },
    (request) => dutyReports.setSettings(request.body, signedIn(request)) as unknown as ReportSettingsView,
  )
}
