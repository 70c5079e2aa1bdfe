import { decodeCbor } from '../../cbor.ts'
import type { TopicMapping } from '../../device-profile.ts'
import type { RejectionReason } from '../../rejection.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A payload as its profile says it is written. */
export function readPayload(
  payload: Uint8Array,
  format: TopicMapping['payload'],
): { value: unknown } | { reason: RejectionReason; detail: string } {
  if (format === 'cbor') {
    try {
      return { value: decodeCbor(payload) }
    } catch (error) {
      return { reason: 'malformed-cbor', detail: messageOf(error) }
    }
  }
  let text: string
  try {
    text = utf8.decode(payload)
  } catch {
    return { reason: 'not-utf8', detail: `${payload.length} bytes` }
  }
  if (format === 'bare') return { value: text.trim() }
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { reason: 'malformed-json', detail: messageOf(error) }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
