import { expect, test } from 'vitest'
import { differenceOf, handedOn, isDarker } from '../../src/control/light-change.ts'
import type { BookedChange } from '../../src/control/programme-book.ts'

const light = (...levels: [number, number][]) => levels.map(([at, level]) => ({ at, level }))
const booked = (own: boolean, ...levels: [number, number][]): BookedChange[] =>
  light(...levels).map((change) => ({ ...change, own, override: null, version: null, assignment: null, programme: null }))

test('light that stays is no difference, however often it is said', () => {
  expect(differenceOf(light([0, 0], [5, 1]), light([0, 0], [5, 1], [7, 1]))).toBeNull()
})

test('where it first becomes less goes before where it becomes more', () => {
  const less = differenceOf(light([0, 0], [5, 1]), light([0, 0.5], [5, 0.3], [8, 1]))
  expect(less).toEqual({ at: 5, before: 1, after: 0.3 })
  expect(isDarker(less as never)).toBe(true)
  const more = differenceOf(light([0, 0], [5, 1]), light([0, 0], [3, 0.4], [5, 1]))
  expect(more).toEqual({ at: 3, before: 0, after: 0.4 })
  expect(isDarker(more as never)).toBe(false)
})

test('a lamp has its own light, and where it has none that of its cabinet', () => {
  const cabinet = booked(true, [0, 0], [5, 0.5])
  expect(handedOn(booked(false, [0, 0], [4, 1]), cabinet)).toEqual(light([0, 0], [4, 0], [5, 0.5]))
  expect(handedOn(booked(true, [0, 0], [4, 1]), cabinet)).toEqual(booked(true, [0, 0], [4, 1]))
  expect(handedOn(booked(false, [0, 1]), booked(false, [0, 0.2]))).toEqual(booked(false, [0, 1]))
  expect(handedOn(booked(false, [0, 1]), null)).toEqual(booked(false, [0, 1]))
})
