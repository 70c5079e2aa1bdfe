import { RowCollector } from '../../../storage/row-collector.ts'
import type { RawSeries, SeriesQuery, TelemetryRows, TelemetryStore } from '../../../storage/telemetry-store.ts'
import { BAD } from './formats.ts'

/**
 * The rows of some facilities from their series; where a point has a good and a flagged value at one time, the good one. Null when there may be
 * more than `limit` values of a point.
 */
export async function rowsOfFew(store: Pick<TelemetryStore, 'range'>, query: SeriesQuery, limit: number): Promise<TelemetryRows | null> {
  const perSeries = Math.ceil(limit / query.facilities.length)
  const found = await store.range(query, perSeries)
  if (found.some(({ at }) => at.length >= perSeries)) return null
  const collector = new RowCollector(query.kind)
  const byFacility = Map.groupBy(found, ({ facility }) => facility)
  for (const [facility, series] of byFacility) {
    const times = new Set(series.flatMap(({ at }) => at))
    const cursors = series.map((each) => ({ each, next: 0 }))
    for (const at of [...times].sort((a, b) => a - b)) {
      collector.begin(facility, at)
      for (const cursor of cursors) if (cursor.each.at[cursor.next] === at) setValue(collector, cursor.each, cursor.next++)
    }
  }
  return collector.rows()
}

function setValue(collector: RowCollector, { point, value, good }: RawSeries, i: number): void {
  collector.set(good[i] ? point : point + BAD, value[i] as number)
}
