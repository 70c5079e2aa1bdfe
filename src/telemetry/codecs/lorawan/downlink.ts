import { HASH_BASES, hash32 } from '../../hash32.ts'
import type { LorawanEvent } from './event.ts'

/** By which network server a device was heard, and on which topic. */
export interface HeardBy {
  source: string
  topic: string
  server: LorawanEvent['server']
}

export interface Downlink {
  /** Of the command. */
  id: string
  fPort: number
  bytes: Uint8Array
  confirmed: boolean
}

/** What ids of downlinks begin with at The Things Stack. */
export const CORRELATION = 'lamplighter:'

/** Application of a topic of a network server. */
export const applicationOf = (topic: string): string => topic.split('/', 2)[1] ?? ''

/** A downlink as the network server of a device takes it, and the key by which its acknowledgement names it. */
export function downlinkFor(
  { topic, server }: HeardBy,
  devEui: string,
  { id, fPort, bytes, confirmed }: Downlink,
): { key: string; topic: string; payload: string } {
  const levels = topic.split('/')
  const data = Buffer.from(bytes).toString('base64')
  if (server === 'the-things-stack') {
    const downlink = { f_port: fPort, frm_payload: data, confirmed, priority: 'NORMAL', correlation_ids: [`${CORRELATION}${id}`] }
    return { key: id, topic: `${levels.slice(0, 4).join('/')}/down/push`, payload: JSON.stringify({ downlinks: [downlink] }) }
  }
  const base = levels.slice(0, 4).join('/')
  if (server === 'chirpstack-v4') {
    const key = uuidOf(`${devEui} ${id}`)
    return { key, topic: `${base}/command/down`, payload: JSON.stringify({ id: key, devEui, confirmed, fPort, data }) }
  }
  // Before 3.11 the event followed the device at once, and so did the command.
  const isOld = levels[4] !== 'event'
  return { key: id, topic: isOld ? `${base}/tx` : `${base}/command/down`, payload: JSON.stringify({ confirmed, fPort, data }) }
}

export const hexBytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** The same UUID for the same text: what is sent again is the same item of the queue. */
function uuidOf(text: string): string {
  const hex = HASH_BASES.map((basis) => hash32(text, basis).toString(16).padStart(8, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
