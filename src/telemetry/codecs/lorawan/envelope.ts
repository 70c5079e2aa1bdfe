import type { RejectionReason } from '../../rejection.ts'
import { chirpstackEvent, readChirpstack } from './chirpstack.ts'
import { euiOf, type LorawanEvent, type LorawanEventName } from './event.ts'
import { isThingsStack, readThingsStack, type ThingsStackNames, thingsStackNames } from './the-things-stack.ts'

/** Whose message it is by its topic, and of what; `event` is undefined for what is no event of a device. */
export type LorawanTopic =
  | { server: 'chirpstack'; devEui: string | undefined; event: LorawanEventName | undefined }
  | { server: 'the-things-stack'; names: ThingsStackNames; event: LorawanEventName | undefined }

/** What The Things Stack says of downlinks on topics below `down`, beside what it has queued and sent. */
const downEvents: Readonly<Record<string, LorawanEventName>> = { ack: 'ack', nack: 'ack', failed: 'log' }

/** Reads topics of ChirpStack, `application/{id}/device/{eui}/event/{event}`, and The Things Stack, `v3/{application}/devices/{id}/{event}`. */
export function parseLorawanTopic(topic: string): LorawanTopic | undefined {
  const [root, application = '', section, device, third, event, ...rest] = topic.split('/')
  if (root === 'application') {
    if (section !== 'device' || device === undefined || third === undefined || rest.length > 0) return undefined
    // Before 3.11 the event followed the device at once.
    const named = third === 'event' ? event : event === undefined ? third : undefined
    return { server: 'chirpstack', devEui: euiOf(device), event: named === undefined ? undefined : chirpstackEvent(named) }
  }
  if (root === 'v3') {
    if (section !== 'devices' || !device || third === undefined) return undefined
    const names = { application: application.split('@', 1)[0] as string, device }
    const named = third === 'up' || third === 'join' ? third : third === 'down' ? downEvents[event ?? ''] : undefined
    return { server: 'the-things-stack', names, event: named }
  }
  return undefined
}

/** The filter of what all devices say of which a topic names one without its DevEUI; undefined where the topic has it. */
export function wholeApplication(topic: string): string | undefined {
  const levels = topic.split('/')
  return levels[0] === 'v3' ? levels.with(3, '+').join('/') : undefined
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
  const server = isThingsStack(body) ? 'the-things-stack' : 'chirpstack'
  if (topic && topic.server !== server) return { reason: 'wrong-shape', detail: `the message of ${server} on a topic of ${topic.server}` }
  const read = server === 'the-things-stack' ? readThingsStack(body, received) : readChirpstack(body, topic?.event, received)
  if (typeof read === 'string') return { reason: 'wrong-shape', detail: read }
  const other = topic && otherDevice(topic, body, read)
  return other === undefined ? read : { reason: 'wrong-shape', detail: other }
}

/** Says how a message is of another device than its topic, by which the broker decided who may send it. */
function otherDevice(topic: LorawanTopic, body: unknown, { devEui }: LorawanEvent): string | undefined {
  if (topic.server === 'chirpstack') {
    if (topic.devEui === devEui) return undefined
    return `the topic is of device ${topic.devEui ?? 'without a DevEUI'}, the message of ${devEui}`
  }
  const { application, device } = thingsStackNames(body)
  if (application === topic.names.application && device === topic.names.device) return undefined
  const shown = (names: ThingsStackNames) => `${names.application}/${names.device}`.slice(0, 100)
  return `the topic is of device ${shown(topic.names)}, the message of ${shown({ application, device })}`
}
