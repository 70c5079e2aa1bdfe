import Type, { type Static } from 'typebox'
import { recordTypes } from '../../alarms/alarm-log.ts'
import { refusalCodes } from '../services.ts'
import { words } from './schema-parts.ts'
import { literals, nullable, PrioritySchema, time } from './schemas.ts'

const MINUTES_PER_DAY = 1440

/** Shapes of what is told about alarms beside the alarms themselves. */
export const AlarmRecordSchema = Type.Object({
  id: Type.Integer(),
  alarm: Type.Integer(),
  facility: Type.String(),
  rule: Type.String(),
  type: literals(recordTypes, { description: '`raise` is the first activation; `activate` one of the same alarm later' }),
  at: time('event time of a condition, our time of everything else'),
  recorded: time('our time'),
  by: nullable(Type.String({ description: 'who did it; null: it happened by itself' })),
  detail: Type.String({ description: 'a comment, a reason, a length of time, what explains it' }),
  priority: PrioritySchema,
  told: Type.Boolean({ description: 'after this step: not suppressed (also by late data), shelved or out of service' }),
  announced: Type.Boolean({ description: 'one more alarm for operators: it came where they see it, or is there again unacknowledged' }),
  version: Type.Integer({ description: 'of the alarm after this step' }),
})
export type AlarmRecordView = Static<typeof AlarmRecordSchema>

const version = Type.Optional(
  Type.Integer({
    minimum: 1,
    description: 'of the alarm as it was seen; refused (alarm-changed) when it came back or has another priority since',
  }),
)
const comment = Type.Optional(Type.String({ maxLength: 2000 }))
const AlarmNumberSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const MANY = { minItems: 1, maxItems: 500 }

/** What people do with alarms. */
export const SeenSchema = Type.Object({ version }, { additionalProperties: false })
export const AcknowledgeSchema = Type.Object({ comment, version }, { additionalProperties: false })
export const AcknowledgeManySchema = Type.Object(
  {
    ids: Type.Optional(Type.Array(AlarmNumberSchema, MANY)),
    alarms: Type.Optional(Type.Array(Type.Object({ id: AlarmNumberSchema, version }, { additionalProperties: false }), MANY)),
    each: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'true: each for itself, and `refused` names those that could not be; false: all or none',
      }),
    ),
    comment,
  },
  { additionalProperties: false },
)
const SeveralSchema = Type.Array(Type.Object({ id: AlarmNumberSchema, version }, { additionalProperties: false }), MANY)
const key = Type.Optional(
  Type.String({
    minLength: 8,
    maxLength: 64,
    description:
      'made anew for each action: sent again with the same one within 10 min, it is not done twice and answered with the same alarms as they are then',
  }),
)
/** What people do with several alarms, each for itself. */
export const CommentManySchema = Type.Object(
  { alarms: SeveralSchema, text: words('kept with each alarm'), key },
  { additionalProperties: false },
)
export const ShelveManySchema = Type.Object(
  {
    alarms: SeveralSchema,
    minutes: Type.Number({ minimum: 1, maximum: MINUTES_PER_DAY }),
    reason: words('why; kept with each alarm'),
    key,
  },
  { additionalProperties: false },
)
export const UnshelveManySchema = Type.Object({ alarms: SeveralSchema, key }, { additionalProperties: false })
export const RefusedSchema = Type.Object({
  id: Type.Integer(),
  code: literals(refusalCodes),
  detail: Type.String({ description: 'why, in words' }),
})
export type RefusedView = Static<typeof RefusedSchema>
export const CommentSchema = Type.Object({ text: words('kept with the alarm'), version }, { additionalProperties: false })
export const ShelveSchema = Type.Object(
  { minutes: Type.Number({ minimum: 1, maximum: MINUTES_PER_DAY }), reason: words('why; kept with the alarm'), version },
  { additionalProperties: false },
)

const length = Type.Integer({ minimum: 1, maximum: MINUTES_PER_DAY, description: 'minutes' })
const perPriority = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Object({ critical: schema, high: schema, medium: schema, low: schema }, { additionalProperties: false, description })

export const AlarmPolicySchema = Type.Object(
  {
    longestShelving: perPriority(
      length,
      'an alarm can be put aside for at most so many minutes; for longer, take its facility out of service',
    ),
    reminders: perPriority(nullable(length), 'people are told again after so many minutes without an acknowledgement; null: never'),
    escalation: Type.Object(
      { enabled: Type.Boolean(), leastTime: length },
      {
        additionalProperties: false,
        description:
          'a medium or high alarm that is not acknowledged within its time to act, but at least within `leastTime` minutes of when it was ' +
          'told, is taken one step more urgent',
      },
    ),
    floods: Type.Object(
      {
        operators: Type.Integer({ minimum: 1, maximum: 1000, description: 'people who share the alarms' }),
        begin: Type.Integer({ minimum: 1, maximum: 10_000, description: 'more alarms than this in 10 min per operator are a flood' }),
        end: Type.Integer({ minimum: 1, maximum: 10_000, description: 'it ends when there are fewer than this; at most `begin`' }),
      },
      { additionalProperties: false, description: 'ISA-18.2, IEC 62682 and EEMUA 191 say 10 and 5' },
    ),
  },
  { additionalProperties: false },
)
export type AlarmPolicyView = Static<typeof AlarmPolicySchema>
export const AlarmPolicyChangeSchema = Type.Object(
  { policy: AlarmPolicySchema, reason: words('why; kept with the change') },
  { additionalProperties: false },
)
