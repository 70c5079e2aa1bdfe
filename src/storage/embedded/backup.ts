import { createHash, randomUUID } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { LamplighterError } from '../../errors.ts'
import { headOf } from '../audit-chain.ts'
import { keptForAlarms, readDiskSpace } from '../disk-space.ts'
import { type BackupFile, MANIFEST, type Manifest, newManifest, readBackups, readManifest, sequenceOf } from './backup-manifest.ts'
import type { DataFolder } from './data-folder.ts'
import { type FileKey, fileName } from './day-name.ts'
import { replaceFile, syncFolder, syncingMeanwhile } from './durable-write.ts'
import { type FileThread, withFileThread } from './file-thread.ts'
import type { FileDigest } from './file-work.ts'
import { FOLDER_ID, otherFiles, SET_ASIDE, UNFINISHED } from './folder-walk.ts'
import { FLOORS } from './retention.ts'
import type { Segment } from './segment.ts'
import type { EmbeddedTelemetryStore } from './telemetry-store.ts'
import { untilAborted } from './until-aborted.ts'

/** What must stay free beside the backup, bytes. */
const RESERVE = 16 * 1024 * 1024
/** A file that backups share is read through in one of so many of them, because a fault of their disk would be in all. */
export const CHECKED_EACH = 14

/** Data folders of this process of which a backup is under way. */
const underWay = new Set<string>()

export interface BackupOrder {
  folder: DataFolder
  /** Holds any number of backups, each in a folder of its own; made when missing. */
  target: string
  /** Of the program. */
  version: string
  signal: AbortSignal
  onProgress(progress: { doing: string; done: number; total: number }): void
}

export interface BackupResult {
  /** The backup's folder. */
  path: string
  files: number
  bytes: number
  /** Bytes of it that an earlier backup shares. */
  shared: number
  /** What lies in the data folder and could not be read, below it, and is not in the backup. */
  unreadable: string[]
  /** Files that had changed in an earlier backup, which is damaged, and were copied anew. */
  renewed: string[]
  manifest: Omit<Manifest, 'files' | 'format'>
}

/**
 * Backs a data folder up, also while its server works: state, what was set aside, time series, journal, in this order, so that whatever one does not
 * account for yet is in a later one. A folder is a backup when it is there under its name; before that it is named otherwise, and removed when it fails
 * or is cancelled. Throws `store-unavailable` with what to do when the target is full or cannot be written.
 */
export async function backUp(order: BackupOrder): Promise<BackupResult> {
  const { folder, signal } = order
  const target = resolve(order.target)
  await prepareTarget(folder.path, target)
  const origin = await originOf(folder.path)
  if (underWay.has(origin)) throw new LamplighterError('action-refused', 'A backup of this data folder is under way already.')
  underWay.add(origin)
  const letGo = folder.journal.hold()
  const name = `lamplighter-${new Date(folder.now()).toISOString().replaceAll(':', '-')}`
  const unfinished = join(target, `${name}${UNFINISHED}-${origin}`)
  try {
    // A folder has one owner: what is there of it was left by a crash.
    for (const left of await readdir(target))
      if (left.endsWith(`${UNFINISHED}-${origin}`)) await rm(join(target, left), { recursive: true })
    await mkdir(unfinished, { mode: 0o700 })
    const earlier = await earlierBackup(target, origin)
    const result = await withFileThread(folder.isServed, signal, async (thread) => {
      const reserve = await reserveOf(folder.path, target)
      return copyAll({ ...order, to: unfinished, origin, earlier, sequence: (earlier?.sequence ?? 0) + 1, reserve, thread })
    })
    await rename(unfinished, join(target, name))
    await syncFolder(target)
    return { path: join(target, name), ...result }
  } catch (error) {
    // A copy that was told to stop may still be at it.
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 })
    signal.throwIfAborted()
    throw explained(error, target)
  } finally {
    letGo()
    underWay.delete(origin)
  }
}

async function prepareTarget(folder: string, target: string): Promise<void> {
  try {
    await mkdir(target, { recursive: true })
  } catch (error) {
    throw explained(error, target)
  }
  const below = relative(realpathSync(folder), realpathSync(target))
  if (!below.startsWith('..') && resolve(below) !== below) {
    throw new LamplighterError('invalid-request', `A backup in the data folder itself is none: name another folder than ${target}.`)
  }
}

