import { describe, expect, test } from 'vitest'
import type { Duty, Rotation } from '../../src/dispatch/duty.ts'
import { newOrder, type Order } from '../../src/dispatch/order.ts'
import {
  type Activation,
  bearsOn,
  type DutyChange,
  type KeptPlan,
  lateItems,
  progressOf,
  stepActivation,
} from '../../src/operations/emergency-plan.ts'
import { measuresOf } from '../../src/operations/emergency-plan-clock.ts'
import { dutyUnderPlans, exceptionsOfPlans } from '../../src/operations/emergency-plan-duty.ts'
import { type PlanWorld, planProblems } from '../../src/operations/emergency-plan-problems.ts'

const MINUTE = 60_000
const plan: KeptPlan = {
  ...{ id: 'storm', name: '台风', nameEn: '', kind: 'extreme-weather', area: 'district=North', priorities: [], measuresWithin: 60 },
  ...{ light: null, rounds: null, duty: [], instructions: '', version: 1, changedBy: 'Anna', changedAt: 0 },
  contacts: [{ name: 'Fire brigade', role: '', phone: '119', channel: null, account: null }],
  checklist: [
    { key: 'pumps', text: 'Pumps', owner: 'Otto', within: 10 },
    { key: 'tell', text: 'Tell', owner: '', within: null },
  ],
}
const active = (more: Partial<Activation> = {}): Activation => ({
  ...{ id: 1, plan, area: plan.area, drill: false, reason: 'wind', by: 'Anna', at: 1000, ended: null },
  ...{ done: {}, reached: {}, calls: [0], told: [] },
  ...more,
})
const ended = { at: 5000, by: 'Anna', note: 'calm' }

describe('an activation', () => {
  test('bears on the city from its begin to before its end, a drill never', () => {
    expect([999, 1000, 4999, 5000].map((at) => bearsOn(active({ ended }), at))).toEqual([false, true, true, false])
    expect(bearsOn(active(), 1e15)).toBe(true)
    expect(bearsOn(active({ drill: true }), 2000)).toBe(false)
  })

  test('what is done is done once, by the first, and can be taken back', () => {
    const once = stepActivation(active(), { type: 'do', item: 'pumps', at: 2000, by: 'Otto', note: 'two run' })
    expect(once.done).toEqual({ pumps: { at: 2000, by: 'Otto', note: 'two run' } })
    expect(stepActivation(once, { type: 'do', item: 'pumps', at: 3000, by: 'Eva', note: '' })).toBe(once)
    expect(stepActivation(once, { type: 'undo', item: 'pumps', at: 3000, by: 'Eva', note: '' }).done).toEqual({})
    const reached = stepActivation(once, { type: 'reach', contact: 0, at: 2000, by: 'Otto', note: '' })
    expect(progressOf(reached, 2000)).toEqual({ items: 2, done: 1, late: 0, calls: 1, reached: 1 })
    expect(progressOf(active(), 1000 + 10 * MINUTE)).toMatchObject({ done: 0, late: 1, reached: 0 })
  })

  test('is late with what has a time, when that is over and it is not done', () => {
    const at = (minutes: number) => lateItems(active(), 1000 + minutes * MINUTE).map(({ key }) => key)
    expect([at(9.99), at(10)]).toEqual([[], ['pumps']])
  })

  test('moves no more when it is over, and knows no item or contact that is not there', () => {
    const refused = (activation: Activation, item: string) => () =>
      stepActivation(activation, { type: 'do', item, at: 1, by: 'Otto', note: '' })
    expect(refused(active({ ended }), 'pumps')).toThrow(expect.objectContaining({ code: 'action-refused' }))
    expect(refused(active(), 'none')).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(() => stepActivation(active(), { type: 'reach', contact: 1, at: 1, by: 'Otto', note: '' })).toThrow(/no contact 1/)
  })
})

describe('duty under plans', () => {
  const team = (key: string, people: string[]) => ({ key, name: key, crew: null, people })
  const rotation: Rotation = {
    ...{ id: 'desk', name: 'Desk', start: '2026-01-01', cycle: {} },
    shifts: [{ key: 'day', name: 'Day', from: 480, to: 1200 }],
    teams: [team('a', ['Otto', 'Olga']), team('c', ['Cleo'])],
  }
  const duty: Duty[] = [
    { rotation: 'desk', team: rotation.teams[0]!, shift: rotation.shifts[0]!, from: 0, to: 9000, people: ['Otto', 'Olga'] },
  ]
  const under = (changes: DutyChange[], at = 2000, more: Partial<Activation> = {}) =>
    dutyUnderPlans(duty, [rotation], [active({ plan: { ...plan, duty: changes }, ...more })], at)
  const of = { rotation: 'desk', team: 'a' }

  test('a team is called in day and night, in shifts of a day from the activation on', () => {
    const [, called] = under([{ type: 'call-in', rotation: 'desk', team: 'c' }], 1000 + 25 * 60 * MINUTE)
    expect(called).toMatchObject({ team: { key: 'c' }, people: ['Cleo'], shift: { key: 'plan-1', name: '台风' } })
    expect([called?.from, called?.to]).toEqual([1000 + 24 * 60 * MINUTE, 1000 + 48 * 60 * MINUTE])
    // One that is there already stays as it is.
    expect(under([{ type: 'call-in', ...of }])).toEqual(duty)
  })

  test('teams stand down, people are replaced or come in addition', () => {
    expect(under([{ type: 'stand-down', ...of }])).toEqual([])
    const people = (away: string | null, substitute: string | null) => under([{ type: 'stand-in', ...of, away, substitute }])[0]?.people
    expect([people('Otto', 'Cleo'), people('Otto', null), people(null, 'Cleo')]).toEqual([
      ['Olga', 'Cleo'],
      ['Olga'],
      ['Otto', 'Olga', 'Cleo'],
    ])
  })

  test('nothing is otherwise before, afterwards and in a drill', () => {
    const changes: DutyChange[] = [{ type: 'stand-down', ...of }]
    expect([under(changes, 999), under(changes, 5000, { ended }), under(changes, 2000, { drill: true })]).toEqual([duty, duty, duty])
  })

  test('what is planned shows who is away', () => {
    const changes: DutyChange[] = [
      { type: 'stand-down', ...of },
      { type: 'stand-in', ...of, away: 'Otto', substitute: 'Cleo' },
      { type: 'call-in', rotation: 'desk', team: 'c' },
    ]
    const found = exceptionsOfPlans([active({ plan: { ...plan, duty: changes } })], 2000)
    expect(found.map(({ person, substitute, from, reason }) => [person, substitute, from, reason])).toEqual([
      [null, null, 1000, '台风'],
      ['Otto', 'Cleo', 1000, '台风'],
    ])
  })
})

