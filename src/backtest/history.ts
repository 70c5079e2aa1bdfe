import type { FacilityLookup } from '../telemetry/codecs/native.ts'
import { type Decoded, type DecodeLimits, decodeNative } from '../telemetry/codecs/native.ts'
import { days, minutes } from '../telemetry/duration.ts'
import type { Message } from '../telemetry/message.ts'
import type { ReportingFacility } from '../telemetry/report.ts'

/** The facilities of a replay, as far as history must know them. */
export interface HistoryPlant extends FacilityLookup, Iterable<ReportingFacility> {}

export interface HistoryRequest {
  /** ms, inclusive. */
  from: number
  /** ms, exclusive. */
  to: number
  plant: HistoryPlant
  signal: AbortSignal
}

/** What was once received, to be played again; asking does not change it. */
export interface History {
  /** First and last time there is something, ms; null when there is nothing at all. */
  span(): Promise<{ from: number; to: number } | null>
  /** Everything received in the time, in the order in which it came; in batches, so that memory stays bounded. */
  read(request: HistoryRequest): AsyncIterable<readonly Message[]>
  decode(message: Message, plant: FacilityLookup): Decoded
}

/** Recorded device times are not measured against the clock of today. */
export const recordedLimits: DecodeLimits = { maxPayload: 1_048_576, maxFuture: minutes(5), maxAge: days(20_000) }

/** MQTT messages as they came in, such as those of a recording. */
export function messageHistory(
  read: (request: HistoryRequest) => AsyncIterable<readonly Message[]>,
  span: History['span'],
  limits: DecodeLimits = recordedLimits,
): History {
  return { span, read, decode: (message, plant) => decodeNative(message, plant, limits) }
}
