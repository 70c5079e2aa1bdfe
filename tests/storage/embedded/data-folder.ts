import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type DataFolder, openDataFolder } from '../../../src/storage/embedded/data-folder.ts'
import { openJournal } from '../../../src/storage/embedded/segment-journal.ts'
import { openStateStore } from '../../../src/storage/embedded/state-store.ts'
import { openEmbeddedTelemetryStore } from '../../../src/storage/embedded/telemetry-store.ts'
import type { TelemetryRows } from '../../../src/storage/telemetry-store.ts'

export const DAY = Date.UTC(2026, 0, 30)
const hour = 3_600_000

export const rowsOf = (facility: string, at: readonly number[], values: readonly number[]): TelemetryRows => ({
  kind: 'tank',
  facilities: [facility],
  facility: new Uint32Array(at.length),
  at: Float64Array.from(at),
  columns: ['level'],
  values: [Float64Array.from(values)],
  rows: at.length,
})

/** A folder for one test, removed with all that is in it. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'lamplighter-db-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Fills a data folder as a server does: three days of two tanks, the first two sealed; ten messages of which seven are stored; some state. */
export async function fillDataFolder(folder: string): Promise<void> {
  const state = openStateStore(join(folder, 'state.sqlite'))
  state.audit({ at: DAY, by: 'li', action: 'test', subject: 'tank', detail: '' })
  state.setStoredThrough(7)
  state.setDetectedThrough(8)
  state.close()
  const journal = await openJournal({ folder: join(folder, 'journal'), maxBytes: 1e8, maxAge: 1e12, commitInterval: 0, now: () => DAY })
  for (let i = 1; i <= 10; i++) {
    const { promise, resolve } = Promise.withResolvers<void>()
    journal.onCommit(() => resolve())
    journal.append('facilities/tank/T-1/telemetry', Buffer.from(`{"i":${i}}`), DAY + i)
    await promise
  }
  await journal.close()
  const telemetry = await openEmbeddedTelemetryStore({ folder: join(folder, 'telemetry'), kinds: [], retentionDays: 1000 })
  for (const day of [0, 1, 2]) {
    const at = Array.from({ length: 24 }, (_, i) => DAY + (day * 24 + i) * hour)
    const values = at.map((_, i) => day + i / 24)
    await telemetry.write([rowsOf('T-1', at, values), rowsOf('T-2', at, values)])
  }
  await telemetry.maintain(DAY + 50 * hour)
  await telemetry.close()
}

export const openFilled = async (folder: string): Promise<DataFolder & { close(): Promise<void> }> => {
  await fillDataFolder(folder)
  return openDataFolder(folder)
}

/** Runs `npm run db` with these arguments. */
export async function runDb(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', '..', 'src', 'db.ts'), ...args], { stdio: 'pipe' })
  const { promise, resolve } = Promise.withResolvers<number | null>()
  child.once('close', resolve)
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), promise])
  return { code, out, err }
}
