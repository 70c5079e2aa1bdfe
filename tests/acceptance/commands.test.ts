import { connect, connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CITY_CENTRE } from '../../simulators/city.ts'
import { simulatedClock } from '../../simulators/clock.ts'
import { Fleet } from '../../simulators/fleet.ts'
import { type FleetRun, runFleet } from '../../simulators/fleet-runner.ts'
import { simulatedFacilities } from '../../simulators/plant-source.ts'
import { createWorld } from '../../simulators/world.ts'
import type { CommandView } from '../../src/edges/http/command-schemas.ts'
import { kindByKey } from '../../src/facilities/index.ts'
import { type Desk, deskOf } from './commanding.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const facilities = [
  { id: 'GW-1', kind: 'gateway' },
  { id: 'SL-1', kind: 'street-light', gateway: 'GW-1' },
  { id: 'SL-2', kind: 'street-light' },
  { id: 'SL-3', kind: 'street-light' },
]
/** s; long enough for a restart in between. */
const ANSWER = 8
const env = { COMMAND_ANSWER_SECONDS: String(ANSWER) }

const { folder, remove } = testFolder()
let server: ServerProcess
let client: Client
let desk: Desk
let run: FleetRun
let fleet: Fleet

beforeAll(async () => {
  server = await startServer({ folder, facilities: [...facilities, { id: 'SL-away', kind: 'street-light' }], env })
  client = await signIn(server.url)
  desk = await deskOf(client)
  const start = Date.now()
  fleet = new Fleet({
    facilities: simulatedFacilities(facilities, kindByKey),
    seed: 'commands',
    world: createWorld({ position: CITY_CENTRE, seed: 'commands' }),
    start,
  })
  const clock = simulatedClock({ start, wallStart: start, speed: 1 })
  run = runFleet({ fleet, clock, mode: 'gateways', url: `mqtt://127.0.0.1:${server.mqttPort}` })
})
afterAll(async () => {
  desk.socket.close()
  run.stop()
  await run.done
  await server.end('SIGTERM')
  remove()
})

let ids = 0
const send = async (command: string, facility: string, value: number | null = null) =>
  desk.execute(`acceptance-command-${++ids}`, await desk.arm(command, [facility], { value }))
const over = (id: string) =>
  eventually(
    () => client.get<CommandView>(`/api/commands/${id}`),
    ({ targets }) => targets[0]?.over !== null,
    40_000,
  )
const reported = (facility: string) =>
  eventually(
    () => client.get<{ lastReport: number | null }>(`/api/facilities/${facility}`),
    ({ lastReport }) => lastReport !== null,
    30_000,
  )

test('a lamp behind a gateway is dimmed: all five states are passed, and its telemetry shows it', async () => {
  await reported('SL-1')
  const live = client.live()
  const states: string[] = []
  live.on('commands', ({ commands }) => states.push(...commands.map(({ targets }) => targets[0]!.state)))
  await new Promise<void>((resolve) => live.once('heartbeat', () => resolve()))
  const { id } = await send('dim', 'SL-1', 35)
  const { targets, at } = await over(id)
  const { times, state } = targets[0]!
  expect(state).toBe('effect-seen')
  const passed = [at, times.accepted, times.sent, times.confirmed, times.seen]
  expect(passed.every((time) => time !== null)).toBe(true)
  expect(states).toEqual(expect.arrayContaining(['accepted', 'sent', 'effect-seen']))
  live.close()
  const { latest } = await client.get<{ latest: { point: string; value: unknown }[] }>('/api/facilities/SL-1')
  const said = (point: string) => latest.find((one) => one.point === point)?.value
  expect([said('dim-actual'), said('control')]).toEqual([35, 'command'])
})

test('lamps that refuse and that do nothing say which', async () => {
  fleet.teach('id=SL-3', 'refuses')
  expect((await over((await send('on', 'SL-3')).id)).targets[0]).toMatchObject({ state: 'refused', problem: 'refused-by-device' })
})

test('a lamp that was away is told nothing that has expired, although its session was kept', async () => {
  const told: string[] = []
  const session = { clientId: 'SL-away', clean: false, protocolVersion: 4 as const }
  const away = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, session)
  await away.subscribeAsync('facilities/street-light/SL-away/commands', { qos: 1 })
  await away.endAsync()
  const { id } = await send('on', 'SL-away')
  expect((await over(id)).targets[0]).toMatchObject({ state: 'failed', problem: 'no-answer', attempts: 3 })
  const back = connect(`mqtt://127.0.0.1:${server.mqttPort}`, session)
  back.on('message', (_topic, payload) => told.push(JSON.parse(String(payload)).id))
  await new Promise((resolve) => back.once('connect', resolve))
  const later = (await send('dim', 'SL-away', 40)).id
  await eventually(
    async () => told,
    (ids) => ids.includes(later),
  )
  expect(new Set(told)).toEqual(new Set([later]))
  await back.endAsync()
})

test('a silent lamp has failed by its deadline, although the server was killed in between, and a test goes on to its end', async () => {
  fleet.teach('id=SL-2', 'silent')
  const { id } = await send('on', 'SL-2')
  const { mqttPort } = server
  await server.end('SIGKILL')
  server = await startServer({ folder, mqttPort, env })
  client = await signIn(server.url)
  desk.socket.close()
  desk = await deskOf(client)
  const { targets } = await over(id)
  const { state, problem, times, over: end } = targets[0]!
  expect([state, problem]).toEqual(['failed', 'no-answer'])
  expect((end as number) - (times.sent as number)).toBe(ANSWER * 1000)
  // Devices have come back to the server that was started again.
  fleet.teach('', 'obeys')
  await eventually(
    async () => run.connected(),
    (connected) => connected === run.clients,
    40_000,
  )
  expect((await over((await send('dim', 'SL-2', 60)).id)).targets[0]).toMatchObject({ state: 'effect-seen' })
})
