import { AlarmPolicyChangeSchema, AlarmPolicySchema } from '../alarm-schemas.ts'
import { type Api, type RouteParts, signedIn } from '../api.ts'
import { alarmPolicyView } from '../views.ts'

/** What the alarm philosophy leaves to the operator of the plant. */
export function alarmPolicyRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/alarm-policy',
    { schema: { tags: ['alarms'], summary: 'How alarms are shelved, told again and escalated', response: { 200: AlarmPolicySchema } } },
    () => alarmPolicyView(services.alarmPolicy()),
  )
  app.put(
    '/api/alarm-policy',
    {
      schema: {
        tags: ['alarms'],
        summary: 'Change it; it counts at once, for live alarms too, but what is shelved already stays so to its end',
        body: AlarmPolicyChangeSchema,
        response: { 200: AlarmPolicySchema },
      },
    },
    (request) => alarmPolicyView(services.setAlarmPolicy(request.body.policy, request.body.reason, signedIn(request))),
  )
}
