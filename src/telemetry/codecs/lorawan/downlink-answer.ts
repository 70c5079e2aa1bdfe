import type { ForeignAnswer } from '../../command-mapping.ts'
import { CORRELATION } from './downlink.ts'
import { type Fields, fieldsOf, numberIn, own, textIn } from './event.ts'
import { isThingsStack } from './the-things-stack.ts'

/** What a network server says of a downlink it was given. */
export interface DownlinkAnswer extends Pick<ForeignAnswer, 'outcome' | 'words'> {
  /** What names it; null where the server names none. */
  key: string | null
}

/**
 * Codes of ChirpStack by which an item has left the queue of its device: of the `log` of version 4, of the `error` of version 3, and of those of
 * its network server that version 3 passed on before. (integration.proto, as.proto)
 */
const DISCARDED: ReadonlySet<string> = new Set([
  ...['DOWNLINK_PAYLOAD_SIZE', 'F_CNT_DOWN', 'EXPIRED'],
  ...['DOWNLINK_FCNT', 'DEVICE_QUEUE_ITEM_SIZE', 'DEVICE_QUEUE_ITEM_FCNT'],
])
/** The gateway did not send it; the item stays, and is sent at the next opportunity. */
const NOT_SENT_YET: ReadonlySet<string> = new Set(['DOWNLINK_GATEWAY', 'DATA_DOWN_GATEWAY'])
const NOT_ACKNOWLEDGED = 'not acknowledged by the device'
/** What devices and servers say is cut to this. */
const LONGEST_WORDS = 200

/** What an event of acknowledgement or of errors says of a downlink; undefined where it says nothing of one. */
export function downlinkAnswer(payload: Uint8Array): DownlinkAnswer | undefined {
  const body = fieldsOf(JSON.parse(new TextDecoder().decode(payload)))
  return isThingsStack(body) ? ofThingsStack(body) : ofChirpstack(unwrapped(body))
}

const unwrapped = (body: Fields): Fields => (typeof own(body, 'type') === 'string' ? fieldsOf(own(body, 'payload') ?? body) : body)

function ofThingsStack(body: Fields): DownlinkAnswer | undefined {
  const ack = own(body, 'downlink_ack')
  if (ack !== undefined) return named(fieldsOf(ack), { outcome: 'done' })
  const failed = fieldsOf(own(body, 'downlink_failed'))
  const downlink = own(failed, 'downlink')
  if (downlink !== undefined)
    return named(fieldsOf(downlink), { outcome: 'undelivered', words: cut(errorWords(fieldsOf(own(failed, 'error')))) })
  const nack = fieldsOf(own(body, 'downlink_nack'))
  // Its application server puts the downlink back into the queue until all attempts are used up.
  const retry = fieldsOf(own(nack, 'confirmed_retry'))
  const [attempt, most] = [numberIn(retry, 'attempt'), numberIn(retry, 'max_attempts')]
  const isLast = attempt !== undefined && most !== undefined && attempt >= most
  const count = attempt === undefined ? '' : `, attempt ${attempt}${most === undefined ? '' : ` of ${most}`}`
  return named(nack, { outcome: isLast ? 'undelivered' : 'pending', words: `${NOT_ACKNOWLEDGED}${count}` })
}

function named(downlink: Fields, answer: Omit<DownlinkAnswer, 'key'>): DownlinkAnswer | undefined {
  const ids = own(downlink, 'correlation_ids')
  const id = Array.isArray(ids) ? ids.find((one) => typeof one === 'string' && one.startsWith(CORRELATION)) : undefined
  return id === undefined ? undefined : { key: id.slice(CORRELATION.length), ...answer }
}

/** An error has its message with names in braces, and what stands for them beside it. */
function errorWords(error: Fields): string {
  const attributes = fieldsOf(own(error, 'attributes'))
  const message = textIn(error, 'message_format').replace(/\{(\w+)\}/g, (braced, name) => {
    const value = own(attributes, name)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : braced
  })
  return message || textIn(error, 'name') || 'failed'
}

function ofChirpstack(fields: Fields): DownlinkAnswer | undefined {
  // Version 4 has a code and a context, version 3 a type and an error.
  const code = textIn(fields, 'code') || textIn(fields, 'type')
  if (code === '') {
    const key = textIn(fields, 'queueItemId') || null
    // The event comes for both; false is left out of the message by version 4.
    return own(fields, 'acknowledged') === true ? { key, outcome: 'done' } : { key, outcome: 'undelivered', words: NOT_ACKNOWLEDGED }
  }
  const key = textIn(fieldsOf(own(fields, 'context')), 'queue_item_id') || null
  const words = cut([code, textIn(fields, 'description') || textIn(fields, 'error')].filter(Boolean).join(': '))
  if (DISCARDED.has(code)) return { key, outcome: 'undelivered', words }
  return NOT_SENT_YET.has(code) ? { key, outcome: 'pending', words } : undefined
}

const cut = (words: string) => words.slice(0, LONGEST_WORDS)
