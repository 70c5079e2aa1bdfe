import { codecRefusal, reader, said } from './codecs/lorawan/dialect.ts'
import { parseLorawanTopic, readLorawan } from './codecs/lorawan/envelope.ts'
import type { LorawanEvent } from './codecs/lorawan/event.ts'
import { translateMapped } from './codecs/mapped/dialect.ts'
import { readPayload } from './codecs/mapped/payload.ts'
import { hearAlone } from './codecs/sparkplug/edge-node.ts'
import { decodePayload } from './codecs/sparkplug/payload.ts'
import { valuesSaid } from './codecs/sparkplug/sparkplug.ts'
import { parseSparkplugTopic } from './codecs/sparkplug/topic.ts'
import { type BoundDevice, type DeviceProfile, linkFields, mapValue, pointOf, shown } from './device-profile.ts'
import type { NativeMessage, Translation } from './dialect.ts'
import { atPointer, leafPointers } from './json-pointer.ts'
import type { PointTable, PointValue } from './point.ts'
import type { Rejection } from './rejection.ts'
import { topicPattern } from './topic-pattern.ts'
import type { VendorCodecs } from './vendor-codec.ts'

/** A message as it could come in. */
export interface TrialSample {
  topic: string
  payload: Uint8Array
  /** ms since 1970 */
  received: number
}

/** One field of a message, and what the profile makes of it. */
export interface TriedField {
  field: string
  /** Cut short. */
  raw: string
  /** Null: the profile does not map it, so it is ignored. */
  point: string | null
  value: PointValue | null
}

/** What a profile would make of a message. */
export interface ProfileTrial {
  /** Of a LoRaWAN message; else null. */
  event: Omit<LorawanEvent, 'object' | 'bytes'> | null
  /** The device or facility by the topic; null when it tells none. */
  address: string | null
  /** Of the first report, with what is mapped first. */
  fields: TriedField[]
  messages: readonly NativeMessage[]
  rejections: readonly Rejection[]
  /** Of the codec. */
  warnings: readonly string[]
}

const MOST_FIELDS = 500

/** Reads a message as if its device were bound, to a facility of the profile's kind called `trial`. Never throws on what the message says. */
export async function tryProfile(
  profile: DeviceProfile,
  table: PointTable,
  sample: TrialSample,
  codecs: VendorCodecs,
): Promise<ProfileTrial> {
  const facility = { id: 'trial', number: 0, kind: { key: profile.kind, table }, gateway: null }
  const bound: BoundDevice = { address: 'trial', facility, profile }
  if (profile.dialect === 'lorawan') return tryLorawan(sample, bound, codecs)
  return profile.topics ? tryMapped(sample, bound) : trySparkplug(sample, bound)
}

const refused = (reason: Rejection['reason'], detail: string): ProfileTrial => ({
  ...{ event: null, address: null, fields: [], messages: [], warnings: [] },
  rejections: [{ reason, detail, facility: null }],
})

async function tryLorawan({ topic, payload, received }: TrialSample, bound: BoundDevice, codecs: VendorCodecs): Promise<ProfileTrial> {
  const event = readLorawan(parseLorawanTopic(topic), payload, received)
  if ('reason' in event) return refused(event.reason, event.detail)
  const { object, bytes, ...rest } = event
  const { codec } = bound.profile
  const isSaid = event.event === 'up' || event.event === 'join' || event.event === 'status'
  const result =
    codec !== null && event.event === 'up' && bytes.length > 0
      ? await codecs.decode(codec, { fPort: event.fPort, bytes, recvTime: event.at, device: event.devEui })
      : { data: object, warnings: [] }
  const failed = 'error' in result
  const data = failed ? undefined : result.data
  const translation: Translation = isSaid
    ? said(failed ? { ...event, bytes: new Uint8Array() } : event, data, bound)
    : { messages: [], rejections: [] }
  const record = Array.isArray(data) ? data[0] : data
  const read = reader(event, record)
  const link = linkFields.filter((field) => (read(field) ?? null) !== null)
  return {
    event: rest,
    address: event.devEui,
    fields: tried([...link, ...leafPointers(record, MOST_FIELDS)], read, bound),
    messages: translation.messages,
    rejections: failed
      ? [...translation.rejections, { ...codecRefusal(codec ?? '', result, bound), facility: null }]
      : translation.rejections,
    warnings: failed ? [] : result.warnings,
  }
}

function tryMapped({ topic, payload, received }: TrialSample, bound: BoundDevice): ProfileTrial {
  const mapping = bound.profile.topics as NonNullable<DeviceProfile['topics']>
  const captures = topicPattern(mapping.pattern).match(topic)
  if (!captures) return refused('unknown-topic', `${topic || 'The topic'} is not taken by ${mapping.pattern}`)
  const body = readPayload(payload, mapping.payload)
  const reports = 'value' in body && mapping.reports !== undefined ? atPointer(body.value, mapping.reports) : undefined
  const report = Array.isArray(reports) ? reports[0] : 'value' in body && mapping.reports === undefined ? body.value : undefined
  return {
    event: null,
    address: captures.join('/'),
    fields: tried(leafPointers(report, MOST_FIELDS), (field) => atPointer(report, field), bound),
    ...translateMapped({ payload, received }, mapping, bound),
    warnings: [],
  }
}

/** A birth names its metrics; of data those are tried that carry their names. */
function trySparkplug({ topic, payload, received }: TrialSample, bound: BoundDevice): ProfileTrial {
  const parsed = parseSparkplugTopic(topic)
  if (parsed?.sort !== 'report') return refused('unknown-topic', `${topic || 'The topic'} is none on which a Sparkplug node reports`)
  const decoded = decodePayload(payload)
  if ('malformed' in decoded) return refused('malformed-sparkplug', decoded.malformed)
  const { verb, group, node, device } = parsed
  const { said, refusals } = hearAlone({ verb, device, payload: decoded.payload, received, isBound: true })
  const values = said.flatMap((one) => (one.sort === 'death' ? [] : one.values))
  const found = new Map(values.map(({ name, value }) => [name, value]))
  const { messages, rejections } = valuesSaid(values, bound)
  return {
    event: null,
    address: [group, node, ...(device === null ? [] : [device])].join('/'),
    fields: tried([...found.keys()].slice(0, MOST_FIELDS), (field) => found.get(field), bound),
    messages,
    rejections: [...refusals.map((refusal) => ({ ...refusal, facility: null })), ...rejections],
    warnings: [],
  }
}

/** Fields that are there, and those that are mapped first; a mapped one that is absent is left out, as it is in operation. */
function tried(found: readonly string[], read: (field: string) => unknown, { profile, facility }: BoundDevice): TriedField[] {
  const mapped = profile.fields.flatMap((mapping): TriedField[] => {
    const raw = read(mapping.field)
    if (raw === undefined || raw === null) return []
    const point = pointOf(facility.kind.table, mapping.point)
    const value = point && mapValue(raw, mapping, point)
    return [{ field: mapping.field, raw: shown(raw), point: mapping.point, value: value ?? null }]
  })
  const known = new Set(mapped.map(({ field }) => field))
  const others = found.filter((field) => !known.has(field)).map((field) => ({ field, raw: shown(read(field)), point: null, value: null }))
  return [...mapped, ...others]
}
