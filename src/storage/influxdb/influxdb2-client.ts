import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import { LamplighterError } from '../../errors.ts'
import { MOST_VALUES, tooLarge } from './influxql-client.ts'
import type { Secret } from './secret.ts'
import { outcomeOf, reasonOfAnswer, unavailable, type WriteOutcome } from './write-outcome.ts'

/** Bodies, bytes, from which packing saves more than it costs. */
const WORTH_PACKING = 2_000

/** A row of an answer; times as text. */
export interface FluxRow {
  result: string
  _time: string
  _value: string | number | boolean
  _field: string
  facility: string
  kind: string
}

export interface Influxdb2ClientOptions {
  url: string
  org: string
  token: Secret
  timeout: number
  ca?: string | undefined
  /** Called when a write finds its bucket gone. */
  onMissing: () => void
}

/**
 * A server of the v2 API, straight through the transport of the official client: its write buffer gives lines up after some tries, ours are in
 * the journal.
 */
export class Influxdb2Client {
  readonly #options: Influxdb2ClientOptions
  readonly #packs: boolean
  #held: InfluxDB | null = null

  constructor(options: Influxdb2ClientOptions) {
    this.#options = options
    this.#packs = !['127.0.0.1', 'localhost', '[::1]'].includes(new URL(options.url).hostname)
  }

  async send(bucket: string, lines: readonly string[]): Promise<WriteOutcome> {
    const outcome = await this.#trySend(bucket, lines)
    if (outcome.type === 'unavailable' && outcome.missing) this.#options.onMissing()
    return outcome
  }

  /** Gives each row of the answer to `take` until it says false. Rejects with `store-unavailable`, or with `invalid-request` when the answer is too large. */
  async ask(flux: string, take: (row: FluxRow) => unknown, timeout = this.#options.timeout): Promise<void> {
    try {
      await this.#withToken(async (client, signal) => {
        let rows = 0
        for await (const { values, tableMeta } of client.getQueryApi(this.#options.org).iterateRows(flux)) {
          // Leaving ends the request too.
          signal.throwIfAborted()
          if (++rows > MOST_VALUES) throw tooLarge()
          if (take(tableMeta.toObject(values) as FluxRow) === false) return
        }
      }, timeout)
    } catch (error) {
      if (error instanceof LamplighterError) throw error
      throw unavailable(`InfluxDB cannot be asked: ${reasonOf(error)}`, error)
    }
  }

  /** A call of the management API; null: there is no such thing. */
  async manage<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T | null> {
    const headers = { 'content-type': 'application/json' }
    const text = body === undefined ? '' : JSON.stringify(body)
    return this.#withToken(({ transport }, signal) => transport.request(path, text, { method, headers, signal })).catch(
      (error: unknown) => {
        if (error instanceof HttpError && error.statusCode === 404) return null
        throw error
      },
    )
  }

  async #trySend(bucket: string, lines: readonly string[]): Promise<WriteOutcome> {
    const path = `/api/v2/write?org=${encodeURIComponent(this.#options.org)}&bucket=${encodeURIComponent(bucket)}&precision=ms`
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const options = { method: 'POST', headers, ...(this.#packs && { gzipThreshold: WORTH_PACKING }) }
    try {
      await this.#withToken(({ transport }, signal) => transport.request(path, lines.join('\n'), { ...options, signal }))
      return { type: 'written', expired: 0 }
    } catch (error) {
      if (!(error instanceof HttpError)) return { type: 'unavailable', reason: reasonOf(error) }
      const seconds = error.retryAfter()
      return outcomeOf(error.statusCode, error.body ?? error.message, lines, seconds > 0 ? seconds * 1000 : undefined)
    }
  }

  /** Ends in time whatever the server does; a token file is read again when the server refuses what it held. */
  async #withToken<T>(work: (client: InfluxDB, signal: AbortSignal) => Promise<T>, timeout = this.#options.timeout): Promise<T> {
    const attempt = () => withDeadline((signal) => work(this.#client(timeout), signal), timeout)
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof HttpError) || error.statusCode !== 401 || !this.#options.token.refresh()) throw error
      this.#held = null
      return await attempt()
    }
  }

  #client(timeout: number): InfluxDB {
    const { url, token, ca } = this.#options
    if (timeout !== this.#options.timeout)
      return new InfluxDB({ url, token: token.value, timeout, ...(ca && { transportOptions: { ca } }) })
    this.#held ??= new InfluxDB({ url, token: token.value, timeout, ...(ca && { transportOptions: { ca } }) })
    return this.#held
  }
}

export const reasonOf = (error: unknown) =>
  error instanceof HttpError
    ? reasonOfAnswer(error.statusCode, error.body ?? error.message)
    : error instanceof Error
      ? error.message || error.constructor.name
      : String(error)

/** What is given up is told so by its signal, and goes on with nothing. */
async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, timeout: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const given = new AbortController()
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${timeout / 1000} s`)
    reject(error)
    given.abort(error)
  }, timeout)
  try {
    return await Promise.race([work(given.signal), promise])
  } finally {
    clearTimeout(timer)
  }
}
