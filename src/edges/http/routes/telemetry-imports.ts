import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { LamplighterError } from '../../../errors.ts'
import { delimiters } from '../../exchange/csv-reading.ts'
import { encodings } from '../../exchange/encoding.ts'
import { importStates } from '../../exchange/import-job.ts'
import { telemetryFormats } from '../../exchange/telemetry/formats.ts'
import { MAX_TELEMETRY_FILE, type TelemetryImport } from '../../exchange/telemetry/import-jobs.ts'
import { MappingSchema } from '../../exchange/telemetry/mapping.ts'
import { telemetryReasonKeys, telemetryReasons } from '../../exchange/telemetry/problems.ts'
import type { ImportMapping } from '../../exchange/telemetry/row-taker.ts'
import { type Api, type RouteParts, signedIn } from '../api.ts'
import { contentOf, registerFileScope } from '../file-body.ts'
import { literals, nullable, TextSchema, time } from '../schemas.ts'

const ReasonSchema = literals(telemetryReasonKeys)
const SeveritySchema = literals(['error', 'warning'] as const, {
  description: 'error: left out; warning: flagged, passed over or out of time',
})

const ReportSchema = Type.Object({
  rows: Type.Integer({ description: 'read' }),
  isWhole: Type.Boolean({ description: 'false: the file could not be read to its end, and cannot be committed' }),
  taken: Type.Integer({ description: 'rows that are written when it is committed' }),
  values: Type.Integer(),
  from: nullable(time('earliest device time')),
  to: nullable(time('latest device time')),
  facilities: Type.Integer(),
  kinds: Type.Array(Type.Object({ kind: Type.String(), rows: Type.Integer() })),
  errors: Type.Integer(),
  warnings: Type.Integer(),
  reasons: Type.Array(Type.Object({ reason: ReasonSchema, severity: SeveritySchema, count: Type.Integer(), text: TextSchema })),
  problems: Type.Array(
    Type.Object({
      row: Type.Integer({ description: 'row of CSV as a spreadsheet counts, line, or row of Parquet' }),
      column: Type.String(),
      value: Type.String(),
      reason: ReasonSchema,
      severity: SeveritySchema,
      text: TextSchema,
    }),
    { description: 'the first 500 errors and the first 500 warnings' },
  ),
})

const ImportSchema = Type.Object({
  id: Type.String(),
  by: Type.String({ description: 'who sent the file' }),
  name: Type.String(),
  created: time('when'),
  state: literals(importStates),
  progress: Type.Number({ description: 'share of the present step, 0 to 1' }),
  rows: Type.Integer({ description: 'read in the present step' }),
  format: literals(telemetryFormats),
  encoding: literals(encodings),
  kind: nullable(Type.String({ description: 'as it was given' })),
  size: Type.Integer({ description: 'bytes' }),
  trouble: nullable(Type.String({ description: 'what is in its way' })),
  mayCommit: Type.Boolean(),
  report: nullable(ReportSchema),
})
export type TelemetryImportView = Static<typeof ImportSchema>
/** In lists the problems are left out. */
const ListedSchema = Type.Object({ ...ImportSchema.properties, report: nullable(Type.Omit(ReportSchema, ['problems'])) })

export type TelemetryImportListed = Static<typeof ListedSchema>

function importView(job: TelemetryImport): TelemetryImportView {
  const { id, by, name, created, state, progress, rows, kind, trouble, report } = job
  const { format, encoding, size } = job.file
  const mayCommit = state === 'checked' && report !== null && report.isWhole && report.taken > 0
  return {
    id,
    by,
    name,
    created,
    state,
    progress,
    rows,
    format,
    encoding,
    kind,
    size,
    trouble,
    mayCommit,
    report: report && reportView(report),
  }
}

function reportView({ kinds, reasons, problems, ...counts }: NonNullable<TelemetryImport['report']>): Static<typeof ReportSchema> {
  return {
    ...counts,
    kinds: kinds.map((each) => ({ ...each })),
    reasons: reasons.map((each) => ({ ...each, text: telemetryReasons[each.reason].say('…') })),
    problems: problems.map(({ about, ...problem }) => {
      const { severity, say } = telemetryReasons[problem.reason]
      return { ...problem, severity, text: say(about) }
    }),
  }
}

