import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type Day, dayFileName, dayOfFile, quoted, quotedText } from './day-name.ts'

/** Day files kept attached: a month of queries finds its files open. */
const MOST_ATTACHED = 40
/** Suffix of a file that is not a day's file yet; left over only by a crash. */
const UNFINISHED = '.unfinished'

/** An attached day file, with what its tables hold. */
export interface DayFile {
  readonly day: Day
  /** Name of the database in SQL, quoted. */
  readonly database: string
  /** Columns of each kind's table, in order, without time and facility. */
  readonly columns: Map<string, string[]>
  readonly numbers: Map<string, number>
  readonly facilities: string[]
  /** Sorted and free of repeated rows. */
  sealed: boolean
}

interface Attached {
  file: DayFile
  users: number
  lastUsed: number
  stale: boolean
}

export interface Connections {
  writing: DuckDBConnection
  reading: DuckDBConnection
  attaching: DuckDBConnection
  sealing: DuckDBConnection
}

/** The folder of day files: one DuckDB file per UTC day, attached when it is needed. */
export class DayFiles {
  readonly connections: Connections
  readonly #folder: string
  readonly #instance: DuckDBInstance
  readonly #days: Set<Day>
  readonly #attached = new Map<Day, Promise<Attached>>()
  /** Days nobody may begin to use until the promise resolves. */
  readonly #closed = new Map<Day, Promise<void>>()
  /** Writes to each day, so that sealing can tell whether one came in between. */
  readonly #writes = new Map<Day, number>()
  readonly #onIdle = new Set<() => void>()
  #uses = 0

  private constructor(folder: string, instance: DuckDBInstance, connections: Connections) {
    this.#folder = folder
    this.#instance = instance
    this.connections = connections
    this.#days = new Set(readdirSync(folder).flatMap((name) => dayOfFile(name) ?? []))
  }

  static async open(folder: string): Promise<DayFiles> {
    mkdirSync(folder, { recursive: true })
    const spill = join(folder, 'spill')
    rmSync(spill, { recursive: true, force: true })
    for (const name of readdirSync(folder)) if (name.includes(UNFINISHED)) rmSync(join(folder, name), { force: true })
    const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MB', temp_directory: spill })
    const [writing, reading, attaching, sealing] = await Promise.all([
      instance.connect(),
      instance.connect(),
      instance.connect(),
      instance.connect(),
    ])
    return new DayFiles(folder, instance, { writing, reading, attaching, sealing })
  }

