import type { StoreContents } from '../telemetry-store.ts'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { endOfDay, type FileKey, isDay, quotedText, startOfDay } from './day-name.ts'
import { isDamage, isFatal } from './file-trouble.ts'
import { contentsOf, type Resolution } from './resolution.ts'
import type { RawFloors } from './retention.ts'

/** What the store holds and what it does not; times are those of whole days. */
export interface TelemetryStats extends StoreContents {
  kept: KeptRows[]
  unreadable: { key: FileKey; problem: string }[]
}

/** Rows of a kind at a resolution in all files. */
export interface KeptRows {
  kind: string
  resolution: Resolution | 'raw'
  /** Files: days of raw rows and minutes, months of hours, years of days. */
  files: number
  rows: number
  /** Their share of the files by cells. */
  bytes: number
}

export async function readStats(files: DayFiles, floors: RawFloors): Promise<TelemetryStats> {
  const kept = new Map<string, KeptRows>()
  const unreadable: TelemetryStats['unreadable'] = []
  let [bytes, open] = [0, 0]
  for (const key of files.keys()) {
    const { sealed, shares } = await files
      .use(key, async (file) => ({ sealed: file.sealed, shares: await sharesOf(files, file) }))
      .catch(async (error: unknown) => {
        if (isFatal(error)) throw error
        if (isDamage(error)) await files.setAsideDamaged()
        if (files.has(key)) unreadable.push({ key, problem: error instanceof Error ? error.message : String(error) })
        return { sealed: true, shares: [] }
      })
    const size = files.bytes(key)
    bytes += size
    if (isDay(key) && !sealed) open++
    for (const { table, rows, share } of shares) {
      const known = kept.get(table) ?? { ...contentsOf(table), files: 0, rows: 0, bytes: 0 }
      kept.set(table, { ...known, files: known.files + 1, rows: known.rows + rows, bytes: known.bytes + Math.round(size * share) })
    }
  }
  const [days, damaged, { leftOut }] = [files.days(), files.damaged(), floors]
  const [oldest, newest] = [days[0], days.at(-1)]
  return {
    ...{ bytes, oldest: oldest === undefined ? null : startOfDay(oldest), newest: newest === undefined ? null : endOfDay(newest) },
    ...{ days: days.length, open, unreadable },
    ...{ kept: [...kept.values()].sort((a, b) => (a.kind + a.resolution < b.kind + b.resolution ? -1 : 1)), leftOut, damaged },
  }
}

async function sharesOf(files: DayFiles, file: DayFile): Promise<{ table: string; rows: number; share: number }[]> {
  const found = await files.reading((connection) =>
    connection.runAndReadAll(
      `SELECT table_name, estimated_size::DOUBLE FROM duckdb_tables() WHERE database_name = ${quotedText(file.key)} AND NOT starts_with(table_name, '@')`,
    ),
  )
  const tables = (found.getRows() as [string, number][]).map(([table, rows]) => ({
    ...{ table, rows },
    cells: rows * (2 + (file.columns.get(table)?.length ?? 0)),
  }))
  const all = tables.reduce((sum, { cells }) => sum + cells, 0)
  return tables.map(({ table, rows, cells }) => ({ table, rows, share: all === 0 ? 0 : cells / all }))
}
