import { addDays } from '../../../control/calendar-day.ts'
import { type Api, type RouteParts, scopeOf, signedIn } from '../api.ts'
import {
  CompanyDaysQuerySchema,
  CompanyQuerySchema,
  CompanyTableSchema,
  CompanyViewSchema,
  DeliveryChangeSchema,
  DeliveryIdSchema,
  DeliveryInputSchema,
  DeliveryPageSchema,
  DeliveryQuerySchema,
  DeliverySchema,
  DutySchema,
} from '../company-schemas.ts'

const tags = ['operations']
const USUAL_DAYS = 30

/** What the companies are judged by, and the plan of deliveries of gas. */
export function companyFigureRoutes(app: Api, { services: { companyFigures, gasDeliveries, dayFigures } }: RouteParts): void {
  app.get(
    '/api/operations/:duty',
    {
      schema: {
        tags,
        summary:
          'Water, drainage, sewage, gas or waste as it stands now and since midnight: figures with their age and what they are made from',
        params: DutySchema,
        querystring: CompanyQuerySchema,
        response: { 200: CompanyViewSchema },
      },
    },
    async (request) => (await companyFigures.view(request.params.duty, scopeOf(request), request.query)) as never,
  )
  app.get(
    '/api/operations/:duty/days',
    {
      schema: {
        tags,
        summary: 'The same figures of each calendar day, from stored readings; at most 62 days',
        params: DutySchema,
        querystring: CompanyDaysQuerySchema,
        response: { 200: CompanyTableSchema },
      },
    },
    async (request) => {
      const { to = dayFigures.today(), from = addDays(to, 1 - USUAL_DAYS), ...options } = request.query
      return (await companyFigures.days(request.params.duty, { from, to }, scopeOf(request), options)) as never
    },
  )
  app.get(
    '/api/gas-deliveries',
    {
      schema: {
        tags,
        summary: 'Deliveries of gas, those entered last first, in pages',
        querystring: DeliveryQuerySchema,
        response: { 200: DeliveryPageSchema },
      },
    },
    (request) => {
      const { limit = 50, ...query } = request.query
      return gasDeliveries.list({ ...query, limit }, scopeOf(request))
    },
  )
  app.post(
    '/api/gas-deliveries',
    { schema: { tags, summary: 'Plan a delivery to a station with a tank', body: DeliveryInputSchema, response: { 200: DeliverySchema } } },
    (request) => gasDeliveries.add({ note: '', ...request.body }, signedIn(request), scopeOf(request)),
  )
  app.put(
    '/api/gas-deliveries/:id',
    {
      schema: {
        tags,
        summary: 'Change a delivery, or say that it arrived or is cancelled',
        params: DeliveryIdSchema,
        body: DeliveryChangeSchema,
        response: { 200: DeliverySchema },
      },
    },
    (request) => gasDeliveries.change(request.params.id, request.body, signedIn(request), scopeOf(request)),
  )
}
