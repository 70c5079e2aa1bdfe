import Type, { type Static } from 'typebox'
import { dayFigures } from '../../storage/daily-totals.ts'
import { limitSchema } from './api.ts'
import { literals, nullable, time } from './schema-parts.ts'

/** Shapes of the answers about days of the city's calendar. */

const date = (description: string) =>
  Type.Optional(Type.String({ maxLength: 10, description: `date of the city's calendar, YYYY-MM-DD; ${description}` }))
export const dateRange = { from: date('six days before `to` when absent'), to: date('inclusive; today when absent') }
const facility = Type.String({ maxLength: 64 })
const points = Type.Optional(Type.String({ description: 'point names, comma separated; all that it has ever reported when absent' }))

export const DAY_COUNTING =
  'A day runs from one local midnight to the next, 23 or 25 hours when clocks are set. `expected` values follow from the interval in which the facility usually reports ' +
  '(learned, else rated), from its registration or first value on and until now; behind a cabinet that switches its circuits only while the lighting programme says that they ' +
  'are on. `received` are the values stored, each (facility, point, time) once, impossible ones left out. `share` is what was received of what was expected, never above 1: a device ' +
  'that also reports at once on a change sends more than is due, so in each hour at most one value more than is due counts. Points that come now and then (a laboratory) are not expected.'

export const CompletenessQuerySchema = Type.Object(
  {
    facility: Type.Optional(facility),
    kind: Type.Optional(Type.String({ maxLength: 64 })),
    query: Type.Optional(Type.String({ description: 'facilities that match, as in GET /api/facilities' })),
    points: Type.Optional(
      Type.String({
        description:
          'point names, comma separated; when absent all that the facility has ever reported, of many facilities their main point',
      }),
    ),
    ...dateRange,
    after: Type.Optional(Type.Integer({ minimum: 0, description: '`next` of the page before' })),
    limit: limitSchema(500, 50),
  },
  { additionalProperties: false },
)

const share = nullable(Type.Number({ minimum: 0, maximum: 1, description: 'null where nothing was expected' }))
const sums = { expected: Type.Integer(), received: Type.Integer(), share }

export const CompletenessSchema = Type.Object({
  timeZone: Type.String(),
  from: Type.String(),
  to: Type.String(),
  total: Type.Integer({ description: 'entries on all pages' }),
  all: Type.Object(sums, { description: 'all entries together' }),
  items: Type.Array(
    Type.Object({
      facility: Type.String(),
      kind: Type.String(),
      name: Type.String(),
      nameEn: Type.String(),
      point: Type.String(),
      ...sums,
      days: Type.Array(Type.Object({ date: Type.String(), ...sums })),
    }),
    { description: 'the least complete first' },
  ),
  next: nullable(Type.Integer()),
})
export type CompletenessView = Static<typeof CompletenessSchema>

export const KindCompletenessQuerySchema = Type.Object(dateRange, { additionalProperties: false })
export const KindCompletenessSchema = Type.Object({
  timeZone: Type.String(),
  from: Type.String(),
  to: Type.String(),
  kinds: Type.Array(
    Type.Object({
      kind: Type.String(),
      facilities: Type.Integer({ description: 'without those that are out of service' }),
      silent: Type.Integer({ description: 'facilities of which something was expected and nothing came' }),
      ...sums,
    }),
  ),
})
export type KindCompletenessView = Static<typeof KindCompletenessSchema>

export const DailyTotalsQuerySchema = Type.Object({ facility, points, ...dateRange }, { additionalProperties: false })
export const DailyTotalsSchema = Type.Object({
  facility: Type.String(),
  timeZone: Type.String(),
  days: Type.Array(Type.Object({ date: Type.String(), from: time('start'), to: time('end, exclusive') })),
  points: Type.Array(
    Type.Object({
      point: Type.String(),
      figure: literals(dayFigures, {
        description:
          'what `total` is: the increase of a counter since its last value before the day (after a reset, roll-over or exchange it goes on from the first value after it), ' +
          'the integral of a rate over the time it was read, or the mean of the values read',
      }),
      unit: Type.String({ description: 'of `total`; the other figures are in the unit of the point' }),
      days: Type.Array(
        Type.Object({
          date: Type.String(),
          total: nullable(Type.Number()),
          min: nullable(Type.Number()),
          max: nullable(Type.Number()),
          mean: nullable(Type.Number()),
          last: nullable(Type.Number()),
          ...sums,
        }),
        { description: 'one for each of `days`; figures are null when nothing was read' },
      ),
    }),
  ),
})
export type DailyTotalsView = Static<typeof DailyTotalsSchema>
