import Type from 'typebox'
import { plainRow } from '../../../storage/plain-row.ts'
import { minutes } from '../../../telemetry/duration.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import { keptAnswers } from '../kept-answers.ts'
import { RemovalReasonSchema } from '../rule-schemas.ts'
import {
  RetriedSchema,
  RetryAllSchema,
  RetryOutcomeSchema,
  SetAsideIdSchema,
  SetAsidePageSchema,
  SetAsideRowsSchema,
  StorageSchema,
  StoreContentsSchema,
} from '../storage-schemas.ts'

/** Every file is looked at for it. */
const CONTENTS_KEPT = minutes(5)

/** Readings on their way to the store, and those that it refuses. */
export function storageRoutes(app: Api, { services: { storage, telemetry }, now }: RouteParts): void {
  const tags = ['storage']
  const keep = keptAnswers(now, CONTENTS_KEPT)
  app.get(
    '/api/storage',
    {
      schema: { tags, summary: 'Figures of the journal, of the way to the store and of what it refuses', response: { 200: StorageSchema } },
    },
    () => storage.figures(),
  )

  app.get(
    '/api/storage/contents',
    {
      schema: {
        tags,
        summary: 'What the telemetry store holds, by kind and by how it is rolled up; looked at every five minutes at most',
        response: { 200: StoreContentsSchema },
      },
    },
    async () => ({ store: telemetry.name, contents: (await keep('contents', async () => await telemetry.stats?.())) ?? null }),
  )

  app.get(
    '/api/storage/set-aside',
    {
      schema: {
        tags,
        summary: 'Batches of readings that the store refuses for ever, oldest first',
        querystring: Type.Object(
          { after: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the page before' })), limit: limitSchema(1000, 100) },
          { additionalProperties: false },
        ),
        response: { 200: SetAsidePageSchema },
      },
    },
    ({ query: { after, limit = 100 } }) => storage.setAside.list(after ?? null, limit),
  )

  app.get(
    '/api/storage/set-aside/:id',
    {
      schema: {
        tags,
        summary: 'A batch that was set aside, with its rows in pages',
        params: SetAsideIdSchema,
        querystring: Type.Object({ after: cursorSchema, limit: limitSchema(5000, 500) }, { additionalProperties: false }),
        response: { 200: SetAsideRowsSchema },
      },
    },
    async ({ params: { id }, query: { after = 0, limit = 500 } }) => {
      const rows = await storage.setAside.read(id)
      const end = Math.min(rows.rows, after + limit)
      const page = Array.from({ length: Math.max(0, end - after) }, (_, i) => plainRow(rows, after + i))
      return { batch: storage.setAside.get(id), rows: page, next: end < rows.rows ? end : null }
    },
  )

  app.post(
    '/api/storage/set-aside/:id/retry',
    {
      schema: {
        tags,
        summary: 'Offer a batch to the store again; what it takes is removed from what is set aside',
        params: SetAsideIdSchema,
        response: { 200: RetryOutcomeSchema },
      },
    },
    async (request) => ({ reason: null, ...(await storage.retry(request.params.id, signedIn(request))) }),
  )

  app.post(
    '/api/storage/set-aside/retry',
    {
      schema: {
        tags,
        summary: 'Offer the oldest batches to the store again, a limited number per request',
        body: RetryAllSchema,
        response: { 200: RetriedSchema },
      },
    },
    (request) => storage.retryAll(request.body.after ?? null, request.body.limit ?? 20, signedIn(request)),
  )

  app.delete(
    '/api/storage/set-aside/:id',
    {
      schema: {
        tags,
        summary: 'Give up the readings of a batch',
        params: SetAsideIdSchema,
        querystring: RemovalReasonSchema,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await storage.remove(request.params.id, request.query.reason, signedIn(request))
      reply.code(204)
      return null
    },
  )
}
