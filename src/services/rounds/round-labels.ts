import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ScannedCode } from '../../operations/check-in.ts'

/** What a label is made for: a facility whatever the plan, or a stop that is only a position. */
export const labelled = (plan: string, stop: { key: string; facility: string | null }): string => stop.facility ?? `${plan}:${stop.key}`

/** 80 bits, which nobody guesses. */
const secretOf = (key: Uint8Array, ref: string): string => createHmac('sha256', key).update(`round-stop\n${ref}`).digest('hex').slice(0, 20)

/** The path in the code of a label: it opens the crew page at the stop. */
export const labelPath = (key: Uint8Array, ref: string): string => `/crew/at/${encodeURIComponent(ref)}/${secretOf(key, ref)}`

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** What a scanned text is to a stop. */
export function readCode(key: Uint8Array, text: string, ref: string, facility: string | null): ScannedCode {
  const label = /\/crew\/at\/([^/?#]+)\/([0-9a-f]{20})(?:[/?#]|$)/.exec(text)
  if (label) {
    const [, scanned = '', secret = ''] = label
    if (decoded(scanned) !== ref) return 'other'
    return timingSafeEqual(Buffer.from(secret), Buffer.from(secretOf(key, ref))) ? 'label' : 'other'
  }
  const pole = /\/report\/([^/?#]+)/.exec(text)
  return pole && facility !== null && decoded(pole[1] as string) === facility ? 'public' : 'other'
}
