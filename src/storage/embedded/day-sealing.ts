import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, quoted } from './day-name.ts'

/** Rows sorted at once: what merging them needs stays far under the memory limit. */
const ROWS_AT_ONCE = 250_000

/**
 * Rewrites a finished day sorted by facility and time with each row once, and puts the new file in the place of the old.
 * Readers go on meanwhile. False when a late row came in between: the old file stays, and a later look tries again.
 */
export async function sealDay(files: DayFiles, day: Day): Promise<boolean> {
  const writes = files.writes(day)
  const sealed = await files.use(day, (file) => (file.sealed ? Promise.resolve(false) : copySorted(files, file)))
  if (!sealed) return false
  return files.exclusively(day, () => {
    if (files.writes(day) !== writes) files.discardUnfinished(day)
    else files.finish(day)
    return files.writes(day) === writes
  })
}

async function copySorted(files: DayFiles, file: DayFile): Promise<boolean> {
  const { sealing } = files.connections
  const target = quoted(`sealing ${file.day}`)
  await files.begin(sealing, file.day, target)
  try {
    await sealing.run(`INSERT INTO ${target}.main."@facility" SELECT number, id FROM ${file.database}.main."@facility" ORDER BY number`)
    for (const [kind, columns] of [...file.columns]) await copyKind(files, file, kind, columns, target)
    await sealing.run(`UPDATE ${target}.main."@layout" SET sealed = true`)
    await sealing.run(`FORCE CHECKPOINT ${target}`)
  } finally {
    await sealing.run(`DETACH ${target}`)
  }
  return true
}

async function copyKind(files: DayFiles, file: DayFile, kind: string, columns: readonly string[], target: string): Promise<void> {
  const { sealing } = files.connections
  const names = columns.map(quoted)
  const source = `${file.database}.main.${quoted(kind)}`
  const copy = `${target}.main.${quoted(kind)}`
  await sealing.run(
    `CREATE TABLE ${copy} (${['"@at" BIGINT', '"@facility" INTEGER', ...names.map((name) => `${name} DOUBLE`)].join(', ')})`,
  )
  const counts = await sealing.runAndReadAll(`SELECT "@facility", count(*)::DOUBLE FROM ${source} GROUP BY 1 ORDER BY 1`)
  for (const [first, last] of portions(counts.getRows() as [number, number][])) {
    const where = `WHERE "@facility" BETWEEN ${first} AND ${last}`
    const [[rows, distinct] = []] = (
      await sealing.runAndReadAll(`SELECT count(*)::DOUBLE, count(DISTINCT ("@facility", "@at"))::DOUBLE FROM ${source} ${where}`)
    ).getRows()
    const values = rows === distinct ? names : names.map((name) => `arg_max(${name}, rowid)`)
    const group = rows === distinct ? '' : 'GROUP BY "@at", "@facility"'
    await sealing.run(
      `INSERT INTO ${copy} SELECT ${['"@at"', '"@facility"', ...values].join(', ')} FROM ${source} ${where} ${group} ORDER BY "@facility", "@at"`,
    )
  }
}

/** Ranges of facilities with about as many rows as are sorted at once. */
function portions(counts: readonly [facility: number, rows: number][]): [number, number][] {
  const ranges: [number, number][] = []
  let size = Number.POSITIVE_INFINITY
  for (const [facility, rows] of counts) {
    if (size + rows > ROWS_AT_ONCE) {
      ranges.push([facility, facility])
      size = 0
    }
    ;(ranges.at(-1) as [number, number])[1] = facility
    size += rows
  }
  return ranges
}
