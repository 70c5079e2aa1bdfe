/** Bytes of each UTF-16 code unit outside the surrogates, big end first; 0 where there are none. Made from the decoder at the first use. */
let table: Uint32Array | undefined

const SUBSTITUTE = 0x3f
/** The bytes 90 30 81 30, from which the characters beyond the basic plane are counted. */
const FIRST_BEYOND = 189_000

function makeTable(): Uint32Array {
  const made = new Uint32Array(0x10000)
  for (let code = 0; code < 0x80; code++) made[code] = code
  const take = (bytes: Uint8Array, width: 2 | 4) => {
    const text = new TextDecoder('gb18030').decode(bytes)
    // Sequences that stand for nothing decode to one or more replacement characters and would shift the rest: one at a time then.
    if (text.length !== bytes.length / width) return false
    for (let i = 0; i < text.length; i++) {
      const at = i * width
      const code = text.charCodeAt(i)
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, width)
      if (code !== 0xfffd && made[code] === 0) made[code] = width === 2 ? view.getUint16(0) : view.getUint32(0)
    }
    return true
  }
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    const bytes: number[] = []
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) bytes.push(lead, trail)
    takeAll(Uint8Array.from(bytes), 2, take)
  }
  for (let linear = 0; linear < 39_420; linear += 1260) {
    const bytes = Array.from({ length: Math.min(1260, 39_420 - linear) }, (_, i) => fourBytes(linear + i)).flat()
    takeAll(Uint8Array.from(bytes), 4, take)
  }
  return made
}

function takeAll(bytes: Uint8Array, width: 2 | 4, take: (bytes: Uint8Array, width: 2 | 4) => boolean): void {
  if (take(bytes, width)) return
  for (let at = 0; at < bytes.length; at += width) take(bytes.slice(at, at + width), width)
}

/** The four-byte sequence with this number, counted from 81 30 81 30. */
function fourBytes(linear: number): [number, number, number, number] {
  const low = linear % 10
  const third = Math.floor(linear / 10) % 126
  const second = Math.floor(linear / 1260) % 10
  return [0x81 + Math.floor(linear / 12_600), 0x30 + second, 0x81 + third, 0x30 + low]
}

/**
 * Text as GB18030, which is GBK wherever GBK has the character. What has no bytes there becomes `?`: half a surrogate pair, U+FFFD,
 * and 19 characters of private use whose bytes the Encoding Standard gives to characters that have a place of their own since.
 * Follows GB 18030-2005; the table is taken from the decoder of this Node, so that both agree.
 */
export function encodeGb18030(text: string): Uint8Array {
  table ??= makeTable()
  const bytes = new Uint8Array(text.length * 4)
  let length = 0
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (code > 0xffff) {
      bytes.set(fourBytes(FIRST_BEYOND + code - 0x10000), length)
      length += 4
      continue
    }
    const packed = code === 0 ? 0 : (table[code] as number) || SUBSTITUTE
    if (packed > 0xffff) bytes[length++] = packed >>> 24
    if (packed > 0xffff) bytes[length++] = (packed >>> 16) & 0xff
    if (packed > 0xff) bytes[length++] = (packed >>> 8) & 0xff
    bytes[length++] = packed & 0xff
  }
  return bytes.subarray(0, length)
}
