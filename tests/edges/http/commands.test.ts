import { io } from 'socket.io-client'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WHOLE_CITY } from '../../../src/access/scope.ts'
import { CommandPageSchema, CommandSchema, type CommandView } from '../../../src/edges/http/command-schemas.ts'
import { lightCabinet } from '../../../src/facilities/light-cabinet/index.ts'
import { streetLight } from '../../../src/facilities/street-light/index.ts'
import { CommandDesk, unarmed } from '../../../src/services/control/command-desk.ts'
import { MOST_TESTS } from '../../../src/services/control/command-services.ts'
import type { Road } from '../../../src/telemetry/command-mapping.ts'
import { minutes, seconds } from '../../../src/telemetry/duration.ts'
import { type Text, text } from '../../../src/telemetry/point.ts'
import { tankKind } from '../../tank-kind.ts'
import { type City, startCity } from '../city.ts'
import { type Seat, seatOf } from '../commanding.ts'
import { signInLimited } from '../limited.ts'

let city: City
let admin = ''
let eva = ''
let seat: Seat
const desk = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: admin })
const crew = (method: string, path: string, body?: unknown) => city.ask(method, path, body, { cookie: eva })

beforeAll(async () => {
  city = await startCity({ kinds: [tankKind, streetLight, lightCabinet] })
  city.clock.stoppedAt = Date.now()
  eva = await signInLimited(city, 'eva', 'crew', WHOLE_CITY)
  await city.signIn()
  admin = city.cookie()
  seat = await seatOf(city, admin)
  const lamp = { kind: 'street-light', district: 'North' }
  const facilities = [
    { id: 'LC-1', kind: 'light-cabinet', district: 'North' },
    { ...lamp, id: 'SL-1' },
    { ...lamp, id: 'SL-2', gateway: 'GW-1' },
    { ...lamp, id: 'SL-3', fedBy: 'LC-1', circuit: 2 },
    { ...lamp, id: 'SL-4', fedBy: 'LC-1', circuit: 2 },
    { ...lamp, id: 'SL-5' },
    { id: 'T-1', kind: 'tank', district: 'South' },
  ]
  expect((await desk('POST', '/api/facilities', { facilities })).status).toBe(200)
  const more = { districts: 'all', domains: 'all', vehicle: '', base: null, disabled: false } as const
  city.state.roster.putCrew({ id: 'A', name: 'Crew A', members: ['eva'], ...more })
  city.state.roster.putCrew({ id: 'B', name: 'Crew B', members: ['otto'], ...more })
})
afterAll(() => city.stop())
/** When the test began. */
let began = 0
beforeEach(async () => {
  // What the test before left is over, and the city as at first.
  for (const order of [...city.services.orders.open()]) city.services.orders.close({ id: order.id }, 'next test', 'admin')
  const stay = () => Promise.all([desk('GET', '/api/session'), crew('GET', '/api/session')])
  await stay()
  for (let i = 0; i < 2; i++) {
    pass(minutes(12))
    await stay()
  }
  if (city.services.plant.get('SL-1')?.mode !== 'auto') city.services.setMode('SL-1', 'auto', 'next test', 'admin')
  report('SL-2', { 'leakage-current': 1 })
  cabinet({ 'circuit-2-contactor': true, mode: 'auto' })
  sent()
  pass(seconds(1))
  began = city.now()
})

let made = 0
const newId = () => `command-${String(++made).padStart(12, '0')}`
const ask = (command: string, whom: string[] | string, more: object = {}) => seat.command(newId(), command, whom, more)
/** What went out to devices since last asked. */
const sent = () => city.published.splice(0).map(({ topic, payload }) => ({ topic, ...JSON.parse(payload) }))
const acknowledge = (topic: string, body: object) =>
  new Promise<Error | undefined>((resolve) => {
    expect(city.services.commands.answered(topic, Buffer.from(JSON.stringify(body)), resolve)).toBe(true)
  })
