import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { usualDispatchPolicy } from '../../../src/dispatch/dispatch-policy.ts'
import type { Order } from '../../../src/dispatch/order.ts'
import { newUser } from '../../../src/edges/http/session.ts'
import type { Facility } from '../../../src/facilities/plant.ts'
import { RepairProofs } from '../../../src/services/dispatch/repair-proof.ts'
import { PERSONAL_KEPT } from '../../../src/services/reports/report-services.ts'
import { aLiveAlarm } from '../../alarms/fixtures.ts'
import { HOUR, startTown, type Town } from './town.ts'

let town: Town
beforeEach(() => {
  town = startTown()
})
afterEach(() => town.state.close())

const orders = () => [...town.desk.book.open()]
const only = (): Order => {
  expect(orders()).toHaveLength(1)
  return orders()[0] as Order
}
const again = (id: number) => town.reports.report(id)?.report
/** All the way to a repair that telemetry bears out. */
const repair = ({ id }: Order) => {
  const { book } = town.desk
  const at = town.clock.now
  const step = (event: Parameters<typeof book.step>[1]) => book.change(() => book.step(book.known(id), event, { by: 'test' }, at))
  step({ type: 'dispatch', crews: ['A'], at, until: at + HOUR, step: 0 })
  step({ type: 'accept', at, crew: 'A', by: 'Anna' })
  step({ type: 'repair', at, crew: 'A', by: 'Anna', cause: 'driver', minutes: 20, parts: [] })
  return {
    close() {
      step({ type: 'verify', at: town.clock.now, by: 'telemetry', words: '' })
      step({ type: 'close', at: town.clock.now, by: 'telemetry', reason: '' })
    },
  }
}
const wordsOf = ({ id }: Order) => town.orders.logOf(id, 1e9, 50).items.map(({ words }) => words)
const policy = (reports: 'off' | 'danger' | 'all') => town.state.roster.setDispatchPolicy({ ...usualDispatchPolicy, reports })
const alarmOf = (facility: string, more: Parameters<typeof aLiveAlarm>[0] = {}) =>
  aLiveAlarm({ id: 7, facility, kind: 'street-light', rule: 'lamp-failure', ...more })

