import fc from 'fast-check'
import { expect, test } from 'vitest'
import { proposeDeadband } from '../../src/alarms/deadband-proposal.ts'

const rule = { deadband: 0.1, range: 10, protectsLives: false }
const activity = { alarms: 10, breaks: Array.from({ length: 9 }, () => 1) }
const times = (count: number, depth: number) => Array.from({ length: count }, () => depth)
const deadband = (depths: number[], more: Partial<typeof rule> = {}, of = activity) =>
  (proposeDeadband(depths, of, { ...rule, ...more })?.changes as { parameters: { deadband: number } } | undefined)?.parameters.deadband

test('the smallest of two digits that holds the alarm over four of five breaks', () => {
  expect(proposeDeadband([...times(8, 0.2), ...times(2, 0.4)], activity, rule)).toEqual({
    ...{ changes: { parameters: { deadband: 0.21 } }, because: 'near-limit', alarms: 10, such: 10, covered: 8 },
  })
  expect(deadband([...times(7, 0.2), ...times(3, 0.4)])).toBe(0.41)
  expect(deadband(times(9, 0.123))).toBe(0.13)
  expect(deadband(times(9, 12.3), { range: 1000 })).toBe(13)
  expect(deadband(times(9, 0.049), { deadband: 0.3 }), 'never smaller than the one in force').toBe(0.31)
  expect(deadband(times(9, 0), { deadband: 0 }), 'nor smaller than what can be told from nothing').toBe(0.0011)
})
test('at most 5 % of the range', () => {
  expect(deadband(times(9, 0.49))).toBe(0.5)
  expect(deadband(times(9, 0.5))).toBeUndefined()
})
test('not for what protects lives, for fewer than five breaks, or when less than half came back', () => {
  expect(deadband(times(9, 0.2), { protectsLives: true })).toBeUndefined()
  expect(deadband(times(4, 0.2))).toBeUndefined()
  expect(deadband(times(5, 0.2))).toBe(0.21)
  expect(deadband(times(9, 0.2), {}, { alarms: 19, breaks: activity.breaks })).toBeUndefined()
  expect(deadband(times(9, 0.2), {}, { alarms: 18, breaks: activity.breaks })).toBe(0.21)
})
test('always covers what it says, and more than before', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.49, noNaN: true }), { minLength: 5, maxLength: 40 }), (depths) => {
      const found = proposeDeadband(depths, { alarms: 1, breaks: depths }, rule)
      if (!found || !('parameters' in found.changes)) return
      expect(found.changes.parameters.deadband).toBeGreaterThan(rule.deadband)
      expect(found.covered).toBeGreaterThanOrEqual(0.8 * depths.length)
    }),
  )
})
