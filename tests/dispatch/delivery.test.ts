import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterFailure,
  afterSuccess,
  type Delivery,
  dueBatches,
  GIVE_UP,
  pauseAfter,
  quietUntil,
  sentAgain,
  usualLimits,
} from '../../src/dispatch/delivery.ts'

const MINUTE = 60_000
const delivery = (id: number, more: Partial<Delivery> = {}): Delivery => ({
  ...{ id, target: 't', notice: id, urgent: false, created: 0, state: 'waiting', attempts: 0, notBefore: 0, delivered: null, problem: '' },
  ...more,
})
const ids = (batches: readonly { deliveries: readonly Delivery[] }[]) => batches.map(({ deliveries }) => deliveries.map(({ id }) => id))

test('few go out one by one, many as one, urgent ones first and alone', () => {
  const few = [delivery(1), delivery(2), delivery(3, { urgent: true })]
  expect(ids(dueBatches(few, [], usualLimits, 10).batches)).toEqual([[3], [1], [2]])
  const many = [1, 2, 3, 4, 5].map((id) => delivery(id))
  expect(ids(dueBatches([...many, delivery(6, { urgent: true })], [], usualLimits, 10).batches)).toEqual([[6], [1, 2, 3, 4, 5]])
})

test('what is full waits until the minute has room, what pauses until its time', () => {
  const sent = Array.from({ length: 20 }, (_, i) => 1000 + i)
  expect(dueBatches([delivery(1)], sent, usualLimits, 2000)).toEqual({ batches: [], wake: 1000 + MINUTE })
  expect(dueBatches([delivery(1, { notBefore: 500 })], [], usualLimits, 10)).toEqual({ batches: [], wake: 500 })
})

test('pauses double up to an hour', () => {
  expect([1, 2, 3, 20].map((failures) => pauseAfter(failures, 0))).toEqual([5000, 10_000, 20_000, 3_600_000])
  expect(pauseAfter(1, 1)).toBe(6000)
})

test('after a day, or when the target can never take it, it is dead, and can be sent again by hand', () => {
  const failed = afterFailure(delivery(1), 10, 'HTTP 500', false, 0)
  expect(failed).toMatchObject({ state: 'waiting', attempts: 1, notBefore: 5010, problem: 'HTTP 500' })
  expect(afterFailure(failed, GIVE_UP, 'HTTP 500', false, 0).state).toBe('dead')
  const dead = afterFailure(delivery(1), 10, 'no such robot', true, 0)
  expect(dead.state).toBe('dead')
  expect(sentAgain(dead, 99)).toMatchObject({ state: 'waiting', attempts: 0, created: 99, notBefore: 99 })
})

test('never more messages in a minute than the target takes, none lost, none twice', () => {
  const incoming = fc.array(fc.record({ at: fc.nat(5 * MINUTE), urgent: fc.boolean(), fails: fc.nat(3) }), { maxLength: 200 })
  fc.assert(
    fc.property(incoming, (given) => {
      const all = given.map(({ at, urgent }, i) => delivery(i, { urgent, created: at, notBefore: at }))
      const failures = new Map(given.map(({ fails }, i) => [i, fails]))
      let waiting = all
      const sent: number[] = []
      const done: number[] = []
      for (let at = 0; at < 30 * MINUTE && done.length < all.length; at += 500) {
        const { batches } = dueBatches(waiting, sent, usualLimits, at)
        for (const { deliveries } of batches) {
          sent.push(at)
          for (const one of deliveries) {
            const left = failures.get(one.id) ?? 0
            failures.set(one.id, left - 1)
            const after = left > 0 ? afterFailure(one, at, 'busy', false, 0.5) : afterSuccess(one, at)
            if (after.state === 'delivered') done.push(one.id)
            waiting = waiting.flatMap((other) => (other.id !== one.id ? [other] : after.state === 'waiting' ? [after] : []))
          }
        }
        expect(sent.filter((time) => at - time < MINUTE).length).toBeLessThanOrEqual(usualLimits.perMinute)
      }
      expect([...done].sort((a, b) => a - b)).toEqual(all.map(({ id }) => id))
    }),
    { numRuns: 60 },
  )
})

describe('quiet hours', () => {
  const night = { from: 22 * 60, to: 6 * 60 }
  test.each([
    [21 * 60 + 59, null],
    [22 * 60, 8 * 60],
    [0, 6 * 60],
    [5 * 60 + 59, 1],
    [6 * 60, null],
  ])('at minute %i', (minute, left) => {
    expect(quietUntil(night, 1000, minute)).toBe(left === null ? null : 1000 + left * MINUTE)
  })
  test('within a day, and none at all', () => {
    expect(quietUntil({ from: 60, to: 120 }, 0, 90)).toBe(30 * MINUTE)
    expect(quietUntil({ from: 60, to: 60 }, 0, 60)).toBeNull()
  })
})
