import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ArmingView, CommandView } from '../../src/edges/http/command-schemas.ts'
import { type Desk, deskOf } from './commanding.ts'
import { type Client, eventually, invited, PASSWORD, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const facilities = [
  { id: 'LC-1', kind: 'light-cabinet', district: 'North', rated: { circuits: 2 } },
  { id: 'GS-1', kind: 'gas-station', district: 'North' },
  ...Array.from({ length: 520 }, (_, i) => ({ id: `SL-${i}`, kind: 'street-light', district: i < 4 ? 'North' : 'South' })),
]
const CHOSEN = 'ten cranes over water'
const { folder, remove } = testFolder()
let server: ServerProcess
let admin: Client
let ada: Client
let ben: Client
let adas: Desk
let bens: Desk
let key = ''
/** All facilities at once: counts what they are told. */
let device: MqttClient
const told: string[] = []
/** Nobody answers here, so what one test left is told again while the next one looks. */
const toldBefore = new Set<string>()
const forget = () => {
  for (const id of told.splice(0)) toldBefore.add(id)
}

const person = (name: string, role = 'operator') => invited(admin, server.url, { name, role, password: CHOSEN })
const listen = async () => {
  device = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`)
  device.on('message', (_topic, payload) => {
    const { id } = JSON.parse(String(payload))
    if (!toldBefore.has(id)) told.push(id)
  })
  await device.subscribeAsync('facilities/+/+/commands', { qos: 1 })
}
const report = (kind: string, id: string, values: object) =>
  device.publishAsync(`facilities/${kind}/${id}/telemetry`, JSON.stringify({ at: Date.now(), values }), { qos: 1 })

beforeAll(async () => {
  server = await startServer({ folder, facilities })
  admin = await signIn(server.url, 'admin', PASSWORD)
  ada = await person('ada')
  ben = await person('ben')
  key = (await ada.post<{ token: string }>('/api/own/keys', { own: CHOSEN, name: 'script', role: 'operator', days: 1 })).token
  adas = await deskOf(ada)
  bens = await deskOf(ben)
  await listen()
})
afterAll(async () => {
  for (const { socket } of [adas, bens]) socket.close()
  await device.endAsync()
  await server.end('SIGTERM')
  remove()
})
let began = 0
beforeEach(() => {
  forget()
  began = Date.now()
})

let made = 0
const newId = () => `tried-command-${String(++made).padStart(8, '0')}`
const byKey = async (path: string, body: object) => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
  const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}
const audited = async (action: string) =>
  (await admin.get<{ items: { by: string; detail: string }[] }>(`/api/audit?action=${action}&from=${began}`)).items.map(
    ({ by, detail }) => `${by} ${detail}`,
  )
const send = (by: Client, desk: Desk, body: object) => by.post<CommandView>('/api/commands', { console: desk.console(), ...body })
const lamp = () => adas.arm('on', ['SL-1'])
const valve = () => adas.arm('close-valve', ['GS-1'], { value: 'inlet' })
const waits = async () => adas.execute(newId(), await valve())
const look = (id: string) => admin.get<CommandView>(`/api/commands/${id}`)

/** That an attempt is refused, told nobody anything, and stands in the record. */
async function nothing(attempt: Promise<unknown>, by: string, why: RegExp): Promise<void> {
  await expect(attempt).rejects.toThrow(why)
  // Whatever it had set going would be at the device before what is sent after it.
  const { id } = await send(ben, bens, { id: newId(), token: (await bens.arm('off', ['SL-3'])).token })
  await eventually(
    async () => told,
    (ids) => ids.includes(id),
  )
  expect(told).toEqual([id])
  expect(await audited('command-refused')).toEqual([expect.stringMatching(new RegExp(`^${by} .*${why.source}`))])
}

test('a command that is armed and confirmed is told once, however often it is clicked', async () => {
  const { token } = await lamp()
  const id = newId()
  const answers = await Promise.all([1, 2, 3].map(() => send(ada, adas, { id, token })))
  expect(answers.map((one) => one.id)).toEqual([id, id, id])
  await eventually(
    async () => told,
    (ids) => ids.length > 0,
  )
  expect(new Set(told)).toEqual(new Set([id]))
  expect(told).toHaveLength(1)
  expect(await audited('command')).toEqual([expect.stringMatching(/^ada on; accepted: SL-1/)])
})

test('no token', () => nothing(send(ada, adas, { id: newId() }), 'ada', /without the token/))

test('a token of nobody', () => nothing(send(ada, adas, { id: newId(), token: 'x'.repeat(43) }), 'ada', /not one that is armed/))

test('a replayed token', async () => {
  const { token } = await lamp()
  const { id } = await send(ada, adas, { id: newId(), token })
  await eventually(
    async () => told,
    (ids) => ids.includes(id),
  )
  forget()
  await nothing(send(ada, adas, { id: newId(), token }), 'ada', /used already/)
})

test('a token of somebody else, of the same person in another session, and of their key', async () => {
  const { token } = await lamp()
  await nothing(send(ben, bens, { id: newId(), token }), 'ben', /Somebody else/)
  forget()
  began = Date.now()
  const again = await signIn(server.url, 'ada', CHOSEN)
  const other = await deskOf(again)
  const mine = await lamp()
  await nothing(send(again, other, { id: newId(), token: mine.token }), 'ada', /another session/)
  other.socket.close()
  forget()
  began = Date.now()
  const third = await lamp()
  expect((await byKey('/api/commands', { id: newId(), token: third.token })).status).toBe(409)
  expect([told, await audited('command-refused')]).toEqual([[], [expect.stringMatching(/^key:script .*Somebody else/)]])
})

test('a link that was lost between arm and execute', async () => {
  const { token } = await lamp()
  const before = adas.console().connection
  adas.socket.disconnect()
  const lost = { connection: before, heartbeat: Date.now() }
  await nothing(ada.post('/api/commands', { id: newId(), token, console: lost }), 'ada', /no live connection/)
  adas = await deskOf(ada)
  forget()
  began = Date.now()
  const armed = await lamp()
  adas.socket.disconnect()
  adas = await deskOf(ada)
  await nothing(send(ada, adas, { id: newId(), token: armed.token }), 'ada', /connection it was armed by is lost/)
})

test('a stale console', async () => {
  const { token } = await lamp()
  const stale = { connection: adas.console().connection, heartbeat: Date.now() - 15_000 }
  await nothing(ada.post('/api/commands', { id: newId(), token, console: stale }), 'ada', /stale/)
})

test('no count, and another one', async () => {
  const armed = await adas.arm('on', 'kind=street-light district=North')
  expect([armed.total, armed.typesCount]).toEqual([4, true])
  await nothing(send(ada, adas, { id: newId(), token: armed.token }), 'ada', /number that was typed/)
  const again = await adas.arm('on', 'kind=street-light district=North')
  forget()
  began = Date.now()
  await nothing(send(ada, adas, { id: newId(), token: again.token, count: 3 }), 'ada', /number that was typed/)
})

test('a group that grew after it was armed', async () => {
  const armed = await adas.arm('on', 'kind=street-light district=North')
  await admin.post('/api/facilities', { facilities: [{ id: 'SL-new', kind: 'street-light', district: 'North' }] })
  await nothing(adas.execute(newId(), armed), 'ada', /other facilities are in the group/)
})

test('local mode, entered between arm and execute', async () => {
  await report('light-cabinet', 'LC-1', { mode: 'auto' })
  const armed = await adas.arm('circuit-off', ['LC-1'], { value: 1 })
  await report('light-cabinet', 'LC-1', { mode: 'manual' })
  const latest = () => admin.get<{ latest: { point: string; value: unknown }[] }>('/api/facilities/LC-1')
  await eventually(latest, ({ latest }) => latest.some(({ point, value }) => point === 'mode' && value === 'manual'))
  const { id, targets } = await adas.execute(newId(), armed)
  expect(targets).toMatchObject([{ state: 'refused', problem: 'local-mode' }])
  expect(told).toEqual([])
  expect(await audited('command')).toEqual([expect.stringMatching(/^ada circuit-off 1; refused \(local-mode\): LC-1/)])
  expect((await look(id)).targets[0]?.times.sent).toBeNull()
})

test('a gas valve by one person, by both of their hands, by their key, and by a second yes', async () => {
  const { id, approval } = await waits()
  expect(approval).toMatchObject({ reasons: ['dangerous'], decision: null })
  await nothing(ada.post(`/api/commands/${id}/approve`, { console: adas.console() }), 'ada', /cannot be its second person/)
  forget()
  expect((await byKey(`/api/commands/${id}/approve`, {})).status).toBe(403)
  const script = (await byKey('/api/commands/arm', { command: 'close-valve', value: 'inlet', facilities: ['GS-1'] })).body as ArmingView
  const asked = (await byKey('/api/commands', { id: newId(), token: script.token })).body as CommandView
  began = Date.now()
  await nothing(ada.post(`/api/commands/${asked.id}/approve`, { console: adas.console() }), 'ada', /cannot be its second person/)
  forget()
  const yes = () => ben.post<CommandView>(`/api/commands/${id}/approve`, { console: bens.console() })
  expect((await yes()).targets).toMatchObject([{ state: 'sent' }])
  await eventually(
    async () => told,
    (ids) => ids.includes(id),
  )
  began = Date.now()
  await expect(yes()).rejects.toThrow(/does not wait/)
  expect(told).toEqual([id])
  expect(await audited('command-refused')).toHaveLength(1)
})

test('a second yes without a live console, and one that was declined before', async () => {
  const { id } = await waits()
  await nothing(ben.post(`/api/commands/${id}/approve`, {}), 'ben', /no live connection/)
  await ben.post(`/api/commands/${id}/decline`, { console: bens.console(), reason: 'not now' })
  forget()
  began = Date.now()
  await nothing(ben.post(`/api/commands/${id}/approve`, { console: bens.console() }), 'ben', /does not wait/)
})

test('nothing opens a gas valve', async () => {
  const { ready, objections, token } = await adas.arm('open-valve', ['GS-1'], { value: 'inlet' })
  expect([ready, objections]).toMatchObject([0, [{ problem: 'unknown-command', count: 1 }]])
  expect((await adas.execute(newId(), { token, ready })).targets).toMatchObject([{ state: 'refused', problem: 'unknown-command' }])
  expect(told).toEqual([])
})

test('more than 500 lamps wait for a second person, and are stopped with one word', async () => {
  const armed = await adas.arm('off', 'kind=street-light')
  expect([armed.ready > 500, armed.secondPerson]).toEqual([true, ['many-lamps']])
  const { id } = await adas.execute(newId(), armed)
  expect((await look(id)).counts).toEqual({ requested: armed.ready })
  expect(told).toEqual([])
  await ben.post(`/api/commands/${id}/approve`, { console: bens.console() })
  await eventually(
    async () => told,
    (ids) => ids.length >= 60,
  )
  const stopped = await ben.post<CommandView>(`/api/commands/${id}/cancel`, { reason: 'enough' })
  const sent = armed.ready - (stopped.counts.cancelled as number)
  expect(sent).toBeLessThan(armed.ready)
  // What had gone is at the device, and nothing more comes.
  const { id: mark } = await send(ben, bens, { id: newId(), token: (await bens.arm('circuit-on', ['LC-1'], { value: 1 })).token })
  await eventually(
    () => look(mark),
    ({ targets }) => targets[0]?.state !== 'accepted',
  )
  expect(told.filter((one) => one === id)).toHaveLength(sent)
})

test('a viewer, and what was armed before the service was started anew', async () => {
  const eve = await person('eve', 'viewer')
  await nothing(eve.post('/api/commands/arm', { command: 'on', facilities: ['SL-1'] }), 'eve', /command.send/)
  const { token } = await lamp()
  const { id } = await waits()
  const { mqttPort } = server
  await device.endAsync()
  for (const { socket } of [adas, bens]) socket.close()
  await server.end('SIGKILL')
  server = await startServer({ folder, mqttPort })
  admin = await signIn(server.url, 'admin', PASSWORD)
  ada = await signIn(server.url, 'ada', CHOSEN)
  ben = await signIn(server.url, 'ben', CHOSEN)
  adas = await deskOf(ada)
  bens = await deskOf(ben)
  await listen()
  forget()
  began = Date.now()
  await nothing(send(ada, adas, { id: newId(), token }), 'ada', /started anew/)
  // What waits for a second person waits on, and nobody said yes.
  expect((await look(id)).targets).toMatchObject([{ state: 'requested' }])
  forget()
  await ben.post(`/api/commands/${id}/approve`, { console: bens.console() })
  await eventually(
    async () => told,
    (ids) => ids.includes(id),
  )
})
