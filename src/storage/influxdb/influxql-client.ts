import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { Pool, RequestError, ServiceNotAvailableError } from 'influx/lib/src/pool.js'
import { LamplighterError } from '../../errors.ts'
import type { Secret } from './secret.ts'
import { outcomeOf, reasonOfAnswer, unavailable, type WriteOutcome } from './write-outcome.ts'

/** Rows of one chunk of an answer. */
const CHUNK_ROWS = 10_000
/** Values of one answer; more would take too much memory at once. */
export const MOST_VALUES = 5_000_000
/** Bodies, bytes, from which packing saves more than it costs. */
const WORTH_PACKING = 2_000

const pack = promisify(gzip)

/** A group of rows of one statement's answer; a long one comes in several. */
export interface Series {
  name?: string
  tags?: Record<string, string>
  columns: string[]
  values: unknown[][]
}

export interface InfluxqlClientOptions {
  url: string
  database: string
  /** Ms until a request is given up. */
  timeout: number
  /** PEM text of the authorities that are trusted instead of the usual ones. */
  ca?: string | undefined
  secret: Secret
  /** The header that a password or token makes; undefined: none. */
  authorization: (secret: string) => string | undefined
  /** Called when a write finds the database or its retention policy gone. */
  onMissing: () => void
  /** Where lines go. */
  write: { path: string; query: Record<string, string> }
}

/** A server that takes lines and answers InfluxQL, through the connection pool of the `influx` client. */
export class InfluxqlClient {
  readonly database: string
  readonly #pool: Pool
  readonly #options: InfluxqlClientOptions
  readonly #packs: boolean

