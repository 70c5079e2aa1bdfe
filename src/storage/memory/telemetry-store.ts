import { foldIntoBuckets, wholeBuckets } from '../bucket-series.ts'
import { badColumn, pointOfColumn } from '../column-name.ts'
import { LatestCollector } from '../latest-collector.ts'
import { RowCollector } from '../row-collector.ts'
import type { LatestValues, RawSeries, ScanQuery, SeriesQuery, TelemetryRows, TelemetryStore } from '../telemetry-store.ts'

/** Value of each column of one row. */
type Row = Map<string, number>
/** Rows by facility and device time. */
type KindRows = Map<string, Map<number, Row>>

/** Keeps everything in memory: for replays, back-tests and tests. */
export function openMemoryTelemetryStore(): TelemetryStore {
  const kinds = new Map<string, KindRows>()

  function rowsOf(facility: string, { kind, from, to }: SeriesQuery): [number, Row][] {
    const rows = kinds.get(kind)?.get(facility)
    return rows ? [...rows].filter(([at]) => at >= from && at < to).sort(([a], [b]) => a - b) : []
  }

  function range(query: SeriesQuery, limit: number): RawSeries[] {
    return query.facilities.flatMap((facility) => {
      const rows = rowsOf(facility, query)
      return query.points.map((point) => seriesOf(facility, point, rows, limit))
    })
  }

  return {
    name: 'memory',
    write: async (batches) => batches.forEach((batch) => void insert(kinds, batch)),
    range: async (query, limit) => range(query, limit),
    buckets: async (query, grid) =>
      range(wholeBuckets(query, grid), Number.POSITIVE_INFINITY).map((series) => foldIntoBuckets(series, grid)),
    scan: async (query) => scan(query, kinds.get(query.kind) ?? new Map()),
    latest: async (kind, since) => newest(kinds.get(kind) ?? new Map(), since),
    ping: async () => {},
    close: async () => {},
  }
}

function seriesOf(facility: string, point: string, rows: readonly [number, Row][], limit: number): RawSeries {
  const series: RawSeries = { facility, point, at: [], value: [], good: [] }
  for (const [at, row] of rows) {
    const value = row.get(point) ?? row.get(badColumn(point))
    if (value === undefined) continue
    if (series.at.length >= limit) break
    series.at.push(at)
    series.value.push(value)
    series.good.push(row.has(point))
  }
  return series
}

function scan({ kind, from, to }: ScanQuery, facilities: KindRows): TelemetryRows {
  const collector = new RowCollector(kind)
  const found = [...facilities].flatMap(([facility, rows]) =>
    [...rows].flatMap(([at, row]) => (at >= from && at < to ? [{ facility, at, row }] : [])),
  )
  for (const { facility, at, row } of found.sort((a, b) => a.at - b.at)) {
    collector.begin(facility, at)
    for (const [column, value] of row) collector.set(column, value)
  }
  return collector.rows()
}

function insert(kinds: Map<string, KindRows>, batch: TelemetryRows): void {
  const facilities = obtain(kinds, batch.kind, () => new Map())
  for (let i = 0; i < batch.rows; i++) {
    const rows = obtain(facilities, batch.facilities[batch.facility[i] as number] as string, () => new Map<number, Row>())
    const row = obtain(rows, batch.at[i] as number, () => new Map<string, number>())
    for (const [c, column] of batch.columns.entries()) {
      const value = batch.values[c]?.[i] as number
      if (!Number.isNaN(value)) row.set(column, value)
    }
  }
}

function obtain<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = create()
    map.set(key, value)
  }
  return value
}

function newest(facilities: KindRows, since: number): LatestValues {
  const points = new Set(
    [...facilities.values()].flatMap((rows) =>
      [...rows.values()].flatMap((row) => [...row.keys()].map((column) => pointOfColumn(column).point)),
    ),
  )
  const collector = new LatestCollector([...points])
  for (const [facility, rows] of facilities)
    for (const [at, row] of rows)
      if (at >= since)
        for (const [column, value] of row) {
          const { point, good } = pointOfColumn(column)
          collector.add(facility, point, at, value, good)
        }
  return collector.values()
}
