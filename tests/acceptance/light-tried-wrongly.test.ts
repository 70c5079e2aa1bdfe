import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CalendarLine } from '../../src/control/programme-calendar.ts'
import type { LightArmingView, LightChangeInput, LightChangeView } from '../../src/edges/http/light-change-schemas.ts'
import { days, hours } from '../../src/telemetry/duration.ts'
import { type Desk, deskOf } from './commanding.ts'
import { type Client, eventually, invited, PASSWORD, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const position: [number, number] = [114.6, 37.9]
const facilities = [
  { id: 'LC-1', kind: 'light-cabinet', district: 'Quay', rated: { circuits: 2 }, position },
  ...Array.from({ length: 1040 }, (_, i) => ({
    ...{ id: `SL-${i}`, kind: 'street-light', position },
    district: i < 4 ? 'North' : i < 524 ? 'South' : i < 824 ? 'West' : 'East',
  })),
]
const CHOSEN = 'ten cranes over water'
const { folder, remove } = testFolder()
let server: ServerProcess
let admin: Client
let ada: Client
let ben: Client
let adas: Desk
let bens: Desk
let admins: Desk
let key = ''

const person = (name: string, role = 'operator') => invited(admin, server.url, { name, role, password: CHOSEN })
const sitDown = async () => {
  adas = await deskOf(ada)
  bens = await deskOf(ben)
  admins = await deskOf(admin)
}

beforeAll(async () => {
  server = await startServer({ folder, facilities })
  admin = await signIn(server.url, 'admin', PASSWORD)
  ada = await person('ada')
  ben = await person('ben')
  key = (await ada.post<{ token: string }>('/api/own/keys', { own: CHOSEN, name: 'script', role: 'operator', days: 1 })).token
  await sitDown()
})
afterAll(async () => {
  for (const { socket } of [adas, bens, admins]) socket.close()
  await server.end('SIGTERM')
  remove()
})
let began = 0
beforeEach(() => {
  began = Date.now()
})

let made = 0
const newId = () => `tried-light-${String(++made).padStart(8, '0')}`
const override = (query: string, level = 0): LightChangeInput => ({
  type: 'override',
  override: { query, level, programme: null, until: Date.now() + hours(20), reason: 'trial' },
})
const north = () => adas.light(override('district=North'))
const byKey = async (path: string, body: object) => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}
const audited = async (action: string) =>
  (await admin.get<{ items: { by: string; detail: string }[] }>(`/api/audit?action=${action}&from=${began}`)).items.map(
    ({ by, detail }) => `${by} ${detail}`,
  )
const put = (by: Client, desk: Desk, body: object) => by.post<LightChangeView>('/api/light-changes', { console: desk.console(), ...body })
const inForce = async () => (await admin.get<{ items: { id: number }[] }>('/api/programme-overrides')).items.map(({ id }) => id)
const end = async (id: number | null) => {
  const { token, ready } = await adas.light({ type: 'end-override', override: id as number, reason: 'over' })
  return adas.change(newId(), { token, ready })
}

/** That an attempt is refused, puts nothing in force, and stands in the record. */
async function nothing(attempt: Promise<unknown>, by: string, why: RegExp): Promise<void> {
  const before = await inForce()
  await expect(attempt).rejects.toThrow(why)
  expect(await inForce()).toEqual(before)
  expect(await audited('light-change-refused')).toEqual([expect.stringMatching(new RegExp(`^${by} .*${why.source}`))])
}

test('a change that is armed and confirmed counts once, however often it is clicked', async () => {
  const { token, ready, typesCount, secondPerson, counts, differences } = await north()
  expect([ready, typesCount, secondPerson, counts.darkerLamps]).toEqual([4, true, [], 4])
  expect(differences).toMatchObject([{ before: 100, after: 0, lamps: 4 }])
  // By day they would be lit and by night darker; what is taken is said first.
  const dimmed = (await adas.light(override('district=North', 30))).differences
  expect(dimmed.at(0)).toMatchObject({ before: 100, after: 30, lamps: 4 })
  expect(dimmed.at(1) ?? { before: 0, after: 30 }).toMatchObject({ before: 0, after: 30 })
  const id = newId()
  const answers = await Promise.all([1, 2, 3].map(() => put(ada, adas, { id, token, count: ready })))
  expect(answers.map((one) => [one.id, one.state])).toEqual(Array(3).fill([id, 'in-force']))
  expect(await inForce()).toEqual([answers[0]?.override])
  expect(await audited('add-programme-override')).toEqual([expect.stringMatching(/^ada 0 % .* for 4 lamps/)])
  await end(answers[0]?.override as number)
  expect(await inForce()).toEqual([])
})

