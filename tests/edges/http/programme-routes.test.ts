import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ProgrammeCalendar } from '../../../src/control/programme-calendar.ts'
import { usualDispatchPolicy } from '../../../src/dispatch/dispatch-policy.ts'
import type { ConditionView } from '../../../src/edges/http/programme-schemas.ts'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { hours, minutes } from '../../../src/telemetry/duration.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'
import { type Seat, seatOf } from '../commanding.ts'
import { signInLimited } from '../limited.ts'

type Answered = ReturnType<Seat['light']>

let city: City
const cookies: Record<string, string> = {}
const seats: Record<string, Seat> = {}
const as = (name: string) => (method: string, path: string, body?: unknown) =>
  city.ask(method, path, body, { cookie: cookies[name] as string })
const evening = Date.parse('2026-12-10T22:50+08:00')
/** After the step at eleven; nobody has to sign in again for it. */
const night = evening + minutes(15)
const audited = () => city.state.auditTrail({ limit: 1 }).items[0]

const steps = [
  { anchor: 'dusk', minutes: 0, level: 100 },
  { anchor: 'clock', minutes: 1380, level: 50 },
  { anchor: 'dawn', minutes: 0, level: 0 },
]
const dimmed = { name: '后半夜调光', nameEn: 'Dimmed', steps }
const roads = { name: '道路', nameEn: 'Roads', lines: [], usual: 'dimmed' }
const main = { id: 'main', name: '主干路', nameEn: '', query: 'roadClass=main', calendar: 'roads' }

beforeAll(async () => {
  city = await startCity({ kinds: [streetLight, lightCabinet, tankKind] })
  city.clock.stoppedAt = evening
  await city.addPerson('Dora', 'dispatcher')
  await city.addPerson('Otto', 'operator')
  for (const name of ['Dora', 'Otto']) {
    await city.signIn(name)
    cookies[name] = city.cookie()
  }
  cookies.Eva = await signInLimited(city, 'Eva', 'operator', { districts: ['North'], domains: 'all' })
  for (const [name, cookie] of Object.entries(cookies)) seats[name] = await seatOf(city, cookie)
  const lamp = (id: string, district: string, roadClass: 'main' | 'branch') =>
    ({ id, kind: 'street-light', district, roadClass, position: [114.6, 37.9] as [number, number] }) as const
  city.services.putFacilities(
    [lamp('SL-1', 'North', 'main'), lamp('SL-2', 'North', 'branch'), lamp('SL-3', 'South', 'main'), { id: 'T-1', kind: 'tank' }],
    'test',
  )
})
afterAll(() => {
  for (const { socket } of Object.values(seats)) socket.close()
  return city.stop()
})
beforeEach(() => {
  city.clock.ahead = 0
  city.clock.stoppedAt = evening
})

async function configure(): Promise<void> {
  expect((await as('Dora')('PUT', '/api/programmes/dimmed', dimmed)).status).toBe(200)
  expect((await as('Dora')('PUT', '/api/calendars/roads', roads)).status).toBe(200)
  expect((await seats.Dora?.light({ type: 'assignments', assignments: [main] }))?.status).toBe(200)
}
const stepOf = (id: string) => city.services.programmes.step(city.services.plant.get(id) as never, city.now())

