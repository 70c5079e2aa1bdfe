import { type FluxTableMetaData, fluxString, HttpError, InfluxDB, type QueryApi } from '@influxdata/influxdb-client'
import type { Point } from '../../telemetry/point.ts'
import { emptyBuckets, offsetOf } from '../bucket-series.ts'
import { badColumn, pointOfColumn } from '../column-name.ts'
import { LatestCollector } from '../latest-collector.ts'
import { RowCollector } from '../row-collector.ts'
import type { BucketSeries, Grid, RawSeries, ScanQuery, StoredKind, TelemetryRows, TelemetryStore } from '../telemetry-store.ts'
import { decodeField } from './line-protocol.ts'
import { LineWriter, outcomeOf, unavailable, type WriteOutcome } from './line-writing.ts'
import { bucketsByType, eachFacility, type FacilityQuery, mergeSeries } from './series.ts'

export interface Influxdb2Options {
  url: string
  org: string
  /** Made when missing and the token allows it. */
  bucket: string
  token: string
  kinds: readonly StoredKind[]
  /** Ms until a request is given up. */
  timeout: number
}

/** A row of an answer; times and values as text. */
interface FluxRow {
  result: string
  _time: string
  _value: string | number | boolean
  _field: string
  facility: string
}

/** Opens a store on an InfluxDB 2.x server. Rejects with `store-unavailable` when the bucket can neither be found nor made. */
export async function openInfluxdb2(options: Influxdb2Options): Promise<TelemetryStore> {
  // Straight through the client's transport: its write buffer gives lines up after some tries, ours are in the journal.
  const client = new InfluxDB({ url: options.url, token: options.token, timeout: options.timeout })
  await createBucket(client, options)
  return createStore(client, options)
}

async function createBucket({ transport }: InfluxDB, { bucket, org }: Influxdb2Options): Promise<void> {
  const json = { 'content-type': 'application/json' }
  const get = (path: string) => transport.request(path, '', { method: 'GET', headers: json })
  try {
    const found = await get(`/api/v2/buckets?name=${encodeURIComponent(bucket)}&org=${encodeURIComponent(org)}`).catch((error: unknown) => {
      if (error instanceof HttpError && error.statusCode === 404) return { buckets: [] }
      throw error
    })
    if (found?.buckets?.length > 0) return
    const { orgs } = await get(`/api/v2/orgs?org=${encodeURIComponent(org)}`)
    await transport.request('/api/v2/buckets', JSON.stringify({ name: bucket, orgID: orgs?.[0]?.id, retentionRules: [] }), {
      method: 'POST',
      headers: json,
    })
  } catch (error) {
    throw unavailable(
      `the bucket "${bucket}" of "${org}" can neither be found nor made: ${reasonOf(error)}; make it, or give a token that may`,
      error,
    )
  }
}

const reasonOf = (error: unknown) =>
  error instanceof HttpError ? `HTTP ${error.statusCode}: ${error.message}` : error instanceof Error ? error.message : String(error)

async function send({ transport }: InfluxDB, { org, bucket }: Influxdb2Options, body: string): Promise<WriteOutcome> {
  try {
    await transport.request(`/api/v2/write?org=${encodeURIComponent(org)}&bucket=${encodeURIComponent(bucket)}&precision=ms`, body, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      gzipThreshold: 1000,
    })
    return { type: 'written' }
  } catch (error) {
    return error instanceof HttpError
      ? outcomeOf(error.statusCode, error.body ?? error.message)
      : { type: 'unavailable', reason: reasonOf(error) }
  }
}

/** Rows of a Flux query with the types the server declares. */
async function ask(api: QueryApi, flux: string): Promise<FluxRow[]> {
  return api
    .collectRows<FluxRow>(flux, (values, meta: FluxTableMetaData) => meta.toObject(values) as FluxRow)
    .catch((error: unknown) => {
      throw unavailable(`InfluxDB cannot be asked: ${reasonOf(error)}`, error)
    })
}

const time = (at: number) => new Date(Math.ceil(at)).toISOString()

