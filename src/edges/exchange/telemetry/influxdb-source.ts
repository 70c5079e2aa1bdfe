import { setTimeout as pause } from 'node:timers/promises'
import { LamplighterError } from '../../../errors.ts'
import { MOST_ROWS, TimeSlices } from '../../../storage/time-slices.ts'
import { days, seconds } from '../../../telemetry/duration.ts'
import type { RowTaker } from './row-taker.ts'

/** A running InfluxDB, asked in InfluxQL: 1.x, and 2.x through its compatible interface with a token. Plain enough to be sent to another thread. */
export interface InfluxdbSource {
  url: string
  /** Of 2.x the bucket. */
  database: string
  retentionPolicy?: string
  username?: string
  password?: string
  /** 2.x. */
  token?: string
  /** Measurements that are read; those that the mapping or their own name makes a kind when absent. */
  measurements?: readonly string[]
  /** ms; as much as there is when absent. */
  from?: number
  to?: number
  /** Measurements that were read up to a time before, ms: where to go on. */
  through?: Readonly<Record<string, number>>
}

export interface InfluxdbSlice {
  /** Of the time of all measurements, 0 to 1. */
  share: number
  measurement: string
  /** All before this time was handed over, ms. */
  through: number
}

interface Rows {
  columns: string[]
  values: unknown[][]
  /** The server limits its answers and left the rest out. */
  isPartial: boolean
}

interface Answer {
  results?: { error?: string; series?: { columns: string[]; values: unknown[][]; partial?: boolean }[]; partial?: boolean }[]
  error?: string
}

const TIMEOUT = seconds(60)
const RETRY_AFTER = [seconds(1), seconds(5), seconds(20)]
const LONGEST_SLICE = days(7)

const identifier = (name: string) => `"${name.replace(/["\\]/g, '\\$&')}"`

/**
 * Hands over every row of a server, measurement by measurement and slice by slice; what is handed over is to be written before the next slice is
 * asked for. Throws `store-unavailable` when the server cannot be asked, `invalid-request` when nothing there is of a known kind.
 */
export async function* influxdbSlices(source: InfluxdbSource, taker: RowTaker, signal: AbortSignal): AsyncGenerator<InfluxdbSlice> {
  const ask = (statement: string) => query(source, statement, signal)
  const found = source.measurements ?? (await measurementsOf(ask)).filter((name) => taker.knows(name))
  if (found.length === 0)
    throw new LamplighterError(
      'invalid-request',
      `No measurement of ${source.database} is a kind of facility; map them by {"kinds": {"THEIRS": "OURS"}}.`,
    )
  const { facility = 'facility' } = taker.mapping
  let row = 0
  for (const [i, measurement] of found.entries()) {
    const table =
      source.retentionPolicy === undefined ? identifier(measurement) : `${identifier(source.retentionPolicy)}.${identifier(measurement)}`
    const edge = async (order: 'ASC' | 'DESC') =>
      (await ask(`SELECT * FROM ${table} ORDER BY time ${order} LIMIT 1`)).values[0]?.[0] as number | undefined
    const [first, last] = [await edge('ASC'), await edge('DESC')]
    if (first === undefined || last === undefined) continue
    const from = Math.max(first, source.from ?? first, source.through?.[measurement] ?? first)
    const to = Math.min(last + 1, source.to ?? last + 1)
    const slices = new TimeSlices(from, to, { longest: LONGEST_SLICE })
    for (let slice = slices.next; slice; slice = slices.next) {
      const limit = slice.to - slice.from > 1 ? MOST_ROWS : null
      const { columns, values, isPartial } = await ask(
        `SELECT * FROM ${table} WHERE time >= ${slice.from}ms AND time < ${slice.to}ms ORDER BY time ASC${limit === null ? '' : ` LIMIT ${limit}`}`,
      )
      if (isPartial || (limit !== null && values.length >= limit)) {
        if (slices.halve()) continue
        throw unreadable(`it answers no more than ${values.length} rows at once (max-row-limit), and there are more of one ms`)
      }
      const place = columns.indexOf(facility)
      for (const value of values) handOver(++row, measurement, columns, place, value, taker)
      slices.took(values.length)
      yield { share: (i + (slice.to - from) / (to - from)) / found.length, measurement, through: slice.to }
    }
  }
}

async function measurementsOf(ask: (statement: string) => Promise<Rows>): Promise<string[]> {
  const { values, isPartial } = await ask('SHOW MEASUREMENTS')
  if (isPartial) throw unreadable('it lists only some of its measurements (max-row-limit); name those that are wanted')
  return values.map(([name]) => String(name))
}

const unreadable = (why: string) => new LamplighterError('store-unavailable', `InfluxDB cannot be read whole: ${why}`)

/** Tags besides that of the facility are columns too; they are told once as points that nobody knows. */
function handOver(
  row: number,
  measurement: string,
  columns: readonly string[],
  place: number,
  values: readonly unknown[],
  taker: RowTaker,
): void {
  if (!taker.begin(row, values[0], values[place], measurement)) return
  for (let i = 1; i < columns.length; i++) if (i !== place) taker.set(columns[i] as string, values[i])
  taker.end()
}

/** The one series of an answer. */
async function query(source: InfluxdbSource, statement: string, signal: AbortSignal): Promise<Rows> {
  for (const wait of [...RETRY_AFTER, null]) {
    try {
      return await queryOnce(source, statement, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (wait === null || error instanceof LamplighterError) throw error
      await pause(wait, undefined, { signal })
    }
  }
  throw new Error('unreachable')
}

async function queryOnce(
  { url, database, username, password = '', token }: InfluxdbSource,
  statement: string,
  signal: AbortSignal,
): Promise<Rows> {
  const basic = username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const authorization = token === undefined ? basic : `Token ${token}`
  const response = await fetch(`${url.replace(/\/+$/, '')}/query?${new URLSearchParams({ db: database, epoch: 'ms' })}`, {
    method: 'POST',
    headers: { ...(authorization !== undefined && { authorization }), accept: 'application/json' },
    body: new URLSearchParams({ q: statement }),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
  })
  const text = await response.text()
  const answer = readAnswer(text)
  const trouble = answer?.error ?? answer?.results?.find(({ error }) => error)?.error
  // What the server refuses it refuses again; what fails inside it may pass.
  if (response.status >= 500) throw new Error(`InfluxDB answers ${response.status}: ${text.slice(0, 200)}`)
  if (!response.ok || trouble !== undefined || !answer)
    throw new LamplighterError('store-unavailable', `InfluxDB cannot be asked: ${trouble ?? `HTTP ${response.status}`}`)
  const [result] = answer.results ?? []
  const [series] = result?.series ?? []
  return { columns: series?.columns ?? [], values: series?.values ?? [], isPartial: (series?.partial ?? result?.partial) === true }
}

function readAnswer(text: string): Answer | null {
  try {
    return JSON.parse(text) as Answer
  } catch {
    return null
  }
}
