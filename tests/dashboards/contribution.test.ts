import { expect, test } from 'vitest'
import { contributionsOf, isOfOnePoint } from '../../dashboards/console/src/alarm/contribution.ts'

test('points come by how much they deviate, each with what it read and what is usual', () => {
  const figures = { distance: 40, distanceLimit: 20, 'flow.sigmas': 2.5, 'flow.expected': 300, 'power.sigmas': -6, 'power.expected': 22 }
  expect(contributionsOf({ figures, values: { flow: 310, power: 15, speed: null } })).toEqual([
    { point: 'power', sigmas: -6, expected: 22, value: 15 },
    { point: 'flow', sigmas: 2.5, expected: 300, value: 310 },
  ])
  expect(Object.keys(figures).filter((name) => !isOfOnePoint(name))).toEqual(['distance', 'distanceLimit'])
})

test('an alarm of another rule has none', () => {
  expect(contributionsOf({ figures: { expected: 3, lampsOut: 2 }, values: { current: 1 } })).toEqual([])
})
