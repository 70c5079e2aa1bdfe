import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type Api, type RouteParts, scopeOf } from '../api.ts'
import { type PlantColumns, PlantSchema, type Snapshot, SnapshotSchema, snapshotReasons } from '../live-schemas.ts'
import { literals } from '../schema-parts.ts'
import type { SharedText } from '../shared-text.ts'

/** What a console starts from: what is shown, and the facilities, which change seldom and are large. */
export function snapshotRoutes(app: Api, { live }: RouteParts): void {
  app.get(
    '/api/snapshot',
    {
      schema: {
        tags: ['live'],
        summary: 'Everything the wall shows, with the number of the delta it stands at',
        querystring: Type.Object({
          reason: Type.Optional(literals(snapshotReasons, { description: 'why it is asked for; counted at /metrics' })),
        }),
        response: { 200: SnapshotSchema },
      },
    },
    async (request, reply) => {
      live.counts.snapshot(request.query.reason ?? 'start')
      const shared = await live.feed(scopeOf(request)).soonSnapshot()
      reply.header('cache-control', 'no-store')
      return (await encoded(shared, request, reply)) as unknown as Snapshot
    },
  )

  app.get(
    '/api/plant',
    {
      schema: {
        tags: ['live'],
        summary: 'All facilities in the form consoles take: columns, by a version that a snapshot or delta names',
        description:
          'GET /api/facilities tells the same page by page, a facility at a time. `If-None-Match` with the version is answered 304.',
        response: { 200: PlantSchema, 304: Type.Null({ description: 'the version named is the present one' }) },
      },
    },
    async (request, reply) => {
      const { version, shared } = live.feed(scopeOf(request)).plant
      const tag = `"${version}"`
      reply.header('cache-control', 'private, no-cache').header('etag', tag).header('vary', 'accept-encoding, cookie')
      if (request.headers['if-none-match']?.includes(tag)) return reply.code(304).send(null)
      return (await encoded(shared, request, reply)) as unknown as PlantColumns
    },
  )
}

/** Finished JSON where the type checker expects the object. */
function encoded(shared: SharedText, request: FastifyRequest, reply: FastifyReply): Promise<Buffer> {
  const encoding = shared.encodingFor(request.headers['accept-encoding']?.toString() ?? '')
  reply.type('application/json; charset=utf-8')
  if (!reply.hasHeader('vary')) reply.header('vary', 'accept-encoding')
  if (encoding) reply.header('content-encoding', encoding)
  return shared.bytes(encoding)
}
