import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Api, RouteParts } from '../api.ts'
import { type Snapshot, SnapshotSchema } from '../schemas.ts'

const compress = promisify(gzip)

export function snapshotRoutes(app: Api, { snapshot }: RouteParts): void {
  // All consoles come back at once after a restart: the text, 20 times smaller when compressed, is made once for all of them.
  let compressed: { text: string; bytes: Promise<Buffer> } | undefined
  const compressedOnce = (text: string) => {
    if (compressed?.text !== text) compressed = { text, bytes: compress(text, { level: constants.Z_BEST_SPEED }) }
    return compressed.bytes
  }

  app.get(
    '/api/snapshot',
    {
      schema: {
        tags: ['live'],
        summary: 'Everything the wall shows, with the number of the delta it stands at',
        response: { 200: SnapshotSchema },
      },
    },
    async (request, reply) => {
      const text = snapshot()
      const wantsGzip = /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '')
      reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding').header('cache-control', 'no-store')
      if (wantsGzip) reply.header('content-encoding', 'gzip')
      // Finished JSON where the type checker expects the object.
      return (wantsGzip ? await compressedOnce(text) : text) as unknown as Snapshot
    },
  )
}
