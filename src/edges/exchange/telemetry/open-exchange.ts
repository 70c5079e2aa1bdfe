import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../../../config.ts'
import { remoteStore } from '../../../storage/open-telemetry-store.ts'
import { createTelemetryExports, type TelemetryExportParts } from './export-jobs.ts'
import { createTelemetryImports, type TelemetryImportParts } from './import-jobs.ts'

type Parts = Pick<TelemetryExportParts, 'telemetry' | 'kinds' | 'rules' | 'now'> &
  Pick<TelemetryImportParts, 'state' | 'plant' | 'maxFuture'> & {
    config: Config
    log: Logger
    stops: (() => unknown)[]
  }

/** What people take out of stored telemetry and bring into it, as files. */
export function openTelemetryExchange({ config, state, rules, maxFuture, log, stops, ...parts }: Parts) {
  const exchange = {
    ...{ ...parts, remote: remoteStore(config) },
    log: (error: unknown, message: string) => log.error({ err: error }, message),
  }
  const telemetryExports = createTelemetryExports({
    ...{ ...exchange, rules, timeZone: config.TIME_ZONE },
    folder: join(config.DATA_FOLDER, 'exports'),
  })
  stops.push(() => telemetryExports.close())
  const telemetryImports = createTelemetryImports({
    ...{ ...exchange, state, maxFuture },
    folder: join(config.DATA_FOLDER, 'telemetry-imports'),
  })
  stops.push(() => telemetryImports.close())
  return { telemetryExports, telemetryImports }
}
