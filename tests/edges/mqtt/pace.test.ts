import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pace } from '../../../src/edges/mqtt/pace.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what comes at once runs at the pace, in order, and no more than may wait is kept', () => {
  const pace = new Pace({ perSecond: 40, waiting: 5 })
  const ran: number[] = []
  const taken = Array.from({ length: 10 }, (_, i) => pace.add(() => void ran.push(i)))
  expect(taken).toEqual([...Array(7).fill(true), ...Array(3).fill(false)])
  expect(ran).toEqual([0, 1])
  vi.advanceTimersByTime(50)
  expect(ran).toEqual([0, 1, 2, 3])
  vi.advanceTimersByTime(1000)
  expect(ran).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(pace.add(() => void ran.push(10))).toBe(true)
  expect(ran.at(-1)).toBe(10)
})

test('no timer runs while nothing is to do, and what waits at the end is forgotten', () => {
  const pace = new Pace({ perSecond: 20, waiting: 5 })
  let ran = 0
  for (let i = 0; i < 3; i++) pace.add(() => void ran++)
  vi.advanceTimersByTime(1000)
  expect([ran, vi.getTimerCount()]).toEqual([3, 0])
  for (let i = 0; i < 3; i++) pace.add(() => void ran++)
  pace.stop()
  vi.advanceTimersByTime(1000)
  expect([ran, vi.getTimerCount()]).toEqual([4, 0])
})