test('no token, and a token of nobody', async () => {
  await nothing(put(ada, adas, { id: newId() }), 'ada', /without the token/)
  began = Date.now()
  await nothing(put(ada, adas, { id: newId(), token: 'x'.repeat(43) }), 'ada', /not one that is armed/)
})

test('a replayed token', async () => {
  const { token, ready } = await north()
  const { override: id } = await adas.change(newId(), { token, ready })
  await nothing(put(ada, adas, { id: newId(), token, count: ready }), 'ada', /used already/)
  await end(id)
})

test('a token of somebody else, of the same person in another session, and of their key', async () => {
  const { token, ready } = await north()
  await nothing(put(ben, bens, { id: newId(), token, count: ready }), 'ben', /Somebody else/)
  began = Date.now()
  const again = await signIn(server.url, 'ada', CHOSEN)
  const other = await deskOf(again)
  const mine = await north()
  await nothing(put(again, other, { id: newId(), token: mine.token, count: ready }), 'ada', /another session/)
  other.socket.close()
  began = Date.now()
  const third = await north()
  expect((await byKey('/api/light-changes', { id: newId(), token: third.token, count: ready })).status).toBe(409)
  expect([await inForce(), await audited('light-change-refused')]).toEqual([[], [expect.stringMatching(/^key:script .*Somebody else/)]])
})

test('a link that was lost between arm and execute, and a stale console', async () => {
  const armed = await north()
  adas.socket.disconnect()
  adas = await deskOf(ada)
  await nothing(put(ada, adas, { id: newId(), token: armed.token, count: 4 }), 'ada', /connection it was armed by is lost/)
  began = Date.now()
  const { token } = await north()
  const stale = { connection: adas.console().connection, heartbeat: Date.now() - 15_000 }
  await nothing(ada.post('/api/light-changes', { id: newId(), token, count: 4, console: stale }), 'ada', /stale/)
})

test('no count, and another one', async () => {
  await nothing(put(ada, adas, { id: newId(), token: (await north()).token }), 'ada', /number that was typed/)
  began = Date.now()
  await nothing(put(ada, adas, { id: newId(), token: (await north()).token, count: 3 }), 'ada', /number that was typed/)
})

test('a group that grew after it was armed', async () => {
  const armed = await north()
  const register = (id: string) =>
    admin.post('/api/facilities', { facilities: [{ id, kind: 'street-light', district: 'North', position }] })
  await register('SL-new')
  await nothing(put(ada, adas, { id: newId(), token: armed.token, count: armed.ready }), 'ada', /other facilities/)
  await admin.remove('/api/facilities/SL-new')
})

test('the roads by which it went before', async () => {
  const { override: light } = override('district=South') as { override: object }
  await expect(ada.post('/api/programme-overrides', light)).rejects.toThrow()
  const dark = { name: 'Dark', nameEn: '', steps: [{ anchor: 'dusk', minutes: 0, level: 0 }] }
  await admin.put('/api/programmes/dark', dark)
  await admin.put('/api/calendars/dark', { name: 'Dark', nameEn: '', lines: [], usual: 'dark' })
  const items = [{ id: 'all', name: 'All', nameEn: '', query: 'kind=street-light', calendar: 'dark' }]
  await expect(admin.put('/api/programme-assignments', { items })).rejects.toThrow(/1040 facilities another light.*light-changes\/arm/)
  expect(await inForce()).toEqual([])
  expect((await admin.get<{ items: unknown[] }>('/api/programme-assignments')).items).toEqual([])
})

