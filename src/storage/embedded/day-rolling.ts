import type { DuckDBConnection } from '@duckdb/node-api'
import { offsetOf } from '../bucket-series.ts'
import { pointOfColumn } from '../column-name.ts'
import type { DayFile } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { type Day, daysFileOf, endOfDay, type FileKey, hoursFileOf, quoted, quotedText, startOfDay } from './day-name.ts'
import { type Copy, createTable, portionsOf } from './day-sealing.ts'
import {
  contentsOf,
  foldRaw,
  foldRolled,
  lengthOf,
  partNames,
  partsAs,
  type Resolution,
  rolledColumns,
  rolledParts,
  rolledPoints,
  rolledTable,
  storedParts,
} from './resolution.ts'

/**
 * Puts the hours and the calendar days of a sealed UTC day into the files of its month and year; what was made of the day before goes.
 * A row stands at the beginning of the hour or day, or of the UTC day where that cuts it, so it is of one UTC day and readers merge.
 * `offset`: how far local days begin behind UTC days, ms. False when the day is not sealed or its roll-ups are as they should be.
 */
export async function rollDay(files: DayFiles, day: Day, offset: number): Promise<boolean> {
  const stamp = await files.sealedStamp(day)
  if (stamp === null) return false
  const hours = hoursFileOf(day)
  const made = await rollInto(files, day, day, hours, { stamp, offset, resolution: 'hour' })
  return (await rollInto(files, day, hours, daysFileOf(day), { stamp, offset, resolution: 'day' })) || made
}

/** How far local days began behind UTC days, ms, when the newest roll-ups were made; undefined when there are none. */
export async function recordedOffset(files: DayFiles): Promise<number | undefined> {
  const newest = files.keys().findLast((key) => key === daysFileOf(key))
  return newest === undefined ? undefined : files.use(newest, async ({ rolled }) => [...rolled.values()].at(-1)?.offset)
}

