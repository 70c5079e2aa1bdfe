import { join } from 'node:path'
import { eventually, type ServerProcess, signIn, startServer, testFolder } from '../acceptance/server-process.ts'
import { type OutsideServer, startInfluxd } from '../storage/influxdb/server.ts'
import { type AlarmProbe, probeStations, quantile, startAlarmProbe } from './alarm-probe.ts'
import { type ChaosProxy, startChaosProxy } from './chaos-proxy.ts'
import { type Fault, pause } from './fault-plan.ts'
import { GatewayFleet, gateways, POINT, temperature } from './gateway-fleet.ts'
import { type HttpFront, startHttpFront } from './http-front.ts'
import { judgeStore, problemsOf } from './ledger.ts'
import { inSeconds, type Outcome, type Run } from './outcome.ts'
import { metric, residentMemory, slopePerHour } from './server-figures.ts'
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from './small-disk.ts'

export interface DatabaseOptions {
  influxd: string
  /** How long InfluxDB is away, ms. */
  away: number
  /** How long every other fault lasts, ms. */
  usual: number
  gateways: number
  /** Reports per second of all. */
  rate: number
  /** Bytes per second to InfluxDB while it catches up after it was away, so that this takes a time; 0 = no limit. */
  catchUpBandwidth: number
  /** ms that live readings may be behind while it catches up. */
  liveLag: number
  /** ms that alarms may take at the worst. */
  alarmDelay: number
  /** Rise of memory while it is away, MB per hour, from the moment on at which buffers are full; null asks nothing. */
  memorySlope: number | null
}

const WARM_UP = 2_000
const PROBES = 400
const DATABASE_DISK_MB = 96
/** The writer asks a store that was away again after 10 s at the latest; what was written then is seen by the next look. */
const GRACE = 2_000
const LONGEST_CATCH_UP = 1_800_000

/** InfluxDB away, slow, silent, answering 500 and 503, and on a full disk, behind a proxy; meanwhile devices report and alarms are timed. */
export async function runDatabaseFaults(options: DatabaseOptions, { seed, signal, tell }: Run): Promise<Outcome> {
  const { folder, remove } = testFolder()
  const disk = whyNoSmallDisk() === undefined ? mountSmallDisk(join(folder, 'database'), DATABASE_DISK_MB) : undefined
  const database = await startInfluxd(options.influxd, disk?.folder)
  const proxy = await startChaosProxy({ target: Number(new URL(database.url).port), seed })
  const front = await startHttpFront(proxy.port)
  const problems: string[] = []
  const begun = Date.now()
  let server: ServerProcess | undefined
  let watch: Watch | undefined
  let fleet: GatewayFleet | undefined
  try {
    // The service starts without its database too.
    await database.pause()
    server = await startServer({
      folder,
      facilities: [...gateways(options.gateways), ...probeStations(PROBES)],
      env: { TELEMETRY_STORE: 'influxdb1', INFLUXDB_URL: `http://127.0.0.1:${front.port}` },
    })
    const client = await signIn(server.url)
    fleet = new GatewayFleet({
      mqttPort: server.mqttPort,
      size: options.gateways,
      rate: options.rate,
      patience: 10_000,
      episode: 360_000,
    })
    const faults = databaseFaults(options, { database, proxy, front, disk })
    const length = faults.reduce((sum, { lasts }) => sum + lasts[1], 0)
    const probe = startAlarmProbe(client, server.mqttPort, PROBES, Math.max(200, length / PROBES))
    watch = { server, database, probe }
    await pause(WARM_UP, signal)
    await database.resume()
    await caughtUp(watch, signal)
    const figures: Record<string, number> = {}
    for (const fault of faults) {
      if (signal.aborted) break
      const from = Date.now()
      await fault.begin()
      const memory = await watchMemory(server, fault.lasts[1], signal)
      await fault.end?.()
      const behind = await metric(server, 'store_lag_messages')
      const { catchUp, lag } = await caughtUp(watch, signal)
      proxy.set({})
      const delays = probe.delays.filter(({ sent }) => sent >= from && sent < from + fault.lasts[1]).map(({ delay }) => delay)
      tell(
        `${fault.name} for ${inSeconds(fault.lasts[1])}: ${behind} messages waited, caught up in ${inSeconds(catchUp)}, ` +
          `live ${inSeconds(lag)} behind meanwhile at most, ${delays.length} alarms, 95 % within ${Math.round(quantile(delays, 0.95))} ms, ` +
          `memory ${Math.round(memory.at(-1)?.value ?? Number.NaN)} MB`,
      )
      figures[`${fault.name}: waited`] = behind
      figures[`${fault.name}: live lag ms`] = lag
      figures[`${fault.name}: alarms p95 ms`] = Math.round(quantile(delays, 0.95))
      figures[`${fault.name}: memory MB`] = Math.round(memory.at(-1)?.value ?? Number.NaN)
      if (lag > options.liveLag) problems.push(`${fault.name}: live readings were ${inSeconds(lag)} behind while it caught up`)
      if (options.memorySlope !== null && fault.lasts[1] >= options.away) {
        const slope = slopePerHour(memory.slice(memory.length / 2))
        figures[`${fault.name}: memory MB/h`] = Math.round(slope)
        if (slope > options.memorySlope) problems.push(`${fault.name}: memory rises by ${Math.round(slope)} MB/h`)
      }
    }
    await fleet.finish(60_000)
    await probe.finish(options.alarmDelay)
    await eventually(
      () => metric(server!, 'store_lag_messages'),
      (left) => left === 0,
      LONGEST_CATCH_UP,
    )
    const slowest = Math.max(0, ...probe.delays.map(({ delay }) => delay))
    if (slowest > options.alarmDelay) problems.push(`an alarm took ${inSeconds(slowest)}`)
    if (probe.missing > 0) problems.push(`${probe.missing} alarms did not reach the client`)
    const verdict = await judgeStore(client, fleet.ledger, POINT, begun - 1000, temperature)
    const alarms = await fleet.alarmProblems(client)
    return {
      figures: {
        reports: fleet.reports,
        acknowledged: fleet.ledger.total,
        ...verdict,
        'alarms timed': probe.delays.length,
        'slowest alarm ms': slowest,
        'requests answered 500 or 503': front.answered,
        ...figures,
      },
      problems: [...problems, ...problemsOf(verdict), ...alarms.problems],
    }
  } finally {
    await watch?.probe.finish(0)
    fleet?.stop()
    await server?.end('SIGKILL')
    await front.close()
    await proxy.close()
    await database.stop()
    disk?.remove()
    remove()
  }
}

