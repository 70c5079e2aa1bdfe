import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import type { MapServices } from '../../map/map-services.ts'
import { MAX_ROAD_FILE } from '../../map/road-reading.ts'
import { ARCHIVE_PATH } from '../../map/tile-source.ts'
import { type Api, type RouteParts, signedIn } from '../api.ts'
import { contentOf, registerFileScope } from '../file-body.ts'
import { DatumSchema, type MapGround, MapGroundSchema, RoadsSentSchema } from '../map-schemas.ts'
import { isTaken } from '../shared-text.ts'

/** Longest part of an archive that is sent at once, bytes. */
const MAX_PART = 16 * 1_048_576

/** What the map stands on: roads, and tiles of an archive on disk. */
export function mapRoutes(root: Api, { services }: RouteParts): void {
  root.get(
    '/api/map',
    { schema: { tags: ['map'], summary: 'What the map stands on: roads and tiles', response: { 200: MapGroundSchema } } },
    (): MapGround => {
      const { roads, tiles } = { roads: services.map.roads(), tiles: services.map.tiles }
      return { roads: roads && roadsView(roads), tiles: tiles && { ...tiles, subdomains: [...tiles.subdomains] } }
    },
  )
  root.get(
    '/api/map/roads',
    {
      schema: {
        tags: ['map'],
        summary: 'The roads as GeoJSON: MultiLineStrings in WGS-84 with name and width (main, secondary, branch)',
        response: { 200: Type.Unsafe<object>({ type: 'object', description: 'a GeoJSON FeatureCollection' }) },
      },
    },
    (request, reply) => sendRoads(services.map, request, reply),
  )
  root.delete(
    '/api/map/roads',
    { schema: { tags: ['map'], summary: 'Take away the roads that were sent', response: { 204: Type.Null() } } },
    (request, reply) => {
      services.map.removeRoads(signedIn(request))
      reply.code(204)
      return null
    },
  )
  root.get(
    ARCHIVE_PATH,
    {
      config: { rateLimit: { max: 30_000, timeWindow: '1 minute' } },
      schema: {
        tags: ['map'],
        summary: 'Parts of the tile archive on this server, by Range',
        response: { 206: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
      },
    },
    (request, reply) => sendPart(services.map.archive, request, reply),
  )
  registerFileScope(root, (app) => {
    app.put(
      '/api/map/roads',
      {
        config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
        bodyLimit: MAX_ROAD_FILE,
        schema: {
          tags: ['map'],
          summary: 'Send the roads of the city as a GeoJSON file, in place of those before',
          querystring: Type.Object({ datum: Type.Optional(DatumSchema) }, { additionalProperties: false }),
          response: { 200: RoadsSentSchema },
        },
      },
      async (request) => {
        if (Number(request.headers['content-length']) > MAX_ROAD_FILE)
          throw new LamplighterError('payload-too-large', `The file is larger than ${MAX_ROAD_FILE / 1_048_576} MB.`)
        const { roads, passedOver } = await services.map.putRoads(contentOf(request), request.query.datum ?? 'wgs84', signedIn(request))
        return { roads: roadsView({ roads, source: 'uploaded' }), passedOver }
      },
    )
  })
}

function roadsView({ roads, source }: NonNullable<ReturnType<MapServices['roads']>>) {
  const { tag, lines, by, at } = roads
  return { source, tag, lines, by, at }
}

function sendRoads(map: MapServices, { headers }: FastifyRequest, reply: FastifyReply): never {
  const found = map.roads()
  if (!found) throw new LamplighterError('not-found', 'The city has no roads yet. Send them: PUT /api/map/roads.')
  const { tag, content } = found.roads
  reply.header('etag', `"${tag}"`).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding')
  if (headers['if-none-match']?.includes(`"${tag}"`)) return reply.code(304).send() as never
  reply.type('application/geo+json; charset=utf-8')
  // The same bytes for all, and piece by piece for who cannot read them: a city of roads is 50 MB, and readers may be many and slow.
  const compressed = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  if (isTaken('gzip', headers['accept-encoding']?.toString()))
    return reply.header('content-encoding', 'gzip').serializer(asIs).send(compressed) as never
  return reply.send(Readable.from([compressed]).pipe(createGunzip())) as never
}

/** Bytes that are no JSON. */
const asIs = (payload: unknown) => payload as string

async function sendPart(archive: string | null, { headers }: FastifyRequest, reply: FastifyReply): Promise<never> {
  if (!archive) throw new LamplighterError('not-found', 'This server has no tile archive (MAP_PMTILES).')
  const { size, mtimeMs } = await stat(archive).catch(() => {
    throw new LamplighterError('not-found', 'The tile archive of this server cannot be read any more (MAP_PMTILES).')
  })
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(headers.range ?? '') ?? []
  const start = Number(first)
  const end = Math.min(Number(last ?? Number.POSITIVE_INFINITY), size - 1)
  if (first === undefined || start > end || end - start >= MAX_PART) {
    reply.header('content-range', `bytes */${size}`)
    throw new LamplighterError('invalid-request', `Ask for a part of at most ${MAX_PART} bytes with Range: bytes=0-16383.`)
  }
  const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`
  return reply
    .code(206)
    .type('application/octet-stream')
    .headers({ etag: tag, 'accept-ranges': 'bytes', 'cache-control': 'private, max-age=3600' })
    .headers({ 'content-range': `bytes ${start}-${end}/${size}`, 'content-length': end - start + 1 })
    .send(createReadStream(archive, { start, end })) as never
}
