import { decodeCbor, looksLikeCbor } from '../cbor.ts'
import { parseIso } from '../iso-time.ts'
import type { Message } from '../message.ts'
import { encodeValue, isPlausible, type PointValue } from '../point.ts'
import { MAX_REJECTIONS, type Rejection, type RejectionReason } from '../rejection.ts'
import type { LinkStatus, Reading, Report, ReportingFacility, ToldCondition } from '../report.ts'
import { parseTopic, type Topic } from '../topic.ts'

export interface DecodeLimits {
  /** bytes */
  maxPayload: number
  /** How far a device clock may be ahead of ours, ms. */
  maxFuture: number
  /** Oldest device time taken, ms before it came in. */
  maxAge: number
}

export interface Decoded {
  reports: Report[]
  /** Facilities whose link is said to be up or down. */
  links: LinkStatus[]
  /** Conditions that other systems have judged. */
  told: ToldCondition[]
  rejections: Rejection[]
}

/** Finds facilities for the codec: by id, and all behind a gateway. */
export interface FacilityLookup {
  get(id: string): ReportingFacility | undefined
  behind(gateway: string): Iterable<ReportingFacility>
}

/** The body of a native report. */
export interface NativeReport {
  /** ms since 1970 or ISO 8601 with a zone */
  at: number | string
  values: Record<string, PointValue>
  seq?: number
  /** In a gateway's array: whose report it is. */
  facility?: string
  /** A person took these readings: they say nothing of whether the facility is heard, nor of its clock. */
  entered?: true
  /** Only in what the service reports itself: conditions that another system has judged. */
  told?: readonly Omit<ToldCondition, 'facility' | 'received'>[]
}

export const encodeReports = (reports: NativeReport | readonly NativeReport[]): string => JSON.stringify(reports)

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
const MAX_DEPTH = 4

/** Bytes of the native dialect, JSON or the same in CBOR, to readings. Never throws on what a device sent; what cannot be read is in `rejections`. */
export function decodeNative(message: Message, plant: FacilityLookup, limits: DecodeLimits): Decoded {
  const decoded: Decoded = { reports: [], links: [], told: [], rejections: [] }
  const topic = parseTopic(message.topic)
  if (!topic) return reject(decoded, 'unknown-topic', message.topic.slice(0, 200), null)
  const publisher = 'kind' in topic ? plant.get(topic.id) : undefined
  if ('kind' in topic && publisher?.kind.key !== topic.kind) {
    const other = publisher ? `; ${topic.id} is a ${publisher.kind.key}` : ''
    return reject(decoded, 'unknown-facility', `${topic.kind}/${topic.id}${other}`, null)
  }
  const id = publisher?.id ?? null
  if (message.payload.length > limits.maxPayload) {
    return reject(decoded, 'payload-too-large', `${message.payload.length} bytes, limit ${limits.maxPayload}`, id)
  }
  if (looksLikeCbor(message.payload))
    return decodeBinary(topic, { decoded, plant, limits, message, publisher, gateway: topic.id, text: '' })
  let text: string
  try {
    text = utf8.decode(message.payload)
  } catch {
    return reject(decoded, 'not-utf8', `${message.payload.length} bytes`, id)
  }
  if (topic.type === 'status' || topic.type === 'gateway-status') {
    return decodeStatus(text, publisher ? [publisher] : gatewayAndBehind(plant, topic.id), message.received, decoded, id)
  }
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    return reject(decoded, 'malformed-json', error instanceof Error ? error.message : String(error), id)
  }
  return decodeBody(body, { decoded, plant, limits, message, publisher, gateway: topic.id, text })
}

/** A status is a word and never CBOR. */
function decodeBinary(topic: Topic, context: Context): Decoded {
  const { decoded, message, publisher } = context
  const id = publisher?.id ?? null
  if (topic.type === 'status' || topic.type === 'gateway-status') return reject(decoded, 'not-utf8', `${message.payload.length} bytes`, id)
  let body: unknown
  try {
    body = decodeCbor(message.payload)
  } catch (error) {
    return reject(decoded, 'malformed-cbor', error instanceof Error ? error.message : String(error), id)
  }
  return decodeBody(body, context)
}

function decodeBody(body: unknown, context: Context): Decoded {
  const { decoded, plant, message, publisher, gateway } = context
  if (Array.isArray(body)) for (let i = 0; i < body.length; i++) decodeReport(body[i], `[${i}]`, context)
  else decodeReport(body, '', context)
  if (!publisher) noteRelay(decoded, plant.get(gateway), message.received)
  return decoded
}

/** What a gateway passes on is a sign of its own life, as old as the newest report it passed on: it may have kept them for hours. */
function noteRelay({ reports }: Decoded, relay: ReportingFacility | undefined, received: number): void {
  if (!relay?.kind.relays || reports.length === 0) return
  reports.push({ facility: relay, at: Math.min(received, Math.max(...reports.map(({ at }) => at))), received, readings: [] })
}

/** A gateway that is a facility itself shares its link with all it reports for. */
function* gatewayAndBehind(plant: FacilityLookup, id: string): Iterable<ReportingFacility> {
  const gateway = plant.get(id)
  if (gateway) yield gateway
  for (const facility of plant.behind(id)) if (!facility.kind.reportsItself) yield facility
}

interface Context {
  decoded: Decoded
  plant: FacilityLookup
  limits: DecodeLimits
  message: Message
  /** The facility the topic names; absent for a gateway's topic. */
  publisher: ReportingFacility | undefined
  gateway: string
  text: string
}

function reject(decoded: Decoded, reason: RejectionReason, detail: string, facility: string | null): Decoded {
  if (decoded.rejections.length < MAX_REJECTIONS) decoded.rejections.push({ reason, detail, facility })
  return decoded
}

