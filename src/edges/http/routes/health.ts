import Type from 'typebox'
import { conditions, healthParts, measureUnits } from '../../health.ts'
import type { Api, RouteParts } from '../api.ts'
import { literals, nullable, PrioritySchema, time } from '../schema-parts.ts'

const ConditionSchema = literals(conditions, {
  description: 'look: somebody should look at it; bad: it keeps the service from its work; unused: it is not turned on',
})
const MeasureSchema = Type.Object({
  key: Type.String(),
  unit: literals(measureUnits, { description: '`point`: that of the point of the kind `server` which is named by the key' }),
  value: nullable(Type.Union([Type.Number(), Type.Boolean(), Type.String()])),
  condition: ConditionSchema,
  limit: nullable(Type.Union([Type.Object({ high: Type.Number() }), Type.Object({ low: Type.Number() })])),
  rule: nullable(Type.String({ description: 'rule of the kind `server` that is broken, which says what to do' })),
})

export const HealthSchema = Type.Object({
  at: time('when it was looked at'),
  condition: ConditionSchema,
  parts: Type.Array(
    Type.Object({
      key: literals(healthParts),
      condition: ConditionSchema,
      measures: Type.Array(MeasureSchema),
      notes: Type.Array(Type.String(), { description: 'what the part says itself, such as the last error of the database' }),
    }),
  ),
  problems: Type.Array(Type.String(), { description: 'why the service is not ready' }),
  alarms: Type.Array(
    Type.Object({
      id: Type.Integer(),
      rule: Type.String(),
      priority: PrioritySchema,
      raised: time('when it came first'),
      active: Type.Boolean(),
      acknowledged: Type.Boolean(),
    }),
    { description: 'of the service about itself' },
  ),
  facility: nullable(Type.String({ description: 'as which it reports itself' })),
  version: Type.String(),
  runtime: Type.String({ description: 'what runs the program' }),
  started: time('when this run began'),
  settings: Type.Array(
    Type.Object({
      name: Type.String(),
      value: nullable(Type.String({ description: 'null for a secret that is set' })),
      from: Type.String({ description: 'default, environment, command line, or the path of the configuration file' }),
      isDefault: Type.Boolean(),
    }),
    { description: 'in force since the start' },
  ),
})

/** How it stands with the service itself; it asks no database, so that it answers while one is away. */
export function healthRoutes(app: Api, { services, consoles }: RouteParts): void {
  app.get(
    '/api/health',
    {
      schema: {
        tags: ['operation'],
        summary: 'How it stands with the service itself: every part with its figures, limits and settings',
        response: { 200: HealthSchema },
      },
    },
    () => services.health(consoles()),
  )
}
