import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import Type, { type Static } from 'typebox'
import type { Scope } from '../../../access/scope.ts'
import { MAX_QUERY_LENGTH } from '../../../facilities/facility-query.ts'
import { exportStates, type TelemetryExport } from '../../exchange/telemetry/export-jobs.ts'
import type { ExportRequest } from '../../exchange/telemetry/export-request.ts'
import { formatFiles, telemetryFormats } from '../../exchange/telemetry/formats.ts'
import { type Api, personOf, type RouteParts, scopeOf } from '../api.ts'
import { literals, nullable, time } from '../schemas.ts'
import { parseTime } from '../times.ts'

const TimeSchema = Type.Union([Type.Number(), Type.String({ maxLength: 40 })], {
  description: 'ms since 1970, or ISO 8601 with its zone',
})

const selection = {
  kind: Type.String({ maxLength: 64 }),
  format: literals(telemetryFormats),
  from: Type.Optional({ ...TimeSchema, description: 'inclusive; as much as there is when absent' }),
  to: Type.Optional({ ...TimeSchema, description: 'exclusive; now when absent' }),
  query: Type.Optional(Type.String({ maxLength: MAX_QUERY_LENGTH, description: 'only facilities it finds, as for GET /api/facilities' })),
  group: Type.Optional(Type.String({ maxLength: 100, description: 'only facilities of this group' })),
  flagged: Type.Optional(Type.Boolean({ default: true, description: 'impossible values too, in columns named POINT.bad' })),
  mark: Type.Optional(Type.Boolean({ default: false, description: 'CSV: begin with the mark by which spreadsheets know UTF-8' })),
  local: Type.Optional(Type.Boolean({ default: false, description: 'CSV: times in the zone of the city instead of UTC' })),
}

const StartSchema = Type.Object(
  {
    ...selection,
    facilities: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 2000, description: 'only these' })),
    points: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 500, description: 'all when absent' })),
  },
  { additionalProperties: false },
)
const listed = (description: string) => Type.Optional(Type.String({ maxLength: 8000, description: `${description}, with commas between` }))
const StreamSchema = Type.Object(
  { ...selection, facilities: listed('only these'), points: listed('all when absent') },
  { additionalProperties: false },
)

const ExportSchema = Type.Object({
  id: Type.String(),
  by: Type.String(),
  created: time('when it was asked for'),
  name: Type.String({ description: 'of the file' }),
  kind: Type.String(),
  format: literals(telemetryFormats),
  from: time('inclusive'),
  to: time('exclusive'),
  facilities: nullable(Type.Integer({ description: 'how many were chosen; null: all of the kind' })),
  points: Type.Array(Type.String()),
  state: literals(exportStates),
  progress: Type.Number({ description: 'share of the work, 0 to 1' }),
  rows: Type.Integer(),
  bytes: Type.Integer(),
  trouble: nullable(Type.String({ description: 'why it failed' })),
})
export type TelemetryExportView = Static<typeof ExportSchema>

function exportView({ order, ...job }: TelemetryExport): TelemetryExportView {
  const { id, by, created, name, state, progress, rows, bytes, trouble } = job
  const { kind, format, from, to, facilities, points } = order
  const chosen = facilities === null ? null : facilities.length
  return {
    id,
    by,
    created,
    name,
    kind: kind.key,
    format,
    from,
    to,
    facilities: chosen,
    points: [...points],
    state,
    progress,
    rows,
    bytes,
    trouble,
  }
}

type Given = Omit<Static<typeof StartSchema>, 'facilities' | 'points'> & {
  facilities?: string[] | undefined
  points?: string[] | undefined
}

function requestOf({ from, to, flagged, mark, local, facilities, points, ...rest }: Given, scope: Scope): ExportRequest {
  return {
    scope,
    ...rest,
    ...(from !== undefined && { from: parseTime(from, 'from') }),
    ...(to !== undefined && { to: parseTime(to, 'to') }),
    ...(facilities && { facilities }),
    ...(points && { points }),
    withFlagged: flagged ?? true,
    hasMark: mark ?? false,
    isLocal: local ?? false,
  }
}

const split = (text: string | undefined) => text?.split(',').map((name) => name.trim())

function sendFile(reply: FastifyReply, name: string, type: string, content: Readable): void {
  // The names of kinds and the digits of days need no escaping.
  reply.type(type).header('content-disposition', `attachment; filename="${name}"`).header('cache-control', 'no-store').send(content)
}

const IdSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
const tags = ['exchange']

/** Telemetry as files: made in the background and fetched when they are done, or read while they are made. */
export function telemetryExportRoutes(app: Api, { services }: RouteParts): void {
  const { telemetryExports } = services
  app.post(
    '/api/telemetry/exports',
    {
      schema: {
        tags,
        summary: 'Make a file of the telemetry of one kind, a row per facility and device time; exports run one after the other',
        body: StartSchema,
        response: { 202: ExportSchema },
      },
    },
    async (request, reply) => {
      const job = await telemetryExports.start(requestOf(request.body, scopeOf(request)), personOf(request).name)
      reply.code(202)
      return exportView(job)
    },
  )
  app.get(
    '/api/telemetry/exports',
    { schema: { tags, summary: 'Exports of the last day, newest first', response: { 200: Type.Array(ExportSchema) } } },
    (request) => telemetryExports.list(personOf(request)).map(exportView),
  )
  app.get(
    '/api/telemetry/exports/:id',
    { schema: { tags, summary: 'How far an export is', params: IdSchema, response: { 200: ExportSchema } } },
    (request) => exportView(telemetryExports.get(request.params.id, personOf(request))),
  )
  app.get(
    '/api/telemetry/exports/:id/file',
    {
      exposeHeadRoute: false,
      schema: { tags, summary: 'The file of an export that is done', params: IdSchema, response: { 200: Type.String() } },
    },
    (request, reply) => {
      const { id } = request.params
      const content = telemetryExports.read(id, personOf(request))
      const { name, order, bytes } = telemetryExports.get(id, personOf(request))
      reply.header('content-length', bytes)
      sendFile(reply as FastifyReply, name, formatFiles[order.format].type, content)
    },
  )
  app.delete(
    '/api/telemetry/exports/:id',
    {
      schema: {
        tags,
        summary: 'Cancel an export, or forget one that is over with its file',
        params: IdSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await telemetryExports.cancel(request.params.id, personOf(request))
      reply.code(204)
      return null
    },
  )
  app.get(
    '/api/telemetry/export',
    {
      // An answer to HEAD would make all of it and throw it away.
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'The telemetry of one kind, made while it is read; as fast as it is read, and not at all for Parquet',
        querystring: StreamSchema,
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      const { query } = request
      const { facilities, points, ...rest } = query
      const selected = { ...rest, facilities: split(facilities), points: split(points) }
      const { name, content } = await telemetryExports.stream(requestOf(selected, scopeOf(request)))
      sendFile(reply as FastifyReply, name, formatFiles[query.format].type, content)
      return reply
    },
  )
}
