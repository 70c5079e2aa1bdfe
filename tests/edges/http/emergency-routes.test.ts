import { afterEach, beforeEach, expect, test } from 'vitest'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, PASSWORD, startCity } from '../city.ts'
import { type Seat, seatOf } from '../commanding.ts'

let city: City
const cookies: Record<string, string> = {}
const as = (name: string) => (method: string, path: string, body?: unknown) =>
  city.ask(method, path, body, { cookie: cookies[name] as string })
const begin = Date.parse('2026-11-24T20:00+08:00')
const MINUTE = 60_000

const plan = {
  ...{ name: '北区防汛', nameEn: 'North flood', kind: 'flood', area: 'district=North', measuresWithin: 60, light: null, rounds: null },
  priorities: [{ domains: 'all', rules: 'all', to: 'one-step' }],
  duty: [{ type: 'call-in', rotation: 'desk', team: 'c' }],
  contacts: [
    { name: 'Fire brigade', role: 'duty officer', phone: '119', channel: null, account: null },
    { name: 'Bureau', role: '', phone: '', channel: 'bureau', account: null },
    { name: 'Eva', role: '', phone: '', channel: null, account: 'Eva' },
  ],
  checklist: [
    { key: 'pumps', text: 'Start the standby pumps', owner: 'Otto', within: 30 },
    { key: 'sandbags', text: 'Lay sandbags', owner: 'crew', within: null },
  ],
  instructions: 'Stay on the line.',
}
const put = (id: string, more: object = {}, seen = 0) =>
  as('Olga')('PUT', `/api/emergency-plans/${id}`, { plan: { ...plan, ...more }, seen })
const arm = (name: string, id: string, more: object = {}) =>
  as(name)('POST', `/api/emergency-plans/${id}/arm`, { drill: false, reason: '红色暴雨预警', ...more })
async function activate(name: string, id: string, more: object = {}): Promise<number> {
  const armed = await arm(name, id, more)
  expect(armed.status, JSON.stringify(armed.body)).toBe(200)
  const { status, body } = await as(name)('POST', '/api/emergency-activations', { token: armed.body.token })
  expect(status, JSON.stringify(body)).toBe(200)
  return body.id
}
const end = (id: number) => as('Otto')('POST', `/api/emergency-activations/${id}/end`, { reason: '预警解除' })
const stateHash = async () => (await as('Olga')('GET', '/api/emergency-state')).body
const alarmOf = (facility: string) => [...city.services.liveAlarms()].find((alarm) => alarm.facility === facility)

beforeEach(async () => {
  city = await startCity({ kinds: [tankKind, lightCabinet] })
  city.clock.stoppedAt = begin
  for (const [name, role] of Object.entries({ Otto: 'operator', Olga: 'dispatcher', Eva: 'engineer', Vera: 'viewer' } as const)) {
    await city.addPerson(name, role)
    await city.signIn(name)
    cookies[name] = city.cookie()
  }
  const teams = ['a', 'b', 'c'].map((key) => ({ key, name: key.toUpperCase(), crew: null, people: [key === 'c' ? 'Eva' : 'Otto'] }))
  const shifts = [
    { key: 'day', name: 'Day', from: 480, to: 1200 },
    { key: 'night', name: 'Night', from: 1200, to: 480 },
  ]
  const cycle = { a: ['day'], b: ['night'], c: [null] }
  city.state.roster.putRotation({ id: 'desk', name: 'Desk', shifts, teams, start: '2026-01-01', cycle })
  const settings = { type: 'mqtt' as const, topic: 'told/bureau' }
  const usual = { language: 'zh' as const, template: null, limits: { perMinute: 20, digestAbove: 3 }, disabled: false }
  // Nothing of orders goes there, and all of plans whose list names it.
  city.state.deliveries.putChannel({ ...usual, id: 'bureau', name: 'Bureau', settings, types: [], districts: 'all', domains: 'all' })
  city.services.putFacilities(
    ['N-1', 'N-2', 'S-1'].map((id) => ({ id, kind: 'tank', name: id, district: id.startsWith('N') ? 'North' : 'South' })),
    'test',
  )
})
afterEach(() => city.stop())

