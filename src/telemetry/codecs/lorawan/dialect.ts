import {
  answerTime,
  type CommandedValue,
  type CommandMapping,
  type ForeignAnswer,
  type ForeignCommand,
  type RoadFinder,
} from '../../command-mapping.ts'
import { type Bindings, type BoundDevice, type DeviceProfile, type linkFields, mapFields, shown } from '../../device-profile.ts'
import { type Dialect, type Incoming, NOTHING_SAID, type Send, type Translation } from '../../dialect.ts'
import { minutes } from '../../duration.ts'
import { atPointer } from '../../json-pointer.ts'
import { type PointValue, text } from '../../point.ts'
import { MAX_REJECTIONS, type Rejection, type RejectionReason } from '../../rejection.ts'
import type { UnboundDevices } from '../../unbound-devices.ts'
import type { CodecResult, VendorCodecs } from '../../vendor-codec.ts'
import { type NativeReport, parseTime } from '../native.ts'
import { nativeMessages, tooMany } from '../native-messages.ts'
import { applicationOf, downlinkFor, type HeardBy, hexBytes } from './downlink.ts'
import { downlinkAnswer } from './downlink-answer.ts'
import { type LorawanTopic, parseLorawanTopic, readLorawan, wholeApplication } from './envelope.ts'
import { fieldsOf, type LorawanEvent, numberIn, own } from './event.ts'

export interface LorawanParts {
  bindings: Bindings
  codecs: VendorCodecs
  unbound: Pick<UnboundDevices, 'note'>
  /** Absent where devices are not told anything. */
  send?: Send
  onAnswer?: (answer: ForeignAnswer) => void
}

/** Downlinks of a device that are waited for. */
const MOST_DOWNLINKS = 8
/** A device that sleeps hears when it has spoken, and repeats are for the network server, ms. */
const KEPT = minutes(15)

/** Records of one uplink, as a device that sleeps between sends them at once; more are no uplink of 242 bytes. */
const MOST_RECORDS = 256

interface Sent {
  /** What names it at its network server. */
  key: string
  /** Of the command. */
  id: string
  /** Nothing is heard of it later, ms since 1970. */
  until: number
}

/** Events that show the device to be alive; the others are of the network server. */
const ofDevice: ReadonlySet<LorawanEvent['event']> = new Set(['up', 'join', 'status'])

/**
 * Messages of LoRaWAN network servers. An uplink gives the values its profile maps; a join or a status gives those of the link that it maps,
 * and otherwise only says that the device is alive.
 */
export class LorawanDialect implements Dialect {
  readonly name = 'lorawan'
  readonly #parts: LorawanParts
  /** Of bound devices: by which server and topic each was heard last. */
  readonly #heard = new Map<string, HeardBy>()
  /** Of devices: downlinks of which nothing final was heard, the oldest first. */
  readonly #sent = new Map<string, Sent[]>()

  constructor(parts: LorawanParts) {
    this.#parts = parts
  }

  reads(topic: string): boolean {
    return (topic.startsWith('application/') || topic.startsWith('v3/')) && parseLorawanTopic(topic) !== undefined
  }

  translate(message: Incoming): Translation | Promise<Translation> {
    const topic = parseLorawanTopic(message.topic)
    // Commands and what became of them may have any shape.
    if (topic?.event === 'ack' || topic?.event === 'log') return this.#hearAnswer(topic, message)
    if (topic?.event === undefined || !ofDevice.has(topic.event)) return NOTHING_SAID
    if (message.isRetained) return refused('retained', 'network servers send each event once', null)
    const event = readLorawan(topic, message.payload, message.received)
    if ('reason' in event) return refused(event.reason, event.detail, null)
    if (!ofDevice.has(event.event)) return NOTHING_SAID
    const bound = this.#parts.bindings.find('lorawan', event.devEui)
    if (!bound) {
      this.#parts.unbound.note({ dialect: 'lorawan', address: event.devEui }, message)
      return refused('unknown-facility', `DevEUI ${event.devEui} is bound to no facility`, null)
    }
    const { id } = bound.facility
    const whole = wholeApplication(message.topic)
    if (whole !== undefined && message.mayReportFor?.(id, whole) === false)
      return refused('not-allowed', `the topic names no DevEUI, and its sender may report neither for ${id} nor on all of ${whole}`, id)
    this.#heard.set(event.devEui, { source: message.source, topic: message.topic, server: event.server })
    const { codec } = bound.profile
    if (event.event !== 'up' || event.bytes.length === 0 || codec === null) return said(event, event.object, bound)
    return this.#parts.codecs
      .decode(codec, { fPort: event.fPort, bytes: event.bytes, recvTime: event.at, device: event.devEui })
      .then((result) => {
        if (!('error' in result)) return said(event, result.data, bound)
        const { messages } = said({ ...event, bytes: new Uint8Array() }, undefined, bound)
        return { messages, rejections: [codecRefusal(codec, result, bound)] }
      })
  }

