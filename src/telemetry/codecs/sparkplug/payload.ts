import { PbfReader } from 'pbf'
import { exactInteger, type WireValue } from './datatype.ts'

/** Exact also past 2^53, for some nodes make aliases of hashes. */
export type Alias = number | bigint

export interface Metric {
  /** In data messages often absent: births tie it to the alias. */
  name?: string
  alias?: Alias
  /** ms since 1970; when the value was captured. */
  timestamp?: number
  /** One of `DataType`; in data messages mostly absent. */
  datatype?: number
  isHistorical?: boolean
  isTransient?: boolean
  isNull?: boolean
  /** The property of that name; absent means good. */
  quality?: number
  value?: WireValue
}

export interface Payload {
  /** ms since 1970; when it was sent. */
  timestamp?: number
  metrics: Metric[]
  seq?: number
}

/** More metrics or longer names (characters) make a payload malformed. */
export const MAX_METRICS = 10_000
export const MAX_NAME = 512

/** Protocol buffers' kinds of wire. */
const VARINT = 0
const FIXED64 = 1
const LENGTH = 2
const FIXED32 = 5
const field = (number: number, wire: number) => (number << 3) | wire

const PAYLOAD = { timestamp: field(1, VARINT), metric: field(2, LENGTH), seq: field(3, VARINT) }
const METRIC = {
  name: field(1, LENGTH),
  alias: field(2, VARINT),
  timestamp: field(3, VARINT),
  datatype: field(4, VARINT),
  isHistorical: field(5, VARINT),
  isTransient: field(6, VARINT),
  isNull: field(7, VARINT),
  properties: field(9, LENGTH),
  int: field(10, VARINT),
  long: field(11, VARINT),
  float: field(12, FIXED32),
  double: field(13, FIXED64),
  boolean: field(14, VARINT),
  string: field(15, LENGTH),
  bytes: field(16, LENGTH),
  dataSet: field(17, LENGTH),
  template: field(18, LENGTH),
  extension: field(19, LENGTH),
}
const PROPERTIES = { key: field(1, LENGTH), value: field(2, LENGTH) }
const PROPERTY = { int: field(3, VARINT), long: field(4, VARINT) }

const OTHER: WireValue = { wire: 'other' }

/** Reads a Sparkplug B payload and passes over fields it does not know. Never throws: `malformed` says what is wrong. Keeps nothing of `bytes`. */
export function decodePayload(bytes: Uint8Array): { payload: Payload } | { malformed: string } {
  try {
    return { payload: readPayload(new PbfReader(bytes)) }
  } catch (error) {
    return { malformed: error instanceof Error ? error.message : String(error) }
  }
}

function readPayload(pbf: PbfReader): Payload {
  const end = pbf.length
  const payload: Payload = { metrics: [] }
  while (pbf.pos < end) {
    const tag = readTag(pbf)
    if (tag === PAYLOAD.metric) {
      if (payload.metrics.length === MAX_METRICS) throw new Error(`more than ${MAX_METRICS} metrics`)
      payload.metrics.push(readMetric(pbf, endOfMessage(pbf, end)))
    } else if (tag === PAYLOAD.timestamp) payload.timestamp = Number(readInteger(pbf))
    else if (tag === PAYLOAD.seq) payload.seq = Number(readInteger(pbf))
    else pbf.skip(tag)
    checkWithin(pbf, end)
  }
  return payload
}

function readMetric(pbf: PbfReader, end: number): Metric {
  const metric: Metric = {}
  while (pbf.pos < end) {
    readMetricField(pbf, readTag(pbf), metric, end)
    checkWithin(pbf, end)
  }
  return metric
}

