import type { RejectionReason } from '../../rejection.ts'
import { chirpstackEvent, readChirpstack } from './chirpstack.ts'
import { euiOf, type LorawanEvent, type LorawanEventName } from './event.ts'
import { isThingsStack, readThingsStack } from './the-things-stack.ts'

export interface LorawanTopic {
  /** By the topic; undefined where it names the device in another way. */
  devEui: string | undefined
  /** Undefined for what is no event of a device. */
  event: LorawanEventName | undefined
}

/** Reads topics of ChirpStack, `application/{id}/device/{eui}/event/{event}`, and The Things Stack, `v3/{application}/devices/{id}/{event}`. */
export function parseLorawanTopic(topic: string): LorawanTopic | undefined {
  if (topic.startsWith('application/')) {
    const [, , device, eui, section, event, ...rest] = topic.split('/')
    if (device !== 'device' || eui === undefined || section === undefined || rest.length > 0) return undefined
    // Before 3.11 the event followed the device at once.
    const named = section === 'event' ? event : event === undefined ? section : undefined
    return { devEui: euiOf(eui), event: named === undefined ? undefined : chirpstackEvent(named) }
  }
  if (topic.startsWith('v3/')) {
    const [, , devices, id, event] = topic.split('/')
    if (devices !== 'devices' || !id || event === undefined) return undefined
    return { devEui: undefined, event: event === 'up' || event === 'join' ? event : undefined }
  }
  return undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

export type LorawanReading = LorawanEvent | { reason: RejectionReason; detail: string }

/**
 * Reads a message of a network server: what its topic says and its bytes, which came in at `received` (ms since 1970). Never throws on
 * what was sent. Without a topic, where somebody tries a message, the message itself must tell the event.
 */
export function readLorawan(topic: LorawanTopic | undefined, payload: Uint8Array, received: number): LorawanReading {
  let body: unknown
  try {
    const text = utf8.decode(payload)
    body = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return { reason: 'malformed-json', detail: error.message }
    return { reason: 'not-utf8', detail: `${payload.length} bytes` }
  }
  const read = isThingsStack(body) ? readThingsStack(body, received) : readChirpstack(body, topic?.event, received)
  if (typeof read === 'string') return { reason: 'wrong-shape', detail: read }
  if (topic?.devEui !== undefined && topic.devEui !== read.devEui) {
    return { reason: 'wrong-shape', detail: `the topic is of device ${topic.devEui}, the message of ${read.devEui}` }
  }
  return read
}
