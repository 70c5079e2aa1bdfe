import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { io } from 'socket.io-client'
import { findProgram } from '../tests/servers.ts'
import { facilityId, type LoadOptions, type LoadResult } from './mqtt-load.ts'

const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})
if (args.help) {
  console.log(`Usage: npm run bench -- [--seconds 6] [--rounds 3]

Measures QoS 1 messages per second through the whole road (journal on disk before PUBACK, decode, admit, detect, store,
live state) beside a bare Mosquitto with one idle subscriber, in turns within one run, and the time from publish to a
live client. Read the ratios: the machine's speed changes, the ratio of neighbours does not.`)
  process.exit(0)
}
const seconds = Number(args.seconds)
const rounds = Number(args.rounds)
const FACILITIES = 1000
const PASSWORD = 'bench-password-1'

const folder = mkdtempSync(join(tmpdir(), 'lamplighter-bench-'))
const children: ChildProcess[] = []
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
const percentile = (numbers: number[], p: number) =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * p))] as number

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function until(what: string, ready: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000
  while (!(await ready().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${what} did not come up`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function start(command: string, commandArgs: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(command, commandArgs, { stdio: 'ignore', env: { ...process.env, ...env } })
  children.push(child)
  return child
}

function load(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'mqtt-load.ts'), 'load', JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.on('exit', () => (out ? resolve(JSON.parse(out) as LoadResult) : reject(new Error('the load generator failed'))))
  })
}

async function startLamplighter(): Promise<{ mqtt: number; http: number; pid: number }> {
  const [mqtt, http] = [await freePort(), await freePort()]
  const plant = join(folder, 'plant.json')
  const facilities = Array.from({ length: FACILITIES }, (_, i) => ({ id: facilityId(i), kind: 'street-light' }))
  writeFileSync(plant, JSON.stringify({ facilities }))
  const child = start(process.execPath, [join(import.meta.dirname, '..', 'src', 'main.ts')], {
    DATA_FOLDER: join(folder, 'data'),
    PLANT_FILE: plant,
    MQTT_PORT: String(mqtt),
    HTTP_PORT: String(http),
    ADMIN_PASSWORD: PASSWORD,
    LOG_LEVEL: 'warn',
  })
  await until('Lamplighter', async () => (await fetch(`http://127.0.0.1:${http}/readyz`)).ok)
  return { mqtt, http, pid: child.pid as number }
}

async function startMosquitto(program: string): Promise<number> {
  const port = await freePort()
  const config = join(folder, 'mosquitto.conf')
  writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 100\n`)
  start(program, ['-c', config])
  await new Promise((resolve) => setTimeout(resolve, 500))
  start(process.execPath, [join(import.meta.dirname, 'mqtt-load.ts'), 'subscribe', JSON.stringify({ port })])
  await new Promise((resolve) => setTimeout(resolve, 500))
  return port
}

async function metric(http: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text()
  return Number(text.match(new RegExp(`^${name}(?:\\{[^}]*\\})? ([0-9.e+]+)`, 'm'))?.[1])
}

/** Time from publish to a signed-in live client that watches the facility, while `rate` messages/s come in, ms. */
async function measureLive(ports: { mqtt: number; http: number }, rate: number): Promise<number[]> {
  const base = `http://127.0.0.1:${ports.http}`
  const login = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: base },
    body: JSON.stringify({ name: 'admin', password: PASSWORD }),
  })
  const cookie = login.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ')
  const socket = io(base, { extraHeaders: { cookie, origin: base }, transports: ['websocket'] })
  const watched = facilityId(FACILITIES - 1)
  await new Promise<void>((resolve) => socket.on('connect', () => resolve()))
  socket.emit('watch', watched)
  const background = load({ port: ports.mqtt, connections: 200, inFlight: 16, seconds: seconds + 2, rate })
  const { connectAsync } = await import('mqtt')
  const client = await connectAsync(`mqtt://127.0.0.1:${ports.mqtt}`)
  const latencies: number[] = []
  const begun = Date.now()
  socket.on('readings', ({ readings }: { readings: [string, unknown, number, boolean][] }) => {
    // The background load writes times of its own; only what this measurement published counts.
    const power = readings.find(([point, , at]) => point === 'power' && at >= begun)
    if (power) latencies.push(Date.now() - power[2])
  })
  const end = begun + seconds * 1000
  while (Date.now() < end) {
    await client.publishAsync(
      `facilities/street-light/${watched}/telemetry`,
      JSON.stringify({ at: Date.now(), values: { power: Math.random() * 100 } }),
      { qos: 1 },
    )
    await new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 20))
  }
  await background
  await client.endAsync()
  socket.close()
  return latencies
}

async function main(): Promise<void> {
  const mosquitto = findProgram('mosquitto')
  const ours = await startLamplighter()
  const theirs = mosquitto ? await startMosquitto(mosquitto) : undefined
  if (!theirs) console.log('Mosquitto is not installed: no comparison, only our own figures.')
  const rows: Record<string, Record<string, string | number>> = {}
  for (const [name, connections, inFlight] of [
    ['100 connections x 16 in flight', 100, 16],
    ['1,000 connections x 1 in flight', 1000, 1],
  ] as const) {
    const rates: { ours: number[]; theirs: number[]; cpu: number[] } = { ours: [], theirs: [], cpu: [] }
    for (let round = 0; round < rounds; round++) {
      const cpuBefore = await metric(ours.http, 'process_cpu_seconds_total')
      const mine = await load({ port: ours.mqtt, connections, inFlight, seconds, rate: 0 })
      rates.cpu.push(((await metric(ours.http, 'process_cpu_seconds_total')) - cpuBefore) / mine.acknowledged)
      rates.ours.push(mine.acknowledged / mine.seconds)
      if (!theirs) continue
      const other = await load({ port: theirs, connections, inFlight, seconds, rate: 0 })
      rates.theirs.push(other.acknowledged / other.seconds)
    }
    rows[name] = {
      'Lamplighter msg/s': Math.round(median(rates.ours)),
      'CPU us/msg (all threads)': Math.round(median(rates.cpu) * 1e7) / 10,
      ...(theirs && {
        'Mosquitto + subscriber msg/s': Math.round(median(rates.theirs)),
        ratio: median(rates.ours.map((r, i) => r / (rates.theirs[i] as number))).toFixed(2),
      }),
    }
  }
  console.table(rows)
  await until('the store', async () => (await metric(ours.http, 'lamplighter_store_lag_messages')) < 1000)
  const live: Record<string, Record<string, number>> = {}
  for (const rate of [1000, 8000]) {
    const latencies = await measureLive(ours, rate)
    live[`${rate} msg/s`] = { samples: latencies.length, 'p50 ms': percentile(latencies, 0.5), 'p99 ms': percentile(latencies, 0.99) }
  }
  console.log('Publish to live client:')
  console.table(live)
}

main()
  .catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
  .finally(() => {
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
    process.exit()
  })
