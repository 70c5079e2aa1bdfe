import { expect, test } from 'vitest'
import { changedParts } from '../../src/dispatch/changed-parts.ts'

test('tells of each value that is otherwise, of things with an id by it', () => {
  const before = {
    quiet: { from: 1, to: 2 },
    days: ['a'],
    routes: [
      { id: 'x', name: 'X', chain: [1] },
      { id: 'y', name: 'Y' },
    ],
  }
  expect(changedParts(before, structuredClone(before))).toEqual([])
  const after = {
    quiet: { from: 1, to: 3 },
    days: ['a', 'b'],
    routes: [
      { id: 'y', name: 'Z' },
      { id: 'x', name: 'X', chain: [2] },
    ],
  }
  expect(changedParts(before, after)).toEqual([
    'quiet.to: 2 -> 3',
    'days: ["a"] -> ["a","b"]',
    'routes: order x, y -> y, x',
    'routes.x.chain: [1] -> [2]',
    'routes.y.name: "Y" -> "Z"',
  ])
  expect(changedParts(before, { ...before, routes: before.routes.slice(0, 1) })).toEqual([
    'routes: order x, y -> x',
    'routes.y: {"id":"y","name":"Y"} -> undefined',
  ])
})
