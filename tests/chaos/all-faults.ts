import { eventually, type ServerProcess, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { startInfluxd } from '../storage/influxdb/server.ts'
import { startChaosProxy } from './chaos-proxy.ts'
import { carryOut, type Fault, linkFaults, pause, planFaults } from './fault-plan.ts'
import { GatewayFleet, gateways, POINT, temperature } from './gateway-fleet.ts'
import { startHttpFront } from './http-front.ts'
import { judgeStore, problemsOf } from './ledger.ts'
import type { Outcome, Run } from './outcome.ts'
import { metric, residentMemory } from './server-figures.ts'

export interface AllFaultsOptions {
  /** ms; at least one round of all faults. */
  duration: number
  /** About how long a fault lasts, ms. */
  usual: number
  /** How long a black hole lasts, ms. */
  blackHole: number
  gateways: number
  /** Reports per second of all gateways. */
  rate: number
  /** How long a device waits for an answer, ms. */
  patience: number
  /** InfluxDB as the store; the embedded one without. */
  influxd: string | undefined
}

const DRAIN = 300_000

/** A city of gateways lives through everything in turn: bad links, kills of the server, its database away or refusing. A checker asks at the end. */
export async function runAllFaults(options: AllFaultsOptions, { seed, signal, tell }: Run): Promise<Outcome> {
  const { influxd, usual } = options
  const { folder, remove } = testFolder()
  const database = influxd === undefined ? undefined : await startInfluxd(influxd)
  const front = database && (await startHttpFront(Number(new URL(database.url).port)))
  const env: Record<string, string> = front ? { TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: `http://127.0.0.1:${front.port}` } : {}
  let server: ServerProcess = await startServer({ folder, facilities: gateways(options.gateways), env })
  const { mqttPort } = server
  const startAgain = async () => {
    server = await startServer({ folder, mqttPort, env })
  }
  const proxy = await startChaosProxy({ target: mqttPort, seed })
  const begun = Date.now()
  const lasts = [usual * 0.2, usual] as const
  const faults: Fault[] = [
    ...linkFaults(proxy, usual, options.blackHole),
    { name: 'server killed', lasts, begin: () => server.end('SIGKILL'), end: startAgain },
    {
      name: 'server stopped',
      lasts,
      begin: () => server.end('SIGTERM'),
      end: startAgain,
    },
    ...(database && front
      ? [
          { name: 'database killed', lasts, begin: () => database.pause(), end: () => database.resume() },
          { name: 'database answers 500', lasts, begin: () => front.answer(500), end: () => front.answer(null) },
        ]
      : []),
  ]
  const plan = planFaults(seed, faults, options.duration, [usual / 2, usual])
  const length = plan.at(-1)!.to + usual
  const fleet = new GatewayFleet({
    mqttPort: proxy.port,
    size: options.gateways,
    rate: options.rate,
    patience: options.patience,
    episode: Math.min(length, 360_000),
  })
  try {
    await carryOut(plan, signal, (line) =>
      tell(`${line}; ${fleet.ledger.total} acknowledged, ${fleet.waiting} waiting, memory ${Math.round(residentMemory(server))} MB`),
    )
    await pause(usual, signal)
    await fleet.finish(DRAIN)
    const client = await signIn(server.url)
    await eventually(
      () => metric(server, 'store_lag_messages'),
      (lag) => lag === 0,
      DRAIN,
    )
    const verdict = await judgeStore(client, fleet.ledger, POINT, begun - 1000, temperature)
    const { episodes, problems } = await fleet.alarmProblems(client)
    return {
      figures: {
        faults: plan.length,
        reports: fleet.reports,
        acknowledged: fleet.ledger.total,
        'sent again': fleet.repeated,
        connections: fleet.connections,
        ...verdict,
        alarms: episodes,
        'memory MB': Math.round(residentMemory(server)),
      },
      problems: [...problemsOf(verdict), ...problems],
    }
  } finally {
    fleet.stop()
    await proxy.close()
    await server.end('SIGKILL')
    await front?.close()
    await database?.stop()
    remove()
  }
}
