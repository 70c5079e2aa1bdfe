import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { scopeKey } from '../../../access/scope.ts'
import { type Api, type RouteParts, scopeOf } from '../api.ts'
import { type Snapshot, SnapshotSchema } from '../schemas.ts'

const compress = promisify(gzip)
/** Scopes whose compressed snapshot is kept. */
const MOST_COMPRESSED = 16

export function snapshotRoutes(app: Api, { snapshot }: RouteParts): void {
  // All consoles come back at once after a restart: the text, 20 times smaller when compressed, is made once for all of a scope.
  const compressed = new Map<string, { text: string; bytes: Promise<Buffer> }>()
  const compressedOnce = (text: string, key: string) => {
    const known = compressed.get(key)
    if (known?.text === text) return known.bytes
    const bytes = compress(text, { level: constants.Z_BEST_SPEED })
    compressed.delete(key)
    compressed.set(key, { text, bytes })
    if (compressed.size > MOST_COMPRESSED) compressed.delete(compressed.keys().next().value as string)
    return bytes
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
      const scope = scopeOf(request)
      const text = snapshot(scope)
      const wantsGzip = /\bgzip\b/.test(request.headers['accept-encoding']?.toString() ?? '')
      reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding').header('cache-control', 'no-store')
      if (wantsGzip) reply.header('content-encoding', 'gzip')
      // Finished JSON where the type checker expects the object.
      return (wantsGzip ? await compressedOnce(text, scopeKey(scope)) : text) as unknown as Snapshot
    },
  )
}