function listView(job: TelemetryImport): TelemetryImportListed {
  const { report, ...view } = importView({ ...job, report: job.report && { ...job.report, problems: [] } })
  if (!report) return { ...view, report: null }
  const { problems: _, ...counts } = report
  return { ...view, report: counts }
}

function readMapping(text: string | undefined): ImportMapping {
  if (text === undefined) return {}
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    given = undefined
  }
  if (Value.Check(MappingSchema, given)) return given as ImportMapping
  throw new LamplighterError(
    'invalid-request',
    'mapping is JSON such as {"kinds": {"pumps": "pump-station"}, "time": "when", "facility": "pole", "points": {"Q": "flow", "remark": null}}.',
  )
}

const StartQuerySchema = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200, description: 'name of the file, for the record' })),
    kind: Type.Optional(Type.String({ maxLength: 64, description: 'of all rows; as the file or the plant says when absent' })),
    format: Type.Optional(literals(telemetryFormats)),
    encoding: Type.Optional(literals(encodings, { description: 'of CSV' })),
    delimiter: Type.Optional(literals(Object.keys(delimiters) as (keyof typeof delimiters)[], { description: 'of CSV' })),
    mapping: Type.Optional(
      Type.String({
        maxLength: 8000,
        description: 'JSON: kinds (by measurement), time, facility, points (by column; null passes it over)',
      }),
    ),
    unknown: Type.Optional(
      literals(['leave', 'keep'] as const, { default: 'leave', description: 'rows of facilities that are not registered' }),
    ),
  },
  { additionalProperties: false },
)
const IdSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
const tags = ['exchange']

/** Files of telemetry into the store: a dry run first, then the decision. History raises no alarms. */
export function telemetryImportRoutes(root: Api, parts: RouteParts): void {
  registerFileScope(root, (app) => {
    startRoute(app, parts)
    decisionRoutes(app, parts)
  })
  const { telemetryImports } = parts.services
  root.get(
    '/api/telemetry/imports',
    { schema: { tags, summary: 'Imports of telemetry of the last hours, newest first', response: { 200: Type.Array(ListedSchema) } } },
    () => telemetryImports.list().map(listView),
  )
  root.get(
    '/api/telemetry/imports/:id',
    {
      schema: { tags, summary: 'How far an import of telemetry is, and what it found', params: IdSchema, response: { 200: ImportSchema } },
    },
    ({ params }) => importView(telemetryImports.get(params.id)),
  )
}

function startRoute(app: Api, { services }: RouteParts): void {
  app.post(
    '/api/telemetry/imports',
    {
      config: { rateLimit: { max: 30, timeWindow: '1 minute' } },
      bodyLimit: MAX_TELEMETRY_FILE,
      schema: {
        tags,
        summary: 'Send a file of telemetry (CSV, JSON lines, Parquet, line protocol) as the body and have it read; writes nothing yet',
        querystring: StartQuerySchema,
        response: { 202: ImportSchema },
      },
    },
    async (request, reply) => {
      const { name = 'file', mapping, unknown, ...given } = request.query
      if (Number(request.headers['content-length']) > MAX_TELEMETRY_FILE)
        throw new LamplighterError('payload-too-large', `The file is larger than ${MAX_TELEMETRY_FILE / 1_048_576} MB; divide it.`)
      const about = { name, by: signedIn(request), mapping: readMapping(mapping), keepUnknown: unknown === 'keep', ...given }
      const job = await services.telemetryImports.start(contentOf(request), about)
      reply.code(202)
      return importView(job)
    },
  )
}

function decisionRoutes(app: Api, { services }: RouteParts): void {
  app.post(
    '/api/telemetry/imports/:id/commit',
    {
      schema: {
        tags,
        summary: 'Write what an import found straight to the time series; writing it again changes nothing',
        params: IdSchema,
        response: { 202: ImportSchema },
      },
    },
    (request, reply) => {
      const job = services.telemetryImports.commit(request.params.id, signedIn(request))
      reply.code(202)
      return importView(job)
    },
  )
  app.delete(
    '/api/telemetry/imports/:id',
    {
      schema: {
        tags,
        summary: 'Cancel an import of telemetry, or forget one that is over; what was written stays',
        params: IdSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await services.telemetryImports.cancel(request.params.id)
      reply.code(204)
      return null
    },
  )
}
