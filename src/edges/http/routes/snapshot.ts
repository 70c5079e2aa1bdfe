import type { Api, RouteParts } from '../api.ts'
import { type Snapshot, SnapshotSchema } from '../schemas.ts'

export function snapshotRoutes(app: Api, { snapshot }: RouteParts): void {
  app.get(
    '/api/snapshot',
    {
      schema: {
        tags: ['live'],
        summary: 'Everything the wall shows, with the number of the delta it stands at',
        response: { 200: SnapshotSchema },
      },
    },
    // Text already, serialised once for all who ask at the same moment; the type checker expects the object.
    (_request, reply) => {
      reply.type('application/json; charset=utf-8')
      return snapshot() as unknown as Snapshot
    },
  )
}
