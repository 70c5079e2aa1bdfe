import { expect, test } from 'vitest'
import { HASH_BASES, hash32 } from '../../src/telemetry/hash32.ts'

// http://www.isthe.com/chongo/src/fnv/test_fnv.c
test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('is FNV-1a: %j', (text, hash) => {
  expect(hash32(text)).toBe(hash)
})

test('of one text differs by where it begins', () => {
  expect(new Set(HASH_BASES.map((basis) => hash32('lamp-17 command-1', basis))).size).toBe(HASH_BASES.length)
})
