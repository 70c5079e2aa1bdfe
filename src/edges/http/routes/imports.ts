import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { LamplighterError } from '../../../errors.ts'
import type { ImportMapping } from '../../../facilities/import-mapping.ts'
import { type ImportReason, importReasonKeys, importReasons, problemText, severityOf } from '../../../facilities/import-problem.ts'
import { delimiters } from '../../exchange/csv-reading.ts'
import { encodings } from '../../exchange/encoding.ts'
import { type ImportJob, importStates } from '../../exchange/import-job.ts'
import { MAX_FILE } from '../../exchange/import-jobs.ts'
import { exportFormats } from '../../exchange/plant-export.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import { contentOf, registerFileScope } from '../file-body.ts'
import { listPage } from '../list-page.ts'
import { literals, nullable, TextSchema } from '../schemas.ts'

const ReasonSchema = literals(importReasonKeys)
const SeveritySchema = literals(['error', 'warning'] as const)

const ImportSchema = Type.Object({
  id: Type.String(),
  by: Type.String({ description: 'who sent the file' }),
  name: Type.String(),
  created: Type.Number({ description: 'ms since 1970' }),
  state: literals(importStates),
  progress: Type.Number({ description: 'share of the present step, 0 to 1' }),
  format: literals(exportFormats),
  encoding: literals(encodings),
  hasMark: Type.Boolean({ description: 'the file begins with a byte order mark' }),
  size: Type.Integer({ description: 'bytes' }),
  trouble: nullable(TextSchema),
  mayCommit: Type.Boolean(),
  report: nullable(
    Type.Object({
      rows: Type.Integer(),
      new: Type.Integer(),
      changed: Type.Integer(),
      unchanged: Type.Integer(),
      changedFields: Type.Record(Type.String(), Type.Integer(), { description: 'how many facilities differ in each field' }),
      errors: Type.Integer(),
      warnings: Type.Integer(),
      reasons: Type.Array(Type.Object({ reason: ReasonSchema, severity: SeveritySchema, count: Type.Integer() })),
    }),
  ),
})
type ImportView = Static<typeof ImportSchema>

function importView(job: ImportJob): ImportView {
  const { id, by, name, created, state, progress, trouble, report } = job
  const { format, encoding, hasMark, size } = job.file
  const mayCommit = state === 'checked' && report?.problems.errors === 0
  return {
    id,
    by,
    name,
    created,
    state,
    progress,
    format,
    encoding,
    hasMark,
    size,
    trouble,
    mayCommit,
    report: report && reportView(report),
  }
}

function reportView({ counts, changedFields, problems }: NonNullable<ImportJob['report']>): NonNullable<ImportView['report']> {
  const reasons = [...problems.counts].map(([reason, count]) => ({ reason, severity: importReasons[reason].severity, count }))
  return { ...counts, changedFields: { ...changedFields }, errors: problems.errors, warnings: problems.warnings, reasons }
}

const MappingSchema = Type.Object(
  {
    columns: Type.Optional(Type.Record(Type.String(), nullable(Type.String()))),
    id: Type.Optional(
      Type.Object(
        {
          from: Type.String(),
          prefix: Type.Optional(Type.String({ maxLength: 32 })),
          words: Type.Optional(Type.Record(Type.String(), Type.String())),
        },
        { additionalProperties: false },
      ),
    ),
    defaults: Type.Optional(Type.Record(Type.String(), Type.String())),
    trim: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)

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
    'mapping is JSON such as {"columns": {"label": "name", "remark": null}, "id": {"from": "label", "prefix": "SL-"}, "defaults": {"kind": "street-light"}}.',
  )
}

const ImportIdSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
const StartQuerySchema = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200, description: 'name of the file, for the record' })),
    format: Type.Optional(literals(exportFormats)),
    encoding: Type.Optional(literals(encodings)),
    delimiter: Type.Optional(literals(Object.keys(delimiters) as (keyof typeof delimiters)[])),
    mapping: Type.Optional(
      Type.String({
        maxLength: 8000,
        description: 'JSON: columns (column of the file to field, null passes it over), id (from a column, prefix, words), defaults, trim',
      }),
    ),
  },
  { additionalProperties: false },
)

