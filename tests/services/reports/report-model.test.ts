import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { reportPolicies, usualDispatchPolicy } from '../../../src/dispatch/dispatch-policy.ts'
import { isAsUrgent, isOver, type Order } from '../../../src/dispatch/order.ts'
import type { OrderEvent } from '../../../src/dispatch/order-step.ts'
import { takesMore } from '../../../src/dispatch/work-group.ts'
import { LamplighterError } from '../../../src/errors.ts'
import { classOf, type ReportKind, reportKinds } from '../../../src/operations/citizen-report.ts'
import { HOUR, lamps, startTown, type Town } from './town.ts'

const lamp = fc.constantFrom(...lamps)
const which = fc.nat(20)
const kind = fc.constantFrom(...(Object.keys(reportKinds) as ReportKind[]), 'dark' as const, 'dark' as const)
type Step = (town: Town) => void
const pick = <T>(items: readonly T[], n: number): T | undefined => items[n % items.length]
const orderOf = ({ state }: Town, n: number): Order | undefined => pick(state.orders.list({ limit: 50 }).items, n)
const act = (n: number, event: (order: Order, at: number) => OrderEvent): Step => {
  return (town) => {
    const order = orderOf(town, n)
    const at = town.clock.now
    if (order) town.desk.book.change(() => town.desk.book.step(order, event(order, at), { by: 'test' }, at))
  }
}
const crew = { crew: 'A', by: 'Anna' }
/** A crew goes all the way to a repair, and the desk verifies and closes it where it is asked to. */
const repairs = (n: number, isClosed: boolean): Step => {
  return (town) => {
    act(n, (_, at) => ({ type: 'dispatch', crews: ['A'], at, until: at + HOUR, step: 0 }))(town)
    act(n, (_, at) => ({ type: 'accept', at, ...crew }))(town)
    act(n, (_, at) => ({ type: 'repair', at, ...crew, cause: 'x', minutes: 1, parts: [] }))(town)
    if (!isClosed) return
    act(n, (_, at) => ({ type: 'verify', at, by: 'telemetry', words: '' }))(town)
    act(n, (_, at) => ({ type: 'close', at, by: 'telemetry', reason: '' }))(town)
  }
}
const step: fc.Arbitrary<[name: string, step: Step]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ kind, code: fc.option(lamp, { freq: 8 }), isCall: fc.boolean() })
      .map(({ kind, code, isCall }): [string, Step] => [
        `report ${kind} ${code}`,
        (town) => {
          town.report({ kind, code, position: [121, 31] }, isCall ? 'Otto' : null)
        },
      ]),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(which, fc.boolean()).map(([n, isClosed]): [string, Step] => [`repair ${n} ${isClosed}`, repairs(n, isClosed)]),
  },
  fc.integer({ min: 1, max: 800 }).map((hours): [string, Step] => [`wait ${hours} h`, (town) => town.pass(hours * HOUR)]),
  which.map((n): [string, Step] => [`reject ${n}`, act(n, (_, at) => ({ type: 'reject', at, by: 'Dora', reason: 'why' }))]),
  which.map((n): [string, Step] => [`close ${n}`, act(n, (_, at) => ({ type: 'close', at, by: 'Dora', reason: 'why' }))]),
  which.map((n): [string, Step] => [`reopen ${n}`, act(n, (_, at) => ({ type: 'reopen', at, by: 'Dora', reason: 'why' }))]),
  which.map((n): [string, Step] => [`relapse ${n}`, act(n, (_, at) => ({ type: 'relapse', at }))]),
  fc.tuple(which, which).map(([n, m]): [string, Step] => [
    `merge ${n} into ${m}`,
    (town) => {
      const [order, into] = [orderOf(town, n), orderOf(town, m)]
      if (order && into) town.orders.merge({ id: order.id }, into.id, 'why', 'Dora')
    },
  ]),
  fc.tuple(which, lamp).map(([n, id]): [string, Step] => [
    `split ${n} ${id}`,
    (town) => {
      const order = orderOf(town, n)
      if (order) town.orders.split({ id: order.id }, [id], 'why', 'Dora')
    },
  ]),
  lamp.map((id): [string, Step] => [
    `make order ${id}`,
    ({ orders }) => void orders.create({ facilities: [id], class: 'ordinary', title: { zh: '', en: '' }, note: '' }, WHOLE_CITY, 'Dora'),
  ]),
  fc.tuple(which, fc.boolean(), lamp).map(([n, isClose, id]): [string, Step] => [
    `${isClose ? 'close' : 'order'} report ${n}`,
    ({ reports }) => {
      const report = pick(reports.list({ limit: 50 }).items, n)?.report
      if (!report) return
      if (isClose) reports.close(report.id, 'why', 'Otto')
      else reports.makeOrder(report.id, { facility: report.facility ?? id }, 'Otto')
    },
  ]),
  fc
    .constantFrom(...reportPolicies)
    .map((reports): [string, Step] => [
      `policy ${reports}`,
      ({ state }) => state.roster.setDispatchPolicy({ ...usualDispatchPolicy, reports }),
    ]),
)

/** What must hold of all reports, whatever happened. */
function check({ state, reports }: Town): void {
  const all = state.reports.list({ limit: 500 }).items
  expect(new Set(all.map(({ number }) => number)).size).toBe(all.length)
  for (const report of all) {
    const where = `report ${report.id}`
    expect(report.closed === null, where).toBe(report.closedBy === null)
    const { first, order: orderId } = reports.report(report.id) as NonNullable<ReturnType<Town['reports']['report']>>
    const order = orderId === null ? null : (state.orders.order(orderId) as Order)
    if (report.duplicateOf !== null) {
      expect([first.duplicateOf, report.order], where).toEqual([null, null])
      // No duplicate outlives its first, and none is closed before it but by a person.
      if (first.closed !== null) expect(report.closed, where).not.toBeNull()
      else expect([null, 'desk'], where).toContain(report.closedBy)
    }
    if (!order) continue
    expect(order.state, where).not.toBe('merged')
    if (isOver(order.state)) expect(first.closed, where).not.toBeNull()
    else expect([null, 'desk'], where).toContain(first.closedBy)
  }
  const open = state.orders.open().map(({ order }) => order)
  for (const { id, kind, group, facility } of all.filter((one) => one.closed === null && one.order === null && one.duplicateOf === null)) {
    if (facility === null) continue
    // None waits for the desk beside an order that would take it.
    const taking = open.filter((order) => order.group === group && takesMore(order) && isAsUrgent(order.class, classOf(kind)))
    expect(taking, `report ${id}`).toEqual([])
  }
  for (const order of state.orders.list({ limit: 500 }).items) {
    // Whoever works at an order is told of every report that goes with it.
    for (const { id, closedBy } of state.reports.ofOrder(order.id)) if (closedBy !== 'desk') expect(order.reports).toContain(id)
  }
}

/** `REPORT_RUNS` asks for more, as a long run by hand does. */
const RUNS = Number(process.env.REPORT_RUNS ?? 200)

test('no report stays open after its order is over, no duplicate outlives its first, and no number comes twice', {
  timeout: 600_000,
}, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const town = startTown()
      try {
        for (const [name, act] of steps) {
          try {
            act(town)
          } catch (problem) {
            if (!(problem instanceof LamplighterError)) throw new Error(name, { cause: problem })
          }
          check(town)
        }
      } finally {
        town.state.close()
      }
    }),
    { numRuns: RUNS },
  )
})
