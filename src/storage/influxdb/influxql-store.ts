import type { Point } from '../../telemetry/point.ts'
import { offsetOf, wholeBuckets } from '../bucket-series.ts'
import { badColumn, pointOfColumn } from '../column-name.ts'
import { LatestCollector } from '../latest-collector.ts'
import { RowCollector } from '../row-collector.ts'
import type { BucketSeries, Grid, RawSeries, ScanQuery, SeriesQuery, TelemetryRows } from '../telemetry-store.ts'
import { HOUR } from './dirty-hours.ts'
import {
  FACILITIES_PER_STATEMENT,
  foldStatement,
  identifier,
  newestRowsStatement,
  newestStatement,
  rawStatement,
  within,
} from './influxql.ts'
import { InfluxqlClient, type InfluxqlClientOptions } from './influxql-client.ts'
import { decodeField } from './line-protocol.ts'
import { LineWriter } from './line-writing.ts'
import { addPartialBucket, seriesFor } from './partial-buckets.ts'
import { type InfluxdbOptions, type InfluxdbStore, keptFor, partsFor, type RollUps, rollingStore, type StoreLog } from './rolling-store.ts'
import { mergeSeries, pagesOf } from './series.ts'
import { untilDone } from './until-done.ts'

/** Statements of one request. */
const STATEMENTS_PER_REQUEST = 200
/** Past it all facilities are asked for instead of some by name. */
const MOST_FACILITIES_APART = 1_000

export interface SetUpOptions extends Pick<InfluxdbOptions, 'kinds'> {
  rawDays: number
  hourlyDays: number
  /** What the hours of the roll-ups begin at, ms past a UTC hour. */
  offset: number
  now: () => number
  log?: StoreLog | undefined
}

export interface InfluxqlRollUps extends RollUps {
  /** What the roll-ups of a kind are called in a statement. */
  measurement(kind: string): string
}

/** A server that answers InfluxQL: how it is spoken to and how it is set up. */
export interface InfluxqlDialect extends Pick<InfluxqlClientOptions, 'database' | 'secret' | 'authorization' | 'write'> {
  /** Makes what is missing; null: the database keeps no roll-ups. Rejects with `store-unavailable`, in words for the operator. */
  setUp(client: InfluxqlClient, options: SetUpOptions): Promise<InfluxqlRollUps | null>
}