  constructor(options: InfluxqlClientOptions) {
    const { protocol, hostname, port, pathname } = new URL(options.url)
    // No retries and no pause after a failure: the writer has its own.
    const noPause = { getDelay: () => 0, next: () => noPause, reset: () => noPause }
    this.#pool = new Pool({ maxRetries: 0, requestTimeout: 2 ** 31 - 1, backoff: noPause })
    const numbered = Number(port) || (protocol === 'https:' ? 443 : 80)
    this.#pool.addHost(
      `${protocol}//${hostname}:${numbered}${pathname === '/' ? '' : pathname}`,
      options.ca === undefined ? {} : { ca: options.ca },
    )
    this.#options = options
    this.#packs = !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
    this.database = options.database
  }

  /** Sends lines; `more` is added to the query, such as a retention policy. */
  async send(lines: readonly string[], more: { rp?: string } = {}): Promise<WriteOutcome> {
    const outcome = await this.#trySend(lines, more)
    if (outcome.type === 'unavailable' && outcome.missing) this.#options.onMissing()
    return outcome
  }

  /**
   * Asks statements in one request; `take` gets each group of rows with the index of its statement, in the order of the statements. Times are ms.
   * Rejects with `store-unavailable`, or with `invalid-request` when the answer is too large.
   */
  async ask(statements: readonly string[], take: (statement: number, series: Series) => void, timeout?: number): Promise<void> {
    if (statements.length === 0) return
    const form = new URLSearchParams({ q: statements.join(';') }).toString()
    const query = { db: this.database, epoch: 'ms', chunked: 'true', chunk_size: String(CHUNK_ROWS) }
    const limit = { values: 0 }
    try {
      await this.#request(
        '/query',
        query,
        form,
        async (response) => {
          for await (const line of linesOf(response)) takeChunk(line, take, limit)
        },
        timeout,
      )
    } catch (error) {
      if (error instanceof LamplighterError) throw error
      const reason = error instanceof RequestError ? reasonOfAnswer(error.res.statusCode ?? 0, bodyOf(error)) : reasonOf(error)
      throw unavailable(`InfluxDB cannot be asked: ${reason}`, error)
    }
  }

  /** The first group of rows of each statement; for answers that are short. */
  async askAll(...statements: string[]): Promise<(Series | undefined)[]> {
    const answers: (Series | undefined)[] = statements.map(() => undefined)
    await this.ask(statements, (i, series) => {
      answers[i] ??= series
    })
    return answers
  }

  async #trySend(lines: readonly string[], more: { rp?: string }): Promise<WriteOutcome> {
    const { path, query } = this.#options.write
    try {
      await this.#request(path, { ...query, ...more }, lines.join('\n'), async () => {})
      return { type: 'written', expired: 0 }
    } catch (error) {
      if (error instanceof RequestError) {
        const seconds = Number(error.res.headers['retry-after'])
        return outcomeOf(error.res.statusCode ?? 0, bodyOf(error), lines, seconds > 0 ? seconds * 1000 : undefined)
      }
      // An unknown retention policy is a failure of the server to it.
      const missing = error instanceof ServiceNotAvailableError && more.rp !== undefined
      return { type: 'unavailable', reason: reasonOf(error), missing }
    }
  }

  async #request(
    path: string,
    query: Record<string, string>,
    body: string,
    read: (response: IncomingMessage) => Promise<void>,
    timeout = this.#options.timeout,
  ): Promise<void> {
    try {
      await this.#tryRequest(path, query, body, read, timeout)
    } catch (error) {
      if (!(error instanceof RequestError) || error.res.statusCode !== 401 || !this.#options.secret.refresh()) throw error
      await this.#tryRequest(path, query, body, read, timeout)
    }
  }

  /** Ends after `timeout` whatever the server does, also in the midst of its answer. */
  async #tryRequest(
    path: string,
    query: Record<string, string>,
    body: string,
    read: (response: IncomingMessage) => Promise<void>,
    timeout: number,
  ): Promise<void> {
    const packed = this.#packs && body.length > WORTH_PACKING && path !== '/query'
    const authorization = this.#options.authorization(this.#options.secret.value)
    const headers = { ...(authorization !== undefined && { authorization }), ...(packed && { 'content-encoding': 'gzip' }) }
    const sent = packed ? await pack(body, { level: constants.Z_BEST_SPEED }) : body
    const abort = new AbortController()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeout / 1000} s`))
      abort.abort()
    }, timeout)
    this.#pool.stream({ method: 'POST', path, query, body: sent as string, headers, signal: abort.signal }, (error, response) => {
      if (error) reject(error)
      else read(response).then(() => resolve(response.resume() as never), reject)
    })
    try {
      await promise
    } catch (error) {
      abort.abort()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}

const bodyOf = (error: RequestError) => error.message.replace(/^A \d+ .*? error occurred: /, '')
const reasonOf = (error: unknown) => (error instanceof Error ? error.message || error.constructor.name : String(error))

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of response) {
    const parts = (piece as string).split('\n')
    parts[0] = rest + parts[0]
    rest = parts.pop() as string
    yield* parts
  }
  yield rest
}

interface Chunk {
  error?: string
  results?: { statement_id: number; error?: string; series?: Series[] }[]
}

function takeChunk(line: string, take: (statement: number, series: Series) => void, limit: { values: number }): void {
  if (line.trim() === '') return
  const { error, results = [] } = JSON.parse(line) as Chunk
  if (error !== undefined) throw unavailable(`InfluxDB cannot answer: ${error}`)
  for (const { statement_id: statement, error: failed, series = [] } of results) {
    if (failed !== undefined) throw unavailable(`InfluxDB cannot answer: ${failed}`)
    for (const each of series) {
      limit.values += each.values.length * (each.columns.length - 1)
      if (limit.values > MOST_VALUES) throw tooLarge()
      take(statement, each)
    }
  }
}

export const tooLarge = () =>
  new LamplighterError(
    'invalid-request',
    `The answer would hold more than ${MOST_VALUES.toLocaleString('en')} values: ask for a shorter time, fewer points or fewer facilities.`,
  )