test('a plan is checked against the city, and kept with its version', async () => {
  expect((await put('flood')).body).toMatchObject({ id: 'flood', version: 1, changedBy: 'Olga' })
  expect((await put('flood')).status).toBe(409)
  expect((await put('flood', { name: '防汛' }, 1)).body).toMatchObject({ name: '防汛', version: 2 })
  const wrong = { ...plan, area: 'colour=red', duty: [{ type: 'call-in', rotation: 'desk', team: 'z' }] }
  const { body } = await as('Olga')('POST', '/api/emergency-plans/check', wrong)
  expect(body.items.map(({ at }: { at: string }) => at)).toEqual(['area', 'duty.0.team'])
  expect((await put('bad', { area: 'colour=red' })).status).toBe(400)
  expect((await as('Otto')('PUT', '/api/emergency-plans/x', { plan, seen: 0 })).status).toBe(403)
  const [seen, hidden] = [await as('Otto')('GET', '/api/emergency-plans/flood'), await as('Vera')('GET', '/api/emergency-plans/flood')]
  expect([seen.body.contacts[0].phone, hidden.body.contacts[0].phone]).toEqual(['119', null])
  // Numbers do not belong into a record that is never forgotten.
  expect(JSON.stringify(city.state.auditTrail({ limit: 20 }).items)).not.toContain('119')
})

test('says what it would do before it does anything', async () => {
  await put('flood')
  city.report('N-1', { level: 9 })
  const before = await stateHash()
  const { body } = await arm('Otto', 'flood')
  expect(body.until).toBe(city.now() + 2 * MINUTE)
  expect(body.effects).toMatchObject({
    ...{ facilities: 2, byKind: [{ kind: 'tank', count: 2 }], orders: 1, lights: null, rounds: null, items: 2 },
    ...{ alarms: [{ from: 'high', to: 'critical', count: 1 }], dutyAdded: ['Eva'], dutyGone: [] },
    ...{ told: ['Bureau'], toCall: ['Fire brigade', 'Eva'], overlaps: [], problems: [] },
  })
  expect(await stateHash()).toEqual(before)
  expect((await as('Vera')('POST', '/api/emergency-plans/flood/arm', { drill: true, reason: 'x' })).status).toBe(403)
})

test('is activated once, by whoever armed it, in the same session, and soon', async () => {
  await put('flood')
  const { token } = (await arm('Otto', 'flood')).body
  const activating = (name: string, one: string) => as(name)('POST', '/api/emergency-activations', { token: one })
  expect((await activating('Eva', token)).body.detail).toContain('Somebody else armed')
  // A token that was tried wrongly is used up.
  expect((await activating('Otto', token)).status).toBe(409)
  const again = (await arm('Otto', 'flood')).body.token
  await city.signIn('Otto')
  expect((await city.ask('POST', '/api/emergency-activations', { token: again }, { cookie: city.cookie() })).body.detail).toContain(
    'session',
  )
  const late = (await arm('Otto', 'flood')).body.token
  city.clock.ahead += 2 * MINUTE
  expect((await activating('Otto', late)).body.detail).toContain('too long ago')
  const stale = (await arm('Otto', 'flood')).body.token
  await put('flood', { measuresWithin: 30 }, 1)
  expect((await activating('Otto', stale)).body.detail).toContain('changed this plan meanwhile')
  const good = (await arm('Otto', 'flood')).body.token
  expect((await activating('Otto', good)).status).toBe(200)
  expect((await activating('Otto', good)).status).toBe(409)
  expect((await arm('Otto', 'flood')).body.effects.overlaps).toHaveLength(1)
})

