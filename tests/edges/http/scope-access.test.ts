import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Scope } from '../../../src/access/scope.ts'
import { routeAccess } from '../../../src/edges/http/route-access.ts'
import { gasStation } from '../../../src/facilities/gas-station/index.ts'
import { round } from '../../../src/facilities/round/index.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { noLight, SLOT, slotOf } from '../../../src/operations/lamp-history.ts'
import { seconds } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'
import { type Seat, seatOf } from '../commanding.ts'
import { signInLimited } from '../limited.ts'

/** Everybody but her may do everything; she may do everything in district A. */
const SCOPE: Scope = { districts: ['A'], domains: 'all' }
const SIZE = 8

let city: City
let admin = ''
let eva = ''
let credentialOfB = 0
const alarms = new Map<string, number>()
const alarmOf = (id: string) => alarms.get(id) as number

type Answer = Awaited<ReturnType<City['ask']>>
const asAdmin = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: admin })
const asEva = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: eva })
const change = (body?: unknown) => ({ reason: 'probe', ...(body as object) })

beforeAll(async () => {
  city = await startCity({ kinds: [tankKind, streetLight, gasStation, round] })
  await city.signIn()
  admin = city.cookie()
  eva = await signInLimited(city, 'eva', 'admin', SCOPE)
  const facilities = ['A', 'B'].flatMap((district) =>
    Array.from({ length: SIZE }, (_, i) => ({
      ...{ id: `${district}-${i + 1}`, kind: 'tank', district, road: `Road ${district}` },
      // One in each district hangs on A-1, and one on B-1.
      ...(i === 1 && { fedBy: 'A-1' }),
      ...(i === 2 && { gateway: 'B-1' }),
    })),
  )
  expect((await asAdmin('POST', '/api/facilities', { facilities })).status).toBe(200)
  for (const { id } of facilities) {
    city.report(id, { level: 9 })
    city.clock.ahead += 100
    city.tick()
  }
  for (const alarm of city.services.liveAlarms()) alarms.set(alarm.facility, alarm.id)
  expect(alarms.size).toBe(2 * SIZE)
  for (const scope of [{ facility: 'A-1' }, { facility: 'B-1' }, { kind: 'tank' }]) {
    const { status } = await asAdmin('PUT', '/api/overrides', { scope, rule: 'low', changes: { priority: 'low' }, reason: 'trial' })
    expect(status).toBe(200)
  }
  for (const id of ['A-1', 'B-1']) expect((await asAdmin('PUT', `/api/devices/${id}`, { note: 'field' })).status).toBe(200)
  credentialOfB = (await asAdmin('POST', '/api/devices/B-1/credentials', { type: 'password' })).body.credential.id
  expect((await asAdmin('PUT', '/api/groups/all', { query: 'kind=tank', rank: 1, reason: 'trial' })).status).toBe(200)
})
afterAll(async () => {
  vi.restoreAllMocks()
  await city.stop()
})

/** Everything there is of district B, as somebody sees it who may see everything. */
async function districtB(): Promise<unknown> {
  const [facilities, alarms, overrides, versions, devices] = await Promise.all([
    asAdmin('GET', '/api/facilities?district=B'),
    asAdmin('GET', '/api/alarms?limit=500'),
    asAdmin('GET', '/api/overrides'),
    asAdmin('GET', '/api/rules/versions'),
    asAdmin('GET', '/api/devices?words=B-'),
  ])
  const ofB = (list: { facility: string | null }[]) => list.filter(({ facility }) => facility === null || facility.startsWith('B-'))
  return [facilities.body, ofB(alarms.body.items), ofB(overrides.body.items), ofB(versions.body.items), devices.body.items]
}

const text = ({ body }: Answer) => (typeof body === 'string' ? body : JSON.stringify(body))
/** Ids of district B as values of their own. */
const isOfB = (answer: Answer) => /\bB-\d|"B"|Road B/.test(text(answer))
const isOfA = (answer: Answer) => /\bA-\d/.test(text(answer))

/** Answered to her without what is in B, and to the administrator with it. */
const lists = (path: string) => async () => {
  const [whole, own] = [await asAdmin('GET', path), await asEva('GET', path)]
  expect([whole.status, own.status]).toEqual([200, 200])
  expect([isOfA(whole), isOfB(whole), isOfA(own)]).toEqual([true, true, true])
  // What hers hang on stands in their descriptions.
  expect(text(own).replaceAll('"gateway":"B-1"', '')).not.toMatch(/\bB-\d|Road B|"B"/)
  return own
}

/** Refused for one of B in the very words used for one that there is not; `path` and `body` take an id. */
const isUnknown = async (method: string, path: (id: string) => string, body?: (id: string) => unknown, unknown = 'C-9') => {
  for (const id of ['B-1', 'B-2']) {
    const name = (one: string) => (typeof unknown === 'string' && /^\d+$/.test(unknown) ? String(one === id ? alarmOf(id) : unknown) : one)
    const [theirs, nobodys] = await Promise.all([id, unknown].map((one) => asEva(method, path(name(one)), body?.(name(one)))))
    const shape = (answer: Answer | undefined, one: string) => text(answer as Answer).replaceAll(name(one), 'X')
    expect(theirs?.status).toBe(nobodys?.status)
    expect(theirs?.status).toBeGreaterThanOrEqual(400)
    expect(shape(theirs, id)).toBe(shape(nobodys, unknown))
  }
}
const NO_ALARM = '999999'

const single = (path: (id: string) => string) => async () => {
  expect((await asEva('GET', path('A-1'))).status).toBe(200)
  expect((await asAdmin('GET', path('B-1'))).status).toBe(200)
  await isUnknown('GET', path)
}
const singleAlarm = (path: (id: string) => string) => async () => {
  expect((await asEva('GET', path(String(alarmOf('A-1'))))).status).toBe(200)
  expect((await asAdmin('GET', path(String(alarmOf('B-1'))))).status).toBe(200)
  await isUnknown('GET', path, undefined, NO_ALARM)
}
const alarmAction = (step: string, body: object) => async () => {
  await isUnknown(
    'POST',
    (id) => `/api/alarms/${id}/${step}`,
    () => body,
    NO_ALARM,
  )
  const { status, body: answer } = await asEva('POST', `/api/alarms/${alarmOf('A-1')}/${step}`, body)
  // Of her own alarm it is done, or refused because of what the alarm is.
  expect([200, 409], JSON.stringify(answer)).toContain(status)
}
/** With several alarms: those of B are refused like those that there are not, hers are done. */
const alarmsAction = (step: string, body: object) => async () => {
  const [own, theirs] = [alarmOf('A-6'), alarmOf('B-6')]
  const alarms = [own, theirs, 999_999].map((id) => ({ id }))
  const answer = (await asEva('POST', `/api/alarms/${step}`, { alarms, ...body })).body
  expect(answer.alarms.map(({ id }: { id: number }) => id)).toEqual([own])
  expect(answer.refused).toEqual([theirs, 999_999].map((id) => ({ id, code: 'not-found', detail: `There is no alarm ${id}.` })))
}
const refused = async (method: string, path: string, body?: unknown, status = 403) => {
  const answer = await asEva(method, path, body)
  expect([answer.status, text(answer)]).toEqual([status, expect.stringMatching(/part of (the city|it)|no facility|is no/)])
}
const idOf = async (path: string, facility: string | null): Promise<number> => {
  const { body } = await asAdmin('GET', path)
  return body.items.find((one: { facility: string | null }) => one.facility === facility).id
}

/** Gas stations in both districts for as long as the probe takes. */
const withStations = (probe: () => Promise<void>) => async () => {
  const facilities = ['A', 'B'].map((district) => ({ id: `${district}-200`, kind: 'gas-station', district, road: `Road ${district}` }))
  expect((await asAdmin('POST', '/api/facilities', { facilities })).status).toBe(200)
  for (const { id } of facilities)
    city.publishRaw(
      `facilities/gas-station/${id}/telemetry`,
      Buffer.from(JSON.stringify({ at: city.now(), values: { flow: 1000, inventory: 100 } })),
    )
  await probe()
  for (const { id } of facilities) await asAdmin('DELETE', `/api/facilities/${id}`)
}
const deliveryTo = (station: string) => ({ station, at: city.now() + 1000, tonnes: 20 })

/** Lamps in both districts for as long as the probe takes. */
const withLamps = (probe: () => Promise<void>) => async () => {
  const facilities = ['A', 'B'].map((district) => ({ id: `${district}-100`, kind: 'street-light', district, road: `Road ${district}` }))
  expect((await asAdmin('POST', '/api/facilities', { facilities })).status).toBe(200)
  await probe()
  for (const { id } of facilities) await asAdmin('DELETE', `/api/facilities/${id}`)
}

const enteredFor = (facility: string) => ({
  source: 'laboratory',
  readings: [{ facility, point: 'level', value: 4, at: '2026-03-01T08:00:00+08:00' }],
})
/** Lamps that were lit years ago and five minutes ago, two of district A and three of B. */
const withLitLamps = (probe: (when: { date: string; from: number; to: number }) => Promise<void>) => async () => {
  const from = Date.UTC(2020, 0, 1, 12)
  const lately = slotOf(Date.now() + city.clock.ahead) - SLOT
  const places = ['A', 'B'].map((district, i) => ({
    place: { district, road: `Road ${district}`, roadClass: null, keyArea: false, feeder: `LC-${district}` },
    light: { ...noLight(), lit: 2 + i },
  }))
  city.state.lampHistory.add(from, '2020-01-01', places)
  city.state.lampHistory.add(lately, '2020-01-02', places)
  await probe({ date: '2020-01-01', from, to: from + SLOT })
}