interface Parts {
  database: OutsideServer
  proxy: ChaosProxy
  front: HttpFront
  disk: SmallDisk | undefined
}

function databaseFaults(options: DatabaseOptions, { database, proxy, front, disk }: Parts): Fault[] {
  const { away, usual, catchUpBandwidth } = options
  const lasts = [usual, usual] as const
  const heal = () => proxy.set({})
  const answer = (status: number): Fault => ({
    name: `HTTP ${status}`,
    lasts,
    begin: () => front.answer(status),
    end: () => front.answer(null),
  })
  const full: Fault[] = disk ? [{ name: 'disk full', lasts, begin: () => disk.fill(), end: () => restartWithSpace(disk, database) }] : []
  return [
    {
      name: 'away',
      lasts: [away, away],
      begin: () => database.pause(),
      async end() {
        await database.resume()
        proxy.set({ bandwidth: catchUpBandwidth })
      },
    },
    { name: 'slow', lasts, begin: () => proxy.set({ latency: 400, jitter: 200 }), end: heal },
    { name: 'silent', lasts, begin: () => proxy.set({ blackHole: true }), end: heal },
    { name: 'resets', lasts, begin: () => proxy.set({ refuse: true }), end: heal },
    answer(500),
    answer(503),
    ...full,
  ]
}

/** InfluxDB 1.6 goes on refusing for lack of space until it is started again. */
async function restartWithSpace(disk: SmallDisk, database: OutsideServer): Promise<void> {
  disk.free()
  await database.pause()
  await database.resume()
}

interface Watch {
  server: ServerProcess
  database: OutsideServer
  probe: AlarmProbe
}

async function watchMemory(server: ServerProcess, duration: number, signal: AbortSignal): Promise<{ at: number; value: number }[]> {
  const samples: { at: number; value: number }[] = []
  for (const end = Date.now() + duration; Date.now() < end && !signal.aborted; ) {
    await pause(Math.min(1000, end - Date.now()), signal)
    samples.push({ at: Date.now(), value: residentMemory(server) })
  }
  return samples
}

/** Waits until all is stored; how long that took and how far the newest reading in InfluxDB was behind at most, from the first that came on, ms. */
async function caughtUp({ server, database }: Watch, signal: AbortSignal): Promise<{ catchUp: number; lag: number }> {
  const begun = Date.now()
  const before = await newestStored(database)
  let lag = 0
  let returned = Number.POSITIVE_INFINITY
  const isBehind = async () => {
    const newest = await newestStored(database)
    const now = Date.now()
    if (newest > before) returned = Math.min(returned, now)
    if (now > returned + GRACE) lag = Math.max(lag, now - newest)
    return newest <= before || (await metric(server, 'store_backlog_messages')) > 0
  }
  await eventually(isBehind, (behind) => !behind || signal.aborted, LONGEST_CATCH_UP)
  return { catchUp: Date.now() - begun, lag }
}

/** ms; 0 when nothing is stored. */
async function newestStored({ url }: OutsideServer): Promise<number> {
  const query = new URLSearchParams({ db: 'lamplighter', epoch: 'ms', q: `SELECT last("${POINT}") FROM "gateway"` })
  const answer = await fetch(`${url}/query?${query}`, { signal: AbortSignal.timeout(10_000) })
  const { results } = (await answer.json()) as { results: { series?: { values: number[][] }[] }[] }
  return results[0]?.series?.[0]?.values[0]?.[0] ?? 0
}
