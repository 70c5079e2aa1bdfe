import Type, { type Static } from 'typebox'
import { recordTypes } from '../../alarms/alarm-log.ts'
import { literals, nullable, PrioritySchema, time } from './schemas.ts'

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
  told: Type.Boolean({ description: 'after this step: not suppressed, shelved, out of service or historical' }),
  version: Type.Integer({ description: 'of the alarm after this step' }),
})
export type AlarmRecordView = Static<typeof AlarmRecordSchema>
