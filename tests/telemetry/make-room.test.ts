import { expect, test } from 'vitest'
import { makeRoom } from '../../src/telemetry/make-room.ts'

const filled = (size: number) => new Map(Array.from({ length: size }, (_, i) => [i, i]))

test('the older half goes once there are too many', () => {
  const map = filled(10)
  makeRoom(map, 10)
  expect(map.size).toBe(10)
  map.set(10, 10)
  makeRoom(map, 10)
  expect([...map.keys()]).toEqual([6, 7, 8, 9, 10])
})

test('what must stay stays while others can go, and no longer', () => {
  const map = filled(11)
  makeRoom(map, 10, (value) => value === 3)
  expect([...map.keys()]).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9, 10])
  map.set(11, 11)
  makeRoom(map, 10, () => false)
  expect(map.size).toBeLessThanOrEqual(10)
})
