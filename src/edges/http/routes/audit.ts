import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import Type from 'typebox'
import { LamplighterError } from '../../../errors.ts'
import { type AuditLink, parseHead, verifyAudit } from '../../../storage/audit-chain.ts'
import type { AuditQuery } from '../../../storage/state-store.ts'
import { csvFormat } from '../../exchange/csv-writing.ts'
import { guardFormula } from '../../exchange/formula-guard.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import { literals, nullable, TimeSchema } from '../schemas.ts'
import { parseTime } from '../times.ts'

const AuditSchema = Type.Object({
  id: Type.Integer({ description: 'from 1 on, without gaps' }),
  at: Type.Number({ description: 'ms since 1970' }),
  by: Type.String({ description: 'a person, key:NAME, or a part of the service' }),
  action: Type.String(),
  subject: Type.String(),
  detail: Type.String(),
  hash: nullable(
    Type.String({ description: 'SHA-256 of the JSON array [hash of the record before, id, at, by, action, subject, detail], hex' }),
  ),
})

const when = TimeSchema('recorded')
const search = {
  by: Type.Optional(Type.String({ maxLength: 100 })),
  action: Type.Optional(Type.String({ maxLength: 100 })),
  subject: Type.Optional(Type.String({ maxLength: 500 })),
  words: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'part of subject or detail' })),
  from: when,
  to: when,
}
const VerifiedSchema = Type.Object({
  records: Type.Integer(),
  head: nullable(Type.Object({ id: Type.Integer(), hash: Type.String() })),
  found: Type.Integer({ description: 'how many problems there are' }),
  problems: Type.Array(Type.Object({ record: Type.Integer(), problem: Type.String() }), { description: 'the first of them' }),
})

const EXPORTED_AT_ONCE = 1_000

interface Search {
  by?: string
  action?: string
  subject?: string
  words?: string
  from?: number | string
  to?: number | string
}

/** Who did what. */
export function auditRoutes(app: Api, { services, now }: RouteParts): void {
  const { state } = services

  app.get(
    '/api/audit',
    {
      schema: {
        tags: ['records'],
        summary: 'Who did what, newest first, in pages',
        querystring: Type.Object({ ...search, before: cursorSchema, limit: limitSchema(1000, 100) }, { additionalProperties: false }),
        response: { 200: Type.Object({ items: Type.Array(AuditSchema), next: nullable(Type.Integer()) }) },
      },
    },
    ({ query: { before, limit = 100, ...given } }) =>
      state.auditTrail({ ...queryOf(given), ...(before !== undefined && { before }), limit }),
  )

  app.get(
    '/api/audit/export',
    {
      schema: {
        tags: ['records'],
        summary: 'The audit trail as a file, newest first; with the hashes by which anybody can follow the chain',
        querystring: Type.Object({ ...search, format: literals(['csv', 'jsonl'] as const) }, { additionalProperties: false }),
        response: { 200: Type.String() },
      },
    },
    (request, reply) => {
      const { format, ...given } = request.query
      // Up to here: its own record comes after what it exports.
      const pieces = exported(state.auditTrail.bind(state), queryOf(given), format, state.auditChain.newest())
      state.audit({ at: now(), by: signedIn(request), action: 'export-audit', subject: format, detail: JSON.stringify(given) })
      reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl')
        .header('content-disposition', `attachment; filename="audit.${format}"`)
        .header('cache-control', 'no-store')
      reply.send(Readable.from(pieces, { objectMode: false }) as unknown as string)
    },
  )

  let isVerifying = false
  app.post(
    '/api/audit/verify',
    {
      schema: {
        tags: ['records'],
        summary: 'Follow the chain of the audit trail and name each record that is not as it was written',
        body: Type.Object(
          { noted: Type.Optional(Type.String({ maxLength: 100, description: 'a head noted earlier, as id:hash, which must be in it' })) },
          { additionalProperties: false },
        ),
        response: { 200: VerifiedSchema },
      },
    },
    async (request) => {
      const { noted: text } = request.body
      const noted = text === undefined ? undefined : parseHead(text)
      if (text !== undefined && !noted)
        throw new LamplighterError('invalid-request', 'noted is not id:hash, such as 12:5f3a… with 64 digits.')
      if (isVerifying) throw new LamplighterError('action-refused', 'Somebody else is verifying the audit trail. Try again in a minute.')
      isVerifying = true
      try {
        const verified = await verifyAudit(state.auditChain, { noted })
        const detail = `${verified.records} records, ${verified.found} problems`
        state.audit({ at: now(), by: signedIn(request), action: 'verify-audit', subject: 'audit trail', detail })
        return verified
      } finally {
        isVerifying = false
      }
    },
  )
}

function queryOf({ from, to, ...given }: Search): Omit<AuditQuery, 'limit'> {
  return {
    ...given,
    ...(from !== undefined && { from: parseTime(from, 'from') }),
    ...(to !== undefined && { to: parseTime(to, 'to') }),
  }
}

const columns = ['id', 'at', 'time', 'by', 'action', 'subject', 'detail', 'hash'] as const

function* exported(
  page: (query: AuditQuery) => { items: AuditLink[]; next: number | null },
  query: Omit<AuditQuery, 'limit'>,
  format: 'csv' | 'jsonl',
  through: number,
): Generator<string> {
  if (format === 'csv') yield stringify([columns as unknown as string[]], csvFormat)
  let next: number | null = through + 1
  while (next !== null) {
    const found: { items: AuditLink[]; next: number | null } = page({ ...query, before: next, limit: EXPORTED_AT_ONCE })
    if (found.items.length > 0) yield format === 'csv' ? stringify(found.items.map(csvRow), csvFormat) : found.items.map(line).join('')
    next = found.next
  }
}

const csvRow = ({ id, at, by, action, subject, detail, hash }: AuditLink) => [
  ...[id, at, new Date(at).toISOString()],
  ...[by, action, subject, detail].map(guardFormula),
  hash ?? '',
]
const line = ({ id, at, by, action, subject, detail, hash }: AuditLink) =>
  `${JSON.stringify({ id, at, by, action, subject, detail, hash })}\n`