test('raises alarms, calls people in, sets orders a clock, tells its list; afterwards all is as it was', async () => {
  await put('flood')
  city.report('N-1', { level: 9 })
  city.report('S-1', { level: 9 })
  const before = await stateHash()
  const id = await activate('Otto', 'flood')
  expect([alarmOf('N-1'), alarmOf('S-1')].map((alarm) => alarm?.priority)).toEqual(['critical', 'high'])
  const shown = (await as('Vera')('GET', '/api/alarms?live=true')).body.items
  const marked = shown.map(({ facility, raisedFrom }: { facility: string; raisedFrom: string | null }) => [facility, raisedFrom]).sort()
  expect(marked).toEqual([
    ['N-1', 'high'],
    ['S-1', null],
  ])
  const raised = await as('Vera')('GET', `/api/alarms/${alarmOf('N-1')?.id}/emergency`)
  expect(raised.body.raise).toMatchObject({ activation: { id, nameEn: 'North flood', by: 'Otto' }, from: 'high', to: 'critical' })
  expect((await as('Vera')('GET', `/api/alarms/${alarmOf('S-1')?.id}/emergency`)).body).toEqual({ raise: null })
  expect((await as('Vera')('GET', '/api/facilities/N-1/emergency')).body.items).toMatchObject([{ id, raises: true, measuresWithin: 60 }])
  const rules = (await as('Vera')('GET', '/api/facilities/N-1/rules')).body.rules
  expect(rules.find(({ rule }: { rule: string }) => rule === 'high')).toMatchObject({
    priority: { value: 'critical', usual: 'high', source: { from: 'plan', activation: id } },
  })
  // One that comes now is as urgent, and keeps by what.
  city.report('N-2', { level: 9 })
  expect(alarmOf('N-2')).toMatchObject({ priority: 'critical', evidence: { ruleVersion: expect.stringMatching(`\\^${id}$`) } })
  const duty = (await as('Otto')('GET', '/api/duty')).body.items
  expect(duty.find(({ team }: { team: string }) => team === 'c')).toMatchObject({ shift: `plan-${id}` })
  const [order] = (await as('Otto')('GET', '/api/orders')).body.items.filter(
    ({ facilities }: { facilities: string[] }) => facilities[0] === 'N-1',
  )
  expect(order.measures).toEqual({ activation: id, plan: '北区防汛', planEn: 'North flood', by: city.now() + 60 * MINUTE, takenAt: null })
  await expect.poll(() => city.published.map(({ payload }) => JSON.parse(payload).title)).toEqual(['应急预案已启动：北区防汛'])
  expect((await end(id)).body.ended).toEqual({ at: city.now(), by: 'Otto', note: '预警解除' })
  city.report('N-2', { level: 4 })
  expect(alarmOf('N-1')).toMatchObject({ priority: 'high', basePriority: 'high' })
  expect((await as('Otto')('GET', `/api/orders/${order.id}`)).body.order.measures).toBeNull()
  const after = await stateHash()
  expect({ ...after.parts, orders: '', alarms: '' }).toEqual({ ...before.parts, orders: '', alarms: '' })
  expect(alarmOf('N-2')).toMatchObject({ priority: 'high' })
  await expect.poll(() => city.published.length).toBe(2)
  expect((await end(id)).status).toBe(409)
})

