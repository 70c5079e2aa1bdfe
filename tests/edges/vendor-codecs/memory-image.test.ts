import { expect, test } from 'vitest'
import { MemoryImage } from '../../../src/edges/vendor-codecs/memory-image.ts'

const PAGE = 4096

test('all that was touched is put back, but for the middle of the longest gap', () => {
  const memory = new WebAssembly.Memory({ initial: 32 })
  const all = new Uint8Array(memory.buffer)
  all.fill(1, 0, PAGE)
  all.fill(2, 300 * PAGE, 302 * PAGE + 5)
  all.fill(3, 303 * PAGE, 304 * PAGE)
  const image = new MemoryImage(memory)
  expect(image.heapBytes).toBe(4 * PAGE)
  expect(image.touchedBeyond()).toBe(0)

  all.fill(9)
  expect(image.touchedBeyond()).toBe(32 * 65_536 - 304 * PAGE)
  image.restore()
  expect([0, PAGE - 1, PAGE, 10 * PAGE, 150 * PAGE, 300 * PAGE, 302 * PAGE + 5, 303 * PAGE, 304 * PAGE].map((at) => all[at])).toEqual([
    1, 1, 0, 0, 9, 2, 0, 3, 9,
  ])
})

test('a memory that has grown since is put back too', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 })
  new Uint8Array(memory.buffer).fill(1, 0, PAGE)
  const image = new MemoryImage(memory)
  memory.grow(1)
  new Uint8Array(memory.buffer).fill(9)
  image.restore()
  expect(new Uint8Array(memory.buffer)[0]).toBe(1)
})