const ProblemsQuerySchema = Type.Object(
  { severity: Type.Optional(SeveritySchema), reason: Type.Optional(ReasonSchema), limit: limitSchema(1000, 100), after: cursorSchema },
  { additionalProperties: false },
)
const ProblemPageSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      row: Type.Integer({ description: 'as a spreadsheet counts; features and entities from 1' }),
      column: Type.String({ description: 'as the file names it; empty for the whole row' }),
      value: Type.String(),
      reason: ReasonSchema,
      severity: SeveritySchema,
      text: TextSchema,
    }),
  ),
  next: nullable(Type.Integer()),
  total: Type.Integer({ description: 'that match, of those kept' }),
  leftOut: Type.Integer({ description: 'problems that were counted and not kept, of all' }),
})
const ChangePageSchema = Type.Object({
  items: Type.Array(Type.Object({ row: Type.Integer(), id: Type.String(), fields: Type.Array(Type.String()) })),
  next: nullable(Type.Integer()),
})

/** Files of facilities into the plant: a dry run first, then all or nothing. */
export function importRoutes(root: Api, parts: RouteParts): void {
  registerFileScope(root, (app) => {
    startRoute(app, parts)
    decisionRoutes(app, parts)
  })
  reportRoutes(root, parts)
}

function startRoute(app: Api, { services }: RouteParts): void {
  app.post(
    '/api/imports',
    {
      config: { rateLimit: { max: 30, timeWindow: '1 minute' } },
      bodyLimit: MAX_FILE,
      schema: {
        tags: ['exchange'],
        summary: 'Send a file of facilities (CSV, GeoJSON, NGSI-LD) as the body and have it checked; changes nothing yet',
        querystring: StartQuerySchema,
        response: { 202: ImportSchema },
      },
    },
    async (request, reply) => {
      const { name = 'file', mapping, ...given } = request.query
      if (Number(request.headers['content-length']) > MAX_FILE)
        throw new LamplighterError('payload-too-large', `The file is larger than ${MAX_FILE / 1_048_576} MB; divide it.`)
      const content = contentOf(request)
      const job = await services.imports.start(content, { name, by: signedIn(request), mapping: readMapping(mapping), ...given })
      reply.code(202)
      return importView(job)
    },
  )
}

function decisionRoutes(app: Api, { services }: RouteParts): void {
  app.post(
    '/api/imports/:id/commit',
    {
      schema: {
        tags: ['exchange'],
        summary: 'Make a checked import part of the plant, all or nothing',
        params: ImportIdSchema,
        response: { 202: ImportSchema },
      },
    },
    (request, reply) => {
      const job = services.imports.commit(request.params.id, signedIn(request))
      reply.code(202)
      return importView(job)
    },
  )

  app.delete(
    '/api/imports/:id',
    {
      schema: {
        tags: ['exchange'],
        summary: 'Cancel an import, or forget one that is over',
        params: ImportIdSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await services.imports.cancel(request.params.id)
      reply.code(204)
      return null
    },
  )
}

function reportRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/imports',
    { schema: { tags: ['exchange'], summary: 'Imports of the last hour, newest first', response: { 200: Type.Array(ImportSchema) } } },
    () => services.imports.list().map(importView),
  )

  app.get(
    '/api/imports/:id',
    {
      schema: {
        tags: ['exchange'],
        summary: 'How far an import is, and what it would do',
        params: ImportIdSchema,
        response: { 200: ImportSchema },
      },
    },
    (request) => importView(services.imports.get(request.params.id)),
  )

  app.get(
    '/api/imports/:id/problems',
    {
      schema: {
        tags: ['exchange'],
        summary: 'What is wrong with the rows of the file, in pages',
        params: ImportIdSchema,
        querystring: ProblemsQuerySchema,
        response: { 200: ProblemPageSchema },
      },
    },
    (request) => {
      const { after, limit, severity, reason } = request.query
      const problems = services.imports.get(request.params.id).report?.problems
      const list = problems?.list({ ...(severity && { severity }), ...(reason && { reason: reason as ImportReason }) }) ?? []
      const { items, next } = listPage(list, after, limit)
      const view = items.map((each) => {
        const { row, column, value } = each
        return { row, column, value, reason: each.reason, severity: severityOf(each), text: problemText(each) }
      })
      return { items: view, next, total: list.length, leftOut: problems?.leftOut ?? 0 }
    },
  )

  app.get(
    '/api/imports/:id/changes',
    {
      schema: {
        tags: ['exchange'],
        summary: 'Registered facilities the import would change, with the fields, in pages',
        params: ImportIdSchema,
        querystring: Type.Object({ limit: limitSchema(1000, 100), after: cursorSchema }, { additionalProperties: false }),
        response: { 200: ChangePageSchema },
      },
    },
    (request) => {
      const { items, next } = listPage(
        services.imports.get(request.params.id).report?.changes ?? [],
        request.query.after,
        request.query.limit,
      )
      return { items: items.map(({ row, id, fields }) => ({ row, id, fields: [...fields] })), next }
    },
  )
}
