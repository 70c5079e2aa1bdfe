import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readProxyHeader } from '../../../src/edges/mqtt/proxy-protocol.ts'

const signature = '0d0a0d0a000d0a515549540a'
const of = (hex: string) => Buffer.from(signature + hex, 'hex')
const ports = '12345678'

test.each([
  ['IPv4', Buffer.from('PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\nxyz'), '203.0.113.9', 43],
  ['IPv6', Buffer.from('PROXY TCP6 2001:db8::9 ::1 1 65535\r\n'), '2001:db8::9', 36],
  ['unknown', Buffer.from('PROXY UNKNOWN\r\n'), null, 15],
  ['unknown with more', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), null, 35],
  ['2, IPv4', of(`2111000ccb0071090a000001${ports}`), '203.0.113.9', 28],
  ['2, IPv6', of(`21210024${'20010db8000000000000000000000009'.repeat(2)}${ports}`), '2001:db8::9', 52],
  ['2, with more', of(`2111000fcb0071090a000001${ports}010203`), '203.0.113.9', 31],
  ['2, the proxy itself', of('20000000'), null, 16],
  ['2, unspecified', of('21000000'), null, 16],
])('%s', (_name, bytes, address, length) => {
  expect(readProxyHeader(bytes)).toEqual({ address, length })
  for (let end = 0; end < length; end++) expect(readProxyHeader(bytes.subarray(0, end)), String(end)).toBe('incomplete')
})

test.each([
  ['no header', Buffer.from('GET / HTTP/1.1\r\n')],
  ['a line without end', Buffer.from(`PROXY TCP4 ${'1'.repeat(100)}`)],
  ['an address of the other kind', Buffer.from('PROXY TCP4 ::1 10.0.0.1 1 2\r\n')],
  ['no address', Buffer.from('PROXY TCP4 sl-1 10.0.0.1 1 2\r\n')],
  ['a port that is none', Buffer.from('PROXY TCP4 10.0.0.2 10.0.0.1 65536 2\r\n')],
  ['a port with a zero before', Buffer.from('PROXY TCP4 10.0.0.2 10.0.0.1 01 2\r\n')],
  ['too much', Buffer.from('PROXY TCP4 10.0.0.2 10.0.0.1 1 2 3\r\n')],
  ['another family', Buffer.from('PROXY UDP4 10.0.0.2 10.0.0.1 1 2\r\n')],
  ['2, another version', of('1111000c')],
  ['2, another command', of('2211000c')],
  ['2, too long', of('2111ffff')],
  ['2, too short for its addresses', of('211100080a0000010a000002')],
  ['2, datagrams', of(`2112000ccb0071090a000001${ports}`)],
])('malformed: %s', (_name, bytes) => {
  expect(readProxyHeader(bytes)).toBe('malformed')
})

test('any bytes give an answer, and none beyond what there is', () => {
  const begun = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', Buffer.from(signature, 'hex').toString('latin1'))
  fc.assert(
    fc.property(begun, fc.uint8Array({ maxLength: 300 }), (start, rest) => {
      const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest])
      const header = readProxyHeader(bytes)
      if (typeof header === 'object') expect(header.length).toBeLessThanOrEqual(bytes.length)
    }),
  )
})
