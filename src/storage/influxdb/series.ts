import type { RawSeries } from '../telemetry-store.ts'

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

/** Lists of at most `length` of the items. */
export function pagesOf<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, i) => items.slice(i * length, (i + 1) * length))
}
