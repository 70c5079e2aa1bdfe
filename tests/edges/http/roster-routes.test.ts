import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { usualDispatchPolicy } from '../../../src/dispatch/dispatch-policy.ts'
import { type City, startCity } from '../city.ts'
import { signInLimited } from '../limited.ts'

let city: City
const cookies: Record<string, string> = {}
const as = (name: string) => (method: string, path: string, body?: unknown) =>
  city.ask(method, path, body, { cookie: cookies[name] as string })

const crew = {
  name: 'One',
  districts: ['North'],
  domains: 'all',
  vehicle: '冀A12345',
  members: ['Anna'],
  base: [114.5, 38],
  disabled: false,
}
const rotation = {
  ...{ name: 'Lights', start: '2026-11-01' },
  shifts: [
    { key: 'day', name: 'Day', from: 480, to: 1200 },
    { key: 'night', name: 'Night', from: 1200, to: 480 },
  ],
  teams: [
    { key: 'a', name: 'A', crew: 'one', people: ['Anna'] },
    { key: 'b', name: 'B', crew: null, people: ['Bert'] },
  ],
  cycle: { a: ['day', 'night'], b: ['night', 'day'] },
}
const noon = Date.parse('2026-11-01T12:00+08:00')

beforeAll(async () => {
  city = await startCity()
  city.clock.stoppedAt = noon
  for (const name of ['Anna', 'Bert', 'Cleo']) await city.addPerson(name, 'crew')
  await city.addPerson('Dora', 'dispatcher')
  for (const name of ['Anna', 'Dora']) {
    await city.signIn(name)
    cookies[name] = city.cookie()
  }
  cookies.Eva = await signInLimited(city, 'Eva', 'dispatcher', { districts: ['North'], domains: 'all' })
  city.services.putFacilities([{ id: 'T-1', kind: 'tank', name: 'Tank', district: 'North' }], 'test')
})
afterAll(() => city.stop())
beforeEach(async () => {
  for (const { id } of city.state.roster.rotations()) city.state.roster.removeRotation(id)
  for (const { id } of city.state.roster.crews()) city.state.roster.removeCrew(id)
  city.state.roster.setDispatchPolicy(usualDispatchPolicy)
  expect((await as('Dora')('PUT', '/api/roster/crews/one', crew)).status).toBe(200)
  expect((await as('Dora')('PUT', '/api/roster/rotations/lights', rotation)).status).toBe(200)
})
const audited = () => city.state.auditTrail({ limit: 1 }).items[0]

describe('duty', () => {
  test('says who is on duty, until when, and when that changes', async () => {
    const { status, body } = await as('Anna')('GET', '/api/duty')
    expect(status).toBe(200)
    const end = Date.parse('2026-11-01T20:00+08:00')
    expect(body).toEqual({
      at: noon,
      items: [
        {
          ...{ rotation: 'lights', rotationName: 'Lights', team: 'a', teamName: 'A', crew: 'one', shift: 'day', shiftName: 'Day' },
          ...{ from: Date.parse('2026-11-01T08:00+08:00'), to: end, people: [{ account: 'Anna', name: 'Anna' }] },
        },
      ],
      handovers: [{ rotation: 'lights', name: 'Lights', at: end }],
      quietUntil: null,
    })
    const night = await as('Anna')('GET', `/api/duty?at=${end}`)
    expect(night.body.items.map(({ team }: { team: string }) => team)).toEqual(['b'])
    expect((await as('Anna')('GET', '/api/duty?at=1e300')).status).toBe(400)
  })

  test('somebody stands in, from then until then, and may be taken back', async () => {
    const away = { rotation: 'lights', team: 'a', person: 'Anna', substitute: 'Cleo', from: noon, to: noon + 3_600_000, reason: '病假' }
    const added = await as('Dora')('POST', '/api/roster/exceptions', away)
    expect(added).toMatchObject({ status: 200, body: away })
    expect(audited()).toMatchObject({ by: 'Dora', action: 'add-duty-exception', subject: 'rotation lights' })
    const peopleAt = async (at: number) =>
      (await as('Anna')('GET', `/api/duty?at=${at}`)).body.items.flatMap((one: { people: { account: string }[] }) =>
        one.people.map(({ account }) => account),
      )
    expect([await peopleAt(noon - 1), await peopleAt(noon), await peopleAt(away.to)]).toEqual([['Anna'], ['Cleo'], ['Anna']])
    const plan = await as('Anna')('GET', '/api/duty/plan?from=2026-11-01&days=2')
    expect(
      plan.body.items.map((one: { date: string; team: string; shift: string; exceptions: unknown[] }) => [
        ...[one.date, one.team, one.shift, one.exceptions.length],
      ]),
    ).toEqual([
      ['2026-11-01', 'a', 'day', 1],
      ['2026-11-01', 'b', 'night', 0],
      ['2026-11-02', 'b', 'day', 0],
      ['2026-11-02', 'a', 'night', 0],
    ])
    expect((await as('Dora')('DELETE', `/api/roster/exceptions/${added.body.id}`)).status).toBe(204)
    expect(await peopleAt(noon)).toEqual(['Anna'])
  })

  test('what cannot be is refused in words', async () => {
    const away = { rotation: 'lights', team: 'a', person: 'Anna', substitute: 'Anna', from: noon, to: noon + 1000, reason: 'ill' }
    const refused = await as('Dora')('POST', '/api/roster/exceptions', away)
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('cannot stand in') } })
    const past = { ...away, substitute: null, from: noon - 1000, to: noon }
    expect((await as('Dora')('POST', '/api/roster/exceptions', past)).status).toBe(409)
    expect((await as('Dora')('POST', '/api/roster/exceptions', { ...away, rotation: 'other' })).status).toBe(404)
    const wrong = await as('Dora')('PUT', '/api/roster/rotations/lights', { ...rotation, cycle: { a: ['day'] } })
    expect(wrong).toMatchObject({ status: 400, body: { detail: expect.stringContaining('Team B has no days in the cycle.') } })
  })
})

