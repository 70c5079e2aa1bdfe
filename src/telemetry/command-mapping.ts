import type { BoundDevice, DeviceProfile } from './device-profile.ts'
import { seconds } from './duration.ts'
import type { Text } from './point.ts'

/** A value as a device takes it. */
export type RawValue = number | string | boolean

/** How a device is told a command of its kind; the first line that fits counts. */
export interface CommandMapping {
  /** As the kind names it. */
  command: string
  /** Only with this value; with any when absent. */
  when?: number | string
  /** What it is told; the value of the command when absent. */
  write?: RawValue
  /** raw = value * scale + offset */
  scale?: number
  offset?: number
  /** In which it must answer, or show the effect where it gives no answer, s; the usual time when absent. */
  answerWithin?: number
  /** Sparkplug: the metric that is written. */
  metric?: string
  /** LoRaWAN: the downlink; without bytes those that `encodeDownlink` of the codec makes of `{command, value}`. */
  downlink?: { fPort: number; bytes?: string; confirmed?: boolean }
  /** Plain topics: where to, with the captures of the profile's pattern, and what, with `{value}`, `{id}` and `{expires}` (ms since 1970). */
  message?: { topic: string; payload: string }
}

export type CommandedValue = number | string | null

/** A command in the dialect of a device. */
export interface ForeignCommand {
  /** Of the command. */
  id: string
  command: string
  value: CommandedValue
  /** ms since 1970 */
  at: number
  /** It must not be done after this, ms since 1970. */
  expires: number
}

/** A message for a device, as it goes out. */
export interface DeviceMessage {
  /** By which broker: `EMBEDDED`, or the id of a broker connection. */
  source: string
  topic: string
  payload: Uint8Array | string
  qos: 0 | 1
}

/** The way to a device of another dialect. */
export interface Road {
  /** It says itself that it did it; else telemetry alone tells. */
  answers: boolean
  /** What waits for it is kept and delivered by its network server, so that it is sent once; ms in which it must answer. Null: as others. */
  keeps: number | null
  /** ms in which it must answer, or show the effect where it gives no answer, as its profile says; null: as usual. */
  answerWithin: number | null
  /** What else it must wait its turn for: messages a second. */
  lane: { key: string; perSecond: number } | null
  /** What would go out. Throws as `send` does. */
  render(told: ForeignCommand): Promise<DeviceMessage> | DeviceMessage
  /** Throws when the device cannot be told it in its dialect, which no second try changes. What cannot be sent is logged. */
  send(told: ForeignCommand): Promise<void> | void
}

/** What decides until when a device must have answered. */
export type AnsweringRoad = Pick<Road, 'answers' | 'keeps' | 'answerWithin'>

/** What became of a command in another dialect: the device has it, it will never get it, or it has not got it yet and whoever keeps it tries again. */
export type ForeignOutcome = 'done' | 'undelivered' | 'pending'

/** What a device of another dialect said to a command, or who was to deliver it. */
export interface ForeignAnswer {
  facility: string
  id: string
  outcome: ForeignOutcome
  words?: string
}

/** The road to a device, or why there is none, in words. */
export type RoadFinder = (bound: BoundDevice, mapping: CommandMapping, value: CommandedValue) => Road | Text

export const mappingFor = (
  { commands }: Pick<DeviceProfile, 'commands'>,
  command: string,
  value: CommandedValue,
): CommandMapping | undefined =>
  commands?.find((mapping) => mapping.command === command && (mapping.when === undefined || mapping.when === value))

export const answerTime = ({ answerWithin }: Pick<CommandMapping, 'answerWithin'>): number | null =>
  answerWithin === undefined ? null : seconds(answerWithin)

/** What is written; null where the command has no value and the mapping none either. */
export function rawOf({ write, scale = 1, offset = 0 }: CommandMapping, value: CommandedValue): RawValue | null {
  if (write !== undefined) return write
  return typeof value === 'number' ? Number((value * scale + offset).toPrecision(13)) : value
}
