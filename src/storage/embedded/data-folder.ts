import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RemoteStore } from '../open-telemetry-store.ts'
import type { TelemetryStore } from '../telemetry-store.ts'
import { lockFolder, refuseHalfRestored } from './folder-lock.ts'
import { type JournalFiles, journalFiles } from './journal-files.ts'
import { openStateFile, type StateFile } from './state-file.ts'
import type { EmbeddedTelemetryStore } from './telemetry-store.ts'

/** Days. A command that knows the server's settings only perhaps must remove nothing. */
const FOR_EVER = 100_000

/** A data folder with its stores open, by the server or by a command that found it without one. */
export interface DataFolder {
  readonly path: string
  /** A server is at work on it: nothing may be held up for long. */
  readonly isServed: boolean
  readonly state: StateFile
  readonly journal: JournalFiles
  /** Null when the time series are kept elsewhere. */
  readonly telemetry: EmbeddedTelemetryStore | null
  /** The time series wherever they are, with the server they are on; null when nobody has opened them. */
  readonly series: { telemetry: TelemetryStore; remote: RemoteStore | null } | null
  readonly now: () => number
}

/**
 * Opens the folder of a stopped server and keeps servers away from it until it is closed. Throws `store-unavailable`, and `config-invalid` for
 * half of a restored one.
 */
export async function openDataFolder(path: string): Promise<DataFolder & { close(): Promise<void> }> {
  const release = lockFolder(path)
  let state: ReturnType<typeof openStateFile> | undefined
  try {
    refuseHalfRestored(path)
    state = openStateFile(join(path, 'state.sqlite'))
    const opened = state
    const telemetry = await openTelemetry(join(path, 'telemetry'))
    return {
      ...{
        path,
        isServed: false,
        state: opened,
        telemetry,
        series: telemetry && { telemetry, remote: null },
        journal: journalFiles(join(path, 'journal')),
        now: Date.now,
      },
      async close() {
        await telemetry?.close()
        opened.close()
        release()
      },
    }
  } catch (error) {
    state?.close()
    release()
    throw error
  }
}

/** The store if it is the one that keeps its files in the folder. */
export const folderTelemetry = (store: TelemetryStore | EmbeddedTelemetryStore) => ('files' in store ? store : null)

async function openTelemetry(folder: string): Promise<EmbeddedTelemetryStore | null> {
  if (!existsSync(folder)) return null
  const { openEmbeddedTelemetryStore } = await import('./telemetry-store.ts')
  return openEmbeddedTelemetryStore({ folder, kinds: [], retentionDays: FOR_EVER, hoursDays: FOR_EVER, setsAside: false })
}
