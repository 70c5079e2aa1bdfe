import { existsSync, statSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { minutes } from '../../telemetry/duration.ts'
import { type DayFile, NEW_FILE } from './day-file.ts'
import type { DayFiles } from './day-files.ts'
import { endOfDay, type FileKey, isDay, quoted, quotedText, startOfDay } from './day-name.ts'

/** ms; a large day on a slow disk takes minutes. */
const LONGEST_HOLD = minutes(30)

/** What the worker can be asked for by whoever looks after the data folder. */
export interface DayCalls {
  /** Files of the store: days oldest first, and hours and calendar days among them. */
  keys: { args: []; result: FileKey[] }
  /** Names of the files that cannot be read and were set aside in the folder. */
  damaged: { args: []; result: string[] }
  /** What is wrong with the day's file, all of which is read; empty when nothing is. */
  verifyDay: { args: [day: FileKey]; result: string[] }
  /** Lets the day's file stay as it is named until `hold` is released, for half an hour at most, unless it is written to; nobody waits for it. */
  holdDay: { args: [day: FileKey, hold: string]; result: HeldDay }
  /** True when all of the file was sealed and unchanged while it was held, so that a copy of it is whole. */
  releaseDay: { args: [hold: string]; result: boolean }
  /** Writes all that is committed of the day to a new file, as of one moment; nobody waits for it. Its size is told. */
  copyDay: { args: [day: FileKey, target: string]; result: undefined }
  /** Ends what reads all of the day, or of any day, as copies and verifications do. */
  interruptDay: { args: [day: FileKey | null]; result: undefined }
  /** Moves the day's file, whatever it holds, to this path on the same disk; it is no day of the store any more. */
  moveDay: { args: [day: FileKey, target: string]; result: undefined }
}

export interface HeldDay {
  path: string
  bytes: number
  /** ms; when the file was last changed. */
  modified: number
  isSealed: boolean
}

/** Between two queries DuckDB does not hear that it is interrupted, so it is told again after so long, ms. */
const TOLD_AGAIN = 50

/** Reads all of a day; its connection is null until it has one. */
interface Job {
  readonly day: FileKey
  connection: DuckDBConnection | null
  /** Tells it to stop until it has. */
  stopping: NodeJS.Timeout | undefined
}

/** The same, called from elsewhere. */
export type TelemetryFiles = { [N in keyof DayCalls]: (...args: DayCalls[N]['args']) => Promise<DayCalls[N]['result']> }

/** `inMaintenance` runs work while no day is sealed or removed. */
export function dayAnswers(open: () => Promise<DayFiles>, inMaintenance: <T>(work: () => Promise<T>) => Promise<T>): TelemetryFiles {
  const held = new Map<string, Promise<{ release(): Promise<boolean> }>>()
  const jobs = new Set<Job>()
  // A day that is not there would be made.
  const openWith = async (day: FileKey) => {
    const files = await open()
    if (!files.has(day)) throw new Error(`there is no file of ${day}`)
    return files
  }
  /** Runs `work`, which may take long, when it is its turn, with a connection of its own. After it has called `letEnd` it is not interrupted any more. */
  const using = async <T>(
    day: FileKey,
    work: (connection: DuckDBConnection, file: DayFile, letEnd: () => void) => Promise<T>,
    inTurn: (work: () => Promise<T>) => Promise<T> = (now) => now(),
  ) => {
    const job: Job = { day, connection: null, stopping: undefined }
    jobs.add(job)
    const goOn = () => {
      if (job.stopping) throw new Error('it was stopped')
    }
    const withFile = (files: DayFiles) => (file: DayFile) =>
      withConnection(files, async (connection) => {
        goOn()
        job.connection = connection
        const letEnd = () => {
          job.connection = null
        }
        const result = await work(connection, file, letEnd).finally(letEnd)
        goOn()
        return result
      })
    try {
      return await inTurn(() => openWith(day).then((files) => files.pin(day, withFile(files))))
    } finally {
      jobs.delete(job)
      clearInterval(job.stopping)
    }
  }
  return {
    keys: async () => (await open()).keys(),
    damaged: async () => (await open()).damaged(),
    verifyDay: (day) => using(day, verifyDay),
    async holdDay(day, hold) {
      const holding = openWith(day).then((files) => holdDay(files, day))
      held.set(hold, holding)
      try {
        const { found, release } = await holding
        setTimeout(() => void release(), LONGEST_HOLD).unref()
        return found
      } catch (error) {
        held.delete(hold)
        throw error
      }
    },
    async releaseDay(hold) {
      const holding = held.get(hold)
      held.delete(hold)
      return (await (await holding)?.release()) ?? false
    },
    async interruptDay(day) {
      for (const job of jobs) {
        if (day !== null && job.day !== day) continue
        job.connection?.interrupt()
        job.stopping ??= setInterval(() => job.connection?.interrupt(), TOLD_AGAIN)
      }
      return undefined
    },
    copyDay: (day, target) => using(day, (connection, file, letEnd) => copyDay(connection, file, target, letEnd), inMaintenance),
    async moveDay(day, target) {
      const files = await open()
      await files.moveAway(day, target)
      return undefined
    },
  }
}

/** Resolves while the day is in use; it stays so until `release` is called. */
function holdDay(files: DayFiles, day: FileKey): Promise<{ found: HeldDay; release(): Promise<boolean> }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ found: HeldDay; release(): Promise<boolean> }>()
  const released = Promise.withResolvers<void>()
  const using = files.pin(day, async (file) => {
    const path = files.path(day)
    const writes = files.writes(day)
    const { size, mtimeMs } = statSync(path)
    // A log holds what is not in the file yet.
    const isWhole = () => file.sealed && files.writes(day) === writes && !existsSync(`${path}.wal`)
    const found = { path, bytes: size, modified: mtimeMs, isSealed: isWhole() }
    let isReleased = false
    resolve({
      found,
      async release() {
        const isUnchanged = !isReleased && found.isSealed && isWhole()
        isReleased = true
        released.resolve()
        await using
        return isUnchanged
      },
    })
    await released.promise
  })
  using.catch(reject)
  return promise
}