test('more than 500 lamps by one person, by both of their hands, by their key, and by a second yes', async () => {
  const south = () => adas.light(override('district=South'))
  const waits = async () => adas.change(newId(), await south())
  const armed = await south()
  expect([armed.ready, armed.secondPerson, armed.danger]).toEqual([520, ['many-lamps'], 'second-person'])
  const { id, state } = await adas.change(newId(), armed)
  expect([state, await inForce()]).toEqual(['waiting', []])
  await nothing(ada.post(`/api/light-changes/${id}/approve`, { console: adas.console() }), 'ada', /cannot be its second person/)
  began = Date.now()
  await nothing(ben.post(`/api/light-changes/${id}/approve`, {}), 'ben', /no live connection/)
  expect((await byKey(`/api/light-changes/${id}/approve`, {})).status).toBe(403)
  const script = (await byKey('/api/light-changes/arm', { change: override('district=South') })).body as LightArmingView
  const asked = (await byKey('/api/light-changes', { id: newId(), token: script.token, count: script.ready })).body as LightChangeView
  expect(asked.state).toBe('waiting')
  began = Date.now()
  await nothing(ada.post(`/api/light-changes/${asked.id}/approve`, { console: adas.console() }), 'ada', /cannot be its second person/)
  await ben.post(`/api/light-changes/${asked.id}/decline`, { console: bens.console(), reason: 'not now' })
  expect(await audited('light-change-decline')).toEqual([expect.stringMatching(/^ben .*not now/)])
  began = Date.now()
  await nothing(ben.post(`/api/light-changes/${asked.id}/approve`, { console: bens.console() }), 'ben', /does not wait/)
  began = Date.now()
  const yes = () => ben.post<LightChangeView>(`/api/light-changes/${id}/approve`, { console: bens.console() })
  const { override: darkness, approval } = await yes()
  expect([await inForce(), approval?.decision?.by]).toEqual([[darkness], 'ben'])
  expect(await audited('light-change-approve')).toEqual([expect.stringMatching(/^ben override for district=South; 520 of 520 lamps/)])
  await nothing(yes(), 'ben', /does not wait/)
  // Light that comes back needs nobody; light that goes by an early end does.
  expect((await end(darkness)).state).toBe('in-force')
  const lit = await adas.change(newId(), await adas.light(override('district=South', 100)))
  expect(lit.state).toBe('in-force')
  const ending = await adas.light({ type: 'end-override', override: lit.override as number, reason: 'over' })
  expect(ending.secondPerson).toEqual(['many-lamps'])
  const taken = await waits()
  expect((await ada.post<LightChangeView>(`/api/light-changes/${taken.id}/withdraw`, {})).state).toBe('withdrawn')
  expect(await audited('light-change-withdraw')).toHaveLength(1)
})

const programme = (id: string, level: number) => ({
  ...{ id, name: id, nameEn: '' },
  steps: [
    { anchor: 'dusk' as const, minutes: 0, level },
    { anchor: 'dawn' as const, minutes: 0, level: 0 },
  ],
})
const putProgramme = ({ id, ...rest }: ReturnType<typeof programme>) => admin.put(`/api/programmes/${id}`, rest)
const calendar = (lines: CalendarLine[]) => ({ id: 'sly', name: 'Sly', nameEn: '', usual: 'full', lines })
const putCalendar = (lines: CalendarLine[]) => {
  const { id, ...rest } = calendar(lines)
  return admin.put(`/api/calendars/${id}`, rest)
}
const some = { id: 'some', name: 'Some', nameEn: '', query: 'district=West,East', calendar: 'sly' }
const dateIn = (ahead: number) => new Date(Date.now() + days(ahead)).toISOString().slice(0, 10)
const dark = async (lines: CalendarLine[]) => (await admins.light({ type: 'calendar', calendar: calendar(lines) })).secondPerson

