import { rejectionReasons } from '../../../telemetry/rejection.ts'
import type { Api, RouteParts } from '../api.ts'
import { RejectionsSchema } from '../schemas.ts'
import { rejectionView } from '../views.ts'

/** What was refused. */
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
}