async function copyDay(connection: DuckDBConnection, file: DayFile, target: string, letEnd: () => void): Promise<undefined> {
  const copy = quoted(`copy of ${file.key}`)
  await connection.run(`ATTACH ${quotedText(target)} AS ${copy} ${NEW_FILE}`)
  try {
    await connection.run(`COPY FROM DATABASE ${file.database} TO ${copy}`)
    await connection.run(`FORCE CHECKPOINT ${copy}`)
  } finally {
    letEnd()
    await connection.run(`DETACH ${copy}`)
  }
  return undefined
}

async function verifyDay(connection: DuckDBConnection, file: DayFile): Promise<string[]> {
  const problems: string[] = []
  const count = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()[0]?.[0] as number
  for (const table of await tablesOf(connection, file)) {
    const source = `${file.database}.main.${quoted(table)}`
    // Every value is looked at, so that every block's checksum is.
    await connection.run(`SELECT bit_xor(hash(COLUMNS(*))) FROM ${source}`)
    if (!file.columns.has(table)) continue
    const unknown = await count(
      `SELECT count(*)::DOUBLE FROM ${source} WHERE "@facility" NOT IN (SELECT number FROM ${file.database}.main."@facility")`,
    )
    if (unknown > 0) problems.push(`${table} has ${unknown} rows of facilities that the file does not name`)
    if (!isDay(file.key)) continue
    const outside = await count(
      `SELECT count(*)::DOUBLE FROM ${source} WHERE "@at" NOT BETWEEN ${startOfDay(file.key)} AND ${endOfDay(file.key) - 1}`,
    )
    if (outside > 0) problems.push(`${table} has ${outside} rows of other days`)
  }
  return problems
}

/** All but those that say how the file is laid out. */
async function tablesOf(connection: DuckDBConnection, file: DayFile): Promise<string[]> {
  const found = await connection.runAndReadAll(
    `SELECT table_name FROM duckdb_tables() WHERE database_name = ${quotedText(file.key)} AND table_name NOT IN ('@facility', '@layout', '@rolled') ORDER BY 1`,
  )
  return found.getRows().map(([name]) => name as string)
}

/** A connection of its own: it may take long, and the others are needed meanwhile. */
async function withConnection<T>(files: DayFiles, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await files.connect()
  try {
    return await work(connection)
  } finally {
    connection.closeSync()
  }
}
