import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import { AlarmIdSchema, type Api, cursorSchema, limitSchema, type RouteParts } from '../api.ts'
import { AlarmSchema, nullable } from '../schemas.ts'
import { parseTime } from '../times.ts'
import { alarmView } from '../views.ts'

const TimeSchema = Type.Optional(Type.Union([Type.Number(), Type.String()], { description: 'raised; ms since 1970 or ISO 8601' }))

export function alarmRoutes(app: Api, { services }: RouteParts): void {
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
            live: Type.Optional(Type.Boolean({ description: 'true: only live ones, false: only past ones' })),
            from: TimeSchema,
            to: TimeSchema,
            before: cursorSchema,
            limit: limitSchema(500, 100),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(AlarmSchema), next: nullable(Type.Integer()) }) },
      },
    },
    ({ query: { limit = 100, from, to, ...filter } }) => {
      const page = services.state.alarmHistory({
        ...filter,
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
    (request) => {
      const alarm = services.state.alarm(request.params.id)
      if (!alarm) throw new LamplighterError('not-found', `There is no alarm ${request.params.id}; /api/alarms lists them.`)
      return alarmView(alarm)
    },
  )
}