describe('roster', () => {
  test('telephone and e-mail are told to those who manage it', async () => {
    const skilled = { skills: ['electrical'], phone: '+86 311 1234', email: 'anna@example.org' }
    expect((await as('Dora')('PUT', '/api/roster/people/Anna', skilled)).status).toBe(200)
    expect(JSON.stringify(city.state.auditTrail({ limit: 5 }).items)).not.toContain('311 1234')
    const seen = async (name: string) => (await as(name)('GET', '/api/roster')).body
    expect((await seen('Dora')).people[0]).toEqual({ account: 'Anna', name: 'Anna', ...skilled })
    expect((await seen('Dora')).accounts.map(({ account }: { account: string }) => account)).toContain('Cleo')
    const told = await seen('Anna')
    expect(told.people[0]).toEqual({ account: 'Anna', name: 'Anna', skills: ['electrical'], phone: null, email: null })
    expect(told.accounts).toEqual([])
    expect(JSON.stringify(told)).not.toContain('example.org')
    expect((await as('Dora')('PUT', '/api/roster/people/Zoe', skilled)).status).toBe(404)
    expect((await as('Dora')('DELETE', '/api/roster/people/Anna')).status).toBe(204)
  })

  test('crews change only by those who manage them, and go when nothing speaks of them', async () => {
    for (const name of ['Anna', 'Eva']) expect((await as(name)('PUT', '/api/roster/crews/one', crew)).status).toBe(403)
    const unknown = await as('Dora')('PUT', '/api/roster/crews/one', { ...crew, districts: ['Nrth'] })
    expect(unknown).toMatchObject({ status: 400, body: { detail: 'There is no district "Nrth".' } })
    await as('Dora')('PUT', '/api/roster/crews/one', { ...crew, vehicle: '' })
    expect(audited()).toMatchObject({ action: 'change-crew', detail: 'vehicle: "冀A12345" -> ""' })
    expect((await as('Dora')('DELETE', '/api/roster/crews/one')).body).toMatchObject({ detail: expect.stringContaining('rotation Lights') })
    expect((await as('Dora')('DELETE', '/api/roster/rotations/lights')).status).toBe(204)
    expect((await as('Dora')('DELETE', '/api/roster/crews/one')).status).toBe(204)
    expect((await as('Dora')('DELETE', '/api/roster/crews/one')).status).toBe(404)
  })
})

