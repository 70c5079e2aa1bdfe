import { type History, type HistoryRequest, messageHistory } from '../src/backtest/history.ts'
import type { Message } from '../src/telemetry/message.ts'
import { reportMessages } from './player.ts'
import { measureRawRecording, readRawRecording } from './raw-recording.ts'
import type { Recording } from './recording.ts'

const BATCH = 500
const encoder = new TextEncoder()

/** JSON lines of "npm run record", several files one after the other. */
export function recordingHistory(files: readonly string[]): History {
  async function* messages(): AsyncGenerator<Message> {
    let position = 0
    for await (const { received, topic, payload, encoding } of readRawRecording(files)) {
      yield {
        position: ++position,
        received,
        topic,
        payload: encoding === 'base64' ? Buffer.from(payload, 'base64') : encoder.encode(payload),
      }
    }
  }
  const span = async () => {
    const measured = await measureRawRecording(files)
    return measured && { from: measured.first, to: measured.last }
  }
  return messageHistory((request) => inBatches(messages(), request), span)
}

/** A table played as one facility; `first` is the time of its first row, ms. */
export function tableHistory(recording: Recording, kind: string, facility: string, first: number): History {
  function* messages(): Generator<Message> {
    let position = 0
    for (const { offset, topic, payload } of reportMessages(recording, kind, facility, first)) {
      yield { position: ++position, received: first + Math.round(offset), topic, payload: encoder.encode(String(payload)) }
    }
  }
  const last = recording.rows.at(-1)
  return messageHistory(
    (request) => inBatches(messages(), request),
    async () => (last ? { from: first, to: first + Math.round(last.offset) } : null),
  )
}

async function* inBatches(messages: Iterable<Message> | AsyncIterable<Message>, { from, to, signal }: HistoryRequest) {
  let batch: Message[] = []
  for await (const message of messages) {
    if (message.received < from || message.received >= to) continue
    batch.push(message)
    if (batch.length < BATCH) continue
    signal.throwIfAborted()
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
