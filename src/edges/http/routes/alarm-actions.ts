import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Alarm } from '../../../alarms/alarm.ts'
import { LamplighterError } from '../../../errors.ts'
import type { ManyAction, SeenAlarm } from '../../services.ts'
import {
  AcknowledgeManySchema,
  AcknowledgeSchema,
  CommentManySchema,
  CommentSchema,
  RefusedSchema,
  SeenSchema,
  ShelveManySchema,
  ShelveSchema,
  UnshelveManySchema,
} from '../alarm-schemas.ts'
import { answeredOnce } from '../answered-once.ts'
import { AlarmIdSchema, type Api, isIdInScope, type RouteParts, scopeOf, signedIn } from '../api.ts'
import { AlarmSchema } from '../schemas.ts'
import { alarmViewer } from '../views.ts'

const ManyDoneSchema = Type.Object({
  alarms: Type.Array(AlarmSchema, { description: 'as they are now' }),
  refused: Type.Array(RefusedSchema),
})

export function alarmActionRoutes(app: Api, { services, now }: RouteParts): void {
  const alarmView = alarmViewer(services)
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
  const once = answeredOnce(now)
  /** Does one thing with several alarms; those that are unknown to the person who asks are refused like those that there are not. */
  const actOnMany = (request: FastifyRequest, seen: readonly SeenAlarm[], action: ManyAction, key?: string) => {
    const scope = scopeOf(request)
    const find = (id: number) => {
      const alarm = services.state.alarm(id)
      return alarm && isIdInScope(services, alarm.facility, scope) ? alarm : undefined
    }
    let fresh: readonly Alarm[] | undefined
    // Of an answer only the ids are kept: 500 alarms with their histories are megabytes, and it tells them as they are now.
    const { done, refused } = once(key && `${signedIn(request)} ${action.type} ${key}`, () => {
      const [known, unknown] = parted(seen, ({ id }) => find(id) !== undefined)
      const { alarms, refused } = known.length > 0 ? services.actOnMany(known, signedIn(request), action) : { alarms: [], refused: [] }
      fresh = alarms
      const missing = unknown.map(({ id }) => ({ id, code: 'not-found' as const, detail: `There is no alarm ${id}.` }))
      return { done: alarms.map(({ id }) => id), refused: [...refused, ...missing] }
    })
    const alarms = fresh ?? done.map(find).filter((alarm) => alarm !== undefined)
    return { alarms: alarms.map(alarmView), refused }
  }
  const several = (summary: string) => ({
    tags: ['alarms'],
    summary: `${summary}, each for itself: \`refused\` says of which ones it was not done, and why`,
    response: { 200: ManyDoneSchema },
  })
  /** The body of these may be left out. */
  const preValidation = async (request: { body?: unknown }) => {
    request.body ??= {}
  }

  app.post(
    '/api/alarms/acknowledge',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Acknowledge several alarms, all or none, or each for itself; give ids, or alarms with the version seen',
        body: AcknowledgeManySchema,
        response: { 200: ManyDoneSchema },
      },
    },
    (request) => {
      const { ids, alarms, each = false, comment = '' } = request.body
      if ((ids === undefined) === (alarms === undefined)) {
        throw new LamplighterError('invalid-request', 'Give either ids or alarms, each alarm as {"id", "version"}.')
      }
      const given = alarms ?? (ids ?? []).map((id) => ({ id }))
      if (each) return actOnMany(request as FastifyRequest, given, { type: 'acknowledge', comment })
      const seen = checkKnown(request as FastifyRequest, given)
      return { alarms: services.acknowledge(seen, signedIn(request), comment).map(alarmView), refused: [] }
    },
  )
  app.post('/api/alarms/comment', { schema: { ...several('Comment on several alarms'), body: CommentManySchema } }, (request) => {
    const { alarms, text, key } = request.body
    return actOnMany(request as FastifyRequest, alarms, { type: 'comment', text }, key)
  })
  app.post('/api/alarms/shelve', { schema: { ...several('Shelve several alarms'), body: ShelveManySchema } }, (request) => {
    const { alarms, minutes, reason, key } = request.body
    return actOnMany(request as FastifyRequest, alarms, { type: 'shelve', minutes, reason }, key)
  })
  app.post('/api/alarms/unshelve', { schema: { ...several('Take several alarms off the shelf'), body: UnshelveManySchema } }, (request) => {
    const { alarms, key } = request.body
    return actOnMany(request as FastifyRequest, alarms, { type: 'unshelve' }, key)
  })

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

function parted<T>(list: readonly T[], isFirst: (one: T) => boolean): [first: T[], second: T[]] {
  const first = list.filter(isFirst)
  return [first, list.filter((one) => !first.includes(one))]
}
