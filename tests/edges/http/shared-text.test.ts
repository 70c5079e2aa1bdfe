import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { SharedText } from '../../../src/edges/http/shared-text.ts'

const text = '{"road":"裕华路"}'.repeat(500)

test('is made into bytes once for all who take them, compressed or not', async () => {
  const shared = new SharedText(text, { gzip: 1, brotli: 1 })
  const read = { br: brotliDecompressSync, gzip: gunzipSync, plain: (bytes: Buffer) => bytes }
  for (const encoding of ['br', 'gzip', null] as const) {
    const [first, again] = await Promise.all([shared.bytes(encoding), shared.bytes(encoding)])
    expect(again).toBe(first)
    expect(read[encoding ?? 'plain'](first).toString()).toBe(text)
  }
})

test.each([
  ['br, gzip', 'br'],
  ['gzip, deflate', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['gzip;q=0.0, br; q=0', null],
  ['deflate', null],
  ['', null],
])('of %j the best is %s', (accepted, encoding) => {
  expect(new SharedText(text, { gzip: 1, brotli: 1 }).encodingFor(accepted)).toBe(encoding)
})
