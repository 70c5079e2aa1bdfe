import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { LamplighterError } from '../../errors.ts'
import { type DayFile, describeFile, LAYOUT, type Layout, NEW_FILE, readLayout } from './day-file.ts'
import { type Day, type FileKey, fileName, isDay, keyOfFile, quoted, quotedText } from './day-name.ts'
import { syncFolder } from './durable-write.ts'
import { FacilityNames } from './facility-numbers.ts'
import { isDamage, isStillHeld } from './file-trouble.ts'

/** Files kept attached: a month of queries finds its days open, a year its hours. */
const MOST_ATTACHED = 60
/** Long reads leave others a way past. */
const READERS = 3
/** Suffix of a file that is not a file of the store yet; left over only by a crash. */
const UNFINISHED = '.unfinished'
/** Tries to attach a file that is still held, and ms between them. */
const MOST_TRIES = 500
const BETWEEN_TRIES = 10
/** Suffix of a file that cannot be read. */
const DAMAGED = '.damaged'

interface Attached {
  readonly file: DayFile
  users: number
  lastUsed: number
  /** A write is under way, or failed: what it did to the tables is undone, or was committed without saying so. */
  stale: boolean
}

export interface Connections {
  writing: DuckDBConnection
  attaching: DuckDBConnection
  sealing: DuckDBConnection
}

/** The folder of the store: one DuckDB file per UTC day, and those of roll-ups, attached when they are needed. */
export class DayFiles {
  readonly connections: Connections
  readonly #folder: string
  readonly #setsAside: boolean
  readonly #instance: DuckDBInstance
  readonly #names = new FacilityNames()
  readonly #keys: Set<FileKey>
  readonly #damaged: Set<string>
  /** Days whose file was set aside or moved away, of which what was made before is not marked as kept yet (see `keepLost`). */
  readonly lost = new Set<Day>()
  readonly #readers: DuckDBConnection[]
  readonly #idleReaders: DuckDBConnection[]
  readonly #waitingReaders: ((connection: DuckDBConnection) => void)[] = []
  readonly #attached = new Map<FileKey, Promise<Attached>>()
  /** Files nobody may begin to use until the promise resolves. */
  readonly #closed = new Map<FileKey, Promise<void>>()
  /** Files in use by work that takes long, and by how much of it. */
  readonly #pins = new Map<FileKey, number>()
  /** What is known of the days that are not attached. */
  readonly #layouts = new Map<Day, Layout>()
  /** Writes to each file, so that sealing can tell whether one came in between. */
  readonly #writes = new Map<FileKey, number>()
  /** Files that were in use when damage showed. */
  readonly #suspects = new Set<FileKey>()
  readonly #onIdle = new Set<() => void>()
  /** Hears of a file that cannot be read and was set aside under another name. */
  onDamaged: (name: string, error: unknown) => void = () => {}
  #uses = 0
  #ended = false

  private constructor(folder: string, setsAside: boolean, instance: DuckDBInstance, connections: Connections, readers: DuckDBConnection[]) {
    this.#folder = folder
    this.#setsAside = setsAside
    this.#instance = instance
    this.connections = connections
    this.#readers = readers
    this.#idleReaders = [...readers]
    const names = readdirSync(folder)
    this.#keys = new Set(names.flatMap((name) => keyOfFile(name) ?? []))
    this.#damaged = new Set(names.filter((name) => name.includes(DAMAGED) && !name.endsWith('.wal')))
  }