const answer = (lamp: string, id: string, done = true) => acknowledge(`facilities/street-light/${lamp}/acknowledgements`, { id, done })
const report = (lamp: string, values: object) =>
  city.publishRaw(`facilities/street-light/${lamp}/telemetry`, Buffer.from(JSON.stringify({ at: city.now(), values })))
const cabinet = (values: object) =>
  city.publishRaw('facilities/light-cabinet/LC-1/telemetry', Buffer.from(JSON.stringify({ at: city.now(), values })))
const circuit = (isOn: boolean) => cabinet({ 'circuit-2-contactor': isOn })
const pass = (ms: number) => {
  city.clock.stoppedAt = (city.clock.stoppedAt as number) + ms
  city.tick()
}
const one = async (id: string): Promise<CommandView> => (await desk('GET', `/api/commands/${id}`)).body
const stateOf = async (id: string, facility?: string) =>
  (await one(id)).targets.find((target) => facility === undefined || target.facility === facility)?.state
const audited = (action: string) =>
  city.state.auditTrail({ action, from: began, limit: 50 }).items.map(({ by, subject, detail }) => `${by} ${subject} ${detail}`)

describe('a command', () => {
  test('goes out, is confirmed and has its effect, and every step is told and audited', async () => {
    const told: string[] = []
    const client = io(city.url, { extraHeaders: { cookie: admin, origin: city.url }, transports: ['websocket'], reconnection: false })
    client.on('commands', ({ commands }: { commands: CommandView[] }) => {
      for (const { targets } of commands) told.push(targets[0]!.state)
    })
    await new Promise((resolve) => client.once('heartbeat', resolve))
    report('SL-1', { 'dim-actual': 100, power: 120 })
    const { status, body } = await ask('dim', ['SL-1'], { value: 40, reason: 'glare' })
    expect([status, Value.Check(CommandSchema, body)]).toEqual([200, true])
    expect(body).toMatchObject({ command: 'dim', value: 40, by: 'admin', reason: 'glare', until: null, counts: { sent: 1 } })
    const [message, ...others] = sent()
    expect([message, others]).toMatchObject([
      { topic: 'facilities/street-light/SL-1/commands', id: body.id, command: 'dim', value: 40 },
      [],
    ])
    expect(message.expires).toBe(city.now() + seconds(30))
    pass(100)
    expect(await answer('SL-1', body.id)).toBeUndefined()
    expect(await stateOf(body.id)).toBe('confirmed')
    pass(100)
    report('SL-1', { 'dim-actual': 100 })
    expect(await stateOf(body.id)).toBe('confirmed')
    pass(1000)
    report('SL-1', { 'dim-actual': 38 })
    expect(await stateOf(body.id)).toBe('effect-seen')
    expect((await one(body.id)).targets[0]!.times).toEqual({
      ...{ accepted: expect.any(Number), sent: expect.any(Number), confirmed: expect.any(Number), seen: expect.any(Number) },
    })
    await expect.poll(() => told).toEqual(['accepted', 'sent', 'confirmed', 'effect-seen'])
    client.close()
    expect(audited('command')).toEqual([`admin command ${body.id} dim 40; accepted: SL-1; glare`])
    expect(audited('command-result')).toEqual([`clock command ${body.id} effect-seen: SL-1`])
  })

  test('is sent once however often it is asked for, and its id stands for no other', async () => {
    const arm = () => desk('POST', '/api/commands/arm', { command: 'on', facilities: ['SL-1'], console: seat.console() })
    const { token } = (await arm()).body
    const body = () => ({ id, token, console: seat.console() })
    const id = newId()
    const answers = await Promise.all([1, 2, 3].map(() => desk('POST', '/api/commands', body())))
    expect(answers.map(({ status, body }) => [status, body.id])).toEqual(Array(3).fill([200, id]))
    expect(sent()).toHaveLength(1)
    pass(minutes(5))
    expect((await desk('POST', '/api/commands', body())).body.targets[0].state).toBe('failed')
    const another = (await arm()).body.token
    expect((await desk('POST', '/api/commands', { ...body(), token: another })).status).toBe(409)
    // Those of the patience with the first one.
    expect(sent().filter((message) => message.id !== id)).toEqual([])
  })

  test('is sent again while no answer comes, and fails at its deadline', async () => {
    const { body } = await ask('on', ['SL-1'])
    for (let second = 1; second < 30; second++) pass(seconds(1))
    expect(sent().map(({ id }) => id)).toEqual([body.id, body.id, body.id])
    expect(await stateOf(body.id)).toBe('sent')
    pass(seconds(1))
    expect((await one(body.id)).targets[0]).toMatchObject({ state: 'failed', problem: 'no-answer', attempts: 3 })
    expect(audited('command-result')).toEqual([`clock command ${body.id} failed (no-answer): SL-1`])
  })

  test('fails where the device confirms and does nothing, and is refused where it refuses', async () => {
    const idle = (await ask('on', ['SL-1'])).body.id
    await answer('SL-1', idle)
    for (let minute = 0; minute < 2; minute++) {
      pass(minutes(1))
      report('SL-1', { power: 0 })
    }
    expect((await one(idle)).targets[0]).toMatchObject({ state: 'failed', problem: 'no-effect' })
    const blocked = (await ask('on', ['SL-1'])).body.id
    await acknowledge('facilities/street-light/SL-1/acknowledgements', { id: blocked, done: false, words: '就地' })
    expect((await one(blocked)).targets[0]).toMatchObject({ state: 'refused', problem: 'refused-by-device', words: { zh: '就地' } })
  })

  test('names what stands against each facility, and sends it nothing', async () => {
    await desk('PUT', '/api/facilities/SL-1/mode', { mode: 'out-of-service', reason: 'probe' })
    report('SL-2', { 'leakage-current': 31 })
    circuit(false)
    const { body } = await ask('on', ['SL-1', 'SL-2', 'SL-3', 'T-1', 'LC-1'])
    expect(body.targets.map(({ facility, problem }: CommandView['targets'][number]) => [facility, problem])).toEqual([
      ['SL-1', 'out-of-service'],
      ['SL-2', 'interlock'],
      ['SL-3', 'circuit-off'],
      ['T-1', 'not-commandable'],
      ['LC-1', 'unknown-command'],
    ])
    expect(body.counts).toEqual({ refused: 5 })
    expect(sent()).toEqual([])
    expect((await ask('dim', ['SL-4'], { value: 200 })).body.targets[0]).toMatchObject({ problem: 'value-out-of-range' })
    expect((await ask('on', ['SL-9'])).status).toBe(404)
  })

  test('to a cabinet that says it is run on site is refused', async () => {
    cabinet({ mode: 'manual' })
    expect((await ask('circuit-on', ['LC-1'], { value: 2 })).body.targets[0]).toMatchObject({ problem: 'local-mode' })
  })

  test('believes a device of itself alone, and a gateway of those behind it', async () => {
    const { id } = (await ask('on', ['SL-1', 'SL-2'])).body
    expect(sent().map(({ topic, facility }) => [topic, facility])).toEqual([
      ['facilities/street-light/SL-1/commands', undefined],
      ['gateways/GW-1/commands', 'SL-2'],
    ])
    // Another lamp, a gateway it is not behind, a kind it is not, no gateway at all, and what is none.
    await answer('SL-3', id)
    await acknowledge('gateways/GW-1/acknowledgements', { id, facility: 'SL-1', done: true })
    await acknowledge('gateways/GW-9/acknowledgements', { id, facility: 'SL-2', done: true })
    await acknowledge('facilities/light-cabinet/SL-1/acknowledgements', { id, done: true })
    await acknowledge('facilities/street-light/SL-2/acknowledgements', { id: 'other', done: true })
    await acknowledge('facilities/street-light/SL-1/acknowledgements', { id })
    await acknowledge('facilities/street-light/SL-1/acknowledgements', { id, facility: 'SL-2', done: true })
    expect([await stateOf(id, 'SL-1'), await stateOf(id, 'SL-2')]).toEqual(['confirmed', 'sent'])
    await acknowledge('gateways/GW-1/acknowledgements', { id, facility: 'SL-2', done: true })
    expect(await stateOf(id, 'SL-2')).toBe('confirmed')
    expect(city.services.commands.answered('facilities/street-light/SL-1/telemetry', Buffer.from('{}'), () => {})).toBe(false)
  })

  test('takes the place of an earlier one to the same thing', async () => {
    const first = (await ask('on', ['SL-1'])).body.id
    const second = (await ask('off', ['SL-1'])).body.id
    expect((await one(first)).targets[0]).toMatchObject({ state: 'cancelled', problem: 'superseded' })
    expect(await stateOf(second)).toBe('sent')
  })

  test('ends by a command of its own, also when it is called back', async () => {
    const { id, until } = (await ask('on', ['SL-1'], { minutes: 10 })).body
    expect([until, sent()[0].until]).toEqual([city.now() + minutes(10), until])
    await answer('SL-1', id)
    pass(minutes(10))
    expect(sent()).toMatchObject([{ id: `${id}.end`, command: 'follow-programme', value: null, until: null }])
    expect(await one(`${id}.end`)).toMatchObject({ by: 'clock', purpose: 'end', ends: id })
    const other = (await ask('off', ['SL-1'], { minutes: 10 })).body.id
    await answer('SL-1', other)
    sent()
    expect((await desk('POST', `/api/commands/${other}/cancel`, { reason: 'enough' })).body.ended).toBe(true)
    expect(sent()).toMatchObject([{ id: `${other}.end`, command: 'follow-programme' }])
    expect((await one(`${other}.end`)).by).toBe('admin')
    expect((await desk('POST', `/api/commands/${other}/cancel`, {})).status).toBe(409)
    expect(audited('command-cancel')).toEqual([`admin command ${other} enough`])
  })

  test('of a programme does not take what somebody holds, nor what two people have still to decide', async () => {
    const byClock = (command: string) => {
      const id = newId()
      const told = { id, command, value: 2, purpose: 'programme', by: 'clock', account: 'clock', reason: '', order: null } as const
      city.commands.book.change(() => city.commands.begin({ ...told, ...unarmed, ends: null, until: null, facilities: ['LC-1'] }))
      city.commands.sendNow()
      return one(id)
    }
    expect((await byClock('circuit-on')).targets[0]).toMatchObject({ state: 'sent' })
    pass(minutes(5))
    const waits = (await ask('mode', ['LC-1'], { value: 'remote' })).body.id
    expect((await byClock('circuit-off')).targets[0]?.problem).toBeNull()
    expect(await stateOf(waits)).toBe('requested')
    await desk('POST', `/api/commands/${waits}/cancel`, {})
    await ask('circuit-off', ['LC-1'], { value: 2 })
    pass(seconds(3))
    expect((await byClock('circuit-on')).targets[0]).toMatchObject({ state: 'refused', problem: 'held' })
    await ask('circuit-follow', ['LC-1'], { value: 2 })
    pass(seconds(3))
    expect((await byClock('circuit-on')).targets[0]?.problem).toBeNull()
  })

  test('has no end by itself where nothing takes it back', async () => {
    expect((await ask('set-clock', ['LC-1'], { minutes: 10 })).status).toBe(400)
    expect((await ask('set-clock', ['LC-1'])).body.until).toBeNull()
  })

  test('is answered too late for its deadline, which is kept as a fact and changes nothing', async () => {
    const { id } = (await ask('on', ['SL-1'])).body
    pass(seconds(30))
    await answer('SL-1', id)
    const { state, problem, times } = (await one(id)).targets[0]!
    expect([state, problem, times.confirmed]).toEqual(['failed', 'no-answer', city.now()])
    expect(audited('command-result')).toHaveLength(1)
  })

  test('does not give back what a later one holds', async () => {
    const first = (await ask('on', ['SL-1'], { minutes: 10 })).body.id
    await answer('SL-1', first)
    report('SL-1', { power: 120 })
    await ask('dim', ['SL-1'], { value: 30 })
    pass(minutes(10))
    expect(sent().filter(({ command }) => command === 'follow-programme')).toEqual([])
    expect((await one(first)).ended).toBe(true)
  })

  test('survives the end of the program: it is neither forgotten nor sent after it expired, and what it held is given back', async () => {
    const held = (await ask('on', ['SL-1'], { minutes: 10 })).body.id
    await answer('SL-1', held)
    report('SL-1', { power: 120 })
    const waiting = (await ask('on', ['SL-2'])).body.id
    sent()
    const published: string[] = []
    const restarted = () =>
      new CommandDesk({
        ...{ ...city.parts, dialects: city.dialects, levelOf: () => null },
        publish: async (_topic, payload) => void published.push(JSON.parse(payload).id),
      })
    city.clock.stoppedAt = (city.clock.stoppedAt as number) + seconds(15)
    restarted().tick()
    expect(published).toEqual([waiting])
    city.clock.stoppedAt += minutes(1)
    restarted().tick()
    expect(published).toEqual([waiting])
    expect(city.state.commands.command(waiting)?.targets[0]).toMatchObject({ state: 'failed', problem: 'no-answer' })
    city.clock.stoppedAt += minutes(20)
    restarted().tick()
    expect(published).toEqual([waiting, `${held}.end`])
    restarted().tick()
    expect(published).toEqual([waiting, `${held}.end`])
  })

  test('waits for a device of another dialect that went away, and goes again when it is back', () => {
    const gone = text('it is offline', '设备已离线')
    const told: string[] = []
    const way: Road = {
      ...{ answers: false, keeps: null, answerWithin: null, lane: null },
      render: () => ({ source: 'embedded', topic: 'x', payload: '', qos: 0 }),
      send: ({ id }) => void told.push(id),
    }
    let road: Road | Text = way
    const own = new CommandDesk({
      ...{ ...city.parts, dialects: city.dialects, levelOf: () => null, road: () => road },
      publish: async () => {},
    })
    const begin = (id: string) =>
      own.book.change(() =>
        own.begin({
          ...{
            id,
            command: 'dim',
            value: 40,
            purpose: 'direct',
            by: 'admin',
            account: 'admin',
            reason: '',
            order: null,
            ends: null,
            until: null,
          },
          ...{ ...unarmed, facilities: ['SL-1'] },
        }),
      )
    const goOn = (wait: number, next: Road | Text) => {
      road = next
      city.clock.stoppedAt = (city.clock.stoppedAt as number) + wait
      own.tick()
    }
    const target = (id: string) => city.state.commands.command(id)?.targets[0]
    const first = newId()
    begin(first)
    goOn(seconds(1), gone)
    expect([target(first), told]).toMatchObject([{ state: 'accepted', words: gone }, []])
    goOn(seconds(1), way)
    expect([target(first), told]).toMatchObject([{ state: 'sent', words: null, attempts: 1 }, [first]])
    goOn(seconds(1), gone)
    goOn(seconds(1), gone)
    expect([target(first), told]).toMatchObject([{ state: 'sent', words: gone, attempts: 1 }, [first]])
    goOn(seconds(1), way)
    expect([target(first), told]).toMatchObject([{ state: 'sent', words: null, attempts: 1 }, [first]])
    goOn(seconds(3), way)
    expect([target(first), told]).toMatchObject([{ state: 'sent', words: null, attempts: 2 }, [first, first]])
    const second = newId()
    begin(second)
    expect(target(first)).toMatchObject({ state: 'cancelled', problem: 'superseded' })
    for (let i = 0; i < 62; i++) goOn(seconds(1), gone)
    expect(target(second)).toMatchObject({ state: 'expired', problem: 'not-sent', words: gone })
    expect(told).toHaveLength(2)
  })

  test('is in lists by facility and state, in pages, and kinds say what can be asked', async () => {
    for (let i = 0; i < 3; i++) await ask('on', ['SL-5'])
    await ask('on', ['SL-2'])
    const first = (await desk('GET', '/api/commands?facility=SL-5&limit=2')).body
    expect([Value.Check(CommandPageSchema, first), first.items.length]).toEqual([true, 2])
    expect((await desk('GET', `/api/commands?facility=SL-5&limit=2&before=${first.next}`)).body).toMatchObject({ items: [{}], next: null })
    const [last] = (await desk('GET', '/api/commands?facility=SL-2&limit=1')).body.items
    await ask('on', ['SL-1', 'SL-2'])
    const [both] = (await desk('GET', '/api/commands?facility=SL-2&limit=1')).body.items
    expect([last, both].map(({ targets }) => targets[0].facility)).toEqual(['SL-2', 'SL-2'])
    expect((await desk('GET', '/api/commands?state=cancelled&facility=SL-5')).body.items).toHaveLength(2)
    expect((await crew('GET', '/api/commands?facility=SL-5')).status).toBe(200)
    expect((await crew('POST', '/api/commands/arm', { command: 'on', facilities: ['SL-5'] })).status).toBe(403)
    const lamp = (await desk('GET', '/api/kinds')).body.kinds.find(({ key }: { key: string }) => key === 'street-light')
    expect(lamp.commands.map(({ key }: { key: string }) => key)).toEqual(['on', 'off', 'dim', 'follow-programme', 'reset'])
  })
})

