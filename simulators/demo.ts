import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { flag, number, port, readCommandLine, text, type Values, value } from '../src/command-line.ts'
import type { FacilityKind } from '../src/facilities/facility-kind.ts'
import { facilityKinds, kindByKey } from '../src/facilities/index.ts'
import { hours, minutes, seconds } from '../src/telemetry/duration.ts'
import { type Child, startChild } from './child.ts'
import { playCitizens } from './citizen-player.ts'
import { CITY_CENTRE, type CityFacility, writePlantFile } from './city.ts'
import { writeRoadsFile } from './city-roads.ts'
import { provisionCity } from './credentials.ts'
import { playCrews } from './crew-player.ts'
import { type DemoAccess, demoCrews, demoPasswords, VISITORS_CREW } from './demo-crews.ts'
import { faultsPerHour } from './fault-arguments.ts'
import { canShow } from './faults.ts'
import { cityOfLamps, simulatedFacilities } from './plant-source.ts'
import { pick, seededRandom } from './random.ts'
import { chooseFirstFaults, cutsSupply, rehearseFaults } from './rehearsal.ts'
import { createWorld } from './world.ts'

const command = {
  usage: 'npm run demo -- [options]',
  about: 'Starts the server and a simulated small city in which faults appear now and then. Ctrl-C stops both.',
  options: {
    port: value('PORT', 'console and API; the next free one when it is taken', 8080, port),
    'mqtt-port': value('PORT', 'MQTT broker; the next free one when it is taken', 1883, port),
    'control-port': value('PORT', 'faults by HTTP; the next free one when it is taken', 9080, port),
    data: value('FOLDER', 'data of the demo', join('data', 'demo'), text),
    fresh: flag('delete what the demo kept from before'),
    lamps: value('N', 'size of the city', 2000, number(1, 100_000, true)),
    seed: value('TEXT', 'another seed, another city', 'lamplighter', text),
    'random-faults': value('N/h', 'random faults an hour', 30, faultsPerHour),
  },
  examples: ['npm run demo', 'npm run demo -- --fresh --port 9000 --lamps 200'],
}

type Options = Values<(typeof command)['options']>

const root = join(import.meta.dirname, '..')
const READY_WITHIN = seconds(60)
const PORTS_TRIED = 100
const FIRST_FAULT_AFTER = seconds(6)
const FAULT_SPACING = seconds(4)
/** A first fault that takes longer than this to raise its alarm is left to chance later. */
const QUICK = seconds(25)

/** The wanted port or the next free one. A race with another program is possible, and then told by the server itself. */
async function freePort(name: string, wanted: number, taken: readonly number[]): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + PORTS_TRIED, 65_536); port++) {
    if (port !== 0 && taken.includes(port)) continue
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch {
      continue
    }
    const address = server.address()
    await new Promise((resolve) => server.close(resolve))
    const found = typeof address === 'object' && address ? address.port : port
    if (found !== wanted && wanted !== 0) console.log(`Port ${wanted} (${name}) is taken, using ${found}.`)
    return found
  }
  throw new Error(`no free port for ${name} from ${wanted} on`)
}

/** Builds the console unless it is as new as its sources: another demo of this checkout may be serving it. */
async function buildConsole(): Promise<void> {
  const built = statSync(join(root, 'dashboards', 'dist', 'index.html'), { throwIfNoEntry: false })
  const sources = globSync(['dashboards/*/{src,public}/**/*', 'dashboards/*/index.html', 'dashboards/build.ts', 'package-lock.json'], {
    cwd: root,
  })
  if (built && sources.every((file) => statSync(join(root, file)).mtimeMs <= built.mtimeMs)) return
  console.log('Building the console...')
  const lines: string[] = []
  const child = startChild('the build of the console', [join(root, 'dashboards', 'build.ts')], (line) => lines.push(line))
  const end = await child.ended
  if (end.endsWith('code 0')) return
  console.error(`${lines.slice(-20).join('\n')}\n${end}; the API works without it.`)
}

