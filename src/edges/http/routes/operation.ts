import type { FastifyRequest } from 'fastify'
import { Registry } from 'prom-client'
import Type from 'typebox'
import { may } from '../../../access/person.ts'
import { LamplighterError } from '../../../errors.ts'
import type { Api, RouteParts } from '../api.ts'
import { createMetrics } from '../metrics.ts'
import { isPassedOn } from '../proxies.ts'

const ReadySchema = Type.Object({ ready: Type.Boolean(), problems: Type.Array(Type.String()) })

/** For those who run the server. Whether it lives and is ready anybody may know; why not, and figures, only this machine or who is signed in. */
export function operationRoutes(
  app: Api,
  { services, live, metrics, isProxy }: RouteParts & { metrics: Registry | undefined; isProxy: (address: string | undefined) => boolean },
): void {
  const own = createMetrics(services, live.counts)
  const registry = metrics ? Registry.merge([own, metrics]) : own

  app.get(
    '/healthz',
    {
      schema: { tags: ['operation'], summary: 'Whether the process is alive', response: { 200: Type.Object({ alive: Type.Boolean() }) } },
    },
    () => ({ alive: true }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['operation'],
        summary: 'Whether the service can work, and if not, why',
        response: { 200: ReadySchema, 503: ReadySchema },
      },
    },
    (request, reply) => {
      const problems = services.notReady()
      const ready = problems.length === 0
      reply.code(ready ? 200 : 503)
      return { ready, problems: mayLookInside(request) ? problems : [] }
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['operation'],
        summary: 'Figures for Prometheus; without a session from this machine only',
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      if (!mayLookInside(request)) throw new LamplighterError('not-signed-in', 'Sign in first, or ask from the machine of the server.')
      return reply.type(registry.contentType).send(await registry.metrics())
    },
  )

  function mayLookInside(request: FastifyRequest): boolean {
    if (request.person) return may(request.person, 'service.read')
    // What a proxy on this machine passes on comes from elsewhere.
    const isForwarded = isProxy(request.socket.remoteAddress) || isPassedOn(request)
    return !isForwarded && /^(::ffff:)?127\.|^::1$/.test(request.ip)
  }
}
