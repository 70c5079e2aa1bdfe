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

const eventNames: Readonly<Record<string, LorawanEventName>> = {
  up: 'up',
  // Of releases before 3.11.
  rx: 'up',
  join: 'join',
  status: 'status',
  ack: 'ack',
  txack: 'txack',
  log: 'log',
  error: 'log',
  location: 'location',
}

export const chirpstackEvent = (name: string): LorawanEventName =>
  Object.hasOwn(eventNames, name) ? (eventNames[name] as LorawanEventName) : 'other'

/** A message of ChirpStack 3 or 4 in JSON; text says what is wrong with it. `named` is the event by its topic, where that tells it. */
export function readChirpstack(body: unknown, named: LorawanEventName | undefined, received: number): LorawanEvent | string {
  const outer = fieldsOf(body)
  const wrapped = own(outer, 'payload')
  const isWrapped = typeof wrapped === 'object' && wrapped !== null && typeof own(outer, 'type') === 'string'
  const fields = isWrapped ? fieldsOf(wrapped) : outer
  const event = named ?? chirpstackEvent(isWrapped ? textIn(outer, 'type') : guessed(fields))
  return own(fields, 'deviceInfo') === undefined ? readV3(fields, event, received) : readV4(fields, event, received)
}

/** The event of a message without topic and type. */
function guessed(fields: Fields): string {
  if (own(fields, 'margin') !== undefined || own(fields, 'batteryLevel') !== undefined) return 'status'
  return ['data', 'fPort', 'fCnt', 'object', 'objectJSON'].some((name) => own(fields, name) !== undefined) ? 'up' : 'other'
}

function readV3(fields: Fields, event: LorawanEventName, received: number): LorawanEvent | string {
  const devEui = euiOf(textIn(fields, 'devEUI'))
  if (devEui === undefined) return 'devEUI is no EUI in hex or base64'
  const hearings = listIn(fields, 'rxInfo').map((rx): Hearing => {
    const gateway = textIn(rx, 'gatewayID')
    return { gateway: euiOf(gateway) ?? gateway, rssi: numberIn(rx, 'rssi'), snr: numberIn(rx, 'loRaSNR'), at: timeIn(rx, 'time') }
  })
  const heard = heardBy(hearings)
  return finish(fields, {
    server: 'chirpstack-v3',
    event,
    devEui,
    at: bestTime(heard.at, timeIn(fields, 'publishedAt'), received),
    object: v3Object(fields),
    ...{ signal: heard.signal, gateways: heard.gateways },
  })
}

/** Decoded values come as an object, or as its JSON in a text. */
function v3Object(fields: Fields): unknown {
  const written = textIn(fields, 'objectJSON')
  if (written === '') return own(fields, 'object') ?? undefined
  try {
    return JSON.parse(written) ?? undefined
  } catch {
    return undefined
  }
}

function readV4(fields: Fields, event: LorawanEventName, received: number): LorawanEvent | string {
  const devEui = euiOf(textIn(fieldsOf(own(fields, 'deviceInfo')), 'devEui'))
  if (devEui === undefined) return 'deviceInfo.devEui is no EUI in hex'
  const hearings = listIn(fields, 'rxInfo').map((rx): Hearing => {
    const rssi = numberIn(rx, 'rssi')
    // A number of 0 is left out of the message.
    const snr = numberIn(rx, 'snr') ?? (rssi === undefined ? undefined : 0)
    return { gateway: textIn(rx, 'gatewayId'), rssi, snr, at: timeIn(rx, 'gwTime') ?? timeIn(rx, 'time') }
  })
  const heard = heardBy(hearings)
  return finish(fields, {
    server: 'chirpstack-v4',
    event,
    devEui,
    at: bestTime(heard.at, timeIn(fields, 'time') ?? timeIn(fieldsOf(listIn(fields, 'rxInfo')[0]), 'nsTime'), received),
    object: own(fields, 'object') ?? undefined,
    ...{ signal: heard.signal, gateways: heard.gateways },
  })
}

function finish(fields: Fields, event: Omit<LorawanEvent, 'fPort' | 'fCnt' | 'bytes' | 'battery' | 'margin'>): LorawanEvent | string {
  const fPort = countIn(fields, 'fPort')
  const fCnt = countIn(fields, 'fCnt')
  const bytes = base64Bytes(textIn(fields, 'data'))
  if (fPort === undefined || fPort > 255) return 'fPort is no number from 0 to 255'
  if (fCnt === undefined) return 'fCnt is no count'
  if (bytes === undefined) return 'data is not in base64'
  return { ...event, fPort, fCnt, bytes, ...statusOf(fields, event) }
}

function statusOf(fields: Fields, { event }: Pick<LorawanEvent, 'event'>): Pick<LorawanEvent, 'battery' | 'margin'> {
  if (event !== 'status') return { battery: null, margin: null }
  const isUntold = own(fields, 'externalPowerSource') === true || own(fields, 'batteryLevelUnavailable') === true
  return { battery: isUntold ? null : (numberIn(fields, 'batteryLevel') ?? 0), margin: numberIn(fields, 'margin') ?? 0 }
}
