import Type, { type Static } from 'typebox'
import { nullable, time } from './schema-parts.ts'
import { TimeSchema } from './schemas.ts'

/** Shapes of the answers about readings. */

/** Of each bucket the lowest and the highest value are drawn: 4,000 points of a series. */
export const MOST_BUCKETS = 2000
/** Series in one answer, and values in all of them, the lowest and highest of a bucket each as one. */
export const MOST_SERIES = 100
export const MOST_VALUES = 30_000

/** Flagged values are in no roll-up, so that they are counted one by one, over so many hours and of so many device times of a series at most. */
export const MOST_FLAGGED_HOURS = 25
export const MOST_FLAGGED_TIMES = 20_000
/** The same of all series together, by which many of them share. */
export const MOST_FLAGGED_VALUES = 400_000

export const SeriesSchema = Type.Object({
  point: Type.String(),
  at: Type.Array(Type.Number()),
  /** Raw answers have `value` and `good`; down-sampled ones min, max, mean, last, count. */
  value: Type.Optional(Type.Array(Type.Number())),
  good: Type.Optional(Type.Array(Type.Boolean())),
  min: Type.Optional(Type.Array(Type.Number())),
  max: Type.Optional(Type.Array(Type.Number())),
  mean: Type.Optional(Type.Array(Type.Number())),
  last: Type.Optional(Type.Array(Type.Number())),
  count: Type.Optional(Type.Array(Type.Number())),
})
export type SeriesView = Static<typeof SeriesSchema>

const span = { from: TimeSchema('an hour before `to` when absent'), to: TimeSchema('exclusive; now when absent') }
const buckets = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_BUCKETS, description }))

export const ReadingsQuerySchema = Type.Object(
  {
    points: Type.Optional(Type.String({ description: 'point names, comma separated; all when absent' })),
    ...span,
    buckets: buckets('down-sample to at most this many buckets; raw when absent'),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        description: `raw: device times per point; ${MOST_VALUES} values in all points at most. 5000, or fewer for many points, when absent`,
      }),
    ),
  },
  { additionalProperties: false },
)

export const ReadingsSchema = Type.Object({
  facility: Type.String(),
  from: time('start'),
  to: time('end, exclusive'),
  bucket: nullable(Type.Number({ description: 'length of a bucket, ms; null = raw' })),
  first: nullable(time('where the first bucket begins, which may be before `from`; null = raw')),
  /** Where to go on when `limit` cut a raw answer off. */
  next: nullable(time('`from` of the next page')),
  series: Type.Array(SeriesSchema),
})
export type ReadingsView = Static<typeof ReadingsSchema>

export const ManyReadingsQuerySchema = Type.Object(
  {
    series: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: MOST_SERIES })], {
      description: 'FACILITY:point,point; given once for each facility',
    }),
    ...span,
    buckets: buckets(
      `at most so many buckets; 500 when absent, or fewer for many series: ${MOST_VALUES} values in the whole answer at most`,
    ),
    bucket: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'buckets of just this length, ms, which is `bucket` of an earlier answer, to go on where it ended; `buckets` is still the most',
      }),
    ),
    flagged: Type.Optional(
      Type.Boolean({ description: `true: count the values that were flagged impossible; over ${MOST_FLAGGED_HOURS} hours at most` }),
    ),
  },
  { additionalProperties: false },
)

const folded = (description: string) => Type.Array(nullable(Type.Number()), { description })

export const ManyReadingsSchema = Type.Object({
  from: time('start'),
  to: time('end, exclusive'),
  bucket: Type.Number({ description: 'length of a bucket, ms' }),
  first: time('where the first bucket begins, which may be before `from`'),
  at: Type.Array(Type.Number(), { description: 'starts of the buckets in which any series has values' }),
  series: Type.Array(
    Type.Object({
      facility: Type.String(),
      point: Type.String(),
      min: folded('one entry for each of `at`; null where the series has no value'),
      max: folded('as min'),
      mean: folded('as min'),
      last: folded('as min'),
      count: Type.Array(Type.Integer()),
      flagged: Type.Optional(
        Type.Array(Type.Integer(), {
          description: `values flagged impossible, which nothing else includes; of the first ${MOST_FLAGGED_TIMES} device times, or fewer for more than ${MOST_FLAGGED_VALUES / MOST_FLAGGED_TIMES} series`,
        }),
      ),
    }),
    { description: 'in the order asked for' },
  ),
})
export type ManyReadingsView = Static<typeof ManyReadingsSchema>
