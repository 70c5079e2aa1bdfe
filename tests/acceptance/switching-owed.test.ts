import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { lagOf } from '../../src/control/switching-table.ts'
import type { CommandView } from '../../src/edges/http/command-schemas.ts'
import { type CommandMessage, decodeCommand, encodeAcknowledgement } from '../../src/telemetry/codecs/command-messages.ts'
import { days, hours, minutes, seconds } from '../../src/telemetry/duration.ts'
import { deskOf } from './commanding.ts'
import { eventually, type ServerProcess, signIn, startServer, testFolder } from './server-process.ts'

const { folder, remove } = testFolder()
let server: ServerProcess | undefined
let mqtt: MqttClient | undefined
afterAll(async () => {
  await mqtt?.endAsync(true)
  await server?.end('SIGKILL')
  remove()
})

/** One that switches soon after its time. */
const id = Array.from({ length: 1000 }, (_, i) => `LC-${i}`).find((one) => lagOf(one) < seconds(1)) as string
const topic = `facilities/light-cabinet/${id}`
const facilities = [{ id, kind: 'light-cabinet', position: [114.6, 37.9] as [number, number], rated: { 'runs-alone': 0, circuits: 3 } }]
/** Tomorrow noon in the city: dark but for what is overridden. */
const DAY = days(1)
const noon = Math.ceil(Date.now() / DAY) * DAY + hours(4)

async function start(ahead: number): Promise<ServerProcess> {
  const program = 'tests/acceptance/shifted-server.ts'
  const env = { CLOCK_AHEAD: String(ahead), SERVER_ID: '', TELEMETRY_STORE: 'embedded', COMMAND_ANSWER_SECONDS: '3' }
  return startServer({ folder, facilities, program, env })
}

/** The cabinet: what it was told, and how it does what it is told of some circuits only. */
async function cabinet(port: number, now: () => number, obeyed: ReadonlySet<number>) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`)
  const told: CommandMessage[] = []
  const report = (values: object) => client.publishAsync(`${topic}/telemetry`, JSON.stringify({ at: now(), values }), { qos: 1 })
  client.on('message', (_, payload) => {
    const message = decodeCommand(payload)
    if (!message) return
    told.push(message)
    const circuit = Number(message.value)
    if (!obeyed.has(circuit)) return
    void client.publishAsync(`${topic}/acknowledgements`, encodeAcknowledgement({ id: message.id, done: true }), { qos: 1 })
    if (message.command !== 'circuit-follow') void report({ [`circuit-${circuit}-contactor`]: message.command === 'circuit-on' })
  })
  await client.subscribeAsync(`${topic}/commands`, { qos: 1 })
  return { client, told, report, toldOf: (circuit: number) => told.filter(({ value }) => value === circuit).map(({ command }) => command) }
}

test('what switching owes a circuit after a failure, and after a hold that ends, outlives kill -9 however long it takes', {
  timeout: 180_000,
}, async () => {
  let ahead = noon - Date.now()
  const now = () => Date.now() + ahead
  server = await start(ahead)
  let client = await signIn(server.url)
  const first = await cabinet(server.mqttPort, now, new Set([1, 3]))
  mqtt = first.client
  const off = { 'circuit-1-contactor': false, 'circuit-2-contactor': false, 'circuit-3-contactor': false }
  await first.report({ ...off, mode: 'auto' })
  const lit = { query: `id=${id}`, level: 100, programme: null, until: now() + hours(6), reason: 'event' }
  const { arm, execute, light, change, socket } = await deskOf(client)
  await change('lit-for-an-event', await light({ type: 'override', override: lit }))
  // Circuit 2 hears nothing; the command for it fails.
  const ledger = () => client.get<{ items: CommandView[] }>(`/api/commands?facility=${id}`)
  const ofCircuit = async (circuit: number) =>
    (await ledger()).items.filter(({ value }) => value === circuit).map(({ targets }) => targets[0])
  await eventually(
    async () => [await ofCircuit(1), await ofCircuit(2), await ofCircuit(3)].map((targets) => targets[0]?.state),
    (states) => JSON.stringify(states) === JSON.stringify(['effect-seen', 'failed', 'effect-seen']),
    60_000,
  )
  // Somebody holds circuit 3 off for ten minutes.
  await execute('held-off-for-works', await arm('circuit-off', [id], { value: 3, reason: 'works', minutes: 10 }))
  await eventually(
    async () => first.toldOf(3),
    (commands) => commands.includes('circuit-off'),
  )
  socket.disconnect()
  await server.end('SIGKILL')
  await first.client.endAsync(true)

  ahead += minutes(45)
  server = await start(ahead)
  client = await signIn(server.url)
  const second = await cabinet(server.mqttPort, now, new Set([1, 2, 3]))
  mqtt = second.client
  await second.report({ 'circuit-1-contactor': true, 'circuit-2-contactor': false, 'circuit-3-contactor': false, mode: 'auto' })
  await eventually(
    async () => [second.toldOf(2), second.toldOf(3)],
    ([two, three]) => two?.includes('circuit-on') === true && three?.at(-1) === 'circuit-on',
    60_000,
  )
  await eventually(
    async () => [await ofCircuit(2), await ofCircuit(3)].map((targets) => targets[0]?.state),
    (states) => states.every((state) => state === 'effect-seen'),
    30_000,
  )
  // What is as it should be is not told again.
  expect(second.toldOf(1)).toEqual([])
  expect(second.toldOf(2)).toEqual(['circuit-on'])
})