  /** What became of a downlink: acknowledged or not, discarded, or not sent yet. */
  #hearAnswer(topic: LorawanTopic, { topic: name, payload, received, isRetained, mayReportFor }: Incoming): Translation {
    const event = readLorawan(topic, payload, received)
    if ('reason' in event || isRetained) return NOTHING_SAID
    const bound = this.#parts.bindings.find('lorawan', event.devEui)
    const whole = wholeApplication(name)
    if (!bound || (whole !== undefined && mayReportFor?.(bound.facility.id, whole) === false)) return NOTHING_SAID
    const answer = downlinkAnswer(payload)
    const sent = answer && this.#sentTo(event.devEui, received).find(({ key }) => answer.key === null || answer.key === key)
    if (!answer || !sent) return NOTHING_SAID
    const { key: _, ...rest } = answer
    if (rest.outcome !== 'pending') this.#forget(event.devEui, sent)
    this.#parts.onAnswer?.({ facility: bound.facility.id, id: sent.id, ...rest })
    return NOTHING_SAID
  }

  /** Network servers that name no downlink, as ChirpStack 3, speak of the one that waits longest: their queues keep the order. */
  #sentTo(devEui: string, at: number): readonly Sent[] {
    return (this.#sent.get(devEui) ?? []).filter(({ until }) => at < until)
  }

  #forget(devEui: string, gone: Sent): void {
    const left = (this.#sent.get(devEui) ?? []).filter((sent) => sent !== gone)
    if (left.length > 0) this.#sent.set(devEui, left)
    else this.#sent.delete(devEui)
  }

  /** The way to a device by the network server it was heard by last. */
  road: RoadFinder = ({ address, profile }, mapping, value) => {
    const heard = this.#heard.get(address)
    const { downlink } = mapping
    if (!heard || !downlink) return text('it has not been heard since the service was started', '服务启动后尚未收到该设备的报文')
    const { confirmed = true } = downlink
    const make = async ({ id }: Pick<ForeignCommand, 'id'>) => {
      const encoded = await downlinkBytes(this.#parts.codecs, profile, mapping, value)
      return downlinkFor(heard, address, { ...encoded, id, confirmed })
    }
    return {
      ...{
        answers: confirmed,
        keeps: KEPT,
        answerWithin: answerTime(mapping),
        lane: { key: `network ${heard.source} ${applicationOf(heard.topic)}`, perSecond: 5 },
      },
      render: async (told) => {
        const { topic, payload } = await make(told)
        return { source: heard.source, topic, payload, qos: 1 }
      },
      send: async (told) => {
        const { key, topic, payload } = await make(told)
        const before = this.#sentTo(address, told.at).filter((sent) => sent.key !== key)
        this.#sent.set(address, [...before, { key, id: told.id, until: Math.max(told.expires, told.at + KEPT) }].slice(-MOST_DOWNLINKS))
        this.#parts.send?.(heard.source, topic, payload, { qos: 1, retain: false, expires: told.expires })
      },
    }
  }
}

