import Type, { type Static } from 'typebox'
import { nullable, time } from './schema-parts.ts'
import { literals, ModeSchema, PrioritySchema, TimeSchema } from './schemas.ts'

/** Shapes of what plots of readings draw beside the readings. */

/** Facilities in one answer, and of each the newest alarms and changes. */
export const MOST_FACILITIES = 20
export const MOST_ALARMS = 200
export const MOST_CHANGES = 100

export const PlotContextQuerySchema = Type.Object(
  {
    facility: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: MOST_FACILITIES })], {
      description: 'given once for each facility',
    }),
    from: TimeSchema('an hour before `to` when absent'),
    to: TimeSchema('exclusive; now when absent'),
  },
  { additionalProperties: false },
)

export const AlarmSpanSchema = Type.Object({
  alarm: Type.Integer(),
  rule: Type.String(),
  priority: PrioritySchema,
  suppressed: Type.Boolean(),
  acknowledged: Type.Boolean(),
  started: time('event time of the activation'),
  ended: nullable(time('event time of the return to normal; null while it lasts')),
})
export type AlarmSpan = Static<typeof AlarmSpanSchema>

const LimitLineSchema = Type.Object({
  rule: Type.String(),
  point: Type.String(),
  side: literals(['high', 'low'] as const),
  steps: Type.Array(
    Type.Object({
      at: time('since when; the first is the start of the time asked for'),
      value: nullable(Type.Number({ description: 'null: the rule does not judge' })),
      priority: PrioritySchema,
    }),
    { minItems: 1 },
  ),
})
export type LimitLineView = Static<typeof LimitLineSchema>

const ModeStepSchema = Type.Object({ at: time('when'), mode: ModeSchema, before: ModeSchema, by: Type.String() })
export type ModeStep = Static<typeof ModeStepSchema>

const FacilityContextSchema = Type.Object({
  facility: Type.String(),
  registered: nullable(time('when it was registered, if that is known and lies in the time')),
  alarms: Type.Array(AlarmSpanSchema, { description: 'times in which alarms were active, of the newest alarms, oldest first' }),
  moreAlarms: Type.Boolean({ description: `there are more than ${MOST_ALARMS} alarms in that time` }),
  limits: Type.Array(LimitLineSchema, {
    description: 'limits in force over the time; rated values and groups are taken as they are now',
  }),
  modes: Type.Array(ModeStepSchema, { description: 'changes of its mode, oldest first' }),
})
export type FacilityContext = Static<typeof FacilityContextSchema>

export const PlotContextSchema = Type.Object({
  from: time('start'),
  to: time('end, exclusive'),
  oldest: nullable(time('since when there may be readings of any facility; null where nobody can tell at once')),
  facilities: Type.Array(FacilityContextSchema, { description: 'in the order asked for' }),
})
export type PlotContext = Static<typeof PlotContextSchema>