test('a control programme that a planned override goes by, made dark once nobody looks', async () => {
  await putProgramme(programme('full', 100))
  const [from, until] = [Date.now() + days(3), Date.now() + days(30)]
  const asBefore = { query: 'kind=street-light', level: null, programme: 'full', from, until, reason: 'as ever' }
  const armed = await admins.light({ type: 'override', override: asBefore })
  const { state, override: id } = await admins.change(newId(), armed)
  expect([armed.secondPerson, state]).toEqual([[], 'in-force'])
  expect((await admins.light({ type: 'programme', programme: programme('full', 1) })).secondPerson).toEqual(['many-lamps'])
  await expect(putProgramme(programme('full', 1))).rejects.toThrow(/1040 facilities another light/)
  await admins.change(newId(), await admins.light({ type: 'end-override', override: id as number, reason: 'over' }))
})

test('a dark night behind an override, behind more nights than are compared, in years, and on a holiday that is still to be one', async () => {
  await putProgramme(programme('full', 100))
  await putProgramme(programme('none', 1))
  await putCalendar([])
  await admins.change(newId(), await admins.light({ type: 'assignments', assignments: [some] }))
  const [from, until] = [Date.now(), Date.now() + days(20)]
  const cover = { query: some.query, level: null, programme: 'full', from, until, reason: 'cover' }
  const { override: id } = await admins.change(newId(), await admins.light({ type: 'override', override: cover }))
  expect(await dark([{ on: 'dates', from: dateIn(10), to: dateIn(30), programme: 'none' }])).toEqual(['many-lamps'])
  await admins.change(newId(), await admins.light({ type: 'end-override', override: id as number, reason: 'over' }))
  expect(await dark([{ on: 'dates', from: dateIn(800), to: dateIn(900), programme: 'none' }])).toEqual(['many-lamps'])
  for (let i = 0; i < 41; i++) await putProgramme(programme(`full-${i}`, 100))
  const harmless = Array.from({ length: 41 }, (_, i) => ({ on: 'dates' as const, from: dateIn(i), to: dateIn(i), programme: `full-${i}` }))
  const hidden = [...harmless, { on: 'dates' as const, from: dateIn(60), to: dateIn(90), programme: 'none' }]
  expect(await dark(hidden)).toEqual(['many-nights'])
  await expect(putCalendar(hidden)).rejects.toThrow(/more kinds of nights/)
  await putCalendar([{ on: 'holidays', programme: 'none' }])
  await expect(admin.post('/api/dispatch-policy/holidays', { text: dateIn(2), as: 'holidays' })).rejects.toThrow(/516 lamps.*two people/)
  await putCalendar([])
  await admin.post('/api/dispatch-policy/holidays', { text: dateIn(2), as: 'holidays' })
  await admins.change(newId(), await admins.light({ type: 'assignments', assignments: [] }))
})

test('lamps that are put into a mode which darkness is for', async () => {
  const why = /not given by mode/
  await nothing(adas.light(override('kind=street-light mode=maintenance')), 'ada', why)
  const items = [{ id: 'by-mode', name: 'By mode', nameEn: '', query: 'mode!=auto', calendar: 'dark' }]
  await expect(admin.put('/api/programme-assignments', { items })).rejects.toThrow(why)
})

test('an account that one made for oneself', async () => {
  const puppet = await person('puppet')
  const hands = await deskOf(puppet)
  const asked = await admins.change(newId(), await admins.light(override('kind=street-light')))
  const why = /not two people for a day/
  await nothing(puppet.post(`/api/light-changes/${asked.id}/approve`, { console: hands.console() }), 'puppet', why)
  began = Date.now()
  await admin.post(`/api/light-changes/${asked.id}/withdraw`, {})
  const turned = await hands.change(newId(), await hands.light(override('kind=street-light')))
  await nothing(admin.post(`/api/light-changes/${turned.id}/approve`, { console: admins.console() }), 'admin', why)
  await puppet.post(`/api/light-changes/${turned.id}/withdraw`, {})
  hands.socket.close()
})

test('a cabinet as a whole', async () => {
  const { secondPerson, counts } = await adas.light(override('id=LC-1', 50))
  expect([secondPerson, counts.darkerCabinets]).toEqual([['whole-cabinet'], 1])
})

