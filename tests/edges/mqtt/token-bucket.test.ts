import { expect, test } from 'vitest'
import { TokenBucket } from '../../../src/edges/mqtt/token-bucket.ts'

test('a burst after a rest, then so many a second, and the time until the next', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0)
  expect(bucket.take(5, 0)).toBe(3)
  expect(bucket.take(1, 99)).toBe(0)
  const wait = bucket.wait(99)
  expect(wait).toBeLessThanOrEqual(2)
  expect(bucket.take(1, 99 + wait)).toBe(1)
  expect(bucket.take(9, 60_000)).toBe(3)
})

test('in the long run the rate holds, however the asking is cut', () => {
  const bucket = new TokenBucket({ perSecond: 7, burst: 5 }, 0)
  let taken = 0
  for (let now = 0; now <= 60_000; now += 13) taken += bucket.take(2, now)
  expect(taken).toBeGreaterThanOrEqual(7 * 60)
  expect(taken).toBeLessThanOrEqual(7 * 60 + 5)
})

test('a clock that is set back gives nothing and takes nothing', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, 10_000)
  bucket.take(1, 10_000)
  expect(bucket.take(1, 5_000)).toBe(0)
  expect(bucket.take(1, 5_100)).toBe(1)
})
