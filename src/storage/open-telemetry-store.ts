import { join } from 'node:path'
import type { Logger } from 'pino'
import { type Config, daysOfKinds } from '../config.ts'
import { LamplighterError } from '../errors.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { seconds } from '../telemetry/duration.ts'
import type { EmbeddedTelemetryStore } from './embedded/telemetry-store.ts'
import type { StoredKind, TelemetryStore } from './telemetry-store.ts'

const TIMEOUT = seconds(30)

/** How a store on a server is reached; plain enough to be sent to another thread. */
export type RemoteStore = Pick<
  Config,
  'INFLUXDB_URL' | 'INFLUXDB_DATABASE' | 'INFLUXDB_USERNAME' | 'INFLUXDB_PASSWORD' | 'INFLUXDB_ORG' | 'INFLUXDB_BUCKET' | 'INFLUXDB_TOKEN'
> & { TELEMETRY_STORE: Exclude<Config['TELEMETRY_STORE'], 'embedded'> }

/** The server that the configuration names; null for the embedded store, whose files one thread holds. */
export function remoteStore(config: Config): RemoteStore | null {
  const { TELEMETRY_STORE, INFLUXDB_URL, INFLUXDB_DATABASE, INFLUXDB_USERNAME, INFLUXDB_PASSWORD, ...rest } = config
  const { INFLUXDB_ORG, INFLUXDB_BUCKET, INFLUXDB_TOKEN } = rest
  if (TELEMETRY_STORE === 'embedded') return null
  const influxdb1 = { INFLUXDB_DATABASE, INFLUXDB_USERNAME, INFLUXDB_PASSWORD }
  return { TELEMETRY_STORE, INFLUXDB_URL, ...influxdb1, INFLUXDB_ORG, INFLUXDB_BUCKET, INFLUXDB_TOKEN }
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
  if (remote) return openRemoteStore(remote, kinds)
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
    log,
  })
}

/** Opens a store on a server, in whatever thread. */
export async function openRemoteStore(remote: RemoteStore, facilityKinds: readonly FacilityKind[]): Promise<TelemetryStore> {
  const [kinds, url] = [storedKinds(facilityKinds), remote.INFLUXDB_URL]
  switch (remote.TELEMETRY_STORE) {
    case 'influxdb1': {
      const { openInfluxdb1 } = await import('./influxdb/influxdb1-telemetry-store.ts')
      return openInfluxdb1({
        url,
        database: remote.INFLUXDB_DATABASE,
        ...(remote.INFLUXDB_USERNAME && { username: remote.INFLUXDB_USERNAME, password: remote.INFLUXDB_PASSWORD }),
        kinds,
        timeout: TIMEOUT,
      })
    }
    case 'influxdb2': {
      const { openInfluxdb2 } = await import('./influxdb/influxdb2-telemetry-store.ts')
      return openInfluxdb2({
        url,
        org: remote.INFLUXDB_ORG,
        bucket: remote.INFLUXDB_BUCKET,
        token: remote.INFLUXDB_TOKEN,
        kinds,
        timeout: TIMEOUT,
      })
    }
  }
}