function explained(error: unknown, target: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (isFull(error)) {
    return new LamplighterError('store-unavailable', `The disk of ${target} is full. Free space there, or name another folder.`, error)
  }
  if (error instanceof LamplighterError) return error
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    if (!message.includes(target)) {
      return new LamplighterError('store-unavailable', `A file cannot be read (${message}). Let the user of this program read it.`, error)
    }
    return new LamplighterError(
      'store-unavailable',
      `${target} cannot be written (${message}). Let the user of this program write there.`,
      error,
    )
  }
  return error
}

const isFull = (error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' || /disk is full|No space left/i.test(message)
}

/**
 * Which data folder a backup is of: an id that stays in the folder whatever is restored there, because others may have the same path, and the
 * path, because a folder may be copied with its id.
 */
async function originOf(folder: string): Promise<string> {
  return createHash('sha256')
    .update(`${await idOf(folder)} ${realpathSync(folder)}`)
    .digest('hex')
    .slice(0, 8)
}

async function idOf(folder: string): Promise<string> {
  const path = join(folder, FOLDER_ID)
  try {
    const id = existsSync(path) ? (await readFile(path, 'utf8')).trim() : ''
    if (id !== '') return id
    const made = randomUUID()
    await replaceFile(path, [Buffer.from(`${made}\n`)])
    return made
  } catch (error) {
    const { message } = error as Error
    throw new LamplighterError(
      'store-unavailable',
      `${path} cannot be read or made (${message}). Backups need it to know their own.`,
      error,
    )
  }
}

/** When the newest backup of a data folder in `target` was made, ms; null when there is none. */
export async function newestBackup(folder: string, target: string): Promise<number | null> {
  return (await earlierBackup(target, await originOf(folder)))?.at ?? null
}

/** Finished backups of one data folder in the order in which they were made. A damaged one is no help, and no reason to make none. */
const backupsOf = async (target: string, origin: string) => (await readBackups(target)).filter(({ manifest }) => manifest.origin === origin)

/** The newest finished backup of the same data folder, whose day files need not be copied again when they are unchanged. */
async function earlierBackup(target: string, origin: string): Promise<EarlierBackup | null> {
  const newest = (await backupsOf(target, origin)).at(-1)
  if (!newest) return null
  const { path, manifest } = newest
  return { path, at: manifest.at, sequence: sequenceOf(manifest), files: new Map(manifest.files.map((file) => [file.path, file])) }
}

interface EarlierBackup {
  path: string
  at: number
  sequence: number
  files: ReadonlyMap<string, BackupFile>
}

/** Bytes that must stay free on the disk of a backup. */
async function reserveOf(folder: string, target: string): Promise<number> {
  const [own, other] = await Promise.all([stat(folder), stat(target)])
  return RESERVE + (own.dev === other.dev ? keptForAlarms((await readDiskSpace(target)).size) : 0)
}

interface Copying extends BackupOrder {
  /** The unfinished backup. */
  to: string
  origin: string
  earlier: EarlierBackup | null
  sequence: number
  /** Bytes that must stay free. */
  reserve: number
  thread: FileThread
}