test('516 lamps in two bites, by an override and then by a command or another override', async () => {
  const west = await bens.light(override('district=West'))
  const { state, override: id } = await bens.change(newId(), west)
  expect([west.ready, west.secondPerson, state]).toEqual([300, [], 'in-force'])
  expect((await bens.light(override('district=East'))).secondPerson).toEqual(['many-lamps'])
  const command = await bens.arm('off', 'kind=street-light district=East')
  expect([command.ready, command.secondPerson]).toEqual([216, ['many-lamps']])
  // What lights them again is dangerous to nobody, and the bite of somebody else is their own.
  expect((await bens.light(override('district=East', 100))).secondPerson).toEqual([])
  expect((await admins.light(override('district=East'))).secondPerson).toEqual([])
  await bens.change(newId(), await bens.light({ type: 'end-override', override: id as number, reason: 'over' }))
  expect((await bens.light(override('district=East'))).secondPerson).toEqual(['many-lamps'])
})

test('lamps that are described otherwise, so that darkness which was meant for nobody finds them', async () => {
  const described = (label: string, from: number, until: number) =>
    facilities.slice(1 + from, 1 + until).map((one) => ({ ...one, labels: { zone: label } }))
  const put = (some: object[]) => admin.post('/api/facilities', { facilities: some })
  const { override: id } = await admins.change(newId(), await admins.light(override('label.zone=night')))
  expect(await inForce()).toContain(id)
  await put(described('day', 0, 900))
  await expect(put(described('night', 100, 700))).rejects.toThrow(/600 lamps.*two people/)
  await put(described('night', 100, 500))
  await expect(put(described('night', 500, 700))).rejects.toThrow(/200 lamps.*two people/)
  expect((await admins.light(override('district=East'))).secondPerson).toEqual(['many-lamps'])
  const nowhere = (label: string) => described(label, 500, 700).map((one) => ({ ...one, position: null }))
  await put(nowhere('day'))
  await expect(put(nowhere('night'))).rejects.toThrow(/200 lamps.*two people/)
  const rows = described('night', 500, 700).map((one) => `${one.id},street-light,night`)
  const imports = await admin.send<{ id: string }>('/api/imports?name=zones.csv', ['id,kind,label.zone', ...rows].join('\n'), 'text/csv')
  const atRest = () =>
    eventually(
      () => admin.get<{ state: string }>(`/api/imports/${imports.id}`),
      ({ state }) => !/ing$/.test(state),
    )
  expect((await atRest()).state).toBe('checked')
  await admin.post(`/api/imports/${imports.id}/commit`, {})
  expect(await atRest()).toMatchObject({ state: 'checked', trouble: { en: expect.stringMatching(/200 lamps.*two people/) } })
  await admin.remove(`/api/imports/${imports.id}`)
  await put(described('', 0, 900))
  await admins.change(newId(), await admins.light({ type: 'end-override', override: id as number, reason: 'over' }))
})

test('a viewer, and what was armed before the service was started anew', async () => {
  const eve = await person('eve', 'viewer')
  const eves = await deskOf(eve)
  await nothing(eves.light(override('district=North')), 'eve', /programme.override/)
  eves.socket.close()
  const { token } = await north()
  const { id } = await adas.change(newId(), await adas.light(override('district=South')))
  for (const { socket } of [adas, bens, admins]) socket.close()
  await server.end('SIGKILL')
  server = await startServer({ folder })
  admin = await signIn(server.url, 'admin', PASSWORD)
  ada = await signIn(server.url, 'ada', CHOSEN)
  ben = await signIn(server.url, 'ben', CHOSEN)
  await sitDown()
  began = Date.now()
  await nothing(put(ada, adas, { id: newId(), token, count: 4 }), 'ada', /started anew/)
  // What waits for a second person waits on, and nobody said yes.
  expect((await admin.get<LightChangeView>(`/api/light-changes/${id}`)).state).toBe('waiting')
  const { override: darkness } = await ben.post<LightChangeView>(`/api/light-changes/${id}/approve`, { console: bens.console() })
  expect(await inForce()).toContain(darkness)
})