function createStore(client: InfluxDB, options: Influxdb2Options): TelemetryStore {
  const { kinds, bucket } = options
  const writer = new LineWriter(kinds, (body) => send(client, options, body))
  const api = client.getQueryApi(options.org)
  const pointsOf = (kind: string): ReadonlyMap<string, Point> => kinds.find(({ key }) => key === kind)?.points ?? new Map()

  /** The series of some fields of one facility. */
  function source({ facility, kind, from, to }: FacilityQuery, fields: readonly string[]): string {
    const wanted = fields.map((field) => `r._field == ${fluxString(field)}`).join(' or ')
    return `from(bucket: ${fluxString(bucket)})
  |> range(start: ${time(from)}, stop: ${time(to)})
  |> filter(fn: (r) => r._measurement == ${fluxString(kind)} and r.facility == ${fluxString(facility)} and (${wanted}))`
  }

  async function range(query: FacilityQuery, limit: number): Promise<RawSeries[]> {
    const fields = query.points.flatMap((point) => [point, badColumn(point)])
    const rows = await ask(api, `${source(query, fields)}\n  |> limit(n: ${limit})`)
    return query.points.map((point) => {
      const values = (field: string) =>
        rows
          .filter(({ _field }) => _field === field)
          .map((row): [number, number | undefined] => [
            Date.parse(row._time),
            decodeField(pointsOf(query.kind).get(point) as Point, row._value),
          ])
          .sort(([a], [b]) => a - b)
      return mergeSeries(query.facility, point, values(point), values(badColumn(point)), limit)
    })
  }

  async function foldOnServer(query: FacilityQuery, { length, origin }: Grid): Promise<BucketSeries[]> {
    if (query.points.length === 0) return []
    const folds = (['min', 'max', 'mean', 'last', 'count'] as const).map(
      (fold) =>
        `data |> aggregateWindow(every: ${length}ms, offset: ${offsetOf(origin, length)}ms, fn: ${fold}, createEmpty: false, timeSrc: "_start") |> yield(name: "${fold}")`,
    )
    const rows = await ask(api, `data = ${source(query, query.points)}\n${folds.join('\n')}`)
    const folded = new Map(query.points.map((point) => [point, emptyBuckets(query.facility, point)]))
    for (const fold of ['min', 'max', 'mean', 'last', 'count'] as const) {
      const sorted = rows.filter(({ result }) => result === fold).sort((a, b) => Date.parse(a._time) - Date.parse(b._time))
      for (const { _field, _time, _value } of sorted) {
        folded.get(_field)?.[fold].push(Number(_value))
        if (fold === 'min') folded.get(_field)?.at.push(Date.parse(_time))
      }
    }
    return [...folded.values()]
  }

  async function scan({ kind, from, to }: ScanQuery): Promise<TelemetryRows> {
    const rows = await ask(
      api,
      `from(bucket: ${fluxString(bucket)})
  |> range(start: ${time(from)}, stop: ${time(to)})
  |> filter(fn: (r) => r._measurement == ${fluxString(kind)})`,
    )
    // A table of the answer holds one field of one facility.
    const byRow = Map.groupBy(rows, ({ facility, _time }) => `${_time} ${facility}`)
    const cells = [...byRow.values()].map((row) => ({ at: Date.parse((row[0] as FluxRow)._time), row })).sort((a, b) => a.at - b.at)
    const collector = new RowCollector(kind)
    for (const { at, row } of cells) {
      collector.begin((row[0] as FluxRow).facility, at)
      for (const { _field, _value } of row) {
        const point = pointsOf(kind).get(pointOfColumn(_field).point)
        const value = point && decodeField(point, _value)
        if (value !== undefined) collector.set(_field, value)
      }
    }
    return collector.rows()
  }

  return {
    name: 'influxdb2',
    write: (batches) => writer.write(batches),
    range: (query, limit) => eachFacility(query, (one) => range(one, limit)),
    buckets: (query, grid) => eachFacility(query, (one) => bucketsByType(one, grid, pointsOf(query.kind), foldOnServer, range)),
    scan,
    async latest(kind, since) {
      const rows = await ask(
        api,
        `from(bucket: ${fluxString(bucket)})
  |> range(start: ${time(since)})
  |> filter(fn: (r) => r._measurement == ${fluxString(kind)})
  |> last()`,
      )
      const latest = new LatestCollector([...pointsOf(kind).keys()])
      for (const { facility, _field, _time, _value } of rows) {
        const { point, good } = pointOfColumn(_field)
        const described = pointsOf(kind).get(point)
        const value = described && decodeField(described, _value)
        const at = Date.parse(_time)
        if (value !== undefined) latest.add(facility, point, at, value, good)
      }
      return latest.values()
    },
    ping: () => createBucket(client, options),
    close: async () => {},
  }
}