function readMetricField(pbf: PbfReader, tag: number, metric: Metric, end: number): void {
  switch (tag) {
    case METRIC.name:
      metric.name = readName(pbf, end)
      break
    case METRIC.alias:
      metric.alias = readInteger(pbf)
      break
    case METRIC.timestamp:
      metric.timestamp = Number(readInteger(pbf))
      break
    case METRIC.datatype:
      metric.datatype = pbf.readVarint()
      break
    case METRIC.isHistorical:
      metric.isHistorical = pbf.readBoolean()
      break
    case METRIC.isTransient:
      metric.isTransient = pbf.readBoolean()
      break
    case METRIC.isNull:
      metric.isNull = pbf.readBoolean()
      break
    case METRIC.properties: {
      const quality = readQuality(pbf, endOfMessage(pbf, end))
      if (quality !== undefined) metric.quality = quality
      break
    }
    case METRIC.int:
      // Some encoders extend the sign to 64 bits, of which 32 count.
      metric.value = { wire: 'integer', value: pbf.readVarint(true) >>> 0 }
      break
    case METRIC.long:
      metric.value = { wire: 'integer', value: readInteger(pbf) }
      break
    case METRIC.float:
      metric.value = { wire: 'float', value: pbf.readFloat() }
      break
    case METRIC.double:
      metric.value = { wire: 'double', value: pbf.readDouble() }
      break
    case METRIC.boolean:
      metric.value = { wire: 'boolean', value: pbf.readBoolean() }
      break
    case METRIC.string:
      metric.value = { wire: 'string', value: readText(pbf, end) }
      break
    case METRIC.bytes:
    case METRIC.dataSet:
    case METRIC.template:
    case METRIC.extension:
      metric.value = OTHER
      pbf.skip(tag)
      break
    default:
      pbf.skip(tag)
  }
}

/** A property set is a list of keys and a list of values, each value standing where its key does. */
function readQuality(pbf: PbfReader, end: number): number | undefined {
  let place = -1
  let keys = 0
  const values: (number | undefined)[] = []
  while (pbf.pos < end) {
    const tag = readTag(pbf)
    if (tag === PROPERTIES.key) {
      if (readText(pbf, end) === 'Quality') place = keys
      keys++
    } else if (tag === PROPERTIES.value) values.push(readPropertyInteger(pbf, endOfMessage(pbf, end)))
    else pbf.skip(tag)
    checkWithin(pbf, end)
  }
  return values[place]
}

function readPropertyInteger(pbf: PbfReader, end: number): number | undefined {
  let value: number | undefined
  while (pbf.pos < end) {
    const tag = readTag(pbf)
    if (tag === PROPERTY.int || tag === PROPERTY.long) value = pbf.readVarint(true)
    else pbf.skip(tag)
    checkWithin(pbf, end)
  }
  return value
}

function readTag(pbf: PbfReader): number {
  const tag = pbf.readVarint()
  if (tag >>> 3 === 0) throw new Error('a field has the number 0')
  return tag
}

function readName(pbf: PbfReader, end: number): string {
  const name = readText(pbf, end)
  if (name.length > MAX_NAME) throw new Error(`a metric's name is longer than ${MAX_NAME} characters`)
  return name
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Bytes up to which joining ASCII is faster than the decoder. */
const SHORT = 48

/** The reader of pbf makes one text of several that are no or rare UTF-8, and two names must not become one. */
function readText(pbf: PbfReader, end: number): string {
  const stop = endOfMessage(pbf, end)
  const { buf, pos } = pbf
  pbf.pos = stop
  if (stop - pos > SHORT) return utf8.decode(buf.subarray(pos, stop))
  let ascii = ''
  for (let i = pos; i < stop; i++) {
    const byte = buf[i] as number
    if (byte > 0x7f) return utf8.decode(buf.subarray(pos, stop))
    ascii += String.fromCharCode(byte)
  }
  return ascii
}

/** An unsigned integer of 64 bits, exact. */
function readInteger(pbf: PbfReader): Alias {
  const start = pbf.pos
  const value = pbf.readVarint()
  if (value <= Number.MAX_SAFE_INTEGER) return value
  let exact = 0n
  for (let i = start; i < pbf.pos; i++) exact |= BigInt((pbf.buf[i] as number) & 0x7f) << BigInt(7 * (i - start))
  return exactInteger(BigInt.asUintN(64, exact))
}

/** Where the field with a length that begins here ends. */
function endOfMessage(pbf: PbfReader, end: number): number {
  const length = pbf.readVarint()
  if (pbf.pos + length > end) throw new Error('a field reaches past the end')
  return pbf.pos + length
}

function checkWithin(pbf: PbfReader, end: number): void {
  if (pbf.pos > end) throw new Error('a field reaches past the end')
}
