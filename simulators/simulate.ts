import {
  duration,
  failWith,
  flag,
  list,
  moment,
  mqttUrl,
  number,
  oneOf,
  port,
  readCommandLine,
  speed,
  text,
  type Values,
  value,
} from '../src/command-line.ts'
import { parseFacilityQuery } from '../src/facilities/facility-query.ts'
import { kindByKey } from '../src/facilities/index.ts'
import type { Registration } from '../src/facilities/registration.ts'
import { days, seconds } from '../src/telemetry/duration.ts'
import { type CityFacility, writePlantFile } from './city.ts'
import { simulatedClock, startEndingNow } from './clock.ts'
import { readCredentials } from './credentials.ts'
import { faultSyntax, faultsPerHour, parseFault } from './fault-arguments.ts'
import { serveFaults } from './fault-server.ts'
import { Faults } from './faults.ts'
import { Fleet } from './fleet.ts'
import { type FleetRun, runFleet } from './fleet-runner.ts'
import { labelsHelp, labelWriter } from './labels.ts'
import { clientModes } from './messages.ts'
import { obediences, parseObedience } from './obedience.ts'
import { cityOfLamps, middleOf, readPlantFile, simulatedFacilities } from './plant-source.ts'
import { createWorld } from './world.ts'

const query = (given: string) => {
  parseFacilityQuery(given)
  return given
}

const command = {
  usage: 'npm run simulate -- [options]',
  about: `Simulates a city's facilities over MQTT, with faults on request. Times of faults and --duration are simulated time.
With a speed above x1 the simulated time starts in the past, so that no event time ever lies in the future:
as far back as --duration needs, else a day; once caught up it goes on at x1.
A fault comes to one facility (its id may hold * and ?) or to all that a query finds, given at the end after "where".
${labelsHelp}`,
  options: {
    url: value('URL', 'MQTT broker', 'mqtt://127.0.0.1:1883', mqttUrl),
    username: value('NAME', 'MQTT user', undefined, text),
    password: value('TEXT', 'MQTT password', undefined, text),
    credentials: value('FILE', 'CSV of devices and their passwords, as the server gives it: each comes as itself', undefined, text),
    plant: value('FILE', 'facilities to simulate, {"facilities": [...]}', undefined, text),
    city: value('LAMPS', 'otherwise a made-up city with so many lamps', 2000, number(1, 1_000_000, true)),
    write: value('FILE', "write the city's plant file (for the server's PLANT_FILE) and end", undefined, text),
    seed: value('TEXT', 'the same seed gives the same city and the same readings', 'lamplighter', text),
    clients: value('HOW', `MQTT clients: ${clientModes.join(' or ')}`, 'gateways', oneOf(clientModes)),
    speed: value('xN', 'how much faster simulated time runs', 1, speed),
    start: value('TIME', 'simulated start, ISO 8601', undefined, moment),
    duration: value('TIME', 'simulated time to run, like 24h; for ever when absent', undefined, duration),
    'run-ahead': flag('let event times run past the present'),
    fault: list('SPEC', `${faultSyntax}, or fault=...,... where QUERY`, parseFault),
    obey: list('SPEC', `how devices deal with commands: ${obediences.join(', ')}, then where and a query`, parseObedience),
    'random-faults': value('N/h', 'random faults an hour', 0, faultsPerHour),
    'random-where': value('QUERY', 'only where this facility query finds something', undefined, query),
    gaps: value('SHARE', 'share of the messages that get lost, 0 to 1', 0, number(0, 0.99)),
    skew: value('TIME', 'device clocks are wrong by up to this much, each by its own constant', 0, duration),
    labels: value('FILE', 'append each fault as a JSON line', undefined, text),
    progress: value('TIME', 'time between two lines of progress; 0s for none', seconds(5), duration),
    'control-port': value('PORT', 'inject faults by HTTP on 127.0.0.1; 0 = any free port', undefined, port),
  },
  examples: [
    'npm run simulate -- --write plant.json',
    'npm run simulate -- --plant plant.json --random-faults 30/h --labels faults.jsonl --control-port 9080',
    'npm run simulate -- --fault "fault=lamp-failure,for=1h where kind=street-light roadClass=main,secondary keyArea=yes"',
    'npm run simulate -- --city 200 --duration 24h --speed x200',
  ],
}