export function openInfluxqlStore(name: string, options: InfluxdbOptions, dialect: InfluxqlDialect): InfluxdbStore {
  const { url, kinds, timeout, ca, rawDays = 0, hourlyDays = 0, gridOrigin = 0, now = Date.now, log } = options
  const { setUp, ...spoken } = dialect
  // Somebody dropped the database: the next write makes it again.
  const client = new InfluxqlClient({ url, timeout, ca, ...spoken, onMissing: () => ready.forget() })
  const offset = offsetOf(gridOrigin, HOUR)
  const ready = untilDone(() => setUp(client, { kinds, rawDays, hourlyDays, offset, now, log }))
  const writer = new LineWriter({ kinds, send: (lines) => client.send(lines), now })
  const pointsOf = (kind: string): ReadonlyMap<string, Point> => kinds.find(({ key }) => key === kind)?.points ?? new Map()

  /** Asks statements about pages of facilities; `take` gets the number of the statement within a page. */
  async function askPages(
    facilities: readonly string[],
    statements: (page: readonly string[]) => string[],
    take: (statement: number, facility: string, values: unknown[][]) => void,
  ): Promise<void> {
    for (const page of pagesOf(facilities, FACILITIES_PER_STATEMENT)) {
      const requests = pagesOf(statements(page), STATEMENTS_PER_REQUEST)
      for (const [i, request] of requests.entries())
        await client.ask(request, (statement, { tags, values }) =>
          take(i * STATEMENTS_PER_REQUEST + statement, tags?.facility ?? '', values),
        )
    }
  }

  async function range(query: SeriesQuery, limit: number): Promise<RawSeries[]> {
    const columns = query.points.flatMap((point) => [point, badColumn(point)])
    const found = columns.map(() => new Map<string, [number, number | undefined][]>())
    await askPages(
      query.facilities,
      (page) => columns.map((column) => rawStatement(identifier(query.kind), column, page, query, limit)),
      (statement, facility, values) => {
        const point = pointsOf(query.kind).get(pointOfColumn(columns[statement] as string).point)
        const known = found[statement]?.get(facility) ?? []
        if (point) for (const [at, value] of values) known.push([at as number, decodeField(point, value)])
        found[statement]?.set(facility, known)
      },
    )
    return query.facilities.flatMap((facility) =>
      query.points.map((point, i) =>
        mergeSeries(facility, point, found[2 * i]?.get(facility) ?? [], found[2 * i + 1]?.get(facility) ?? [], limit),
      ),
    )
  }

  async function buckets(asked: SeriesQuery, grid: Grid): Promise<BucketSeries[]> {
    const query = wholeBuckets(asked, grid)
    const { kind, facilities, points } = query
    const onHours = grid.length % HOUR === 0 && offsetOf(grid.origin, HOUR) === offset
    // What cannot be set up can be read all the same.
    const rollUps = await (onHours ? ready() : ready().catch(() => null))
    const { all, find } = seriesFor(facilities, points)
    const parts = partsFor(rollUps, query, onHours, now())
    const source = (clean: boolean) => (rollUps && clean ? rollUps.measurement(kind) : identifier(kind))
    const folds = parts.flatMap((part) => points.map((point) => ({ part, point })))
    await askPages(
      facilities,
      (page) => folds.map(({ part, point }) => foldStatement(source(part.clean), { point, rolledUp: part.clean }, page, part, grid)),
      (statement, facility, values) => {
        const series = find(facility, folds[statement]?.point ?? '')
        if (!series) return
        for (const [at, min, max, sum, count, last] of values as [number, number, number, number, number, number][])
          if (count > 0) addPartialBucket(series, { at, min, max, sum, count, last })
      },
    )
    return all
  }

  async function scan({ kind, from, to, limit }: ScanQuery): Promise<TelemetryRows> {
    const points = pointsOf(kind)
    const collector = new RowCollector(kind)
    const most = limit === undefined ? '' : ` LIMIT ${limit}`
    await client.ask(
      [`SELECT * FROM ${identifier(kind)} WHERE ${within({ from, to })} ORDER BY time ASC${most}`],
      (_, { columns, values }) => {
        const facility = columns.indexOf('facility')
        const described = columns.map((column) => points.get(pointOfColumn(column).point))
        for (const row of values) {
          collector.begin(String(row[facility]), row[0] as number)
          for (const [i, point] of described.entries()) {
            const value = point && decodeField(point, row[i])
            if (value !== undefined) collector.set(columns[i] as string, value)
          }
        }
      },
    )
    return collector.rows()
  }

  /** Most values stand in the newest row of their facility; only those that do not are asked for one point at a time. */
  async function latest(kind: string, since: number) {
    const points = pointsOf(kind)
    const found = new LatestCollector([...points.keys()])
    const missing = new Map<string, string[]>()
    const add = (facility: string, at: number, column: string, value: unknown) => {
      const { point, good } = pointOfColumn(column)
      const described = points.get(point)
      const decoded = described && decodeField(described, value)
      if (decoded !== undefined) found.add(facility, point, at, decoded, good)
    }
    await client.ask([newestRowsStatement(identifier(kind), since)], (_, { tags, columns, values: [row = []] }) => {
      const facility = tags?.facility ?? ''
      const held = new Set(columns.filter((_column, i) => row[i] !== null).map((column) => pointOfColumn(column).point))
      for (const [i, column] of columns.entries())
        if (row[i] !== null) add(facility, row[0] as number, column, row[i])
        else if (points.has(pointOfColumn(column).point) && !held.has(pointOfColumn(column).point)) {
          const those = missing.get(column) ?? []
          missing.set(column, those)
          those.push(facility)
        }
    })
    for (const [column, facilities] of missing) {
      const pages = facilities.length > MOST_FACILITIES_APART ? [null] : pagesOf(facilities, FACILITIES_PER_STATEMENT)
      for (const page of pages)
        await client.ask([newestStatement(identifier(kind), column, page, since)], (_, { tags, values: [row = []] }) =>
          add(tags?.facility ?? '', row[0] as number, column, row[1]),
        )
    }
    return found.values()
  }

  async function oldest(): Promise<number | null> {
    const rollUps = await ready()
    if (rollUps) return rollUps.oldest()
    const firsts = await client.askAll(...kinds.map(({ key }) => `SELECT * FROM ${identifier(key)} ORDER BY time ASC LIMIT 1`))
    const times = firsts.flatMap((first) => (first?.values[0]?.[0] as number | undefined) ?? [])
    return times.length > 0 ? Math.min(...times) : null
  }

  return {
    name,
    ...keptFor(rawDays),
    ...rollingStore({ ready, writer, now, log, rawDays, ...(options.maintains && { maintains: true }) }),
    range,
    buckets,
    scan,
    latest,
    oldest,
    async ping() {
      await ready()
      await client.ask(['SHOW MEASUREMENTS LIMIT 1'], () => {})
    },
  }
}
