import { hash32 } from '../telemetry/hash32.ts'

const MAX_ID = 64

/** Seven letters and digits. */
const fingerprint = (text: string): string => hash32(text).toString(36).padStart(7, '0')

/**
 * An id made from a label, the same for the same label always. Letters, digits, dots and underscores stay, everything between becomes a
 * dash. A run of other letters (Chinese, Korean) becomes what `words` gives for it, or `x` and a fingerprint: with some thousand roads in
 * a city the chance that two share one is below one in a thousand, and then the import reports a conflict.
 */
export function slug(label: string, words: Readonly<Record<string, string>> = {}): string {
  const pieces: string[] = []
  for (const [, plain, foreign] of label
    .normalize('NFKC')
    .matchAll(/([A-Za-z0-9._]+)|([\p{L}\p{M}\p{N}]+?(?=[A-Za-z0-9]|[^\p{L}\p{M}\p{N}]|$))/gu)) {
    if (plain) pieces.push(plain)
    else if (foreign) pieces.push(Object.hasOwn(words, foreign) ? (words[foreign] as string) : `x${fingerprint(foreign)}`)
  }
  const id = pieces.join('-').replace(/^[._-]+/, '')
  return id.length <= MAX_ID ? id : `${id.slice(0, MAX_ID - 8)}-${fingerprint(label)}`
}
