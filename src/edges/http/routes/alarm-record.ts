import Type from 'typebox'
import { facilityScope } from '../../../access/scope.ts'
import type { AlarmRecordQuery } from '../../../storage/state-store.ts'
import { AlarmRecordSchema } from '../alarm-schemas.ts'
import { AlarmIdSchema, type Api, cursorSchema, knownAlarm, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { nullable, TimeSchema } from '../schemas.ts'
import { parseTime } from '../times.ts'

const recorded = TimeSchema('recorded')
const PageSchema = Type.Object({ items: Type.Array(AlarmRecordSchema), next: nullable(Type.Integer()) })

/** What happened to alarms, step by step. */
export function alarmRecordRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/alarms/:id/record',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Every step of an alarm, newest first, in pages; steps are kept for 400 days',
        params: AlarmIdSchema,
        querystring: Type.Object({ before: cursorSchema, limit: limitSchema(1000, 100) }, { additionalProperties: false }),
        response: { 200: PageSchema },
      },
    },
    (request) => {
      const { id } = request.params
      const { limit = 100, ...cursor } = request.query
      knownAlarm(services, id, scopeOf(request))
      return services.state.alarmRecords({ alarm: id, ...cursor, limit })
    },
  )

  app.get(
    '/api/alarm-record',
    {
      schema: {
        tags: ['alarms'],
        summary: 'The steps of all alarms, newest first, in pages; steps are kept for 400 days',
        querystring: Type.Object(
          { from: recorded, to: recorded, before: cursorSchema, limit: limitSchema(1000, 100) },
          { additionalProperties: false },
        ),
        response: { 200: PageSchema },
      },
    },
    (request) => {
      const { limit = 100, from, to, ...cursor } = request.query
      const query: AlarmRecordQuery = { ...cursor, within: facilityScope(scopeOf(request), services.kinds), limit }
      if (from !== undefined) query.from = parseTime(from, 'from')
      if (to !== undefined) query.to = parseTime(to, 'to')
      return services.state.alarmRecords(query)
    },
  )
}
