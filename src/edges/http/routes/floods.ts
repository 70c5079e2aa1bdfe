import Type, { type Static } from 'typebox'
import { hours } from '../../../telemetry/duration.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, scopeOf, signedIn } from '../api.ts'
import {
  AlarmKpiSchema,
  FloodDetailSchema,
  FloodReviewSchema,
  FloodSchema,
  IncidentAlarmsSchema,
  IncidentsSchema,
} from '../flood-schemas.ts'
import { incidentsView, kpiView } from '../flood-views.ts'
import { nullable, TimeSchema } from '../schemas.ts'
import { parseTime } from '../times.ts'

const WindowSchema = Type.Object(
  { from: TimeSchema('a day before `to` when absent'), to: TimeSchema('now when absent') },
  { additionalProperties: false },
)
const FloodIdSchema = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const DAY = hours(24)

/** Floods, what was behind them, and how the alarm system does. */
export function floodRoutes(app: Api, { services: { alarmSystem }, now }: RouteParts): void {
  const windowOf = ({ from, to }: { from?: number | string; to?: number | string }): [number, number] => {
    const end = to === undefined ? now() : parseTime(to, 'to')
    return [from === undefined ? end - DAY : parseTime(from, 'from'), end]
  }

  app.get(
    '/api/alarm-kpi',
    {
      schema: {
        tags: ['alarms'],
        summary: 'How the alarm system does: rates, priorities, worst sources, times to acknowledge; at most 400 days',
        querystring: WindowSchema,
        response: { 200: AlarmKpiSchema },
      },
    },
    async ({ query }) => kpiView(await alarmSystem.kpi(...windowOf(query))),
  )

  app.get(
    '/api/floods',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Floods that went on at some time between, newest first, in pages',
        querystring: Type.Object(
          {
            from: TimeSchema('no limit when absent'),
            to: TimeSchema('no limit when absent'),
            before: cursorSchema,
            limit: limitSchema(500, 50),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(FloodSchema), next: nullable(Type.Integer()) }) },
      },
    },
    ({ query: { from, to, limit = 50, ...cursor } }) =>
      alarmSystem.floods({
        ...cursor,
        ...(from !== undefined && { from: parseTime(from, 'from') }),
        ...(to !== undefined && { to: parseTime(to, 'to') }),
        limit,
      }),
  )

  app.get(
    '/api/floods/:id',
    {
      schema: {
        tags: ['alarms'],
        summary: 'One flood with the tree of its incidents',
        params: FloodIdSchema,
        response: { 200: FloodDetailSchema },
      },
    },
    async ({ params: { id } }) => ({ flood: alarmSystem.flood(id), ...incidentsView(await alarmSystem.incidentsOfFlood(id)) }),
  )

  app.get(
    '/api/floods/:id/alarms',
    {
      schema: {
        tags: ['alarms'],
        summary: 'All alarms of a flood or of one of its incidents, in the order they came, in pages',
        params: FloodIdSchema,
        querystring: Type.Object(
          {
            incident: Type.Optional(Type.String({ maxLength: 400, description: 'key of an incident of the flood' })),
            after: cursorSchema,
            limit: limitSchema(1000, 100),
          },
          { additionalProperties: false },
        ),
        response: { 200: IncidentAlarmsSchema },
      },
    },
    async (request) => {
      const { incident, after = 0, limit = 100 } = request.query
      const alarms = await alarmSystem.floodAlarms(request.params.id, incident, scopeOf(request))
      const end = after + limit
      return { items: alarms.slice(after, end), next: end < alarms.length ? end : null, total: alarms.length }
    },
  )

  const review = { tags: ['alarms'], params: FloodIdSchema, response: { 202: Type.Null() } }
  app.get(
    '/api/floods/:id/review',
    {
      schema: {
        ...review,
        summary: 'One page about a flood that is over, with proposed delays that were tried out on its history',
        response: { 200: FloodReviewSchema },
      },
    },
    // As it was kept, which the schema describes.
    ({ params: { id } }) => alarmSystem.review(id) as Static<typeof FloodReviewSchema>,
  )
  app.post('/api/floods/:id/review', { schema: { ...review, summary: 'Make the review of a flood anew' } }, (request, reply) => {
    alarmSystem.reviewAgain(request.params.id, signedIn(request))
    reply.code(202)
    return null
  })
  app.delete('/api/floods/:id/review', { schema: { ...review, summary: 'Stop making the review of a flood' } }, (request, reply) => {
    alarmSystem.cancelReview(request.params.id, signedIn(request))
    reply.code(202)
    return null
  })

  app.get(
    '/api/incidents',
    {
      schema: {
        tags: ['alarms'],
        summary: 'The tree of incidents of what came between two times; at most 31 days',
        querystring: WindowSchema,
        response: { 200: IncidentsSchema },
      },
    },
    async (request) => incidentsView(await alarmSystem.incidents(...windowOf(request.query), scopeOf(request))),
  )
}
