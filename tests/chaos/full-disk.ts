import { join } from 'node:path'
import { eventually, type ServerProcess, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { pause } from './fault-plan.ts'
import { GatewayFleet, gatewayIds, gateways, POINT, temperature } from './gateway-fleet.ts'
import { judgeStore, problemsOf } from './ledger.ts'
import { changeMode, type Done, operationProblems } from './operator.ts'
import type { Outcome, Run } from './outcome.ts'
import { healthProblems, metric } from './server-figures.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

export interface FullDiskOptions {
  /** Times that the disk runs full; every second time the server is killed meanwhile. */
  rounds: number
  gateways: number
  /** Reports per second of all. */
  rate: number
  /** Of the disk, MB. */
  megabytes: number
}

const PATIENCE = 3_000
const SOON = 60_000
const FULL = /disk .*is full/i
/** Bytes; less than the share of the disk that telemetry leaves. */
const LEFT_TO_ALARMS = 1_000_000

/** Journal, time series and state share a disk that runs full under load. What cannot be kept must not be acknowledged, and all goes on when there is space. */
export async function runFullDisk(options: FullDiskOptions, { signal, tell }: Run): Promise<Outcome> {
  const { folder, remove } = testFolder()
  const disk = mountSmallDisk(join(folder, 'data'), options.megabytes)
  const env = { JOURNAL_MAX_MB: '8' }
  const problems: string[] = []
  const done: Done[] = []
  const begun = Date.now()
  let fleet: GatewayFleet | undefined
  let server: ServerProcess | undefined
  let kills = 0
  let refusedStarts = 0
  try {
    server = await startServer({ folder, facilities: gateways(options.gateways), env })
    const { mqttPort } = server
    fleet = new GatewayFleet({ mqttPort, size: options.gateways, rate: options.rate, patience: PATIENCE, episode: 360_000 })
    for (let round = 0; round < options.rounds && !signal.aborted; round++) {
      const before = fleet.ledger.total
      await eventually(
        async () => fleet!.ledger.total,
        (total) => total > before + options.rate,
        SOON,
      )
      problems.push(...(await worksWhileShort(server, disk, round, done)))
      disk.fill()
      problems.push(...(await livesFull(server, fleet, disk, round)))
      if (round % 2 === 1) {
        await server.end('SIGKILL')
        kills++
        server = await startServer({ folder, mqttPort, env }).catch((error: unknown) => {
          refusedStarts++
          const words = String(error)
          tell(words)
          // A program that cannot start says in words what is to be done; a trace of its code says nothing to who runs it.
          if (/\n\s+at /.test(words)) problems.push(`a start on the full disk ended without a plain word: ${words}`)
          return undefined
        })
      }
      disk.free()
      server ??= await startServer({ folder, mqttPort, env })
      tell(`${fleet.ledger.total} acknowledged, ${fleet.waiting} waited for space`)
      await eventually(
        () => healthProblems(server!),
        (told) => told.length === 0,
        SOON,
      )
    }
    await fleet.finish(SOON)
    const client = await signIn(server.url)
    await eventually(
      () => metric(server!, 'store_lag_messages'),
      (lag) => lag === 0,
      SOON,
    )
    const verdict = await judgeStore(client, fleet.ledger, POINT, begun - 1000, temperature)
    const alarms = await fleet.alarmProblems(client)
    return {
      figures: {
        reports: fleet.reports,
        acknowledged: fleet.ledger.total,
        ...verdict,
        'actions of operators': done.length,
        'kills while full': kills,
        'starts refused while full': refusedStarts,
      },
      problems: [...problems, ...problemsOf(verdict), ...alarms.problems, ...(await operationProblems(client, done))],
    }
  } finally {
    fleet?.stop()
    await server?.end('SIGKILL')
    disk.remove()
    remove()
  }
}

/** Telemetry is stopped before the disk is full, so that what people do can still be kept. */
async function worksWhileShort(server: ServerProcess, disk: SmallDisk, round: number, done: Done[]): Promise<string[]> {
  await eventually(
    () => {
      // What gives up old files makes room for a while.
      disk.fill(LEFT_TO_ALARMS)
      return healthProblems(server)
    },
    (told) => told.some((text) => FULL.test(text)),
    SOON,
  )
  const client = await signIn(server.url)
  try {
    await changeMode(client, gatewayIds(1)[0]!, `round ${round}`, done)
    return []
  } catch (error) {
    return [`round ${round}: an operator was refused although space was left: ${error}`]
  }
}

/** Nothing is acknowledged any more, the service says why, and it lives. */
async function livesFull(server: ServerProcess, fleet: GatewayFleet, disk: SmallDisk, round: number): Promise<string[]> {
  const problems: string[] = []
  // What gives up old files makes room for a while.
  const isStill = async () => {
    disk.fill()
    const before = fleet.ledger.total
    await pause(1500)
    return fleet.ledger.total === before
  }
  await eventually(isStill, (still) => still, SOON)
  const told = await eventually(
    () => healthProblems(server),
    (list) => list.length > 0,
    10_000,
  ).catch(() => [])
  if (!told.some((text) => FULL.test(text))) problems.push(`round ${round}: it is not told that the disk is full: ${told.join('; ')}`)
  if (server.child.exitCode !== null)
    problems.push(`round ${round}: the server ended with ${server.child.exitCode}: ${server.output().slice(-2000)}`)
  return problems
}
