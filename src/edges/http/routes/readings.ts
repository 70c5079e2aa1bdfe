import type { FastifyReply } from 'fastify'
import type { Scope } from '../../../access/scope.ts'
import { LamplighterError } from '../../../errors.ts'
import type { Facility } from '../../../facilities/plant.ts'
import { bucketStart, gridFor, isUsualLength, wholeBuckets } from '../../../storage/bucket-series.ts'
import type { BucketSeries, Grid, RawSeries, SeriesQuery } from '../../../storage/telemetry-store.ts'
import { hours } from '../../../telemetry/duration.ts'
import type { Services } from '../../services.ts'
import { type Api, FacilityIdSchema, findFacility, type RouteParts, scopeOf } from '../api.ts'
import {
  ManyReadingsQuerySchema,
  ManyReadingsSchema,
  type ManyReadingsView,
  MOST_FLAGGED_HOURS,
  MOST_FLAGGED_TIMES,
  MOST_FLAGGED_VALUES,
  MOST_SERIES,
  MOST_VALUES,
  ReadingsQuerySchema,
  ReadingsSchema,
} from '../reading-schemas.ts'
import { parseTime } from '../times.ts'

const VALUES =
  'Values are numbers: booleans 0 and 1, states their index in the list of the point. Impossible values are flagged in raw series and left out of buckets.'
const BUCKETS =
  'Buckets have a usual length (1 s to 7 days) and begin at multiples of it since a local midnight; long times are answered from roll-ups.'

/** Readings of a time that ended so long ago seldom change, and then by a little that came late. */
const SETTLED = hours(1)
const KEPT_SECONDS = 60
const USUAL_BUCKETS = 500
const USUAL_LIMIT = 5000