function decodeStatus(
  text: string,
  facilities: Iterable<ReportingFacility>,
  received: number,
  decoded: Decoded,
  id: string | null,
): Decoded {
  const status = text.trim()
  // An empty retained message clears the topic.
  if (status === '') return decoded
  if (status !== 'online' && status !== 'offline') {
    return reject(decoded, 'wrong-shape', `status is neither online nor offline: ${status.slice(0, 50)}`, id)
  }
  for (const facility of facilities) decoded.links.push({ facility, online: status === 'online', received })
  return decoded
}

function decodeReport(body: unknown, place: string, context: Context): void {
  const { decoded, limits, message } = context
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    rejectShape(body, place, context)
    return
  }
  const { at: time, values, facility: named, entered, told } = body as Partial<Record<keyof NativeReport, unknown>>
  const facility = reporter(named, place, context)
  if (!facility) return
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    rejectShape(values, `${place}.values`, context)
    return
  }
  const at = parseTime(time)
  if (at === undefined) {
    reject(decoded, 'bad-time', `${place}.at: ${shown(time)}`, facility.id)
    return
  }
  if (at > message.received + limits.maxFuture) {
    reject(decoded, 'time-in-future', `${place}.at: ${Math.round((at - message.received) / 1000)} s ahead`, facility.id)
    return
  }
  if (at < message.received - limits.maxAge) {
    const hint = at > message.received / 1100 && at < message.received / 900 ? '; these look like seconds, send milliseconds' : ''
    reject(decoded, 'time-too-old', `${place}.at: ${at}${hint}`, facility.id)
    return
  }
  const readings: Reading[] = []
  const { index, points } = facility.kind.table
  for (const key in values) {
    const point = index.get(key)
    if (point === undefined) {
      reject(decoded, 'unknown-point', `${place}.values.${key.slice(0, 60)}`, facility.id)
      continue
    }
    const given = (values as Record<string, unknown>)[key]
    const definition = points[point] as (typeof points)[number]
    const value = encodeValue(definition, given)
    if (value !== undefined) readings.push({ point, value, quality: isPlausible(definition, value) ? 'good' : 'bad' })
    else if (typeof given === 'object' && given !== null) rejectShape(given, `${place}.values.${key.slice(0, 60)}`, context)
    else reject(decoded, 'wrong-type', `${place}.values.${key}: ${shown(given)} is not a ${definition.type}`, facility.id)
  }
  decoded.reports.push({ facility, at, received: message.received, readings, ...(entered === true && { entered }) })
  // Whatever devices say of conditions is for rules to judge.
  if (told !== undefined && facility.kind.reportsItself) decodeTold(told, place, facility, context)
}

function decodeTold(told: unknown, place: string, facility: ReportingFacility, context: Context): void {
  if (!Array.isArray(told) || !told.every(isTold)) {
    rejectShape(told, `${place}.told`, context)
    return
  }
  const { received } = context.message
  for (const condition of told) context.decoded.told.push({ ...condition, facility, received })
}

const isTold = (one: unknown): one is Omit<ToldCondition, 'facility' | 'received'> => {
  const { rule, instance, active, at, title, cause, response } = (one ?? {}) as Record<string, unknown>
  return (
    [rule, instance, title, cause, response].every((text) => typeof text === 'string') && typeof active === 'boolean' && Number.isFinite(at)
  )
}

/** CBOR has integers that JSON cannot write. */
const shown = (given: unknown) => (typeof given === 'bigint' ? String(given) : JSON.stringify(given))?.slice(0, 60)

/** Whose report it is: the topic's facility, or the one behind this gateway that the report names. */
function reporter(named: unknown, place: string, { decoded, plant, publisher, gateway }: Context): ReportingFacility | undefined {
  if (named === undefined && publisher) return publisher
  if (typeof named !== 'string') {
    reject(decoded, 'wrong-shape', `${place}.facility: a gateway's report must name its facility`, publisher?.id ?? null)
    return undefined
  }
  if (named === publisher?.id) return publisher
  const facility = plant.get(named)
  if (facility?.gateway === gateway && !facility.kind.reportsItself) return facility
  if (facility) reject(decoded, 'not-behind-gateway', `${place}.facility: ${named.slice(0, 64)} is not behind ${gateway}`, named)
  else reject(decoded, 'unknown-facility', `${place}.facility: ${named.slice(0, 64)}`, null)
  return undefined
}

function rejectShape(value: unknown, place: string, { decoded, publisher, text }: Context): void {
  const deep = depth(text) > MAX_DEPTH
  const detail = deep
    ? `deeper than ${MAX_DEPTH} levels`
    : `${place || 'body'} is ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`
  reject(decoded, deep ? 'too-deep' : 'wrong-shape', detail, publisher?.id ?? null)
}

/** Deepest nesting of brackets, those in strings included: good enough to name the trouble of a text that is already refused. */
function depth(text: string): number {
  let level = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x5b || c === 0x7b) deepest = Math.max(deepest, ++level)
    else if (c === 0x5d || c === 0x7d) level--
  }
  return deepest
}

/** What is taken as a time in words. */
export const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$/

/** Ms since 1970 of a time as devices write it: ms, or ISO 8601 with its zone; undefined when it is none. */
export function parseTime(time: unknown): number | undefined {
  if (typeof time === 'number') return Number.isFinite(time) && time >= 0 ? Math.round(time) : undefined
  if (typeof time !== 'string' || !isoTime.test(time)) return undefined
  const at = parseIso(time)
  return Number.isNaN(at) ? undefined : at
}
