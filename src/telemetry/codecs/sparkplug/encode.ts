import { PbfWriter } from 'pbf'
import { DataType, type MetricValue } from './datatype.ts'

export interface WrittenMetric {
  name: string
  /** ms since 1970 */
  timestamp: number
  datatype: DataType
  value: MetricValue
}

/** A command writes metrics of a node or device; by their names, which a receiver knows whatever births it has sent. */
export interface Command {
  /** ms since 1970; when it is sent. */
  timestamp: number
  metrics: readonly WrittenMetric[]
}

/** Asks a node to send all its births again. It goes to `nodeCommandTopic` with QoS 0 and is not retained. */
export const encodeRebirthRequest = (now: number): Uint8Array =>
  encodeCommand({
    timestamp: now,
    metrics: [{ name: 'Node Control/Rebirth', timestamp: now, datatype: DataType.boolean, value: true }],
  })

/** Payload of an NCMD or DCMD. Throws a `RangeError` for a value that its type cannot hold, whole numbers past 2^53 among them. */
export function encodeCommand({ timestamp, metrics }: Command): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, timestamp)
  for (const metric of metrics) pbf.writeMessage(2, writeMetric, metric)
  return pbf.finish()
}

function writeMetric({ name, timestamp, datatype, value }: WrittenMetric, pbf: PbfWriter): void {
  writeText(pbf, 1, name)
  pbf.writeVarintField(3, timestamp)
  pbf.writeVarintField(4, datatype)
  const limits = integerLimits.get(datatype)
  if (limits) pbf.writeVarintField(limits.field, encodeInteger(name, value, limits))
  else if (datatype === DataType.float && isFloat(value)) pbf.writeFloatField(12, value)
  else if (datatype === DataType.double && typeof value === 'number') pbf.writeDoubleField(13, value)
  else if (datatype === DataType.boolean && typeof value === 'boolean') pbf.writeBooleanField(14, value)
  else if (isText(datatype) && typeof value === 'string') writeText(pbf, 15, value)
  else throw unfit(name, value, datatype)
}

const utf8 = new TextEncoder()
/** The writer of pbf garbles characters past U+1FFFF. */
const writeText = (pbf: PbfWriter, field: number, text: string) => pbf.writeBytesField(field, utf8.encode(text))

interface IntegerLimits {
  datatype: DataType
  /** Of the metric: 10 holds up to 32 bits, 11 holds 64. */
  field: 10 | 11
  min: number
  max: number
}

const integer = (datatype: DataType, bits: number, isSigned: boolean): [DataType, IntegerLimits] => {
  const max = Math.min(2 ** (isSigned ? bits - 1 : bits) - 1, Number.MAX_SAFE_INTEGER)
  return [datatype, { datatype, field: bits <= 32 ? 10 : 11, min: isSigned ? Math.max(-max - 1, Number.MIN_SAFE_INTEGER) : 0, max }]
}

const integerLimits = new Map<DataType, IntegerLimits>([
  integer(DataType.int8, 8, true),
  integer(DataType.int16, 16, true),
  integer(DataType.int32, 32, true),
  integer(DataType.int64, 64, true),
  integer(DataType.uint8, 8, false),
  integer(DataType.uint16, 16, false),
  integer(DataType.uint32, 32, false),
  integer(DataType.uint64, 64, false),
  integer(DataType.dateTime, 64, false),
])

/** Negative ones of up to 32 bits as the unsigned integer of the same bits, as wide as the type: receivers differ in what they make of more. */
function encodeInteger(name: string, value: MetricValue, { datatype, field, min, max }: IntegerLimits): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) throw unfit(name, value, datatype)
  return number < 0 && field === 10 ? number + 2 * (max + 1) : number
}

const isFloat = (value: MetricValue): value is number =>
  typeof value === 'number' && (!Number.isFinite(value) || Number.isFinite(Math.fround(value)))
const isText = (datatype: DataType) => datatype === DataType.string || datatype === DataType.text || datatype === DataType.uuid

const unfit = (name: string, value: MetricValue, datatype: DataType) =>
  new RangeError(`${name}: ${value} is no value of datatype ${datatype}`)