describe('what is configured', () => {
  test('counts at once, is audited, and says how many it is for', async () => {
    await configure()
    const { body } = await as('Otto')('GET', '/api/programme-assignments')
    expect(body).toMatchObject({ items: [{ ...main, lamps: 2, facilities: 2 }], rest: { lamps: 1, facilities: 1 } })
    expect(audited()).toMatchObject({ by: 'Dora', action: 'set-programme-assignments' })
    city.clock.stoppedAt = night
    expect(stepOf('SL-1')?.level).toBe(0.5)
    expect(stepOf('SL-2')?.level).toBe(1)
    const versions = await as('Otto')('GET', '/api/programme-versions?limit=1')
    expect(versions.body.items[0]).toMatchObject({ version: body.version, by: 'Dora', assignments: [main] })
  })

  test('a lamp that is added later has its programme', async () => {
    await configure()
    city.services.putFacilities([{ id: 'SL-9', kind: 'street-light', roadClass: 'main', position: [114.6, 37.9] }], 'test')
    city.clock.stoppedAt = night
    expect(stepOf('SL-9')?.level).toBe(0.5)
    expect((await as('Otto')('GET', '/api/programme-assignments')).body.items[0].lamps).toBe(3)
    city.services.removeFacility('SL-9', 'test', { districts: 'all', domains: 'all' })
  })

  test('a mistake is refused with its place', async () => {
    await configure()
    const put = async (path: string, body: unknown) => (await as('Dora')('PUT', path, body)).body.detail as string
    expect(await put('/api/programmes/bad', { ...dimmed, steps: [{ anchor: 'clock', minutes: -5, level: 10 }] })).toMatch(/Step 1/)
    expect(await put('/api/calendars/bad', { ...roads, usual: 'nowhere' })).toMatch(/no control programme nowhere/)
    expect(await put('/api/programme-assignments', { items: [{ ...main, query: 'nofield=1' }] })).toMatch(/Assignment main.*nofield/)
    expect(await put('/api/programme-assignments', { items: [main], version: 1 })).toMatch(/changed meanwhile/)
    expect((await as('Dora')('DELETE', '/api/programmes/dimmed')).body.detail).toMatch(/calendar/)
    expect((await as('Dora')('DELETE', '/api/calendars/roads')).body.detail).toMatch(/assigned/)
  })

  test('only some may change it', async () => {
    expect((await as('Otto')('PUT', '/api/programmes/dimmed', dimmed)).status).toBe(403)
  })

  test('a second person puts in force no more than who asked was told', async () => {
    await configure()
    const there = { road: 'Dim', position: [114.6, 37.9] as [number, number] }
    city.services.putFacilities([{ id: 'LC-1', kind: 'light-cabinet', ...there }], 'test')
    await as('Dora')('PUT', '/api/programmes/none', { name: 'None', nameEn: '', steps: [{ anchor: 'dusk', minutes: 0, level: 0 }] })
    await as('Dora')('PUT', '/api/calendars/none', { name: 'None', nameEn: '', lines: [], usual: 'none' })
    const dim = { id: 'dim', name: 'Dim', nameEn: '', query: 'road=Dim', calendar: 'none' }
    const { body: asked } = await (seats.Dora as Seat).light({ type: 'assignments', assignments: [main, dim] })
    expect(asked).toMatchObject({ state: 'waiting', counts: { lamps: 0, darkerCabinets: 1 }, approval: { reasons: ['whole-cabinet'] } })
    city.services.putFacilities([{ id: 'SL-9', kind: 'street-light', ...there }], 'test')
    cookies.Dana = await signInLimited(city, 'Dana', 'dispatcher', { districts: 'all', domains: 'all' })
    const dana = await seatOf(city, cookies.Dana)
    const approve = () => dana.ask('POST', `/api/light-changes/${asked.id}/approve`, { console: dana.console() })
    expect((await approve()).body.detail).toMatch(/other facilities/)
    city.services.removeFacility('SL-9', 'test', { districts: 'all', domains: 'all' })
    expect((await approve()).body).toMatchObject({ state: 'in-force' })
    await seats.Dora?.light({ type: 'assignments', assignments: [main] })
    city.services.removeFacility('LC-1', 'test', { districts: 'all', domains: 'all' })
    dana.socket.close()
  })

  test('holidays of the city are followed', async () => {
    await configure()
    expect((await as('Dora')('PUT', '/api/calendars/roads', { ...roads, lines: [{ on: 'holidays', programme: 'full' }] })).status).toBe(400)
    const full = { name: '全夜', nameEn: 'Full', steps: [steps[0], steps[2]] }
    expect((await as('Dora')('PUT', '/api/programmes/full', full)).status).toBe(200)
    const calendar: ProgrammeCalendar = { id: 'roads', ...roads, lines: [{ on: 'holidays', programme: 'full' }] }
    expect((await seats.Dora?.light({ type: 'calendar', calendar }))?.body).toMatchObject({ state: 'in-force', counts: { darkerLamps: 0 } })
    city.state.roster.setDispatchPolicy({ ...usualDispatchPolicy, calendar: { holidays: ['2026-12-10'], workdays: [] } })
    city.lighting.tick()
    city.clock.stoppedAt = night
    expect(stepOf('SL-1')?.level).toBe(1)
    city.state.roster.setDispatchPolicy(usualDispatchPolicy)
    city.lighting.tick()
    expect(stepOf('SL-1')?.level).toBe(0.5)
  })
})

