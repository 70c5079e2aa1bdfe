import Type, { type Static } from 'typebox'
import { MAX_SAMPLED, SAMPLES_AFTER, SAMPLES_BEFORE } from '../../../alarms/alarm-samples.ts'
import type { KeptSamples } from '../../../storage/sample-store.ts'
import { minutes } from '../../../telemetry/duration.ts'
import { AlarmIdSchema, type Api, knownAlarm, limitSchema, type RouteParts, scopeOf } from '../api.ts'
import { literals, nullable } from '../schemas.ts'

const SampleSchema = Type.Object({ at: Type.Number(), value: Type.Number(), good: Type.Boolean() })

const PointSamplesSchema = Type.Object({
  point: Type.String(),
  before: Type.Union([SampleSchema, Type.Null()], { description: 'the newest value before the window, where the window begins with none' }),
  at: Type.Array(Type.Number(), { description: 'device times, ms since 1970' }),
  value: Type.Array(Type.Number(), { description: 'booleans 0 and 1, states their index' }),
  good: Type.Array(Type.Boolean(), { description: 'false: flagged impossible' }),
})

export const SampledOccurrenceSchema = Type.Object({
  activated: Type.Number({ description: 'event time, ms since 1970' }),
  state: literals(['pending', 'frozen', 'unavailable'] as const, {
    description: 'pending: still to be read from the telemetry store; unavailable: given up',
  }),
  due: Type.Number({ description: 'when they are looked for next while pending, ms since 1970' }),
  tries: Type.Integer({ description: 'how often that failed' }),
  reason: nullable(Type.String()),
  from: Type.Number(),
  to: Type.Number(),
  points: Type.Array(PointSamplesSchema),
  reports: Type.Union([Type.Array(Type.Number()), Type.Null()], {
    description: 'when the facility reported at all, for a rule that looks at no point',
  }),
})
export type SampledOccurrenceView = Static<typeof SampledOccurrenceSchema>

export function alarmSampleRoutes(app: Api, { services }: RouteParts): void {
  app.get(
    '/api/alarms/:id/samples',
    {
      schema: {
        tags: ['alarms'],
        summary: 'What the points of an alarm said around its activations, newest first',
        description: `From ${SAMPLES_BEFORE / minutes(1)} min before to ${SAMPLES_AFTER / minutes(1)} min after, frozen with the alarm; kept of its first and its newest activations, ${MAX_SAMPLED} at most.`,
        params: AlarmIdSchema,
        querystring: Type.Object(
          { activated: Type.Optional(Type.Number({ description: 'only this activation' })), limit: limitSchema(MAX_SAMPLED, MAX_SAMPLED) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ items: Type.Array(SampledOccurrenceSchema) }) },
      },
    },
    (request) => {
      const { id } = request.params
      const { activated, limit = MAX_SAMPLED } = request.query
      knownAlarm(services, id, scopeOf(request))
      const kept = services.state.samples.of(id).filter((one) => activated === undefined || one.activated === activated)
      return { items: kept.slice(0, limit).map(sampledOccurrence) }
    },
  )
}

function sampledOccurrence({ activated, due, tries, samples }: KeptSamples): SampledOccurrenceView {
  const head = { activated, due, tries }
  const window = { from: activated - SAMPLES_BEFORE, to: activated + SAMPLES_AFTER }
  if (!samples) return { ...head, state: 'pending', reason: null, ...window, points: [], reports: null }
  const { from, to, points, reports, unavailable } = samples
  return { ...head, state: unavailable === null ? 'frozen' : 'unavailable', reason: unavailable, from, to, points, reports }
}
