import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { seconds } from '../telemetry/duration.ts'
import type { StoredKind, TelemetryStore } from './telemetry-store.ts'

const TIMEOUT = seconds(30)

/** Opens the telemetry store the configuration names; only its own client library is loaded. */
export async function openTelemetryStore(config: Config, facilityKinds: readonly FacilityKind[], log: Logger): Promise<TelemetryStore> {
  const kinds = facilityKinds.map(
    ({ key, table }): StoredKind => ({ key, points: new Map(table.keys.map((name, i) => [name, table.points[i] as never])) }),
  )
  const url = config.INFLUXDB_URL
  switch (config.TELEMETRY_STORE) {
    case 'embedded': {
      const { openEmbeddedTelemetryStore } = await import('./embedded/telemetry-store.ts')
      return openEmbeddedTelemetryStore({
        folder: join(config.DATA_FOLDER, 'telemetry'),
        kinds,
        retentionDays: config.TELEMETRY_RETENTION_DAYS,
        log,
      })
    }
    case 'influxdb1': {
      const { openInfluxdb1 } = await import('./influxdb/influxdb1-telemetry-store.ts')
      return openInfluxdb1({
        url,
        database: config.INFLUXDB_DATABASE,
        ...(config.INFLUXDB_USERNAME && { username: config.INFLUXDB_USERNAME, password: config.INFLUXDB_PASSWORD }),
        kinds,
        timeout: TIMEOUT,
      })
    }
    case 'influxdb2': {
      const { openInfluxdb2 } = await import('./influxdb/influxdb2-telemetry-store.ts')
      return openInfluxdb2({
        url,
        org: config.INFLUXDB_ORG,
        bucket: config.INFLUXDB_BUCKET,
        token: config.INFLUXDB_TOKEN,
        kinds,
        timeout: TIMEOUT,
      })
    }
  }
}
