import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CrewAction, takeAction } from '../../src/dispatch/crew-action.ts'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import { type OrderEvent, stepOrder } from '../../src/dispatch/order-step.ts'

const order: Order = {
  ...newOrder({
    ...{ origin: 'alarm', class: 'ordinary', title: { zh: '', en: '' }, facilities: ['SL-1'], alarms: [1], reports: [] },
    ...{ group: 'g', district: '', domain: 'lighting', keyArea: false, created: 1000, createdBy: 'rule', arriveBy: 0, repairBy: 0 },
  }),
  id: 1,
}
const offered = stepOrder(order, { type: 'dispatch', crews: ['A', 'B'], at: 1001, until: 9999, step: 0 })
const action = (more: Partial<CrewAction> & Pick<CrewAction, 'type'>): CrewAction =>
  ({ id: 'x', order: 1, at: 2000, ...more }) as CrewAction
const anna = { crew: 'A', person: 'Anna' }
const bert = { crew: 'B', person: 'Bert' }

test('a phone whose clock is wrong puts no step before the order or into the future', () => {
  expect(takeAction(offered, action({ type: 'accept', at: 5 }), anna, 5000).order.times.accepted).toBe(1000)
  expect(takeAction(offered, action({ type: 'accept', at: 9e9 }), anna, 5000).order.times.accepted).toBe(5000)
})

test('who was out of reach while another crew took it is told, and moves nothing', () => {
  const taken = takeAction(offered, action({ type: 'accept' }), bert, 3000).order
  const late = takeAction(taken, action({ type: 'accept', at: 1500 }), anna, 4000)
  expect(late).toMatchObject({ outcome: 'kept', why: expect.stringContaining('taken by B') })
  expect(late.order).toBe(taken)
})

/** A crew without a network does this in this order; sent in one go later, perhaps twice. */
const phone = (crew: string) =>
  fc
    .array(fc.constantFrom<CrewAction['type']>('accept', 'set-out', 'arrive', 'begin', 'repair', 'photo', 'note', 'decline', 'hand-back'), {
      maxLength: 8,
    })
    .map((types) =>
      types.map((type, i): CrewAction & { crew: string } => ({
        ...(action({ type }) as CrewAction),
        ...{ id: `${crew}${i}`, at: 1000 + i, crew, reason: 'why', text: 'n', photo: 'p', cause: 'c', minutes: 1, parts: [] },
      })),
    )
const desk: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.constant<OrderEvent>({ type: 'dispatch', crews: ['A', 'B'], at: 1, until: 2, step: 0 }),
  fc.constantFrom<OrderEvent>(
    { type: 'recall', at: 1, by: 'Dora', reason: 'r' },
    { type: 'verify', at: 1, by: 'telemetry', words: '' },
    { type: 'refute', at: 1, words: '' },
    { type: 'close', at: 1, by: 'Dora', reason: 'r' },
    { type: 'reject', at: 1, by: 'Dora', reason: 'r' },
    { type: 'relapse', at: 1 },
    { type: 'reopen', at: 1, by: 'Dora', reason: 'r' },
  ),
)

const RUNS = Number(process.env.ORDER_RUNS ?? 2000)

test('phones out of reach, sent in any order and twice: nothing is lost, nothing counts twice', { timeout: 600_000 }, () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(phone('A'), phone('B'), fc.array(desk, { maxLength: 6 }), fc.infiniteStream(fc.nat(5)), (a, b, dispatcher, turns) => {
      const queues: [(CrewAction & { crew: string })[], (CrewAction & { crew: string })[]] = [[...a], [...b]]
      const orders = [...dispatcher]
      const log = new Map<string, string>()
      let current = offered
      let sentAgain: (CrewAction & { crew: string }) | null = null
      while (queues[0].length + queues[1].length + orders.length > 0) {
        const turn = turns.next().value as number
        if (turn === 5 && orders.length > 0) {
          try {
            current = stepOrder(current, orders.shift() as OrderEvent)
          } catch {
            continue
          }
          continue
        }
        const queue = queues[turn % 2] as (typeof queues)[0]
        // The answer was lost: the phone sends it again.
        const next: (CrewAction & { crew: string }) | undefined = turn === 4 && sentAgain ? sentAgain : queue.shift()
        if (!next) {
          if (queues[0].length + queues[1].length === 0 && orders.length > 0) orders.shift()
          continue
        }
        sentAgain = next
        if (log.has(next.id)) continue
        const before = current
        const taken = takeAction(current, next, { crew: next.crew, person: next.crew }, 5000)
        log.set(next.id, taken.outcome)
        current = taken.order
        reached.add(current.state)
        if (taken.outcome !== 'done') expect(current).toBe(before)
        if (taken.outcome === 'kept') expect(taken.why).not.toBe('')
        // Nobody's photo or note is refused, whatever became of the order.
        if (next.type === 'photo' || next.type === 'note') expect(taken.outcome).toBe('done')
      }
      const sent = [...a, ...b]
      expect(log.size).toBe(sent.length)
      expect(current.photos).toBe(sent.filter(({ type }) => type === 'photo').length)
      expect(current.notes).toBe(sent.filter(({ type }) => type === 'note').length)
    }),
    { numRuns: RUNS },
  )
  expect([...reached].sort()).toEqual(expect.arrayContaining(['accepted', 'arrived', 'on-the-way', 'open', 'repaired', 'repairing']))
})
