import { InfluxDB, type IPoolOptions } from 'influx'
import { Pool, RequestError } from 'influx/lib/src/pool.js'
import { emptyBuckets, offsetOf } from '../bucket-series.ts'
import { badColumn, pointOfColumn } from '../column-name.ts'
import { LatestCollector } from '../latest-collector.ts'
import { RowCollector } from '../row-collector.ts'
import type { BucketSeries, Grid, RawSeries, ScanQuery, StoredKind, TelemetryRows, TelemetryStore } from '../telemetry-store.ts'
import { decodeField } from './line-protocol.ts'
import { LineWriter, outcomeOf, unavailable, type WriteOutcome } from './line-writing.ts'
import { bucketsByType, eachFacility, type FacilityQuery, mergeSeries } from './series.ts'

export interface Influxdb1Options {
  url: string
  /** Made when missing. */
  database: string
  username?: string
  password?: string
  kinds: readonly StoredKind[]
  /** Ms until a request is given up. */
  timeout: number
}

/** One statement's answer, as the HTTP API gives it. */
interface Statement {
  error?: string
  series?: { tags?: Record<string, string>; columns: string[]; values: unknown[][] }[]
}

const identifier = (name: string) => `"${name.replace(/["\\]/g, '\\$&')}"`
const literal = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`

/** Opens a store on an InfluxDB 1.x server. Rejects with `store-unavailable` when the database can neither be found nor made. */
export async function openInfluxdb1(options: Influxdb1Options): Promise<TelemetryStore> {
  const client = new Client(options)
  await client.createDatabase()
  return createStore(client, options)
}

/** The `influx` client for queries, and its connection pool for lines that are already encoded. */
class Client {
  readonly #influx: InfluxDB
  readonly #pool: Pool
  readonly #database: string
  readonly #auth: string | undefined

  constructor({ url, database, username, password, timeout }: Influxdb1Options) {
    const { protocol, hostname, port, pathname } = new URL(url)
    // No retries and no pause after a failure: the writer has its own.
    const noPause = { getDelay: () => 0, next: () => noPause, reset: () => noPause }
    const pool: IPoolOptions = { maxRetries: 0, requestTimeout: timeout, backoff: noPause }
    const path = pathname === '/' ? '' : pathname
    const numbered = Number(port) || (protocol === 'https:' ? 443 : 80)
    const credentials = username === undefined ? {} : { username, password: password ?? '' }
    this.#influx = new InfluxDB({
      host: hostname,
      port: numbered,
      protocol: protocol === 'https:' ? 'https' : 'http',
      path,
      database,
      pool,
      ...credentials,
    })
    this.#pool = new Pool(pool)
    this.#pool.addHost(`${protocol}//${hostname}:${numbered}${path}`)
    this.#database = database
    this.#auth = username === undefined ? undefined : `${username}:${password ?? ''}`
  }

  async createDatabase(): Promise<void> {
    await this.#influx.createDatabase(this.#database).catch((error: unknown) => {
      throw unavailable(`InfluxDB cannot be used: ${messageOf(error)}`, error)
    })
  }

  async send(body: string): Promise<WriteOutcome> {
    try {
      await this.#pool.discard({
        method: 'POST',
        path: '/write',
        query: { db: this.#database, precision: 'ms' },
        body,
        ...(this.#auth !== undefined && { auth: this.#auth }),
      })
      return { type: 'written' }
    } catch (error) {
      if (!(error instanceof RequestError)) return { type: 'unavailable', reason: messageOf(error) }
      const status = error.res.statusCode ?? 0
      // Somebody dropped the database: the next try finds it again.
      if (status === 404) await this.createDatabase()
      return outcomeOf(status, error.message)
    }
  }

  async query(statements: string[]): Promise<Statement[]> {
    if (statements.length === 0) return []
    const answer = (await this.#influx
      .queryRaw(statements.join(';'), { database: this.#database, precision: 'ms' })
      .catch((error: unknown) => {
        throw unavailable(`InfluxDB cannot be asked: ${messageOf(error)}`, error)
      })) as { results: Statement[] }
    const failed = answer.results.find(({ error }) => error)
    if (failed) throw unavailable(`InfluxDB cannot answer: ${failed.error}`)
    return answer.results
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message || error.constructor.name : String(error))

function createStore(client: Client, { kinds }: Influxdb1Options): TelemetryStore {
  const writer = new LineWriter(kinds, (body) => client.send(body))
  const pointsOf = (kind: string) => kinds.find(({ key }) => key === kind)?.points ?? new Map()

  const where = ({ facility, from, to }: FacilityQuery) =>
    `"facility" = ${literal(facility)} AND time >= ${Math.ceil(from)}ms AND time < ${Math.ceil(to)}ms`

  async function range(query: FacilityQuery, limit: number): Promise<RawSeries[]> {
    const fields = query.points.flatMap((point) => [point, badColumn(point)])
    const answers = await client.query(
      fields.map(
        (field) => `SELECT ${identifier(field)} FROM ${identifier(query.kind)} WHERE ${where(query)} ORDER BY time ASC LIMIT ${limit}`,
      ),
    )
    return query.points.map((point, i) => {
      const values = (answer: Statement | undefined) =>
        (answer?.series?.[0]?.values ?? []).map(([at, value]): [number, number | undefined] => [
          at as number,
          decodeField(pointsOf(query.kind).get(point), value),
        ])
      return mergeSeries(query.facility, point, values(answers[2 * i]), values(answers[2 * i + 1]), limit)
    })
  }

  async function foldOnServer(query: FacilityQuery, { length, origin }: Grid): Promise<BucketSeries[]> {
    const folds = (point: string) => ['min', 'max', 'mean', 'last', 'count'].map((fold) => `${fold}(${identifier(point)})`).join(', ')
    const answers = await client.query(
      query.points.map(
        (point) =>
          `SELECT ${folds(point)} FROM ${identifier(query.kind)} WHERE ${where(query)} GROUP BY time(${length}ms, ${offsetOf(origin, length)}ms) fill(none)`,
      ),
    )
    return query.points.map((point, i) => {
      const series = emptyBuckets(query.facility, point)
      for (const [at, min, max, mean, last, count] of (answers[i]?.series?.[0]?.values ?? []) as number[][]) {
        if (!count) continue
        for (const [column, value] of [
          [series.at, at],
          [series.min, min],
          [series.max, max],
          [series.mean, mean],
          [series.last, last],
          [series.count, count],
        ] as [number[], number][])
          column.push(value)
      }
      return series
    })
  }

  async function scan({ kind, from, to }: ScanQuery): Promise<TelemetryRows> {
    const times = `time >= ${Math.ceil(from)}ms AND time < ${Math.ceil(to)}ms`
    const [answer] = await client.query([`SELECT * FROM ${identifier(kind)} WHERE ${times} ORDER BY time ASC`])
    const { columns = [], values = [] } = answer?.series?.[0] ?? {}
    const points = pointsOf(kind)
    const collector = new RowCollector(kind)
    const facility = columns.indexOf('facility')
    for (const row of values) {
      collector.begin(String(row[facility]), row[0] as number)
      for (const [i, column] of columns.entries()) {
        const point = points.get(pointOfColumn(column).point)
        const value = point && decodeField(point, row[i])
        if (value !== undefined) collector.set(column, value)
      }
    }
    return collector.rows()
  }

  return {
    name: 'influxdb1',
    write: (batches) => writer.write(batches),
    range: (query, limit) => eachFacility(query, (one) => range(one, limit)),
    buckets: (query, grid) => eachFacility(query, (one) => bucketsByType(one, grid, pointsOf(query.kind), foldOnServer, range)),
    scan,
    async latest(kind, since) {
      const points = pointsOf(kind)
      const fields = [...points.keys()].flatMap((point) => [point, badColumn(point)])
      const answers = await client.query(
        fields.map(
          (field) => `SELECT last(${identifier(field)}) FROM ${identifier(kind)} WHERE time >= ${Math.ceil(since)}ms GROUP BY "facility"`,
        ),
      )
      const latest = new LatestCollector([...points.keys()])
      for (const [i, field] of fields.entries()) {
        const { point, good } = pointOfColumn(field)
        for (const { tags, values } of answers[i]?.series ?? []) {
          const facility = tags?.facility ?? ''
          const at = values[0]?.[0] as number
          const value = decodeField(points.get(point), values[0]?.[1])
          if (value !== undefined) latest.add(facility, point, at, value, good)
        }
      }
      return latest.values()
    },
    ping: () => client.createDatabase(),
    close: async () => {},
  }
}
