import { minutes, seconds } from '../../src/telemetry/duration.ts'
import { runAllFaults } from '../chaos/all-faults.ts'
import { runBackups } from '../chaos/backups.ts'
import { runFrozenReaders, runMemoryBomb } from '../chaos/broker-attacks.ts'
import { runDatabaseFaults } from '../chaos/database.ts'
import { runFullDisk } from '../chaos/full-disk.ts'
import { runKills } from '../chaos/kills.ts'
import { runLinkFaults } from '../chaos/links.ts'
import type { Outcome, Run } from '../chaos/outcome.ts'
import { reachableDevices, runReconnect } from '../chaos/reconnect.ts'
import { whyNoSmallDisk } from '../chaos/small-disk.ts'
import { findProgram } from '../servers.ts'

export interface SoakOptions {
  /** How long a test that goes by time lasts, ms. */
  duration: number
  kills: number
}

export interface LongTest {
  name: string
  about: string
  /** Why it cannot run on this machine; undefined where it can. */
  lacks?: () => string | undefined
  run(options: SoakOptions, run: Run): Promise<Outcome>
}

const lacksInfluxdb = () => (findProgram('influxd') ? undefined : 'influxd is not installed')
const usual = { usual: seconds(5), blackHole: seconds(90), patience: seconds(10) }
const DEVICES = 20_000
const KILLS_PER_FULL_DISK = 5
const KILLS_PER_BACKUP = 5

/** All that `npm run soak` does, in this order. */
export const longTests: readonly LongTest[] = [
  {
    name: 'links',
    about: 'devices on bad links: resets, slices of 7 bytes, delay, narrow band, half-open, black hole of 90 s',
    run: ({ duration }, run) => runLinkFaults({ ...usual, duration, gateways: 20, rate: 500 }, run),
  },
  {
    name: 'memory-bomb',
    about: '50 sockets that send 100 MB each before anybody has logged in',
    run: (_options, run) => runMemoryBomb({ sockets: 50, megabytes: 100, seconds: 5, patience: 100 }, run),
  },
  {
    name: 'frozen-readers',
    about: '10 subscribers of everything that stop reading, beside publishers, and the publishers alone in turn',
    run: ({ duration }, run) => runFrozenReaders({ readers: 10, seconds: Math.min(60, Math.ceil(duration / 1000)), floor: 0.9 }, run),
  },
  {
    name: 'reconnect',
    about: '20,000 devices with credentials come back after a kill -9 of the server',
    run: (_options, run) => {
      const devices = reachableDevices(DEVICES)
      if (devices < DEVICES) run.tell(`${devices} devices only: a process may have no more files here (ulimit -n)`)
      const options = { devices, processes: 4, lost: 10, interval: 40, longestRetry: seconds(15), down: seconds(125), back: seconds(120) }
      return runReconnect(options, run)
    },
  },
  {
    name: 'kills',
    about: 'kill -9 at random under 2,000 messages/s, while operators work, while it starts, with torn writes',
    run: ({ kills }, run) => runKills({ kills, rate: 2000, longestStart: seconds(5) }, run),
  },
  {
    name: 'full-disk',
    about: 'the disk of the journal, the time series and the state runs full again and again, with kills meanwhile',
    lacks: whyNoSmallDisk,
    run: ({ kills }, run) => runFullDisk({ rounds: Math.ceil(kills / KILLS_PER_FULL_DISK), gateways: 10, rate: 200, megabytes: 96 }, run),
  },
  {
    name: 'database',
    about: 'InfluxDB away for the whole time, then slow, silent, refusing, answering 500 and 503, on a full disk',
    lacks: lacksInfluxdb,
    run: ({ duration }, run) =>
      runDatabaseFaults(
        {
          influxd: findProgram('influxd') as string,
          away: duration,
          usual: Math.min(duration, seconds(60)),
          gateways: 20,
          rate: 500,
          catchUpBandwidth: 0,
          liveLag: seconds(2),
          alarmDelay: seconds(2),
          // In less time the collector of garbage moves memory by more than that.
          memorySlope: duration >= minutes(30) ? 50 : null,
        },
        run,
      ),
  },
  {
    name: 'all-faults',
    about: 'bad links, kills and stops in turn, with the embedded store',
    run: ({ duration }, run) => runAllFaults({ ...usual, duration, gateways: 20, rate: 500, influxd: undefined }, run),
  },
  {
    name: 'all-faults-influxdb',
    about: 'the same with InfluxDB, which is away or refuses in its turn',
    lacks: lacksInfluxdb,
    run: ({ duration }, run) => runAllFaults({ ...usual, duration, gateways: 20, rate: 500, influxd: findProgram('influxd') }, run),
  },
  {
    name: 'backup',
    about: 'backups under load, each restored elsewhere and held against the original',
    run: ({ kills }, run) => runBackups({ backups: Math.ceil(kills / KILLS_PER_BACKUP), rate: 1000, between: seconds(5) }, run),
  },
]
