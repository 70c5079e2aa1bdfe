import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { TimedMessage } from './player.ts'

/** One line of a recording of MQTT messages. `received` in ms since 1970. */
export interface RecordedMessage {
  received: number
  topic: string
  /** UTF-8 text, or base64 when `encoding` says so. */
  payload: string
  encoding?: 'base64'
  /** The broker sent it because it was retained, not because it was published just then. */
  retained?: true
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function recordedMessage(received: number, topic: string, payload: Uint8Array, retained: boolean): RecordedMessage {
  const rest = retained ? ({ retained: true } as const) : {}
  try {
    return { received, topic, payload: utf8.decode(payload), ...rest }
  } catch {
    return { received, topic, payload: Buffer.from(payload).toString('base64'), encoding: 'base64', ...rest }
  }
}

/** Reads recorded messages one by one. Throws with file and line of what is none. */
export async function* readRawRecording(files: readonly string[]): AsyncGenerator<RecordedMessage> {
  for (const file of files) {
    let number = 0
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      number++
      if (line.trim() === '') continue
      let message: Partial<RecordedMessage> | null
      try {
        message = JSON.parse(line)
      } catch (error) {
        throw new Error(`${file} line ${number}: ${error instanceof Error ? error.message : error}`, { cause: error })
      }
      if (typeof message?.received !== 'number' || typeof message.topic !== 'string' || typeof message.payload !== 'string') {
        throw new Error(`${file} line ${number} is not {"received", "topic", "payload"}`)
      }
      yield message as RecordedMessage
    }
  }
}

/** First and last time received, and how many messages there are; null when there is none. */
export async function measureRawRecording(files: readonly string[]): Promise<{ first: number; last: number; count: number } | null> {
  let span: { first: number; last: number; count: number } | null = null
  for await (const { received } of readRawRecording(files)) {
    if (!span) span = { first: received, last: received, count: 0 }
    span.last = Math.max(span.last, received)
    span.count++
  }
  return span
}

/** Recorded messages as they are sent again: `first` is the time received of offset 0, `shift` ms is added to the times inside. */
export async function* rawMessages(messages: AsyncIterable<RecordedMessage>, first: number, shift: number): AsyncGenerator<TimedMessage> {
  for await (const { received, topic, payload, encoding, retained } of messages) {
    const body = encoding === 'base64' ? Buffer.from(payload, 'base64') : shiftTimes(payload, shift)
    yield { offset: received - first, topic, payload: body, retain: retained ?? false }
  }
}

/** Adds `shift` ms to "at" of a report or of each report of an array; any other text stays as it is. */
export function shiftTimes(payload: string, shift: number): string {
  if (shift === 0) return payload
  let body: unknown
  try {
    body = JSON.parse(payload)
  } catch {
    return payload
  }
  const shifted = Array.isArray(body) ? body.map((report) => shiftReport(report, shift)) : shiftReport(body, shift)
  return JSON.stringify(shifted)
}

function shiftReport(report: unknown, shift: number): unknown {
  if (typeof report !== 'object' || report === null || !('at' in report)) return report
  const { at } = report
  if (typeof at === 'number') return { ...report, at: at + shift }
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN
  return Number.isNaN(time) ? report : { ...report, at: new Date(time + shift).toISOString() }
}
