import { existsSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { LamplighterError } from '../../errors.ts'
import type { FacilityDescription } from '../../facilities/plant.ts'
import type { AuditSource } from '../audit-chain.ts'
import type { PeopleStore } from '../people-store.ts'
import type { AppliedThrough, AuditRecord } from '../state-store.ts'
import { auditTable } from './audit-table.ts'
import { syncingMeanwhile } from './durable-write.ts'
import { sqlitePeopleStore } from './people-store.ts'
import { inTransaction, openingProblem } from './state-database.ts'
import { migrations } from './state-migrations.ts'
import { type FacilityRow, toFacility } from './state-rows.ts'
import { Statements } from './statements.ts'

/** Pages copied while nobody else can use the database: about a millisecond. */
const PAGES_PER_STEP = 64
/** Rows counted in one go. */
const ROWS_PER_STEP = 20_000

/** How far the state accounts for the journal. */
export interface StatePositions {
  /** Number of migrations the file has had. */
  schema: number
  storedThrough: number
  detectedThrough: number
  appliedThrough: AppliedThrough
}

/** The file of a state store as whoever looks after the data folder sees it: whole, whatever it says. */
export interface StateFile {
  readonly path: string
  positions(): StatePositions
  /** What is registered. */
  facilities(): FacilityDescription[]
  audit(record: AuditRecord): void
  /** Null in a file that has not had all migrations. */
  people(): PeopleStore | null
  transaction<T>(work: () => T): T
  /** Null in a file of a program that did not chain it. */
  auditChain(): AuditSource | null
  /** Rows of each table; others have their turn in between. */
  tables(): Promise<{ table: string; rows: number }[]>
  /** Bytes of the database, and those of them that hold nothing. */
  size(): { bytes: number; unused: number }
  /** A copy as of one moment near the end, while the store is in use; on disk when it resolves. `signal` is heard between two steps. */
  copyTo(target: string, signal: AbortSignal, onProgress: (done: number, total: number) => void): Promise<void>
  /** Writes the file anew without what holds nothing; nobody can use it meanwhile. */
  shrink(): void
}

const numberOf = (db: DatabaseSync, sql: string) => Object.values(db.prepare(sql).get() as Record<string, number>)[0] as number

export function statePositions(db: DatabaseSync): StatePositions {
  const row = db.prepare('SELECT stored_position, detected_position, applied_position, applied_tick FROM progress').get()
  return {
    schema: numberOf(db, 'PRAGMA user_version'),
    storedThrough: row?.stored_position as number,
    detectedThrough: row?.detected_position as number,
    appliedThrough: { position: row?.applied_position as number, tick: row?.applied_tick as number },
  }
}

export function stateFile(db: DatabaseSync, path: string): StateFile {
  const number = (sql: string) => numberOf(db, sql)
  const sql = new Statements(db)
  const table = auditTable(sql)
  return {
    path,
    positions: () => statePositions(db),
    facilities: () => (db.prepare('SELECT * FROM facility ORDER BY number').all() as unknown as FacilityRow[]).map(toFacility),
    audit: (record) => inTransaction(db, () => (isChained(db) ? table.append(record) : appendUnchained(db, record))),
    people: () => (statePositions(db).schema === migrations.length ? sqlitePeopleStore(sql) : null),
    transaction: (work) => inTransaction(db, work),
    auditChain: () => (isChained(db) ? table : null),
    async tables() {
      const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name").all()
      const counted: { table: string; rows: number }[] = []
      for (const { name } of tables) counted.push({ table: name as string, rows: await countRows(db, name as string) })
      return counted
    },
    size() {
      const page = number('PRAGMA page_size')
      return { bytes: page * number('PRAGMA page_count'), unused: page * number('PRAGMA freelist_count') }
    },
    async copyTo(target, signal, onProgress) {
      const copying = backup(db, target, {
        rate: PAGES_PER_STEP,
        progress({ totalPages, remainingPages }) {
          signal.throwIfAborted()
          onProgress(totalPages - remainingPages, totalPages)
        },
      })
      // The last step brings the rest to disk, and everybody waits for it.
      await syncingMeanwhile(target, copying)
    },
    shrink() {
      db.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)')
    },
  }
}

const isChained = (db: DatabaseSync) => db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_hash'").get() !== undefined

/** The program that opens the file next will chain it. */
function appendUnchained(db: DatabaseSync, { at, by, action, subject, detail }: AuditRecord): void {
  db.prepare('INSERT INTO audit (at, by, action, subject, detail) VALUES (?, ?, ?, ?, ?)').run(at, by, action, subject, detail)
}

async function countRows(db: DatabaseSync, table: string): Promise<number> {
  const next = db.prepare(
    `SELECT count(*) AS rows, max(at) AS last FROM (SELECT rowid AS at FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT ?)`,
  )
  let rows = 0
  for (let after: number | null = 0; after !== null; await setImmediate()) {
    const found = next.get(after, ROWS_PER_STEP) as { rows: number; last: number | null }
    rows += found.rows
    after = found.rows < ROWS_PER_STEP ? null : found.last
  }
  return rows
}

/**
 * Opens the state file of a stopped server as it is, of whatever version, and keeps everybody else away from it. Throws `store-unavailable` with
 * what to do when it is missing, damaged or in use.
 */
export function openStateFile(path: string): StateFile & { close(): unknown } {
  if (!existsSync(path)) throw new LamplighterError('store-unavailable', `${path} does not exist: that is no data folder of Lamplighter.`)
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 1000 })
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT')
    db.prepare('SELECT stored_position FROM progress').get()
  } catch (error) {
    if (db?.isOpen) db.close()
    throw new LamplighterError('store-unavailable', openingProblem(path, error), error)
  }
  const opened = db
  return Object.assign(stateFile(db, path), { close: () => opened.isOpen && opened.close() })
}
