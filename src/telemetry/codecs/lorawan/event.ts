import { parseTime } from '../native.ts'

export const lorawanEvents = ['up', 'join', 'status', 'ack', 'txack', 'log', 'location', 'other'] as const
export type LorawanEventName = (typeof lorawanEvents)[number]

/** How well the best gateway heard the device. */
export interface LinkSignal {
  gateway: string
  /** dBm */
  rssi: number | undefined
  /** dB */
  snr: number | undefined
}

/** What any network server tells of a device, by one shape. */
export interface LorawanEvent {
  server: 'chirpstack-v3' | 'chirpstack-v4' | 'the-things-stack'
  event: LorawanEventName
  /** 16 hex digits, lower case. */
  devEui: string
  /** ms since 1970, by the best clock there is: a gateway's, else the network server's, else ours when the message came in. */
  at: number
  fPort: number
  /** Absent in the message when it is 0. */
  fCnt: number
  /** The payload as the device sent it. */
  bytes: Uint8Array
  /** The payload as the network server decoded it; undefined when it did not. */
  object: unknown
  signal: LinkSignal | null
  /** How many gateways heard it. */
  gateways: number
  /** Charge in %; null when it is not told or the device has outside supply. */
  battery: number | null
  /** Signal-to-noise ratio of the last status request at the device, dB. */
  margin: number | null
}

export type Fields = Readonly<Record<string, unknown>>

/** The fields of what may be an object; none of anything else. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

/** The own member of an object, so that no name that all objects have is one of a message. */
export const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined)

/** A number, also where JSON of protocol buffers writes it as text. */
export function numberIn(fields: Fields, name: string): number | undefined {
  const value = own(fields, name)
  const number = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** A counter or port, 0 when absent; undefined when it is none. */
export function countIn(fields: Fields, name: string): number | undefined {
  const value = own(fields, name)
  if (value === undefined || value === null) return 0
  const number = numberIn(fields, name)
  return number !== undefined && Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff ? number : undefined
}

export const textIn = (fields: Fields, name: string): string => {
  const value = own(fields, name)
  return typeof value === 'string' ? value : ''
}

export const listIn = (fields: Fields, name: string): readonly Fields[] => {
  const value = own(fields, name)
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

/** Bytes of a text in base64; undefined when it is none. */
export function base64Bytes(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** An EUI as 16 hex digits in lower case, written in hex or as base64 of its 8 bytes; undefined when it is none. */
export function euiOf(text: string): string | undefined {
  if (/^[0-9a-f]{16}$/i.test(text)) return text.toLowerCase()
  const bytes = text.length === 12 ? base64Bytes(text) : undefined
  return bytes?.length === 8 ? hex(bytes) : undefined
}

/** ms since 1970 of a time in ISO 8601, cut to whole ms; undefined when it is none. */
export const timeIn = (fields: Fields, name: string): number | undefined => {
  const value = own(fields, name)
  return typeof value === 'string' ? parseTime(value) : undefined
}

/** How far a gateway's clock may be ahead of the network server's, ms. */
const GATEWAY_AHEAD = 60_000
/** How long a gateway may keep an uplink while its backhaul is down, ms. */
const GATEWAY_LATE = 86_400_000

/** The time a gateway tells, where its clock is set: one that was never set, or is ahead of the network server, is not believed. */
export function bestTime(gateway: number | undefined, server: number | undefined, received: number): number {
  const other = server ?? received
  if (gateway !== undefined && gateway <= other + GATEWAY_AHEAD && gateway >= other - GATEWAY_LATE) return gateway
  return other
}

export interface Hearing extends LinkSignal {
  /** ms since 1970; undefined when the gateway has no clock to tell it by. */
  at: number | undefined
}

/** Below all that a radio tells, dB and dBm. */
const UNHEARD = -999

/**
 * Hearings with the best first: by signal-to-noise ratio, which decides whether a frame can be read, then by strength. LoRa is read below
 * the noise, so a strong signal in strong noise is the worse link.
 */
export const bestFirst = (hearings: readonly Hearing[]): Hearing[] =>
  [...hearings].sort((a, b) => (b.snr ?? UNHEARD) - (a.snr ?? UNHEARD) || (b.rssi ?? UNHEARD) - (a.rssi ?? UNHEARD))

/** Signal, count of gateways and the gateways' time of what several gateways heard. */
export function heardBy(hearings: readonly Hearing[]): { signal: LinkSignal | null; gateways: number; at: number | undefined } {
  const sorted = bestFirst(hearings)
  const [best] = sorted
  const signal = best ? { gateway: best.gateway, rssi: best.rssi, snr: best.snr } : null
  return { signal, gateways: sorted.length, at: sorted.find(({ at }) => at !== undefined)?.at }
}