/** Faults that show at once, day or night, as options of the simulator: some of each kind, and the supply of all that one facility feeds. */
async function firstFaults(city: readonly CityFacility[], seed: string): Promise<string[]> {
  const world = createWorld({ position: CITY_CENTRE, seed })
  const simulated = simulatedFacilities(city, kindByKey)
  const rehearsed = await rehearseFaults(
    facilityKinds.filter((kind) => !kind.reportsItself),
    world,
    Date.now(),
    QUICK,
  )
  const random = seededRandom(`${seed}:first-faults`)
  const feeding = new Set(city.map(({ fedBy }) => fedBy))
  const cuts = rehearsed.filter(({ kind, rule }) => cutsSupply(kindByKey.get(kind) as FacilityKind, rule)).slice(0, 1)
  const wanted = [
    ...chooseFirstFaults(rehearsed).map((one) => ({ ...one, length: minutes(10) })),
    ...cuts.map((one) => ({ ...one, length: hours(1) })),
  ]
  const taken = new Set<string>()
  return wanted.flatMap(({ kind, fault, rule, length }, i) => {
    const isCut = cutsSupply(kindByKey.get(kind) as FacilityKind, rule)
    const able = simulated.filter((facility) => facility.kind.key === kind && canShow(facility, fault) && !taken.has(facility.id))
    const facilities = isCut ? able.filter(({ id }) => feeding.has(id)) : able
    if (facilities.length === 0) return []
    const { id } = pick(random, facilities)
    taken.add(id)
    const after = FIRST_FAULT_AFTER + i * FAULT_SPACING
    return ['--fault', `facility=${id},fault=${fault},after=${after}ms,for=${length}ms`]
  })
}

async function untilReady(url: string, server: Child): Promise<void> {
  const deadline = Date.now() + READY_WITHIN
  while (Date.now() < deadline && !server.hasEnded) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    if (response?.ok) return
    await sleep(200)
  }
  throw new Error(server.hasEnded ? await server.ended : `the server was not ready within ${READY_WITHIN / 1000} s`)
}

interface Ports {
  http: number
  mqtt: number
  control: number
}

async function choosePorts(options: Options): Promise<Ports> {
  const http = await freePort('console', options.port, [])
  const mqtt = await freePort('MQTT', options['mqtt-port'], [http])
  const control = await freePort('faults', options['control-port'], [http, mqtt])
  return { http, mqtt, control }
}

function startServer({ folder, plant, roads }: Files, { http, mqtt }: Ports): Child {
  return startChild('the server', [join(root, 'src', 'main.ts')], (line) => console.log(line), {
    HTTP_PORT: String(http),
    MQTT_PORT: String(mqtt),
    DATA_FOLDER: folder,
    PLANT_FILE: plant,
    MAP_ROADS_FILE: roads,
    PUBLIC_URL: `http://127.0.0.1:${http}`,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
  })
}

interface Files {
  folder: string
  plant: string
  roads: string
  secrets: string
}

function startSimulator(options: Options, { folder, plant, secrets }: Files, { mqtt, control }: Ports, faults: readonly string[]): Child {
  const args = [
    '--credentials',
    secrets,
    '--plant',
    plant,
    '--url',
    `mqtt://127.0.0.1:${mqtt}`,
    '--seed',
    options.seed,
    '--progress',
    '60s',
  ]
  args.push('--random-faults', `${options['random-faults']}/h`, '--labels', join(folder, 'faults.jsonl'), '--control-port', String(control))
  return startChild('the simulator', [join(root, 'simulators', 'simulate.ts'), ...args, ...faults], (line) =>
    console.log(`simulator: ${line}`),
  )
}

