import { randomBytes } from 'node:crypto'
import { appendFileSync, readdirSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { seededRandom } from '../../simulators/random.ts'
import type { AlarmView, FacilityInput } from '../../src/edges/http/schemas.ts'
import { type Client, eventually, type ServerProcess, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { quantile } from './alarm-probe.ts'
import { pause } from './fault-plan.ts'
import { judgeStore, Ledger, problemsOf } from './ledger.ts'
import { type Done, operate, operationProblems } from './operator.ts'
import { inSeconds, type Outcome, type Run } from './outcome.ts'
import { metric, processorTime } from './server-figures.ts'

export interface KillOptions {
  kills: number
  /** Messages per second. */
  rate: number
  /** ms a start may take, by the clock; null on a machine that does other things as well, where its processor time counts. */
  longestStart: number | null
}

const START_MARK = 5_000
const PUMPS = 20
const ALARMS_PER_ROUND = 20
const BETWEEN_ALARMS = 40
const ALARM_RULE = 'ch4-cut-off-1'
const POINT = 'outlet-pressure'
const MODE_FACILITY = 'PS-0'
const pressure = (_id: string, at: number) => 0.3 + (at % 1000) / 10_000
const stationId = (round: number, i: number) => `GS-${round}-${i}`

function facilitiesFor(kills: number): FacilityInput[] {
  const pumps = Array.from({ length: PUMPS }, (_, i) => ({ id: `PS-${i}`, kind: 'pump-station' }))
  const stations = Array.from({ length: kills * ALARMS_PER_ROUND }, (_, i) => ({
    id: stationId(Math.floor(i / ALARMS_PER_ROUND), i % ALARMS_PER_ROUND),
    kind: 'gas-station',
  }))
  return [...pumps, ...stations]
}

/** What was confirmed to somebody, and so must be there whatever happens. */
interface Confirmed {
  readings: Ledger
  /** Stations whose gas alarm was acknowledged to the device. */
  alarms: string[]
  done: Done[]
  /** Why an operator was refused while the server lived. */
  refusals: string[]
}

/** Kills the server at random moments under load, some while it starts, some with a torn write at the end of its journal. */
export async function runKills({ kills, rate, longestStart }: KillOptions, { seed, signal, tell }: Run): Promise<Outcome> {
  const random = seededRandom(`${seed}:kills`)
  const { folder, remove } = testFolder()
  const begun = Date.now()
  const confirmed: Confirmed = { readings: new Ledger(), alarms: [], done: [], refusals: [] }
  const starts: number[] = []
  const startsOfProcessor: number[] = []
  const problems: string[] = []
  let torn = 0
  let killed = 0
  let server = await startServer({ folder, facilities: facilitiesFor(kills) })
  try {
    for (let round = 0; round < kills && !signal.aborted; round++) {
      const client = await signIn(server.url)
      await loadUntilKilled(server, client, round, rate, 200 + random() * 1500, confirmed)
      killed++
      if (random() < 0.3) {
        tearJournal(join(folder, 'data', 'journal'), 1 + Math.floor(random() * 500))
        torn++
        server = await startAgain(true)
      } else {
        if (random() < 0.3) killed += await killWhileStarting(folder, server.mqttPort, random() * 800)
        server = await startAgain(false)
      }
      tell(`${killed} kills, ${confirmed.readings.total} readings acknowledged, started in ${inSeconds(starts.at(-1)!)}`)
    }
    const client = await signIn(server.url)
    await publishOne(server, confirmed.readings)
    await eventually(
      () => metric(server, 'store_lag_messages'),
      (lag) => lag === 0,
      60_000,
    )
    const verdict = await judgeStore(client, confirmed.readings, POINT, begun - 1000, pressure)
    problems.push(
      ...confirmed.refusals,
      ...problemsOf(verdict),
      ...(await alarmProblems(client, confirmed.alarms)),
      ...(await operationProblems(client, confirmed.done)),
    )
    return {
      figures: {
        kills: killed,
        'torn writes': torn,
        acknowledged: confirmed.readings.total,
        ...verdict,
        alarms: confirmed.alarms.length,
        'actions of operators': confirmed.done.length,
        'middle start ms': Math.round(quantile(starts, 0.5)),
        'longest start ms': Math.round(Math.max(0, ...starts)),
        'middle start, processor ms': Math.round(quantile(startsOfProcessor, 0.5)),
        'longest start, processor ms': Math.round(Math.max(0, ...startsOfProcessor)),
      },
      problems,
    }
  } finally {
    await server.end('SIGKILL')
    remove()
  }

  async function startAgain(isTorn: boolean): Promise<ServerProcess> {
    const from = performance.now()
    const started = await startServer({ folder, mqttPort: server.mqttPort })
    const took = performance.now() - from
    const processor = processorTime(started)
    starts.push(took)
    startsOfProcessor.push(processor)
    if (took > (longestStart ?? Number.POSITIVE_INFINITY) || processor > START_MARK) {
      const busy = loadavg()[0]!.toFixed(1)
      problems.push(`a start took ${inSeconds(took)}, ${inSeconds(processor)} of the processor; load of the machine ${busy}`)
    }
    if (isTorn && !started.output().includes('unfinished write')) problems.push('a torn write was not reported')
    return started
  }
}

/** It goes on after the last start too. */
async function publishOne({ mqttPort }: ServerProcess, readings: Ledger): Promise<void> {
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${mqttPort}`)
  const at = Date.now()
  await mqtt.publishAsync(...reading('PS-0', at), { qos: 1 })
  readings.note('PS-0', at)
  await mqtt.endAsync()
}

const reading = (id: string, at: number) =>
  [`facilities/pump-station/${id}/telemetry`, JSON.stringify({ at, values: { [POINT]: pressure(id, at) } })] as const

/** A write that was cut off; nothing of it was acknowledged. */
function tearJournal(folder: string, bytes: number): void {
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .sort()
    .at(-1)
  if (newest) appendFileSync(join(folder, newest), randomBytes(bytes))
}

/** 1 when it was still starting. */
async function killWhileStarting(folder: string, mqttPort: number, after: number): Promise<number> {
  try {
    const server = await startServer({ folder, mqttPort, onSpawn: (child) => void setTimeout(() => child.kill('SIGKILL'), after) })
    await server.end('SIGKILL')
    return 0
  } catch {
    return 1
  }
}

/** Readings at `rate`, alarms, and an operator who deals with them, until the server is killed `life` ms after its first PUBACK. */
async function loadUntilKilled(
  server: ServerProcess,
  client: Client,
  round: number,
  rate: number,
  life: number,
  confirmed: Confirmed,
): Promise<void> {
  const mqtt = await connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, { reconnectPeriod: 0 })
  mqtt.on('error', () => {})
  const begun = Date.now()
  const newest = Array.from({ length: PUMPS }, () => 0)
  let count = 0
  const sending = setInterval(() => {
    for (const due = ((Date.now() - begun) / 1000) * rate; count < due; count++) {
      const pump = count % PUMPS
      const id = `PS-${pump}`
      const at = Math.max(Date.now(), newest[pump]! + 1)
      newest[pump] = at
      mqtt.publish(...reading(id, at), { qos: 1 }, (error) => {
        if (!error) confirmed.readings.note(id, at)
      })
    }
  }, 5)
  const gone = new AbortController()
  const working = workUntilGone(client, mqtt, round, gone.signal, confirmed)
  const before = confirmed.readings.total
  await eventually(
    async () => confirmed.readings.total,
    (total) => total > before,
  )
  await pause(life)
  gone.abort()
  await server.end('SIGKILL')
  clearInterval(sending)
  await mqtt.endAsync(true)
  await working
}

async function workUntilGone(client: Client, device: MqttClient, round: number, gone: AbortSignal, confirmed: Confirmed): Promise<void> {
  try {
    for (let i = 0; i < ALARMS_PER_ROUND && !gone.aborted; i++) {
      const id = stationId(round, i)
      const body = JSON.stringify({ at: Date.now(), values: { 'ch4-1': 45 } })
      device.publish(`facilities/gas-station/${id}/telemetry`, body, { qos: 1 }, (error) => {
        if (!error) confirmed.alarms.push(id)
      })
      for (let found: AlarmView | undefined; !found && !gone.aborted; await pause(20)) {
        const { items } = await client.get<{ items: AlarmView[] }>(`/api/alarms?facility=${id}&rule=${ALARM_RULE}`)
        found = items[0]
        if (found) await operate(client, found, MODE_FACILITY, id, confirmed.done)
      }
      await pause(BETWEEN_ALARMS, gone)
    }
  } catch (error) {
    // A request that is cut off by the kill fails; any other may not.
    if (!gone.aborted) confirmed.refusals.push(`an operator was refused: ${error}`)
  }
}

async function alarmProblems(client: Client, stations: readonly string[]): Promise<string[]> {
  const problems: string[] = []
  for (const id of stations) {
    const { items } = await client.get<{ items: AlarmView[] }>(`/api/alarms?facility=${id}&rule=${ALARM_RULE}`)
    const [alarm] = items
    if (items.length !== 1 || alarm?.occurrenceCount !== 1 || !alarm.active) {
      problems.push(`${id} has ${items.length} alarms, raised ${items.map(({ occurrenceCount }) => occurrenceCount).join()} times`)
    }
  }
  return problems
}
