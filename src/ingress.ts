import { createHash } from 'node:crypto'
import { LamplighterError } from './errors.ts'
import type { Ingest } from './ingest.ts'
import { LONGEST_TRANSLATED } from './telemetry/codecs/native-messages.ts'
import type { Dialect, Incoming, Translation } from './telemetry/dialect.ts'
import { makeRoom } from './telemetry/make-room.ts'
import type { Rejection } from './telemetry/rejection.ts'
import { parseTopic } from './telemetry/topic.ts'

/** Bytes that may wait for translations at once: of one dialect and source, so that one that is slow refuses no other, and of all. */
const SHARE = 16 * 1_048_576
const MOST_WAITING = 4 * SHARE
/** Translations kept that were not journaled; the window of a sender that waits for its PUBACK is far smaller. */
const MOST_UNTAKEN = 1_000

export interface IngressParts {
  ingest: Pick<Ingest, 'take' | 'hasRoom'>
  /** Asked in this order. */
  dialects: readonly Dialect[]
  now: () => number
  onRejected: (message: Incoming, rejections: readonly Rejection[]) => void
  /** Told what a message says in the native dialect. */
  onTranslated?: (message: Incoming, natives: Translation['messages']) => void
  /** Told of a translation that broke; its message counts as taken. */
  onMishap: (error: unknown, message: Incoming) => void
}

/** What a broker knows of a message besides. */
export type MoreOfMessage = Pick<Incoming, 'mayReportFor' | 'isRetained'> & {
  /** Whether its topic is a native one; looked at when nobody has yet. */
  isNative?: boolean
}

type Acknowledge = (error?: Error) => void

/** Where messages enter from any broker: native ones as they are, those of other dialects translated, all into the journal before they are acknowledged. */
export class Ingress {
  readonly #parts: IngressParts
  /** The last unfinished translation of each topic, so that messages of one topic keep their order. */
  readonly #unfinished = new Map<string, Promise<void>>()
  /** Bytes by dialect and source. */
  readonly #waiting = new Map<string, number>()
  #allWaiting = 0
  /** What messages said that the journal did not take, by message. */
  readonly #untaken = new Map<string, Translation['messages']>()

  constructor(parts: IngressParts) {
    this.#parts = parts
  }

  /** Whether anybody reads a topic. */
  reads(topic: string, source: string): boolean {
    return parseTopic(topic) !== undefined || this.#dialectOf(topic, source) !== undefined
  }

  /** `payload` is only good during the call. Throws `journal-full` when too much waits, and then nothing was done; `acknowledge` is called once otherwise. */
  take(topic: string, payload: Uint8Array, source: string, acknowledge: Acknowledge, given: MoreOfMessage = {}): void {
    const { ingest, now } = this.#parts
    const { isNative = parseTopic(topic) !== undefined, ...more } = given
    if (isNative) {
      ingest.take(topic, payload, acknowledge)
      return
    }
    const dialect = this.#dialectOf(topic, source)
    if (dialect) this.#translate(dialect, { topic, payload: new Uint8Array(payload), received: now(), source, ...more }, acknowledge)
    else acknowledge()
  }

  #translate(dialect: Dialect, message: Incoming, acknowledge: Acknowledge): void {
    this.#checkRoom(dialect, message)
    const untaken = this.#takeUntaken(message)
    if (untaken) {
      this.#enter(dialect, message, { messages: untaken, rejections: [] }, acknowledge)
      return
    }
    const earlier = this.#unfinished.get(keyOf(message))
    if (earlier) {
      this.#wait(dialect, message, acknowledge, () => earlier.then(() => dialect.translate(message)))
      return
    }
    const translation = this.#attempt(dialect, message)
    if (translation instanceof Promise) this.#wait(dialect, message, acknowledge, () => translation)
    else this.#enter(dialect, message, translation, acknowledge)
  }

  /** Before anything is done: what is refused is sent again, and a codec must not run for it each time, nor a session go on. */
  #checkRoom(dialect: Dialect, message: Incoming): void {
    const { length } = message.payload
    const waiting = this.#waiting.get(shareOf(dialect, message)) ?? 0
    // Who has nothing waiting may have one, whatever the others have.
    if (waiting > 0 && (waiting + length > SHARE || this.#allWaiting + length > MOST_WAITING))
      throw new LamplighterError('journal-full', 'Too many messages wait to be translated; they will be sent again.')
    if (!this.#parts.ingest.hasRoom(LONGEST_TRANSLATED))
      throw new LamplighterError('journal-full', 'The journal takes no messages; they will be sent again.')
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

  #wait(dialect: Dialect, message: Incoming, acknowledge: Acknowledge, translate: () => Promise<Translation>): void {
    const bytes = message.payload.length
    const share = shareOf(dialect, message)
    this.#count(share, bytes)
    const key = keyOf(message)
    const done = translate()
      .catch((error: unknown): Translation => {
        this.#parts.onMishap(error, message)
        return { messages: [], rejections: [] }
      })
      .then((translation) => {
        this.#count(share, -bytes)
        this.#enter(dialect, message, translation, acknowledge)
      })
      .catch((error: unknown) => acknowledge(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        if (this.#unfinished.get(key) === done) this.#unfinished.delete(key)
      })
    this.#unfinished.set(key, done)
  }

  #count(share: string, bytes: number): void {
    this.#allWaiting += bytes
    const waiting = (this.#waiting.get(share) ?? 0) + bytes
    if (waiting > 0) this.#waiting.set(share, waiting)
    else this.#waiting.delete(share)
  }

  #takeUntaken(message: Incoming): Translation['messages'] | undefined {
    if (this.#untaken.size === 0) return undefined
    const key = identityOf(message)
    const untaken = this.#untaken.get(key)
    this.#untaken.delete(key)
    return untaken
  }

  #keepUntaken(message: Incoming, messages: Translation['messages']): void {
    this.#untaken.set(identityOf(message), messages)
    makeRoom(this.#untaken, MOST_UNTAKEN)
  }

  #enter(dialect: Dialect, message: Incoming, { messages, rejections }: Translation, acknowledge: Acknowledge): void {
    if (rejections.length > 0) this.#parts.onRejected(message, rejections)
    this.#parts.onTranslated?.(message, messages)
    if (messages.length === 0) acknowledge()
    let open = messages.length
    let failure: Error | undefined
    const answered = (error?: Error) => {
      failure ??= error
      if (--open > 0) return
      if (failure && dialect.hasSessions) this.#keepUntaken(message, messages)
      acknowledge(failure)
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

/** Of a message and its repetitions. */
const identityOf = (message: Incoming) => `${keyOf(message)} ${createHash('sha256').update(message.payload).digest('base64')}`

const shareOf = ({ name }: Dialect, { source }: Incoming) => `${name} ${source}`

const keyOf = ({ source, topic }: Incoming) => `${source} ${topic}`
