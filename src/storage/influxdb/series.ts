import type { Point } from '../../telemetry/point.ts'
import { foldIntoBuckets, wholeBuckets } from '../bucket-series.ts'
import type { BucketSeries, Grid, RawSeries, SeriesQuery } from '../telemetry-store.ts'

const PAGE = 10_000

/** Points of one facility in a time. */
export type FacilityQuery = Omit<SeriesQuery, 'facilities'> & { facility: string }

/** Asks for each facility of the query, one after the other. */
export async function eachFacility<T>({ facilities, ...rest }: SeriesQuery, ask: (query: FacilityQuery) => Promise<T[]>): Promise<T[]> {
  const answers: T[] = []
  for (const facility of facilities) answers.push(...(await ask({ ...rest, facility })))
  return answers
}

type Values = readonly (readonly [at: number, value: number | undefined])[]

/** One series of good and flagged values, both oldest first; where both have a time, the good one counts. */
export function mergeSeries(facility: string, point: string, good: Values, bad: Values, limit: number): RawSeries {
  const series: RawSeries = { facility, point, at: [], value: [], good: [] }
  for (let g = 0, b = 0; series.at.length < limit && (g < good.length || b < bad.length); ) {
    const goodAt = good[g]?.[0] ?? Number.POSITIVE_INFINITY
    const badAt = bad[b]?.[0] ?? Number.POSITIVE_INFINITY
    const value = goodAt <= badAt ? good[g]?.[1] : bad[b]?.[1]
    if (goodAt <= badAt) g++
    if (badAt <= goodAt) b++
    if (value === undefined) continue
    series.at.push(Math.min(goodAt, badAt))
    series.value.push(value)
    series.good.push(goodAt <= badAt)
  }
  return series
}

/** All raw values of a range, read page by page. */
export async function readAllPages(
  query: FacilityQuery,
  range: (query: FacilityQuery, limit: number) => Promise<RawSeries[]>,
): Promise<RawSeries[]> {
  return Promise.all(
    query.points.map(async (point) => {
      const whole: RawSeries = { facility: query.facility, point, at: [], value: [], good: [] }
      for (let from = query.from; ; from = (whole.at.at(-1) as number) + 1) {
        const [page] = await range({ ...query, points: [point], from }, PAGE)
        for (const [i, at] of (page?.at ?? []).entries()) {
          whole.at.push(at)
          whole.value.push(page?.value[i] as number)
          whole.good.push(page?.good[i] as boolean)
        }
        if ((page?.at.length ?? 0) < PAGE) return whole
      }
    }),
  )
}

type Fold = (query: FacilityQuery, grid: Grid) => Promise<BucketSeries[]>

/** Numbers are folded by the server; neither InfluxQL nor Flux has a minimum or mean of booleans and strings, so those are folded here. */
export async function bucketsByType(
  asked: FacilityQuery,
  grid: Grid,
  points: ReadonlyMap<string, Point>,
  foldOnServer: Fold,
  range: (query: FacilityQuery, limit: number) => Promise<RawSeries[]>,
): Promise<BucketSeries[]> {
  const query = wholeBuckets(asked, grid)
  const isNumber = (point: string) => points.get(point)?.type === 'number'
  const folded = await foldOnServer({ ...query, points: query.points.filter(isNumber) }, grid)
  const others = await readAllPages({ ...query, points: query.points.filter((point) => !isNumber(point)) }, range)
  const all = [...folded, ...others.map((series) => foldIntoBuckets(series, grid))]
  return query.points.flatMap((point) => all.find((series) => series.point === point) ?? [])
}
