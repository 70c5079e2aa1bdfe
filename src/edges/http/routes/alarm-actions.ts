import Type from 'typebox'
import { AlarmIdSchema, type Api, type RouteParts, signedIn } from '../api.ts'
import { AcknowledgeManySchema, AcknowledgeSchema, AlarmSchema, CommentSchema, ShelveSchema } from '../schemas.ts'
import { alarmView } from '../views.ts'

export function alarmActionRoutes(app: Api, { services }: RouteParts): void {
  const action = (summary: string) => ({ tags: ['alarms'], summary, params: AlarmIdSchema, response: { 200: AlarmSchema } })

  app.post(
    '/api/alarms/acknowledge',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Acknowledge several alarms, all or none',
        body: AcknowledgeManySchema,
        response: { 200: Type.Object({ alarms: Type.Array(AlarmSchema) }) },
      },
    },
    (request) => {
      const { ids, comment = '' } = request.body
      return { alarms: services.acknowledge([...new Set(ids)], signedIn(request), comment).map(alarmView) }
    },
  )

  app.post('/api/alarms/:id/acknowledge', { schema: { ...action('Acknowledge an alarm'), body: AcknowledgeSchema } }, (request) =>
    alarmView(services.acknowledge([request.params.id], signedIn(request), request.body.comment ?? '')[0]!),
  )
  app.post('/api/alarms/:id/comment', { schema: { ...action('Comment on an alarm'), body: CommentSchema } }, (request) =>
    alarmView(services.comment(request.params.id, signedIn(request), request.body.text)),
  )
  app.post('/api/alarms/:id/shelve', { schema: { ...action('Shelve an alarm for some minutes'), body: ShelveSchema } }, (request) =>
    alarmView(services.shelve(request.params.id, signedIn(request), request.body.minutes, request.body.reason)),
  )
  app.post('/api/alarms/:id/unshelve', { schema: action('Take an alarm off the shelf') }, (request) =>
    alarmView(services.unshelve(request.params.id, signedIn(request))),
  )
  app.post('/api/alarms/:id/reset', { schema: action('Reset a latched alarm whose fault is gone') }, (request) =>
    alarmView(services.reset(request.params.id, signedIn(request))),
  )
}
