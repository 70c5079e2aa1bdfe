/** The few forms of ASN.1's distinguished encoding rules (DER) that certificates are made of. */

export type Der = Uint8Array

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

function element(tag: number, ...parts: readonly Der[]): Der {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content])
}

function lengthOf(bytes: number): number[] {
  if (bytes < 0x80) return [bytes]
  const digits: number[] = []
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256)
  return [0x80 | digits.length, ...digits]
}

export const sequence = (...parts: readonly Der[]): Der => element(TAG.sequence, ...parts)
export const set = (...parts: readonly Der[]): Der => element(TAG.set, ...parts)
export const octetString = (content: Der): Der => element(TAG.octetString, content)
export const utf8 = (text: string): Der => element(TAG.utf8, Buffer.from(text))
export const truth: Der = element(TAG.boolean, Buffer.from([0xff]))

/** A whole number that is not negative, as its bytes, the highest first. */
export function integer(bytes: Der): Der {
  const first = bytes.findIndex((byte) => byte !== 0)
  const short = first < 0 ? Buffer.from([0]) : bytes.subarray(first)
  return element(TAG.integer, (short[0] as number) >= 0x80 ? Buffer.from([0, ...short]) : short)
}

/** `unused`: how many of the last bits do not count. */
export const bitString = (content: Der, unused = 0): Der => element(TAG.bitString, Buffer.from([unused]), content)

export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(TAG.objectId, Buffer.from([40 * first + second, ...rest.flatMap(sevenBits)]))
}

function sevenBits(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128))
  return digits
}

/** A time to the second, ms since 1970; from 2050 on with four digits of the year, as certificates have it. */
export function time(at: number): Der {
  const digits = `${new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '')}`
  return digits < '2050' ? element(TAG.utcTime, Buffer.from(digits.slice(2))) : element(TAG.generalizedTime, Buffer.from(digits))
}

/** A part known by its place: [number]. `isPlain`: the content stands for a value of its own, not for an element. */
export const tagged = (number: number, content: Der, isPlain = false): Der => element((isPlain ? 0x80 : 0xa0) | number, content)

export function toPem(label: string, der: Der): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)
  return `-----BEGIN ${label}-----\n${lines?.join('\n')}\n-----END ${label}-----\n`
}
