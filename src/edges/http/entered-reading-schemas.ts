import Type from 'typebox'
import { MOST_ENTERED } from '../entered-readings.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { nullable, time } from './schema-parts.ts'

const closed = { additionalProperties: false }
const value = Type.Union([Type.Number(), Type.Boolean(), Type.String({ maxLength: 64 })])
const facility = Type.String({ minLength: 1, maxLength: 64 })
const point = Type.String({ minLength: 1, maxLength: 64 })
const source = Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$', description: 'where it comes from, such as `laboratory`' })

export const EnterReadingsSchema = Type.Object(
  {
    source,
    readings: Type.Array(
      Type.Object(
        {
          facility,
          point,
          value,
          at: Type.Union([Type.Number(), Type.String({ maxLength: 40 })], {
            description: 'when it was taken: ms since 1970 or ISO 8601 with its zone',
          }),
        },
        closed,
      ),
      { minItems: 1, maxItems: MOST_ENTERED },
    ),
  },
  closed,
)
export const EnterOutcomeSchema = Type.Object({
  entered: Type.Integer({ description: 'readings that are new' }),
  corrected: Type.Integer({ description: 'those that replaced another value of the same time' }),
  known: Type.Integer({ description: 'those that were entered before' }),
})
export const EnterFileQuerySchema = Type.Object({ source: Type.Optional(source) }, closed)
export const EnteredReadingQuerySchema = Type.Object(
  {
    facility: Type.Optional(facility),
    point: Type.Optional(point),
    source: Type.Optional(source),
    from: Type.Optional(time('taken at or after')),
    to: Type.Optional(time('taken before')),
    before: cursorSchema,
    limit: limitSchema(500, 100),
  },
  closed,
)
export const EnteredReadingPageSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      facility: Type.String(),
      point: Type.String(),
      at: time('when it was taken'),
      value,
      by: Type.String(),
      source: Type.String(),
      entered: time('when it was entered'),
      replaced: nullable(value),
    }),
  ),
  next: nullable(Type.Integer()),
})
