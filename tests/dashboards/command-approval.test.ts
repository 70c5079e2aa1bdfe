import { expect, test } from 'vitest'
import { isLightWaiting, isWaiting, maySecond, waitingOf } from '../../dashboards/console/src/commands/approval-state.ts'
import type { CommandView } from '../../src/edges/http/command-schemas.ts'

const asked = (id: string, expires: number, more: Partial<CommandView> = {}): CommandView =>
  ({
    ...{ id, account: 'ann', elsewhere: 0, counts: { requested: 1 } },
    approval: { reasons: ['dangerous'], expires, lasts: null, decision: null },
    ...more,
  }) as CommandView

test('a command waits until somebody decides, it is called back, or its time is up', () => {
  const decision = { approved: true, by: 'ben', at: 5, reason: '' }
  expect(isWaiting(asked('a', 10), 9)).toBe(true)
  expect(isWaiting(asked('a', 10), 10)).toBe(false)
  expect(isWaiting(asked('a', 10, { approval: { reasons: ['dangerous'], expires: 10, lasts: null, decision } }), 6)).toBe(false)
  expect(isWaiting(asked('a', 10, { counts: { cancelled: 1 } }), 6)).toBe(false)
  expect(isWaiting(asked('a', 10, { approval: null }), 6)).toBe(false)
})

test('a change of light waits as long', () => {
  const { approval } = asked('a', 10)
  expect(isLightWaiting({ approval, state: 'waiting' }, 9)).toBe(true)
  expect(isLightWaiting({ approval, state: 'waiting' }, 10)).toBe(false)
  expect(isLightWaiting({ approval, state: 'withdrawn' }, 9)).toBe(false)
})

test('those that wait come by the time they have left, each as it was told newest', () => {
  const first = waitingOf(new Map(), [asked('late', 20), asked('soon', 10)], 0, isWaiting)
  expect([...first.keys()]).toEqual(['soon', 'late'])
  expect([...waitingOf(first, [asked('soon', 10, { counts: { cancelled: 1 } })], 1, isWaiting).keys()]).toEqual(['late'])
  expect([...waitingOf(first, [], 15, isWaiting).keys()]).toEqual(['late'])
})

test('nobody is their own second person, nor for what lies outside of their part of the city', () => {
  expect(maySecond({ account: 'ann', isElsewhere: false }, 'ben')).toBe(true)
  expect(maySecond({ account: 'ann', isElsewhere: false }, 'ann')).toBe(false)
  expect(maySecond({ account: 'ann', isElsewhere: true }, 'ben')).toBe(false)
})