test('an order hurries as its alarm did when it was made, and nothing changes under those who work on it', async () => {
  await put('flood', { priorities: [{ domains: 'all', rules: 'all', to: 'critical' }], measuresWithin: null })
  const orderOf = async (facility: string) => (await as('Otto')('GET', `/api/orders?facility=${facility}&limit=1`)).body.items[0]
  city.report('N-1', { level: 9 })
  const usual = await orderOf('N-1')
  const id = await activate('Otto', 'flood')
  city.report('N-2', { level: 9 })
  const hurried = await orderOf('N-2')
  expect([usual.class, hurried.class]).toEqual(['severe', 'danger'])
  expect(hurried.repairBy - hurried.created).toBeLessThan(usual.repairBy - usual.created)
  expect(await orderOf('N-1')).toEqual(usual)
  await end(id)
  city.clock.ahead += MINUTE
  city.tick()
  expect([alarmOf('N-1')?.priority, alarmOf('N-2')?.priority]).toEqual(['high', 'high'])
  for (const before of [usual, hurried]) {
    const { class: of, arriveBy, repairBy, state, holder, offer } = before
    expect(await orderOf(before.facilities[0])).toMatchObject({ class: of, arriveBy, repairBy, state, holder, offer })
  }
})

test('the week of the roster shows whom a plan calls in, and what a plan can name is told to whoever writes one', async () => {
  const extra = { type: 'stand-in', rotation: 'desk', team: 'a', away: null, substitute: 'Olga' }
  await put('flood', { duty: [...plan.duty, extra] })
  const week = async () => (await as('Otto')('GET', '/api/duty/plan?days=7')).body.calledIn
  expect(await week()).toEqual([])
  const drill = await activate('Otto', 'flood', { drill: true })
  expect(await week()).toEqual([])
  await end(drill)
  const id = await activate('Otto', 'flood')
  const called = { activation: id, plan: '北区防汛', rotation: 'desk', from: city.now() }
  expect(await week()).toEqual([
    { ...called, team: 'c', teamName: 'C', people: [{ account: 'Eva', name: 'Eva' }] },
    { ...called, team: 'a', teamName: 'A', people: [{ account: 'Olga', name: 'Olga' }] },
  ])
  await end(id)
  expect(await week()).toEqual([])

  const { body } = await as('Eva')('GET', '/api/emergency-plan-choices')
  expect(body.channels).toEqual([{ id: 'bureau', name: 'Bureau' }])
  expect(body.accounts.map(({ id: account }: { id: string }) => account)).toEqual(expect.arrayContaining(['Eva', 'Otto', 'Vera']))
  expect(body.rules).toContainEqual({ id: 'tank/high', kind: expect.anything(), title: expect.anything() })
  for (const rule of body.rules) {
    const priorities = [{ domains: 'all', rules: [rule.id], to: 'critical' }]
    expect((await as('Eva')('POST', '/api/emergency-plans/check', { ...plan, priorities })).body.items).toEqual([])
  }
  expect((await as('Otto')('GET', '/api/emergency-plan-choices')).status).toBe(403)
})

test('plans that overlap and changes of others in between stay what they are', async () => {
  await put('flood')
  await put('storm', { name: '大风', area: 'kind=tank', priorities: [{ domains: 'all', rules: ['tank/low'], to: 'critical' }], duty: [] })
  const override = (rule: string, priority: string) => ({ scope: { facility: 'N-1' }, rule, changes: { priority }, reason: 'trial' })
  const others = async () => {
    const { id } = (await as('Eva')('PUT', '/api/overrides', override('low', 'low'))).body
    const away = { rotation: 'desk', team: 'b', person: 'Otto', substitute: 'Eva', from: begin, to: begin + 600 * MINUTE, reason: 'ill' }
    const exception = (await as('Olga')('POST', '/api/roster/exceptions', away)).body.id
    return async () => {
      await as('Eva')('DELETE', `/api/overrides/${id}?reason=over`)
      await as('Olga')('DELETE', `/api/roster/exceptions/${exception}`)
    }
  }
  const before = await stateHash()
  const takeBack = await others()
  const changed = await stateHash()
  expect(changed.hash).not.toBe(before.hash)
  await takeBack()
  expect(await stateHash()).toEqual(before)
  const first = await activate('Otto', 'flood')
  const second = await activate('Olga', 'storm')
  await others()
  const priorityOf = async (rule: string) =>
    (await as('Eva')('GET', '/api/facilities/N-1/rules')).body.rules.find((one: { rule: string }) => one.rule === rule).priority
  expect(await priorityOf('low')).toMatchObject({ value: 'critical', source: { activation: second } })
  await end(first)
  expect(await priorityOf('low')).toMatchObject({ value: 'critical' })
  expect(await priorityOf('high')).toMatchObject({ value: 'high' })
  await end(second)
  expect(await priorityOf('low')).toMatchObject({ value: 'low', source: { from: 'facility' } })
  expect(await stateHash()).toEqual(changed)
})

