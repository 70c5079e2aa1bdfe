import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Static } from 'typebox'
import { CITY_CENTRE, generateCity } from '../simulators/city.ts'
import { simulatedClock } from '../simulators/clock.ts'
import { Fleet } from '../simulators/fleet.ts'
import { runFleet } from '../simulators/fleet-runner.ts'
import { simulatedFacilities } from '../simulators/plant-source.ts'
import { createWorld } from '../simulators/world.ts'
import type { CommandTargetPageSchema, CommandView } from '../src/edges/http/command-schemas.ts'
import type { LampOnPageView } from '../src/edges/http/lamp-on-schemas.ts'
import { kindByKey } from '../src/facilities/index.ts'
import { type Desk, deskOf } from '../tests/acceptance/commanding.ts'
import { type Client, eventually, signIn, startServer, testFolder } from '../tests/acceptance/server-process.ts'
import { longitudeAt } from '../tests/night-place.ts'
import { LoadWatch, mostInASecond, ProgressWatch, serverLoad } from './group-watch.ts'

const { values: args } = parseArgs({
  options: {
    lamps: { type: 'string' },
    cabinets: { type: 'string' },
    consoles: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (args.help) {
  console.log(`Usage: node launch.mjs bench/group-command.ts [--lamps 20000] [--cabinets 400] [--consoles 5] [--quick]

All lamps of a city are told one thing, at night: the real server with its broker, simulated lamps that answer over MQTT behind their
cabinets; armed, executed, approved by a second person. Off and on, each until telemetry shows it, then off again and stopped in the middle.
Prints how long it takes, the most that any second told a feeder and the city, how the load of the grid jumps, what the server had to
bear and what consoles heard. Ends with an error where the pacing is not kept, a lamp does not follow, or one is told after the stop.
--quick: 520 lamps behind 26 cabinets, not heard before, stopped in the middle only.`)
  process.exit(0)
}
const LAMPS = Number(args.lamps ?? (args.quick ? 520 : 20_000))
const CABINETS = Number(args.cabinets ?? (args.quick ? 26 : 400))
const CHOSEN = 'ten cranes over water'
const WHOM = 'kind=street-light'
/** For the server to register all lamps, and for a group to be through, ms. */
const PATIENCE = 900_000
/** What goes at one stroke, and what follows in the second (docs/commands.md). */
const PACE = { city: 50 + 200, feeder: 5 + 20 }
/** For what was on its way at the stop to arrive, ms. */
const SETTLED = 1000

const number = (value: number, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
const row = (what: string, said: string) => console.log(`  ${what.padEnd(50)} ${said}`)
const problems: string[] = []
const demand = (isMet: boolean, what: string) => {
  if (!isMet) problems.push(what)
}

/** Of which it is night now, whatever the hour, on the equator and far from where longitudes wrap. */
const longitude = [22, 0].map((hour) => longitudeAt(hour, Date.now())).find((degrees) => Math.abs(degrees) < 170) as number
const none = { pumpStations: 0, gasStations: 0, sewagePlants: 0, wastePlants: 0, gateways: 0 }
const facilities = generateCity({ seed: 'group', lamps: LAMPS, cabinets: CABINETS, ...none }).map((one) => ({
  ...one,
  mode: 'auto' as const,
  position: [one.position[0] - CITY_CENTRE[0] + longitude, one.position[1] - CITY_CENTRE[1]] as [number, number],
}))
const cabinets = facilities.filter(({ kind }) => kind === 'light-cabinet').map(({ id }) => id)
const feeders = new Map(facilities.map(({ id, fedBy }) => [id, fedBy]))

/** What reached the devices: to which lamp, ms. */
const told: { lamp: string; at: number }[] = []
class CountingFleet extends Fleet {
  override command(...given: Parameters<Fleet['command']>) {
    told.push({ lamp: given[0], at: Date.now() })
    return super.command(...given)
  }
}

const { folder, remove } = testFolder()
const server = await startServer({ folder, facilities, patience: PATIENCE, env: { LOG_LEVEL: 'warn' } })
const start = Date.now()
const fleet = new CountingFleet({
  ...{ facilities: simulatedFacilities(facilities, kindByKey), seed: 'group', start },
  world: createWorld({ position: [longitude, 0], seed: 'group' }),
})
const clock = simulatedClock({ start, wallStart: start, speed: 1 })
const run = runFleet({ fleet, clock, mode: 'gateways', url: `mqtt://127.0.0.1:${server.mqttPort}` })

async function person(admin: Client, name: string): Promise<Client> {
  await admin.post('/api/accounts', { name, role: 'operator' })
  const { token } = await admin.post<{ token: string }>(`/api/accounts/${name}/invitation`, {})
  const headers = { 'content-type': 'application/json', origin: server.url }
  await fetch(`${server.url}/api/invitations/accept`, { method: 'POST', headers, body: JSON.stringify({ token, password: CHOSEN }) })
  return signIn(server.url, name, CHOSEN)
}

interface People {
  admin: Client
  ada: Client
  ben: Client
  adas: Desk
  bens: Desk
}

let ids = 0
/** Arms, executes and approves; how long it takes until it may go, ms. */
async function tell(command: string, { ada, ben, adas, bens }: People, progress: ProgressWatch): Promise<{ id: string; approved: number }> {
  const begun = Date.now()
  const armed = await adas.arm(command, WHOM)
  const [armedAt, id] = [Date.now(), `group-command-${String(++ids).padStart(6, '0')}`]
  demand(
    armed.ready === LAMPS && armed.secondPerson.length > 0,
    `${command}: ${armed.ready} of ${LAMPS} armed, second person ${armed.secondPerson}`,
  )
  progress.follow(id)
  told.length = 0
  await adas.execute(id, armed)
  const executed = Date.now()
  await ben.post(`/api/commands/${id}/approve`, { console: bens.console() })
  const approved = Date.now()
  await ada.get(`/api/commands/${id}`)
  row('armed, executed, approved', `${armedAt - begun} ms, ${executed - armedAt} ms, ${approved - executed} ms`)
  return { id, approved }
}

const look = (client: Client, id: string) => client.get<CommandView>(`/api/commands/${id}`)

async function targetsOf(client: Client, id: string): Promise<Static<typeof CommandTargetPageSchema>['items']> {
  const items: Static<typeof CommandTargetPageSchema>['items'] = []
  for (let after = ''; ; ) {
    const page = await client.get<Static<typeof CommandTargetPageSchema>>(`/api/commands/${id}/targets?limit=1000${after}`)
    items.push(...page.items)
    if (page.next === null) return items
    after = `&after=${page.next}`
  }
}

/** By the clock of the server as it hands them to its broker, and as they reach the devices, where a busy machine crowds them. */
function notePace(targets: readonly { facility: string; times: { sent: number | null } }[]): void {
  const sent = targets.flatMap(({ facility, times }) => (times.sent === null ? [] : [{ lamp: facility, at: times.sent }]))
  const most = (some: readonly { at: number }[]) => mostInASecond(some.map(({ at }) => at).toSorted((a, b) => a - b))
  const ofFeeders = (some: readonly { lamp: string; at: number }[]) =>
    Math.max(...[...Map.groupBy(some, ({ lamp }) => feeders.get(lamp)).values()].map(most))
  row('told in any one second, city', `${most(sent)} of ${PACE.city}, ${most(told)} as they arrived`)
  row('told in any one second, one feeder', `${ofFeeders(sent)} of ${PACE.feeder}, ${ofFeeders(told)} as they arrived`)
  demand(most(sent) <= PACE.city, `${most(sent)} messages in a second over the city`)
  demand(ofFeeders(sent) <= PACE.feeder, `${ofFeeders(sent)} messages in a second behind one feeder`)
}

/** One command until all of it is over. */
async function whole(command: string, people: People, progress: ProgressWatch): Promise<void> {
  console.log(`\n${command}, ${number(LAMPS)} lamps behind ${number(CABINETS)} cabinets`)
  const { admin, ada } = people
  const before = await serverLoad(admin, server.child.pid)
  const begun = Date.now()
  const watch = new LoadWatch(fleet, cabinets)
  const { id, approved } = await tell(command, people, progress)
  let memory = before.memory
  await eventually(
    async () => {
      await pause(400)
      return await look(ada, id)
    },
    ({ counts, total }) => (counts['effect-seen'] ?? 0) + (counts.failed ?? 0) + (counts.refused ?? 0) + (counts.expired ?? 0) === total,
    PATIENCE,
  )
  const load = watch.stop()
  const took = (Date.now() - approved) / 1000
  const after = await serverLoad(admin, server.child.pid)
  memory = Math.max(memory, after.memory)
  const targets = await targetsOf(ada, id)
  const { counts } = await look(ada, id)
  const last = (time: 'sent' | 'confirmed' | 'seen') =>
    `${number((targets.reduce((latest, { times }) => Math.max(latest, times[time] ?? 0), 0) - approved) / 1000, 1)} s`
  row('last one sent, confirmed, seen in telemetry', `${last('sent')}, ${last('confirmed')}, ${last('seen')}`)
  row('how they ended', JSON.stringify(counts))
  row('told more than once', number(told.length - new Set(told.map(({ lamp }) => lamp)).size))
  notePace(targets)
  row('full load', `${number(load.full)} A at 220 V`)
  row('largest jump in a second, city, one cabinet', `${number(100 * load.city, 1)} %, ${number(100 * load.cabinet, 1)} % of its own`)
  row('event loop of the server, p99, longest', `${number(after.p99)} ms, ${number(after.max)} ms`)
  const waited = (100 * (after.waited - before.waited)) / ((Date.now() - begun) / 1000)
  row('processor of the server, waiting for one', `${number((100 * (after.cpu - before.cpu)) / took)} %, ${number(waited)} %`)
  row(
    'memory of the server, its heap',
    `${number(memory)} MB (${number(before.memory)} before), ${number(after.heap)} MB (${number(before.heap)})`,
  )
  row('messages taken by the server', `${number((after.messages - before.messages) / took)} a second besides the answers`)
  await noteProgress(id, ada, progress)
  demand(counts['effect-seen'] === LAMPS, `${command}: ${JSON.stringify(counts)}`)
}

async function noteProgress(id: string, client: Client, progress: ProgressWatch): Promise<void> {
  const { counts } = await look(client, id)
  const heard = await eventually(
    async () => progress.against(counts),
    ({ same, consoles }) => same === consoles,
  )
  row('consoles that know the end of it', `${heard.same} of ${heard.consoles}`)
  row('news to each, size, longest silence', `${number(heard.events)}, ${number(heard.bytes / 1000, 1)} kB, ${number(heard.silence)} ms`)
}

/** One command that is stopped when half of it has gone. */
async function stopped(command: string, people: People, progress: ProgressWatch): Promise<void> {
  console.log(`\n${command}, stopped in the middle`)
  const { ada } = people
  const { id } = await tell(command, people, progress)
  while (told.length < LAMPS / 2) await pause(20)
  const [asked, before] = [Date.now(), told.length]
  await ada.post(`/api/commands/${id}/cancel`, {})
  const answered = Date.now()
  await pause(SETTLED)
  const during = told.filter(({ at }) => at > asked && at <= answered).length
  const later = told.filter(({ at }) => at > answered).length
  const { counts } = await eventually(
    () => look(ada, id),
    ({ counts, total }) => (counts['effect-seen'] ?? 0) + (counts.cancelled ?? 0) === total,
  )
  row('told when it was asked for', number(before))
  row('until the answer', `${answered - asked} ms, ${during} more`)
  row('that arrived after the answer', number(later))
  row('how they stand', JSON.stringify(counts))
  notePace(await targetsOf(ada, id))
  // Nothing was told that the ledger takes for cancelled.
  const reached = new Set(told.map(({ lamp }) => lamp)).size
  demand(reached + (counts.cancelled ?? 0) === LAMPS, `${reached} were told, ${counts.cancelled} count as cancelled`)
  demand((counts.cancelled ?? 0) > 0, 'nothing was left to be stopped')
}

let progress: ProgressWatch | undefined
let people: People | undefined
try {
  const admin = await signIn(server.url)
  const [ada, ben] = [await person(admin, 'ada'), await person(admin, 'ben')]
  people = { admin, ada, ben, adas: await deskOf(ada), bens: await deskOf(ben) }
  progress = new ProgressWatch(Array.from({ length: Number(args.consoles) }, () => ada))
  while (run.connected() < run.clients) await pause(50)
  console.log(`${number(run.clients)} MQTT clients connected`)
  if (!args.quick) {
    const lit = ({ total }: LampOnPageView) => total.lit === LAMPS
    await eventually(() => ada.get<LampOnPageView>('/api/lamp-on-rate?by=district'), lit, PATIENCE)
    await whole('off', people, progress)
    await whole('on', people, progress)
  }
  await stopped('off', people, progress)
} finally {
  progress?.stop()
  for (const { socket } of people ? [people.adas, people.bens] : []) socket.close()
  run.stop()
  await run.done
  await server.end('SIGTERM')
  remove()
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
