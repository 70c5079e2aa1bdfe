import { LamplighterError } from './errors.ts'
import type { Ingest } from './ingest.ts'
import type { Dialect, Incoming, Translation } from './telemetry/dialect.ts'
import type { Rejection } from './telemetry/rejection.ts'
import { parseTopic } from './telemetry/topic.ts'

/** Bytes that may wait for translations at once. */
const maxWaitingBytes = 16 * 1_048_576

export interface IngressParts {
  ingest: Pick<Ingest, 'take'>
  /** Asked in this order. */
  dialects: readonly Dialect[]
  now: () => number
  onRejected: (message: Incoming, rejections: readonly Rejection[]) => void
  /** Told what a message says in the native dialect. */
  onTranslated?: (message: Incoming, natives: Translation['messages']) => void
  /** Told of a translation that broke; its message counts as taken. */
  onMishap: (error: unknown, message: Incoming) => void
}

type Acknowledge = (error?: Error) => void

/** Where messages enter from any broker: native ones as they are, those of other dialects translated, all into the journal before they are acknowledged. */
export class Ingress {
  readonly #parts: IngressParts
  /** The last unfinished translation of each topic, so that messages of one topic keep their order. */
  readonly #unfinished = new Map<string, Promise<void>>()
  #waitingBytes = 0

  constructor(parts: IngressParts) {
    this.#parts = parts
  }

  /** Whether anybody reads a topic. */
  reads(topic: string, source: string): boolean {
    return parseTopic(topic) !== undefined || this.#dialectOf(topic, source) !== undefined
  }

  /** `payload` is only good during the call. Throws `journal-full` when too much waits; `acknowledge` is called once otherwise. */
  take(topic: string, payload: Uint8Array, source: string, acknowledge: Acknowledge): void {
    const { ingest, now } = this.#parts
    if (parseTopic(topic)) {
      ingest.take(topic, payload, acknowledge)
      return
    }
    const dialect = this.#dialectOf(topic, source)
    if (dialect) this.#translate(dialect, { topic, payload: new Uint8Array(payload), received: now(), source }, acknowledge)
    else acknowledge()
  }

  #translate(dialect: Dialect, message: Incoming, acknowledge: Acknowledge): void {
    const earlier = this.#unfinished.get(keyOf(message))
    if (earlier) {
      this.#wait(message, acknowledge, () => earlier.then(() => dialect.translate(message)))
      return
    }
    const translation = this.#attempt(dialect, message)
    if (translation instanceof Promise) this.#wait(message, acknowledge, () => translation)
    else this.#enter(message, translation, acknowledge)
  }

  #dialectOf(topic: string, source: string): Dialect | undefined {
    return this.#parts.dialects.find((dialect) => dialect.reads(topic, source))
  }

  #attempt(dialect: Dialect, message: Incoming): Translation | Promise<Translation> {
    try {
      return dialect.translate(message)
    } catch (error) {
      this.#parts.onMishap(error, message)
      return { messages: [], rejections: [] }
    }
  }

  #wait(message: Incoming, acknowledge: Acknowledge, translate: () => Promise<Translation>): void {
    const bytes = message.payload.length
    if (this.#waitingBytes + bytes > maxWaitingBytes) {
      throw new LamplighterError('journal-full', 'Too many messages wait to be translated; they will be sent again.')
    }
    this.#waitingBytes += bytes
    const key = keyOf(message)
    const done = translate()
      .catch((error: unknown): Translation => {
        this.#parts.onMishap(error, message)
        return { messages: [], rejections: [] }
      })
      .then((translation) => {
        this.#waitingBytes -= bytes
        this.#enter(message, translation, acknowledge)
      })
      .catch((error: unknown) => acknowledge(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        if (this.#unfinished.get(key) === done) this.#unfinished.delete(key)
      })
    this.#unfinished.set(key, done)
  }

  #enter(message: Incoming, { messages, rejections }: Translation, acknowledge: Acknowledge): void {
    if (rejections.length > 0) this.#parts.onRejected(message, rejections)
    this.#parts.onTranslated?.(message, messages)
    if (messages.length === 0) acknowledge()
    let open = messages.length
    let failure: Error | undefined
    const answered = (error?: Error) => {
      failure ??= error
      if (--open === 0) acknowledge(failure)
    }
    for (const { topic, payload } of messages) {
      try {
        this.#parts.ingest.take(topic, Buffer.from(payload), answered)
      } catch (error) {
        answered(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }
}

const keyOf = ({ source, topic }: Incoming) => `${source} ${topic}`
