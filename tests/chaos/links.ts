import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { connectPacket } from '../../bench/mqtt-load.ts'
import { eventually, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { type ChaosCounts, startChaosProxy } from './chaos-proxy.ts'
import { carryOut, linkFaults, planFaults } from './fault-plan.ts'
import { GatewayFleet, gateways, POINT, temperature } from './gateway-fleet.ts'
import { judgeStore, problemsOf } from './ledger.ts'
import type { Outcome, Run } from './outcome.ts'
import { metric } from './server-figures.ts'

export interface LinkOptions {
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
}

const DRAIN = 120_000

/** Devices on bad links to the real server; beside them connections whose bytes are harmed. Nothing acknowledged may be lost, doubled or out of order. */
export async function runLinkFaults(options: LinkOptions, { seed, signal, tell }: Run): Promise<Outcome> {
  const { folder, remove } = testFolder()
  const server = await startServer({ folder, facilities: gateways(options.gateways) })
  const proxy = await startChaosProxy({ target: server.mqttPort, seed })
  const harming = await startChaosProxy({ target: server.mqttPort, seed })
  harming.set({ corrupt: 0.002 })
  const begun = Date.now()
  const faults = linkFaults(proxy, options.usual, options.blackHole)
  const plan = planFaults(seed, faults, options.duration, [options.usual / 2, options.usual])
  const length = plan.at(-1)!.to + options.usual
  const fleet = new GatewayFleet({
    mqttPort: proxy.port,
    size: options.gateways,
    rate: options.rate,
    patience: options.patience,
    episode: Math.min(length, 360_000),
  })
  const harmed = sendHarmed(harming.port)
  try {
    await carryOut(plan, signal, (line) => tell(`${line}; ${fleet.ledger.total} acknowledged, ${fleet.waiting} waiting`))
    await wait(signal.aborted ? 0 : options.usual)
    harmed.stop()
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
        reports: fleet.reports,
        acknowledged: fleet.ledger.total,
        'sent again': fleet.repeated,
        connections: fleet.connections,
        ...verdict,
        alarms: episodes,
        'faults seen': plan.length,
        'connections harmed': harming.counts.connections,
        'bytes harmed': harming.counts.corrupted,
      },
      problems: [
        ...problemsOf(verdict),
        ...problems,
        ...(server.child.exitCode === null ? [] : [`the server ended with ${server.child.exitCode}`]),
        ...(signal.aborted ? [] : unseen(proxy.counts, harming.counts)),
      ],
    }
  } finally {
    harmed.stop()
    fleet.stop()
    await Promise.all([proxy.close(), harming.close()])
    await server.end('SIGKILL')
    remove()
  }
}

/** A fault that did nothing proves nothing. */
function unseen(counts: ChaosCounts, harming: ChaosCounts): string[] {
  const { reset, halfOpen, slices, delayed, throttled, swallowed, refused } = counts
  const effects = { reset, halfOpen, slices, delayed, throttled, swallowed, refused, corrupted: harming.corrupted }
  return Object.entries(effects).flatMap(([name, count]) => (count === 0 ? [`the fault ${name} did not take place`] : []))
}

/** Sends MQTT of which bits are turned on the way, on one connection after the other. */
function sendHarmed(port: number): { stop: () => void } {
  const publish = Buffer.from('facilities/light-cabinet/HARMED-LINK/telemetry{"at":0,"values":{"door":0}}')
  const frame = Buffer.concat([Buffer.from([0x30, publish.length + 2, 0, 46]), publish])
  let count = 0
  let isStopped = false
  let socket: ReturnType<typeof connect> | undefined
  const begin = () => {
    if (isStopped) return
    socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.resume()
    socket.write(connectPacket(`harmed-${count++}`))
    socket.on('close', () => setTimeout(begin, 50))
  }
  const timer = setInterval(() => socket?.write(frame), 10)
  begin()
  return {
    stop() {
      isStopped = true
      clearInterval(timer)
      socket?.destroy()
    },
  }
}
