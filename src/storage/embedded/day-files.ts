import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { LamplighterError } from '../../errors.ts'
import { type DayFile, describeDay } from './day-file.ts'
import { type Day, dayFileName, dayOfFile, quoted, quotedText } from './day-name.ts'

/** Day files kept attached: a month of queries finds its files open. */
const MOST_ATTACHED = 40
/** Suffix of a file that is not a day's file yet; left over only by a crash. */
const UNFINISHED = '.unfinished'

interface Attached {
  readonly file: DayFile
  users: number
  lastUsed: number
  /** A write is under way, or failed: what it did to the tables is undone, or was committed without saying so. */
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
  #ended = false

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

  /** One more connection, to be closed by who asked for it. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect()
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
  use<T>(day: Day, work: (file: DayFile) => Promise<T>): Promise<T> {
    return this.#hold(day, ({ file }) => work(file))
  }

  /**
   * Like `use`, for the one write under way: only it may change the tables, and it changes `file` only by what is committed.
   * After a failed write the next one looks at the tables again; readers need not, what they know is still there.
   */
  change(day: Day, work: (file: DayFile) => Promise<void>): Promise<void> {
    return this.#hold(day, async (attached) => {
      if (attached.stale) Object.assign(attached.file, await describeDay(this.connections.attaching, day, this.path(day)))
      attached.stale = true
      try {
        await work(attached.file)
        attached.stale = false
      } finally {
        // Counted at the end: a write that began before sealing did may be committed after the rows were copied.
        this.#writes.set(day, this.writes(day) + 1)
      }
    })
  }

  /** Runs `work` while nobody uses the day and its file is detached and whole on its own, without a log beside it. */
  async exclusively<T>(day: Day, work: () => T): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>()
    // No await may come between the last look and what follows.
    while (this.#closed.has(day)) await this.#closed.get(day)
    this.#refuseWhenEnded()
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

  /** Writes to the day that have ended. */
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

  /** Moves a day to another folder of the same disk, with its log if it has one; call inside `exclusively`. */
  moveAway(day: Day, target: string): void {
    renameSync(this.path(day), target)
    if (existsSync(`${this.path(day)}.wal`)) renameSync(`${this.path(day)}.wal`, `${target}.wal`)
    this.#days.delete(day)
  }

  discardUnfinished(day: Day): void {
    for (const end of ['', '.wal']) rmSync(this.unfinishedPath(day) + end, { force: true })
  }

  /** Attaches an empty unfinished file for the day under `database`, with its dictionary. */
  async begin(connection: DuckDBConnection, day: Day, database: string): Promise<void> {
    // An earlier attempt that failed may have left it attached.
    await connection.run(`DETACH DATABASE IF EXISTS ${database}`)
    this.discardUnfinished(day)
    await connection.run(`ATTACH ${quotedText(this.unfinishedPath(day))} AS ${database}`)
    await connection.run(`CREATE TABLE ${database}.main."@facility" (number INTEGER, id VARCHAR)`)
    await connection.run(`CREATE TABLE ${database}.main."@layout" (version INTEGER, sealed BOOLEAN)`)
    await connection.run(`INSERT INTO ${database}.main."@layout" VALUES (1, false)`)
  }

  /** Waits for those who use a day; nobody may begin to. */
  async close(): Promise<void> {
    this.#ended = true
    for (const attaching of [...this.#attached.values()]) {
      const attached = await attaching.catch(() => null)
      while (attached && attached.users > 0) await this.#nextIdle()
    }
    await Promise.all(this.#closed.values())
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
    try {
      return { file: await describeDay(attaching, day, this.path(day)), users: 0, lastUsed: 0, stale: false }
    } catch (error) {
      await attaching.run(`DETACH ${quoted(day)}`)
      throw error
    }
  }

  #refuseWhenEnded(): void {
    if (this.#ended) throw new LamplighterError('store-unavailable', 'the telemetry files are closed')
  }

  async #hold<T>(day: Day, work: (attached: Attached) => Promise<T>): Promise<T> {
    // No await may come between the last look and what follows.
    while (this.#closed.has(day)) await this.#closed.get(day)
    this.#refuseWhenEnded()
    let attaching = this.#attached.get(day)
    if (!attaching) {
      attaching = this.#attach(day)
      this.#attached.set(day, attaching)
      attaching.catch(() => this.#attached.delete(day))
    }
    // Counted in the same step in which it is attached, before anyone can find it unused.
    const attached = await attaching.then((found) => {
      found.users++
      return found
    })
    attached.lastUsed = ++this.#uses
    try {
      return await work(attached)
    } finally {
      attached.users--
      for (const wake of this.#onIdle) wake()
      await this.#detachUnused()
    }
  }

  async #detachUnused(): Promise<void> {
    if (this.#attached.size <= MOST_ATTACHED) return
    // A day that cannot be attached is the trouble of those who asked for it.
    const settled = await Promise.allSettled(this.#attached.values())
    const attached = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
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
