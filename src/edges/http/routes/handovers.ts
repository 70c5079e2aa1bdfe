import Type from 'typebox'
import type { Handovers } from '../../handovers.ts'
import { AlarmIdSchema, type Api, cursorSchema, limitSchema, type RouteParts, signedIn } from '../api.ts'
import {
  DraftQuerySchema,
  HandoverDraftSchema,
  type HandoverDraftView,
  HandoverPageSchema,
  HandoverSchema,
  type HandoverView,
  LeaveSchema,
  TakeOverSchema,
} from '../handover-schemas.ts'

const view = (handover: ReturnType<Handovers['handover']>) => handover as unknown as HandoverView

/** What one shift tells the next, signed by both. */
export function handoverRoutes(app: Api, { services: { handovers } }: RouteParts): void {
  const tags = ['roster']
  app.get(
    '/api/handovers',
    {
      schema: {
        tags,
        summary: 'Handovers, newest first',
        querystring: Type.Object({ before: cursorSchema, limit: limitSchema(50, 20) }, { additionalProperties: false }),
        response: { 200: HandoverPageSchema },
      },
    },
    ({ query: { before = Number.MAX_SAFE_INTEGER, limit = 20 } }) => handovers.list(before, limit),
  )
  app.get(
    '/api/handovers/draft',
    {
      schema: {
        tags,
        summary: 'What the shift of a rotation that is ending would hand over now',
        querystring: DraftQuerySchema,
        response: { 200: HandoverDraftSchema },
      },
    },
    ({ query: { rotation } }) => handovers.draft(rotation) as unknown as HandoverDraftView,
  )
  app.get(
    '/api/handovers/:id',
    { schema: { tags, summary: 'A handover with the text as it was signed', params: AlarmIdSchema, response: { 200: HandoverSchema } } },
    (request) => view(handovers.handover(request.params.id)),
  )
  app.post(
    '/api/handovers',
    {
      schema: {
        tags,
        summary: 'Hand the ending shift over: the note is frozen as it is now and signed by who asks',
        body: LeaveSchema,
        response: { 200: HandoverSchema },
      },
    },
    (request) => view(handovers.leave(request.body.rotation, request.body.words.trim(), signedIn(request))),
  )
  app.post(
    '/api/handovers/:id/takeover',
    {
      schema: {
        tags,
        summary: 'Take over, signed by another account than the one that left',
        params: AlarmIdSchema,
        body: TakeOverSchema,
        response: { 200: HandoverSchema },
      },
    },
    (request) => view(handovers.takeOver(request.params.id, request.body.remark.trim(), signedIn(request))),
  )
}
