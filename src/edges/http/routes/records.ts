import { rejectionReasons } from '../../../telemetry/rejection.ts'
import type { Api, RouteParts } from '../api.ts'
import { RejectionsSchema } from '../schemas.ts'
import { countsView } from '../traffic-schemas.ts'
import { rejectionView } from '../views.ts'

/** What was refused. */
export function recordRoutes(app: Api, { services, now }: RouteParts): void {
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
      counts: countsView(services.rejections.counts(), services.rejections.lastHour(now()), rejectionReasons),
      samples: services.rejections.samples().map(rejectionView),
    }),
  )
}
