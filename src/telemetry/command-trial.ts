import { downlinkBytes } from './codecs/lorawan/dialect.ts'
import { plainMessage } from './codecs/mapped/dialect.ts'
import {
  type AnsweringRoad,
  type CommandedValue,
  type DeviceMessage,
  type ForeignCommand,
  mappingFor,
  type RoadFinder,
} from './command-mapping.ts'
import type { BoundDevice } from './device-profile.ts'
import { type Text, text } from './point.ts'
import type { VendorCodecs } from './vendor-codec.ts'

/** What a device would be told, without telling it. */
export interface CommandTrial {
  /** The line of the profile that fits, from 0; null when none does. */
  line: number | null
  /** Broker and QoS are null where they are known only when the device has been heard. */
  message: { source: string | null; topic: string; payload: Uint8Array; qos: 0 | 1 | null } | null
  /** Of LoRaWAN. */
  downlink: { fPort: number; bytes: Uint8Array; confirmed: boolean } | null
  /** Why it would not be told now; null when it would be. */
  why: Text | null
  /** Null where there is no way to it. */
  road: AnsweringRoad | null
}

/** A command as it is tried. `lasts`: ms in which a device on such a road must have answered. */
export interface AskedTrial extends Pick<ForeignCommand, 'command' | 'at'> {
  value: CommandedValue
  lasts: (road: AnsweringRoad) => number
}

/** Of a device to which there is no way yet. */
const NO_ANSWER: AnsweringRoad = { answers: false, keeps: null, answerWithin: null }

/** Stands for the id of a command in what is shown. */
const ID = 'preview-0123456789'

const bytesOf = (payload: Uint8Array | string): Uint8Array => (typeof payload === 'string' ? new TextEncoder().encode(payload) : payload)
const wordsOf = (error: unknown): Text => {
  const words = error instanceof Error ? error.message : String(error)
  return text(words, words)
}

/** `find` gives the way to the device; what can be known without one is shown also where there is none. */
export async function tryCommand(
  bound: BoundDevice,
  { command, value, at, lasts }: AskedTrial,
  find: (...given: Parameters<RoadFinder>) => ReturnType<RoadFinder> | undefined,
  codecs: Pick<VendorCodecs, 'encode'>,
): Promise<CommandTrial> {
  const { profile } = bound
  const mapping = mappingFor(profile, command, value)
  const nothing: CommandTrial = { line: null, message: null, downlink: null, why: null, road: null }
  if (!mapping) return { ...nothing, why: text('no line of the profile is for this command and value', '模板中没有对应该指令及取值的行') }
  const line = profile.commands?.indexOf(mapping) ?? null
  const found = find(bound, mapping, value)
  const road = found && 'send' in found ? found : null
  const why = found && !('send' in found) ? found : null
  const told: ForeignCommand = { id: ID, command, value, at, expires: at + lasts(road ?? NO_ANSWER) }
  try {
    const downlink = mapping.downlink
      ? { ...(await downlinkBytes(codecs, profile, mapping, value)), confirmed: mapping.downlink.confirmed ?? true }
      : null
    const sent = road && (await road.render(told))
    const message = sent
      ? known(sent)
      : mapping.message
        ? { source: null, qos: null, ...plain(plainMessage(bound, mapping, value, told)) }
        : null
    return { line, message, downlink, why, road }
  } catch (error) {
    return { ...nothing, line, why: wordsOf(error), road }
  }
}

const known = ({ source, topic, payload, qos }: DeviceMessage) => ({ source, topic, payload: bytesOf(payload), qos })

const plain = ({ topic, payload }: Pick<DeviceMessage, 'topic' | 'payload'>) => ({ topic, payload: bytesOf(payload) })
