import { expect, test } from 'vitest'
import { progressOf, progressParts, statesOf } from '../../dashboards/console/src/commands/progress.ts'
import { isOver, targetStates } from '../../src/control/command.ts'

test('every facility counts in one part of the progress', () => {
  const counts = {
    requested: 1,
    accepted: 2,
    sent: 4,
    confirmed: 8,
    'effect-seen': 16,
    refused: 32,
    failed: 64,
    expired: 128,
    cancelled: 256,
  }
  expect(progressOf(counts)).toEqual({ done: 16, underWay: 15, failed: 224, calledBack: 256, total: 511 })
  expect(progressOf({})).toEqual({ done: 0, underWay: 0, failed: 0, calledBack: 0, total: 0 })
})

test('what is under way is what is not over', () => {
  const states = progressParts.flatMap(statesOf)
  expect(states.toSorted()).toEqual(Object.keys(targetStates).toSorted())
  expect(statesOf('underWay').some(isOver)).toBe(false)
  expect(states.filter((state) => !statesOf('underWay').includes(state)).every(isOver)).toBe(true)
})
