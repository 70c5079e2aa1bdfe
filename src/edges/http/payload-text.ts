export const hexOf = (payload: Uint8Array): string => Buffer.from(payload).toString('hex')

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Null for bytes that are no text. */
export function textOf(payload: Uint8Array): string | null {
  try {
    return utf8.decode(payload)
  } catch {
    return null
  }
}