test('asks for another light and more rounds in its own name, and takes back nothing but those', async () => {
  await put('flood', { light: { query: 'kind=tank', level: 100, programme: null }, rounds: { query: '', factor: 2 } })
  const lightBy = (person: string, query: string) =>
    city.services.programmes.addOverride(
      { query, level: 40, programme: null, from: city.now(), until: city.now() + 60 * MINUTE, reason: 'fog' },
      person,
      { districts: 'all', domains: 'all' },
    )
  lightBy('Otto', 'id=N-1')
  const before = await stateHash()
  const id = await activate('Otto', 'flood')
  const inForce = () => city.services.programmes.overrides().filter(({ ended }) => ended === null)
  expect(inForce().map(({ query, plan }) => [query, plan])).toEqual([
    ['district=North kind=tank', String(id)],
    ['id=N-1', null],
  ])
  expect(city.services.rounds.tightenings()).toMatchObject([{ plan: String(id), query: 'district=North', factor: 2 }])
  city.clock.ahead += MINUTE
  city.services.emergencyPlans.tick()
  expect(inForce()).toHaveLength(2)
  // What a person ended by hand is not begun again.
  const [own] = inForce()
  city.services.programmes.endOverride(own?.id as number, 'too bright', 'Olga', { districts: 'all', domains: 'all' })
  city.clock.ahead += MINUTE
  city.services.emergencyPlans.tick()
  expect(inForce()).toHaveLength(1)
  await end(id)
  expect(inForce().map(({ query }) => query)).toEqual(['id=N-1'])
  expect(city.services.rounds.tightenings()).toEqual([])
  expect((await stateHash()).parts).toEqual(before.parts)
})

test('does not renew without a second person for many what needed none for nobody', async () => {
  await put('flood', { light: { query: 'kind=light-cabinet', level: 0, programme: null } })
  await activate('Otto', 'flood')
  const asked = () => city.services.lightChanges.list({ limit: 9 }).items.map(({ state }) => state)
  expect(asked()).toEqual(['in-force'])
  city.services.putFacilities([{ id: 'LC-1', kind: 'light-cabinet', district: 'North', position: [114.6, 37.9] }], 'test')
  city.clock.ahead += 12.5 * 24 * 60 * MINUTE
  city.services.emergencyPlans.tick()
  expect(asked()).toEqual(['waiting', 'in-force'])
})

