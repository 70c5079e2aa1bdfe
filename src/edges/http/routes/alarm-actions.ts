import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import type { SeenAlarm } from '../../services.ts'
import { AcknowledgeManySchema, AcknowledgeSchema, CommentSchema, SeenSchema, ShelveSchema } from '../alarm-schemas.ts'
import { AlarmIdSchema, type Api, type RouteParts, signedIn } from '../api.ts'
import { AlarmSchema } from '../schemas.ts'
import { alarmViewer } from '../views.ts'

export function alarmActionRoutes(app: Api, { services }: RouteParts): void {
  const alarmView = alarmViewer(services.kinds)
  const action = (summary: string) => ({ tags: ['alarms'], summary, params: AlarmIdSchema, response: { 200: AlarmSchema } })
  const seenOf = ({ params: { id }, body: { version } }: { params: { id: number }; body: { version?: number } }): SeenAlarm =>
    version === undefined ? { id } : { id, version }
  /** The body of these may be left out. */
  const preValidation = async (request: { body?: unknown }) => {
    request.body ??= {}
  }

  app.post(
    '/api/alarms/acknowledge',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Acknowledge several alarms, all or none; give ids, or alarms with the version seen',
        body: AcknowledgeManySchema,
        response: { 200: Type.Object({ alarms: Type.Array(AlarmSchema) }) },
      },
    },
    (request) => {
      const { ids, alarms, comment = '' } = request.body
      if ((ids === undefined) === (alarms === undefined)) {
        throw new LamplighterError('invalid-request', 'Give either ids or alarms, each alarm as {"id", "version"}.')
      }
      return { alarms: services.acknowledge(alarms ?? (ids ?? []).map((id) => ({ id })), signedIn(request), comment).map(alarmView) }
    },
  )

  app.post('/api/alarms/:id/acknowledge', { schema: { ...action('Acknowledge an alarm'), body: AcknowledgeSchema } }, (request) =>
    alarmView(services.acknowledge([seenOf(request)], signedIn(request), request.body.comment ?? '')[0]!),
  )
  app.post('/api/alarms/:id/comment', { schema: { ...action('Comment on an alarm'), body: CommentSchema } }, (request) =>
    alarmView(services.comment(seenOf(request), signedIn(request), request.body.text)),
  )
  app.post(
    '/api/alarms/:id/shelve',
    { schema: { ...action('Shelve an alarm for some minutes, at most as many as the policy gives its priority'), body: ShelveSchema } },
    (request) => alarmView(services.shelve(seenOf(request), signedIn(request), request.body.minutes, request.body.reason)),
  )
  app.post(
    '/api/alarms/:id/unshelve',
    { preValidation, schema: { ...action('Take an alarm off the shelf'), body: SeenSchema } },
    (request) => alarmView(services.unshelve(seenOf(request), signedIn(request))),
  )
  app.post(
    '/api/alarms/:id/reset',
    {
      preValidation,
      schema: {
        ...action('Reset a latched alarm whose fault is gone'),
        description:
          'An alarm that protects lives (`shelvable` false) needs two people: the first call makes `resetRequest`, the same call by another ' +
          'person within 10 minutes resets it; the first person is refused.',
        body: SeenSchema,
      },
    },
    (request) => alarmView(services.reset(seenOf(request), signedIn(request))),
  )
}