describe('a crew', () => {
  const orderOf = async (facilities: string[], by = 'A') => {
    const { id } = (await desk('POST', '/api/orders', { facilities, class: 'ordinary', title: 'Dark' })).body
    await desk('POST', `/api/orders/${id}/dispatch`, { version: 0, crews: [by], within: 10 })
    return id as number
  }
  const taken = async (facilities: string[], by = 'A', person = 'eva') => {
    const id = await orderOf(facilities, by)
    city.services.orders.act([{ id: `accept-${id}`, order: id, at: city.now(), type: 'accept' }], by, person)
    return id
  }
  const probe = (order: number, command: string, facilities: string[], more: object = {}) =>
    crew('POST', `/api/crew/orders/${order}/tests`, { id: newId(), command, facilities, minutes: 5, ...more })

  test('tests the lamps of its order, which go back by themselves', async () => {
    const order = await taken(['SL-1'])
    const { status, body } = await probe(order, 'dim', ['SL-1'], { value: 60 })
    expect([status, body.command]).toMatchObject([200, { purpose: 'test', order, by: 'eva', until: city.now() + minutes(5) }])
    expect(body.dark).toEqual([])
    await answer('SL-1', body.command.id)
    sent()
    pass(minutes(5))
    expect(sent()).toMatchObject([{ command: 'follow-programme', id: `${body.command.id}.end` }])
  })

  test('that is limited to another part of the city is told what became of the tests of its order, and of nothing else there', async () => {
    const sol = await signInLimited(city, 'sol', 'crew', { districts: ['South'], domains: 'all' })
    const more = { districts: 'all', domains: 'all', vehicle: '', base: null, disabled: false } as const
    city.state.roster.putCrew({ id: 'S', name: 'Crew S', members: ['sol'], ...more })
    const order = await taken(['SL-1'], 'S', 'sol')
    const other = await taken(['SL-5'])
    const look = (path: string) => city.ask('GET', path, undefined, { cookie: sol })
    const test = { id: newId(), command: 'on', facilities: ['SL-1'], minutes: 5 }
    expect((await city.ask('POST', `/api/crew/orders/${order}/tests`, test, { cookie: sol })).status).toBe(200)
    expect((await look(`/api/commands/${test.id}`)).body).toMatchObject({ order, targets: [{ facility: 'SL-1', state: 'sent' }] })
    expect((await look(`/api/commands?order=${order}`)).body.items).toMatchObject([{ id: test.id, elsewhere: 0 }])
    const { body } = await probe(other, 'on', ['SL-5'])
    expect((await look(`/api/commands/${body.command.id}`)).status).toBe(404)
    expect((await look(`/api/commands?order=${other}`)).body.items).toEqual([])
  })

  test('tests nothing else, not for longer, and only while it has the order in hand', async () => {
    const order = await taken(['SL-1'])
    const status = async (...given: Parameters<typeof probe>) => (await probe(...given)).status
    expect(await status(await orderOf(['SL-1']), 'on', ['SL-1'])).toBe(409)
    expect(await status(await taken(['SL-2'], 'B', 'otto'), 'on', ['SL-2'])).toBe(403)
    expect(await status(999, 'on', ['SL-1'])).toBe(404)
    expect(await status(order, 'on', ['SL-2'])).toBe(409)
    expect(await status(order, 'follow-programme', ['SL-1'])).toBe(409)
    expect(await status(order, 'on', ['SL-1'], { minutes: 16 })).toBe(400)
    expect(await status(await taken(['T-1']), 'on', ['T-1'])).toBe(409)
    expect(sent()).toEqual([])
  })

  test('puts out one lamp of a circuit at a time, because its cabinet counts lamps by their current', async () => {
    const order = await taken(['SL-3', 'SL-4'])
    expect((await probe(order, 'off', ['SL-3', 'SL-4'])).status).toBe(409)
    expect((await probe(order, 'on', ['SL-3', 'SL-4'])).status).toBe(200)
    expect((await probe(order, 'off', ['SL-3'])).status).toBe(200)
    expect((await probe(order, 'dim', ['SL-4'], { value: 50 })).status).toBe(409)
    expect((await probe(order, 'dim', ['SL-3'], { value: 50 })).status).toBe(200)
  })

  test('is told before anything is sent that the circuit is off, and energises it where the order covers it', async () => {
    circuit(false)
    const order = await taken(['SL-3'])
    const { body } = await probe(order, 'on', ['SL-3'])
    expect(body.command.targets[0]).toMatchObject({ state: 'refused', problem: 'circuit-off' })
    expect(body.dark).toEqual([{ cabinet: 'LC-1', circuit: 2, facilities: ['SL-3'], covered: true, why: null }])
    expect(sent()).toEqual([])
    const energised = (await probe(order, 'energise', ['SL-3'], { minutes: 10 })).body.command
    expect(energised).toMatchObject({ command: 'circuit-on', value: 2, targets: [{ facility: 'LC-1', state: 'sent' }] })
    await acknowledge('facilities/light-cabinet/LC-1/acknowledgements', { id: energised.id, done: true })
    pass(seconds(2))
    circuit(true)
    expect(await stateOf(energised.id)).toBe('effect-seen')
    expect((await probe(order, 'off', ['SL-3'])).body.command.targets[0].state).toBe('sent')
    sent()
    pass(minutes(10))
    expect(sent().filter(({ command }) => command === 'circuit-follow')).toMatchObject([{ value: 2 }])
  })

  test('does not switch a circuit on while another crew works there', async () => {
    circuit(false)
    const order = await taken(['SL-3'])
    await taken(['LC-1'], 'B', 'otto')
    const { body } = await probe(order, 'on', ['SL-3'])
    expect(body.dark).toMatchObject([{ covered: false, why: { en: expect.stringMatching(/Another crew/) } }])
    expect((await probe(order, 'energise', ['SL-3'])).status).toBe(409)
    expect(sent()).toEqual([])
  })

  test('has nobody switch a circuit on, or give it back, where it is at work', async () => {
    const order = await taken(['SL-3'])
    const objection = async (command: string, value: number | string) => {
      const { body } = await desk('POST', '/api/commands/arm', { command, value, facilities: ['LC-1'], console: seat.console() })
      return body.objections[0]?.words?.en
    }
    expect(await objection('circuit-on', 2)).toBeUndefined()
    city.services.orders.act([{ id: `arrive-${order}`, order, at: city.now(), type: 'arrive' }], 'A', 'eva')
    for (const [command, value] of [
      ['circuit-on', 2],
      ['circuit-follow', 2],
      ['mode', 'auto'],
    ] as const)
      expect(await objection(command, value)).toBe(`a crew is at work there (order ${order}); ask it first`)
    expect(await objection('circuit-off', 2)).toBeUndefined()
    expect(await objection('circuit-on', 3)).toBeUndefined()
  })

  test('keeps what is switched off where it is at work: nobody gives it back before its end', async () => {
    const off = (await ask('circuit-off', ['LC-1'], { value: 2, minutes: 60 })).body
    await acknowledge('facilities/light-cabinet/LC-1/acknowledgements', { id: off.id, done: true })
    pass(seconds(2))
    const order = await taken(['SL-3'])
    city.services.orders.act([{ id: `arrive-${order}`, order, at: city.now(), type: 'arrive' }], 'A', 'eva')
    sent()
    const refused = await desk('POST', `/api/commands/${off.id}/cancel`, { reason: 'light wanted' })
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining(`a crew is at work there (order ${order})`) } })
    expect(city.state.auditTrail({ limit: 1 }).items[0]).toMatchObject({ by: 'admin', action: 'command-refused' })
    pass(seconds(2))
    expect(sent()).toEqual([])
    city.services.orders.close({ id: order }, 'left', 'admin')
    expect((await desk('POST', `/api/commands/${off.id}/cancel`, { reason: 'light wanted' })).status).toBe(200)
    pass(seconds(2))
    expect(sent()).toMatchObject([{ command: 'circuit-follow', value: 2 }])
  })

  test('does not switch a circuit on that the desk holds off', async () => {
    const off = (await ask('circuit-off', ['LC-1'], { value: 2 })).body
    await acknowledge('facilities/light-cabinet/LC-1/acknowledgements', { id: off.id, done: true })
    pass(seconds(2))
    circuit(false)
    sent()
    const order = await taken(['SL-3'])
    expect((await probe(order, 'on', ['SL-3'])).body.dark).toMatchObject([
      { covered: false, why: { en: expect.stringMatching(/desk/), zh: expect.stringMatching(/调度/) } },
    ])
    expect((await probe(order, 'energise', ['SL-3'])).status).toBe(409)
    expect(sent()).toEqual([])
    await ask('circuit-follow', ['LC-1'], { value: 2 })
    expect((await probe(order, 'on', ['SL-3'])).body.dark).toMatchObject([{ covered: true }])
  })

  test('has no more tests under way than are looked after', async () => {
    const order = await taken(['SL-1'])
    const statuses: number[] = []
    for (let i = 0; i <= MOST_TESTS; i++) statuses.push((await probe(order, 'on', ['SL-1'])).status)
    expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([MOST_TESTS, 409])
  })

  test('keeps what is switched off for a time off beyond its end, until it has left, and no device ends it by itself', async () => {
    const off = (await ask('circuit-off', ['LC-1'], { value: 2, minutes: 1 })).body
    expect(sent()).toMatchObject([{ command: 'circuit-off', value: 2, until: null }])
    await acknowledge('facilities/light-cabinet/LC-1/acknowledgements', { id: off.id, done: true })
    pass(seconds(2))
    const order = await taken(['SL-3'])
    city.services.orders.act([{ id: `arrive-${order}`, order, at: city.now(), type: 'arrive' }], 'A', 'eva')
    sent()
    pass(minutes(1))
    expect(sent()).toEqual([])
    expect(city.services.commands.command(off.id)).toMatchObject({ ended: false, until: city.now() + minutes(5) })
    expect(city.state.auditTrail({ limit: 20 }).items).toContainEqual(
      expect.objectContaining({ by: 'clock', action: 'command-extend', detail: `a crew is at work there (order ${order}); ask it first` }),
    )
    city.services.orders.close({ id: order }, 'left', 'admin')
    pass(minutes(5))
    pass(seconds(2))
    expect(sent()).toMatchObject([{ command: 'circuit-follow', value: 2 }])
  })
})
