import type { CommandMapping } from './command-mapping.ts'
import type { AnalogPoint, Point, PointTable, PointValue } from './point.ts'
import { encodeValue } from './point.ts'
import type { Rejection } from './rejection.ts'
import type { ReportingFacility } from './report.ts'
import { conversion } from './units.ts'

export const profileDialects = ['lorawan', 'sparkplug', 'mapped'] as const
export type ProfileDialect = (typeof profileDialects)[number]

/** How one field of a device becomes a point: first `enum`, then `scale` and `offset`, then the unit. */
export interface FieldMapping {
  /** JSON pointer into what was decoded, or the name of a Sparkplug metric; `$rssi` and the like are of the radio link (`linkFields`). */
  field: string
  point: string
  /** What the device measures in; the point's own unit when absent. */
  unit?: string
  /** value = raw * scale + offset, in `unit` */
  scale?: number
  offset?: number
  /** Raw value as text to value. What stands in none of its lines is refused. */
  enum?: Readonly<Record<string, PointValue>>
}

/** How messages of plain topics are read. */
export interface TopicMapping {
  /** MQTT filter with named captures of one level, `site/{site}/lamp/{id}/state`; `#` may stand at the end. */
  pattern: string
  /** The capture that is the facility's id. Absent: a binding tells the facility of all captures joined by `/`. */
  facility?: string
  /** `bare`: a number, `true`, `false` or a text by itself, at the pointer ''. */
  payload: 'json' | 'cbor' | 'bare'
  /** Pointer to an array of reports; the other pointers are then of one report. */
  reports?: string
  /** Absent: our clock when it came in. */
  time?: { field: string; format: 'ms' | 's' | 'iso' }
  /** What says that the link is up or down. */
  status?: { field: string; online: readonly string[]; offline: readonly string[] }
}

/** How a sort of device speaks of a kind of facility. */
export interface DeviceProfile {
  id: string
  title: string
  dialect: ProfileDialect
  /** Key of the kind whose points it gives. */
  kind: string
  /** Id of a vendor codec; null: what the network server has decoded. */
  codec: string | null
  fields: readonly FieldMapping[]
  /** Of `mapped` alone. */
  topics?: TopicMapping
  /** How its devices are told what to do; none takes commands when absent. */
  commands?: readonly CommandMapping[]
}

/** Which facility a device reports for. */
export interface DeviceBinding {
  dialect: ProfileDialect
  /** LoRaWAN: DevEUI as 16 hex digits, lower case; Sparkplug: `group/node` or `group/node/device`; mapped: captures joined by `/`. */
  address: string
  facility: string
  profile: string
}

export interface BoundDevice {
  address: string
  facility: ReportingFacility
  profile: DeviceProfile
}

/** What the dialects ask for each message. */
export interface Bindings {
  /** Devices of plain topics are bound for each profile by itself, as one address may speak on several topics; `profile` is then needed. */
  find(dialect: ProfileDialect, address: string, profile?: string): BoundDevice | undefined
  /** The address itself and all below it: `group/node` finds the devices of that node too. */
  at(dialect: ProfileDialect, addressPrefix: string): Iterable<BoundDevice>
}

/** Fields of a radio link that a mapping can name, beside what the device says. */
export const linkFields = ['$rssi', '$snr', '$gateways', '$battery', '$margin'] as const

export interface MappedValues {
  values: Record<string, PointValue>
  rejections: Rejection[]
}

/** Reads the fields a profile maps; `read` gives undefined or null for what a message lacks, and nothing is said of that. */
export function mapFields(
  read: (field: string) => unknown,
  profile: Pick<DeviceProfile, 'id' | 'fields'>,
  facility: ReportingFacility,
): MappedValues {
  const mapped: MappedValues = { values: {}, rejections: [] }
  for (const mapping of profile.fields) {
    const raw = read(mapping.field)
    if (raw === undefined || raw === null) continue
    const point = pointOf(facility.kind.table, mapping.point)
    if (!point) {
      const detail = `${mapping.point} of profile ${profile.id} is no point of a ${facility.kind.key}`
      mapped.rejections.push({ reason: 'unknown-point', detail, facility: facility.id })
      continue
    }
    const value = mapValue(raw, mapping, point)
    if (value === undefined) {
      const detail = `${mapping.field || 'the payload'}: ${shown(raw)} is no value of ${mapping.point}`
      mapped.rejections.push({ reason: 'wrong-type', detail, facility: facility.id })
    } else mapped.values[mapping.point] = value
  }
  return mapped
}

/** One raw value as a value of its point; undefined when it is none. */
export function mapValue(raw: unknown, mapping: FieldMapping, point: Point): PointValue | undefined {
  const named = mapping.enum ? fromEnum(raw, mapping.enum) : raw
  if (point.type === 'number') return toNumber(named, mapping, point)
  if (point.type === 'boolean') return toBoolean(named, mapping)
  const key = typeof named === 'bigint' || typeof named === 'number' ? String(named) : named
  return encodeValue(point, key) === undefined ? undefined : (key as string)
}

export const pointOf = (table: PointTable, key: string): Point | undefined => table.points[table.index.get(key) ?? -1]

function fromEnum(raw: unknown, names: Readonly<Record<string, PointValue>>): PointValue | undefined {
  const key = typeof raw === 'object' ? undefined : String(raw)
  return key !== undefined && Object.hasOwn(names, key) ? names[key] : undefined
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function numberOf(raw: unknown): number | undefined {
  const value = typeof raw === 'bigint' || (typeof raw === 'string' && NUMBER.test(raw.trim())) ? Number(raw) : raw
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function toNumber(raw: unknown, { unit, scale = 1, offset = 0 }: FieldMapping, point: AnalogPoint): number | undefined {
  const number = numberOf(raw)
  if (number === undefined) return undefined
  const scaled = scale === 1 && offset === 0 ? number : Number((number * scale + offset).toPrecision(13))
  const value = unit === undefined ? scaled : conversion(unit, point.unit)?.(scaled)
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

function toBoolean(raw: unknown, { scale, offset }: FieldMapping): boolean | undefined {
  if (typeof raw === 'boolean') return raw
  if (raw === 'true') return true
  if (raw === 'false') return false
  const number = numberOf(raw)
  const value = number === undefined ? undefined : number * (scale ?? 1) + (offset ?? 0)
  return value === 1 ? true : value === 0 ? false : undefined
}

/** A raw value as an engineer reads it, cut short. */
export function shown(raw: unknown): string {
  const text = typeof raw === 'bigint' ? String(raw) : typeof raw === 'object' ? (Array.isArray(raw) ? 'an array' : 'an object') : undefined
  return (text ?? JSON.stringify(raw) ?? typeof raw).slice(0, 50)
}