export function readingRoutes(app: Api, { services, now }: RouteParts): void {
  const spanOf = (query: { from?: number | string; to?: number | string }) => {
    const to = query.to === undefined ? now() : parseTime(query.to, 'to')
    const from = query.from === undefined ? to - hours(1) : parseTime(query.from, 'from')
    if (from >= to) throw new LamplighterError('invalid-request', 'from must be before to; from is inclusive, to exclusive.')
    return { from, to }
  }
  const allowKeeping = (reply: FastifyReply, to: number) => {
    if (to <= now() - SETTLED) reply.header('cache-control', `private, max-age=${KEPT_SECONDS}`)
  }

  app.get(
    '/api/facilities/:id/readings',
    {
      schema: {
        tags: ['readings'],
        summary: 'Readings of a facility in a time range: raw in pages, or down-sampled into buckets',
        description: `${VALUES} ${BUCKETS}`,
        params: FacilityIdSchema,
        querystring: ReadingsQuerySchema,
        response: { 200: ReadingsSchema },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const facility = findFacility(services, params.id, scopeOf(request))
      const span = spanOf(query)
      const points = pointsOf(facility, query.points)
      const asked: SeriesQuery = { facilities: [facility.id], kind: facility.kind.key, points, ...span }
      const head = { facility: facility.id, ...span }
      allowKeeping(reply, span.to)
      if (query.buckets !== undefined) {
        const grid = gridFor(span, withinBound(query.buckets, 2 * points.length, 'buckets', query.buckets), services.gridOrigin)
        const first = bucketStart(span.from, grid)
        return { ...head, bucket: grid.length, first, next: null, series: await services.telemetry.buckets(asked, grid) }
      }
      const limit = withinBound(query.limit, points.length, 'limit', USUAL_LIMIT)
      return { ...head, bucket: null, first: null, ...firstPage(await services.telemetry.range(asked, limit + 1), limit) }
    },
  )

  app.get(
    '/api/readings',
    {
      schema: {
        tags: ['readings'],
        summary: 'Readings of several facilities and points on one time axis, down-sampled',
        description: `${VALUES} ${BUCKETS}`,
        querystring: ManyReadingsQuerySchema,
        response: { 200: ManyReadingsSchema },
      },
    },
    async (request, reply) => {
      const { query } = request
      const scope = scopeOf(request)
      const span = spanOf(query)
      const asked = [query.series].flat().map((text) => wantedOf(services, text, scope))
      const count = asked.reduce((sum, { points }) => sum + points.length, 0)
      if (count > MOST_SERIES)
        throw new LamplighterError('invalid-request', `${count} series are too many for one answer; ask for ${MOST_SERIES} at most.`)
      const most = withinBound(query.buckets, 2 * count, 'buckets', USUAL_BUCKETS)
      const grid =
        query.bucket === undefined ? gridFor(span, most, services.gridOrigin) : gridOf(span, query.bucket, most, services.gridOrigin)
      // Whole buckets are counted, however short the time itself is.
      if (query.flagged && Math.max(span.to - span.from, query.bucket ?? 0) > hours(MOST_FLAGGED_HOURS))
        throw new LamplighterError(
          'invalid-request',
          `Flagged values are counted over ${MOST_FLAGGED_HOURS} hours at most; give a shorter time.`,
        )
      allowKeeping(reply, span.to)
      const [found, flagged] = await Promise.all([
        readBuckets(services, asked, span, grid),
        query.flagged ? countFlagged(services, asked, span, grid) : undefined,
      ])
      return { ...span, bucket: grid.length, first: bucketStart(span.from, grid), ...onOneAxis(found, flagged) }
    },
  )
}

interface Wanted {
  facility: Facility
  points: readonly string[]
}

function wantedOf(services: Services, text: string, scope: Scope): Wanted {
  const colon = text.indexOf(':')
  const points = text.slice(colon + 1).trim()
  if (colon < 0 || points === '')
    throw new LamplighterError(
      'invalid-request',
      `series ${JSON.stringify(text)} names no point; write it like PS-01:flow,power, once for each facility.`,
    )
  const facility = findFacility(services, text.slice(0, colon), scope)
  return { facility, points: pointsOf(facility, points) }
}

/** The points of a facility that are named, comma separated; all when none are. Throws `invalid-request` for one that it has not. */
export function pointsOf(facility: Facility, names: string | undefined): string[] {
  const { keys, index } = facility.kind.table
  if (names === undefined) return [...keys]
  const points = [...new Set(names.split(',').map((name) => name.trim()))]
  const unknown = points.filter((point) => !index.has(point))
  if (unknown.length === 0) return points
  throw new LamplighterError('invalid-request', `${facility.kind.key} has no point ${unknown.join(', ')}; it has ${keys.join(', ')}.`)
}

/** How many may be answered of each series; `weight` values are made of one. Throws `invalid-request` when more is asked for. */
function withinBound(asked: number | undefined, weight: number, field: string, usual: number): number {
  const most = Math.max(1, Math.floor(MOST_VALUES / weight))
  if (asked === undefined) return Math.min(usual, most)
  if (asked <= most) return asked
  throw new LamplighterError(
    'invalid-request',
    `${field}=${asked} for so many points is more than ${MOST_VALUES} values in one answer; give ${most} at most, or ask for fewer points.`,
  )
}

/** One question to the store for all facilities of a kind that are asked for the same points; in the order asked for. */
async function readBuckets(
  services: Services,
  asked: readonly Wanted[],
  span: { from: number; to: number },
  grid: Grid,
): Promise<BucketSeries[]> {
  const questions = new Map<string, { kind: string; facilities: Set<string>; points: readonly string[] }>()
  for (const { facility, points } of asked) {
    const key = `${facility.kind.key} ${points.join()}`
    const question = questions.get(key) ?? { kind: facility.kind.key, facilities: new Set(), points }
    questions.set(key, question)
    question.facilities.add(facility.id)
  }
  const answers = await Promise.all(
    [...questions.values()].map(({ facilities, ...question }) =>
      services.telemetry.buckets({ ...question, facilities: [...facilities], ...span }, grid),
    ),
  )
  const found = new Map(answers.flat().map((series) => [`${series.facility} ${series.point}`, series]))
  const names = new Set(asked.flatMap(({ facility, points }) => points.map((point) => `${facility.id} ${point}`)))
  return [...names].map((name) => found.get(name) as BucketSeries)
}

/** Times of buckets, with how many values of a series were flagged impossible in each. */
type Flagged = ReadonlyMap<number, number>
const nameOf = (facility: string, point: string) => `${facility} ${point}`

/** The buckets of a given length, ms. Throws `invalid-request` for a length that no answer has, and when there would be more than `most`. */
function gridOf(span: { from: number; to: number }, length: number, most: number, origin: number): Grid {
  if (!isUsualLength(length))
    throw new LamplighterError('invalid-request', `bucket=${length} is no length that an answer has; take \`bucket\` of an earlier one.`)
  const grid = { length, origin }
  const { from, to } = wholeBuckets(span, grid)
  if ((to - from) / length <= Math.max(2, most)) return grid
  throw new LamplighterError('invalid-request', `bucket=${length} makes more than ${most} buckets of that time; give a longer one.`)
}

/** By facility and point. */
async function countFlagged(
  services: Services,
  asked: readonly Wanted[],
  span: { from: number; to: number },
  grid: Grid,
): Promise<Map<string, Flagged>> {
  const count = asked.reduce((sum, { points }) => sum + points.length, 0)
  const most = Math.min(MOST_FLAGGED_TIMES, Math.floor(MOST_FLAGGED_VALUES / count))
  const answers = await Promise.all(
    asked.map(({ facility, points }) =>
      services.telemetry.range({ facilities: [facility.id], kind: facility.kind.key, points, ...wholeBuckets(span, grid) }, most),
    ),
  )
  return new Map(
    answers.flat().map(({ facility, point, at, good }) => {
      const counts = new Map<number, number>()
      for (const [i, time] of at.entries()) {
        if (good[i]) continue
        const start = bucketStart(time, grid)
        counts.set(start, (counts.get(start) ?? 0) + 1)
      }
      return [nameOf(facility, point), counts]
    }),
  )
}

/** Brings series onto the starts of all their buckets. */
function onOneAxis(found: readonly BucketSeries[], flagged?: ReadonlyMap<string, Flagged>): Pick<ManyReadingsView, 'at' | 'series'> {
  const withFlags = [...(flagged?.values() ?? [])].flatMap((counts) => [...counts.keys()])
  const at = [...new Set([...found.flatMap((series) => series.at), ...withFlags])].sort((a, b) => a - b)
  const place = new Map(at.map((start, i) => [start, i]))
  const series = found.map((one) => {
    const spread = (values: readonly number[]) => {
      const column = Array<number | null>(at.length).fill(null)
      for (const [i, value] of values.entries()) column[place.get(one.at[i] as number) as number] = value
      return column
    }
    return {
      facility: one.facility,
      point: one.point,
      min: spread(one.min),
      max: spread(one.max),
      mean: spread(one.mean),
      last: spread(one.last),
      count: spread(one.count).map((count) => count ?? 0),
      ...(flagged && { flagged: at.map((start) => flagged.get(nameOf(one.facility, one.point))?.get(start) ?? 0) }),
    }
  })
  return { at, series }
}

/** Cuts series that were asked for with one value too many at one common time, so that the next page goes on without a gap in any. */
function firstPage(series: RawSeries[], limit: number): { next: number | null; series: RawSeries[] } {
  const cut = Math.min(...series.map(({ at }) => at[limit] ?? Number.POSITIVE_INFINITY))
  if (cut === Number.POSITIVE_INFINITY) return { next: null, series }
  const trimmed = series.map(({ at, value, good, ...of }) => {
    const after = at.findIndex((time) => time >= cut)
    const end = after < 0 ? at.length : after
    return { ...of, at: at.slice(0, end), value: value.slice(0, end), good: good.slice(0, end) }
  })
  return { next: cut, series: trimmed }
}
