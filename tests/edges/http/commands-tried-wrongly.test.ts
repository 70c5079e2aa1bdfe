import { Value } from 'typebox/value'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { APPROVED_WITHIN, MOST_LAMPS_ALONE } from '../../../src/control/approval.ts'
import { ArmingSchema, CommandSchema } from '../../../src/edges/http/command-schemas.ts'
import { gasStation } from '../../../src/facilities/gas-station/index.ts'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { ARMED_FOR } from '../../../src/services/control/armings.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type City, PASSWORD, startCity } from '../city.ts'
import { type Seat, seatOf } from '../commanding.ts'
import { limit, signInLimited } from '../limited.ts'

let city: City
let ada: Seat
let ben: Seat
let key = ''

beforeAll(async () => {
  city = await startCity({ kinds: [streetLight, lightCabinet, gasStation] })
  city.clock.stoppedAt = Date.now()
  ada = await seatOf(city, await signInLimited(city, 'ada', 'operator', WHOLE_CITY))
  ben = await seatOf(city, await signInLimited(city, 'ben', 'operator', WHOLE_CITY))
  key = (await ada.ask('POST', '/api/own/keys', { own: PASSWORD, name: 'script', role: 'operator', days: 30 })).body.token
  await city.signIn()
  const lamps = Array.from({ length: 600 }, (_, i) => ({ id: `SL-${i}`, kind: 'street-light', district: i < 10 ? 'North' : 'South' }))
  const others = [
    { id: 'LC-1', kind: 'light-cabinet', district: 'North', rated: { circuits: 2 } },
    { id: 'GS-1', kind: 'gas-station', district: 'North' },
  ]
  for (const facilities of [lamps.slice(0, 300), [...lamps.slice(300), ...others]])
    expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
})
afterAll(() => city.stop())
beforeEach(async () => {
  for (const { ask } of [ada, ben]) expect((await ask('GET', '/api/session')).status).toBe(200)
  pass(minutes(12))
  city.published.length = 0
  began = city.now()
  pass(seconds(1))
})
let began = 0
const pass = (ms: number) => {
  city.clock.stoppedAt = (city.clock.stoppedAt as number) + ms
  city.tick()
}
let made = 0
const newId = () => `wrong-command-${String(++made).padStart(8, '0')}`
const audited = (action: string) =>
  city.state.auditTrail({ action, from: began, limit: 50 }).items.map(({ by, subject, detail }) => `${by} ${subject} ${detail}`)
const byKey = (path: string, body: object) => city.ask('POST', path, body, { cookie: '', authorization: `Bearer ${key}` })
const arm = (by: Seat, body: object) => by.ask('POST', '/api/commands/arm', { command: 'on', ...body, console: by.console() })
const execute = (by: Seat, body: object) => by.ask('POST', '/api/commands', { id: newId(), console: by.console(), ...body })
const close = { command: 'close-valve', value: 'inlet', facilities: ['GS-1'] }
const waits = async () => (await execute(ada, { token: (await arm(ada, close)).body.token })).body.id as string
/** That nothing went out, and that it stands in the record who tried what. */
const nothing = (by: string, why: RegExp) => {
  expect(city.published).toEqual([])
  expect(audited('command-refused')).toEqual([expect.stringMatching(new RegExp(`^${by} .*${why.source}`))])
}

