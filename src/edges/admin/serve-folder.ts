import { resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { BackupSchedule } from '../../storage/embedded/backup-schedule.ts'
import { folderTelemetry } from '../../storage/embedded/data-folder.ts'
import type { SegmentedJournal } from '../../storage/embedded/segment-journal.ts'
import type { EmbeddedStateStore } from '../../storage/embedded/state-store.ts'
import { remoteStore } from '../../storage/open-telemetry-store.ts'
import type { TelemetryStore } from '../../storage/telemetry-store.ts'
import { seconds } from '../../telemetry/duration.ts'
import { VERSION } from '../../version.ts'
import { startAdmin } from './admin-server.ts'
import { folderCommands } from './folder-commands.ts'

/** ms between two looks at whether a backup is due. */
const BACKUP_LOOK = seconds(30)

interface Parts {
  config: Config
  state: EmbeddedStateStore
  journal: SegmentedJournal
  telemetry: TelemetryStore
  utcOffset: (at: number) => number
  now: () => number
  log: Logger
  stops: (() => unknown)[]
}

/** What looks after the data folder while the service uses it: `npm run db` and the backups of each night. */
export async function serveFolder({ config, state, journal, telemetry, utcOffset, now, log, stops }: Parts) {
  const served = {
    path: resolve(config.DATA_FOLDER),
    isServed: true,
    state: state.file,
    journal,
    telemetry: folderTelemetry(telemetry),
    series: { telemetry, remote: remoteStore(config) },
    now,
  }
  try {
    const admin = await startAdmin(served, folderCommands)
    stops.push(() => admin.close())
  } catch (error) {
    log.warn({ err: error }, 'npm run db cannot reach this server, because its socket cannot be made')
  }
  return { served, schedule: config.BACKUP_FOLDER ? beginBackups() : undefined }

  function beginBackups(): BackupSchedule {
    const { BACKUP_FOLDER: target, BACKUP_HOUR: hour, BACKUP_KEEP: keep } = config
    const schedule = new BackupSchedule({ folder: served, target, hour, keep, version: VERSION, utcOffset, log })
    const looking = setInterval(() => void schedule.tick(now()), BACKUP_LOOK)
    stops.push(() => clearInterval(looking))
    stops.push(() => schedule.close())
    return schedule
  }
}