  /** Days that have a file, oldest first. */
  days(): Day[] {
    return [...this.#days].sort()
  }

  path(day: Day): string {
    return join(this.#folder, dayFileName(day))
  }

  unfinishedPath(day: Day): string {
    return this.path(day) + UNFINISHED
  }

  /** Runs `work` while the day's file is attached; creates the file if there is none. */
  async use<T>(day: Day, work: (file: DayFile) => Promise<T>): Promise<T> {
    while (this.#closed.has(day)) await this.#closed.get(day)
    let attaching = this.#attached.get(day)
    if (!attaching) {
      attaching = this.#attach(day)
      this.#attached.set(day, attaching)
      attaching.catch(() => this.#attached.delete(day))
    }
    attaching = attaching.then((attached) => {
      attached.users++
      return attached
    })
    const attached = await attaching
    attached.lastUsed = ++this.#uses
    try {
      if (attached.stale) {
        attached.file = await this.#describe(day)
        attached.stale = false
      }
      return await work(attached.file)
    } catch (error) {
      // What a failed transaction did to the tables is undone: look again before the next use.
      attached.stale = true
      throw error
    } finally {
      attached.users--
      for (const wake of this.#onIdle) wake()
      await this.#detachUnused()
    }
  }

  /** Runs `work` while nobody uses the day and its file is detached and whole on its own, without a log beside it. */
  async exclusively<T>(day: Day, work: () => T): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>()
    while (this.#closed.has(day)) await this.#closed.get(day)
    this.#closed.set(day, promise)
    try {
      const attached = await this.#attached.get(day)
      while (attached && attached.users > 0) await this.#nextIdle()
      if (attached) {
        // Forced: it waits for transactions that have ended but are not cleared away yet.
        await this.connections.attaching.run(`FORCE CHECKPOINT ${quoted(day)}`)
        await this.#detach(day)
      }
      return work()
    } finally {
      this.#closed.delete(day)
      resolve()
    }
  }

  /** Counts a write to the day. */
  written(day: Day): void {
    this.#writes.set(day, this.writes(day) + 1)
  }

  writes(day: Day): number {
    return this.#writes.get(day) ?? 0
  }

  /** Puts the unfinished file in the place of the day's file; call inside `exclusively`. */
  finish(day: Day): void {
    // A log left beside the old file would be applied to the new one.
    if (existsSync(`${this.path(day)}.wal`)) throw new Error(`${day} still has a log`)
    renameSync(this.unfinishedPath(day), this.path(day))
    const folder = openSync(this.#folder, 'r')
    fsyncSync(folder)
    closeSync(folder)
    this.#days.add(day)
  }

  /** Removes a day for good; call inside `exclusively`. */
  remove(day: Day): void {
    rmSync(this.path(day), { force: true })
    rmSync(`${this.path(day)}.wal`, { force: true })
    this.#days.delete(day)
  }

  discardUnfinished(day: Day): void {
    for (const end of ['', '.wal']) rmSync(this.unfinishedPath(day) + end, { force: true })
  }

  /** Attaches an empty unfinished file for the day under `database`, with its dictionary. */
  async begin(connection: DuckDBConnection, day: Day, database: string): Promise<void> {
    this.discardUnfinished(day)
    await connection.run(`ATTACH ${quotedText(this.unfinishedPath(day))} AS ${database}`)
    await connection.run(`CREATE TABLE ${database}.main."@facility" (number INTEGER, id VARCHAR)`)
    await connection.run(`CREATE TABLE ${database}.main."@layout" (version INTEGER, sealed BOOLEAN)`)
    await connection.run(`INSERT INTO ${database}.main."@layout" VALUES (1, false)`)
  }

  async close(): Promise<void> {
    for (const day of [...this.#attached.keys()]) await this.#detach(day).catch(() => {})
    for (const connection of Object.values(this.connections)) connection.closeSync()
    this.#instance.closeSync()
  }

  async #attach(day: Day): Promise<Attached> {
    const { attaching } = this.connections
    if (!this.#days.has(day)) {
      // Made under another name, so that a crash leaves no half-made day.
      const fresh = quoted(`new ${day}`)
      await this.begin(attaching, day, fresh)
      await attaching.run(`CHECKPOINT ${fresh}`)
      await attaching.run(`DETACH ${fresh}`)
      this.finish(day)
    }
    await attaching.run(`ATTACH ${quotedText(this.path(day))} AS ${quoted(day)}`)
    return { file: await this.#describe(day), users: 0, lastUsed: 0, stale: false }
  }

  async #describe(day: Day): Promise<DayFile> {
    const { attaching } = this.connections
    const rows = async (sql: string) => (await attaching.runAndReadAll(sql)).getRows()
    const columns = new Map<string, string[]>()
    const found = await rows(
      `SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ${quotedText(day)} ORDER BY 1, column_index`,
    )
    for (const [table, column] of found as [string, string][]) {
      if (table.startsWith('@')) continue
      const known = columns.get(table) ?? []
      columns.set(table, known)
      if (!column.startsWith('@')) known.push(column)
    }
    const database = quoted(day)
    const facilities = (await rows(`SELECT id FROM ${database}.main."@facility" ORDER BY number`)).map(([id]) => id as string)
    const sealed = (await rows(`SELECT sealed FROM ${database}.main."@layout"`))[0]?.[0] === true
    return { day, database, columns, facilities, numbers: new Map(facilities.map((id, i) => [id, i])), sealed }
  }

  async #detachUnused(): Promise<void> {
    if (this.#attached.size <= MOST_ATTACHED) return
    const attached = await Promise.all([...this.#attached.values()])
    const unused = attached.filter(({ users, file }) => users === 0 && !this.#closed.has(file.day))
    const oldest = unused.sort((a, b) => a.lastUsed - b.lastUsed)[0]
    // When it fails the file stays attached, and the next use tries again.
    if (oldest) await this.exclusively(oldest.file.day, () => {}).catch(() => {})
  }

  async #nextIdle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onIdle.add(resolve)
    await promise
    this.#onIdle.delete(resolve)
  }

  async #detach(day: Day): Promise<void> {
    await this.connections.attaching.run(`DETACH ${quoted(day)}`)
    this.#attached.delete(day)
  }
}