/** Lamps with a place in both districts, and an override for those of each and for all, for as long as the probe takes. */
const withOverrides = (probe: (ids: { a: number; b: number; all: number }) => Promise<void>) => async () => {
  const facilities = ['A', 'B'].map((district) => ({
    ...{ id: `${district}-300`, kind: 'street-light', district, road: `Road ${district}`, position: [118.3, 33.9] },
  }))
  expect((await asAdmin('POST', '/api/facilities', { facilities })).status).toBe(200)
  const override = (query: string) => ({ query, level: 40, programme: null, until: city.now() + 3_600_000, reason: 'probe' })
  const made = async (query: string): Promise<number> =>
    (await (await adminSeat()).light({ type: 'override', override: override(query) })).body.override
  const ids = { a: await made('id=A-300'), b: await made('id=B-300'), all: await made('kind=street-light') }
  await probe(ids)
  for (const id of Object.values(ids)) await (await adminSeat()).light({ type: 'end-override', override: id, reason: 'probe' })
  for (const { id } of facilities) await asAdmin('DELETE', `/api/facilities/${id}`)
}

/** The changes of light of `withOverrides`, newest first. */
const newestChanges = async (): Promise<string[]> =>
  (await asAdmin('GET', '/api/light-changes?limit=3')).body.items.map(({ id }: { id: string }) => id)
/** What lies elsewhere is as little there to decide on as what there is not. */
async function decidesNothing(what: string, body: object): Promise<void> {
  const [, b, a] = await newestChanges()
  const { console } = await evaSeat()
  const whole = what === 'withdraw' ? body : { ...body, console: console() }
  await sameAsNone('POST', (id) => `/api/light-changes/${id}/${what}`, b as string, 'none', whole)
  expect((await asEva('POST', `/api/light-changes/${a}/${what}`, whole)).status).toBe(409)
}

const NO_ORDER = '999998'
const ordersOf = new Map<string, { id: number; version: number }>()
/** An order of a facility, made once. */
async function orderOf(id: string): Promise<{ id: number; version: number }> {
  const made =
    ordersOf.get(id) ?? (await asAdmin('POST', '/api/orders', { facilities: [id], class: 'ordinary', title: `Order ${id}` })).body
  ordersOf.set(id, made)
  return made
}
const seenBy = (ask: typeof asEva) => async (path: string) => text(await ask('GET', path))
/** Lists that hold the order of A for both, as that which her crew has of B, and another of B for the administrator alone. */
const orderList = (path: string, nameOf: (facility: string, id: number) => string) => async () => {
  const [a, b] = [await orderOf('A-1'), await orderOf('B-1')]
  const ours = await offered('crew', 'B-7')
  const named = [nameOf('A-1', a.id), path.includes('queue') ? `"order":${ours},` : 'Offer B-7 to crew', nameOf('B-1', b.id)]
  const [whole, own] = [await seenBy(asAdmin)(path), await seenBy(asEva)(path)]
  expect([whole, own].map((all) => named.map((name) => all.includes(name)))).toEqual([
    [true, true, true],
    [true, true, false],
  ])
}
/** Of an order elsewhere she is told what she is told of none; of one that reaches beyond her part, that she may not. */
const orderStep = (name: string, body: object) => async () => {
  const { id } = await orderOf('B-2')
  const ask = (order: number | string) => asEva('POST', `/api/orders/${order}/${name}`, { ...(name !== 'note' && { version: 0 }), ...body })
  const [theirs, nobodys] = [await ask(id), await ask(NO_ORDER)]
  expect([theirs.status, text(theirs).replaceAll(String(id), 'X')]).toEqual([404, text(nobodys).replaceAll(NO_ORDER, 'X')])
  const both = (await asAdmin('POST', '/api/orders', { facilities: ['A-2', 'B-2'], class: 'ordinary', title: 'both' })).body
  if (name === 'note') return
  const answer = await ask(both.id)
  expect([answer.status, text(answer)]).toEqual([403, expect.stringMatching(/part of the city/)])
  expect((await asAdmin('GET', `/api/orders/${both.id}`)).body.order.version).toBe(both.version)
}
/** Her crew, and one of others. */
const crews = () => {
  const usual = { districts: 'all' as const, domains: 'all' as const, vehicle: '', base: null, disabled: false }
  city.state.roster.putCrew({ ...usual, id: 'crew', name: 'Crew', members: ['eva', 'admin'] })
  city.state.roster.putCrew({ ...usual, id: 'others', name: 'Others', members: ['admin'] })
}
const offered = async (crew: string, ...facilities: string[]) => {
  crews()
  const title = `Offer ${facilities[0]} to ${crew}`
  const { id } = (await asAdmin('POST', '/api/orders', { facilities, class: 'ordinary', title })).body
  expect((await asAdmin('POST', `/api/orders/${id}/dispatch`, { version: 0, crews: [crew], within: 10 })).status).toBe(200)
  return id as number
}
const seats: Promise<Seat>[] = []
const adminSeat = () => (seats[0] ??= seatOf(city, admin))
const evaSeat = () => (seats[1] ??= seatOf(city, eva))
let commands = 0
/** A command to these, which a tank does not take; it stands in the list all the same. */
const told = async (...facilities: string[]) => {
  const id = `probe-command-${String(++commands).padStart(4, '0')}`
  expect((await (await adminSeat()).command(id, 'on', facilities)).status).toBe(200)
  return id
}
const NO_COMMAND = 'probe-command-none'
const picture = String.fromCharCode(0x52, 0x49, 0x46, 0x46, 1, 1, 1, 1, 0x57, 0x45, 0x42, 0x50, 1)
const sendPhoto = (ask: string, order: number | string, photo: string, crew = 'crew') =>
  city.ask('PUT', `/api/crew/orders/${order}/photos/${photo}?crew=${crew}&at=0`, picture, { cookie: ask, 'content-type': 'image/webp' })

const reportsOf = new Map<string, number>()
/** A report on a facility, taken once. */
async function reportOf(facility: string): Promise<number> {
  const body = { id: `report-on-${facility}-by-telephone`, kind: 'damaged', code: facility, contact: `caller of ${facility}` }
  const id = reportsOf.get(facility) ?? (await asAdmin('POST', '/api/reports', body)).body.report.id
  reportsOf.set(facility, id)
  return id
}
/** Of a report elsewhere, and of one that lies nowhere, she is told what she is told of none. */
const reportStep = (method: string, path: string, body?: object) => async () => {
  const nowhere = { id: 'report-on-nothing-by-telephone', kind: 'other', position: [121, 31] }
  const placeless = (await asAdmin('POST', '/api/reports', nowhere)).body.report.id
  for (const id of [await reportOf('B-3'), placeless]) {
    const [theirs, nobodys] = [id, 999_998].map((one) => asEva(method, `/api/reports/${one}${path}`, body))
    const [a, b] = [await (theirs as Promise<Answer>), await (nobodys as Promise<Answer>)]
    expect([a.status, text(a).replaceAll(String(id), 'X')]).toEqual([404, text(b).replaceAll('999998', 'X')])
  }
}

const planFor = (area: string) => ({
  ...{ name: `Plan of ${area}`, nameEn: '', kind: 'other', area, priorities: [], measuresWithin: null, light: null, rounds: null },
  ...{ duty: [], contacts: [], checklist: [{ key: 'look', text: 'Look', owner: '', within: null }], instructions: '' },
})
/** Plans of her district, of the other and of both, each activated once. */
const activations = new Map<string, number>()
async function emergencies(): Promise<Map<string, number>> {
  for (const [id, area] of Object.entries({ ours: 'district=A', theirs: 'district=B', both: 'kind=tank' })) {
    if (activations.has(id)) continue
    expect((await asAdmin('PUT', `/api/emergency-plans/${id}`, { plan: planFor(area), seen: 0 })).status).toBe(200)
    const armed = await asAdmin('POST', `/api/emergency-plans/${id}/arm`, { drill: false, reason: 'probe' })
    const { body } = await asAdmin('POST', '/api/emergency-activations', { token: armed.body.token })
    activations.set(id, body.id)
  }
  return activations
}
const plansSeen = (path: string) => async () => {
  await emergencies()
  const names = async (ask: typeof asEva) => (await ask('GET', path)).body.items.map(({ name }: { name: string }) => name).sort()
  const [both, ours, theirs] = ['kind=tank', 'district=A', 'district=B'].map((area) => `Plan of ${area}`)
  expect([await names(asAdmin), await names(asEva)]).toEqual([
    [ours, theirs, both],
    [ours, both],
  ])
}
/** Of an activation elsewhere she is told what she is told of none; one that reaches beyond her part she may read and not move. */
const activationStep = (method: string, path: string, body?: object) => async () => {
  const made = await emergencies()
  const ask = (id: number) => asEva(method, `/api/emergency-activations/${id}${path}`, body)
  const [theirs, nobodys] = [await ask(made.get('theirs') as number), await ask(999)]
  expect([theirs.status, text(theirs).replaceAll(String(made.get('theirs')), 'X')]).toEqual([404, text(nobodys).replaceAll('999', 'X')])
  expect((await ask(made.get('both') as number)).status).toBe(method === 'GET' ? 200 : 403)
}
let reportOfCity = 0
/** A report of a whole company; hers is only a part of any. */
async function dutyReportOf(): Promise<number> {
  city.state.setStoredThrough(Number.MAX_SAFE_INTEGER)
  reportOfCity ||= (await asAdmin('POST', '/api/duty-reports', { company: 'water', period: 'day' })).body.id
  await vi.waitUntil(() => city.services.dutyReports.report(reportOfCity).state === 'made', { timeout: 10_000 })
  return reportOfCity
}
const dutyReportStep = (method: string, path: string, body?: object) => async () => {
  const id = await dutyReportOf()
  const [theirs, nobodys] = [
    await asEva(method, `/api/duty-reports/${id}${path}`, body),
    await asEva(method, `/api/duty-reports/999998${path}`, body),
  ]
  expect([theirs.status, text(theirs).replaceAll(`${id}`, 'X')]).toEqual([404, text(nobodys).replaceAll('999998', 'X')])
}

