import Type from 'typebox'
import type { AlertSourceInput } from '../../alert-sources.ts'
import {
  AlertSourceIdSchema,
  AlertSourceInputSchema,
  AlertSourceSchema,
  SourceTokenSchema,
  TakenAlertsSchema,
  WebhookSchema,
} from '../alert-source-schemas.ts'
import { type Api, type RouteParts, scopeOf, signedIn } from '../api.ts'
import type { People } from '../people/people.ts'

const tags = ['dispatch']
const none = { 204: Type.Null() }
/** Bytes of one notification: as many alerts as it may have, of usual length. */
const LONGEST = 16 * 1_048_576

/** Systems of others that send their alerts, and what they send. */
export function alertSourceRoutes(
  app: Api,
  { services: { alertSources } }: RouteParts,
  { sourceTokens }: Pick<People, 'sourceTokens'>,
): void {
  app.get(
    '/api/alert-sources',
    {
      schema: {
        tags,
        summary: 'Systems that send their alerts, by id, at most 20',
        response: { 200: Type.Object({ items: Type.Array(AlertSourceSchema) }) },
      },
    },
    () => ({ items: alertSources.list() as never }),
  )
  app.put(
    '/api/alert-sources/:id',
    {
      schema: {
        tags,
        summary: 'Make or change a source, and the facility that stands for it',
        params: AlertSourceIdSchema,
        body: AlertSourceInputSchema,
        response: { 200: AlertSourceSchema },
      },
    },
    (request) => alertSources.put(request.params.id, request.body as AlertSourceInput, signedIn(request)) as never,
  )
  app.delete(
    '/api/alert-sources/:id',
    {
      schema: {
        tags,
        summary: 'Remove a source with its facility and alarms; refused while alarms stand, unless the facility is out of service',
        params: AlertSourceIdSchema,
        response: none,
      },
    },
    (request, reply) => {
      alertSources.remove(request.params.id, signedIn(request), scopeOf(request))
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/alert-sources/:id/token',
    {
      schema: {
        tags,
        summary: 'Give a source its token, in place of the one before, which counts no more',
        params: AlertSourceIdSchema,
        response: { 200: SourceTokenSchema },
      },
    },
    (request, reply) => {
      reply.header('cache-control', 'no-store')
      return { token: alertSources.giveToken(request.params.id, signedIn(request)) }
    },
  )
  app.delete(
    '/api/alert-sources/:id/token',
    { schema: { tags, summary: 'Revoke the token of a source', params: AlertSourceIdSchema, response: none } },
    (request, reply) => {
      alertSources.revokeToken(request.params.id, signedIn(request))
      reply.code(204)
      return null
    },
  )
  app.post(
    '/api/alertmanager/:source',
    {
      bodyLimit: LONGEST,
      // Before the body is read: strangers have nothing to say.
      onRequest: async (request, reply) => {
        reply.header('www-authenticate', 'Bearer, Basic realm="alerts"')
        sourceTokens.admit((request.params as { source: string }).source, request.headers.authorization, request.ip)
        reply.removeHeader('www-authenticate')
      },
      // Its sender gives up what is refused so, and nobody would know of the alerts in it.
      onError: async (request, _reply, { validation, statusCode = 500 }) => {
        if (validation || (statusCode >= 400 && statusCode < 500)) alertSources.noteUnread(request.params.source)
      },
      schema: {
        tags,
        summary: 'A webhook of Alertmanager, with the token of its source as bearer token or as password of a user of that name',
        params: Type.Object({ source: AlertSourceIdSchema.properties.id }),
        body: WebhookSchema,
        response: { 200: TakenAlertsSchema },
      },
    },
    (request) => {
      const { groupKey = '', truncatedAlerts = 0, alerts } = request.body
      return alertSources.take(request.params.source, {
        ...{ groupKey, truncatedAlerts },
        alerts: alerts.map(({ annotations = {}, ...alert }) => ({ ...alert, annotations }) as never),
      })
    },
  )
}