describe('an override', () => {
  const fog = { query: 'district=North', level: 70, programme: null, until: evening + hours(2), reason: '大雾' }
  const override = (who: string, more: object = {}) => seats[who]?.light({ type: 'override', override: { ...fog, ...more } }) as Answered
  const end = (who: string, id: number, reason = 'over') => seats[who]?.light({ type: 'end-override', override: id, reason }) as Answered

  test('counts until its end, and no longer than until somebody ends it', async () => {
    const { body } = await override('Otto')
    expect(body).toMatchObject({ state: 'in-force', counts: { lamps: 2, darkerLamps: 2 }, by: 'Otto', approval: null })
    expect(body.differences).toMatchObject([{ before: 100, after: 70, lamps: 2, cabinets: 0 }])
    expect(stepOf('SL-2')).toMatchObject({ level: 0.7, until: fog.until })
    expect(audited()).toMatchObject({ by: 'Otto', action: 'add-programme-override', detail: expect.stringContaining('大雾') })
    const [listed] = (await as('Otto')('GET', '/api/programme-overrides')).body.items
    expect(listed).toMatchObject({ id: body.override, level: 70, state: 'in-force', lamps: 2, by: 'Otto', plan: null })
    city.clock.stoppedAt = night
    expect((await end('Otto', body.override, '散了')).body).toMatchObject({ state: 'in-force', counts: { lamps: 2, darkerLamps: 1 } })
    expect(stepOf('SL-2')?.level).toBe(1)
    expect((await as('Otto')('GET', '/api/programme-overrides')).body.items).toEqual([])
    const all = await as('Otto')('GET', '/api/programme-overrides?state=all&limit=1')
    expect(all.body.items[0]).toMatchObject({ id: body.override, state: 'over', ended: night, endedBy: 'Otto' })
  })

  test('always has an end and either a level or a control programme', async () => {
    expect((await override('Otto', { until: evening - 1 })).status).toBe(400)
    expect((await override('Otto', { until: evening + hours(24 * 40) })).body.detail).toMatch(/31 days/)
    expect((await override('Otto', { programme: 'dimmed' })).body.detail).toMatch(/either/)
    const unknown = await override('Otto', { level: null, programme: 'nothing' })
    expect([unknown.status, unknown.body.detail]).toEqual([404, 'There is no control programme "nothing"; /api/programmes lists them.'])
    expect((await override('Otto', { reason: ' ' })).status).toBe(400)
  })

  test('reaches nobody out of scope', async () => {
    const refused = await override('Eva', { query: 'kind=street-light' })
    expect(refused.status).toBe(403)
    expect(JSON.stringify(refused.body)).not.toContain('SL-3')
    const { status, body } = await override('Eva')
    expect(status).toBe(200)
    await end('Eva', body.override)
  })
})

describe('a preview', () => {
  test('shows the night of a facility with the reasons', async () => {
    await configure()
    const { body } = await as('Otto')('GET', '/api/programme-preview?facility=SL-1&date=2026-12-24')
    expect(body).toMatchObject({ date: '2026-12-24', from: Date.parse('2026-12-24T12:00+08:00'), without: 0 })
    const [group] = body.groups
    expect(group).toMatchObject({ lamps: 1, facilities: 1, example: 'SL-1' })
    expect(group.changes.map(({ level, assignment }: { level: number; assignment: string }) => [level, assignment])).toEqual([
      [0, 'main'],
      [100, 'main'],
      [50, 'main'],
      [0, 'main'],
    ])
    expect(group.changes[2].at).toBe(Date.parse('2026-12-24T23:00+08:00'))
  })

  test('takes together what has the same light, and leaves out what is not the asker’s', async () => {
    await configure()
    const { body } = await as('Otto')('GET', '/api/programme-preview?date=2026-12-11')
    expect(body.groups.map(({ lamps }: { lamps: number }) => lamps)).toEqual([2, 1])
    const own = await as('Eva')('GET', '/api/programme-preview?date=2026-12-11&query=kind%3Dstreet-light')
    expect(own.body.groups.map(({ lamps }: { lamps: number }) => lamps)).toEqual([1, 1])
    expect((await as('Eva')('GET', '/api/programme-preview?facility=SL-3')).status).toBe(404)
    expect((await as('Otto')('GET', '/api/programme-preview?date=2026-02-30')).status).toBe(400)
  })

  test('of tonight is the present night until its last light, and from then on the coming one', async () => {
    const storm = {
      ...{ query: 'kind=street-light', level: 100, programme: null, reason: 'Storm' },
      ...{ from: Date.parse('2026-12-12T08:00+08:00'), until: Date.parse('2026-12-12T11:00+08:00') },
    }
    const made = await seats.Dora?.light({ type: 'override', override: storm })
    const tonightAt = async (time: string) => {
      city.clock.stoppedAt = Date.parse(`${time}+08:00`)
      return (await city.services.programmes.nightOn(undefined)).date
    }
    expect(await tonightAt('2026-12-11T03:00')).toBe('2026-12-10')
    expect(await tonightAt('2026-12-11T09:00')).toBe('2026-12-11')
    expect(await tonightAt('2026-12-11T13:00')).toBe('2026-12-11')
    expect(await tonightAt('2026-12-12T09:00')).toBe('2026-12-11')
    expect(await tonightAt('2026-12-12T11:30')).toBe('2026-12-12')
    city.clock.stoppedAt = evening
    const ended = await seats.Dora?.light({ type: 'end-override', override: made?.body.override, reason: 'It blew over' })
    expect(ended?.status).toBe(200)
  })

  test('tries steps out that nobody kept', async () => {
    const { body } = await as('Otto')('POST', '/api/programme-preview', { steps, date: '2026-12-24' })
    expect(body.changes.map(({ level }: { level: number }) => level)).toEqual([0, 100, 50, 0])
    expect(body.changes[1].at).toBe(body.dusk)
  })
})

