import { decode } from 'cborg'

/** Major types of arrays and maps, and the tag that says that CBOR follows (RFC 8949, 3.4.6). */
const FIRST_ARRAY = 0x80
const LAST_MAP = 0xbf
const SELF_DESCRIBED = [0xd9, 0xd9, 0xf7] as const

/** Whether bytes begin like CBOR of a report; no text in UTF-8 does. */
export function looksLikeCbor(payload: Uint8Array): boolean {
  const first = payload[0] as number
  return (
    (first >= FIRST_ARRAY && first <= LAST_MAP) || (first === SELF_DESCRIBED[0] && SELF_DESCRIBED.every((byte, i) => payload[i] === byte))
  )
}

/** Times as text or as seconds since 1970 (RFC 8949, 3.4.1 and 3.4.2). */
const tags = {
  0: (value: () => unknown) => value(),
  1: (value: () => unknown) => {
    const seconds = value()
    return typeof seconds === 'number' ? Math.round(seconds * 1000) : seconds
  },
  55799: (value: () => unknown) => value(),
}

/**
 * The value of CBOR bytes (RFC 8949): maps with names as objects, tagged times as ms since 1970 or as their text. Throws on anything else, also
 * on what is nested so deeply that the stack does not hold it.
 */
export const decodeCbor = (payload: Uint8Array): unknown => decode(payload, { rejectDuplicateMapKeys: true, tags })
