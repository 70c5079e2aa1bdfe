import { RowCollector } from '../../../storage/row-collector.ts'
import type { RawSeries, SeriesQuery, TelemetryRows, TelemetryStore } from '../../../storage/telemetry-store.ts'
import { BAD } from './formats.ts'

/** More than any slice of time has. */
const ALL = 10_000_000

/** The rows of some facilities from their series; where a point has a good and a flagged value at one time, the good one. */
export async function rowsOfFew(store: Pick<TelemetryStore, 'range'>, query: SeriesQuery): Promise<TelemetryRows> {
  const collector = new RowCollector(query.kind)
  const byFacility = Map.groupBy(await store.range(query, ALL), ({ facility }) => facility)
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