test('lets light that goes from a whole cabinet wait for a second person, and does all else at once', async () => {
  const placed = { district: 'North', position: [114.6, 37.9] as [number, number] }
  city.services.putFacilities([{ id: 'LC-1', kind: 'light-cabinet', ...placed }], 'test')
  await put('flood', { light: { query: 'kind=light-cabinet', level: 0, programme: null } })
  const seats = await Promise.all(['Otto', 'Olga'].map((name) => seatOf(city, cookies[name] as string)))
  const [otto, olga] = seats as [Seat, Seat]
  const decide = (who: Seat, id: string, what: string) => who.ask('POST', `/api/light-changes/${id}/${what}`, { console: who.console() })
  const waiting = async () => (await as('Olga')('GET', '/api/light-changes?state=waiting')).body.items as { id: string; account: string }[]
  const types = async (id: number) =>
    (await as('Otto')('GET', `/api/emergency-activations/${id}/log`)).body.items.map(({ type }: { type: string }) => type).reverse()
  const inForce = () => city.services.programmes.overrides().filter(({ ended }) => ended === null)
  const begun = async () => {
    expect((await arm('Otto', 'flood')).body.effects.secondPerson).toEqual(['whole-cabinet'])
    const id = await activate('Otto', 'flood')
    city.clock.ahead += MINUTE
    city.services.emergencyPlans.tick()
    const [asked] = await waiting()
    expect([asked?.account, inForce()]).toEqual(['Otto', []])
    return { id, change: asked?.id as string }
  }
  const approved = await begun()
  const lightOf = async (id: string) => (await as('Vera')('GET', `/api/facilities/${id}/emergency`)).body.items[0].light
  // What gives no light says nothing of it.
  expect([await lightOf('LC-1'), await lightOf('N-1')]).toEqual([true, false])
  expect((await decide(otto, approved.change, 'approve')).body.detail).toMatch(/cannot be its second person/)
  expect((await decide(olga, approved.change, 'approve')).body).toMatchObject({ state: 'in-force', approval: { decision: { by: 'Olga' } } })
  expect(inForce()).toMatchObject([{ plan: String(approved.id), level: 0, by: 'Otto' }])
  expect(await types(approved.id)).toEqual(['activate', 'light-waits', 'light-set'])
  await end(approved.id)
  expect(inForce()).toEqual([])
  const declined = await begun()
  await decide(olga, declined.change, 'decline')
  city.clock.ahead += MINUTE
  city.services.emergencyPlans.tick()
  expect([await waiting(), inForce(), await types(declined.id)]).toEqual([[], [], ['activate', 'light-waits', 'light-declined']])
  await end(declined.id)
  // One that is over waits for nobody.
  const over = await begun()
  await end(over.id)
  expect([await waiting(), inForce()]).toEqual([[], []])
  const late = await begun()
  city.clock.ahead += 5 * MINUTE
  city.lighting.tick()
  expect([await waiting(), (await types(late.id)).at(-1)]).toEqual([[], 'light-expired'])
  await end(late.id)
  // What a key asks for counts with what its owner does.
  const { token } = (await as('Otto')('POST', '/api/own/keys', { own: PASSWORD, name: 'script', role: 'operator', days: 1 })).body
  const byKey = (path: string, body: object) => city.ask('POST', path, body, { cookie: '', authorization: `Bearer ${token}` })
  const armed = await byKey('/api/emergency-plans/flood/arm', { drill: false, reason: 'by a key' })
  await byKey('/api/emergency-activations', { token: armed.body.token })
  expect(await waiting()).toMatchObject([{ by: 'key:script', account: 'Otto' }])
  for (const { socket } of seats) socket.close()
})

test('what cannot be done now is said once, and done as soon as it can be', async () => {
  const fog = { id: 'fog', name: 'Fog', nameEn: '', steps: [{ anchor: 'dusk' as const, minutes: 0, level: 100 }] }
  city.services.programmes.putProgramme(fog, 'Olga')
  await put('flood', { light: { query: '', level: null, programme: 'fog' } })
  city.services.programmes.removeProgramme('fog', 'Olga')
  expect((await arm('Otto', 'flood')).body.effects.problems).toEqual(['There is no control programme "fog".'])
  const id = await activate('Otto', 'flood')
  const types = async () =>
    (await as('Otto')('GET', `/api/emergency-activations/${id}/log`)).body.items.map(({ type }: { type: string }) => type).reverse()
  const pass = () => {
    city.clock.ahead += MINUTE
    city.services.emergencyPlans.tick()
  }
  pass()
  expect(await types()).toEqual(['activate', 'light-failed'])
  city.services.programmes.putProgramme(fog, 'Olga')
  pass()
  pass()
  expect(await types()).toEqual(['activate', 'light-failed', 'light-set'])
  await end(id)
  expect(await types()).toEqual(['activate', 'light-failed', 'light-set', 'end', 'light-undone'])
})

