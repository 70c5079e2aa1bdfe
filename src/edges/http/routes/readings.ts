import { LamplighterError } from '../../../errors.ts'
import type { Facility } from '../../../facilities/plant.ts'
import { gridFor } from '../../../storage/bucket-series.ts'
import type { RawSeries, SeriesQuery } from '../../../storage/telemetry-store.ts'
import { hours } from '../../../telemetry/duration.ts'
import { type Api, FacilityIdSchema, findFacility, type RouteParts } from '../api.ts'
import { ReadingsQuerySchema, ReadingsSchema } from '../schemas.ts'
import { parseTime } from '../times.ts'

export function readingRoutes(app: Api, { services, now }: RouteParts): void {
  app.get(
    '/api/facilities/:id/readings',
    {
      schema: {
        tags: ['readings'],
        summary: 'Readings of a facility in a time range: raw in pages, or down-sampled into buckets',
        description:
          'Values are numbers: booleans 0 and 1, states their index in the list of the point. Impossible values are flagged in raw series and left out of buckets.',
        params: FacilityIdSchema,
        querystring: ReadingsQuerySchema,
        response: { 200: ReadingsSchema },
      },
    },
    async ({ params, query }) => {
      const facility = findFacility(services, params.id)
      const { limit = 5000, buckets } = query
      const to = query.to === undefined ? now() : parseTime(query.to, 'to')
      const from = query.from === undefined ? to - hours(1) : parseTime(query.from, 'from')
      if (from >= to) throw new LamplighterError('invalid-request', 'from must be before to; from is inclusive, to exclusive.')
      const asked: SeriesQuery = { facilities: [facility.id], kind: facility.kind.key, points: pointsOf(facility, query.points), from, to }
      const head = { facility: facility.id, from, to }
      if (buckets !== undefined) {
        const grid = gridFor(asked, buckets, services.gridOrigin)
        return { ...head, bucket: grid.length, next: null, series: await services.telemetry.buckets(asked, grid) }
      }
      return { ...head, bucket: null, ...firstPage(await services.telemetry.range(asked, limit + 1), limit) }
    },
  )
}

function pointsOf(facility: Facility, names: string | undefined): string[] {
  const { keys, index } = facility.kind.table
  if (names === undefined) return [...keys]
  const points = [...new Set(names.split(',').map((name) => name.trim()))]
  const unknown = points.filter((point) => !index.has(point))
  if (unknown.length === 0) return points
  throw new LamplighterError('invalid-request', `${facility.kind.key} has no point ${unknown.join(', ')}; it has ${keys.join(', ')}.`)
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