/** The first days of a new city, told with the administrator's password, which is shown this once. */
async function firstDays(options: Options, { folder, plant }: Files, city: readonly CityFacility[]): Promise<DemoAccess> {
  console.log('Living through the last days of the city...')
  // The whole server comes with it, which a later start does not need in this process.
  const { livePast } = await import('./demo-history.ts')
  const access = await livePast({ folder, plantFile: plant, city, seed: options.seed })
  console.log(`  Account          admin\n  Password         ${access.passwords.get('admin')}   (shown this once)`)
  return access
}

/** Where everybody finds their page, and as whom. */
function welcome(url: string, { passwords }: DemoAccess): string {
  const isFirst = passwords.has('admin')
  const [visitor] = demoCrews.find(({ id }) => id === VISITORS_CREW)?.members ?? []
  const people = [
    `Desk      ${url}/orders  as dora, ${passwords.get('dora')}`,
    `Crews     ${url}/crew/  as ${visitor}, ${passwords.get(visitor as string)}; the other crews play themselves`,
  ]
  return [
    `Open  ${url}  and sign in as admin${isFirst ? '' : ' (the password was shown at the first start; --fresh starts anew)'}.`,
    ...(passwords.has('dora') ? people : []),
    `Citizens  ${url}/report`,
  ].join('\n')
}

const playedCrews = ({ passwords }: DemoAccess) =>
  demoCrews.flatMap(({ id, members: [account] }) => {
    const password = passwords.get(account as string)
    return id === VISITORS_CREW || password === undefined ? [] : [{ crew: id, account: account as string, password }]
  })

async function demo(options: Options, stopped: Promise<void>): Promise<void> {
  const folder = resolve(options.data)
  const isFirst = options.fresh || !existsSync(folder)
  if (options.fresh) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const plant = join(folder, 'plant.json')
  const city = cityOfLamps(options.lamps, options.seed)
  writePlantFile(plant, city)
  const roads = join(folder, 'roads.geojson')
  writeRoadsFile(roads, city)
  const secrets = await provisionCity(folder, city)
  const files = { folder, plant, roads, secrets }
  await buildConsole()
  const access = demoPasswords(folder) ?? (isFirst ? await firstDays(options, files, city) : { passwords: new Map() })
  const ports = await choosePorts(options)
  const url = `http://127.0.0.1:${ports.http}`
  const children: Child[] = []
  const playing = new AbortController()
  // Whatever ends this process, nothing it started stays behind.
  process.on('exit', () => children.filter((child) => !child.hasEnded).map((child) => child.killNow()))
  try {
    const server = startServer(files, ports)
    children.push(server)
    await Promise.race([untilReady(url, server), stopped])
    const simulator = startSimulator(options, files, ports, await firstFaults(city, options.seed))
    children.push(simulator)
    const faults = `http://127.0.0.1:${ports.control}`
    console.log(`\n${welcome(url, access)}`)
    console.log(
      `A city of ${city.length} facilities; first faults within half a minute. Faults by hand, and how to kill a cabinet: ${faults}\nAlarms of gas and leakage are reset by two people: admin and dora, or others whom ${url}/accounts adds.\nCtrl-C stops.\n`,
    )
    void playCrews({ url, faults, crews: playedCrews(access) }, playing.signal)
    const lamps = city.filter(({ kind }) => kind === 'street-light').map(({ id }) => id)
    void playCitizens({ url, faults, lamps, random: seededRandom(`${options.seed}:citizens`) }, playing.signal)
    const died = Promise.race([server.ended, simulator.ended]).then((end) => {
      throw new Error(end)
    })
    await Promise.race([died, stopped])
  } finally {
    playing.abort()
    // The server first: were it to hear the simulated city say goodbye, the next start would show all of it lost.
    for (const child of children) await child.stop()
  }
}

const { values } = readCommandLine(command)
const stop = Promise.withResolvers<void>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.resolve())
try {
  await demo(values, stop.promise)
  console.log('Stopped.')
} catch (error) {
  console.error(`The demo ended: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
