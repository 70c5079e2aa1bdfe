import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isHeld, isOver, type NewOrder, newOrder, type Order, progress } from '../../src/dispatch/order.ts'
import { isRelapse, type OrderEvent, RELAPSE, stepOrder } from '../../src/dispatch/order-step.ts'
import { LamplighterError } from '../../src/errors.ts'
import { mayFollow } from './order-promises.ts'

const draft: NewOrder = {
  ...{ origin: 'alarm', class: 'ordinary', title: { zh: '灯灭', en: 'Lamp out' }, facilities: ['SL-1'], alarms: [1], reports: [] },
  ...{
    group: 'fed-by LC-1',
    district: 'Harbour',
    domain: 'lighting',
    keyArea: false,
    created: 0,
    createdBy: 'rule',
    arriveBy: 100,
    repairBy: 1000,
  },
} as const
const fresh = (): Order => ({ ...newOrder(draft), id: 1 })
const A = { crew: 'A', by: 'Anna' }
const B = { crew: 'B', by: 'Bert' }
const offer = (crews: string[], at = 1): OrderEvent => ({ type: 'dispatch', crews, at, until: at + 10, step: 0 })
const repair = (at: number, who = A): OrderEvent => ({ type: 'repair', at, ...who, cause: 'driver', minutes: 20, parts: [] })
const run = (...events: OrderEvent[]): Order => events.reduce(stepOrder, fresh())
const refused = (order: Order, event: OrderEvent) => expect(() => stepOrder(order, event)).toThrow(LamplighterError)

describe('the road of an order', () => {
  test('from a fault to its end', () => {
    const order = run(
      offer(['A', 'B']),
      { type: 'accept', at: 2, ...A },
      { type: 'set-out', at: 3, ...A },
      { type: 'arrive', at: 4, ...A },
      { type: 'begin', at: 5, ...A },
      repair(6),
      { type: 'verify', at: 7, by: 'telemetry', words: 'drew 118 W for 10 min' },
      { type: 'close', at: 8, by: 'telemetry', reason: '' },
    )
    expect(order.state).toBe('closed')
    expect(order.times).toEqual({ dispatched: 1, accepted: 2, setOut: 3, arrived: 4, begun: 5 })
    expect(order.holder).toEqual({ crew: 'A', person: 'Anna' })
  })

  test('the first acceptance wins, the other crew is told who has it, a second click is no error', () => {
    const order = run(offer(['A', 'B']), { type: 'accept', at: 2, ...A })
    expect(() => stepOrder(order, { type: 'accept', at: 2, ...B })).toThrow(/taken by A/)
    expect(stepOrder(order, { type: 'accept', at: 3, ...A })).toBe(order)
  })

  test('a crew may skip steps but never goes back', () => {
    const order = run(offer(['A']), { type: 'accept', at: 2, ...A }, repair(9))
    expect(order).toMatchObject({ state: 'repaired', times: { arrived: 9, begun: 9 } })
    expect(stepOrder(order, { type: 'arrive', at: 5, ...A })).toBe(order)
  })

  test('who refuses is remembered, who does not answer may be asked again', () => {
    const declined = run(offer(['A', 'B']), { type: 'decline', at: 2, ...A, reason: 'flat tyre' })
    expect(declined).toMatchObject({ state: 'dispatched', offer: { crews: ['B'] }, declined: ['A'] })
    expect(stepOrder(declined, { type: 'pass-by', at: 11 })).toMatchObject({ state: 'open', offer: null, declined: ['A'] })
  })

  test('telemetry that says otherwise gives it back to the crew', () => {
    const order = run(offer(['A']), { type: 'accept', at: 2, ...A }, repair(5), { type: 'refute', at: 6, words: 'still dark' })
    expect(order).toMatchObject({ state: 'repairing', holder: { crew: 'A' }, repair: null })
  })

  test('what is not verified is closed only with a reason', () => {
    const order = run(offer(['A']), { type: 'accept', at: 2, ...A }, repair(5))
    refused(order, { type: 'close', at: 6, by: 'Dora', reason: '' })
    expect(stepOrder(order, { type: 'close', at: 6, by: 'Dora', reason: 'seen by eye' })).toMatchObject({
      state: 'closed',
      verification: { by: 'Dora' },
    })
  })

  test('a fault that comes back within 72 h opens it again, later it does not', () => {
    const closed = run(
      offer(['A']),
      { type: 'accept', at: 2, ...A },
      repair(5),
      { type: 'verify', at: 7, by: 'telemetry', words: '' },
      { type: 'close', at: 8, by: 'telemetry', reason: '' },
    )
    expect(isRelapse(closed, 8 + RELAPSE)).toBe(true)
    expect(stepOrder(closed, { type: 'relapse', at: 8 + RELAPSE })).toMatchObject({
      state: 'open',
      relapses: 1,
      holder: null,
      repair: null,
    })
    expect(stepOrder(closed, { type: 'relapse', at: 9 + RELAPSE })).toBe(closed)
    const rejected = run({ type: 'reject', at: 3, by: 'Dora', reason: 'not ours' })
    expect(stepOrder(rejected, { type: 'relapse', at: 4 })).toBe(rejected)
  })

  test('what is over takes no step but a note, a photo and to be opened again', () => {
    const merged = run({ type: 'merge', at: 2, by: 'Dora', into: 9 })
    refused(merged, offer(['A']))
    refused(merged, { type: 'arrive', at: 3, ...A })
    expect(stepOrder(merged, { type: 'photo', at: 3, by: 'Anna' }).photos).toBe(1)
    expect(stepOrder(merged, { type: 'reopen', at: 4, by: 'Dora', reason: 'no duplicate' })).toMatchObject({
      state: 'open',
      mergedInto: null,
    })
  })
})