describe('what is armed', () => {
  test('says what would happen, to whom, and what stands against the others', async () => {
    await city.services.setModes(['SL-3', 'SL-4'], 'out-of-service', 'probe', 'admin')
    const { status, body } = await arm(ada, { query: 'district=North' })
    expect([status, Value.Check(ArmingSchema, body)]).toEqual([200, true])
    expect(body).toMatchObject({
      ...{ total: 12, ready: 8, danger: 'routine', typesCount: true, secondPerson: [], expires: city.now() + ARMED_FOR },
      kinds: expect.arrayContaining([{ kind: 'street-light', total: 10, ready: 8 }]),
      objections: [
        { problem: 'out-of-service', count: 2, facilities: ['SL-3', 'SL-4'] },
        { problem: 'unknown-command', count: 2, facilities: ['LC-1', 'GS-1'] },
      ],
    })
    expect(city.published).toEqual([])
    const done = await execute(ada, { token: body.token, count: 8 })
    expect([done.status, done.body.counts, done.body.query]).toEqual([200, { sent: 8, refused: 4 }, 'district=North'])
    expect(city.published).toHaveLength(8)
    await city.services.setModes(['SL-3', 'SL-4'], 'auto', 'probe', 'admin')
  })

  test.each<[string, (token: string) => Promise<unknown>, RegExp]>([
    ['without a token', () => execute(ada, { count: 10 }), /token/],
    ['with a token of nobody', () => execute(ada, { token: 'made-up', count: 10 }), /not one that is armed/],
    ['without the count', (token) => execute(ada, { token }), /number that was typed/],
    ['with another count', (token) => execute(ada, { token, count: 9 }), /number that was typed/],
    ['without a console', (token) => execute(ada, { token, count: 10, console: undefined }), /no live connection/],
    ['at the console of another', (token) => execute(ada, { token, count: 10, console: ben.console() }), /no live connection/],
    [
      'at a console that heard nothing for long',
      (token) => execute(ada, { token, count: 10, console: { ...ada.console(), heartbeat: city.now() - seconds(11) } }),
      /stale/,
    ],
    [
      'at one that says it heard what is to come',
      (token) => execute(ada, { token, count: 10, console: { ...ada.console(), heartbeat: city.now() + seconds(5) } }),
      /stale/,
    ],
  ])('is not carried out %s', async (_, go, why) => {
    const { token } = (await arm(ada, { query: 'district=North kind=street-light' })).body
    expect(await go(token)).toMatchObject({ status: 409 })
    nothing('ada', why)
  })

  test('is for whoever armed it alone, and gone once another one tried', async () => {
    const { token } = (await arm(ada, { facilities: ['SL-1'] })).body
    expect(await execute(ben, { token })).toMatchObject({ status: 409 })
    nothing('ben', /Somebody else/)
    expect(await execute(ada, { token })).toMatchObject({ status: 409 })
    expect(city.published).toEqual([])
  })

  test('is not carried out with a key of the same person, nor what a key armed by the person', async () => {
    const { token } = (await arm(ada, { facilities: ['SL-1'] })).body
    expect((await byKey('/api/commands', { id: newId(), token })).status).toBe(409)
    nothing('key:script', /Somebody else/)
    const theirs = (await byKey('/api/commands/arm', { command: 'on', facilities: ['SL-1'] })).body.token
    expect((await execute(ada, { token: theirs })).status).toBe(409)
    expect(city.published).toEqual([])
    const own = (await byKey('/api/commands/arm', { command: 'on', facilities: ['SL-1'] })).body.token
    expect((await byKey('/api/commands', { id: newId(), token: own })).body.counts).toEqual({ sent: 1 })
  })

  test('is not carried out in another session of the same person', async () => {
    const { token } = (await arm(ada, { facilities: ['SL-1'] })).body
    await city.signIn('ada')
    const again = await seatOf(city, city.cookie())
    expect((await execute(again, { token })).status).toBe(409)
    nothing('ada', /another session/)
    again.socket.close()
    await city.signIn()
  })

  test('is not carried out where the link was lost in between, though the console came back', async () => {
    const { token } = (await arm(ada, { facilities: ['SL-1'] })).body
    const lost = ada.console()
    ada.socket.disconnect().connect()
    await new Promise((resolve) => ada.socket.once('heartbeat', resolve))
    expect((await execute(ada, { token, console: { ...lost, heartbeat: city.now() } })).status).toBe(409)
    nothing('ada', /no live connection/)
    expect((await execute(ada, { token })).status).toBe(409)
    expect(audited('command-refused')[0]).toMatch(/connection it was armed by is lost/)
    expect(city.published).toEqual([])
  })

  test('is carried out once: its token is good for no other command', async () => {
    const { token } = (await arm(ada, { facilities: ['SL-1'] })).body
    expect((await execute(ada, { token })).status).toBe(200)
    expect((await execute(ada, { token })).status).toBe(409)
    expect(city.published).toHaveLength(1)
    expect(audited('command-refused')).toEqual([expect.stringMatching(/used already/)])
  })

  test('is good for a minute', async () => {
    const { token } = (await arm(ada, { facilities: ['SL-1'] })).body
    pass(ARMED_FOR)
    expect((await execute(ada, { token })).status).toBe(409)
    nothing('ada', /over a minute ago/)
  })

  test('is not carried out where the group is another by then', async () => {
    const { token, ready } = (await arm(ada, { query: 'id=SL-59*' })).body
    const facilities = [{ id: 'SL-599b', kind: 'street-light', district: 'South' }]
    city.services.putFacilities(facilities, 'admin')
    expect((await execute(ada, { token, count: ready })).status).toBe(409)
    nothing('ada', /other facilities are in the group/)
    city.services.removeFacility('SL-599b', 'admin', WHOLE_CITY)
  })

  test('is not carried out where a facility went out of scope', async () => {
    const { token } = (await arm(ada, { facilities: ['SL-1', 'SL-20'] })).body
    limit(city, 'ada', { districts: ['North'], domains: 'all' })
    expect((await execute(ada, { token, count: 2 })).status).toBe(409)
    nothing('ada', /other facilities/)
    limit(city, 'ada', WHOLE_CITY)
  })

  test('passes over a facility that is run on site by then, and does not tell one that became free', async () => {
    city.services.setMode('SL-2', 'manual', 'probe', 'admin')
    const { token, ready } = (await arm(ada, { facilities: ['SL-1', 'SL-2', 'SL-5'] })).body
    city.services.setMode('SL-1', 'manual', 'somebody is there', 'admin')
    city.services.setMode('SL-2', 'auto', 'probe', 'admin')
    const { body } = await execute(ada, { token, count: ready })
    expect(body.targets.map(({ facility, problem }: { facility: string; problem: string }) => [facility, problem])).toEqual([
      ['SL-1', 'local-mode'],
      ['SL-2', 'local-mode'],
      ['SL-5', null],
    ])
    expect(city.published.map(({ topic }) => topic)).toEqual(['facilities/street-light/SL-5/commands'])
    city.services.setMode('SL-1', 'auto', 'probe', 'admin')
  })

  test('is forgotten by a viewer before it begins', async () => {
    const eve = await signInLimited(city, `eve-${made}`, 'viewer', WHOLE_CITY)
    const { status } = await city.ask('POST', '/api/commands/arm', { command: 'on', facilities: ['SL-1'] }, { cookie: eve })
    expect(status).toBe(403)
    nothing('eve-\\d+', /command.send/)
    await city.signIn()
  })
})