describe('light by a sensor', () => {
  const mist = {
    ...{ name: '雾', nameEn: 'Fog', facility: 'T-1', point: 'level', when: 'above', limit: 5, clear: 4, delay: 60_000 },
    ...{ query: 'district=North', level: 90, disabled: false },
  }
  const condition = (id: string, given: object) =>
    seats.Dora?.light({ type: 'condition', condition: { id, ...given } as ConditionView }) as Answered
  const noCondition = (id: string) => seats.Dora?.light({ type: 'remove-condition', condition: id }) as Answered
  const wait = (ms: number) => {
    city.clock.stoppedAt = (city.clock.stoppedAt as number) + ms
    city.lighting.tick()
  }

  test('begins when it sees something for long enough, and ends with hysteresis', async () => {
    await configure()
    city.clock.stoppedAt = night
    expect((await condition('fog', mist)).status).toBe(200)
    city.report('T-1', { level: 6 })
    wait(0)
    expect(stepOf('SL-1')?.level).toBe(0.5)
    wait(60_000)
    expect(stepOf('SL-1')?.level).toBe(0.9)
    expect(stepOf('SL-2')?.level).toBe(1)
    expect((await as('Otto')('GET', '/api/programme-overrides')).body.items).toMatchObject([{ condition: 'fog', by: 'clock', level: 90 }])
    city.report('T-1', { level: 4.5 })
    wait(120_000)
    expect(stepOf('SL-1')?.level).toBe(0.9)
    city.report('T-1', { level: 3 })
    wait(0)
    wait(60_000)
    expect(stepOf('SL-1')?.level).toBe(0.5)
    expect((await noCondition('fog')).status).toBe(200)
  })

  test('is not begun again that a person ended, before the sensor was clear', async () => {
    await configure()
    city.clock.stoppedAt = night + minutes(10)
    expect((await condition('smog', { ...mist, delay: 0 })).status).toBe(200)
    city.report('T-1', { level: 6 })
    wait(0)
    expect(stepOf('SL-1')?.level).toBe(0.9)
    const open = async () => (await as('Otto')('GET', '/api/programme-overrides')).body.items
    const [{ id }] = await open()
    expect((await seats.Otto?.light({ type: 'end-override', override: id, reason: 'broken sensor' }))?.status).toBe(200)
    wait(1000)
    city.report('T-1', { level: 4.5 })
    wait(1000)
    city.report('T-1', { level: 6 })
    wait(1000)
    expect([await open(), stepOf('SL-1')?.level]).toEqual([[], 0.5])
    city.report('T-1', { level: 3 })
    wait(1000)
    city.report('T-1', { level: 6 })
    wait(1000)
    expect(stepOf('SL-1')?.level).toBe(0.9)
    expect((await noCondition('smog')).status).toBe(200)
  })

  test('must be able to end', async () => {
    const never = await as('Dora')('PUT', '/api/programme-conditions/fog', { ...mist, clear: 7 })
    expect(never).toMatchObject({ status: 400, body: { detail: expect.stringContaining('begin and end at once') } })
  })
})