type Options = Values<(typeof command)['options']>

function readEntries({ plant, city, seed }: Options): Registration[] {
  if (plant === undefined) return cityOfLamps(city, seed)
  try {
    return readPlantFile(plant)
  } catch (error) {
    return failWith([`--plant ${plant}: ${error instanceof Error ? error.message : error}`])
  }
}

function buildFleet(options: Options, start: number): Fleet {
  const entries = readEntries(options)
  // What reports itself is no device that could be simulated beside it.
  const facilities = simulatedFacilities(entries, kindByKey).filter(({ kind }) => !kind.reportsItself)
  if (facilities.length === 0) failWith(['there is no facility to simulate'])
  const { seed, labels, gaps, skew } = options
  const faults = new Faults(labels === undefined ? undefined : labelWriter(labels))
  const world = createWorld({ position: middleOf(entries), seed })
  const random = { randomFaultsPerHour: options['random-faults'], randomFaultsWhere: options['random-where'] ?? '' }
  const fleet = new Fleet({ facilities, seed, world, start, faults, gaps, skew, ...random })
  const problems: string[] = []
  for (const request of options.fault) {
    try {
      fleet.inject(request)
    } catch (error) {
      problems.push(`--fault: ${error instanceof Error ? error.message : error}`)
    }
  }
  for (const { obedience, where } of options.obey) {
    if (fleet.teach(where, obedience) === 0) problems.push(`--obey: no facility matches ${where}`)
  }
  if (problems.length > 0) failWith(problems)
  return fleet
}

function reportProgress(run: FleetRun, fleet: Fleet, every: number): () => void {
  let before = 0
  return () => {
    const { sent, acknowledged, dropped } = run.counts
    const rate = Math.round(((sent - before) * 1000) / every)
    before = sent
    const faults = fleet.faults.activeCount(fleet.now)
    console.log(
      `${new Date(fleet.now).toISOString()}  ${run.connected()}/${run.clients} clients  ${rate} msg/s  ` +
        `${sent} sent  ${acknowledged} acknowledged  ${dropped} dropped  ${faults} faults`,
    )
  }
}

/** Says what is wrong with the connection once, not once for each of a thousand clients. */
function troubleReporter(): (problem: string | null) => void {
  let last: string | null = null
  return (problem) => {
    if (problem !== null && problem !== last) console.error(`MQTT: ${problem}; trying again`)
    if (problem === null && last !== null) console.log('MQTT: connected again')
    last = problem
  }
}

async function simulate(options: Options): Promise<void> {
  const { seed, speed, duration: length, url, username, password, clients: mode } = options
  if (options.write !== undefined) {
    const city = readEntries(options)
    writePlantFile(options.write, city as CityFacility[])
    console.log(`${city.length} facilities written to ${options.write}`)
    return
  }
  const wallStart = Date.now()
  const mayRunAhead = options['run-ahead']
  const ownStart = speed > 1 && !mayRunAhead ? startEndingNow(wallStart, length ?? days(1), speed) : wallStart
  const start = options.start ?? ownStart
  const fleet = buildFleet(options, start)
  const control = options['control-port'] === undefined ? undefined : await serveFaults(fleet, options['control-port'])
  if (control) console.log(`Faults by HTTP: ${control.url}`)
  const clock = simulatedClock({ start, wallStart, speed, mayRunAhead })
  const onTrouble = troubleReporter()
  const credentials = options.credentials === undefined ? undefined : readCredentials(options.credentials)
  const login = { username, password, ...(credentials && { credentials }) }
  const run = runFleet({ fleet, clock, mode, url, ...login, onTrouble, ...(length !== undefined && { until: start + length }) })
  console.log(`${fleet.facilities.length} facilities through ${run.clients} MQTT clients to ${url}, x${speed}, seed ${seed}`)
  const { progress } = options
  const timer = progress > 0 ? setInterval(reportProgress(run, fleet, progress), progress) : undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, run.stop)
  await run.done
  clearInterval(timer)
  fleet.faults.endAll(fleet.now)
  await control?.close()
  const { sent, acknowledged, dropped } = run.counts
  console.log(`Stopped: ${sent} messages sent, ${acknowledged} acknowledged, ${dropped} dropped`)
}

try {
  await simulate(readCommandLine(command).values)
} catch (error) {
  console.error(`The simulator ended: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
