import {
  answerTime,
  type CommandedValue,
  type CommandMapping,
  type DeviceMessage,
  type ForeignCommand,
  type RoadFinder,
  rawOf,
} from '../../command-mapping.ts'
import type { BoundDevice, TopicMapping } from '../../device-profile.ts'
import { mapFields, shown } from '../../device-profile.ts'
import { type Dialect, type Incoming, type NativeMessage, NOTHING_SAID, type Send, type Translation } from '../../dialect.ts'
import { atPointer } from '../../json-pointer.ts'
import { text } from '../../point.ts'
import { MAX_REJECTIONS, type Rejection } from '../../rejection.ts'
import { topicPattern } from '../../topic-pattern.ts'
import type { UnboundDevices } from '../../unbound-devices.ts'
import type { NativeReport } from '../native.ts'
import { nativeMessages, nativeStatus, tooMany } from '../native-messages.ts'
import { readPayload } from './payload.ts'
import { timeOf } from './time.ts'

/** A topic that the pattern of a profile takes, and whose it is. */
export type TopicMatch =
  | { bound: BoundDevice; mapping: TopicMapping; captures: readonly string[] }
  | { unknown: { profile: string; address: string } }

/** Reports of one payload, as a device that was away for a day sends them. */
const MOST_REPORTS = 2000

export interface MappedParts {
  /** The profile whose pattern takes a topic, and the facility; undefined when there is none. */
  match(topic: string): TopicMatch | undefined
  /** Whether a pattern takes it; cheap. */
  takes(topic: string): boolean
  unbound: Pick<UnboundDevices, 'note'>
  /** Absent where devices are not told anything. */
  send?: Send
}

/** Plain topics of other systems, each read as a profile says. */
export class MappedDialect implements Dialect {
  readonly name = 'mapped'
  readonly #parts: MappedParts
  /** By which broker each facility was heard last, and as what. */
  readonly #heard = new Map<string, { source: string; bound: BoundDevice }>()
  /** What else the topics of a facility capture, by pattern and facility, where the facility is one of several captures. */
  readonly #captures = new Map<string, readonly string[]>()

  constructor(parts: MappedParts) {
    this.#parts = parts
  }

  reads(topic: string): boolean {
    return this.#parts.takes(topic)
  }

  translate(message: Incoming): Translation {
    const match = this.#parts.match(message.topic)
    // Its profile was removed in between.
    if (!match) return NOTHING_SAID
    if ('bound' in match) {
      const { bound, captures, mapping } = match
      this.#heard.set(bound.facility.id, { source: message.source, bound })
      if (mapping.facility !== undefined && captures.length > 1) this.#captures.set(capturesKey(bound), captures)
      return translateMapped(message, match.mapping, match.bound)
    }
    const { profile, address } = match.unknown
    this.#parts.unbound.note({ dialect: 'mapped', address, profile }, message)
    return {
      messages: [],
      rejections: [{ reason: 'unknown-facility', detail: `${address} of profile ${profile} is no facility`, facility: null }],
    }
  }

  /** As what a facility was heard, whether a binding or its topic tells it. */
  heardAs(facility: string): BoundDevice | undefined {
    return this.#heard.get(facility)?.bound
  }

  /** The way to a device by the broker it was heard by last. */
  road: RoadFinder = ({ address, facility, profile }, mapping, value) => {
    const heard = this.#heard.get(facility.id)
    const { message } = mapping
    if (!heard || !message || !profile.topics) return NOT_HEARD
    const bound = { address, facility, profile }
    const captures = this.#captures.get(capturesKey(bound)) ?? capturesOf(bound)
    if (missingCaptures(bound, mapping, captures)) return NOT_HEARD
    const render = (told: Pick<ForeignCommand, 'id' | 'expires'>): DeviceMessage => ({
      source: heard.source,
      qos: 1,
      ...plainMessage(bound, mapping, value, told, captures),
    })
    return {
      ...{ answers: false, keeps: null, answerWithin: answerTime(mapping), lane: null, render },
      send: (told) => {
        const { source, topic, payload } = render(told)
        this.#parts.send?.(source, topic, payload, { qos: 1, retain: false, expires: told.expires })
      },
    }
  }
}

const NOT_HEARD = text('it has not been heard since the service was started', '服务启动后尚未收到该设备的报文')
const CAPTURE = /\{([^{}/]+)\}/g

const capturesKey = ({ facility, profile }: BoundDevice) => `${profile.topics?.pattern} ${facility.id}`

