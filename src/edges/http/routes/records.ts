import Type from 'typebox'
import { rejectionReasons } from '../../../telemetry/rejection.ts'
import { type Api, cursorSchema, limitSchema, type RouteParts } from '../api.ts'
import { nullable, RejectionsSchema } from '../schemas.ts'
import { rejectionView } from '../views.ts'

const AuditSchema = Type.Object({
  id: Type.Integer(),
  at: Type.Number({ description: 'ms since 1970' }),
  by: Type.String(),
  action: Type.String(),
  subject: Type.String(),
  detail: Type.String(),
})

/** What was refused, and who did what. */
export function recordRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/rejections',
    {
      schema: {
        tags: ['records'],
        summary: 'Refused messages: counts per reason and the newest samples',
        response: { 200: RejectionsSchema },
      },
    },
    () => ({
      counts: [...services.rejections.counts()].map(([reason, count]) => ({ reason, help: rejectionReasons[reason], count })),
      samples: services.rejections.samples().map(rejectionView),
    }),
  )

  app.get(
    '/api/audit',
    {
      schema: {
        tags: ['records'],
        summary: 'Who did what, newest first, in pages',
        querystring: Type.Object({ before: cursorSchema, limit: limitSchema(1000, 100) }, { additionalProperties: false }),
        response: { 200: Type.Object({ items: Type.Array(AuditSchema), next: nullable(Type.Integer()) }) },
      },
    },
    ({ query: { before, limit = 100 } }) => services.state.auditTrail(before ?? null, limit),
  )
}