/** Marks what was made of days before their file was lost, so that nothing that comes later takes its place. */
export async function keepLost(files: DayFiles): Promise<void> {
  for (const day of [...files.lost]) {
    for (const key of [hoursFileOf(day), daysFileOf(day)])
      if (files.has(key))
        await files.changeAtWill(key, async ({ database, rolled }) => {
          if (!rolled.has(day)) return
          const table = `${database}.main."@rolled"`
          await files.connections.sealing.run(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS lost BOOLEAN`)
          await files.connections.sealing.run(`UPDATE ${table} SET lost = true WHERE day = ${quotedText(day)}`)
        })
    files.lost.delete(day)
  }
}

interface Rolling {
  stamp: string
  offset: number
  resolution: Resolution
}

async function rollInto(files: DayFiles, day: Day, from: FileKey, into: FileKey, rolling: Rolling): Promise<boolean> {
  const known = await files.use(into, async ({ rolled }) => rolled.get(day))
  const isKnown = known?.stamp === rolling.stamp && known.offset === rolling.offset
  if (isKnown || known?.isLost) return false
  // In the order in which files are held.
  await files.use(from, (source) =>
    files.changeAtWill(into, (target) => rollFile(files.connections.sealing, source, target, day, known !== undefined, rolling)),
  )
  return true
}

async function rollFile(
  connection: DuckDBConnection,
  source: DayFile,
  target: DayFile,
  day: Day,
  again: boolean,
  { stamp, offset, resolution }: Rolling,
): Promise<void> {
  const inside = `"@at" >= ${startOfDay(day)} AND "@at" < ${endOfDay(day)}`
  await connection.run('BEGIN')
  try {
    await connection.run(`UPDATE ${target.database}.main."@layout" SET sealed = false`)
    await connection.run(
      `INSERT INTO ${target.database}.main."@facility" SELECT (SELECT coalesce(max(number) + 1, 0) FROM ${target.database}.main."@facility") + row_number() OVER (ORDER BY number) - 1, id
       FROM ${source.database}.main."@facility" WHERE id NOT IN (SELECT id FROM ${target.database}.main."@facility")`,
    )
    for (const [kind, table] of sourcesOf(source, resolution)) {
      const points = pointsOf(source.columns.get(table) ?? [])
      const name = rolledTable(kind, resolution)
      await addColumns(connection, target, name, points.flatMap(rolledColumns))
      if (again) await connection.run(`DELETE FROM ${target.database}.main.${quoted(name)} WHERE ${inside}`)
      const start = `greatest(${startOfBucket(lengthOf[resolution], offset)}, ${startOfDay(day)})`
      await insertRolled(connection, { source, table, inside, start }, `${target.database}.main`, name)
    }
    await connection.run(`DELETE FROM ${target.database}.main."@rolled" WHERE day = ${quotedText(day)}`)
    await connection.run(
      `INSERT INTO ${target.database}.main."@rolled" (day, stamp, "offset") VALUES (${quotedText(day)}, ${quotedText(stamp)}, ${offset})`,
    )
    await connection.run('COMMIT')
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => {}) // the failure to report is the first one
    throw error
  }
}

const startOfBucket = (length: number, offset: number) => {
  const within = offsetOf(offset, length)
  return `(("@at" - ${within}) // ${length}) * ${length} + ${within}`
}

/** Of each kind the table to make roll-ups of: raw rows where there are some. */
function sourcesOf({ columns }: DayFile, resolution: Resolution): Map<string, string> {
  const sources = new Map<string, string>()
  for (const table of columns.keys()) {
    const { kind, resolution: held } = contentsOf(table)
    const fits = resolution === 'day' ? held === 'hour' : held === 'raw' || (held === 'minute' && !columns.has(kind))
    if (fits) sources.set(kind, table)
  }
  return sources
}

/** Points of which a table, of raw rows or of roll-ups, holds good values. */
function pointsOf(columns: readonly string[]): string[] {
  const rolled = rolledPoints(columns)
  return rolled.length > 0 ? rolled : columns.filter((column) => pointOfColumn(column).good)
}

async function addColumns(connection: DuckDBConnection, file: DayFile, table: string, columns: readonly string[]): Promise<void> {
  const known = file.columns.get(table)
  const name = `${file.database}.main.${quoted(table)}`
  if (!known) await createTable(connection, name, columns)
  else
    for (const column of columns)
      if (!known.includes(column)) await connection.run(`ALTER TABLE ${name} ADD COLUMN ${quoted(column)} DOUBLE`)
}

interface RolledSource {
  source: DayFile
  table: string
  /** Which of its rows. */
  inside: string
  /** The beginning of a row's bucket. */
  start: string
}

/** Folds a table in portions of facilities, which have their numbers in the target by their ids. */
async function insertRolled(connection: DuckDBConnection, { source, table, inside, start }: RolledSource, target: string, name: string) {
  const columns = source.columns.get(table) ?? []
  const isRolled = rolledPoints(columns).length > 0
  const points = pointsOf(columns)
  if (points.length === 0) return
  const from = `${source.database}.main.${quoted(table)}`
  const folds = points.flatMap((point, i) => partsAs(isRolled ? foldRolled(rolledParts(point)) : foldRaw(quoted(point)), i))
  const stored = points.flatMap((_, i) => storedParts(partNames(i)))
  for (const [first, last] of await portionsOf(connection, `(SELECT "@facility" FROM ${from} WHERE ${inside})`))
    await connection.run(
      `INSERT INTO ${target}.${quoted(name)} ("@at", "@facility", ${points.flatMap(rolledColumns).map(quoted).join(', ')})
       SELECT start, ours.number AS number, ${stored.join(', ')}
       FROM (SELECT ${start} AS start, "@facility" AS theirs, ${folds.join(', ')}
             FROM ${from} WHERE ${inside} AND "@facility" BETWEEN ${first} AND ${last} GROUP BY 1, 2) AS folded
       JOIN ${source.database}.main."@facility" AS given ON given.number = theirs JOIN ${target}."@facility" AS ours ON ours.id = given.id
       ORDER BY number, start`,
    )
}

/** Puts a kind's minutes in the place of its raw rows. */
export const copyAsMinutes: Copy = async (connection, file, table, target) => {
  const points = pointsOf(file.columns.get(table) ?? [])
  const name = rolledTable(table, 'minute')
  await createTable(connection, `${target}.main.${quoted(name)}`, points.flatMap(rolledColumns))
  const start = startOfBucket(lengthOf.minute, 0)
  await insertRolled(connection, { source: file, table, inside: 'true', start }, `${target}.main`, name)
}
