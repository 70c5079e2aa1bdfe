import {
  base64Bytes,
  bestTime,
  countIn,
  euiOf,
  type Fields,
  fieldsOf,
  type Hearing,
  heardBy,
  type LorawanEvent,
  type LorawanEventName,
  listIn,
  numberIn,
  own,
  textIn,
  timeIn,
} from './event.ts'

/** By the part of the message that names what it is; the other parts say nothing of values. */
const eventParts: Readonly<Record<string, LorawanEventName>> = {
  uplink_message: 'up',
  join_accept: 'join',
  downlink_ack: 'ack',
  downlink_nack: 'ack',
  downlink_sent: 'txack',
  downlink_queued: 'txack',
  downlink_failed: 'log',
  location_solved: 'location',
}

/** Whether a body is of The Things Stack, on whatever topic it came; an event of its console has it one level deeper. */
export const isThingsStack = (body: unknown): boolean => own(messageOf(body), 'end_device_ids') !== undefined

const messageOf = (body: unknown): Fields => {
  const outer = fieldsOf(body)
  return own(outer, 'end_device_ids') === undefined ? fieldsOf(own(outer, 'data')) : outer
}

/** By which a topic of The Things Stack names a device; neither is unique beyond its server. */
export interface ThingsStackNames {
  application: string
  device: string
}

export function thingsStackNames(body: unknown): ThingsStackNames {
  const ids = fieldsOf(own(messageOf(body), 'end_device_ids'))
  return { application: textIn(fieldsOf(own(ids, 'application_ids')), 'application_id'), device: textIn(ids, 'device_id') }
}

/** A message of The Things Stack 3 in JSON, as MQTT and webhooks give it or as its console shows it; text says what is wrong with it. */
export function readThingsStack(body: unknown, received: number): LorawanEvent | string {
  const fields = messageOf(body)
  const devEui = euiOf(textIn(fieldsOf(own(fields, 'end_device_ids')), 'dev_eui'))
  if (devEui === undefined) return 'end_device_ids.dev_eui is no EUI in hex'
  const part = Object.keys(eventParts).find((name) => own(fields, name) !== undefined)
  const event = part === undefined ? 'other' : (eventParts[part] as LorawanEventName)
  const inner = fieldsOf(part === undefined ? undefined : own(fields, part))
  const heard = heardBy(event === 'up' ? listIn(inner, 'rx_metadata').map(hearing) : [])
  const fPort = countIn(inner, 'f_port')
  const fCnt = countIn(inner, 'f_cnt')
  const bytes = base64Bytes(textIn(inner, 'frm_payload'))
  if (event === 'up') {
    if (fPort === undefined || fPort > 255) return 'uplink_message.f_port is no number from 0 to 255'
    if (fCnt === undefined) return 'uplink_message.f_cnt is no count'
    if (bytes === undefined) return 'uplink_message.frm_payload is not in base64'
  }
  return {
    server: 'the-things-stack',
    event,
    devEui,
    at: bestTime(heard.at, timeIn(inner, 'received_at') ?? timeIn(fields, 'received_at'), received),
    fPort: fPort ?? 0,
    fCnt: fCnt ?? 0,
    bytes: bytes ?? new Uint8Array(),
    object: event === 'up' ? (own(inner, 'decoded_payload') ?? undefined) : undefined,
    ...{ signal: heard.signal, gateways: heard.gateways },
    battery: numberIn(fieldsOf(own(inner, 'last_battery_percentage')), 'value') ?? null,
    margin: null,
  }
}

function hearing(rx: Fields): Hearing {
  const ids = fieldsOf(own(rx, 'gateway_ids'))
  const rssi = numberIn(rx, 'rssi') ?? numberIn(rx, 'channel_rssi')
  // Numbers of 0 are left out of the message.
  return {
    gateway: textIn(ids, 'gateway_id') || textIn(ids, 'eui'),
    rssi,
    snr: numberIn(rx, 'snr') ?? (rssi === undefined ? undefined : 0),
    at: timeIn(rx, 'time'),
  }
}
