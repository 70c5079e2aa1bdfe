import type { Point } from '../../telemetry/point.ts'
import { offsetOf, wholeBuckets } from '../bucket-series.ts'
import { badColumn, pointOfColumn } from '../column-name.ts'
import { LatestCollector } from '../latest-collector.ts'
import { RowCollector } from '../row-collector.ts'
import type { BucketSeries, Grid, RawSeries, ScanQuery, SeriesQuery, StoredKind, TelemetryRows } from '../telemetry-store.ts'
import { HOUR, type Part } from './dirty-hours.ts'
import { bucketOf, type FoldName, foldFlux, foldRollUpsFlux, sourceFlux } from './flux.ts'
import { Influxdb2Client } from './influxdb2-client.ts'
import { EVER, hoursBucket, setUpInfluxdb2 } from './influxdb2-set-up.ts'
import { FACILITIES_PER_STATEMENT } from './influxql.ts'
import { decodeField } from './line-protocol.ts'
import { LineWriter } from './line-writing.ts'
import { addPartialBucket, type PartialBucket, seriesFor } from './partial-buckets.ts'
import { type InfluxdbOptions, type InfluxdbStore, keptFor, partsFor, rollingStore } from './rolling-store.ts'
import { Secret, type SecretSource } from './secret.ts'
import { mergeSeries, pagesOf } from './series.ts'
import { untilDone } from './until-done.ts'
import type { WriteOutcome } from './write-outcome.ts'

export interface Influxdb2Options extends InfluxdbOptions {
  org: string
  /** Made when missing and the token allows it. */
  bucket: string
  token: SecretSource
}