const crews = ['A', 'B', 'C']
const at = fc.integer({ min: 1, max: 1_000_000_000 })
const by = fc.constantFrom('Anna', 'Bert', 'Dora')
const crew = fc.constantFrom(...crews)
const base = { at, by }
const anyEvent: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.record({
    type: fc.constant('dispatch' as const),
    at,
    crews: fc.subarray(crews),
    until: at,
    step: fc.nat(3),
  }),
  fc.record({ type: fc.constant('pass-by' as const), at }),
  fc.record({ type: fc.constantFrom('accept' as const, 'set-out' as const, 'arrive' as const, 'begin' as const), ...base, crew }),
  fc.record({ type: fc.constantFrom('decline' as const, 'hand-back' as const), ...base, crew, reason: fc.constantFrom('', 'why') }),
  fc.record({ type: fc.constant('repair' as const), ...base, crew, cause: fc.constant('x'), minutes: fc.nat(9), parts: fc.constant([]) }),
  fc.record({ type: fc.constantFrom('note' as const, 'photo' as const), ...base }),
  fc.record({
    type: fc.constantFrom('recall' as const, 'close' as const, 'reject' as const, 'reopen' as const),
    ...base,
    reason: fc.constantFrom('', 'why'),
  }),
  fc.record({ type: fc.constantFrom('refute' as const), at, words: fc.constant('') }),
  fc.record({ type: fc.constant('verify' as const), ...base, words: fc.constant('') }),
  fc.record({ type: fc.constant('merge' as const), ...base, into: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ type: fc.constant('relapse' as const), at }),
  fc.record({
    type: fc.constantFrom('cover' as const, 'uncover' as const),
    at,
    alarms: fc.subarray([1, 2, 3]),
    reports: fc.subarray([7, 8]),
    facilities: fc.subarray(['SL-1', 'SL-2']),
  }),
)

/** What must hold of every order, whoever did what in whatever order. */
function check(order: Order): void {
  const { state, holder, offer: offered, repair: mended, times } = order
  expect(isHeld(state) || state === 'verified' ? holder !== null : true).toBe(true)
  expect(offered !== null).toBe(state === 'dispatched')
  if (state === 'open' || state === 'dispatched' || state === 'rejected' || state === 'merged') expect(holder).toBeNull()
  if (state === 'repaired' || state === 'verified') expect(mended).not.toBeNull()
  if (state === 'verified') expect(order.verification).not.toBeNull()
  expect(order.closed !== null).toBe(isOver(state))
  expect(order.mergedInto !== null).toBe(state === 'merged')
  if (state === 'closed' && order.verification === null) expect(order.reason).not.toBe('')
  if (isHeld(state)) expect(times.accepted).not.toBeNull()
  if (isHeld(state) && progress.indexOf(state) >= progress.indexOf('arrived') && order.relapses === 0) expect(times.accepted).not.toBeNull()
  expect(order.facilities.length).toBeGreaterThan(0)
}

/** `ORDER_RUNS` asks for more, as a long run by hand does. */
const RUNS = Number(process.env.ORDER_RUNS ?? 3000)

test('no order reaches a state it must not, whoever did what in whatever order', { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      let order = fresh()
      for (const event of events) {
        const before = order
        try {
          order = stepOrder(before, event)
        } catch (problem) {
          if (!(problem instanceof LamplighterError)) throw problem
          continue
        }
        if (order === before) continue
        expect(order.version).toBe(before.version + 1)
        if (order.state !== before.state) expect(mayFollow[before.state]).toContain(order.state)
        check(order)
      }
    }),
    { numRuns: RUNS },
  )
})