/** One that begins in the next minute, by the clock of the city. */
function soon() {
  const from = (Math.floor(city.now() / 60_000) + 8 * 60 + 1) % 1440
  return [{ from, to: Math.min(1440, from + 60) }]
}
const planAt = (...facilities: string[]) => ({
  ...{ name: 'Walk', kind: 'patrol', company: 'bureau', windows: soon(), weekdays: [1, 2, 3, 4, 5, 6, 7] },
  stops: facilities.map((facility) => ({ facility })),
})
const roundOf = async (plan: string): Promise<number> => (await asAdmin('GET', `/api/rounds?plan=${plan}`)).body.items.at(-1).id
/** Plans of both districts for as long as the probe takes; that for both is walked by a crew of hers in A. */
const withPlans = (probe: () => Promise<unknown>) => async () => {
  const plans = { 'walk-a': ['A-1'], 'walk-b': ['B-1'], 'walk-both': ['A-1', 'B-2'] }
  for (const [id, stops] of Object.entries(plans))
    expect((await asAdmin('PUT', `/api/round-plans/${id}`, planAt(...stops))).status).toBe(200)
  await probe()
  for (const id of Object.keys(plans)) await asAdmin('DELETE', `/api/round-plans/${id}`)
}
/** Of a round or plan elsewhere she is told what she is told of none. */
const sameAsNone = async (method: string, path: (id: string | number) => string, theirs: string | number, none: string, body?: unknown) => {
  const [own, nobodys] = [await asEva(method, path(theirs), body), await asEva(method, path(none), body)]
  expect([own.status, text(own).replaceAll(String(theirs), 'X')]).toEqual([404, text(nobodys).replaceAll(none, 'X')])
}

