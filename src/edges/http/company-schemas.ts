import Type, { type Static } from 'typebox'
import { origins, verdicts } from '../../operations/company-view.ts'
import { deliveryStates } from '../../operations/gas-delivery.ts'
import { weatherClasses } from '../../operations/gas-figures.ts'
import { limitSets } from '../../operations/sewage-figures.ts'
import { dutyNames } from '../company-figures.ts'
import { cursorSchema, limitSchema } from './api.ts'
import { literals, nullable, TextSchema, time } from './schema-parts.ts'

const closed = { additionalProperties: false }
const keys = <T extends object>(of: T) => Object.keys(of) as (keyof T & string)[]
const format = literals(['number', 'share', 'time', 'length'] as const, {
  description: 'a share is from 0 to 1, a time ms since 1970, a length ms; a number where absent',
})
const origin = literals(keys(origins), { description: 'where it comes from' })
const cell = Type.Union([Type.Number(), Type.String(), TextSchema, Type.Null()])

const FigureSchema = Type.Object({
  key: Type.String(),
  title: TextSchema,
  value: nullable(Type.Number()),
  unit: Type.Optional(Type.String()),
  digits: Type.Optional(Type.Integer()),
  format: Type.Optional(format),
  target: Type.Optional(
    Type.Union([Type.Object({ atLeast: Type.Number() }, closed), Type.Object({ atMost: Type.Number() }, closed)], {
      description: 'what it must reach or must not exceed',
    }),
  ),
  word: Type.Optional(
    Type.Object(TextSchema.properties, { description: 'in place of a value that there is none of; where absent nobody knows it' }),
  ),
  covers: Type.Object(
    { known: Type.Integer(), of: Type.Integer() },
    { description: 'facilities of which something is known in it, of those that belong' },
  ),
  at: nullable(time('of the newest reading it rests on')),
  origin,
  basis: TextSchema,
})
export const CompanyTableSchema = Type.Object({
  key: Type.String(),
  title: TextSchema,
  columns: Type.Array(
    Type.Object({
      key: Type.String(),
      title: TextSchema,
      unit: Type.Optional(Type.String()),
      digits: Type.Optional(Type.Integer()),
      format: Type.Optional(format),
    }),
  ),
  rows: Type.Array(
    Type.Object({
      facility: nullable(Type.String({ description: 'what the row is about' })),
      at: nullable(time('of the newest reading it rests on')),
      verdict: literals(verdicts, { description: 'how it stands against what is asked of it; `none` where nothing is' }),
      cells: Type.Array(cell, { description: 'one for each column; null where nobody knows' }),
    }),
  ),
  note: TextSchema,
})
export const CompanyViewSchema = Type.Object({
  at: time('when it was looked at'),
  figures: Type.Array(FigureSchema),
  tables: Type.Array(CompanyTableSchema),
  curves: Type.Array(
    Type.Object({
      key: Type.String(),
      title: TextSchema,
      unit: Type.String(),
      digits: Type.Integer(),
      at: Type.Array(Type.Number()),
      lines: Type.Array(Type.Object({ key: Type.String(), title: TextSchema, origin, values: Type.Array(nullable(Type.Number())) })),
      limits: Type.Array(Type.Object({ title: TextSchema, value: Type.Number() })),
    }),
  ),
})
export type CompanyViewAnswer = Static<typeof CompanyViewSchema>
export type CompanyTableAnswer = Static<typeof CompanyTableSchema>

const options = {
  limits: Type.Optional(literals(keys(limitSets), { description: 'of sewage: by which limits; those of each plant when absent' })),
  weather: Type.Optional(literals(keys(weatherClasses), { description: 'of gas: of the coming days; as in the last day when absent' })),
}
export const DutySchema = Type.Object({ duty: literals(dutyNames) })
export const CompanyQuerySchema = Type.Object(options, closed)
export const CompanyDaysQuerySchema = Type.Object(
  {
    ...options,
    from: Type.Optional(Type.String({ maxLength: 10, description: 'YYYY-MM-DD; 30 days to `to` when absent' })),
    to: Type.Optional(Type.String({ maxLength: 10, description: 'YYYY-MM-DD; today when absent' })),
  },
  closed,
)

const station = Type.String({ minLength: 1, maxLength: 64 })
const tonnes = Type.Number({ exclusiveMinimum: 0, maximum: 10_000, description: 't' })
const note = Type.String({ maxLength: 500 })
const state = literals(deliveryStates)
const arrival = time('when it is to arrive, or did')
export const DeliverySchema = Type.Object({
  ...{ id: Type.Integer(), station: Type.String(), at: arrival, tonnes: Type.Number(), state, note: Type.String(), by: Type.String() },
  changed: time('when it was changed last'),
})
export type DeliveryView = Static<typeof DeliverySchema>
export const DeliveryPageSchema = Type.Object({ items: Type.Array(DeliverySchema), next: nullable(Type.Integer()) })
export const DeliveryIdSchema = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
export const DeliveryInputSchema = Type.Object({ station, at: arrival, tonnes, note: Type.Optional(note) }, closed)
export const DeliveryChangeSchema = Type.Object(
  { at: Type.Optional(arrival), tonnes: Type.Optional(tonnes), note: Type.Optional(note), state: Type.Optional(state) },
  closed,
)
export const DeliveryQuerySchema = Type.Object(
  {
    station: Type.Optional(station),
    state: Type.Optional(state),
    from: Type.Optional(time('at or after')),
    to: Type.Optional(time('before')),
    before: cursorSchema,
    limit: limitSchema(200, 50),
  },
  closed,
)