describe('dispatch policy', () => {
  test('is read by all who have to do with orders, and changed with a reason', async () => {
    const { version, ...body } = (await as('Anna')('GET', '/api/dispatch-policy')).body
    expect(body).toEqual(JSON.parse(JSON.stringify(usualDispatchPolicy)))
    const policy = { ...body, quiet: { from: 0, to: 300 } }
    const put = (given: object, seen = version, who = 'Dora') =>
      as(who)('PUT', '/api/dispatch-policy', { policy: given, reason: '夜间', version: seen })
    expect((await put(policy, version, 'Anna')).status).toBe(403)
    expect((await put(policy)).body).toEqual({ ...policy, version: version + 1 })
    expect(audited()).toMatchObject({
      ...{ by: 'Dora', action: 'set-dispatch-policy' },
      detail: 'quiet.from: 1320 -> 0; quiet.to: 360 -> 300 (夜间)',
    })
    const stale = await put({ ...policy, closesVerified: false })
    expect(stale).toMatchObject({ status: 409, body: { detail: 'The policy was changed meanwhile; look at it again.' } })
    const wrong = await put({ ...policy, routes: [{ ...body.routes[0], chain: [] }] }, version + 1)
    expect(wrong).toMatchObject({ status: 400, body: { detail: 'Route Gas and leakage: Nobody is asked.' } })
    expect(city.state.roster.dispatchPolicy()).toMatchObject({ quiet: { from: 0, to: 300 }, closesVerified: true })
  })

  test('can be tried before it is in force', async () => {
    const own = { ...usualDispatchPolicy.routes[1], id: 'own', name: 'Own', when: { districts: ['North'], rules: ['tank/high'] } }
    const policy = { ...usualDispatchPolicy, routes: [own, ...usualDispatchPolicy.routes] }
    const fault = { facility: 'T-1', priority: 'low', rule: 'high', at: noon }
    const before = city.state.auditTrail({ limit: 1 }).items[0]?.id
    const { status, body } = await as('Anna')('POST', '/api/dispatch-policy/preview', { policy, fault })
    expect(status, JSON.stringify(body)).toBe(200)
    const there = { crews: [{ crew: 'one', people: [{ account: 'Anna', name: 'Anna' }] }], others: [] }
    const at = (minutes: number) => noon + minutes * 60_000
    expect(body).toMatchObject({
      problems: [],
      trial: {
        ...{ route: 0, quietUntil: null },
        order: {
          ...{ class: 'danger', arriveBy: at(30), repairBy: at(60) },
          steps: [
            { step: 0, at: at(0), until: at(2), passed: [], ...there },
            { step: 1, at: at(2), until: at(5), crews: [] },
            { step: 2, at: at(5), until: at(10), ...there },
            { step: 3, at: at(10), crews: [] },
          ],
        },
      },
    })
    expect(body.reach[0]).toEqual({ facilities: 1, orders: 0 })
    expect(body.reach).toHaveLength(policy.routes.length)
    expect(city.state.auditTrail({ limit: 1 }).items[0]?.id).toBe(before)

    const at2 = Date.parse('2026-11-01T23:00+08:00')
    const night = { policy, fault: { ...fault, at: at2 } }
    const [first] = (await as('Anna')('POST', '/api/dispatch-policy/preview', night)).body.trial.order.steps
    expect(first).toMatchObject({ step: 1, passed: [0], crews: [], others: [{ crew: 'one', why: 'off-duty' }] })

    const wrong = { ...policy, routes: [own, { ...own, id: 'again', chain: [] }] }
    const { problems } = (await as('Anna')('POST', '/api/dispatch-policy/preview', { policy: wrong })).body
    expect(problems.map((one: { at: string }) => one.at)).toEqual(['routes.1.chain', 'routes.1'])
    const other = { ...fault, facility: 'T-9' }
    expect((await as('Anna')('POST', '/api/dispatch-policy/preview', { policy, fault: other })).status).toBe(404)
    expect((await as('Eva')('POST', '/api/dispatch-policy/preview', { policy })).status).toBe(403)
  })

  test('takes a list of holidays, and of the days that make up for them', async () => {
    const taken = await as('Dora')('POST', '/api/dispatch-policy/holidays', { text: '2026-10-01\n2026-10-02, 2026-02-30', as: 'holidays' })
    expect(taken.body).toMatchObject({ dates: ['2026-10-01', '2026-10-02'], refused: ['2026-02-30'] })
    await as('Dora')('POST', '/api/dispatch-policy/holidays', { text: '2026年10月2日', as: 'workdays' })
    expect(city.state.roster.dispatchPolicy().calendar).toEqual({ holidays: ['2026-10-01'], workdays: ['2026-10-02'] })
    expect((await as('Dora')('POST', '/api/dispatch-policy/holidays', { text: 'none', as: 'holidays' })).status).toBe(400)
  })
})
