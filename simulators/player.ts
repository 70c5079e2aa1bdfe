import { setTimeout as sleep } from 'node:timers/promises'
import { encodeReports } from '../src/telemetry/codecs/native.ts'
import { telemetryTopic } from '../src/telemetry/topic.ts'
import { startEndingNow } from './clock.ts'
import type { MqttLink, Outgoing } from './mqtt-link.ts'
import type { Recording } from './recording.ts'

/** A message to send `offset` ms of recorded time after the first. */
export interface TimedMessage extends Outgoing {
  offset: number
}

export type TimesMode = 'keep' | 'now' | number

/** Event time of offset 0, ms since 1970. `recorded` is what the recording says, null when it says nothing. */
export function firstEventTime(mode: TimesMode, recorded: number | null, duration: number, speed: number, now: number): number {
  if (typeof mode === 'number') return mode
  if (mode === 'now') return Math.floor(startEndingNow(now, duration, speed))
  if (recorded === null) throw new Error('there is no time column to keep; shift the times to now or give a start')
  return recorded
}

/** One native report per row. */
export function* reportMessages({ rows }: Recording, kind: string, facility: string, first: number): Generator<TimedMessage> {
  const topic = telemetryTopic(kind, facility)
  for (const { offset, values } of rows) yield { offset, topic, payload: encodeReports({ at: first + Math.round(offset), values }) }
}

export interface PlayOptions {
  link: MqttLink
  speed: number
  signal: AbortSignal
  /** Unacknowledged at most; waits instead of dropping. */
  window?: number
  onProgress?: (played: number, offset: number) => void
}

/** Sent in one go at most before the event loop turns, so that a stop is heard at any speed. */
const BURST = 500
/** A timer holds no more than 24 days. */
const LONGEST_TIMER = 86_400_000

/**
 * Sends messages in order, each at its recorded distance from the first divided by `speed`. What a message says does not
 * depend on the speed. Resolves with the number sent when all are acknowledged, or at once when `signal` aborts.
 */
export async function play(messages: Iterable<TimedMessage> | AsyncIterable<TimedMessage>, options: PlayOptions): Promise<number> {
  const { link, speed, signal, window = 200, onProgress = () => {} } = options
  const started = performance.now()
  let played = 0
  try {
    for await (const { offset, ...message } of messages) {
      let wait = started + offset / speed - performance.now()
      for (; wait > 1; wait = started + offset / speed - performance.now()) {
        await sleep(Math.min(wait, LONGEST_TIMER), undefined, { signal })
      }
      if (played % BURST === 0) await sleep(0, undefined, { signal })
      await link.below(window, signal)
      link.send(message)
      onProgress(++played, offset)
    }
    await link.below(1, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return played
}
