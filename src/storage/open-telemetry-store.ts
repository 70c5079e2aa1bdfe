import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Config, daysOfKinds } from '../config.ts'
import { utcOffsets } from '../control/local-time.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { seconds } from '../telemetry/duration.ts'
import { calendarOrigin } from './bucket-series.ts'
import type { EmbeddedTelemetryStore } from './embedded/telemetry-store.ts'
import type { InfluxdbOptions, InfluxdbStore } from './influxdb/rolling-store.ts'
import type { StoredKind, TelemetryStore } from './telemetry-store.ts'

const TIMEOUT = seconds(30)

const remoteSettings = [
  'TIME_ZONE',
  'TELEMETRY_RETENTION_DAYS',
  'INFLUXDB_URL',
  'INFLUXDB_CA_FILE',
  'INFLUXDB_DATABASE',
  'INFLUXDB_USERNAME',
  'INFLUXDB_PASSWORD',
  'INFLUXDB_PASSWORD_FILE',
  'INFLUXDB_ORG',
  'INFLUXDB_BUCKET',
  'INFLUXDB_TOKEN',
  'INFLUXDB_TOKEN_FILE',
  'TELEMETRY_HOURS_DAYS',
] as const

/** How a store on a server is reached; plain enough to be sent to another thread. */
export type RemoteStore = Pick<Config, (typeof remoteSettings)[number]> & {
  TELEMETRY_STORE: Exclude<Config['TELEMETRY_STORE'], 'embedded'>
}

/** The server that the configuration names; null for the embedded store, whose files one thread holds. */
export function remoteStore(config: Config): RemoteStore | null {
  const { TELEMETRY_STORE } = config
  if (TELEMETRY_STORE === 'embedded') return null
  const picked = Object.fromEntries(remoteSettings.map((name) => [name, config[name]])) as Pick<Config, (typeof remoteSettings)[number]>
  return { TELEMETRY_STORE, ...picked }
}

export const storedKinds = (kinds: readonly FacilityKind[]): StoredKind[] =>
  kinds.map(({ key, table }) => ({ key, points: new Map(table.keys.map((name, i) => [name, table.points[i] as never])) }))

/**
 * Opens the telemetry store the configuration names; only its own client library is loaded. `origin`: a midnight of the city, ms (see `calendarOrigin`).
 * Throws `config-invalid` for retention of a kind that is none.
 */
export async function openTelemetryStore(
  config: Config,
  kinds: readonly FacilityKind[],
  origin: number,
  log: Logger,
): Promise<TelemetryStore | EmbeddedTelemetryStore> {
  const remote = remoteStore(config)
  if (remote) return openRemoteStore(remote, kinds, { maintains: true, log })
  const retentionDaysOf = daysOfKinds(config.TELEMETRY_RETENTION)
  const unknown = Object.keys(retentionDaysOf).filter((key) => !kinds.some((kind) => kind.key === key))
  if (unknown.length > 0) {
    const known = kinds.map(({ key }) => key).join(', ')
    throw new LamplighterError('config-invalid', `TELEMETRY_RETENTION names no kind by ${unknown.join(', ')}; there are ${known}`)
  }
  const { openEmbeddedTelemetryStore } = await import('./embedded/telemetry-store.ts')
  return openEmbeddedTelemetryStore({
    folder: join(config.DATA_FOLDER, 'telemetry'),
    kinds: storedKinds(kinds),
    retentionDays: config.TELEMETRY_RETENTION_DAYS,
    retentionDaysOf,
    minutesDays: config.TELEMETRY_MINUTES_DAYS,
    hoursDays: config.TELEMETRY_HOURS_DAYS,
    origin,
    takesOlder: true,
    log,
  })
}

/**
 * Opens a store on a server, which may be away, in whatever thread; the one that writes maintains it. Rejects with `config-invalid` when the file of
 * the authorities cannot be read.
 */
export async function openRemoteStore(
  remote: RemoteStore,
  kinds: readonly FacilityKind[],
  more: Pick<InfluxdbOptions, 'maintains' | 'log'> = {},
): Promise<InfluxdbStore> {
  const options: InfluxdbOptions = {
    url: remote.INFLUXDB_URL,
    kinds: storedKinds(kinds),
    timeout: TIMEOUT,
    ca: readAuthorities(remote.INFLUXDB_CA_FILE),
    rawDays: remote.TELEMETRY_RETENTION_DAYS,
    hourlyDays: remote.TELEMETRY_HOURS_DAYS,
    gridOrigin: calendarOrigin(utcOffsets(remote.TIME_ZONE)),
    ...more,
  }
  const token = { text: remote.INFLUXDB_TOKEN, file: remote.INFLUXDB_TOKEN_FILE }
  switch (remote.TELEMETRY_STORE) {
    case 'influxdb1': {
      const { openInfluxdb1 } = await import('./influxdb/influxdb1-telemetry-store.ts')
      const password = { text: remote.INFLUXDB_PASSWORD, file: remote.INFLUXDB_PASSWORD_FILE }
      return openInfluxdb1({ ...options, database: remote.INFLUXDB_DATABASE, username: remote.INFLUXDB_USERNAME, password })
    }
    case 'influxdb2': {
      const { openInfluxdb2 } = await import('./influxdb/influxdb2-telemetry-store.ts')
      return openInfluxdb2({ ...options, org: remote.INFLUXDB_ORG, bucket: remote.INFLUXDB_BUCKET, token })
    }
    case 'influxdb3': {
      const { openInfluxdb3 } = await import('./influxdb/influxdb3-telemetry-store.ts')
      return openInfluxdb3({ ...options, database: remote.INFLUXDB_DATABASE, token })
    }
  }
}

function readAuthorities(file: string): string | undefined {
  if (file === '') return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new LamplighterError('config-invalid', `INFLUXDB_CA_FILE ${file} cannot be read.`, error)
  }
}