describe('a report', () => {
  test('becomes an order at once, which ends it', () => {
    const { report, state } = town.report()
    expect([state, report.known, report.duplicateOf]).toEqual(['received', false, null])
    expect(only()).toMatchObject({ origin: 'report', class: 'ordinary', facilities: ['SL-1'], reports: [report.id], createdBy: 'rule' })
    expect(only().title.en).toBe('Reported by a citizen: Lamp is dark')
    repair(only()).close()
    expect(again(report.id)).toMatchObject({ closed: town.clock.now, closedBy: 'order', reason: '' })
    expect(town.reports.ofNumber(report.number)).toMatchObject({ state: 'done' })
  })

  test('sent twice counts once', () => {
    const first = town.report({ madeId: 'the same page id' })
    expect(town.report({ madeId: 'the same page id', code: 'SL-3' })).toEqual(first)
    expect(town.state.reports.list({ limit: 9 }).items).toHaveLength(1)
  })

  test('on the same circuit joins the first with its lamp and closes with it, also by hand', () => {
    const first = town.report()
    const second = town.report({ code: 'SL-2' })
    expect(second.report).toMatchObject({ duplicateOf: first.report.id, known: true })
    expect(only().facilities).toEqual(['SL-1', 'SL-2'])
    expect(town.report({ code: 'SL-3' }).report.duplicateOf).toBeNull()
    town.reports.close(first.report.id, 'It is the landlord’s lamp.', 'Otto')
    expect(again(second.report.id)).toMatchObject({ closedBy: 'first', reason: 'It is the landlord’s lamp.' })
    expect(town.reports.ofNumber(second.report.number)?.state).toBe('not-repaired')
  })

  test('of the same lamp is kept twenty times; whoever comes later is given the number of the last, and a caller one of their own', () => {
    const first = town.report()
    const numbers = Array.from({ length: 40 }, () => town.report().report.number)
    expect([new Set(numbers).size, numbers.at(-1)]).toEqual([20, numbers[19]])
    expect(town.state.reports.countDuplicates(first.report.id)).toBe(20)
    expect(town.report({ code: 'SL-2' }).report).toMatchObject({ duplicateOf: first.report.id, facility: 'SL-2' })
    expect(numbers).not.toContain(town.report({}, 'Otto').report.number)
  })
  test('on another circuit of the same cabinet is the same failure within five minutes, and a first report of its own', () => {
    town.report()
    const { report } = town.report({ code: 'SL-3' })
    expect([report.duplicateOf, report.known, report.order]).toEqual([null, true, only().id])
    expect(only()).toMatchObject({ facilities: ['SL-1', 'SL-3'], reports: [1, 2] })
  })

  test('of a danger waits for nothing: it has an order of its own beside that of the dark lamp', () => {
    town.report()
    const { report } = town.report({ kind: 'live-part' })
    expect(report.duplicateOf).toBeNull()
    expect(orders().map((order) => order.class)).toEqual(['ordinary', 'danger'])
    expect(town.report({ kind: 'cabinet-open' }).report.duplicateOf).toBe(report.id)
  })

  test('goes with its order into the one it is merged into, and with its lamp when that is split off', () => {
    const one = town.report()
    town.pass(HOUR)
    const two = town.report({ code: 'SL-3' })
    const [a, b] = orders() as [Order, Order]
    town.orders.merge({ id: a.id }, b.id, 'same cable', 'Dora')
    expect([again(one.report.id)?.order, again(two.report.id)?.order]).toEqual([b.id, b.id])
    const split = town.orders.split({ id: b.id }, ['SL-1'], 'another crew', 'Dora')
    expect([again(one.report.id)?.order, again(two.report.id)?.order]).toEqual([split.id, b.id])
    expect([split.reports, town.orders.order(b.id)?.reports]).toEqual([[one.report.id], [two.report.id]])
    town.orders.reject({ id: split.id }, 'not ours', 'Dora')
    expect([again(one.report.id)?.closedBy, again(two.report.id)?.closed]).toEqual(['order', null])
    expect(town.reports.ofNumber(one.report.number)?.state).toBe('not-repaired')
    town.orders.reopen({ id: split.id }, 'ours after all', 'Dora')
    expect(again(one.report.id)).toMatchObject({ closed: null, closedBy: null })
  })

  test('within 72 h of the repair opens the order again; later it is a new one', () => {
    const first = town.report()
    const { id } = only()
    repair(only()).close()
    town.clock.now += 71 * HOUR
    town.notices.length = 0
    const second = town.report()
    expect(only()).toMatchObject({ id, relapses: 1, reports: [first.report.id, second.report.id] })
    expect(town.notices.map(({ type }) => type)).toEqual(['relapsed'])
    expect(again(first.report.id)?.closed).toBeNull()
    repair(only()).close()
    town.clock.now += 73 * HOUR
    town.report()
    expect(only().id).not.toBe(id)
  })

  test('that went into the order of another circuit opens that again', () => {
    town.report()
    town.report({ code: 'SL-3' })
    const { id } = only()
    repair(only()).close()
    town.clock.now += 10 * HOUR
    expect(town.report({ code: 'SL-3' }).order).toBe(id)
    expect(only()).toMatchObject({ id, relapses: 1 })
  })

  test('on a lamp that is out of service is known, and waits for the desk; not what can kill', () => {
    town.plant.put({ ...(town.plant.get('SL-1') as Facility), mode: 'out-of-service' })
    expect(town.report().report).toMatchObject({ known: true, telemetry: 'unknown', order: null })
    expect(town.reports.place('SL-1')?.known?.isDanger).toBe(false)
    expect(town.report({ kind: 'live-part' }).report.known).toBe(false)
    expect(only().class).toBe('danger')
    expect(town.reports.place('SL-1')?.known?.isDanger).toBe(true)
  })

  test('after the crew calls it repaired stands in the log of its order', () => {
    town.report()
    repair(only())
    const { report } = town.report()
    expect(report.duplicateOf).toBe(1)
    expect(wordsOf(only())).toContain('report 2: Lamp is dark, after the repair')
    // Another lamp of the circuit is not what was repaired.
    expect(town.report({ code: 'SL-2' }).report.duplicateOf).toBeNull()
    expect(orders()).toHaveLength(2)
  })

  test('contradicted by telemetry is an order all the same, of which the crew is told', () => {
    town.findings.set('SL-1', 'lit')
    const { report } = town.report()
    expect(report.telemetry).toBe('disagrees')
    expect(wordsOf(only())).toContain('report 1: Lamp is dark; telemetry says that the lamp burns')
  })

  test('explained by an alarm says that it is known, waits for what becomes of that, and goes with its order', () => {
    town.findings.set('SL-1', 'dark')
    town.alarms.push(alarmOf('SL-1'))
    const { report } = town.report()
    expect([report.known, report.telemetry, report.order, orders()]).toEqual([true, 'confirms', null, []])
    expect(town.reports.place('sl-1')?.known).toEqual({ state: 'received', since: town.alarms[0]?.activated, isDanger: false })
    const order = town.orders.create(
      { facilities: ['SL-2'], class: 'ordinary', title: { zh: '', en: '' }, note: '' },
      { districts: 'all', domains: 'all' },
      'Dora',
    )
    expect(again(report.id)?.order).toBe(order.id)
    expect(only()).toMatchObject({ facilities: ['SL-2', 'SL-1'], reports: [report.id] })
  })

  test.each([
    { what: 'silence', finding: 'dark', more: { evidence: { ...alarmOf('x').evidence, ruleType: 'silence' } } },
    { what: 'an alarm of the past', finding: 'dark', more: { historical: true } },
    { what: 'another fault of a lamp that burns', finding: 'lit', more: {} },
  ] as const)('is not explained by $what', ({ finding, more }) => {
    town.findings.set('SL-1', finding)
    town.alarms.push(alarmOf('SL-1', more))
    expect(town.report().report.known).toBe(false)
    expect(only().reports).toEqual([1])
  })

  test('waits for the desk where the policy says so, and is seen again later', () => {
    policy('off')
    const { report } = town.report()
    expect([orders(), town.reports.figures().waiting]).toEqual([[], 1])
    policy('all')
    expect(town.report().report.duplicateOf).toBe(report.id)
    expect(only().reports).toEqual([report.id])
    expect(town.reports.figures()).toMatchObject({ open: 2, waiting: 0 })
  })

  test('without a facility waits for the desk, which names it; it may be one of many', () => {
    const one = town.report({ code: null, position: [121, 31] })
    expect(orders()).toEqual([])
    const made = town.reports.makeOrder(one.report.id, { facility: 'SL-1', class: 'severe' }, 'Otto')
    expect(made).toMatchObject({ order: only().id, report: { facility: 'SL-1', district: 'North' } })
    expect(only()).toMatchObject({ class: 'severe', createdBy: 'Otto' })
    const two = town.report({ code: null, position: [121, 31] })
    expect(town.reports.makeOrder(two.report.id, { facility: 'SL-2' }, 'Otto').report.duplicateOf).toBe(one.report.id)
    expect(() => town.reports.makeOrder(two.report.id, {}, 'Otto')).toThrow(/goes with report 1/)
    const three = town.report({ code: null, position: [121, 31] })
    expect(() => town.reports.makeOrder(three.report.id, {}, 'Otto')).toThrow(/which facility/)
  })

  test('of a danger that has become no order wakes the desk, twenty times in an hour at most', () => {
    town.state.people.putUser(newUser('Dora', 'dispatcher', WHOLE_CITY, 'admin', 0))
    town.report({ kind: 'live-part' })
    town.report({ code: null, position: [121, 31] })
    expect(town.told).toEqual([])
    for (let i = 0; i < 30; i++) town.report({ kind: 'live-part', code: null, position: [121, 31] })
    expect(town.told).toHaveLength(20)
    expect(town.told[0]).toMatchObject({ type: 'report.danger', urgent: true, accounts: ['Dora'], text: { en: '121.00000, 31.00000' } })
    expect(JSON.stringify(town.told)).not.toMatch(/Monday|138/)
  })

  test('of the page makes 60 orders in an hour at most; those of the telephone and of dangers are not held up by it', () => {
    const { plant } = town
    for (let n = 100; n < 200; n++) {
      plant.put({
        ...(plant.get('SL-1') as Facility),
        id: `SL-${n}`,
        number: n,
        fedBy: null,
        road: `R${n}`,
      })
    }
    for (let n = 100; n < 180; n++) town.report({ code: `SL-${n}` })
    expect([orders().length, town.reports.figures().waiting]).toEqual([60, 20])
    town.report({ code: 'SL-190' }, 'Otto')
    town.report({ code: 'SL-191', kind: 'live-part' })
    expect([orders().length, town.reports.figures().waiting]).toEqual([62, 20])
    town.clock.now += HOUR
    for (let n = 180; n < 190; n++) town.report({ code: `SL-${n}` })
    expect(orders()).toHaveLength(72)
  })

  test('leaves nothing of whoever reported it in audit and log', () => {
    const { report } = town.report({ words: 'Call Ms Wang', contact: '13812345678' })
    town.report({ code: 'SL-3', words: 'Call Mr Li', contact: '13912345678' }, 'Otto')
    town.reports.close(report.id, 'not ours', 'Otto')
    town.reports.noteRefused()
    town.reports.tick()
    town.clock.now += HOUR
    town.reports.tick()
    const trail = town.state.auditTrail({ limit: 99 }).items
    expect(trail.map(({ action }) => action)).toEqual(['citizen-reports', 'report-close', 'report-enter'])
    expect(trail[0]).toMatchObject({ by: 'public', detail: expect.stringMatching(/^1 taken, 1 refused since /) })
    const log = town.state.orders.logBetween(0, Number.MAX_SAFE_INTEGER, 0, 99).items
    expect(JSON.stringify([trail, log])).not.toMatch(/Wang|Li\b|138|139/)
  })

  test('nobody can be reached by a report 90 days after it was closed, or came in if it is open, with a pole or without', () => {
    const contact = '13812345678'
    const reports = [
      town.report({ contact }),
      town.report({ code: 'SL-3', contact }, 'Otto'),
      town.report({ code: null, position: [121, 31], contact }),
      town.report({ code: null, position: [121, 31], contact, words: 'at the crossing' }),
    ]
    const contacts = () => reports.map(({ report }) => again(report.id)?.contact)
    town.clock.now += HOUR
    // With a pole, and without.
    for (const i of [0, 2]) town.reports.close(reports[i]!.report.id, 'not ours', 'Otto')
    town.clock.now += PERSONAL_KEPT - HOUR
    town.reports.tick()
    expect(contacts()).toEqual([contact, contact, contact, contact])
    town.clock.now += HOUR
    town.reports.tick()
    expect(contacts()).toEqual([contact, '', contact, ''])
    // The desk can still tell what the open one is about.
    expect(again(reports[3]!.report.id)?.words).toBe('at the crossing')
    town.clock.now += HOUR
    town.reports.tick()
    expect(contacts()).toEqual(['', '', '', ''])
  })

  test('tells whoever listens of itself and of all that changes with it', () => {
    const heard: number[][] = []
    town.reports.onChange((reports) => heard.push(reports.map(({ report }) => report.id)))
    town.report()
    town.report({ code: 'SL-2' })
    town.orders.reject({ id: only().id }, 'not ours', 'Dora')
    expect(heard.at(-1)?.sort()).toEqual([1, 2])
    expect(heard).toHaveLength(3)
  })

  test('follows its order also where that was carried on before anybody followed it', () => {
    const { report } = town.report()
    const { id } = only()
    town.state.orders.update({ ...only(), state: 'rejected', closed: 5 })
    const restarted = town.restart()
    expect(restarted.report(report.id)).toMatchObject({ order: id, report: { closed: 5, closedBy: 'order' } })
  })
})

describe('the proof of a repair that was reported', () => {
  const proofs = () => {
    const { proofParts } = town
    return new RepairProofs(proofParts).of(only(), town.clock.now)
  }

  test('is a matter of people where telemetry never saw the fault', () => {
    town.findings.set('SL-1', 'lit')
    town.report()
    town.report({ code: 'SL-2' })
    expect(proofs().map(({ facility, isMute }) => [facility, isMute])).toEqual([
      ['SL-1', true],
      ['SL-2', false],
    ])
  })

  test('is refuted by an alarm that came after it, though it is none of the order', () => {
    town.report()
    expect(proofs()).toMatchObject([{ isFaulty: false }])
    town.alarms.push(alarmOf('SL-1'))
    expect(proofs()).toMatchObject([{ isFaulty: true }])
  })
})