test('the checklist is ticked, taken back and told of when it is late; contacts are called', async () => {
  await put('flood')
  const id = await activate('Otto', 'flood')
  const path = `/api/emergency-activations/${id}`
  city.clock.ahead += 30 * MINUTE
  city.services.emergencyPlans.tick()
  city.services.emergencyPlans.tick()
  const shown = (await as('Vera')('GET', path)).body
  expect(shown).toMatchObject({ items: 2, done: 0, late: 1, calls: 2, reached: 0 })
  expect(shown.contacts.map(({ isByHand, phone }: { isByHand: boolean; phone: string | null }) => [isByHand, phone])).toEqual([
    [true, null],
    [false, null],
    [true, null],
  ])
  // Whom no message reaches is called by the number that the roster knows.
  city.state.roster.putPerson({ account: 'Eva', skills: [], phone: '+86 1390000', email: '' })
  expect((await as('Olga')('GET', path)).body.contacts.map(({ phone }: { phone: string }) => phone)).toEqual(['119', '', '+86 1390000'])
  expect(shown.checklist[0]).toMatchObject({ isLate: true, due: begin + 30 * MINUTE, done: null })
  expect((await as('Vera')('POST', `${path}/items/pumps`, { done: true, note: '' })).status).toBe(403)
  await as('Olga')('POST', `${path}/items/pumps`, { done: true, note: '两台已开' })
  await as('Olga')('POST', `${path}/contacts/0`, { note: 'on their way' })
  expect((await as('Vera')('GET', path)).body).toMatchObject({ done: 1, late: 0, reached: 1 })
  await as('Otto')('POST', `${path}/items/pumps`, { done: false, note: 'one failed' })
  expect((await as('Otto')('POST', `${path}/items/none`, { done: true, note: '' })).status).toBe(404)
  await as('Otto')('POST', `${path}/notes`, { text: '河水还在涨' })
  const { items } = (await as('Vera')('GET', `${path}/log`)).body
  expect(items.map(({ type, by }: { type: string; by: string }) => `${type} ${by}`).reverse()).toEqual([
    'activate Otto',
    'tell clock',
    'do Olga',
    'reach Olga',
    'undo Otto',
    'note Otto',
  ])
})

test('a drill shows and logs all, tells people that it is one, and changes nothing', async () => {
  await put('flood')
  city.report('N-1', { level: 9 })
  const before = await stateHash()
  const id = await activate('Otto', 'flood', { drill: true })
  expect(await stateHash()).toEqual(before)
  expect(alarmOf('N-1')?.priority).toBe('high')
  expect((await as('Vera')('GET', '/api/facilities/N-1/emergency')).body.items).toMatchObject([{ id, drill: true }])
  await expect.poll(() => city.published.map(({ payload }) => JSON.parse(payload).title)).toEqual(['【演练】应急预案已启动：北区防汛'])
  await end(id)
  expect(await stateHash()).toEqual(before)
})

test('an area is narrowed down, never widened', async () => {
  await put('flood')
  expect((await arm('Otto', 'flood', { area: 'id=N-1' })).body.effects.facilities).toBe(1)
  const wider = await arm('Otto', 'flood', { area: 'kind=tank' })
  expect([wider.status, wider.body.detail]).toEqual([409, expect.stringContaining('1 facilities of this area')])
})

test('a plan that is active is not removed, and what was active is kept', async () => {
  await put('flood')
  const id = await activate('Otto', 'flood')
  expect((await as('Olga')('DELETE', '/api/emergency-plans/flood')).status).toBe(409)
  await end(id)
  expect((await as('Olga')('DELETE', '/api/emergency-plans/flood')).status).toBe(204)
  expect((await as('Vera')('GET', '/api/emergency-activations')).body.items).toMatchObject([
    { id, name: '北区防汛', ended: { by: 'Otto' } },
  ])
})