  /** `setsAside`: whether a file that cannot be read is set aside and a new one takes its place; else whoever asks for it is told. */
  static async open(folder: string, setsAside = true): Promise<DayFiles> {
    mkdirSync(folder, { recursive: true })
    const spill = join(folder, 'spill')
    rmSync(spill, { recursive: true, force: true })
    for (const name of readdirSync(folder)) if (name.includes(UNFINISHED)) rmSync(join(folder, name), { force: true })
    const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '512MB', temp_directory: spill })
    const [writing, attaching, sealing] = await Promise.all([instance.connect(), instance.connect(), instance.connect()])
    const readers = await Promise.all(Array.from({ length: READERS }, () => instance.connect()))
    return new DayFiles(folder, setsAside, instance, { writing, attaching, sealing }, readers)
  }

  /** A connection for work that may take long; whoever asked closes it. */
  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect()
  }

  /** Days that have a file, oldest first. */
  days(): Day[] {
    return this.keys().filter(isDay)
  }

  /** All files, those of roll-ups too, in the order in which several may be held at once. */
  keys(): FileKey[] {
    return [...this.#keys].sort()
  }

  has(key: FileKey): boolean {
    return this.#keys.has(key)
  }

  /** Names of the files that were set aside because they cannot be read. */
  damaged(): string[] {
    return [...this.#damaged].sort()
  }

  get folder(): string {
    return this.#folder
  }

  path(key: FileKey): string {
    return join(this.#folder, fileName(key))
  }

  unfinishedPath(key: FileKey): string {
    return this.path(key) + UNFINISHED
  }

  /** With its log. */
  bytes(key: FileKey): number {
    return ['', '.wal'].reduce((sum, end) => sum + (statSync(this.path(key) + end, { throwIfNoEntry: false })?.size ?? 0), 0)
  }

  /** Runs `work` while the file is attached; creates it if there is none. */
  use<T>(key: FileKey, work: (file: DayFile) => Promise<T>): Promise<T> {
    return this.#hold(key, ({ file }) => work(file))
  }

  /** Like `use`, for work that may take long: nobody waits to have the file alone, which is refused meanwhile. */
  async pin<T>(key: FileKey, work: (file: DayFile) => Promise<T>): Promise<T> {
    // From the last look on it is pinned and attached in one step.
    while (this.#closed.has(key)) await this.#closed.get(key)
    this.#pins.set(key, (this.#pins.get(key) ?? 0) + 1)
    try {
      return await this.use(key, work)
    } finally {
      const left = (this.#pins.get(key) as number) - 1
      if (left === 0) this.#pins.delete(key)
      else this.#pins.set(key, left)
    }
  }

  isPinned(key: FileKey): boolean {
    return this.#pins.has(key)
  }

  /** Runs `work` while all these files are attached. */
  useAll<T>(keys: readonly FileKey[], work: (files: ReadonlyMap<FileKey, DayFile>) => Promise<T>): Promise<T> {
    // Held in one order by all, so that none waits for a file of one who waits for it.
    const sorted = [...new Set(keys)].sort()
    const held = new Map<FileKey, DayFile>()
    const next = (i: number): Promise<T> =>
      i === sorted.length
        ? work(held)
        : this.use(sorted[i] as FileKey, (file) => {
            held.set(file.key, file)
            return next(i + 1)
          })
    return next(0)
  }

  /** Runs `work` with a connection that nobody else uses meanwhile. */
  async reading<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    let connection = this.#idleReaders.pop()
    if (!connection) {
      const { promise, resolve } = Promise.withResolvers<DuckDBConnection>()
      this.#waitingReaders.push(resolve)
      connection = await promise
    }
    try {
      return await work(connection)
    } finally {
      const next = this.#waitingReaders.shift()
      if (next) next(connection)
      else this.#idleReaders.push(connection)
    }
  }

  /**
   * Like `use`, for the one write to this file under way: only it may change the tables, and it changes `file` only by what is committed.
   * After a failed write the next one looks at the tables again; readers need not, what they know is still there.
   */
  change(key: FileKey, work: (file: DayFile) => Promise<void>): Promise<void> {
    return this.#hold(key, async (attached) => {
      if (attached.stale) await this.#describeAgain(attached)
      attached.stale = true
      try {
        await work(attached.file)
        attached.stale = false
      } finally {
        // Counted at the end: a write that began before sealing did may be committed after the rows were copied.
        this.#writes.set(key, this.writes(key) + 1)
      }
    })
  }

  /** Like `change`, for what changes more of the tables than it tells of. */
  changeAtWill(key: FileKey, work: (file: DayFile) => Promise<void>): Promise<void> {
    return this.#hold(key, async (attached) => {
      try {
        await work(attached.file)
      } finally {
        this.#writes.set(key, this.writes(key) + 1)
        await this.#describeAgain(attached)
      }
    })
  }

  /** Runs `work` while nobody uses the file and it is detached and whole on its own, without a log beside it. */
  exclusively<T>(key: FileKey, work: () => T | Promise<T>): Promise<T> {
    return this.#alone(key, true, work)
  }

  /** The stamp of a day that is sealed; null for one that is not, or that a program sealed that gave none. */
  async sealedStamp(day: Day): Promise<string | null> {
    const { sealed, stamp } = (await this.#attached.get(day))?.file ?? this.#layouts.get(day) ?? (await this.#look(day))
    return sealed ? stamp : null
  }

  /** Writes to the file that have ended. */
  writes(key: FileKey): number {
    return this.#writes.get(key) ?? 0
  }

  /** Puts the unfinished file in the place of the file; call inside `exclusively`. */
  async finish(key: FileKey): Promise<void> {
    // A log left beside the old file would be applied to the new one.
    if (existsSync(`${this.path(key)}.wal`)) throw new Error(`${key} still has a log`)
    renameSync(this.unfinishedPath(key), this.path(key))
    await syncFolder(this.#folder)
    this.#keys.add(key)
    this.#layouts.delete(key)
  }

  /** Removes a file for good, even when there is no room for anything. */
  remove(key: FileKey): Promise<void> {
    return this.#alone(key, false, () => {
      rmSync(this.path(key), { force: true })
      rmSync(`${this.path(key)}.wal`, { force: true })
      this.#keys.delete(key)
      this.#layouts.delete(key)
    })
  }

  /** Moves a file to another folder of the same disk, with its log if it has one. */
  moveAway(key: FileKey, target: string): Promise<void> {
    return this.#alone(key, false, () => {
      renameSync(this.path(key), target)
      if (existsSync(`${this.path(key)}.wal`)) renameSync(`${this.path(key)}.wal`, `${target}.wal`)
      this.#forget(key)
    })
  }

  discardUnfinished(key: FileKey): void {
    for (const end of ['', '.wal']) rmSync(this.unfinishedPath(key) + end, { force: true })
  }

  /** Attaches an empty unfinished file under `database`, with its dictionary. */
  async begin(connection: DuckDBConnection, key: FileKey, database: string): Promise<void> {
    // An earlier attempt that failed may have left it attached.
    await connection.run(`DETACH DATABASE IF EXISTS ${database}`).catch(() => {})
    this.discardUnfinished(key)
    await attach(connection, this.unfinishedPath(key), database, NEW_FILE)
    await connection.run(`CREATE TABLE ${database}.main."@facility" (number INTEGER, id VARCHAR)`)
    await connection.run(`CREATE TABLE ${database}.main."@layout" (version INTEGER, sealed BOOLEAN, stamp VARCHAR)`)
    await connection.run(`INSERT INTO ${database}.main."@layout" VALUES (${LAYOUT}, false, NULL)`)
    if (!isDay(key))
      await connection.run(`CREATE TABLE ${database}.main."@rolled" (day VARCHAR, stamp VARCHAR, "offset" BIGINT, lost BOOLEAN)`)
  }

  /** Waits for those who use a file; nobody may begin to. */
  async close(): Promise<void> {
    this.#ended = true
    for (const attaching of [...this.#attached.values()]) {
      const attached = await attaching.catch(() => null)
      while (attached && attached.users > 0) await this.#nextIdle()
    }
    await Promise.all(this.#closed.values())
    for (const key of [...this.#attached.keys()]) await this.#detach(key).catch(() => {})
    for (const connection of [...Object.values(this.connections), ...this.#readers]) connection.closeSync()
    this.#instance.closeSync()
  }

  async #attach(key: FileKey): Promise<Attached> {
    if (this.#keys.has(key)) {
      try {
        return await this.#attachExisting(key)
      } catch (error) {
        if (!this.#setsAside || !isDamage(error)) throw error
        await this.#setAside(key, error)
      }
    }
    const { attaching } = this.connections
    // Made under another name, so that a crash leaves no half-made file.
    const fresh = quoted(`new ${key}`)
    await this.begin(attaching, key, fresh)
    await attaching.run(`FORCE CHECKPOINT ${fresh}`)
    await attaching.run(`DETACH ${fresh}`)
    await this.finish(key)
    return await this.#attachExisting(key)
  }

  async #attachExisting(key: FileKey): Promise<Attached> {
    const { attaching } = this.connections
    await attach(attaching, this.path(key), quoted(key))
    try {
      return { file: await describeFile(attaching, key, this.path(key), this.#names), users: 0, lastUsed: 0, stale: false }
    } catch (error) {
      await attaching.run(`DETACH ${quoted(key)}`).catch(() => {}) // the failure to report is the first one
      throw error
    }
  }

  async #describeAgain(attached: Attached): Promise<void> {
    const { key } = attached.file
    Object.assign(attached.file, await describeFile(this.connections.attaching, key, this.path(key), this.#names))
  }

  /** What a day that is not attached says of its layout. */
  #look(day: Day): Promise<Layout> {
    return this.exclusively(day, async () => {
      const known = this.#layouts.get(day)
      if (known) return known
      const nothing: Layout = { sealed: false, stamp: null }
      if (!this.#keys.has(day)) return nothing
      const { attaching } = this.connections
      const database = quoted(`look ${day}`)
      try {
        await attach(attaching, this.path(day), database)
        try {
          const layout = await readLayout(attaching, database, this.path(day))
          this.#layouts.set(day, layout)
          return layout
        } finally {
          await attaching.run(`DETACH ${database}`)
        }
      } catch (error) {
        if (!this.#setsAside || !isDamage(error)) throw error
        await this.#setAside(day, error)
        return nothing
      }
    })
  }

  /** Sets aside the files that are damaged among those in whose use damage showed; all of them is read. */
  async setAsideDamaged(): Promise<void> {
    const suspects = [...this.#suspects]
    this.#suspects.clear()
    for (const key of suspects) {
      if (!this.#setsAside || !this.has(key)) continue
      const error = await this.use(key, (file) => this.#damageOf(file))
      if (error !== null) await this.#alone(key, false, () => this.#setAside(key, error))
    }
  }

  async #damageOf(file: DayFile): Promise<unknown> {
    for (const [table, columns] of file.columns) {
      const all = ['"@at"', '"@facility"', ...columns.map(quoted)].map((column) => `bit_xor(hash(${column}))`)
      const sql = `SELECT ${all.join(', ')} FROM ${file.database}.main.${quoted(table)}`
      const error = await this.reading((connection) => connection.run(sql)).then(
        () => null,
        (caught: unknown) => caught,
      )
      if (error !== null && isDamage(error)) return error
    }
    return null
  }

  /** Nobody has it attached. */
  async #setAside(key: FileKey, error: unknown): Promise<void> {
    const path = this.path(key)
    let name = `${fileName(key)}${DAMAGED}`
    for (let n = 2; existsSync(join(this.#folder, name)); n++) name = `${fileName(key)}${DAMAGED}-${n}`
    renameSync(path, join(this.#folder, name))
    if (existsSync(`${path}.wal`)) renameSync(`${path}.wal`, join(this.#folder, `${name}.wal`))
    await syncFolder(this.#folder)
    this.#forget(key)
    this.#damaged.add(name)
    this.onDamaged(name, error)
  }

  #forget(key: FileKey): void {
    this.#keys.delete(key)
    this.#layouts.delete(key)
    if (isDay(key)) this.lost.add(key)
  }

  #refuseWhenEnded(): void {
    if (this.#ended) throw new LamplighterError('store-unavailable', 'the telemetry files are closed')
  }

  async #alone<T>(key: FileKey, whole: boolean, work: () => T | Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>()
    // No await may come between the last look and what follows.
    while (this.#closed.has(key)) await this.#closed.get(key)
    this.#refuseWhenEnded()
    if (this.isPinned(key)) throw new Error(`${key} is being copied`)
    this.#closed.set(key, promise)
    try {
      const attached = await this.#attached.get(key)
      while (attached && attached.users > 0) await this.#nextIdle()
      if (attached) {
        // Forced: it waits for transactions that have ended but are not cleared away yet.
        if (whole) await this.connections.attaching.run(`FORCE CHECKPOINT ${quoted(key)}`)
        await this.#detach(key, !whole)
      }
      return await work()
    } finally {
      this.#closed.delete(key)
      resolve()
    }
  }

  async #hold<T>(key: FileKey, work: (attached: Attached) => Promise<T>): Promise<T> {
    // No await may come between the last look and what follows.
    while (this.#closed.has(key)) await this.#closed.get(key)
    this.#refuseWhenEnded()
    let attaching = this.#attached.get(key)
    if (!attaching) {
      attaching = this.#attach(key)
      this.#attached.set(key, attaching)
      attaching.catch(() => this.#attached.delete(key))
    }
    // Counted in the same step in which it is attached, before anyone can find it unused.
    const attached = await attaching.then((found) => {
      found.users++
      return found
    })
    attached.lastUsed = ++this.#uses
    try {
      return await work(attached)
    } catch (error) {
      if (isDamage(error)) this.#suspects.add(key)
      throw error
    } finally {
      attached.users--
      for (const wake of this.#onIdle) wake()
      await this.#detachUnused()
    }
  }

  async #detachUnused(): Promise<void> {
    if (this.#attached.size <= MOST_ATTACHED) return
    // A file that cannot be attached is the trouble of those who asked for it.
    const settled = await Promise.allSettled(this.#attached.values())
    const attached = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const unused = attached.filter(({ users, file }) => users === 0 && !this.#closed.has(file.key))
    const oldest = unused.sort((a, b) => a.lastUsed - b.lastUsed)[0]
    // When it fails the file stays attached, and the next use tries again.
    if (oldest) await this.exclusively(oldest.file.key, () => {}).catch(() => {})
  }

  async #nextIdle(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onIdle.add(resolve)
    await promise
    this.#onIdle.delete(resolve)
  }

  /** `anyhow`: even when what is in its log cannot be put into the file. */
  async #detach(key: FileKey, anyhow = false): Promise<void> {
    const { file } = (await this.#attached.get(key)) as Attached
    await this.connections.attaching.run(`DETACH ${quoted(key)}`).catch((error: unknown) => {
      // It is detached then, and its log is read again when it is attached the next time.
      if (!anyhow && !/CHECKPOINT during DETACH failed/i.test(String(error))) throw error
    })
    this.#attached.delete(key)
    if (isDay(key)) this.#layouts.set(key, { sealed: file.sealed, stamp: file.stamp })
  }
}

/**
 * Attaches a file. One that was detached is held a little longer by queries that look at the catalogues of all files meanwhile, and cannot be
 * attached before they end.
 */
async function attach(connection: DuckDBConnection, path: string, database: string, options = ''): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await connection.run(`ATTACH ${quotedText(path)} AS ${database} ${options}`)
      return
    } catch (error) {
      if (tries >= MOST_TRIES || !isStillHeld(error)) throw error
      await pause(BETWEEN_TRIES)
    }
  }
}