/** Opens a store on an InfluxDB 2.x server, which may be away: set-up is tried with every write until it has succeeded. */
export function openInfluxdb2(options: Influxdb2Options): InfluxdbStore {
  const { url, org, bucket, kinds, timeout, ca, rawDays = 0, hourlyDays = 0, gridOrigin = 0, now = Date.now, log } = options
  // Somebody deleted the bucket: the next write makes it again.
  const client = new Influxdb2Client({ url, org, token: new Secret(options.token), timeout, ca, onMissing: () => ready.forget() })
  const offset = offsetOf(gridOrigin, HOUR)
  const ready = untilDone(() => setUpInfluxdb2(client, { org, bucket }, { kinds, rawDays, hourlyDays, offset, now, log }))
  const send = async (lines: readonly string[]) => ofOlderVersion(await client.send(bucket, lines), kinds)
  const writer = new LineWriter({ kinds, send, now })
  const pointsOf = (kind: string): ReadonlyMap<string, Point> => kinds.find(({ key }) => key === kind)?.points ?? new Map()

  async function range(query: SeriesQuery, limit: number): Promise<RawSeries[]> {
    const { kind, points, facilities } = query
    const fields = points.flatMap((point) => [point, badColumn(point)])
    const found = new Map<string, [number, number | undefined][]>()
    for (const page of points.length > 0 ? pagesOf(facilities, FACILITIES_PER_STATEMENT) : [])
      await client.ask(`${sourceFlux({ bucket, measurement: kind, fields, facilities: page }, query)}\n  |> limit(n: ${limit})`, (row) => {
        const key = `${row._field} ${row.facility}`
        const point = pointsOf(kind).get(pointOfColumn(row._field).point)
        const known = found.get(key) ?? []
        if (point) known.push([Date.parse(row._time), decodeField(point, row._value)])
        found.set(key, known)
      })
    const values = (field: string, facility: string) => (found.get(`${field} ${facility}`) ?? []).sort(([a], [b]) => a - b)
    return facilities.flatMap((facility) =>
      points.map((point) => mergeSeries(facility, point, values(point, facility), values(badColumn(point), facility), limit)),
    )
  }

  async function buckets(asked: SeriesQuery, grid: Grid): Promise<BucketSeries[]> {
    const query = wholeBuckets(asked, grid)
    const { kind, facilities, points } = query
    const { all, find } = seriesFor(facilities, points)
    if (points.length === 0) return all
    const onHours = grid.length % HOUR === 0 && offsetOf(grid.origin, HOUR) === offset
    // What cannot be set up can be read all the same.
    const rollUps = await (onHours ? ready() : ready().catch(() => null))
    const parts = partsFor(rollUps, query, onHours, now())
    for (const page of pagesOf(facilities, FACILITIES_PER_STATEMENT))
      for (const part of parts)
        for (const { facility, point, bucket: partial } of await foldPart(kind, page, points, part, grid)) {
          const series = find(facility, point)
          if (series) addPartialBucket(series, partial)
        }
    return all
  }

  async function foldPart(kind: string, facilities: readonly string[], points: readonly string[], part: Part, grid: Grid) {
    const source = { measurement: kind, facilities, fields: points }
    const flux = part.clean
      ? foldRollUpsFlux({ ...source, bucket: hoursBucket(bucket) }, part, grid)
      : foldFlux({ ...source, bucket }, part, grid)
    const folded = new Map<string, { facility: string; point: string; bucket: PartialBucket }>()
    await client.ask(flux, (row) => {
      const point = part.clean ? row._field.slice(0, -row.result.length - 1) : row._field
      const at = bucketOf(row._time, grid)
      const key = `${at} ${point} ${row.facility}`
      const known = folded.get(key) ?? { facility: row.facility, point, bucket: { at, min: 0, max: 0, sum: 0, count: 0, last: 0 } }
      known.bucket[row.result as FoldName] = Number(row._value)
      folded.set(key, known)
    })
    return [...folded.values()].filter(({ bucket: { count } }) => count > 0).sort((a, b) => a.bucket.at - b.bucket.at)
  }

  async function scan({ kind, from, to, limit = Number.POSITIVE_INFINITY }: ScanQuery): Promise<TelemetryRows> {
    // A table of the answer holds one field of one facility, so rows are put together at the end; in columns, because there are many.
    // A row has at most each point once, good or flagged.
    const most = limit * 2 * pointsOf(kind).size
    const cells = { at: [] as number[], facility: [] as string[], column: [] as string[], value: [] as number[] }
    await client.ask(sourceFlux({ bucket, measurement: kind }, { from, to }), ({ facility, _time, _field, _value }) => {
      const point = pointsOf(kind).get(pointOfColumn(_field).point)
      const value = point && decodeField(point, _value)
      if (value === undefined) return
      cells.at.push(Date.parse(_time))
      cells.facility.push(facility)
      cells.column.push(_field)
      cells.value.push(value)
      return cells.at.length < most ? undefined : false
    })
    const { at, facility, column, value } = cells
    const order = Uint32Array.from(at, (_, i) => i).sort(
      (a, b) =>
        (at[a] as number) - (at[b] as number) ||
        ((facility[a] as string) < (facility[b] as string) ? -1 : Number(facility[a] !== facility[b])),
    )
    const collector = new RowCollector(kind)
    let last = -1
    for (const i of order) {
      if (at[i] !== at[last] || facility[i] !== facility[last]) collector.begin(facility[i] as string, at[i] as number)
      collector.set(column[i] as string, value[i] as number)
      last = i
    }
    return collector.rows()
  }

  async function latest(kind: string, since: number) {
    const points = pointsOf(kind)
    const found = new LatestCollector([...points.keys()])
    const span = { from: since, to: EVER.to }
    await client.ask(`${sourceFlux({ bucket, measurement: kind }, span)}\n  |> last()`, ({ facility, _field, _time, _value }) => {
      const { point, good } = pointOfColumn(_field)
      const described = points.get(point)
      const value = described && decodeField(described, _value)
      if (value !== undefined) found.add(facility, point, Date.parse(_time), value, good)
    })
    return found.values()
  }

  return {
    name: 'influxdb2',
    ...keptFor(rawDays),
    ...rollingStore({ ready, writer, now, log, rawDays, ...(options.maintains && { maintains: true }) }),
    range,
    buckets,
    scan,
    latest,
    async oldest() {
      const rollUps = await ready()
      // Without roll-ups nothing tells it but a look at every series.
      return rollUps ? rollUps.oldest() : 0
    },
    async ping() {
      await ready()
      await client.ask(`${sourceFlux({ bucket, measurement: 'lamplighter.ping' }, { from: now(), to: now() + 1 })}`, () => {})
    },
  }
}

/** Version 0.1.0 wrote booleans and names of states; where they are, numbers are refused, and setting all of them aside would help nobody. */
function ofOlderVersion(outcome: WriteOutcome, kinds: readonly StoredKind[]): WriteOutcome {
  if (outcome.type !== 'refused') return outcome
  const [, field = '', kind] =
    /input field \\?"(.*?)\\?" on measurement \\?"(.*?)\\?" is type float, already exists as type (boolean|string)/.exec(outcome.reason) ??
    []
  const point = kinds.find(({ key }) => key === kind)?.points.get(pointOfColumn(field).point)
  if (!point || point.type === 'number') return outcome
  return {
    type: 'unavailable',
    reason: `${outcome.reason}; version 0.1.0 wrote it, all are numbers now: give another name in INFLUXDB_BUCKET, and bring the old values over by an import`,
  }
}
