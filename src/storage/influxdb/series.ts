import type { RangeQuery, RawSeries } from '../telemetry-store.ts'

const PAGE = 10_000

type Values = readonly (readonly [at: number, value: number | undefined])[]

/** One series of good and flagged values, both oldest first; where both have a time, the good one counts. */
export function mergeSeries(point: string, good: Values, bad: Values, limit: number): RawSeries {
  const series: RawSeries = { point, at: [], value: [], good: [] }
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
  query: RangeQuery,
  range: (query: RangeQuery, limit: number) => Promise<RawSeries[]>,
): Promise<RawSeries[]> {
  return Promise.all(
    query.points.map(async (point) => {
      const whole: RawSeries = { point, at: [], value: [], good: [] }
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
