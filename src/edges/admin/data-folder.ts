import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type JournalFiles, journalFiles } from '../../storage/embedded/journal-files.ts'
import { openStateFile, type StateFile } from '../../storage/embedded/state-file.ts'
import type { EmbeddedTelemetryStore } from '../../storage/embedded/telemetry-store.ts'
import type { TelemetryStore } from '../../storage/telemetry-store.ts'

/** A data folder with its stores open, by the server or by a command that found it without one. */
export interface DataFolder {
  readonly path: string
  /** A server is at work on it: nothing may be held up for long. */
  readonly isServed: boolean
  readonly state: StateFile
  readonly journal: JournalFiles
  /** Null when the time series are kept elsewhere. */
  readonly telemetry: EmbeddedTelemetryStore | null
  readonly now: () => number
}

/** Opens the folder of a stopped server and keeps servers away from it until it is closed. Throws `store-unavailable`. */
export async function openDataFolder(path: string, retentionDays: number): Promise<DataFolder & { close(): Promise<void> }> {
  const state = openStateFile(join(path, 'state.sqlite'))
  try {
    const telemetry = await openTelemetry(join(path, 'telemetry'), retentionDays)
    return {
      ...{ path, isServed: false, state, telemetry, journal: journalFiles(join(path, 'journal')), now: Date.now },
      async close() {
        await telemetry?.close()
        state.close()
      },
    }
  } catch (error) {
    state.close()
    throw error
  }
}

/** The store if it is the one that keeps its files in the folder. */
export const folderTelemetry = (store: TelemetryStore | EmbeddedTelemetryStore) => ('files' in store ? store : null)

async function openTelemetry(folder: string, retentionDays: number): Promise<EmbeddedTelemetryStore | null> {
  if (!existsSync(folder)) return null
  const { openEmbeddedTelemetryStore } = await import('../../storage/embedded/telemetry-store.ts')
  return openEmbeddedTelemetryStore({ folder, kinds: [], retentionDays })
}