/** What is known of the captures of a device that was not heard; undefined where only a message of it tells. */
function capturesOf({ address, facility, profile: { topics } }: BoundDevice): readonly (string | undefined)[] {
  if (!topics) return []
  if (topics.facility === undefined) return address.split('/')
  return topicPattern(topics.pattern).captures.map((name) => (name === topics.facility ? facility.id : undefined))
}

const namesOf = ({ profile: { topics } }: BoundDevice) => (topics ? topicPattern(topics.pattern).captures : [])

const missingCaptures = (bound: BoundDevice, { message }: CommandMapping, captures: readonly (string | undefined)[]): boolean =>
  [...(message?.topic.matchAll(CAPTURE) ?? [])].some(([, name]) => captures[namesOf(bound).indexOf(name as string)] === undefined)

/** Topic and payload of a command on plain topics; captures that are not known stay as they are written. */
export function plainMessage(
  bound: BoundDevice,
  mapping: CommandMapping,
  value: CommandedValue,
  { id, expires }: Pick<ForeignCommand, 'id' | 'expires'>,
  captures = capturesOf(bound),
): { topic: string; payload: string } {
  const { topic = '', payload = '' } = mapping.message ?? {}
  const names = namesOf(bound)
  const raw = rawOf(mapping, value)
  return {
    topic: topic.replaceAll(CAPTURE, (written, name: string) => captures[names.indexOf(name)] ?? written),
    payload: payload
      .replaceAll('{value}', String(raw ?? ''))
      .replaceAll('{id}', id)
      .replaceAll('{expires}', String(expires)),
  }
}

/** One message of a known device in the native dialect. Never throws on what was sent. */
export function translateMapped(
  message: Pick<Incoming, 'payload' | 'received' | 'isRetained'>,
  mapping: TopicMapping,
  bound: BoundDevice,
): Translation {
  const { facility, profile } = bound
  // An empty retained message clears its topic.
  if (message.payload.length === 0) return NOTHING_SAID
  const body = readPayload(message.payload, mapping.payload)
  if ('reason' in body) return { messages: [], rejections: [{ ...body, facility: facility.id }] }
  const rejections: Rejection[] = []
  const found = mapping.reports === undefined ? [body.value] : atPointer(body.value, mapping.reports)
  if (!Array.isArray(found)) {
    const detail = `${mapping.reports || 'the payload'} is no array of reports`
    return { messages: [], rejections: [{ reason: 'wrong-shape', detail, facility: facility.id }] }
  }
  if (found.length > MOST_REPORTS) rejections.push(tooMany('reports', found.length, MOST_REPORTS, facility))
  // Readings of one facility and time are one, so that of several reports without a time all but one would be lost.
  const received = found.length > 1 ? undefined : message.received
  const statuses: NativeMessage[] = []
  const reports: NativeReport[] = []
  let alive: number | undefined
  for (const report of found.slice(0, MOST_REPORTS)) {
    const told = timeOf(report, mapping.time)
    const at = told === null ? received : told
    const online = statusOf(report, mapping)
    if (told === null && message.isRetained) {
      // A status is what retained messages are for.
      if (online !== undefined) statuses.push(nativeStatus(facility, online))
      else rejections.push({ reason: 'retained', detail: 'it has no device time', facility: facility.id })
      continue
    }
    if (at === undefined) {
      rejections.push({
        reason: 'bad-time',
        detail: mapping.time
          ? `${mapping.time.field}: ${shown(atPointer(report, mapping.time.field))}`
          : 'of several reports each needs a time',
        facility: facility.id,
      })
      continue
    }
    if (online !== undefined) statuses.push(nativeStatus(facility, online))
    const mapped = mapFields((field) => atPointer(report, field), profile, facility)
    rejections.push(...mapped.rejections)
    // What says only that the device is gone is no sign of its life.
    const isSilent = online === false || profile.fields.length === 0
    if (Object.keys(mapped.values).length > 0) reports.push({ at, values: mapped.values })
    else if (!isSilent) alive = Math.max(alive ?? at, at)
  }
  // One sign of life says as much as many.
  if (reports.length === 0 && alive !== undefined) reports.push({ at: alive, values: {} })
  return { messages: [...nativeMessages(facility, reports), ...statuses.slice(-1)], rejections: rejections.slice(0, MAX_REJECTIONS) }
}

function statusOf(report: unknown, { status }: TopicMapping): boolean | undefined {
  if (!status) return undefined
  const said = atPointer(report, status.field)
  if (typeof said === 'object' || said === undefined) return undefined
  const word = String(said)
  return status.online.includes(word) ? true : status.offline.includes(word) ? false : undefined
}
