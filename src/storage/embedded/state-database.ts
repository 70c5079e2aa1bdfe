import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LamplighterError } from '../../errors.ts'
import { migrations } from './state-migrations.ts'

/** Extended result codes: unique index, primary key. */
const UNIQUE_CONSTRAINTS = [2067, 1555]
const CONSTRAINT = 19

/** Opens the file, makes commits durable, brings the schema up to date. Throws `store-unavailable` with what, where and what to do. */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
    db = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 })
    // What is erased, as how to reach somebody, is overwritten too where that costs no write of its own.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;')
    // Password hashes and secrets of second factors are in it.
    if (file !== ':memory:') for (const path of [file, `${file}-wal`].filter(existsSync)) chmodSync(path, 0o600)
    migrate(db, file)
    return db
  } catch (error) {
    if (db?.isOpen) db.close()
    if (error instanceof LamplighterError) throw error
    throw new LamplighterError('store-unavailable', openingProblem(file, error), error)
  }
}

export function openingProblem(file: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  if (/malformed|not a database/.test(reason)) {
    return `The state file ${file} is damaged (${reason}). Restore it from a backup, or move it away to start with an empty state.`
  }
  if (/database is locked/.test(reason)) {
    return `Another Lamplighter uses the data folder of ${file}. Stop it, or give this one a folder of its own.`
  }
  return `The state file ${file} cannot be opened for writing (${reason}). Check that its folder exists, belongs to the user of this program and has free space.`
}

function migrate(db: DatabaseSync, file: string): void {
  const version = (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
  if (version > migrations.length) {
    throw new LamplighterError(
      'store-unavailable',
      `The state file ${file} was written by a newer program (schema ${version}, this one knows ${migrations.length}). Start the newer program, or restore a backup made before the upgrade.`,
    )
  }
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (version === 0 && tables > 0) {
    throw new LamplighterError('store-unavailable', `The file ${file} is a database of another program. Name another data folder.`)
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue
    // One transaction per step: a crash in between leaves the file at a whole version.
    db.exec(`BEGIN IMMEDIATE; ${step} PRAGMA user_version = ${index + 1}; COMMIT;`)
  }
  if (version > 0) checkSchema(db, file, version)
}

/** A program between two releases makes files that have the number of a release and not its schema: they would fail only later, at some step. */
function checkSchema(db: DatabaseSync, file: string, version: number): void {
  const present = new Set(schemaParts(db))
  const pattern = new DatabaseSync(':memory:')
  pattern.exec(migrations.join(''))
  const missing = schemaParts(pattern).filter((part) => !present.has(part))
  pattern.close()
  if (missing.length === 0) return
  const some = missing.slice(0, 3).join(', ')
  throw new LamplighterError(
    'store-unavailable',
    `The state file ${file} was written by an unfinished program (schema ${version} without ${some}${missing.length > 3 ? ', …' : ''}). Restore a backup made by a released one, or move it away to start with an empty state.`,
  )
}

/** Tables with their columns and types, indexes with their columns, triggers. */
function schemaParts(db: DatabaseSync): string[] {
  const rows = db
    .prepare(
      `SELECT type, name, coalesce(
         (SELECT group_concat(trim(name || ' ' || type)) FROM pragma_table_info(s.name)),
         (SELECT group_concat(coalesce(name, '?')) FROM pragma_index_info(s.name)), '') AS columns
       FROM sqlite_schema s WHERE name NOT LIKE 'sqlite%'`,
    )
    .all()
  return rows.map(({ type, name, columns }) => `${type} ${name} (${columns})`)
}

/** Turns errors of SQLite into ours; others pass as they are. */
export function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const code = sqliteCode(error)
    if (code === undefined) throw error
    const reason = (error as Error).message
    if (UNIQUE_CONSTRAINTS.includes(code)) throw new LamplighterError('action-refused', `It is there already (${reason}).`, error)
    if ((code & 0xff) === CONSTRAINT) throw new LamplighterError('action-refused', `The state store refuses it (${reason}).`, error)
    throw new LamplighterError('store-unavailable', `The state store cannot be used (${reason}). Check the disk of the data folder.`, error)
  }
}

function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}

/** Runs `work` in a transaction; inside another one as a savepoint, so that a failure that is caught further out undoes its own part only. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  const nested = db.isTransaction
  guarded(() => db.exec(nested ? 'SAVEPOINT nested' : 'BEGIN IMMEDIATE'))
  try {
    const result = work()
    guarded(() => db.exec(nested ? 'RELEASE nested' : 'COMMIT'))
    return result
  } catch (error) {
    // SQLite itself has rolled back after some errors (disk full, input/output).
    if (db.isTransaction) db.exec(nested ? 'ROLLBACK TO nested; RELEASE nested' : 'ROLLBACK')
    throw error
  }
}