describe('a second person', () => {
  test.each<[string, object, string[]]>([
    ['any gas valve', close, ['dangerous']],
    ['the mode of a cabinet', { command: 'mode', value: 'auto', facilities: ['LC-1'] }, ['dangerous']],
    [`more than ${MOST_LAMPS_ALONE} lamps`, { query: 'kind=street-light' }, ['many-lamps']],
    ['less than that', { query: 'kind=street-light id=SL-1*' }, []],
    ['one circuit of two', { command: 'circuit-off', value: 1, facilities: ['LC-1'] }, []],
  ])('is asked for %s', async (_, body, reasons) => {
    const { danger, secondPerson } = (await arm(ada, body)).body
    expect([secondPerson, danger]).toEqual([reasons, reasons.length > 0 ? 'second-person' : 'routine'])
  })

  test('is asked for the last circuit of a cabinet, however one goes about it', async () => {
    const off = async (value: number) => arm(ada, { command: 'circuit-off', value, facilities: ['LC-1'] })
    expect((await execute(ada, { token: (await off(1)).body.token })).body.counts).toEqual({ sent: 1 })
    expect((await off(2)).body.secondPerson).toEqual(['whole-cabinet'])
    const follow = await arm(ada, { command: 'circuit-follow', value: 1, facilities: ['LC-1'] })
    await execute(ada, { token: follow.body.token })
    expect((await off(2)).body.secondPerson).toEqual([])
  })

  test('is asked for one circuit of a cabinet with more lamps than that of which nobody knows the circuit', async () => {
    const feed = async (fedBy: string | null) => {
      for (const begin of [0, 300]) {
        const facilities = Array.from({ length: 300 }, (_, i) => ({
          id: `SL-${begin + i}`,
          kind: 'street-light',
          district: begin + i < 10 ? 'North' : 'South',
          fedBy,
        }))
        expect((await city.ask('POST', '/api/facilities', { facilities })).status).toBe(200)
      }
    }
    await city.signIn()
    await feed('LC-1')
    expect((await arm(ada, { command: 'circuit-off', value: 1, facilities: ['LC-1'] })).body.secondPerson).toEqual(['many-lamps'])
    await feed(null)
  })

  test('is asked for the lamps that go beyond it, however many commands they come in', async () => {
    const some = await arm(ada, { query: 'id=SL-1*' })
    const more = (await arm(ada, { query: 'id!=SL-1* kind=street-light' })).body
    expect(more.secondPerson).toEqual([])
    expect((await execute(ada, { token: some.body.token, count: some.body.ready })).status).toBe(200)
    expect((await execute(ada, { token: more.token, count: more.ready })).status).toBe(409)
    expect(audited('command-refused')).toEqual([expect.stringMatching(/second person by now/)])
    expect((await arm(ada, { query: 'id!=SL-1* kind=street-light' })).body.secondPerson).toEqual(['many-lamps'])
  })

  test('says yes, and then it is done, once', async () => {
    const id = await waits()
    expect(city.published).toEqual([])
    const found = (await ben.ask('GET', '/api/commands?state=requested')).body.items
    expect(found).toMatchObject([
      { id, by: 'ada', approval: { reasons: ['dangerous'], expires: city.now() + APPROVED_WITHIN, decision: null } },
    ])
    pass(minutes(4))
    expect(city.published).toEqual([])
    const approve = () => ben.ask('POST', `/api/commands/${id}/approve`, { console: ben.console() })
    const { status, body } = await approve()
    expect([status, Value.Check(CommandSchema, body), body.targets[0].state, body.approval.decision]).toMatchObject([
      ...[200, true, 'sent'],
      { approved: true, by: 'ben', at: city.now() },
    ])
    expect((await approve()).status).toBe(409)
    expect(city.published.map(({ topic }) => topic)).toEqual(['facilities/gas-station/GS-1/commands'])
    expect(audited('command-approve')).toEqual([`ben command ${id} accepted: GS-1`])
  })

  test('says no, or the first one takes it back, and nothing is done', async () => {
    const declined = await waits()
    const decline = () => ben.ask('POST', `/api/commands/${declined}/decline`, { console: ben.console(), reason: 'not now' })
    expect((await decline()).body).toMatchObject({ targets: [{ state: 'refused', problem: 'declined' }] })
    expect((await decline()).status).toBe(409)
    const last = await waits()
    expect((await ada.ask('POST', `/api/commands/${last}/cancel`, {})).status).toBe(200)
    expect((await ben.ask('POST', `/api/commands/${last}/approve`, { console: ben.console() })).status).toBe(409)
    expect(city.published).toEqual([])
    expect(audited('command-decline')).toEqual([expect.stringMatching(/^ben .*declined.*not now/)])
  })

  test.each<[string, string, (id: string) => Promise<unknown>, number, RegExp]>([
    ['who asked', 'ada', (id) => ada.ask('POST', `/api/commands/${id}/approve`, { console: ada.console() }), 403, /cannot be its second/],
    ['a key of who asked', 'key:script', (id) => byKey(`/api/commands/${id}/approve`, {}), 403, /is a person/],
    ['somebody without a console', 'ben', (id) => ben.ask('POST', `/api/commands/${id}/approve`, {}), 409, /no live connection/],
  ])('is not %s', async (_, by, approve, status, why) => {
    const id = await waits()
    expect(await approve(id)).toMatchObject({ status })
    nothing(by, why)
    await ada.ask('POST', `/api/commands/${id}/cancel`, {})
  })

  test('is not the owner of the key that asked', async () => {
    const { token } = (await byKey('/api/commands/arm', close)).body
    const { id, by, account } = (await byKey('/api/commands', { id: newId(), token })).body
    expect([by, account]).toEqual(['key:script', 'ada'])
    expect((await ada.ask('POST', `/api/commands/${id}/approve`, { console: ada.console() })).status).toBe(403)
    expect(city.published).toEqual([])
    expect((await ben.ask('POST', `/api/commands/${id}/approve`, { console: ben.console() })).status).toBe(200)
  })

  test('comes too late', async () => {
    const id = await waits()
    city.clock.stoppedAt = (city.clock.stoppedAt as number) + APPROVED_WITHIN
    expect((await ben.ask('POST', `/api/commands/${id}/approve`, { console: ben.console() })).status).toBe(409)
    nothing('ben', /does not wait/)
    pass(0)
    expect((await ada.ask('GET', `/api/commands/${id}`)).body.targets).toMatchObject([{ state: 'expired', problem: 'not-approved' }])
    expect(audited('command-result')).toEqual([`clock command ${id} expired (not-approved): GS-1`])
  })

  test('finds the facility run on site, or who asked no longer there, and nothing is done', async () => {
    const local = await waits()
    city.services.setMode('GS-1', 'manual', 'a fitter is there', 'admin')
    const { body } = await ben.ask('POST', `/api/commands/${local}/approve`, { console: ben.console() })
    expect(body.targets).toMatchObject([{ state: 'refused', problem: 'local-mode' }])
    city.services.setMode('GS-1', 'auto', 'gone', 'admin')
    const gone = await waits()
    const user = city.state.people.user('ada')!
    city.state.people.putUser({ ...user, disabled: true })
    expect((await ben.ask('POST', `/api/commands/${gone}/approve`, { console: ben.console() })).status).toBe(409)
    city.state.people.putUser(user)
    nothing('ben', /may not do this any more/)
    await ada.ask('POST', `/api/commands/${gone}/cancel`, {})
  })
})
