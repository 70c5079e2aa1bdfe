import { isInScope, isWhole } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import { type Api, findFacility, type RouteParts, scopeOf, signedIn } from '../api.ts'
import {
  CloseReportSchema,
  ReportDetailSchema,
  ReportIdSchema,
  ReportInputSchema,
  ReportListQuerySchema,
  ReportOrderSchema,
  ReportPageSchema,
} from '../report-schemas.ts'
import { isReportInScope, knownReport, reportDetailView, reportInput, reportView } from '../report-views.ts'

const tags = ['reports']

/** What is asked for, as far as it is one's own; undefined where nothing limits. */
const common = (own: readonly string[] | 'all', asked: readonly string[] | undefined): readonly string[] | undefined =>
  own === 'all' ? asked : (asked?.filter((one) => own.includes(one)) ?? own)

/** What the desk sees of citizens' reports and does with them. */
export function reportRoutes(app: Api, { services }: RouteParts): void {
  const { reports, plant } = services

  app.get(
    '/api/reports',
    {
      schema: {
        tags,
        summary: 'What citizens reported, newest first, in pages',
        querystring: ReportListQuerySchema,
        response: { 200: ReportPageSchema },
      },
    },
    (request) => {
      const { state, district, before, limit = 100 } = request.query
      const scope = scopeOf(request)
      const districts = common(scope.districts, district?.split(',').filter(Boolean))
      const domains = common(scope.domains, undefined)
      const { items, next } = reports.list({
        ...{ limit, ...(state && { state }), ...(before !== undefined && { before }) },
        ...{ ...(districts && { districts }), ...(domains && { domains }) },
      })
      return { items: items.map((one) => reportView(one, services)), next }
    },
  )

  app.get(
    '/api/reports/:id',
    {
      schema: {
        tags,
        summary: 'One report, with how to reach whoever reported it',
        params: ReportIdSchema,
        response: { 200: ReportDetailSchema },
      },
    },
    (request, reply) => {
      reply.header('cache-control', 'no-store')
      return reportDetailView(knownReport(services, request.params.id, scopeOf(request)), services)
    },
  )

  app.post(
    '/api/reports',
    {
      schema: {
        tags,
        summary: 'Take down what somebody tells by telephone; the answer has the number to tell them',
        body: ReportInputSchema,
        response: { 201: ReportDetailSchema },
      },
    },
    (request, reply) => {
      const scope = scopeOf(request)
      const input = reportInput(request.body)
      const before = reports.taken(input.madeId)
      // What lies elsewhere is named by a position, which is for whoever has the whole city.
      const facility = input.code === null ? undefined : plant.get(input.code)
      if (!isWhole(scope) && (facility ? !isInScope(scope, facility) : !before)) {
        throw new LamplighterError('place-unknown', 'Say which facility of your part of the city it is about; others take the rest.')
      }
      if (before && !isReportInScope(before.report, scope)) {
        throw new LamplighterError('action-refused', 'There is a report of this id already.')
      }
      reply.code(201).header('cache-control', 'no-store')
      return reportDetailView(before ?? reports.take(input, signedIn(request)), services)
    },
  )

  app.post(
    '/api/reports/:id/close',
    {
      schema: {
        tags,
        summary: 'Close a report without a repair, and its duplicates with it; an order that it has goes on',
        params: ReportIdSchema,
        body: CloseReportSchema,
        response: { 200: ReportDetailSchema },
      },
    },
    (request) => {
      const { report } = knownReport(services, request.params.id, scopeOf(request))
      return reportDetailView(reports.close(report.id, request.body.reason.trim(), signedIn(request)), services)
    },
  )

  app.post(
    '/api/reports/:id/order',
    {
      schema: {
        tags,
        summary: 'Make an order of a report, or let it join the one there is for its fault',
        params: ReportIdSchema,
        body: ReportOrderSchema,
        response: { 200: ReportDetailSchema },
      },
    },
    (request) => {
      const scope = scopeOf(request)
      const { report } = knownReport(services, request.params.id, scope)
      const { facility, class: cls } = request.body
      const named = facility === undefined ? {} : { facility: findFacility(services, facility, scope).id }
      return reportDetailView(reports.makeOrder(report.id, { ...named, ...(cls && { class: cls }) }, signedIn(request)), services)
    },
  )
}
