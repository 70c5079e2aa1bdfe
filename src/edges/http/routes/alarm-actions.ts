import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import type { SeenAlarm } from '../../services.ts'
import { AcknowledgeManySchema, AcknowledgeSchema, CommentSchema, SeenSchema, ShelveSchema } from '../alarm-schemas.ts'
import { AlarmIdSchema, type Api, isIdInScope, type RouteParts, scopeOf, signedIn } from '../api.ts'
import { AlarmSchema } from '../schemas.ts'
import { alarmViewer } from '../views.ts'

export function alarmActionRoutes(app: Api, { services }: RouteParts): void {
  const alarmView = alarmViewer(services.kinds)
  const action = (summary: string) => ({ tags: ['alarms'], summary, params: AlarmIdSchema, response: { 200: AlarmSchema } })
  /** Throws `not-found`, naming every alarm that is unknown to the person who asks. */
  const checkKnown = (request: FastifyRequest, seen: readonly SeenAlarm[]): readonly SeenAlarm[] => {
    const scope = scopeOf(request)
    const isKnown = ({ id }: SeenAlarm) => {
      const alarm = services.state.alarm(id)
      return alarm !== undefined && isIdInScope(services, alarm.facility, scope)
    }
    const unknown = seen.filter((one) => !isKnown(one)).map(({ id }) => id)
    if (unknown.length === 0) return seen
    throw new LamplighterError('not-found', `There is no alarm ${unknown.join(', ')}.${seen.length > 1 ? ' Nothing was changed.' : ''}`)
  }
  const seenOf = (request: FastifyRequest<{ Params: { id: number }; Body: { version?: number } }>): SeenAlarm => {
    const { id } = request.params
    const { version } = request.body
    const seen = version === undefined ? { id } : { id, version }
    checkKnown(request as FastifyRequest, [seen])
    return seen
  }
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
      const seen = checkKnown(request as FastifyRequest, alarms ?? (ids ?? []).map((id) => ({ id })))
      return { alarms: services.acknowledge(seen, signedIn(request), comment).map(alarmView) }
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
