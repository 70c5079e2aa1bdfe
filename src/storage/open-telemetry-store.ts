import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { FacilityKind } from '../facilities/facility-kind.ts'
import { seconds } from '../telemetry/duration.ts'
import { openEmbeddedTelemetryStore } from './embedded/telemetry-store.ts'
import { openInfluxdb1 } from './influxdb/influxdb1-telemetry-store.ts'
import { openInfluxdb2 } from './influxdb/influxdb2-telemetry-store.ts'
import type { StoredKind, TelemetryStore } from './telemetry-store.ts'

const TIMEOUT = seconds(30)

/** Opens the telemetry store the configuration names. */
export function openTelemetryStore(config: Config, facilityKinds: readonly FacilityKind[], log: Logger): Promise<TelemetryStore> {
  const kinds = facilityKinds.map(
    ({ key, table }): StoredKind => ({ key, points: new Map(table.keys.map((name, i) => [name, table.points[i] as never])) }),
  )
  const url = config.INFLUXDB_URL
  switch (config.TELEMETRY_STORE) {
    case 'embedded':
      return openEmbeddedTelemetryStore({
        folder: join(config.DATA_FOLDER, 'telemetry'),
        kinds,
        retentionDays: config.TELEMETRY_RETENTION_DAYS,
        log,
      })
    case 'influxdb1':
      return openInfluxdb1({
        url,
        database: config.INFLUXDB_DATABASE,
        ...(config.INFLUXDB_USERNAME && { username: config.INFLUXDB_USERNAME, password: config.INFLUXDB_PASSWORD }),
        kinds,
        timeout: TIMEOUT,
      })
    case 'influxdb2':
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
