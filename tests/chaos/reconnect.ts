import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { provisionCity, readCredentials } from '../../simulators/credentials.ts'
import type { AlarmView } from '../../src/edges/http/schemas.ts'
import { type Client, eventually, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { judgeRows, problemsOf, type Verdict } from './ledger.ts'
import { inSeconds, type Outcome, type Run } from './outcome.ts'
import { type AcknowledgedTimes, type FleetFigures, type FleetQuestion, POINT, signal } from './returning-devices.ts'
import { metric } from './server-figures.ts'

export interface ReconnectOptions {
  devices: number
  /** Processes they are divided among. */
  processes: number
  /** Of the devices, so many never come back. */
  lost: number
  /** s between two reports of a device; after three of them it is missed. */
  interval: number
  /** ms that a device waits at most before it tries again. */
  longestRetry: number
  /** ms that the server is down; more than three reports take, or it proves nothing about who is missed. */
  down: number
  /** ms within which all must be back after the start; null = it is only told, for it says more of the machine. */
  back: number | null
}

const KIND = 'street-light'
const RULE = 'communication-loss'
const idOf = (i: number) => `SL-${i}`
const PATIENCE = 300_000
const OTHER_FILES = 300

/** Of so many devices those for which a process may have a connection each on this machine, beside its other files. */
export function reachableDevices(wanted: number): number {
  const [, most] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  return Math.min(wanted, Number(most ?? Number.POSITIVE_INFINITY) - OTHER_FILES)
}

/** Devices with credentials of their own, whose server is killed and started again: all come back, nothing is lost, and only who is gone is missed. */
export async function runReconnect(options: ReconnectOptions, { signal: aborted, tell }: Run): Promise<Outcome> {
  const { devices, lost, interval } = options
  const { folder, remove } = testFolder()
  const ids = Array.from({ length: devices }, (_, i) => idOf(i))
  const gone = ids.filter((_, i) => i % Math.floor(devices / lost) === 0).slice(0, lost)
  mkdirSync(join(folder, 'data'))
  const city = ids.map((id) => ({ id, kind: KIND, rated: { 'report-interval': interval } }))
  const secrets = readCredentials(await provisionCity(join(folder, 'data'), city))
  const env = { MQTT_ACCESS: 'devices', MQTT_MAX_CONNECTIONS: String(devices + 1000) }
  let server = await startServer({ folder, facilities: city, env })
  const { mqttPort } = server
  const fleet = new Fleet(options.processes)
  const begun = Date.now()
  try {
    fleet.start({ port: mqttPort, lost: gone, interval: interval * 1000, longestRetry: options.longestRetry }, ids, secrets)
    const first = await fleet.until(({ heard }) => heard === devices)
    tell(`${first.connected} connected and heard after ${inSeconds(Date.now() - begun)}`)
    await wait(interval * 1000, undefined, { signal: aborted })
    const alarmsBefore = await losses(await signIn(server.url))

    await fleet.leave()
    await server.end('SIGKILL')
    const down = await fleet.until(({ connected }) => connected === 0)
    await wait(options.down, undefined, { signal: aborted })
    const starting = Date.now()
    server = await startServer({ folder, mqttPort, env })
    const up = Date.now()
    tell(`killed, and up again after ${inSeconds(up - starting)}`)
    await fleet.until(({ connected }) => connected >= devices - lost)
    const connectedAfter = Date.now() - up
    const back = await fleet.until(({ heard }) => heard >= devices - lost)
    const heardAfter = Date.now() - up
    tell(`all connected after ${inSeconds(connectedAfter)}, and heard after ${inSeconds(heardAfter)}`)

    const client = await signIn(server.url)
    // Who is gone is missed after as long as anybody else would be.
    const alarms = await eventually(
      () => losses(client),
      (found) => gone.every((id) => found.includes(id)),
      interval * 3_000 + PATIENCE,
    )
    const acknowledged = await fleet.finish()
    await eventually(
      () => metric(server, 'store_lag_messages'),
      (lag) => lag === 0,
      PATIENCE,
    )
    const verdict = await judgeAll(client, acknowledged)
    const others = alarms.filter((id) => !gone.includes(id))
    return {
      figures: {
        devices,
        'processes of devices': options.processes,
        'start ms': up - starting,
        'all connected after ms': connectedAfter,
        'all heard after ms': heardAfter,
        'connections tried': back.tries - down.tries,
        refused: back.refused,
        'truly lost': lost,
        'alarms of the lost': alarms.length - others.length,
        'alarms of others': others.length,
        'acknowledged readings': acknowledged.reduce((sum, [, times]) => sum + times.length, 0),
        ...verdict,
      },
      problems: [
        ...problemsOf(verdict),
        ...(alarmsBefore.length > 0 ? [`${alarmsBefore.length} were missed before the kill`] : []),
        ...(others.length > 0 ? [`${others.length} were missed that came back, such as ${others[0]}`] : []),
        ...(new Set(alarms).size < alarms.length ? ['somebody was missed twice'] : []),
        ...(back.refused > 0 ? [`${back.refused} connections were refused`] : []),
        ...(options.back !== null && heardAfter > options.back ? [`all were back after ${inSeconds(heardAfter)} only`] : []),
      ],
    }
  } finally {
    fleet.end()
    await server.end('SIGKILL')
    remove()
  }
}

/** Ids of those that were ever missed, once for each time. */
async function losses(client: Client): Promise<string[]> {
  const found: string[] = []
  let next: number | null = null
  do {
    const page: { items: AlarmView[]; next: number | null } = await client.get(
      `/api/alarms?rule=${RULE}&limit=500${next === null ? '' : `&before=${next}`}`,
    )
    for (const { facility, occurrenceCount } of page.items) found.push(...Array<string>(occurrenceCount).fill(facility))
    next = page.next
  } while (next !== null)
  return found
}

/** Holds all that is stored against what was acknowledged. */
async function judgeAll(client: Client, acknowledged: AcknowledgedTimes): Promise<Verdict> {
  const rows = new Map<string, { at: number; value: number }[]>()
  for (const line of (await client.text(`/api/telemetry/export?kind=${KIND}&format=json-lines&points=${POINT}&flagged=false`)).split(
    '\n',
  )) {
    if (line === '') continue
    const { facility, at, values } = JSON.parse(line)
    const list = rows.get(facility) ?? []
    rows.set(facility, list)
    list.push({ at: Date.parse(at), value: values[POINT] })
  }
  const sum: Verdict = { stored: 0, lost: 0, doubled: 0, disordered: 0, changed: 0 }
  for (const [id, times] of acknowledged) {
    const verdict = judgeRows(new Set(times), rows.get(id) ?? [], (at) => signal(id, at))
    for (const key of Object.keys(sum) as (keyof Verdict)[]) sum[key] += verdict[key]
  }
  return sum
}

/** Processes full of devices. */
class Fleet {
  readonly #children: ChildProcess[]

  constructor(processes: number) {
    this.#children = Array.from({ length: processes }, () => fork(join(import.meta.dirname, 'returning-process.ts'), { execArgv: [] }))
  }

  start(
    order: { port: number; lost: readonly string[]; interval: number; longestRetry: number },
    ids: readonly string[],
    secrets: ReadonlyMap<string, string>,
  ): void {
    const size = this.#children.length
    for (const [number, child] of this.#children.entries()) {
      const own = ids.filter((_, i) => i % size === number).map((id) => ({ id, secret: secrets.get(id) as string }))
      child.send({ ...order, devices: own } satisfies FleetQuestion)
    }
  }

  async until(isReached: (figures: FleetFigures) => boolean): Promise<FleetFigures> {
    return eventually(() => this.figures(), isReached, PATIENCE)
  }

  async figures(): Promise<FleetFigures> {
    const all = await this.#ask<FleetFigures>('figures')
    const sum = (read: (figures: FleetFigures) => number) => all.reduce((total, figures) => total + read(figures), 0)
    return {
      connected: sum(({ connected }) => connected),
      heard: sum(({ heard }) => heard),
      acknowledged: sum(({ acknowledged }) => acknowledged),
      waiting: sum(({ waiting }) => waiting),
      tries: sum(({ tries }) => tries),
      refused: sum(({ refused }) => refused),
    }
  }

  /** From now on, those that are to be lost do not come back. */
  async leave(): Promise<void> {
    await this.#ask('leave')
  }

  /** Has them measure no more, and waits until all that are not gone have had everything acknowledged. */
  async finish(): Promise<AcknowledgedTimes> {
    return (await this.#ask<AcknowledgedTimes>('finish')).flat()
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }

  #ask<A>(question: FleetQuestion): Promise<A[]> {
    return Promise.all(
      this.#children.map(async (child) => {
        child.send(question)
        const [answer] = await once(child, 'message')
        return answer as A
      }),
    )
  }
}
