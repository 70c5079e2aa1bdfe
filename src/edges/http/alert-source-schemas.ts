import Type from 'typebox'
import { priorities } from '../../detection/rule.ts'
import { literals, nullable, time } from './schema-parts.ts'

const urgency = (description: string) => literals([...priorities, 'none'] as const, { description })
const strict = { additionalProperties: false }
const label = (description: string) => Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]{0,99}$', description })

const shown = {
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  heartbeat: nullable(
    Type.Object(
      {
        alertname: Type.String({ minLength: 1, maxLength: 200 }),
        minutes: Type.Integer({ minimum: 1, maximum: 10_080, description: 'without it after which the system is silent' }),
      },
      { ...strict, description: 'the alert that comes again and again while all is well; null: nobody waits for one' },
    ),
  ),
  severityLabel: label('the label that says how urgent an alert is'),
  priorities: Type.Record(
    Type.String({ pattern: '^[^A-Z]{1,100}$' }),
    urgency('of alerts with this value, in small letters; none: no alarm'),
    {
      maxProperties: 50,
    },
  ),
  otherwise: urgency('of alerts with another value, or without the label'),
  most: Type.Integer({ minimum: 1, maximum: 500, description: 'alarms that it may have at a time; those beyond are counted' }),
}
export const AlertSourceInputSchema = Type.Object(shown, strict)
export const AlertSourceIdSchema = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$', description: 'small letters, digits, dashes; of the facility, too' }),
})
export const AlertSourceSchema = Type.Object({
  id: Type.String(),
  ...shown,
  token: nullable(Type.Object({ since: time('when it was given'), by: Type.String() })),
  lastHeard: nullable(time('of the last notification since the start')),
  lastHeartbeat: nullable(time('of the last heartbeat since the start')),
  active: Type.Integer({ description: 'alerts that stand' }),
  leftOut: Type.Integer({ description: 'alerts beyond its bound' }),
})
export const SourceTokenSchema = Type.Object({ token: Type.String({ description: 'told once, and kept nowhere' }) })

const words = Type.Record(Type.String(), Type.String())
/** A webhook of Alertmanager, version 4; what else is in it is ignored. */
export const WebhookSchema = Type.Object(
  {
    version: Type.Literal('4'),
    groupKey: Type.Optional(Type.String()),
    truncatedAlerts: Type.Optional(Type.Integer({ minimum: 0 })),
    alerts: Type.Array(
      Type.Object({
        status: literals(['firing', 'resolved'] as const),
        labels: words,
        annotations: Type.Optional(words),
        startsAt: Type.String({ maxLength: 100 }),
        endsAt: Type.Optional(Type.String({ maxLength: 100 })),
        generatorURL: Type.Optional(Type.String()),
        fingerprint: Type.String({ pattern: '^[0-9a-f]{16}$', description: 'of its labels' }),
      }),
      { maxItems: 10_000 },
    ),
  },
  { description: 'a webhook of Alertmanager, version 4' },
)
export const TakenAlertsSchema = Type.Object({
  changed: Type.Integer({ description: 'alarms that it raised or ended' }),
  leftOut: Type.Integer({ description: 'alerts of it that were only counted' }),
})