/** One for each route that limits: shows that she sees and changes nothing of district B. */
const probes: Readonly<Record<string, () => Promise<unknown>>> = {
  'GET /api/emergency-plans': plansSeen('/api/emergency-plans'),
  'GET /api/emergency-activations': plansSeen('/api/emergency-activations?active=true'),
  'GET /api/emergency-plans/:id': async () => {
    await emergencies()
    expect((await asEva('GET', '/api/emergency-plans/ours')).status).toBe(200)
    expect((await asEva('GET', '/api/emergency-plans/theirs')).status).toBe(404)
  },
  'PUT /api/emergency-plans/:id': async () => {
    await emergencies()
    for (const area of ['district=B', 'kind=tank'])
      expect((await asEva('PUT', '/api/emergency-plans/mine', { plan: planFor(area), seen: 0 })).status).toBe(403)
    expect((await asEva('PUT', '/api/emergency-plans/theirs', { plan: planFor('district=A'), seen: 1 })).status).toBe(404)
    expect((await asEva('PUT', '/api/emergency-plans/both', { plan: planFor('district=A'), seen: 1 })).status).toBe(403)
  },
  'DELETE /api/emergency-plans/:id': async () => {
    await emergencies()
    expect([404, 403]).toEqual(
      await Promise.all(['theirs', 'both'].map(async (id) => (await asEva('DELETE', `/api/emergency-plans/${id}`)).status)),
    )
  },
  'POST /api/emergency-plans/:id/arm': async () => {
    await emergencies()
    const arm = async (id: string, more = {}) =>
      (await asEva('POST', `/api/emergency-plans/${id}/arm`, { drill: true, reason: 'probe', ...more })).status
    expect([await arm('theirs'), await arm('both'), await arm('both', { area: 'kind=tank district=A' })]).toEqual([404, 403, 200])
  },
  'POST /api/emergency-activations': async () => {
    await emergencies()
    const { token } = (await asAdmin('POST', '/api/emergency-plans/theirs/arm', { drill: true, reason: 'probe' })).body
    expect((await asEva('POST', '/api/emergency-activations', { token })).status).toBe(409)
  },
  'GET /api/emergency-activations/:id': activationStep('GET', ''),
  'GET /api/emergency-activations/:id/log': activationStep('GET', '/log'),
  'POST /api/emergency-activations/:id/items/:item': activationStep('POST', '/items/look', { done: true, note: '' }),
  'POST /api/emergency-activations/:id/contacts/:contact': activationStep('POST', '/contacts/0', { note: '' }),
  'POST /api/emergency-activations/:id/notes': activationStep('POST', '/notes', { text: 'probe' }),
  'POST /api/emergency-activations/:id/end': activationStep('POST', '/end', { reason: 'probe' }),
  'GET /api/alarms/:id/emergency': singleAlarm((id) => `/api/alarms/${id}/emergency`),
  'GET /api/facilities/:id/emergency': single((id) => `/api/facilities/${id}/emergency`),
  'GET /api/snapshot': async () => {
    const own = (await lists('/api/snapshot')()).body
    expect(own.alarms).toHaveLength(SIZE)
    const { alarms, states } = (await asAdmin('GET', '/api/snapshot')).body
    const abnormal = (base64: string) => [...Buffer.from(base64, 'base64')].filter((code) => code !== 0).length
    expect([abnormal(own.states), abnormal(states)]).toEqual([SIZE, alarms.length])
    expect(own.timeline.reduce((sum: number, { high }: { high: number }) => sum + high, 0)).toBe(SIZE)
    expect(own.flood).toMatchObject({ id: 1, incidents: [] })
  },
  'GET /api/plant': async () => {
    const { body, headers } = await asEva('GET', '/api/plant')
    expect(body.ids.map((id: string) => id.slice(0, 2))).toEqual(Array(SIZE).fill('A-'))
    expect([body.ids.length, body.names.length, body.district.values]).toEqual([SIZE, SIZE, ['A']])
    expect(headers.get('etag')).not.toBe((await asAdmin('GET', '/api/plant')).headers.get('etag'))
  },
  'GET /api/latest': lists('/api/latest'),
  'GET /api/lamp-on-rate': withLamps(async () => {
    for (const by of ['road', 'district', 'class', 'key-area']) {
      const [whole, own] = await Promise.all([asAdmin, asEva].map((ask) => ask('GET', `/api/lamp-on-rate?by=${by}`)))
      expect([whole?.body.total.unscheduled, own?.body.total.unscheduled]).toEqual([2, 1])
      expect(isOfB(own as Answer)).toBe(false)
    }
    expect(isOfB(await asAdmin('GET', '/api/lamp-on-rate?by=road'))).toBe(true)
  }),
  'GET /api/lamp-on-rate/history': withLitLamps(async ({ from, to }) => {
    const ask = `/api/lamp-on-rate/history?from=${from}&to=${to}`
    const [whole, own] = await Promise.all([asAdmin, asEva].map((asks) => asks('GET', ask)))
    expect([whole?.body.moments[0].due, own?.body.moments[0].due]).toEqual([5, 2])
  }),
  'GET /api/lamp-on-rate/last-night': withLitLamps(async () => {
    const [whole, own] = await Promise.all([asAdmin, asEva].map((ask) => ask('GET', '/api/lamp-on-rate/last-night?by=road')))
    expect([whole, own].map((one) => one?.body.rows.map(({ key }: { key: string }) => key))).toEqual([['Road A', 'Road B'], ['Road A']])
    expect([whole?.body.total.lit, own?.body.total.lit]).toEqual([5, 2])
  }),
  'GET /api/lamp-on-rate/days': withLitLamps(async ({ date }) => {
    const ask = `/api/lamp-on-rate/days?by=road&from=${date}&to=${date}`
    const [whole, own] = await Promise.all([asAdmin, asEva].map((asks) => asks('GET', ask)))
    expect([whole, own].map((one) => one?.body.rows.map(({ key }: { key: string }) => key))).toEqual([['Road A', 'Road B'], ['Road A']])
    expect([whole?.body.total.litMinutes, own?.body.total.litMinutes]).toEqual([25, 10])
  }),
  'GET /api/lighting-energy': withLitLamps(async ({ date }) => {
    const ask = `/api/lighting-energy?by=feeder&from=${date}&to=${date}`
    const [whole, own] = await Promise.all([asAdmin, asEva].map((asks) => asks('GET', ask)))
    expect([whole, own].map((one) => one?.body.rows.map(({ key }: { key: string }) => key))).toEqual([['LC-A', 'LC-B'], ['LC-A']])
  }),
  'POST /api/lamp-on-rate/selection': withLamps(async () => {
    const question = { facilities: ['A-100', 'B-100', 'C-9'] }
    const [whole, own] = await Promise.all([asAdmin, asEva].map((ask) => ask('POST', '/api/lamp-on-rate/selection', question)))
    expect([whole?.body.total.unscheduled, own?.body.total.unscheduled]).toEqual([2, 1])
  }),
  'GET /api/facilities': async () => {
    await lists('/api/facilities')()
    const page = (await asEva('GET', '/api/facilities?limit=5')).body
    expect([page.items.length, page.total]).toEqual([5, SIZE])
    const rest = (await asEva('GET', `/api/facilities?limit=5&after=${page.next}`)).body
    expect([rest.items.length, rest.next, rest.total]).toEqual([SIZE - 5, null, SIZE])
    for (const query of ['district=B', 'query=id%3DB-1', 'q=B-1', 'query=district%3DB', 'query=gateway%3DB-1%20district%3DB'])
      expect((await asEva('GET', `/api/facilities?${query}`)).body).toEqual({ items: [], next: null, total: 0 })
  },
  'POST /api/facilities': async () => {
    const put = (facility: object) => ({ facilities: [{ kind: 'tank', ...facility }], reason: 'probe' })
    // One of B, one of hers to B, a new one there or nowhere, and new links to there.
    for (const facility of [
      { id: 'B-1', road: 'Elsewhere' },
      { id: 'B-1', district: 'A' },
      { id: 'A-1', district: 'B' },
      { id: 'N-1', district: 'B' },
      { id: 'N-1' },
      { id: 'A-4', fedBy: 'B-4' },
      { id: 'A-4', gateway: 'B-1' },
    ])
      await refused('POST', '/api/facilities', put(facility))
    // All or nothing.
    const both = {
      facilities: [
        { id: 'A-5', kind: 'tank', road: 'New road' },
        { id: 'B-5', kind: 'tank', road: 'New road' },
      ],
    }
    await refused('POST', '/api/facilities', both)
    expect((await asAdmin('GET', '/api/facilities/A-5')).body.facility.road).toBe('Road A')
    // A link that is there may stay while something else is changed, and may go.
    for (const facility of [
      { id: 'A-3', road: 'Short road' },
      { id: 'A-3', gateway: null },
      { id: 'A-6', fedBy: 'A-1' },
    ])
      expect((await asEva('POST', '/api/facilities', put(facility))).status).toBe(200)
    for (const facility of [
      { id: 'A-3', gateway: 'B-1', road: 'Road A' },
      { id: 'A-6', fedBy: null },
    ])
      await asAdmin('POST', '/api/facilities', put(facility))
  },
  'GET /api/facilities/:id': async () => {
    await single((id) => `/api/facilities/${id}`)()
    expect((await asAdmin('GET', '/api/facilities/A-1')).body.children).toEqual({ supply: 2, link: 0 })
    expect((await asEva('GET', '/api/facilities/A-1')).body.children).toEqual({ supply: 1, link: 0 })
  },
  'DELETE /api/facilities/:id': async () => {
    await isUnknown('DELETE', (id) => `/api/facilities/${id}`)
    // B-2 hangs on it.
    await asAdmin('POST', '/api/facilities', { facilities: [{ id: 'A-2', kind: 'tank', fedBy: null }] })
    await refused('DELETE', '/api/facilities/A-1')
    await asAdmin('POST', '/api/facilities', { facilities: [{ id: 'A-2', kind: 'tank', fedBy: 'A-1' }] })
  },
  'PUT /api/facilities/:id/mode': async () => {
    const body = { mode: 'maintenance', reason: 'probe' }
    await isUnknown(
      'PUT',
      (id) => `/api/facilities/${id}/mode`,
      () => body,
    )
    expect((await asEva('PUT', '/api/facilities/A-7/mode', body)).status).toBe(200)
  },
  'PUT /api/facilities/mode': async () => {
    const facilities = ['A-6', 'A-7', 'B-6', 'C-9']
    const { body } = await asEva('PUT', '/api/facilities/mode', { facilities, mode: 'manual', reason: 'probe' })
    const outcomes = body.results.map(({ outcome }: { outcome: string }) => outcome)
    expect(outcomes).toEqual(['changed', 'changed', 'unknown', 'unknown'])
  },
  'GET /api/facilities/:id/circuits': async () => {
    await single((id) => `/api/facilities/${id}/circuits`)()
    const counted = await Promise.all([asAdmin, asEva].map(async (ask) => (await ask('GET', '/api/facilities/A-1/circuits')).body.circuits))
    expect(counted.map(([circuit]) => circuit.facilities)).toEqual([2, 1])
  },
  'GET /api/facilities/:id/children': async () => {
    await single((id) => `/api/facilities/${id}/children`)()
    const own = await asEva('GET', '/api/facilities/A-1/children')
    expect([own.body.items.map(({ id }: { id: string }) => id), own.body.total]).toEqual([['A-2'], 1])
  },
  'GET /api/facilities/:id/heartbeats': single((id) => `/api/facilities/${id}/heartbeats`),
  'GET /api/facilities/:id/versions': single((id) => `/api/facilities/${id}/versions`),
  'GET /api/facilities/:id/rules': single((id) => `/api/facilities/${id}/rules`),
  'GET /api/facilities/:id/readings': single((id) => `/api/facilities/${id}/readings?points=level`),
  'GET /api/readings': async () => {
    await single((id) => `/api/readings?series=${id}:level`)()
    await refused('GET', '/api/readings?series=A-1:level&series=B-1:level', undefined, 404)
  },
  'GET /api/operations/:duty': withStations(async () => {
    await lists('/api/operations/gas')()
  }),
  'GET /api/operations/:duty/days': withStations(async () => {
    const inventory = async (ask: typeof asAdmin) => {
      const { columns, rows } = (await ask('GET', '/api/operations/gas/days')).body
      return rows.at(-1).cells[columns.findIndex(({ key }: { key: string }) => key === 'inventory')]
    }
    expect([await inventory(asAdmin), await inventory(asEva)]).toEqual([200, 100])
  }),
  'GET /api/gas-deliveries': withStations(async () => {
    for (const id of ['A-200', 'B-200']) expect((await asAdmin('POST', '/api/gas-deliveries', deliveryTo(id))).status).toBe(200)
    await lists('/api/gas-deliveries')()
  }),
  'POST /api/gas-deliveries': withStations(async () => {
    expect((await asEva('POST', '/api/gas-deliveries', deliveryTo('A-200'))).status).toBe(200)
    const [theirs, nobodys] = await Promise.all(['B-200', 'C-9'].map((id) => asEva('POST', '/api/gas-deliveries', deliveryTo(id))))
    expect([theirs?.status, theirs?.body.detail.replaceAll('B-200', 'X')]).toEqual([400, nobodys?.body.detail.replaceAll('C-9', 'X')])
  }),
  'PUT /api/gas-deliveries/:id': withStations(async () => {
    const made = await Promise.all(['A-200', 'B-200'].map((id) => asAdmin('POST', '/api/gas-deliveries', deliveryTo(id))))
    const [own, theirs] = made.map(({ body }) => body.id)
    const cancel = (id: number) => asEva('PUT', `/api/gas-deliveries/${id}`, { state: 'cancelled' })
    expect((await cancel(own)).status).toBe(200)
    const [refusal, nothing] = [await cancel(theirs), await cancel(999_999)]
    expect([refusal.status, text(refusal).replaceAll(String(theirs), 'X')]).toEqual([404, text(nothing).replaceAll('999999', 'X')])
  }),
  'GET /api/entered-readings': async () => {
    for (const id of ['A-1', 'B-1']) expect((await asAdmin('POST', '/api/entered-readings', enteredFor(id))).status).toBe(200)
    await lists('/api/entered-readings')()
    await isUnknown('GET', (id) => `/api/entered-readings?facility=${id}`)
  },
  'POST /api/entered-readings': async () => {
    expect((await asEva('POST', '/api/entered-readings', enteredFor('A-2'))).status).toBe(200)
    await isUnknown('POST', () => '/api/entered-readings', enteredFor)
  },
  'POST /api/entered-readings/import': async () => {
    const send = (id: string) =>
      city.ask('POST', '/api/entered-readings/import', `facility,at,level\n${id},2026-03-01 08:00,4\n`, {
        ...{ cookie: eva, 'content-type': 'text/csv' },
      })
    expect((await send('A-3')).status).toBe(200)
    const [theirs, nobodys] = [await send('B-1'), await send('C-9')]
    expect([theirs.status, text(theirs).replaceAll('B-1', 'X')]).toEqual([400, text(nobodys).replaceAll('C-9', 'X')])
  },
  'GET /api/plot-context': async () => {
    await single((id) => `/api/plot-context?facility=${id}`)()
    await refused('GET', '/api/plot-context?facility=A-1&facility=B-1', undefined, 404)
  },
  'GET /api/completeness': async () => {
    const own = (await lists('/api/completeness?limit=50')()).body
    expect(own.total).toBe(SIZE)
    await single((id) => `/api/completeness?facility=${id}`)()
    expect((await asEva('GET', '/api/completeness?query=district%3DB')).body).toMatchObject({ total: 0, items: [] })
  },
  'GET /api/daily-totals': single((id) => `/api/daily-totals?facility=${id}`),
  'GET /api/export': async () => {
    const own = await asEva('GET', '/api/export?format=csv')
    expect(own.body.split('\r\n').filter((line: string) => /^"?B-/.test(line))).toEqual([])
    expect(own.body.split('\r\n').filter((line: string) => /^"?A-/.test(line))).toHaveLength(SIZE)
    expect((await asEva('GET', '/api/export?format=csv&query=district%3DB')).body).not.toMatch(/^"?B-/m)
  },

  'POST /api/telemetry/exports': async () => {
    for (const only of [{ facilities: ['B-1'] }, { query: 'district=B' }])
      expect((await asEva('POST', '/api/telemetry/exports', { kind: 'tank', format: 'csv', from: 0, ...only })).status).toBe(400)
    const file = await exportedBy(eva, {})
    expect(await file.text()).toMatch(/A-1/)
    const { body } = await asEva('GET', '/api/telemetry/exports')
    expect(body[0].facilities).toBe(SIZE)
  },
  'GET /api/telemetry/exports': async () => {
    await exportedBy(admin, {})
    expect((await asAdmin('GET', '/api/telemetry/exports')).body.some(({ by }: { by: string }) => by === 'admin')).toBe(true)
    expect((await asEva('GET', '/api/telemetry/exports')).body.every(({ by }: { by: string }) => by === 'eva')).toBe(true)
  },
  'GET /api/telemetry/exports/:id': async () => othersExport('GET', ''),
  'GET /api/telemetry/exports/:id/file': async () => othersExport('GET', '/file'),
  'DELETE /api/telemetry/exports/:id': async () => othersExport('DELETE', ''),
  'GET /api/telemetry/export': async () => {
    const [whole, own] = [await asAdmin('GET', streamed), await asEva('GET', streamed)]
    expect([/\bB-1\b/.test(whole.body), /\bA-1\b/.test(own.body), /\bB-\d/.test(own.body)]).toEqual([true, true, false])
    expect((await asEva('GET', `${streamed}&facilities=B-1`)).status).toBe(400)
    expect((await asEva('GET', `${streamed}&facilities=A-1,B-1`)).body).not.toMatch(/\bB-1/)
  },

  'GET /api/duty-reports': async () => {
    const id = await dutyReportOf()
    const [whole, own] = [await asAdmin('GET', '/api/duty-reports'), await asEva('GET', '/api/duty-reports')]
    expect([whole.body.items.map((one: { id: number }) => one.id), own.body]).toEqual([[id], { items: [], next: null }])
  },
  'GET /api/duty-reports/:id': dutyReportStep('GET', ''),
  'GET /api/duty-reports/:id/csv': dutyReportStep('GET', '/csv'),
  'POST /api/duty-reports': async () => refused('POST', '/api/duty-reports', { company: 'water', period: 'day' }),
  'POST /api/duty-reports/:id/again': dutyReportStep('POST', '/again', { reason: 'probe' }),
  'POST /api/duty-reports/:id/sign': dutyReportStep('POST', '/sign', { remark: '' }),

  'GET /api/programme-overrides': withOverrides(async ({ a, b, all }) => {
    const [whole, own] = await Promise.all([asAdmin, asEva].map((ask) => ask('GET', '/api/programme-overrides')))
    const lamps = (answer?: Answer) => answer?.body.items.map((one: { id: number; lamps: number }) => [one.id, one.lamps])
    expect(lamps(whole)).toEqual([
      [all, 2],
      [b, 1],
      [a, 1],
    ])
    expect(lamps(own)).toEqual([
      [all, 1],
      [a, 1],
    ])
  }),
  'GET /api/light-changes': withOverrides(async () => {
    const queries = async (ask: typeof asEva) =>
      (await ask('GET', '/api/light-changes?limit=3')).body.items.map(
        (one: { change: { override: { query: string } } }) => one.change.override.query,
      )
    expect([await queries(asAdmin), await queries(asEva)]).toEqual([
      ['kind=street-light', 'id=B-300', 'id=A-300'],
      ['kind=street-light', 'id=A-300'],
    ])
  }),
  'GET /api/light-changes/:id': withOverrides(async () => {
    const [all, b, a] = await newestChanges()
    await sameAsNone('GET', (id) => `/api/light-changes/${id}`, b as string, 'none')
    expect((await asEva('GET', `/api/light-changes/${a}`)).body).toMatchObject({ id: a, isElsewhere: false })
    expect((await asEva('GET', `/api/light-changes/${all}`)).body).toMatchObject({ id: all, isElsewhere: true })
  }),
  'POST /api/light-changes/arm': withOverrides(async ({ a, b, all }) => {
    const { console, light } = await evaSeat()
    const body = (query: string) => ({
      change: { type: 'override', override: { query, level: 0, programme: null, until: city.now() + 60_000, reason: 'probe' } },
      console: console(),
    })
    await refused('POST', '/api/light-changes/arm', body('kind=street-light'))
    const [theirs, nobodys] = [
      await asEva('POST', '/api/light-changes/arm', body('id=B-300')),
      await asEva('POST', '/api/light-changes/arm', body('id=C-9')),
    ]
    expect([theirs.status, text(theirs)]).toEqual([403, text(nobodys)])
    expect((await asEva('POST', '/api/light-changes/arm', body('id=A-300'))).body.counts).toMatchObject({ lamps: 1, cabinets: 0 })
    const ending = (override: number) => ({ change: { type: 'end-override', override, reason: 'probe' }, console: console() })
    await refused('POST', '/api/light-changes/arm', ending(all))
    const [other, none] = [
      await asEva('POST', '/api/light-changes/arm', ending(b)),
      await asEva('POST', '/api/light-changes/arm', ending(999_998)),
    ]
    expect([other.status, text(other).replaceAll(String(b), 'ID')]).toEqual([404, text(none).replaceAll('999998', 'ID')])
    expect((await light({ type: 'end-override', override: a, reason: 'probe' })).body).toMatchObject({ state: 'in-force', override: a })
  }),
  'POST /api/light-changes': withOverrides(async () => {
    const [, b] = await newestChanges()
    const { console } = await evaSeat()
    const taken = await asEva('POST', '/api/light-changes', { id: b, token: 'none', console: console() })
    expect([taken.status, text(taken)]).toEqual([409, expect.not.stringMatching(/B-300/)])
  }),
  'POST /api/light-changes/:id/approve': withOverrides(() => decidesNothing('approve', {})),
  'POST /api/light-changes/:id/decline': withOverrides(() => decidesNothing('decline', {})),
  'POST /api/light-changes/:id/withdraw': withOverrides(() => decidesNothing('withdraw', { reason: 'probe' })),
  'GET /api/programme-preview': withOverrides(async () => {
    const lamps = async (ask: typeof asEva) =>
      (await ask('GET', '/api/programme-preview?query=kind%3Dstreet-light')).body.groups.flatMap(
        ({ lamps, example }: { lamps: number; example: string }) => [lamps, example],
      )
    expect((await lamps(asAdmin)).filter(Number)).toEqual([1, 1])
    expect(await lamps(asEva)).toEqual([1, 'A-300'])
    await isUnknown('GET', (id) => `/api/programme-preview?facility=${id}`)
  }),
  'GET /api/programme-state': withOverrides(async () => {
    city.lighting.tick()
    const [whole, own] = await Promise.all([asAdmin, asEva].map((ask) => ask('GET', '/api/programme-state')))
    const named = (answer?: Answer) => answer?.body.items.map(({ facility }: { facility: string }) => facility).sort()
    expect([named(whole), named(own)]).toEqual([['A-300', 'B-300'], ['A-300']])
  }),
  'POST /api/programme-state/download': withOverrides(async () => {
    city.lighting.tick()
    const ask = (facilities: string[]) => asEva('POST', '/api/programme-state/download', { facilities })
    const [theirs, nobodys] = [await ask(['B-300']), await ask(['C-9'])]
    expect([theirs.status, text(theirs)]).toEqual([409, text(nobodys)])
    expect((await ask(['A-300', 'B-300'])).body).toEqual({ devices: 1 })
  }),
  'GET /api/round-plans': withPlans(async () => {
    const { body } = await asEva('GET', '/api/round-plans')
    expect(body.items.map(({ id, elsewhere }: { id: string; elsewhere: number }) => [id, elsewhere])).toEqual([
      ['walk-a', 0],
      ['walk-both', 1],
    ])
    expect(text({ ...(await asEva('GET', '/api/round-plans')) } as Answer)).not.toMatch(/B-\d/)
  }),
  'PUT /api/round-plans/:id': withPlans(async () => {
    await refused('PUT', '/api/round-plans/walk-b', planAt('A-1'))
    await refused('PUT', '/api/round-plans/walk-new', planAt('A-1', 'B-1'))
    expect((await asEva('PUT', '/api/round-plans/walk-a', planAt('A-2'))).status).toBe(200)
  }),
  'DELETE /api/round-plans/:id': withPlans(async () => {
    await sameAsNone('DELETE', (id) => `/api/round-plans/${id}`, 'walk-b', 'walk-none')
    await refused('DELETE', '/api/round-plans/walk-both')
    expect((await asEva('DELETE', '/api/round-plans/walk-a')).status).toBe(204)
  }),
  'GET /api/round-plans/:id/labels': withPlans(async () => {
    await sameAsNone('GET', (id) => `/api/round-plans/${id}/labels`, 'walk-b', 'walk-none')
    expect((await asEva('GET', '/api/round-plans/walk-both/labels')).body.items.map(({ key }: { key: string }) => key)).toEqual(['A-1'])
  }),
  'GET /api/rounds': withPlans(async () => {
    const plans = async (ask: typeof asEva) => [
      ...new Set((await ask('GET', '/api/rounds')).body.items.map(({ plan }: { plan: string }) => plan)),
    ]
    expect([(await plans(asAdmin)).length, (await plans(asEva)).sort()]).toEqual([3, ['walk-a', 'walk-both']])
  }),
  'GET /api/rounds/to-come': withPlans(async () => {
    const path = `/api/rounds/to-come?from=${city.now() + 86_400_000}&to=${city.now() + 2 * 86_400_000}`
    const [whole, own] = await Promise.all([asAdmin, asEva].map(async (ask) => (await ask('GET', path)).body))
    expect([whole.count, own.count]).toEqual([3, 2])
    expect(own.items.map(({ plan }: { plan: string }) => plan).sort()).toEqual(['walk-a', 'walk-both'])
  }),
  'GET /api/rounds/:id': withPlans(async () => {
    await sameAsNone('GET', (id) => `/api/rounds/${id}`, await roundOf('walk-b'), '999998')
    const { body } = await asEva('GET', `/api/rounds/${await roundOf('walk-both')}`)
    expect([body.stops.map(({ key }: { key: string }) => key), body.elsewhere]).toEqual([['A-1'], 1])
  }),
  'POST /api/rounds/:id/call-off': withPlans(async () => {
    await sameAsNone('POST', (id) => `/api/rounds/${id}/call-off`, await roundOf('walk-b'), '999998', { reason: 'probe' })
    await refused('POST', `/api/rounds/${await roundOf('walk-both')}/call-off`, { reason: 'probe' })
  }),
  'GET /api/round-coverage': withPlans(async () => {
    const path = `/api/round-coverage?by=district&from=${city.now() - 86_400_000}&to=${city.now() + 86_400_000}`
    city.clock.ahead += 60_000
    const areas = await Promise.all([asAdmin, asEva].map(async (ask) => (await ask('GET', path)).body.items))
    city.clock.ahead -= 60_000
    expect(areas.map((items) => items.map(({ area }: { area: string }) => area))).toEqual([['A', 'B'], ['A']])
  }),
  'GET /api/round-visits': withPlans(async () => {
    const [whole, own] = await Promise.all([asAdmin, asEva].map((ask) => ask('GET', '/api/round-visits?since=0')))
    expect([whole?.status, isOfB(own as Answer)]).toEqual([200, false])
  }),
  'GET /api/crew/rounds': withPlans(async () => {
    const { body } = await asEva('GET', '/api/crew/rounds')
    expect([...new Set(body.rounds.map(({ round: { plan } }: { round: { plan: string } }) => plan))].sort()).toEqual([
      'walk-a',
      'walk-both',
    ])
    expect(JSON.stringify(body)).not.toMatch(/B-\d/)
  }),
  'POST /api/crew/check-ins': withPlans(async () => {
    const send = async (round: number) =>
      (await asEva('POST', '/api/crew/check-ins', { checkIns: [{ id: 'probe-check-in-0001', round, stop: 'B-1', at: city.now() }] })).body
        .answers[0]
    expect(await send(await roundOf('walk-b'))).toEqual(await send(999_998))
  }),
  'GET /api/orders': orderList('/api/orders', (facility) => `Order ${facility}`),
  'GET /api/orders/export': orderList('/api/orders/export', (facility) => `Order ${facility}`),
  'GET /api/order-queue': orderList('/api/order-queue', (_, id) => `"order":${id},`),
  'GET /api/order-figures': async () => {
    for (const id of ['A-1', 'B-1']) await orderOf(id)
    const districts = await Promise.all(
      [asAdmin, asEva].map(async (ask) => (await ask('GET', '/api/order-figures')).body.districts.map(({ key }: { key: string }) => key)),
    )
    expect(districts).toEqual([['A', 'B'], ['A']])
  },
  'GET /api/orders/:id': async () => {
    const { id } = await orderOf('B-1')
    const [theirs, nobodys] = [await asEva('GET', `/api/orders/${id}`), await asEva('GET', `/api/orders/${NO_ORDER}`)]
    expect([theirs.status, text(theirs).replaceAll(String(id), 'X')]).toEqual([404, text(nobodys).replaceAll(NO_ORDER, 'X')])
    const both = (await asAdmin('POST', '/api/orders', { facilities: ['A-4', 'B-4'], class: 'ordinary', title: 'both' })).body
    const own = await asEva('GET', `/api/orders/${both.id}`)
    expect([own.body.order.facilities, own.body.order.elsewhere, isOfB(own)]).toEqual([['A-4'], 1, false])
    expect((await asAdmin('GET', `/api/orders/${both.id}`)).body.facilities).toHaveLength(2)
    // What her crew is asked to do she sees whole, wherever it lies; at the desk she changes nothing of it.
    const ours = await offered('crew', 'B-5', 'A-5')
    expect((await asEva('GET', `/api/orders/${ours}`)).body).toMatchObject({
      order: { elsewhere: 0, facilities: ['B-5', 'A-5'] },
      facilities: [{ id: 'B-5' }, { id: 'A-5' }],
    })
    for (const [name, body] of [
      ['recall', { reason: 'probe' }],
      ['close', {}],
    ] as const)
      expect((await asEva('POST', `/api/orders/${ours}/${name}`, { version: 1, ...body })).status).toBe(403)
    expect((await asEva('GET', `/api/orders/${await offered('others', 'B-5')}`)).status).toBe(404)
  },
  'GET /api/orders/:id/crews': async () => {
    const { id } = await orderOf('B-1')
    const [theirs, nobodys] = [await asEva('GET', `/api/orders/${id}/crews`), await asEva('GET', `/api/orders/${NO_ORDER}/crews`)]
    expect([theirs.status, text(theirs).replaceAll(String(id), 'X')]).toEqual([404, text(nobodys).replaceAll(NO_ORDER, 'X')])
    expect((await asEva('GET', `/api/orders/${(await orderOf('A-1')).id}/crews`)).status).toBe(200)
  },
  'POST /api/orders': async () => {
    const order = (more: object) => asEva('POST', '/api/orders', { class: 'ordinary', title: 'probe', ...more })
    for (const more of [{ facilities: ['B-3'] }, { facilities: ['A-3', 'B-3'] }, { alarms: [alarmOf('B-3')] }])
      expect((await order(more)).status).toBe(404)
    expect((await order({ facilities: ['A-3'] })).status).toBe(200)
  },
  'POST /api/orders/:id/dispatch': orderStep('dispatch', { crews: ['crew'], within: 10 }),
  'POST /api/orders/:id/recall': orderStep('recall', { reason: 'probe' }),
  'POST /api/orders/:id/reclassify': orderStep('reclassify', { class: 'danger', reason: 'probe' }),
  'POST /api/orders/:id/merge': async () => {
    await orderStep('merge', { into: (await orderOf('A-1')).id, reason: 'probe' })()
    const own = await orderOf('A-8')
    const into = (await orderOf('B-1')).id
    expect((await asEva('POST', `/api/orders/${own.id}/merge`, { version: 0, into, reason: 'probe' })).status).toBe(404)
  },
  'POST /api/orders/:id/split': orderStep('split', { facilities: ['B-2'], reason: 'probe' }),
  'POST /api/orders/:id/reject': orderStep('reject', { reason: 'probe' }),
  'POST /api/orders/:id/verify': orderStep('verify', { words: 'probe' }),
  'POST /api/orders/:id/close': orderStep('close', { reason: 'probe' }),
  'POST /api/orders/:id/reopen': orderStep('reopen', { reason: 'probe' }),
  'POST /api/orders/:id/note': orderStep('note', { text: 'probe' }),
  'GET /api/reports': async () => {
    const [a, b] = [await reportOf('A-3'), await reportOf('B-3')]
    const seen = async (ask: typeof asEva, query = '') =>
      (await ask('GET', `/api/reports${query}`)).body.items.map(({ id }: { id: number }) => id)
    expect(await seen(asAdmin)).toEqual(expect.arrayContaining([a, b]))
    expect([await seen(asEva), await seen(asEva, '?district=B')]).toEqual([[a], []])
  },
  'GET /api/reports/:id': async () => {
    await reportStep('GET', '')()
    const { status, body } = await asEva('GET', `/api/reports/${await reportOf('A-3')}`)
    expect([status, body.contact]).toEqual([200, 'caller of A-3'])
  },
  'POST /api/reports': async () => {
    const call = (id: string, more: object) => asEva('POST', '/api/reports', { id, kind: 'other', ...more })
    for (const more of [{ code: 'B-3' }, { code: 'C-9' }, { position: [121, 31] }, {}]) {
      expect((await call('call-of-somebody-else', more)).status).toBe(422)
    }
    // An id that was used elsewhere tells nothing of what it was used for.
    await reportOf('B-3')
    const used = await call('report-on-B-3-by-telephone', { code: 'A-3' })
    expect([used.status, isOfB({ ...used, body: { ...used.body, detail: '' } })]).toEqual([409, false])
    expect((await call('call-of-my-own-part', { code: 'A-7' })).body.report).toMatchObject({ facility: 'A-7', enteredBy: 'eva' })
  },
  'POST /api/reports/:id/close': reportStep('POST', '/close', { reason: 'probe' }),
  'POST /api/reports/:id/order': async () => {
    await reportStep('POST', '/order', {})()
    const { status } = await asEva('POST', `/api/reports/${await reportOf('A-3')}/order`, { facility: 'B-3' })
    expect(status).toBe(404)
  },
  'GET /api/crew/orders': async () => {
    await offered('crew', 'A-1')
    await offered('crew', 'B-1')
    await offered('others', 'B-1')
    const [whole, own] = [await seenBy(asAdmin)('/api/crew/orders'), await seenBy(asEva)('/api/crew/orders')]
    const told = (all: string) => ['Offer A-1 to crew', 'Offer B-1 to crew', 'Offer B-1 to others'].map((title) => all.includes(title))
    expect([told(whole), told(own)]).toEqual([
      [true, true, true],
      [true, true, false],
    ])
  },
  'POST /api/crew/actions': async () => {
    const orders = [await offered('others', 'B-1'), Number(NO_ORDER), await offered('crew', 'B-1')]
    const actions = orders.map((order) => ({ id: `accept-${order}`, order, at: 0, type: 'accept' }))
    const { body } = await asEva('POST', '/api/crew/actions', { crew: 'crew', actions })
    expect(body.answers.map(({ outcome, why }: { outcome: string; why: string }) => `${outcome} ${why}`)).toEqual([
      `kept There is no order ${orders[0]}.`,
      `kept There is no order ${NO_ORDER}.`,
      'done ',
    ])
  },
  'GET /api/commands': async () => {
    await told('A-1', 'B-1')
    await told('B-2')
    const own = (await lists('/api/commands')()).body.items
    expect(own).toMatchObject([{ elsewhere: 1, counts: { refused: 1 }, targets: [{ facility: 'A-1' }] }])
    expect((await asEva('GET', '/api/commands?facility=B-1')).status).toBe(404)
  },
  'GET /api/commands/:id': async () => {
    const [a, b] = [await told('A-1'), await told('B-1')]
    expect((await asEva('GET', `/api/commands/${a}`)).status).toBe(200)
    const [theirs, nobodys] = [await asEva('GET', `/api/commands/${b}`), await asEva('GET', `/api/commands/${NO_COMMAND}`)]
    expect([theirs.status, text(theirs).replaceAll(b, 'X')]).toEqual([404, text(nobodys).replaceAll(NO_COMMAND, 'X')])
  },
  'GET /api/commands/:id/targets': async () => {
    const targets = async (id: string) => asEva('GET', `/api/commands/${id}/targets`)
    expect((await targets(await told('A-1', 'B-1'))).body.items).toMatchObject([{ facility: 'A-1' }])
    const [theirs, nobodys] = [await targets(await told('B-1')), await targets(NO_COMMAND)]
    expect([theirs.status, nobodys.status]).toEqual([404, 404])
  },
  'POST /api/commands/arm': async () => {
    const { console } = await evaSeat()
    const body = (id: string) => ({ command: 'on', facilities: ['A-1', id], console: console() })
    await isUnknown('POST', () => '/api/commands/arm', body)
    expect((await asEva('POST', '/api/commands/arm', body('A-2'))).body.total).toBe(2)
    // A live group reaches as far as who asks.
    const { body: group } = await asEva('POST', '/api/commands/arm', { command: 'on', query: 'kind=tank', console: console() })
    expect(group.total).toBe((await asEva('GET', '/api/facilities?kind=tank')).body.total)
  },
  'POST /api/commands': async () => {
    const { console, command } = await evaSeat()
    expect((await command('probe-of-eva-00000001', 'on', ['A-1'])).status).toBe(200)
    // What another one armed is not hers to execute.
    const { token } = (
      await asAdmin('POST', '/api/commands/arm', { command: 'on', facilities: ['B-1'], console: (await adminSeat()).console() })
    ).body
    expect((await asEva('POST', '/api/commands', { id: 'probe-of-eva-00000002', token, console: console() })).status).toBe(409)
    // Of the id of a command elsewhere no more is told than that it is taken.
    const taken = await asEva('POST', '/api/commands', { id: await told('B-1'), token: 'none', console: console() })
    expect([taken.status, text(taken)]).toEqual([409, expect.not.stringMatching(/B-1/)])
  },
  'POST /api/commands/:id/approve': async () => {
    const approve = async (id: string) => asEva('POST', `/api/commands/${id}/approve`, { console: (await evaSeat()).console() })
    const [theirs, nobodys] = [await approve(await told('B-1')), await approve(NO_COMMAND)]
    expect([theirs.status, nobodys.status]).toEqual([404, 404])
    expect((await approve(await told('A-1', 'B-1'))).status).toBe(403)
  },
  'POST /api/commands/:id/decline': async () => {
    const decline = async (id: string) => asEva('POST', `/api/commands/${id}/decline`, { console: (await evaSeat()).console() })
    const [theirs, nobodys] = [await decline(await told('B-1')), await decline(NO_COMMAND)]
    expect([theirs.status, nobodys.status]).toEqual([404, 404])
    expect((await decline(await told('A-1', 'B-1'))).status).toBe(403)
  },
  'POST /api/commands/:id/cancel': async () => {
    const cancel = (id: string) => asEva('POST', `/api/commands/${id}/cancel`, {})
    const [theirs, nobodys] = [await cancel(await told('B-1')), await cancel(NO_COMMAND)]
    expect([theirs.status, nobodys.status]).toEqual([404, 404])
    const both = await cancel(await told('A-1', 'B-1'))
    expect([both.status, text(both)]).toEqual([403, expect.stringMatching(/part of the city/)])
  },
  'POST /api/crew/orders/:id/tests': async () => {
    const [ours, theirs] = [await offered('crew', 'A-1'), await offered('others', 'B-1')]
    city.services.orders.act([{ id: 'probe-accept', order: ours, at: city.now(), type: 'accept' }], 'crew', 'eva')
    const ask = (order: number | string, facility: string) =>
      asEva('POST', `/api/crew/orders/${order}/tests`, { id: 'probe-test-of-eva-0001', command: 'on', facilities: [facility], minutes: 1 })
    const [hidden, nobodys] = [await ask(theirs, 'A-1'), await ask(NO_ORDER, 'A-1')]
    expect([hidden.status, text(hidden).replaceAll(String(theirs), 'X')]).toEqual([404, text(nobodys).replaceAll(NO_ORDER, 'X')])
    // What her order does not cover is answered like what there is not.
    const [elsewhere, nowhere] = [await ask(ours, 'B-1'), await ask(ours, 'C-9')]
    expect([elsewhere.status, text(elsewhere).replaceAll('B-1', 'X')]).toEqual([409, text(nowhere).replaceAll('C-9', 'X')])
  },
  'PUT /api/crew/orders/:id/photos/:photo': async () => {
    const [ours, theirs] = [await offered('crew', 'B-1'), await offered('others', 'B-1')]
    const statuses = [
      await sendPhoto(eva, theirs, 'photo-of-b'),
      await sendPhoto(eva, NO_ORDER, 'photo-of-b'),
      await sendPhoto(eva, ours, 'photo-of-ours'),
    ]
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 200])
  },
  'GET /api/orders/:id/photos/:photo': async () => {
    const [ours, theirs] = [await offered('crew', 'B-1'), await offered('others', 'B-1')]
    expect((await sendPhoto(admin, ours, 'photo-of-b2')).status).toBe(200)
    expect((await sendPhoto(admin, theirs, 'photo-of-b3', 'others')).status).toBe(200)
    const statuses = (path: string) => [asAdmin, asEva].map(async (ask) => (await ask('GET', path)).status)
    expect(await Promise.all(statuses(`/api/orders/${ours}/photos/photo-of-b2`))).toEqual([200, 200])
    expect(await Promise.all(statuses(`/api/orders/${theirs}/photos/photo-of-b3`))).toEqual([200, 404])
  },

  'GET /api/groups/:name': async () => {
    expect((await asAdmin('GET', '/api/groups/all')).body.facilities).toBe(2 * SIZE)
    expect((await asEva('GET', '/api/groups/all')).body.facilities).toBe(SIZE)
  },
  'GET /api/overrides': async () => {
    const own = (await lists('/api/overrides')()).body.items
    expect(own.map(({ facility }: { facility: string }) => facility)).toEqual([null, 'A-1'])
    expect((await asEva('GET', '/api/overrides?facility=B-1')).body).toEqual({ items: [], next: null })
  },
  'PUT /api/overrides': async () => {
    const body = (scope: object) => ({ scope, rule: 'high', changes: { priority: 'low' }, reason: 'probe' })
    await isUnknown(
      'PUT',
      () => '/api/overrides',
      (id) => body({ facility: id }),
    )
    for (const scope of [{ kind: 'tank' }, { kind: 'tank', group: 'all' }]) await refused('PUT', '/api/overrides', body(scope))
    expect((await asEva('PUT', '/api/overrides', body({ facility: 'A-8' }))).status).toBe(200)
  },
  'DELETE /api/overrides/:id': async () => {
    const remove = async (facility: string | null) => `/api/overrides/${await idOf('/api/overrides', facility)}?reason=probe`
    expect((await asEva('DELETE', await remove('B-1'))).status).toBe(404)
    await refused('DELETE', await remove(null))
  },
  'GET /api/rules/versions': async () => {
    await lists('/api/rules/versions')()
    expect((await asEva('GET', '/api/rules/versions?facility=B-1')).body).toEqual({ items: [], next: null })
  },
  'POST /api/rules/versions/:id/revert': async () => {
    const revert = async (facility: string | null) => `/api/rules/versions/${await idOf('/api/rules/versions', facility)}/revert`
    expect((await asEva('POST', await revert('B-1'), change())).status).toBe(404)
    await refused('POST', await revert(null), change())
  },

  'GET /api/alarm-record': async () => {
    await lists('/api/alarm-record')()
    await onPages('/api/alarm-record?limit=3')
  },
  'GET /api/alarms': async () => {
    await lists('/api/alarms')()
    for (const query of ['', '&live=true', '&rule=high']) expect(await onPages(`/api/alarms?limit=3${query}`)).toHaveLength(SIZE)
    expect((await asEva('GET', '/api/alarms?facility=B-1')).body).toEqual({ items: [], next: null, lookedBackTo: null })
    for (const query of ['district=B', 'query=id=B-1', 'q=B-1']) expect((await asEva('GET', `/api/alarms?${query}`)).body.items).toEqual([])
  },
  'GET /api/alarms/export': lists('/api/alarms/export'),
  'GET /api/alarms/:id': singleAlarm((id) => `/api/alarms/${id}`),
  'GET /api/alarms/:id/affected': singleAlarm((id) => `/api/alarms/${id}/affected`),
  'GET /api/alarms/:id/record': singleAlarm((id) => `/api/alarms/${id}/record`),
  'GET /api/alarms/:id/samples': singleAlarm((id) => `/api/alarms/${id}/samples`),
  'POST /api/alarms/acknowledge': async () => {
    const ids = ['A-4', 'B-4', 'A-5', 'B-5'].map(alarmOf)
    const { status, body } = await asEva('POST', '/api/alarms/acknowledge', { ids })
    expect([status, body.detail]).toEqual([404, `There is no alarm ${alarmOf('B-4')}, ${alarmOf('B-5')}. Nothing was changed.`])
    expect((await asAdmin('GET', `/api/alarms/${alarmOf('A-4')}`)).body.acknowledged).toBeNull()
    const both = { alarms: [{ id: alarmOf('A-4') }, { id: alarmOf('A-5') }] }
    expect((await asEva('POST', '/api/alarms/acknowledge', both)).status).toBe(200)
  },
  'POST /api/alarms/comment': alarmsAction('comment', { text: 'probe' }),
  'POST /api/alarms/shelve': alarmsAction('shelve', { minutes: 1, reason: 'probe' }),
  'POST /api/alarms/unshelve': alarmsAction('unshelve', {}),
  'POST /api/alarms/:id/acknowledge': alarmAction('acknowledge', {}),
  'POST /api/alarms/:id/comment': alarmAction('comment', { text: 'probe' }),
  'POST /api/alarms/:id/shelve': alarmAction('shelve', { minutes: 1, reason: 'probe' }),
  'POST /api/alarms/:id/unshelve': alarmAction('unshelve', {}),
  'POST /api/alarms/:id/reset': alarmAction('reset', {}),
  'GET /api/floods/:id/alarms': async () => {
    const own = (await lists('/api/floods/1/alarms')()).body
    expect([own.total, own.next]).toEqual([SIZE, null])
    const page = (await asEva('GET', '/api/floods/1/alarms?limit=3')).body
    expect([page.items.length, page.next, page.total]).toEqual([3, 3, SIZE])
    const { incidents } = (await asAdmin('GET', '/api/floods/1')).body
    const theirs = incidents.find(({ cause }: { cause: { road: string } }) => cause.road === 'Road B')
    const within = (key: string) => `/api/floods/1/alarms?incident=${encodeURIComponent(key)}`
    expect((await asAdmin('GET', within(theirs.key))).status).toBe(200)
    const [known, unknown] = await Promise.all([asEva('GET', within(theirs.key)), asEva('GET', within('nothing'))])
    expect([known.status, unknown.status]).toEqual([404, 404])
  },
  'GET /api/devices/:id/diagnosis': single((id) => `/api/devices/${id}/diagnosis`),
  'GET /api/devices': async () => {
    const own = (await lists('/api/devices')()).body
    expect([own.total, (await asAdmin('GET', '/api/devices')).body.total]).toEqual([1, 2])
    expect(own.unprovided).toBe(city.services.devices.withoutCredential('tank', SCOPE).length)
    expect(own.unprovided).toBeLessThan(SIZE + 1)
  },
  'GET /api/devices/:id': single((id) => `/api/devices/${id}`),
  'PUT /api/devices/:id': async () => {
    await isUnknown(
      'PUT',
      (id) => `/api/devices/${id}`,
      () => ({ note: 'probe' }),
    )
    expect((await asEva('PUT', '/api/devices/A-1', { note: 'mine' })).status).toBe(200)
    // Topics of others are not to be had by way of one's own device.
    await refused('PUT', '/api/devices/A-1', { topics: ['facilities/tank/B-1/#'] })
    await refused('PUT', '/api/devices/A-1', { subscriptions: ['#'] })
  },
  'DELETE /api/devices/:id': async () => isUnknown('DELETE', (id) => `/api/devices/${id}?reason=probe`),
  'POST /api/devices/:id/credentials': async () => {
    await isUnknown(
      'POST',
      (id) => `/api/devices/${id}/credentials`,
      () => ({ type: 'password' }),
    )
  },
  'POST /api/devices/:id/credentials/:credential/rotate': async () => {
    const path = (id: string) => `/api/devices/${id}/credentials/${credentialOfB}/rotate`
    await isUnknown('POST', path, () => ({ overlap: 1 }))
    expect((await asEva('POST', path('A-1'), { overlap: 1 })).status).toBe(404)
  },
  'DELETE /api/devices/:id/credentials/:credential': async () => {
    const path = (id: string) => `/api/devices/${id}/credentials/${credentialOfB}?reason=probe`
    await isUnknown('DELETE', path)
    expect((await asEva('DELETE', path('A-1'))).status).toBe(404)
  },
  'POST /api/devices/missing': async () => {
    const { status, body } = await asEva('POST', '/api/devices/missing', { kind: 'tank' })
    expect([status, /\bA-2\b/.test(body), /\bB-\d/.test(body)]).toEqual([200, true, false])
  },
  'GET /api/export/devices': async () => {
    const [whole, own] = [await asAdmin('GET', '/api/export/devices'), await asEva('GET', '/api/export/devices')]
    expect([isOfB(whole), isOfA(own), isOfB(own)]).toEqual([true, true, false])
  },
  'GET /api/claim-codes': async () => {
    for (const devices of [['A-1'], ['B-1'], ['A-1', 'B-1']]) await asAdmin('POST', '/api/claim-codes', { devices, hours: 1 })
    const own = await asEva('GET', '/api/claim-codes')
    expect([own.status, isOfA(own), isOfB(own)]).toEqual([200, true, false])
    expect(isOfB(await asAdmin('GET', '/api/claim-codes'))).toBe(true)
  },
  'POST /api/claim-codes': async () => {
    await isUnknown(
      'POST',
      () => '/api/claim-codes',
      (id) => ({ devices: ['A-1', id], hours: 1 }),
    )
  },
  'DELETE /api/claim-codes/:id': async () => {
    const { claim } = (await asAdmin('POST', '/api/claim-codes', { devices: ['B-1'], hours: 1 })).body
    expect((await asEva('DELETE', `/api/claim-codes/${claim.id}`)).status).toBe(404)
    const { items } = (await asAdmin('GET', '/api/claim-codes')).body
    expect(items.some(({ id }: { id: number }) => id === claim.id)).toBe(true)
  },
  'GET /api/incidents': async () => {
    const span = `?from=${city.now() - seconds(3600)}&to=${city.now() + 1}`
    const [whole, own] = [await asAdmin('GET', `/api/incidents${span}`), await asEva('GET', `/api/incidents${span}`)]
    expect([isOfB(whole), isOfA(own), isOfB(own)]).toEqual([true, true, false])
  },
}

/** All entries of a list that comes in pages; none is of B, none is missing and none comes twice. */
async function onPages(path: string): Promise<number[]> {
  const ids: number[] = []
  for (let cursor = ''; ; ) {
    const { body } = await asEva('GET', path + cursor)
    for (const { id, facility } of body.items) {
      expect(facility).toMatch(/^A-/)
      ids.push(id)
    }
    if (body.next === null) break
    cursor = `&before=${body.next}`
  }
  expect(new Set(ids).size).toBe(ids.length)
  return ids
}

const streamed = '/api/telemetry/export?kind=tank&format=csv&from=0'

async function exportedBy(cookie: string, more: object): Promise<Response> {
  const { status, body } = await city.ask('POST', '/api/telemetry/exports', { kind: 'tank', format: 'csv', from: 0, ...more }, { cookie })
  expect([status, body]).toEqual([202, expect.anything()])
  await expect.poll(async () => (await asAdmin('GET', `/api/telemetry/exports/${body.id}`)).body.state, { timeout: 20_000 }).toBe('done')
  return fetch(`${city.url}/api/telemetry/exports/${body.id}/file`, { headers: { cookie } })
}

async function othersExport(method: string, rest: string): Promise<void> {
  if (!(await asAdmin('GET', '/api/telemetry/exports')).body.some(({ by }: { by: string }) => by === 'admin')) await exportedBy(admin, {})
  const { id } = (await asAdmin('GET', '/api/telemetry/exports')).body.find(({ by }: { by: string }) => by === 'admin')
  expect((await asEva(method, `/api/telemetry/exports/${id}${rest}`)).status).toBe(404)
  expect((await asAdmin('GET', `/api/telemetry/exports/${id}`)).body.state).toBe('done')
}

const routes = Object.entries(routeAccess)
const routesThat = (use: string) => routes.filter(([, { scope }]) => scope === use).map(([route]) => route)

test('every route that limits has a probe, and no other has', () => {
  expect(Object.keys(probes).sort()).toEqual(routesThat('limited').sort())
})

describe('who is limited to district A sees and changes nothing of district B', () => {
  let before: unknown
  beforeAll(async () => {
    before = await districtB()
  })
  afterEach(async () => expect(await districtB()).toEqual(before))

  test.each(Object.entries(probes))('%s', { timeout: 30_000 }, async (_, probe) => {
    await probe()
  })
})

test.each(routesThat('whole'))('%s is refused to who is limited, and not to others', async (route) => {
  const [method, pattern] = route.split(' ') as [string, string]
  const path = pattern.replaceAll(/:\w+/g, '999999')
  const body = method === 'GET' || method === 'DELETE' ? undefined : '{"nonsense":true}'
  expect((await asEva(method, path, body)).status).toBe(403)
  expect([401, 403]).not.toContain((await asAdmin(method, path, body)).status)
})
