import Type from 'typebox'
import { facilityScope } from '../../../access/scope.ts'
import { AlarmIdSchema, type Api, cursorSchema, knownAlarm, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { AlarmSchema, FacilityPageSchema, nullable, TimeSchema } from '../schemas.ts'
import { parseTime } from '../times.ts'
import { alarmViewer, facilityPageView } from '../views.ts'

const raised = TimeSchema('raised')

export function alarmRoutes(app: Api, { services }: RouteParts): void {
  const alarmView = alarmViewer(services.kinds)
  app.get(
    '/api/alarms',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Alarms, live and past, newest first, in pages',
        querystring: Type.Object(
          {
            facility: Type.Optional(Type.String({ maxLength: 64 })),
            rule: Type.Optional(Type.String({ maxLength: 100 })),
            suppressedBy: Type.Optional(Type.Integer({ minimum: 1, description: 'only those that this alarm explains' })),
            live: Type.Optional(Type.Boolean({ description: 'true: only live ones, false: only past ones' })),
            from: raised,
            to: raised,
            before: cursorSchema,
            limit: limitSchema(500, 100),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(AlarmSchema), next: nullable(Type.Integer()) }) },
      },
    },
    (request) => {
      const { limit = 100, from, to, ...filter } = request.query
      const page = services.state.alarmHistory({
        ...filter,
        within: facilityScope(scopeOf(request), services.kinds),
        ...(from !== undefined && { from: parseTime(from, 'from') }),
        ...(to !== undefined && { to: parseTime(to, 'to') }),
        limit,
      })
      return { items: page.items.map(alarmView), next: page.next }
    },
  )

  app.get(
    '/api/alarms/:id',
    { schema: { tags: ['alarms'], summary: 'One alarm', params: AlarmIdSchema, response: { 200: AlarmSchema } } },
    (request) => alarmView(knownAlarm(services, request.params.id, scopeOf(request))),
  )

  app.get(
    '/api/alarms/:id/affected',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Facilities that lack supply or link while the alarm is active, as the plant is now, in pages',
        params: AlarmIdSchema,
        querystring: Type.Object({ after: cursorSchema, limit: limitSchema(1000, 100) }, { additionalProperties: false }),
        response: { 200: FacilityPageSchema },
      },
    },
    (request) => {
      const { after = -1, limit = 100 } = request.query
      const scope = scopeOf(request)
      const alarm = knownAlarm(services, request.params.id, scope)
      return facilityPageView(services.affectedBy(alarm, scope, after, limit), services.facilityState)
    },
  )
}