/** Port and bytes of a downlink, as the profile has them or as its codec makes them. Throws when the codec makes none. */
export async function downlinkBytes(
  codecs: Pick<VendorCodecs, 'encode'>,
  { codec }: Pick<DeviceProfile, 'codec'>,
  { command, downlink }: CommandMapping,
  value: CommandedValue,
): Promise<{ fPort: number; bytes: Uint8Array }> {
  const { fPort = 0, bytes } = downlink ?? {}
  if (bytes !== undefined) return { fPort, bytes: hexBytes(bytes) }
  const result = await codecs.encode(codec ?? '', { command, value })
  if ('error' in result) throw new Error(`codec ${codec} made no downlink: ${result.error}`)
  const fields = fieldsOf(result.data)
  const made = own(fields, 'bytes')
  if (!isBytes(made)) throw new Error(`codec ${codec} made a downlink without bytes`)
  const port = numberIn(fields, 'fPort')
  return { fPort: port !== undefined && port >= 1 && port <= 223 ? port : fPort, bytes: Uint8Array.from(made) }
}

const isBytes = (list: unknown): list is number[] =>
  Array.isArray(list) && list.length > 0 && list.length <= 242 && list.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255)

const refused = (reason: RejectionReason, detail: string, facility: string | null): Translation => ({
  messages: [],
  rejections: [{ reason, detail, facility }],
})

/** An uplink that met a suspended codec is not decoded later: its values are lost, which has a reason of its own. */
export const codecRefusal = (
  codec: string,
  { reason, error }: Extract<CodecResult, { error: string }>,
  { facility }: BoundDevice,
): Rejection => ({
  reason: reason === 'codec-suspended' || reason === 'device-suspended' ? 'codec-suspended' : 'not-decoded',
  detail: `codec ${codec}: ${reason}: ${error}`,
  facility: facility.id,
})

const notDecoded = (detail: string, { facility }: BoundDevice): Rejection => ({ reason: 'not-decoded', detail, facility: facility.id })

/** What an event says of its facility. `data`: the decoded payload, one record or several with times of their own. */
export function said(event: LorawanEvent, data: unknown, bound: BoundDevice): Translation {
  const { facility, profile } = bound
  const isList = Array.isArray(data) && data.length > 0
  const records: readonly unknown[] = isList ? data.slice(0, MOST_RECORDS) : [data]
  const rejections: Rejection[] = isList && data.length > MOST_RECORDS ? [tooMany('records', data.length, MOST_RECORDS, facility)] : []
  if (data === undefined && event.bytes.length > 0 && profile.fields.some(({ field }) => !field.startsWith('$')))
    rejections.push(notDecoded(`fPort ${event.fPort}: the network server gave only bytes, and profile ${profile.id} has no codec`, bound))
  const reports = records.flatMap((record, i): NativeReport[] => {
    const at = isList ? timeOf(record, event) : event.at
    if (at === undefined) {
      rejections.push({
        reason: 'bad-time',
        detail: `record ${i}: ${shown(own(fieldsOf(record), 'at'))}`,
        facility: facility.id,
      })
      return []
    }
    const mapped = mapFields(reader(event, record), profile, facility)
    rejections.push(...mapped.rejections)
    return [{ at, values: mapped.values }]
  })
  return { messages: nativeMessages(facility, reports), rejections: rejections.slice(0, MAX_REJECTIONS) }
}

/** A record of several may have a time of its own, ms or ISO 8601; undefined when it is none. */
function timeOf(record: unknown, event: LorawanEvent): number | undefined {
  const at = own(fieldsOf(record), 'at')
  return at === undefined || at === null ? event.at : parseTime(at)
}

/** Gives the fields a mapping can name: of the link, and of a record by JSON pointer. */
export function reader(event: LorawanEvent, record: unknown): (field: string) => unknown {
  const link: Readonly<Record<(typeof linkFields)[number], PointValue | null | undefined>> = {
    $rssi: event.signal?.rssi,
    $snr: event.signal?.snr,
    $gateways: event.signal ? event.gateways : undefined,
    $battery: event.battery,
    $margin: event.margin,
  }
  return (field) => (field.startsWith('$') ? link[field as keyof typeof link] : record === undefined ? undefined : atPointer(record, field))
}