async function copyAll(copying: Copying): Promise<Omit<BackupResult, 'path'>> {
  const { folder, to, version, origin, sequence, thread, signal, onProgress } = copying
  const sizes = await expectedSizes(copying)
  const total = sizes.state + sizes.journal + sizes.others + sum([...sizes.days.values()])
  await checkSpace(copying, total)
  let done = 0
  const finish = (doing: string, bytes: number) => {
    done += bytes
    onProgress({ doing, done: Math.min(done, total), total })
    signal.throwIfAborted()
  }

  const state = join(to, 'state.sqlite')
  await folder.state.copyTo(state, signal, (pages, of) => onProgress({ doing: 'state', done: (sizes.state * pages) / of, total }))
  const positions = await thread.statePositions(state)
  const files: BackupFile[] = [{ path: 'state.sqlite', ...(await thread.digest(state)) }]
  finish('state', sizes.state)

  const others = await otherFiles(folder.path)
  const copyOther = async (path: string) => {
    await mkdir(join(to, dirname(path)), { recursive: true })
    const digest = await copyIfThere(copying, join(folder.path, path), join(to, path), null)
    if (digest) files.push({ path, ...digest })
    finish(path, digest?.bytes ?? 0)
  }
  const isSetAside = (path: string) => path.startsWith(`${SET_ASIDE}/`)
  // Before the days: a batch that is tried again is in them before it is gone here.
  for (const path of others.files.filter(isSetAside)) await copyOther(path)

  await mkdir(join(to, 'telemetry'))
  let shared = 0
  const renewed: string[] = []
  // Not as they were before: the state may account for rows of a day that was begun since.
  for (const day of (await folder.telemetry?.files.keys()) ?? []) {
    const copied = await copyDay(copying, day)
    if (copied?.isRenewed) renewed.push(dayPath(day))
    if (copied) files.push(copied.file)
    if (copied?.isShared) shared += copied.file.bytes
    finish(day, sizes.days.get(day) ?? 0)
  }
  const floors = `telemetry/${FLOORS}`
  const noted = await copyIfThere(copying, join(folder.path, floors), join(to, floors), null)
  if (noted) files.push({ path: floors, ...noted })

  await mkdir(join(to, 'journal'))
  const segments = await folder.journal.segments()
  for (const segment of segments) {
    const path = `journal/${basename(segment.path)}`
    // The last one grows; what comes after its sound part is not acknowledged yet.
    const digest = await copyIfThere(copying, segment.path, join(to, path), segment === segments.at(-1) ? segment.bytes : null)
    if (digest) files.push({ path, ...digest })
    finish('journal', digest?.bytes ?? 0)
  }

  for (const path of others.files.filter((path) => !isSetAside(path))) await copyOther(path)

  for (const below of new Set(['.', 'telemetry', 'journal', ...files.map(({ path }) => dirname(path))])) await syncFolder(join(to, below))
  const at = folder.now()
  const chain = folder.state.auditChain()
  const head = chain && headOf(chain)
  const journal = segments[0] ? { oldest: segments[0].first, newest: (segments.at(-1) as Segment).next - 1 } : null
  const home = { host: hostname(), folder: folder.path }
  const content = {
    ...{ version, origin, sequence, home, at },
    time: new Date(at).toISOString(),
    ...positions,
    ...(head && { audit: head }),
    journal,
    telemetry: folder.telemetry !== null,
  }
  await writeManifest(to, newManifest({ ...content, files }))
  const { unreadable } = others
  return { files: files.length, bytes: sum(files.map(({ bytes }) => bytes)), shared, unreadable, renewed, manifest: content }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

const dayPath = (day: FileKey) => `telemetry/${fileName(day)}`

/** Bytes that are to be copied, about: a day that an earlier backup has costs nothing. */
async function expectedSizes({ folder, earlier }: Copying) {
  const bytesOf = (path: string) =>
    stat(join(folder.path, path))
      .then(({ size }) => size)
      .catch(() => 0)
  const sizes = {
    state: folder.state.size().bytes,
    journal: sum((await folder.journal.segments()).map(({ bytes }) => bytes)),
    others: sum(await Promise.all((await otherFiles(folder.path)).files.map(bytesOf))),
    days: new Map<FileKey, number>(),
  }
  for (const day of (await folder.telemetry?.files.keys()) ?? []) {
    const found = await stat(join(folder.path, dayPath(day))).catch(() => null)
    const isKnown = found && isSame(earlier?.files.get(dayPath(day)), found.size, found.mtimeMs)
    sizes.days.set(day, isKnown ? 0 : (found?.size ?? 0))
  }
  return sizes
}

async function checkSpace({ to, reserve }: Copying, bytes: number): Promise<void> {
  const { free } = await readDiskSpace(to)
  if (free >= bytes + reserve) return
  const megabytes = (of: number) => `${Math.ceil(of / 1e6)} MB`
  throw new LamplighterError(
    'store-unavailable',
    `The backup takes about ${megabytes(bytes)} more, and ${dirname(to)} has ${megabytes(free)} free, of which ${megabytes(reserve)} must stay free. Free space there, or name another folder.`,
  )
}

const isSame = (file: BackupFile | undefined, bytes: number, modified: number) =>
  file?.source !== undefined && file.source.bytes === bytes && file.source.modified === modified

/** Null when the day was removed meanwhile. Throws `store-unavailable` with the file and what to do when it cannot be read. */
async function copyDay(copying: Copying, day: FileKey): Promise<{ file: BackupFile; isShared: boolean; isRenewed: boolean } | null> {
  const { folder, to, earlier, thread, signal } = copying
  const store = (folder.telemetry as EmbeddedTelemetryStore).files
  const path = dayPath(day)
  const target = join(to, path)
  const original = join(folder.path, path)
  const found = await stat(original).catch(() => null)
  if (!found) return null
  const known = earlier?.files.get(path)
  let isRenewed = false
  // What is in a log is not in the file.
  if (earlier && known && isSame(known, found.size, found.mtimeMs) && !existsSync(`${original}.wal`)) {
    const shared = await share(copying, join(earlier.path, path), target, known)
    if (shared === 'shared') return { file: known, isShared: true, isRenewed }
    isRenewed = shared === 'damaged'
  }
  await checkSpace(copying, found.size)
  const hold = randomUUID()
  let digest: FileDigest | null = null
  let isWhole = false
  try {
    const held = await untilAborted(signal, store.holdDay(day, hold))
    if (held.isSealed) digest = await thread.copy(held.path, target, null)
    isWhole = await untilAborted(signal, store.releaseDay(hold))
    if (digest && isWhole) {
      const source = { bytes: held.bytes, modified: held.modified }
      return { file: { path, ...digest, source }, isShared: false, isRenewed }
    }
    await rm(target, { force: true })
    const copied = untilAborted(signal, store.copyDay(day, target), () => void store.interruptDay(day).catch(() => {}))
    await syncingMeanwhile(target, copied)
  } catch (error) {
    signal.throwIfAborted()
    if (!existsSync(original)) return null
    throw isFull(error) ? error : unreadableDay(original, error)
  } finally {
    // Also when nobody has answered that it is held.
    if (!isWhole) void store.releaseDay(hold).catch(() => {})
  }
  return { file: { path, ...(await thread.digest(target)) }, isShared: false, isRenewed }
}

const unreadableDay = (path: string, error: unknown) =>
  new LamplighterError(
    'store-unavailable',
    `${path} cannot be copied (${(error as Error).message}). "npm run db -- verify" tells what is wrong with it and with --repair moves it away; or restore that file from an earlier backup with the server stopped.`,
    error,
  )

/** Backups are never changed, so two of them may have one file; not where the file system cannot do that, and not when the first has changed. */
async function share(
  { sequence, thread, signal }: Copying,
  from: string,
  target: string,
  { bytes, sha256 }: BackupFile,
): Promise<'shared' | 'not shared' | 'damaged'> {
  try {
    if ((await stat(from)).size !== bytes) return 'damaged'
    if (isDueForCheck(sha256, sequence) && (await thread.digest(from)).sha256 !== sha256) return 'damaged'
    await link(from, target)
    return 'shared'
  } catch {
    signal.throwIfAborted()
    return 'not shared'
  }
}

/** Spread over the files, so that no backup has to read all of them. */
const isDueForCheck = (sha256: string, sequence: number) => (Number.parseInt(sha256.slice(0, 6), 16) + sequence) % CHECKED_EACH === 0

/** Null when the file is gone: its owner needs it no more. */
async function copyIfThere(copying: Copying, from: string, target: string, bytes: number | null): Promise<FileDigest | null> {
  await checkSpace(copying, bytes ?? (await stat(from).catch(() => null))?.size ?? 0)
  return copying.thread.copy(from, target, bytes).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !existsSync(from)) return null
    throw error
  })
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = await open(join(folder, MANIFEST), 'wx')
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 1)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await syncFolder(folder)
}

/** Removes all but the newest backups that the folder has of the same data folder as `path`, and never `path` itself; returns those removed. */
export async function pruneBackups(path: string, keep: number): Promise<string[]> {
  const { origin } = await readManifest(path)
  const own = (await backupsOf(dirname(path), origin)).map((one) => one.path)
  const old = own.slice(0, -keep).filter((one) => one !== path)
  for (const one of old) {
    // Without its manifest it is no backup any more, however far the rest of this comes.
    await rm(join(one, MANIFEST))
    await rm(one, { recursive: true })
  }
  return old
}