describe('the clock of measures', () => {
  const order = (more: Partial<Order> = {}): Order => ({
    ...newOrder({
      ...{ origin: 'alarm', class: 'ordinary', title: { zh: '', en: '' }, facilities: ['T-1'], alarms: [], reports: [], group: 'g' },
      ...{ district: '', domain: 'water', keyArea: false, created: 500, createdBy: 'rule', arriveBy: 1, repairBy: 2 },
    }),
    ...more,
  })
  const measures = (one: Order, activations: Activation[], isIn = true) => measuresOf(one, activations, () => isIn, 2000)

  test('runs from when both the order and the plan were there, and the nearest counts', () => {
    const quick = active({ id: 2, plan: { ...plan, measuresWithin: 30, nameEn: 'Quick' } })
    expect(measures(order(), [active(), quick])).toEqual({
      activation: 2,
      plan: '台风',
      planEn: 'Quick',
      by: 1000 + 30 * MINUTE,
      takenAt: null,
    })
    expect(measures(order({ opened: 1500 }), [active()])?.by).toBe(1500 + 60 * MINUTE)
    expect(measures(order({ times: { dispatched: 1, accepted: 1, setOut: 1, arrived: 1, begun: 1800 } }), [active()])?.takenAt).toBe(1800)
  })

  test('there is none elsewhere, of what is over, of a drill, and of a plan that sets none', () => {
    expect(measures(order(), [active()], false)).toBeNull()
    expect(measures(order({ state: 'closed' }), [active()])).toBeNull()
    expect(measures(order(), [active({ drill: true }), active({ plan: { ...plan, measuresWithin: null } })])).toBeNull()
  })
})

describe('what is wrong with a plan', () => {
  const world: PlanWorld = {
    ...{ accounts: new Set(['Otto']), channels: new Set(['bureau']), rules: new Set(['tank/high']), kinds: new Set(['tank']) },
    ...{ teams: new Map([['desk', new Set(['a'])]]), programmes: new Set(['fog']) },
  }
  const problems = (more: Partial<KeptPlan>) => planProblems({ ...plan, ...more }, world).map(({ at }) => at)
  const of = { rotation: 'desk', team: 'a' }
  const contact = { name: 'X', role: '', phone: '', channel: null, account: null }
  test.each<[string, Partial<KeptPlan>, string[]]>([
    ['nothing', {}, []],
    ['an area that is everything', { area: '' }, ['area']],
    ['an area that cannot be read', { area: 'colour=red' }, ['area']],
    ['a kind that there is not', { area: 'kind=boat' }, ['area']],
    ['a rule that there is not', { priorities: [{ domains: 'all', rules: ['tank/none'], to: 'high' }] }, ['priorities.0.rules']],
    ['a level and a programme', { light: { query: '', level: 5, programme: 'fog' } }, ['light.level']],
    ['a programme that there is not', { light: { query: '', level: null, programme: 'none' } }, ['light.programme']],
    ['rounds that cannot be read', { rounds: { query: 'colour=red', factor: 2 } }, ['rounds.query']],
    ['a rotation that there is not', { duty: [{ type: 'call-in', rotation: 'none', team: 'a' }] }, ['duty.0.rotation']],
    ['a team that there is not', { duty: [{ type: 'stand-down', rotation: 'desk', team: 'z' }] }, ['duty.0.team']],
    ['an account that there is not', { duty: [{ type: 'stand-in', ...of, away: 'Nina', substitute: null }] }, ['duty.0.substitute']],
    ['a change that is none', { duty: [{ type: 'stand-in', ...of, away: null, substitute: null }] }, ['duty.0.substitute']],
    ['a contact that nobody can reach', { contacts: [contact] }, ['contacts.0.phone']],
    ['a channel that there is not', { contacts: [{ ...contact, channel: 'none' }] }, ['contacts.0.channel']],
    ['two items of one key', { checklist: [plan.checklist[0]!, plan.checklist[0]!] }, ['checklist.1.key']],
  ])('%s', (_, more, at) => expect(problems(more)).toEqual(at))
})
