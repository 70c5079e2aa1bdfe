import { isIP } from 'node:net'

/** What a proxy says of the connection that it passes on. `address` is null when it speaks for itself, or does not know. */
export type ProxyHeader = { address: string | null; length: number } | 'incomplete' | 'malformed'

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const textStart = Buffer.from('PROXY ', 'latin1')
/** With its line end. */
const maxTextLength = 107
/** Addresses, and what else a proxy tells in a header of version 2, bytes. */
const maxBinaryLength = 2_048

/** Reads the header of the PROXY protocol, version 1 or 2, with which a stream begins; `length` bytes are its. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsAlike(bytes, signature)) return bytes.length < 16 ? 'incomplete' : readBinary(bytes)
  if (startsAlike(bytes, textStart)) return readText(bytes)
  return 'malformed'
}

function startsAlike(bytes: Buffer, wanted: Buffer): boolean {
  const length = Math.min(bytes.length, wanted.length)
  return bytes.subarray(0, length).equals(wanted.subarray(0, length))
}

function readText(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, maxTextLength).indexOf('\r\n')
  if (end < 0) return bytes.length < maxTextLength ? 'incomplete' : 'malformed'
  const length = end + 2
  const [, family, source = '', target = '', sourcePort = '', targetPort = '', ...rest] = bytes.toString('latin1', 0, end).split(' ')
  if (family === 'UNKNOWN') return { address: null, length }
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0
  const isSound = version > 0 && isIP(source) === version && isIP(target) === version && isPort(sourcePort) && isPort(targetPort)
  return isSound && rest.length === 0 ? { address: source, length } : 'malformed'
}

const isPort = (text: string) => /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535

function readBinary(bytes: Buffer): ProxyHeader {
  const command = bytes.readUInt8(12)
  const family = bytes.readUInt8(13)
  const length = 16 + bytes.readUInt16BE(14)
  if (length > 16 + maxBinaryLength || (command !== 0x20 && command !== 0x21)) return 'malformed'
  if (bytes.length < length) return 'incomplete'
  // A check of health by the proxy itself.
  if (command === 0x20) return { address: null, length }
  const content = bytes.subarray(16, length)
  if (family === 0x11) return content.length < 12 ? 'malformed' : { address: content.subarray(0, 4).join('.'), length }
  if (family === 0x21) return content.length < 36 ? 'malformed' : { address: textOf(content.subarray(0, 16)), length }
  return family === 0x00 ? { address: null, length } : 'malformed'
}

function textOf(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
