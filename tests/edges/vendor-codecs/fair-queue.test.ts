import { expect, test } from 'vitest'
import { FairQueue } from '../../../src/edges/vendor-codecs/fair-queue.ts'

const limits = { perProgram: 10, inAll: 15, waitMs: 60_000, batchCalls: 4, batchMs: 8 }
const none = () => false

test('calls of one codec come in their order, in batches', () => {
  const queue = new FairQueue<number>(limits)
  for (let i = 0; i < 6; i++) expect(queue.add(1, i)).toBe(true)
  expect(queue.take(none)).toEqual({ program: 1, calls: [0, 1, 2, 3] })
  expect(queue.take((program) => program === 1)).toBeNull()
  queue.putBack(1, [2, 3])
  expect(queue.take(none)).toEqual({ program: 1, calls: [2, 3, 4, 5] })
  expect(queue.take(none)).toBeNull()
})

test('no more wait than may', () => {
  const queue = new FairQueue<number>(limits)
  expect(Array.from({ length: 12 }, (_, i) => queue.add(1, i)).filter(Boolean)).toHaveLength(10)
  expect(Array.from({ length: 12 }, (_, i) => queue.add(2, i)).filter(Boolean)).toHaveLength(5)
  expect(queue.drain(1)).toHaveLength(10)
  expect(queue.size).toBe(5)
  expect(queue.drain()).toEqual([0, 1, 2, 3, 4])
})

test('a slow codec gets as much time as a fast one, not as many calls', () => {
  const queue = new FairQueue<string>({ ...limits, perProgram: 1000, inAll: 2000 })
  for (let i = 0; i < 400; i++) {
    queue.add(1, 'slow')
    queue.add(2, 'fast')
  }
  const calls = { slow: 0, fast: 0 }
  for (let i = 0; i < 40; i++) {
    const taken = queue.take(none) as { program: number; calls: ('slow' | 'fast')[] }
    for (const call of taken.calls) calls[call]++
    queue.spent(taken.program, taken.calls.length, taken.calls.length * (taken.program === 1 ? 8 : 1))
  }
  expect(calls.fast / calls.slow).toBeGreaterThan(5)
  expect(calls.slow).toBeGreaterThan(5)
})

test('a slow codec may keep fewer waiting', () => {
  const queue = new FairQueue<number>({ ...limits, perProgram: 1000, inAll: 2000, waitMs: 200 })
  queue.add(1, 0)
  queue.take(none)
  for (let i = 0; i < 30; i++) queue.spent(1, 1, 50)
  const taken = (program: number) => Array.from({ length: 300 }, (_, i) => queue.add(program, i)).filter(Boolean).length
  expect(taken(1)).toBe(5)
  expect(taken(2)).toBe(200)
})

test('a codec that was away has no claim to the time since', () => {
  const queue = new FairQueue<number>({ ...limits, perProgram: 1000, inAll: 2000 })
  queue.add(2, 0)
  queue.take(none)
  for (let i = 0; i < 200; i++) queue.add(1, i)
  for (let i = 0; i < 20; i++) queue.take(none)
  for (let i = 0; i < 200; i++) queue.add(2, i)
  const served = Array.from({ length: 10 }, () => queue.take(none)?.program)
  expect(served.filter((program) => program === 1).length).toBeGreaterThanOrEqual(4)
})
